//! What is known of the true rates: a small table beside the observations.
//!
//! Every column but `measure` may be left out or blank. A row without a period or a member counts
//! for all of them; no two rows may speak of the same figure.

use carepact::observe::COLUMNS;
use carepact::plan::FactSpec;
use carepact::source::{Code, Location, Severity};
use carepact::{Contract, Diagnostic, Exact};

use super::distribution::Law;

/// A table of rates that cannot be used.
pub static RATES: Code = Code {
    name: "rates",
    severity: Severity::Error,
    rule: "a table of rates has a row for each figure it speaks of, and its numbers are those of that figure",
};

/// What cannot be said of a contract's luck.
pub static LUCK: Code = Code {
    name: "luck",
    severity: Severity::Error,
    rule: "luck is worked out for lines that rest on figures that chance moves",
};

/// The columns of a table of rates, but for those of axes.
pub const RATE_COLUMNS: [&str; 9] = [
    "measure",
    "period",
    "baseline",
    "target",
    "improved",
    "denominator",
    "overdispersion",
    "variation",
    "law",
];

/// What a row says of its figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stated {
    /// The true rate when nothing changes.
    pub baseline: Option<Exact>,
    /// The true rate at which a party has done what was asked of it.
    pub target: Option<Exact>,
    /// The true rate of a party that has improved.
    pub improved: Option<Exact>,
    /// How many are counted, or the population that events or costs come from.
    pub denominator: Option<Exact>,
    /// The variance over that of independent events.
    pub overdispersion: Option<Exact>,
    /// The standard deviation of the cost of one person over its mean.
    pub variation: Option<Exact>,
    /// How the count comes about.
    pub law: Option<Law>,
}

/// A row of a table of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    file: String,
    row: usize,
    measure: String,
    period: Option<String>,
    members: Vec<(String, String)>,
    stated: Stated,
}

impl Row {
    fn speaks_of(&self, fact: &FactSpec) -> bool {
        self.measure == fact.measure
            && self.period.as_ref().is_none_or(|period| *period == fact.period.1)
            && self.members.iter().all(|member| fact.members.contains(member))
    }
}

/// Tables of rates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates {
    rows: Vec<Row>,
}

/// The cells of a row that is being read.
struct Cells<'c> {
    file: &'c str,
    row: usize,
    problems: &'c mut Vec<Diagnostic>,
}

impl Cells<'_> {
    fn refuse(&mut self, column: &str, found: String, remedy: &str) {
        let location =
            Location::Data { file: self.file.to_string(), row: self.row, column: Some(column.to_string()) };
        self.problems.push(Diagnostic { code: &RATES, location, found, remedy: remedy.to_string() });
    }

    fn number(&mut self, column: &str, cell: &str) -> Option<Exact> {
        match Exact::parse(cell) {
            Ok(value) if value.sign() >= 0 => Some(value),
            Ok(_) | Err(_) => {
                self.refuse(
                    column,
                    format!("`{cell}` is no rate"),
                    "write a number from 0 up, such as 65.5%",
                );
                None
            }
        }
    }
}

impl Rates {
    /// Adds a table.
    ///
    /// # Errors
    /// Unknown columns, measures, members and periods, and cells that are no numbers, all at once.
    pub fn add_table(
        &mut self,
        contract: &Contract,
        file: &str,
        headings: &[String],
        rows: &[(usize, Vec<String>)],
    ) -> Result<(), Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut head = Cells { file, row: 1, problems: &mut problems };
        for heading in headings {
            let axis = contract.axis_named(heading).is_some();
            if !axis && !RATE_COLUMNS.contains(&heading.as_str()) && heading != "note" {
                let remedy = format!("the columns are {}, note, and axes", RATE_COLUMNS.join(", "));
                head.refuse(heading, format!("`{heading}` is no column of rates"), &remedy);
            }
        }
        if !headings.iter().any(|heading| heading == COLUMNS[0]) {
            head.refuse("measure", "there is no column `measure`".to_string(), "add it");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for (row, cells) in rows {
            let filled = headings.iter().zip(cells).map(|(heading, cell)| (heading.as_str(), cell.trim()));
            let filled: Vec<(&str, &str)> = filled.filter(|(_, cell)| !cell.is_empty()).collect();
            if !filled.is_empty() {
                let at = Cells { file, row: *row, problems: &mut problems };
                self.rows.push(read_row(contract, &filled, at));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// What is stated of a figure; nothing when no row speaks of it.
    pub(super) fn of(&self, fact: &FactSpec) -> Option<&Stated> {
        self.rows.iter().find(|row| row.speaks_of(fact)).map(|row| &row.stated)
    }

    /// Rows that speak of no figure, and figures of which two rows speak.
    pub(super) fn problems(&self, figures: &[&FactSpec]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let spoken_of: Vec<&&FactSpec> = figures.iter().filter(|fact| row.speaks_of(fact)).collect();
            let first = |fact: &&&FactSpec| self.rows.iter().position(|row| row.speaks_of(fact));
            let mut cells = Cells { file: &row.file, row: row.row, problems: &mut problems };
            if spoken_of.is_empty() {
                let found = "no stated line rests on this figure".to_string();
                cells.refuse("measure", found, "check measure, period and members, or take the row out");
            } else if spoken_of.iter().any(|fact| first(fact) != Some(index)) {
                let found = "an earlier row speaks of the same figure".to_string();
                cells.refuse("measure", found, "leave one row for each figure");
            }
        }
        problems
    }
}

fn read_row(contract: &Contract, filled: &[(&str, &str)], mut at: Cells<'_>) -> Row {
    let mut row = Row {
        file: at.file.to_string(),
        row: at.row,
        measure: String::new(),
        period: None,
        members: Vec::new(),
        stated: Stated::default(),
    };
    for (column, cell) in filled {
        let stated = &mut row.stated;
        match *column {
            "measure" => row.measure = (*cell).to_string(),
            "period" => row.period = Some((*cell).to_string()),
            "baseline" => stated.baseline = at.number(column, cell),
            "target" => stated.target = at.number(column, cell),
            "improved" => stated.improved = at.number(column, cell),
            "denominator" => stated.denominator = at.number(column, cell),
            "overdispersion" => stated.overdispersion = at.number(column, cell),
            "variation" => stated.variation = at.number(column, cell),
            "law" => stated.law = law(column, cell, &mut at),
            "note" => {}
            axis => row.members.push((axis.to_string(), (*cell).to_string())),
        }
    }
    if !contract.measures.iter().any(|measure| measure.name == row.measure) {
        let found = format!("`{}` is no measure of the contract", row.measure);
        at.refuse("measure", found, "write it as the contract does");
    }
    row
}

fn law(column: &str, cell: &str, at: &mut Cells<'_>) -> Option<Law> {
    let known = [Law::Share, Law::Events].into_iter().find(|law| law.word() == cell);
    if known.is_none() {
        at.refuse(column, format!("`{cell}` is no law of counts"), "write binomial or poisson");
    }
    known
}
