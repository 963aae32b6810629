//! The arguments of `diff`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::arguments::AsOf;
use crate::audit::arguments::AuditFormat;

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The contract as it was, a JSON file
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// The contract as it is to be, a JSON file
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// Observations to state both contracts with, one or more CSV files; what only one of them observes
    /// is fine
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub baseline: Vec<PathBuf>,
    /// A period to state, such as 2026/27 [default: the contract years that have data]
    #[arg(long, value_name = "PERIOD", requires = "baseline")]
    pub period: Option<String>,
    /// Which submission counts where a figure was submitted more than once
    #[arg(long, value_enum, default_value = "freeze")]
    pub as_of: AsOf,
    /// How much work goes into each bound that is not tight at once, in nodes worked out again
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub budget: usize,
    /// How to print what changed
    #[arg(long, value_enum, default_value = "text")]
    pub format: AuditFormat,
}

impl DiffArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        [&self.before, &self.after].into_iter().chain(&self.baseline).map(PathBuf::as_path).collect()
    }
}
