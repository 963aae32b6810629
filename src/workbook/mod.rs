//! The workbook reading: the plan as sheets of formulas, in which every amount follows from visible
//! cells, and a spreadsheet works out the same pennies.
//!
//! Knows kinds of node, not of clauses, and no file format: a sheet is rows of cells with formulas as
//! text. Spreadsheets count in binary floats, so numbers are whole numbers in steps of an exact unit
//! wherever they can be; where not, a bound of the error goes with them, and a cell says whether the
//! line could be a penny out.

mod about;
mod calculation;
mod checks;
mod choices;
mod inputs;
mod limited;
mod number;
mod rounding;
mod sheet;
mod splits;
mod stated;
mod statistics;
mod sums;
mod sure;
mod tables;
mod terms;
mod totals;
mod wide;

pub use sheet::{Cell, Content, Sheet, Shown, Style};

use std::ops::Range;

use crate::Model;
use crate::bind::Facts;
use crate::evaluate::{Values, one_by_one};
use crate::statement::{Statement, StatementLine};
use calculation::Calculation;
use inputs::Inputs;
use terms::Terms;

/// A statement as sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// The sheets in order.
    pub sheets: Vec<Sheet>,
    /// Names of cells, and the cells.
    pub names: Vec<(String, String)>,
    /// Lines that a spreadsheet may work out wrongly.
    pub unsure: Vec<Unsure>,
    /// How many lines the statement has.
    pub lines: usize,
    /// True when agreed numbers may be changed in the workbook; false where a rule of the contract needs one
    /// of them to be fixed.
    pub terms_may_change: bool,
    /// The holder whose lines they are, and of how many, when it is one of several.
    pub one_of: Option<(String, usize)>,
}

/// A line that a spreadsheet may work out wrongly, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsure {
    /// The id of the line.
    pub line: String,
    /// From whom to whom.
    pub parties: String,
    /// Why.
    pub reason: String,
}

/// Most holders whose lines stand in one workbook; of more, one is chosen.
pub const HOLDERS_OF_A_WORKBOOK_MAX: usize = 200;

impl Model {
    /// The statement as sheets of formulas: of one holder, or of all where there are few. `about` is what
    /// only the caller knows: names and hashes of files.
    pub fn workbook(&self, facts: &Facts, holder: Option<usize>, about: &[(String, String)]) -> Workbook {
        let lanes = match holder {
            Some(holder) => holder..holder + 1,
            None if facts.lanes.len() <= HOLDERS_OF_A_WORKBOOK_MAX => 0..facts.lanes.len(),
            None => 0..1,
        };
        // Agreed numbers are cells where the plan that keeps them apart states the same.
        if let Some((model, facts_apart)) = terms::kept_apart(self, facts) {
            let (basis, apart) = (self.basis(facts, &one_by_one), model.basis(&facts_apart, &one_by_one));
            let (folded, apart) = (basis.evaluate(lanes.clone()), apart.evaluate(lanes.clone()));
            if same(&folded, &apart) {
                return sheets(&apart, lanes, about, true);
            }
        }
        let basis = self.basis(facts, &one_by_one);
        sheets(&basis.evaluate(lanes.clone()), lanes, about, false)
    }
}

/// True when two statements have the same lines with the same amounts.
fn same(one: &Statement<'_>, other: &Statement<'_>) -> bool {
    let line = |line: &StatementLine| {
        (line.id.clone(), line.payer.clone(), line.payee.clone(), line.line_type, line.amount.clone())
    };
    one.lines().iter().map(line).eq(other.lines().iter().map(line))
}

fn sheets(
    statement: &Statement<'_>,
    lanes: Range<usize>,
    about: &[(String, String)],
    terms_may_change: bool,
) -> Workbook {
    let (model, facts) = (statement.model(), statement.facts());
    let all_holders = lanes.len() == facts.lanes.len();
    let needed = statement.needed(all_holders);
    let values: Vec<Values> = lanes.clone().map(|lane| statement.values(lane, &needed)).collect();
    let inputs = Inputs::of(model, facts, lanes.clone(), &needed);
    let terms = Terms::of(model, &needed, terms_may_change);
    let calculation = Calculation::of(model.plan(), &values, (&inputs, &terms), (&needed, all_holders));
    let stated = stated::Stated::of(statement, &calculation, lanes.start);
    let totals = totals::sheet(statement, &stated);
    let checks = checks::sheet(statement, (&stated, &calculation, &totals), lanes.start);
    let unsure = stated.unsure();
    let holders = facts.lanes.len();
    let one_of = facts.lanes[lanes.clone()].iter().find_map(|lane| lane.holder.clone());
    let one_of = one_of.filter(|_| !all_holders).map(|name| (name, holders));
    let about = about::sheet(statement, lanes, about, &unsure);
    let parameters = tables::parameters(terms.sheet.clone(), &calculation);
    let calculated = tables::calculation(&calculation);
    let mut names = inputs.names();
    names.extend(terms.names());
    let lines = stated.lines.len();
    drop(calculation);
    let sheets = vec![about, inputs.sheet, parameters, calculated, stated.sheet, totals, checks];
    Workbook { sheets, names, unsure, lines, terms_may_change, one_of }
}
