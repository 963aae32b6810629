//! Agreed numbers as nodes of their own. A plan usually folds them: a price times twelve months is one
//! number. Lowered with terms, each number that the contract writes (a cell of a table, a number in a
//! formula, a fixed share) is a fact with one value, so that a reading can show it and let it be changed.
//!
//! The contract was checked when it was lowered without terms: nothing is refused here that only
//! hangs on what numbers can be.

use std::collections::BTreeMap;

use super::{Lowered, Lowering, Reported, lower_all};
use crate::calendar::Period;
use crate::contract::{Clause, Contract, PartyId};
use crate::num::{Exact, Range};
use crate::plan::{Agreed, FactSpec, Lacking, NodeId, Origin, OriginId, Part, Plan};

/// Decimal places that an agreed number can be changed in: a hundredth of a percent for pure numbers, a
/// penny for others.
const PLACES_OF_PURE: usize = 4;
const PLACES_OF_OTHERS: usize = 2;

/// The nodes of agreed numbers, by where they are written.
pub(super) type Terms = BTreeMap<Agreed, NodeId>;

/// Lowers a contract that compiles, with its agreed numbers as facts; nothing where a rule needs one of
/// them to be fixed.
pub fn lower_with_terms(contract: &Contract) -> Option<Plan> {
    lower_all(contract, Some(Terms::new())).0
}

impl Lowering<'_> {
    /// True when agreed numbers are nodes of their own.
    pub(crate) fn keeps_terms(&self) -> bool {
        self.terms.is_some()
    }

    /// An agreed number: a constant, or the fact that stands for it.
    pub(super) fn agreed(&mut self, written: Agreed, value: &Exact, origin: OriginId) -> NodeId {
        let Some(terms) = &self.terms else { return self.builder.constant_node(value.clone(), origin) };
        if let Some(known) = terms.get(&written) {
            return *known;
        }
        let node = self.builder.constant_node(value.clone(), origin);
        let words = self.builder.origin_of(node);
        let (what, context, pure) =
            (words.what.to_string(), words.context.to_string(), words.unit.is_empty());
        let step = step_of(value, &written, pure);
        let range = Range { step: Some(step), ..Range::point(value) };
        let spec = FactSpec {
            measure: what,
            period: (Period::TERM, context),
            members: Vec::new(),
            by_holder: false,
            part: Part::Value,
            lacking: Lacking::Refused,
            range,
            codes: Vec::new(),
            agreed: Some(written.clone()),
        };
        let node = self.builder.fact_node(spec, origin);
        if let Some(terms) = &mut self.terms {
            terms.insert(written, node);
        }
        node
    }

    /// The number that a node is for the numbers as they are agreed.
    pub(super) fn as_agreed(&self, node: NodeId) -> Option<Exact> {
        let constant = self.builder.constant(node);
        let known = constant.or_else(|| self.builder.range(node).single().filter(|_| self.keeps_terms()));
        known.cloned()
    }

    /// Where each of a clause's fixed shares is written.
    pub(super) fn fixed_shares(
        clause: &Clause,
        shares: &[(PartyId, Exact)],
    ) -> Vec<(PartyId, Exact, Agreed)> {
        let written =
            |party: PartyId| Agreed::Share { pointer: clause.place.pointer.clone(), party: party.0 };
        shares.iter().map(|(party, share)| (*party, share.clone(), written(*party))).collect()
    }

    /// What a share is called where it is a number of its own; else what the split is.
    pub(super) fn share_origin(&mut self, clause: &Clause, party: PartyId, split: OriginId) -> OriginId {
        if !self.keeps_terms() {
            return split;
        }
        let what = format!("{}: share of {}", clause.id, self.contract.party(party).id);
        let (context, unit) = (self.no_unit.clone(), self.no_unit.clone());
        self.builder.origin(Origin { what: what.into(), context, unit, place: clause.place.clone() })
    }

    /// The cell of a table, with its value.
    pub(super) fn cell_of(
        &self,
        (table, column): (usize, usize),
        members: &[i32],
    ) -> Lowered<(Agreed, Exact)> {
        let cells = &self.contract.tables[table].columns[column];
        let value = cells.cell(members).cloned().ok_or(Reported)?;
        let members = cells.cells.contains_key(members).then(|| members.to_vec());
        Ok((Agreed::Cell { table, column, members }, value))
    }
}

/// The step in which a number can be changed; finer where it is written so.
fn step_of(value: &Exact, written: &Agreed, pure: bool) -> Exact {
    let Some(places) = value.decimal_places() else {
        let (_, over) = value.parts();
        let over = Exact::parse(&over.to_string()).ok();
        return over.and_then(|over| Exact::ONE.checked_div(&over)).unwrap_or(Exact::ONE);
    };
    let least = match written {
        // Twelve months, a hundred percent: what is counted in a formula stays counted.
        Agreed::Number { .. } if value.is_whole() => 0,
        Agreed::Number { .. } | Agreed::Cell { .. } | Agreed::Share { .. } if pure => PLACES_OF_PURE,
        Agreed::Number { .. } | Agreed::Cell { .. } | Agreed::Share { .. } => PLACES_OF_OTHERS,
    };
    Exact::scaled(1, u32::try_from(places.max(least)).unwrap_or(0))
}
