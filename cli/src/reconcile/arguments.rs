//! The arguments of `reconcile`.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use crate::arguments::{AsOf, StatementFormat};

/// Arguments of `reconcile`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("issue").args(["issued", "book"]).multiple(true)))]
pub struct ReconcileArguments {
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT", required_unless_present = "book", conflicts_with = "book")]
    pub contract: Option<PathBuf>,
    /// Observations, one or more CSV files
    #[arg(long, value_name = "FILE", required_unless_present = "book", conflicts_with = "book", num_args = 1..)]
    pub observations: Vec<PathBuf>,
    /// A period of the contract, such as 2026/27 or 2026/27Q1 [default: the contract years that have data]
    #[arg(long, value_name = "PERIOD", conflicts_with = "book")]
    pub period: Option<String>,
    /// Which submission counts for what is due
    #[arg(long, value_enum, default_value = "freeze", conflicts_with = "book")]
    pub as_of: AsOf,
    /// A book, instead of CONTRACT and files: its statements are due, its payments were made, and what it
    /// says of lines holds. --payments and --states beside it say the same, or what it says nothing of
    #[arg(long, value_name = "BOOK")]
    pub book: Option<PathBuf>,
    /// The statements of the book that are due [default: all that were not restated]
    #[arg(long, value_name = "N", value_delimiter = ',', requires = "book")]
    pub statement: Vec<i64>,
    /// Where the payments are.
    #[command(flatten)]
    pub payments: PaymentArguments,
    /// What payments were based on.
    #[command(flatten)]
    pub expected: ExpectedArguments,
    /// The states of lines.
    #[command(flatten)]
    pub states: StateArguments,
    /// Most by which two amounts may differ that are meant to be the same
    #[arg(long, value_name = "AMOUNT", default_value = "0.05")]
    pub tolerance: String,
    /// The day up to which payments should have been made [default: that of the last payment]
    #[arg(long, value_name = "DATE")]
    pub at: Option<String>,
    /// Print every match too
    #[arg(long)]
    pub matches: bool,
    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    pub format: StatementFormat,
    /// The file to write; without it the reconciliation is printed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// End with status 1 when due and paid differ
    #[arg(long)]
    pub fail_on_difference: bool,
}

/// Where the payments are, and how they are written.
#[derive(Debug, Args)]
pub struct PaymentArguments {
    /// Payments, one or more CSV files or workbooks
    #[arg(long, value_name = "FILE", required_unless_present = "book", num_args = 1..)]
    pub payments: Vec<PathBuf>,
    /// What the columns of the payments are, whom names and codes stand for, how cells are written: a JSON
    /// file
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The heading of a field (date, payer, payee, reference, amount, period, purpose), such as
    /// `payee=Supplier name`
    #[arg(long, value_name = "FIELD=HEADING")]
    pub column: Vec<String>,
    /// A field that is the same in every row, such as payer=icb
    #[arg(long, value_name = "FIELD=VALUE")]
    pub constant: Vec<String>,
    /// What a reference looks like that names lines, with {line}, {clause}, {period}, {payer} and {payee}
    #[arg(long, value_name = "PATTERN")]
    pub reference: Vec<String>,
    /// References are no NHS numbers, also those of ten digits that have such a check digit by chance
    #[arg(long)]
    pub references_are_not_people: bool,
}

/// What payments were based on, where that is not what is due now.
#[derive(Debug, Args)]
pub struct ExpectedArguments {
    /// Observations that payments were based on, such as those of the plan; figures that they lack count as
    /// they are now
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub expected_observations: Vec<PathBuf>,
    /// The contract that payments were based on, before a variation
    #[arg(long, value_name = "FILE")]
    pub expected_contract: Option<PathBuf>,
    /// The statement of the book that payments were based on, such as the one before the last
    #[arg(long, value_name = "N", requires = "book",
        conflicts_with_all = ["expected_observations", "expected_contract", "expected_as_of"])]
    pub expected_statement: Option<i64>,
    /// Which submission payments were based on [default: that of --as-of]
    #[arg(long, value_enum)]
    pub expected_as_of: Option<AsOf>,
    /// Why a change of a measure counts: MEASURE=population, performance or restatement [default: population
    /// for counts of people, performance for others]
    #[arg(long, value_name = "MEASURE=CAUSE")]
    pub cause: Vec<String>,
}

/// What is said of lines, and by when it must be.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// Lines that are agreed, contested, withheld or settled: JSON, or CSV with the columns line, payee,
    /// state, amount, reason, raised
    #[arg(long, value_name = "FILE")]
    pub states: Option<PathBuf>,
    /// When the statement was issued [default: what the book says]
    #[arg(long, value_name = "DATE")]
    pub issued: Option<String>,
    /// Working days from then in which a line can be contested
    #[arg(long, value_name = "DAYS", requires = "issue")]
    pub contest_days: Option<u32>,
    /// Working days in which a contest is to be resolved
    #[arg(long, value_name = "DAYS")]
    pub resolve_days: Option<u32>,
}

impl ReconcileArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let files = self.contract.iter().chain(&self.observations).chain(&self.payments.payments);
        let expected = self.expected.expected_observations.iter().chain(&self.expected.expected_contract);
        let files = files.chain(expected).chain(&self.payments.mapping).chain(&self.states.states);
        files.map(PathBuf::as_path).collect()
    }
}
