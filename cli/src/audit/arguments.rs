//! The arguments of `audit` and `sweep`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::arguments::AsOf;

/// The observations beside which a contract is looked at.
#[derive(Debug, Args)]
pub struct BaselineArguments {
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT")]
    pub contract: PathBuf,
    /// Observations of a year to look beside, one or more CSV files [default: the middle of every
    /// range in the first contract year]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub baseline: Vec<PathBuf>,
    /// A period of the contract to look at, such as 2026/27 [default: the first with a baseline]
    #[arg(long, value_name = "PERIOD", requires = "baseline")]
    pub period: Option<String>,
    /// Of a contract for many holders, the one that is looked at beside the others [default: the first
    /// in the baseline]
    #[arg(long, value_name = "HOLDER", requires = "baseline")]
    pub holder: Option<String>,
    /// Which submission counts where a figure was submitted more than once
    #[arg(long, value_enum, default_value = "freeze")]
    pub as_of: AsOf,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// For people
    Text,
    /// For tools
    Json,
    /// A page with tables and charts, which prints on A4
    Html,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// What is looked at.
    #[command(flatten)]
    pub beside: BaselineArguments,
    /// How much work goes into each bound that is not tight at once, in nodes worked out again
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub budget: usize,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    pub format: AuditFormat,
}

/// How a curve is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SweepFormat {
    /// For people
    Text,
    /// For spreadsheets
    Csv,
    /// A chart, which can be read without colour
    Svg,
    /// A page with the chart and its table
    Html,
}

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// What is looked at.
    #[command(flatten)]
    pub beside: BaselineArguments,
    /// The outcome: a measure, and its members where it has some, such as outcome:C01 or
    /// breaches:ed_12h; of several periods the first is drawn
    #[arg(long, value_name = "MEASURE")]
    pub measure: String,
    /// How to print the curve
    #[arg(long, value_enum, default_value = "text")]
    pub format: SweepFormat,
    /// Write the chart to a new file as well, as SVG
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
}

impl BaselineArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        [&self.contract].into_iter().chain(&self.baseline).map(PathBuf::as_path).collect()
    }
}
