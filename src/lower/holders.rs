//! Which clauses have a line for each holder of a party that is many: those that a holder pays or
//! is paid under, and those that read such a clause or what is observed of a holder, other than in a
//! statistic over all of them.

use std::collections::BTreeSet;

use crate::contract::{Clause, ClauseId, Contract, Instalment, Named, Side};
use crate::formula::{Formula, Kind};

/// What differs from holder to holder.
#[derive(Debug, Default)]
pub(super) struct ByHolder {
    /// Quantities that can, by index.
    pub(super) quantities: BTreeSet<usize>,
    /// Clauses with a line for each holder.
    pub(super) clauses: BTreeSet<ClauseId>,
}

/// What differs from holder to holder.
pub(super) fn by_holder(contract: &Contract) -> ByHolder {
    let mut known = ByHolder::default();
    if !contract.has_holders() {
        return known;
    }
    loop {
        let before = known.quantities.len() + known.clauses.len();
        for (index, quantity) in contract.quantities.iter().enumerate() {
            if known.reads(contract, &quantity.is.formula) {
                known.quantities.insert(index);
            }
        }
        for (index, clause) in contract.clauses.iter().enumerate() {
            let parties = [&clause.from, &clause.to].map(|side| contract.parties_of(side)).concat();
            let many = parties.iter().any(|party| contract.party(*party).many);
            if many || formulas(clause).into_iter().any(|formula| known.reads(contract, formula)) {
                known.clauses.insert(ClauseId(index));
            }
        }
        if known.quantities.len() + known.clauses.len() == before {
            return known;
        }
    }
}

impl ByHolder {
    /// True when a formula can differ from holder to holder. What is summed up over all of them
    /// is the same for each, unless it is a rank or that of a peer group of its own.
    fn reads(&self, contract: &Contract, formula: &Formula) -> bool {
        if let Kind::Aggregate { function, over, .. } = &formula.kind
            && contract.holder_axis().is_some_and(|axis| contract.axis(axis).id == over.axis.text)
        {
            return function == "rank"
                || over.within.as_ref().is_some_and(|peers| self.names(contract, &peers.text));
        }
        if let Kind::Name(name) = &formula.kind
            && self.names(contract, &name.name)
        {
            return true;
        }
        formula.parts().into_iter().any(|part| self.reads(contract, part))
    }

    fn names(&self, contract: &Contract, name: &str) -> bool {
        match contract.names.get(name) {
            Some(Named::Measure(index)) => {
                let by = &contract.measures[*index].by;
                by.iter().any(|axis| contract.holder_axis() == Some(*axis))
            }
            Some(Named::Quantity(index)) => self.quantities.contains(index),
            Some(Named::Table(_) | Named::Curve(_) | Named::Broken) | None => {
                let flow = contract.flows.get(name);
                let clauses = flow.map_or(Vec::new(), |flow| contract.clauses_of(*flow));
                clauses.iter().any(|clause| self.clauses.contains(clause))
            }
        }
    }
}

/// The formulas of a clause.
fn formulas(clause: &Clause) -> Vec<&Formula> {
    let mut all = vec![&clause.amount.formula];
    all.extend(clause.when.as_ref().map(|when| &when.formula));
    for side in [&clause.from, &clause.to] {
        if let Side::Weights { weights, between, .. } = side {
            all.push(&weights.formula);
            all.extend(between.iter().flat_map(|limits| [&limits.0.formula, &limits.1.formula]));
        }
    }
    if let Some(terms) = &clause.on_account {
        match &terms.instalment {
            Instalment::Amount(written) | Instalment::Total(written) => all.push(&written.formula),
        }
    }
    all
}
