//! The arguments of `solve`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::simulate::arguments::DrawArguments;

/// Arguments of `solve`.
#[derive(Debug, Args)]
pub struct SolveArguments {
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT")]
    pub contract: PathBuf,
    /// The number that is looked for, by its path in the contract, such as
    /// tables.withheld_share.values.2026/27 or tables.schedule.rows.C07.floor
    #[arg(long, value_name = "PATH")]
    pub parameter: String,
    /// What it shall meet, such as `P(loss(emh) > 2% of income) <= 5%`, `P(payment(C07) | no change) < 5%` or
    /// `mean(paid(outcomes)) = 7000000`
    #[arg(long, value_name = "CONDITION")]
    pub until: String,
    /// What is drawn, a JSON file; not needed where the condition asks what luck does
    #[arg(long, value_name = "FILE")]
    pub scenarios: Option<PathBuf>,
    /// True rates for conditions on luck, as for `luck`
    #[arg(long, value_name = "FILE")]
    pub rates: Option<PathBuf>,
    /// Another contract, whose value under the same draws is what `base` stands for in the condition
    #[arg(long, value_name = "CONTRACT")]
    pub base: Option<PathBuf>,
    /// The least and the greatest value that are looked at [default: from one step up to twice the
    /// present one]
    #[arg(long, value_names = ["LEAST", "MOST"], num_args = 2, allow_hyphen_values = true)]
    pub between: Vec<String>,
    /// From one value to the next [default: a power of ten that fits some hundred times]
    #[arg(long, value_name = "STEP")]
    pub step: Option<String>,
    /// Which scenarios.
    #[command(flatten)]
    pub draws: DrawArguments,
}

impl SolveArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let files = [&self.contract].into_iter().chain(&self.draws.observations);
        let more = self.scenarios.iter().chain(&self.rates).chain(&self.base).chain(&self.draws.mapping);
        files.chain(more).map(PathBuf::as_path).collect()
    }
}
