//! The arguments of `print`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::StatementArguments;
use crate::small_numbers::SmallNumberArguments;

/// Arguments of `print`.
#[derive(Debug, Args)]
pub struct PrintArguments {
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// For whom, a party of the contract
    #[arg(long, value_name = "PARTY")]
    pub party: String,
    /// The observations of the last statement, to show what changed
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub previous: Vec<PathBuf>,
    /// The contract of the last statement, where it was another
    #[arg(long, value_name = "CONTRACT")]
    pub previous_contract: Option<PathBuf>,
    /// States of lines: line, state (agreed, contested, withheld, settled), reason, date
    #[arg(long, value_name = "FILE")]
    pub states: Option<PathBuf>,
    /// When the page is made, such as 2027-07-31T09:00:00 [default: now, UTC]
    #[arg(long, value_name = "MOMENT", value_parser = carepact_finance::files::moment_given)]
    pub at: Option<String>,
    /// Which counts are warned of.
    #[command(flatten)]
    pub small: SmallNumberArguments,
    /// The new file; without it the page is printed to standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
