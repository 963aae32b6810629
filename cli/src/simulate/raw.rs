//! Every draw and amount of every scenario as CSV or Parquet, one row each; where a party is many, one for
//! each holder, so that the rows of a scenario add up. The file has its name
//! only when it is whole; when the work is stopped it holds the scenarios that are done.

use std::path::Path;

use carepact::source::{Code, Severity};
use carepact::{Diagnostic, Exact};
use carepact_scenarios::{Block, Comparison, Period, Scenarios, Varying};

use super::parquet::ParquetRows;
use crate::files::{self, NewFile};

/// A format that is not known.
pub static RAW_FORMAT: Code = Code {
    name: "raw-format",
    severity: Severity::Error,
    rule: "the draws and amounts of scenarios are written as CSV or Parquet, by the ending of the file",
};

/// A column: whole numbers, each of which stands for so many steps.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// What one stands for.
    pub step: Exact,
    /// True for a fact that each holder has for itself, so that a row of no holder has none.
    pub of_holders: bool,
}

/// What the rows of a file are.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Facts that vary, then amounts.
    pub columns: Vec<Column>,
    /// The holders of a party that is many, each of which has a row of its own in each scenario.
    pub holders: Option<Vec<String>>,
    /// True when a further row of each scenario has what is of no holder.
    pub rest: bool,
}

impl Layout {
    /// Of a simulation: the facts that vary, then every amount.
    pub fn of_simulation(scenarios: &Scenarios<'_>) -> Layout {
        let keys = scenarios.keys().into_iter();
        let amounts = keys.map(|key| {
            let year = match &key.period {
                Period::Year(place) => Some(scenarios.years()[*place].as_str()),
                Period::All => None,
            };
            let names = [key.party.as_deref(), key.clause.as_deref(), year];
            amount("amount", names, scenarios.unit())
        });
        Layout {
            columns: facts(scenarios.varying()).chain(amounts).collect(),
            holders: holders(scenarios),
            rest: scenarios.has_rest(),
        }
    }

    /// Of a comparison: the facts that vary in either design, then every difference.
    pub fn of_comparison(
        both: (&Scenarios<'_>, &Scenarios<'_>),
        comparison: &Comparison,
    ) -> Result<Layout, Diagnostic> {
        let own = (holders(both.0), holders(both.1));
        if own.0 != own.1 {
            let found = "the differences of two designs that have not the same holders".to_string();
            let remedy = "take --raw out; `--format csv` has every holder of either";
            return Err(files::problem(&RAW_FORMAT, found, remedy));
        }
        let amounts = comparison.differences.iter().map(|difference| {
            let names =
                [Some(difference.party.as_str()), difference.clause.as_deref(), difference.year.as_deref()];
            amount("difference", names, &comparison.unit)
        });
        Ok(Layout {
            columns: facts(Comparison::varying(both)).chain(amounts).collect(),
            holders: own.0,
            rest: both.0.has_rest() || both.1.has_rest(),
        })
    }

    /// The headings of the columns in front: scenario, and holder.
    pub fn in_front(&self) -> Vec<&'static str> {
        ["scenario"].into_iter().chain(self.holders.as_ref().map(|_| "holder")).collect()
    }
}

fn facts(varying: Vec<Varying>) -> impl Iterator<Item = Column> {
    let column = |fact: Varying| Column { name: fact.name, step: fact.step, of_holders: fact.by_holder };
    varying.into_iter().map(column)
}

/// `amount:party:clause:year`, with `all` in the place of what is summed over.
fn amount(what: &str, names: [Option<&str>; 3], unit: &Exact) -> Column {
    let [party, clause, year] = names.map(|name| name.unwrap_or("all"));
    Column { name: format!("{what}:{party}:{clause}:{year}"), step: unit.clone(), of_holders: false }
}

fn holders(scenarios: &Scenarios<'_>) -> Option<Vec<String>> {
    let of_many = scenarios.model().contract().has_holders();
    of_many.then(|| scenarios.holders().map(str::to_string).collect())
}

/// The rows of a block.
pub struct Rows<'b> {
    block: &'b Block,
    layout: &'b Layout,
    /// Rows of each scenario: one for each holder, and that of no holder.
    of_each: usize,
}

