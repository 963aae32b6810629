//! Every draw and amount of every scenario, one row each, as CSV or Parquet. The file has its name
//! only when it is whole; when the work is stopped it holds the scenarios that are done.

use std::path::Path;

use carepact::source::{Code, Severity};
use carepact::{Diagnostic, Exact};
use carepact_scenarios::{Block, Key, Period, Scenarios};

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
}

/// Rows of scenarios on their way into a file.
pub struct Raw {
    rows: Rows,
    columns: Vec<Column>,
}

enum Rows {
    Csv(Box<csv::Writer<NewFile>>),
    Parquet(Box<ParquetRows>),
}

impl Raw {
    /// Begins a file that is not there yet.
    pub fn create(file: &Path, scenarios: &Scenarios<'_>) -> Result<Raw, Diagnostic> {
        if scenarios.holders().next().is_some() {
            let found = "draws and amounts one by one of a contract for many holders".to_string();
            let remedy =
                "take --raw out; `--only NUMBER` writes one scenario, and `--format csv` every holder";
            return Err(files::problem(&RAW_FORMAT, found, remedy));
        }
        let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
        let columns = columns(scenarios);
        let rows = match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("csv") => {
                let mut writer = csv::Writer::from_writer(NewFile::create(file)?);
                let headings =
                    ["scenario"].into_iter().chain(columns.iter().map(|column| column.name.as_str()));
                writer.write_record(headings).map_err(|error| files::unwritable(file, &error))?;
                Rows::Csv(Box::new(writer))
            }
            Some("parquet") => Rows::Parquet(Box::new(ParquetRows::create(file, &columns)?)),
            Some(_) | None => {
                let found = format!("{} ends neither in .csv nor in .parquet", file.display());
                return Err(files::problem(&RAW_FORMAT, found, "choose a name that ends in one of the two"));
            }
        };
        Ok(Raw { rows, columns })
    }

    /// Adds the scenarios of a block.
    pub fn add(&mut self, block: &Block) -> Result<(), Diagnostic> {
        match &mut self.rows {
            Rows::Parquet(rows) => rows.add(block),
            Rows::Csv(writer) => {
                let numbers: Vec<&Vec<i64>> = block.facts.columns.iter().chain(&block.amounts).collect();
                for i in 0..block.count {
                    let cells = numbers
                        .iter()
                        .zip(&self.columns)
                        .map(|(numbers, column)| (&column.step * &Exact::from(numbers[i])).to_string());
                    let number = (block.first + i as u64).to_string();
                    let written = writer.write_record([number].into_iter().chain(cells));
                    let name = writer.get_ref().name().to_path_buf();
                    written.map_err(|error| files::unwritable(&name, &error))?;
                }
                Ok(())
            }
        }
    }

    /// Ends the file and gives it its name.
    pub fn finish(self) -> Result<(), Diagnostic> {
        match self.rows {
            Rows::Parquet(rows) => rows.finish(),
            Rows::Csv(writer) => {
                let name = writer.get_ref().name().to_path_buf();
                let file = writer.into_inner().map_err(|error| files::unwritable(&name, error.error()))?;
                file.finish()
            }
        }
    }
}

/// The facts that vary, then every amount.
fn columns(scenarios: &Scenarios<'_>) -> Vec<Column> {
    let facts = scenarios.varying().into_iter().map(|(name, step)| Column { name, step });
    let keys = scenarios.keys();
    let amounts =
        keys.iter().map(|key| Column { name: heading(scenarios, key), step: scenarios.unit().clone() });
    facts.chain(amounts).collect()
}

/// `amount:party:clause:year`, with `all` in the place of what is summed over.
fn heading(scenarios: &Scenarios<'_>, key: &Key) -> String {
    let year = match &key.period {
        Period::Year(place) => scenarios.years()[*place].as_str(),
        Period::All => "all",
    };
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "all".to_string());
    format!("amount:{}:{}:{year}", name(&key.party), name(&key.clause))
}
