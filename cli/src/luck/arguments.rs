//! The arguments of `luck`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::arguments::{StatementArguments, StatementFormat};

/// Arguments of `luck`.
#[derive(Debug, Args)]
pub struct LuckArguments {
    /// The baseline.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// Of a contract for many holders, the only one whose luck is looked at [default: each in turn, all
    /// others held as observed]
    #[arg(long, value_name = "NAME")]
    pub holder: Option<String>,
    /// True rates, where they are not those of the observations, and denominators that these lack: a
    /// CSV file with the columns measure, period, axes, baseline, target, improved, denominator,
    /// overdispersion, variation, law
    #[arg(long, value_name = "FILE")]
    pub rates: Option<PathBuf>,
    /// How far on the way from baseline to target a party has truly improved
    #[arg(long, value_name = "SHARE", default_value = "50%")]
    pub improvement: String,
    /// The chance below which luck is acceptable
    #[arg(long, value_name = "SHARE", default_value = "5%")]
    pub acceptable: String,
    /// How many threads work on the holders, which changes nothing but the time [default: as many as this
    /// computer offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    pub format: StatementFormat,
}

impl LuckArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let mut files = self.statement.files();
        files.extend(self.rates.as_deref());
        files
    }
}
