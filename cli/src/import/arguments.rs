//! The arguments of `import`.

use std::path::PathBuf;

use carepact::Exact;
use clap::{Args, ValueEnum};

/// Published layouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportLayout {
    /// Aggregate Contract Monitoring, or an Indicative Activity Plan
    Acm,
    /// Long metrics: one row for each metric, place and period
    Metrics,
    /// Monthly files of the Mental Health Services Data Set
    Mhsds,
    /// GP list sizes
    ListSizes,
}

/// Which submission the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Submission {
    /// The first cut, which may change
    Flex,
    /// The final one
    Freeze,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The layout of the files
    #[arg(value_enum, value_name = "LAYOUT")]
    pub layout: ImportLayout,
    /// Files, CSV or a workbook (`book.xlsx#Sheet` names a sheet)
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub files: Vec<PathBuf>,
    /// What the rows become, a JSON file; without it the files are only checked
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Which submission the rows are, instead of what the mapping says
    #[arg(long, value_enum)]
    pub submission: Option<Submission>,
    /// Write the observations to a new file instead of printing them
    #[arg(long, short, value_name = "FILE", requires = "mapping")]
    pub output: Option<PathBuf>,
    /// What the invoice comes to; the prices of the files must come to the same
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_hyphen_values = true)]
    pub control_total: Option<Exact>,
    /// Files of the same layout whose prices together must come to the same
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub detail: Vec<PathBuf>,
    /// What a detail file that stays where it is comes to, such as patient=70.01; all details together must
    /// come to the same
    #[arg(long, value_name = "NAME=AMOUNT", value_parser = named)]
    pub detail_total: Vec<(String, Exact)>,
}

fn amount(text: &str) -> Result<Exact, String> {
    Exact::parse(text).map_err(|error| error.to_string())
}

fn named(text: &str) -> Result<(String, Exact), String> {
    let (name, total) = text.split_once('=').ok_or("write a name, = and an amount")?;
    Ok((name.to_string(), amount(total)?))
}