impl<'b> Rows<'b> {
    fn new(block: &'b Block, layout: &'b Layout) -> Rows<'b> {
        let holders = layout.holders.as_ref().map(|holders| holders.len() + usize::from(layout.rest));
        Rows { block, layout, of_each: holders.unwrap_or(1) }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.block.count * self.of_each
    }

    /// The number of the scenario.
    pub fn scenario(&self, row: usize) -> u64 {
        self.block.first + (row / self.of_each) as u64
    }

    /// The holder; nothing for what is of none.
    pub fn holder(&self, row: usize) -> Option<&'b str> {
        self.layout.holders.as_ref()?.get(row % self.of_each).map(String::as_str)
    }

    /// The number in a column; nothing for a fact of holders in a row of none.
    pub fn number(&self, column: usize, row: usize) -> Option<i64> {
        let (i, k) = (row / self.of_each, row % self.of_each);
        let holders = self.layout.holders.as_ref().map(Vec::len);
        let facts = &self.block.facts.columns;
        if let Some(numbers) = facts.get(column) {
            return match holders {
                Some(holders) if self.layout.columns[column].of_holders => {
                    (k < holders).then(|| numbers[i * holders + k])
                }
                Some(_) | None => Some(numbers[i]),
            };
        }
        let key = column - facts.len();
        Some(match (&self.block.by_holder, holders) {
            (Some(by_holder), Some(holders)) if k < holders => by_holder.own[key][i * holders + k],
            (Some(by_holder), Some(_)) => by_holder.rest[key][i],
            (_, _) => self.block.amounts[key][i],
        })
    }
}

/// Rows of scenarios on their way into a file.
pub struct Raw {
    file: RawFile,
    layout: Layout,
}

enum RawFile {
    Csv(Box<csv::Writer<NewFile>>),
    Parquet(Box<ParquetRows>),
}

impl Raw {
    /// Begins a file that is not there yet.
    pub fn create(file: &Path, layout: Layout) -> Result<Raw, Diagnostic> {
        let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
        let to = match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("csv") => {
                let mut writer = csv::Writer::from_writer(NewFile::create(file)?);
                let columns = layout.columns.iter().map(|column| column.name.as_str());
                let headings = layout.in_front().into_iter().chain(columns);
                writer.write_record(headings).map_err(|error| files::unwritable(file, &error))?;
                RawFile::Csv(Box::new(writer))
            }
            Some("parquet") => RawFile::Parquet(Box::new(ParquetRows::create(file, &layout)?)),
            Some(_) | None => {
                let found = format!("{} ends neither in .csv nor in .parquet", file.display());
                return Err(files::problem(&RAW_FORMAT, found, "choose a name that ends in one of the two"));
            }
        };
        Ok(Raw { file: to, layout })
    }

    /// Adds the scenarios of a block.
    pub fn add(&mut self, block: &Block) -> Result<(), Diagnostic> {
        let rows = Rows::new(block, &self.layout);
        match &mut self.file {
            RawFile::Parquet(file) => file.add(&rows),
            RawFile::Csv(writer) => {
                for row in 0..rows.count() {
                    let cells = self.layout.columns.iter().enumerate().map(|(place, column)| {
                        let number = rows.number(place, row);
                        number.map_or(String::new(), |n| (&column.step * &Exact::from(n)).to_string())
                    });
                    let holder = rows.holder(row).unwrap_or_default().to_string();
                    let holder = self.layout.holders.as_ref().map(|_| holder);
                    let number = rows.scenario(row).to_string();
                    let written = writer.write_record([number].into_iter().chain(holder).chain(cells));
                    let name = writer.get_ref().name().to_path_buf();
                    written.map_err(|error| files::unwritable(&name, &error))?;
                }
                Ok(())
            }
        }
    }

    /// Ends the file and gives it its name.
    pub fn finish(self) -> Result<(), Diagnostic> {
        match self.file {
            RawFile::Parquet(rows) => rows.finish(),
            RawFile::Csv(writer) => {
                let name = writer.get_ref().name().to_path_buf();
                let file = writer.into_inner().map_err(|error| files::unwritable(&name, error.error()))?;
                file.finish()
            }
        }
    }
}
