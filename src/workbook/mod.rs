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
mod number;
mod rounding;
mod sheet;
mod splits;
mod stated;
mod sums;
mod tables;
mod totals;

pub use sheet::{Cell, Content, Sheet, Shown, Style};

use crate::Model;
use crate::bind::Facts;
use crate::evaluate::one_by_one;
use calculation::Calculation;
use inputs::Inputs;

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

impl Model {
    /// The statement of one holder (of the whole contract, when no party is many) as sheets of
    /// formulas. `about` is what only the caller knows: names and hashes of files, versions.
    pub fn workbook(&self, facts: &Facts, holder: usize, about: &[(String, String)]) -> Workbook {
        let basis = self.basis(facts, &one_by_one);
        let statement = basis.evaluate(holder..holder + 1);
        let needed = statement.needed();
        let values = statement.values(holder);
        let inputs = Inputs::of(self, facts, holder, needed);
        let calculation = Calculation::of(self.plan(), &values, &inputs, needed);
        let stated = stated::Stated::of(&statement, &calculation);
        let totals = totals::sheet(&statement, &stated);
        let checks = checks::sheet(&statement, (&stated, &calculation, &inputs));
        let unsure = stated.unsure();
        let about = about::sheet(&statement, holder, about, &unsure);
        let (parameters, calculated) =
            (tables::parameters(self, &calculation), tables::calculation(&calculation));
        let (names, lines) = (inputs.names(), stated.lines.len());
        drop(calculation);
        let sheets = vec![about, inputs.sheet, parameters, calculated, stated.sheet, totals, checks];
        Workbook { sheets, names, unsure, lines }
    }
}
