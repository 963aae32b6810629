//! The arguments of `simulate` and `compare`.

use std::path::{Path, PathBuf};

use carepact::{Exact, Request};
use clap::Args;
use clap::builder::RangedU64ValueParser;

use crate::arguments::{AsOf, StatementFormat};

/// The greatest number of a scenario.
const SCENARIO_MAX: u64 = 1_000_000_000_000_000;

/// Which scenarios are drawn, and how they are summed up.
#[derive(Debug, Args)]
pub struct DrawArguments {
    /// The baseline: observations, one or more CSV files
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub observations: Vec<PathBuf>,
    /// Read tables of the baseline with a row for each holder, whose name stands in this column
    #[arg(long, value_name = "COLUMN", requires = "observations")]
    pub for_each: Option<String>,
    /// Which measure each column of such a table observes, a JSON file; without it the headings are
    /// those of the contract
    #[arg(long, value_name = "FILE", requires = "for_each")]
    pub mapping: Option<PathBuf>,
    /// How many scenarios
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = numbers(1, 1_000_000_000))]
    pub count: u64,
    /// The seed; the same one gives the same scenarios
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// The number of the first scenario
    #[arg(long, value_name = "I", default_value_t = 0, value_parser = numbers(0, SCENARIO_MAX))]
    pub from: u64,
    /// A period of the contract [default: that of the scenario file, or the contract years with data]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// Which submission of the baseline counts
    #[arg(long, value_enum, default_value = "freeze")]
    pub as_of: AsOf,
    /// How to print the result
    #[arg(long, value_enum, default_value = "text")]
    pub format: StatementFormat,
    /// How many threads work, which changes nothing but the time [default: as many as this computer
    /// offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// Which numbers of all scenarios are shown.
#[derive(Debug, Args)]
pub struct ShownArguments {
    /// Which percentiles are shown, in per cent
    #[arg(long, value_name = "P", value_delimiter = ',', default_value = "5,25,50,75,95")]
    #[arg(value_parser = percentage)]
    pub percentiles: Vec<Exact>,
    /// Which share of the worst scenarios is averaged, in per cent
    #[arg(long, value_name = "P", default_value = "5", value_parser = percentage)]
    pub tail: Exact,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT", required_unless_present = "merge")]
    pub contract: Option<PathBuf>,
    /// What is drawn, a JSON file
    #[arg(long, value_name = "FILE", required_unless_present = "merge")]
    pub scenarios: Option<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub draws: DrawArguments,
    /// What is shown of them.
    #[command(flatten)]
    pub shown: ShownArguments,
    /// Write every draw and amount of every scenario to a new file, `.csv` or `.parquet`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["merge", "only"])]
    pub raw: Option<PathBuf>,
    /// Save the result to a new file, to be put together with others by --merge
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    pub save: Option<PathBuf>,
    /// Put together results that were saved, instead of simulating
    #[arg(long, value_name = "FILE", num_args = 1..)]
    #[arg(conflicts_with_all = ["contract", "observations", "scenarios", "only"])]
    pub merge: Vec<PathBuf>,
    /// Print the observations of one scenario as CSV instead; `evaluate` and `explain` read them
    #[arg(long, value_name = "NUMBER", value_parser = numbers(0, SCENARIO_MAX))]
    pub only: Option<u64>,
    /// Write these observations to a new file instead of printing them
    #[arg(long, short, value_name = "FILE", requires = "only")]
    pub output: Option<PathBuf>,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The first design, a JSON file
    #[arg(value_name = "A", required_unless_present = "merge")]
    pub one: Option<PathBuf>,
    /// The second design, a JSON file
    #[arg(value_name = "B", required_unless_present = "merge")]
    pub other: Option<PathBuf>,
    /// What is drawn for both, a JSON file
    #[arg(long, value_name = "FILE", required_unless_present = "merge")]
    pub scenarios: Option<PathBuf>,
    /// Which scenarios.
    #[command(flatten)]
    pub draws: DrawArguments,
    /// What is shown of them.
    #[command(flatten)]
    pub shown: ShownArguments,
    /// Write every draw and difference of every scenario to a new file, `.csv` or `.parquet`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["merge", "only"])]
    pub raw: Option<PathBuf>,
    /// Save the result to a new file, to be put together with others by --merge
    #[arg(long, value_name = "FILE", conflicts_with = "only")]
    pub save: Option<PathBuf>,
    /// Put together results that were saved, instead of comparing
    #[arg(long, value_name = "FILE", num_args = 1..)]
    #[arg(conflicts_with_all = ["one", "other", "observations", "scenarios", "only"])]
    pub merge: Vec<PathBuf>,
    /// Print the observations of one scenario, which both designs rest on, as CSV instead
    #[arg(long, value_name = "NUMBER", value_parser = numbers(0, SCENARIO_MAX))]
    pub only: Option<u64>,
    /// Write these observations to a new file instead of printing them
    #[arg(long, short, value_name = "FILE", requires = "only")]
    pub output: Option<PathBuf>,
}

fn numbers(least: u64, most: u64) -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(least..=most)
}

/// A percentage above 0 and below 100, as a share.
fn percentage(text: &str) -> Result<Exact, String> {
    let share = Exact::parse(&format!("{}%", text.trim().trim_end_matches('%'))).ok();
    let fine = share.filter(|share| share.sign() > 0 && *share < Exact::ONE);
    fine.ok_or_else(|| "write a percentage above 0 and below 100, such as 5 or 2.5".to_string())
}

impl DrawArguments {
    /// What of the baseline is stated.
    pub fn request(&self) -> Request {
        Request { period: self.period.clone(), as_of: self.as_of.into() }
    }
}

impl SimulateArguments {
    /// Files that may be standard input.
    pub fn files(&self) -> Vec<&Path> {
        let files = self.contract.iter().chain(&self.draws.observations).chain(&self.draws.mapping);
        files.chain(&self.scenarios).chain(&self.merge).map(PathBuf::as_path).collect()
    }
}

impl CompareArguments {
    /// Files that may be standard input.
    pub fn files(&self) -> Vec<&Path> {
        let designs = self.one.iter().chain(&self.other).chain(&self.scenarios);
        let files = designs.chain(&self.draws.observations).chain(&self.draws.mapping);
        files.chain(&self.merge).map(PathBuf::as_path).collect()
    }
}
