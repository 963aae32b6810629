//! The arguments of `export`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::arguments::StatementArguments;
use crate::small_numbers::SmallNumberArguments;

/// What a statement is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Rows of Aggregate Contract Monitoring
    Acm,
    /// Rows of its plan variant, the indicative activity plan
    Plan,
    /// The lines as Parquet
    Parquet,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// What the statement is written as
    #[arg(value_enum, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// Whose account it is, the codes of parties and the points of delivery of clauses, a JSON file
    #[arg(long, value_name = "FILE", required_if_eq_any([("format", "acm"), ("format", "plan")]))]
    pub rules: Option<PathBuf>,
    /// Observations of the plan, whose statement stands as planned prices beside the actual ones
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub plan: Vec<PathBuf>,
    /// The moment at which the rows are made, such as 2026-12-15T09:00:00 [default: now, UTC]
    #[arg(long, value_name = "MOMENT", value_parser = carepact_finance::files::moment_given)]
    pub at: Option<String>,
    /// Which counts are warned of.
    #[command(flatten)]
    pub small: SmallNumberArguments,
    /// The new file; without it rows of contract monitoring are printed
    #[arg(long, short, value_name = "FILE", required_if_eq("format", "parquet"))]
    pub output: Option<PathBuf>,
}

impl ExportArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let own = self.rules.iter().chain(&self.plan).map(PathBuf::as_path);
        self.statement.files().into_iter().chain(own).collect()
    }

    /// Why the arguments cannot be meant.
    pub fn mistake(&self) -> Option<&'static str> {
        let beside = !self.plan.is_empty() && self.format != ExportFormat::Acm;
        beside.then_some("--plan stands beside actual prices: export acm; export plan states --observations")
    }
}
