//! The statement: lines with who owes whom what, totals, and control totals that must be zero.
//!
//! Knows lines and nodes, not kinds of clause. Money is conserved: the parts of a line come to
//! the line, what one party pays another receives, and both are asserted here again.

mod basis;
mod carried;
mod columns;
mod conditions;
mod explain;
mod explained;
mod figures;
mod find;
mod lines;
mod totals;
mod words;

use std::ops::Range;

pub use basis::Basis;
pub(crate) use basis::Held;
pub use carried::{Carried, CarriedForward};
pub use columns::{Column, Columns};
pub(crate) use conditions::broken;
pub use explained::{Explained, Explanation, Observed, Step};
pub use figures::Figure;
pub use lines::{DataStatus, LineType, StatementLine};
pub use totals::{ClauseTotal, Control, PartyTotal, PositionLine, Posting, Totals};

use crate::Model;
use crate::bind::Facts;
use crate::evaluate::Values;
use crate::source::{Diagnostic, Location, Problems, catalogue, did_you_mean};

/// A statement of a contract for some periods; of a contract for a party that is many, for some
/// of the holders.
#[derive(Debug, Clone)]
pub struct Statement<'m> {
    basis: Held<'m>,
    lines: Vec<StatementLine>,
    figures: Vec<Figure>,
    totals: Totals<'m>,
}

impl<'m> Statement<'m> {
    /// States a model for bound facts. Lines that are the same for all holders stand in the
    /// statement of the first.
    pub(crate) fn new(basis: Held<'m>, lanes: Range<usize>) -> Statement<'m> {
        let values: Vec<Values> = lanes.clone().map(|lane| basis.values(lane, &basis.needed)).collect();
        let lines = lines::lines(&basis, (lanes.start, &values));
        let figures = figures::figures(basis.facts, &basis.figures, (lanes.start, &values));
        let totals = Totals::of(basis.model, &lines);
        for control in totals.controls() {
            assert!(control.amount.is_zero(), "the control total `{}` is not zero", control.what);
        }
        Statement { basis, lines, figures, totals }
    }

    /// The lines that are the same for all holders, then those of each, in the order of the contract.
    pub fn lines(&self) -> &[StatementLine] {
        &self.lines
    }

    /// The quantities that are shown, in the same order.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// The contract and its plan.
    pub fn model(&self) -> &Model {
        self.basis.model
    }

    /// The facts it rests on.
    pub fn facts(&self) -> &Facts {
        self.basis.facts
    }

    /// The keys of the periods that are stated.
    pub fn periods(&self) -> &[String] {
        &self.basis.facts.selection.keys
    }

    /// Which nodes what is stated rests on, with or without those behind figures over all holders.
    pub(crate) fn needed(&self, behind_statistics: bool) -> Vec<bool> {
        let lines = self.basis.lines.iter().flat_map(|(_, line)| line.nodes());
        let roots = lines.chain(self.basis.figures.iter().flat_map(|figure| figure.nodes()));
        let plan = &self.basis.model.plan;
        if behind_statistics { plan.needed_by(roots) } else { plan.needed_beside_statistics(roots) }
    }

    /// The values of some nodes for a holder.
    pub(crate) fn values(&self, lane: usize, needed: &[bool]) -> Values {
        self.basis.values(lane, needed)
    }

    /// Why a line or figure is what it is. A line is named by its number in the statement, its id, or
    /// for one part of a split line by the id and the party: `outcomes:2026/27:C01:gpc`; a figure by
    /// its id.
    ///
    /// # Errors
    /// When there is no such line or figure.
    pub fn explain(&self, line: &str) -> Result<Explanation, Problems> {
        let number = line.parse().ok();
        // A part of a split line is named by the line and the party on the split side.
        let is_part = |known: &&StatementLine| {
            let rest = line.strip_prefix(&known.id).and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|party| party == known.payee || party == known.payer)
        };
        let named = |known: &&StatementLine| Some(known.number) == number || known.id == line;
        if let Some(found) = self.lines.iter().find(named) {
            return Ok(explain::explain(self, found));
        }
        if let Some(found) = self.figures.iter().find(|known| known.id == line) {
            return Ok(explain::explain_figure(self, found));
        }
        if let Some(found) = self.lines.iter().find(is_part) {
            return Ok(explain::explain(self, found));
        }
        let ids = self.lines.iter().map(|line| line.id.as_str());
        let ids = ids.chain(self.figures.iter().map(|figure| figure.id.as_str()));
        let remedy = did_you_mean(line, ids).map_or_else(
            || "use an id or a number of the statement".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        let found = format!("the statement has no line `{line}`");
        let code = &catalogue::UNKNOWN_LINE;
        Err(Problems(vec![Diagnostic { code, location: Location::Request, found, remedy }]))
    }
}
