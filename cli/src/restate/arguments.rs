//! The arguments of `restate`.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use crate::arguments::{AsOf, StatementArguments, StatementFormat};

/// Arguments of `restate`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("before").required(true).multiple(true)
    .args(["previous", "previous_contract", "previous_as_of"])))]
pub struct RestateArguments {
    /// What is stated now.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// The observations that were stated before, one or more CSV files [default: those of --observations]
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub previous: Vec<PathBuf>,
    /// The contract as it was, a JSON file [default: CONTRACT]
    #[arg(long, value_name = "CONTRACT")]
    pub previous_contract: Option<PathBuf>,
    /// Which submission counted before [default: that of --as-of]
    #[arg(long, value_enum)]
    pub previous_as_of: Option<AsOf>,
    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    pub format: StatementFormat,
    /// The file to write; without it the differences are printed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl RestateArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let own = self.previous.iter().chain(&self.previous_contract).map(PathBuf::as_path);
        self.statement.files().into_iter().chain(own).collect()
    }

    /// What was stated before, in the words of what is stated now.
    pub fn before(&self) -> StatementArguments {
        let now = &self.statement;
        StatementArguments {
            contract: self.previous_contract.clone().unwrap_or_else(|| now.contract.clone()),
            observations: if self.previous.is_empty() {
                now.observations.clone()
            } else {
                self.previous.clone()
            },
            for_each: now.for_each.clone(),
            mapping: now.mapping.clone(),
            period: now.period.clone(),
            as_of: self.previous_as_of.unwrap_or(now.as_of),
        }
    }
}
