//! The statement: lines with who owes whom what, totals, and control totals that must be zero.
//!
//! Knows lines and nodes, not kinds of clause. Money is conserved: the parts of a line come to
//! the line, what one party pays another receives, and both are asserted here again.

mod explain;
mod lines;
mod totals;
mod words;

pub use explain::{Explanation, Observed, Step};
pub use lines::{DataStatus, LineType, StatementLine};
pub use totals::{ClauseTotal, Control, PartyTotal, PositionLine, Posting};

use crate::Model;
use crate::bind::{Facts, Lane};
use crate::evaluate::{Values, evaluate};
use crate::plan::LineSpec;
use crate::source::{Diagnostic, Location, Problems, catalogue, did_you_mean};

/// A statement of a contract for some periods.
#[derive(Debug, Clone)]
pub struct Statement<'m> {
    model: &'m Model,
    facts: &'m Facts,
    values: Vec<Values>,
    lines: Vec<StatementLine>,
}

impl<'m> Statement<'m> {
    /// States a model for bound facts.
    pub(crate) fn new(model: &'m Model, facts: &'m Facts) -> Statement<'m> {
        let specs = stated(model, facts);
        // A contract for holders without any states only what has nothing to do with them.
        let none = facts.lanes.iter().any(|lane| lane.is_empty_of_holders);
        let stated = specs.iter().filter(|(_, spec)| !(none && spec.by_holder));
        let needed = model.plan.needed_by(stated.flat_map(|(_, spec)| spec.nodes()));
        let values: Vec<Values> =
            facts.lanes.iter().map(|lane| evaluate(&model.plan, &lane.values, &needed)).collect();
        let lines = lines::lines(model, facts, &specs, &values);
        let statement = Statement { model, facts, values, lines };
        for control in statement.controls() {
            assert!(control.amount.is_zero(), "the control total `{}` is not zero", control.what);
        }
        statement
    }

    /// The lines in the order of the contract.
    pub fn lines(&self) -> &[StatementLine] {
        &self.lines
    }

    /// The contract and its plan.
    pub fn model(&self) -> &Model {
        self.model
    }

    /// The facts it rests on.
    pub fn facts(&self) -> &Facts {
        self.facts
    }

    /// The keys of the periods that are stated.
    pub fn periods(&self) -> &[String] {
        &self.facts.selection.keys
    }

    /// Why a line is what it is. The line is named by its number in the statement, its id, or for
    /// one part of a split line by the id and the party: `outcomes:2026/27:C01:gpc`.
    ///
    /// # Errors
    /// When there is no such line.
    pub fn explain(&self, line: &str) -> Result<Explanation, Problems> {
        let by_number = line.parse().ok().and_then(|number: usize| self.lines.get(number.checked_sub(1)?));
        // A part of a split line is named by the line and the party on the split side.
        let is_part = |known: &&StatementLine| {
            let rest = line.strip_prefix(&known.id).and_then(|rest| rest.strip_prefix(':'));
            rest.is_some_and(|party| party == known.payee || party == known.payer)
        };
        let found = by_number
            .or_else(|| self.lines.iter().find(|known| known.id == line))
            .or_else(|| self.lines.iter().find(is_part));
        match found {
            Some(found) => Ok(explain::explain(self, found)),
            None => {
                let ids = self.lines.iter().map(|line| line.id.as_str());
                let remedy = did_you_mean(line, ids).map_or_else(
                    || "use an id or a number of the statement".to_string(),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("the statement has no line `{line}`");
                let code = &catalogue::UNKNOWN_LINE;
                Err(Problems(vec![Diagnostic { code, location: Location::Request, found, remedy }]))
            }
        }
    }

    fn lane(&self, index: usize) -> (&Lane, &Values) {
        (&self.facts.lanes[index], &self.values[index])
    }
}

/// The lines of the plan that a selection states, with their place in the plan.
fn stated<'m>(model: &'m Model, facts: &Facts) -> Vec<(usize, &'m LineSpec)> {
    let selected = |(_, line): &(usize, &LineSpec)| facts.selection.states(&model.contract, line.period.0);
    model.plan.lines().iter().enumerate().filter(selected).collect()
}
