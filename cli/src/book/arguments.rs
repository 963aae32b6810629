//! The arguments of `book`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::arguments::{AsOf, Format};
use crate::help;

/// Arguments of `book`.
#[derive(Debug, Args)]
pub struct BookArguments {
    /// What to do with the book.
    #[command(subcommand)]
    pub command: BookCommand,
}

/// What can be done with a book.
#[derive(Debug, Subcommand)]
pub enum BookCommand {
    /// Begin a book: one file, for one contract
    New(NewBookArguments),
    /// Take in a contract, observations or payments
    Add(AddArguments),
    /// Work out a statement and keep it as issued
    ///
    /// Each payable line is posted in the month to which it belongs (the last of its period); where that
    /// month is closed, in the open one, as a prior-period adjustment.
    #[command(after_long_help = help::EXAMPLES_BOOK)]
    State(StateArguments),
    /// State again after data or the contract changed, and post the differences
    ///
    /// The statement stays as it was issued. The new version says what each line differs by and which
    /// figures or terms caused it; differences post in the open month.
    #[command(after_long_help = help::EXAMPLES_BOOK)]
    Restate(RestateArguments),
    /// Approve a statement that somebody else prepared
    Approve(ApproveArguments),
    /// Open a month of the accounts
    Open(MonthArguments),
    /// Soft-close a month: it takes nothing, but may be opened again
    Close(MonthArguments),
    /// Lock a month for good
    Lock(MonthArguments),
    /// Say that a line is right
    Agree(LineArguments),
    /// Say that a line, or a part of it, is not right
    Contest(LineArguments),
    /// Hold a line, or a part of it, back
    Withhold(LineArguments),
    /// Close the discussion of a line
    Settle(LineArguments),
    /// List what is in the book
    List(ListArguments),
    /// Print a statement again as it was issued, byte for byte
    Print(PrintArguments),
    /// Recompute every hash, and name every entry that is not as it was written
    Verify(VerifyBookArguments),
    /// List the entries: who did what when, and the hashes
    Log(Reading),
}

/// A book that is read.
#[derive(Debug, Args)]
pub struct Reading {
    /// The book
    #[arg(value_name = "BOOK")]
    pub book: PathBuf,
    /// How many seconds to wait for somebody who writes
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub wait: u64,
    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// A book that is written to, by whom and when.
#[derive(Debug, Args)]
pub struct Writer {
    /// The book.
    #[command(flatten)]
    pub reading: Reading,
    /// Who does it [default: the environment variable CAREPACT_BY]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// When, such as 2026-10-12T09:00:00Z or 2026-10-12; never before the last entry [default: now]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// Arguments of `book new`.
#[derive(Debug, Args)]
pub struct NewBookArguments {
    /// The book, and who begins it.
    #[command(flatten)]
    pub writer: Writer,
    /// What the book is called [default: the name of the file]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

/// Arguments of `book add`.
#[derive(Debug, Args)]
pub struct AddArguments {
    /// What is taken in.
    #[command(subcommand)]
    pub what: Added,
}

/// What a book takes in.
#[derive(Debug, Subcommand)]
pub enum Added {
    /// A version of the contract, which must check clean
    Contract(AddContractArguments),
    /// Sets of observations: flex, freeze or refresh
    ///
    /// A later set takes the place of an earlier one figure by figure: it may hold all figures or only
    /// those that changed. Rows without a submission of their own have that of the set.
    Observations(AddObservationsArguments),
    /// Payments as they were made: reference, date, payer, payee, amount, and a note where there is one
    Payments(AddPaymentsArguments),
}

/// Arguments of `book add contract`.
#[derive(Debug, Args)]
pub struct AddContractArguments {
    /// The book, and who adds.
    #[command(flatten)]
    pub writer: Writer,
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT")]
    pub contract: PathBuf,
}

/// What a set of observations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Submitted {
    /// Early figures, which may change
    Flex,
    /// The figures that are settled on
    Freeze,
    /// A correction after the freeze
    Refresh,
}

/// Arguments of `book add observations`.
#[derive(Debug, Args)]
pub struct AddObservationsArguments {
    /// The book, and who adds.
    #[command(flatten)]
    pub writer: Writer,
    /// CSV files; each becomes a set and an entry of its own
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the files are
    #[arg(long, value_enum)]
    pub submission: Submitted,
    /// When they were received [default: the time of the entry]
    #[arg(long, value_name = "TIME")]
    pub received: Option<String>,
}

/// Arguments of `book add payments`.
#[derive(Debug, Args)]
pub struct AddPaymentsArguments {
    /// The book, and who adds.
    #[command(flatten)]
    pub writer: Writer,
    /// CSV files; each becomes an entry of its own
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The month that takes payments of closed months, where several are open
    #[arg(long, value_name = "MONTH")]
    pub post_in: Option<String>,
}

/// What a statement of the book rests on.
#[derive(Debug, Args)]
pub struct InputArguments {
    /// The version of the contract [default: the latest]
    #[arg(long, value_name = "N")]
    pub contract: Option<i64>,
    /// The sets of observations, later ones over earlier ones [default: all]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub observations: Vec<i64>,
    /// Which submission counts where a figure was submitted more than once
    #[arg(long, value_enum, default_value = "freeze")]
    pub as_of: AsOf,
    /// The month that takes adjustments, where several are open
    #[arg(long, value_name = "MONTH")]
    pub post_in: Option<String>,
}

/// Arguments of `book state`.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// The book, and who prepares the statement.
    #[command(flatten)]
    pub writer: Writer,
    /// What it rests on.
    #[command(flatten)]
    pub inputs: InputArguments,
    /// A period of the contract, such as 2026/27 or 2026-04 [default: the contract years that have data]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
}

/// Arguments of `book restate`.
#[derive(Debug, Args)]
pub struct RestateArguments {
    /// The book, and who prepares the statement.
    #[command(flatten)]
    pub writer: Writer,
    /// The statements that are stated again [default: the latest; with --period all that it covers]
    #[arg(value_name = "STATEMENT")]
    pub statements: Vec<i64>,
    /// A period that covers theirs, such as the year of several months [default: theirs]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// What the new version rests on.
    #[command(flatten)]
    pub inputs: InputArguments,
}

/// Arguments of `book approve`.
#[derive(Debug, Args)]
pub struct ApproveArguments {
    /// The book, and who approves.
    #[command(flatten)]
    pub writer: Writer,
    /// The statement
    #[arg(value_name = "STATEMENT")]
    pub statement: i64,
}

/// Arguments of `book open`, `close` and `lock`.
#[derive(Debug, Args)]
pub struct MonthArguments {
    /// The book, and who decides.
    #[command(flatten)]
    pub writer: Writer,
    /// The month, such as 2026-04
    #[arg(value_name = "MONTH")]
    pub month: String,
    /// Why; needed to open a closed month again
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub reason: String,
}

/// Arguments of `book agree`, `contest`, `withhold` and `settle`.
#[derive(Debug, Args)]
pub struct LineArguments {
    /// The book, and who says it.
    #[command(flatten)]
    pub writer: Writer,
    /// The line, by its id; of a split line with who is paid: outcomes:2026/27:C03:sba
    #[arg(value_name = "LINE")]
    pub line: String,
    /// The statement [default: the latest that has the line]
    #[arg(long, value_name = "N")]
    pub statement: Option<i64>,
    /// Why; needed to contest or withhold
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub reason: String,
    /// How much of the line is contested or withheld [default: all of it]
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Option<String>,
    /// Until when an answer is due, such as 2026-10-19
    #[arg(long, value_name = "DATE")]
    pub answer_by: Option<String>,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Contracts, observations, statements, months and payments in short
    All,
    /// The lines of a statement with where the parties stand and what is payable
    Lines,
    /// What was posted in each month
    Postings,
    /// Every payment
    Payments,
}

/// Arguments of `book list`.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// The book.
    #[command(flatten)]
    pub reading: Reading,
    /// What to list
    #[arg(value_enum, value_name = "WHAT", default_value = "all")]
    pub what: Listed,
    /// The statement whose lines are listed [default: the latest]
    #[arg(long, value_name = "N")]
    pub statement: Option<i64>,
    /// Only this month, such as 2026-10
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
}

/// Arguments of `book print`.
#[derive(Debug, Args)]
pub struct PrintArguments {
    /// The book.
    #[command(flatten)]
    pub reading: Reading,
    /// The statement
    #[arg(value_name = "STATEMENT")]
    pub statement: i64,
}

/// Arguments of `book verify`.
#[derive(Debug, Args)]
pub struct VerifyBookArguments {
    /// The book.
    #[command(flatten)]
    pub reading: Reading,
    /// The number and hash of an entry that were noted elsewhere, such as 12:3fa4b1c2d3e4
    #[arg(long, value_name = "N:HASH")]
    pub noted: Option<String>,
    /// Work every statement out again as well, from the contract and the data that the book keeps
    #[arg(long)]
    pub recalculate: bool,
}

impl BookArguments {
    /// The files that are read beside the book.
    pub fn files(&self) -> Vec<&Path> {
        match &self.command {
            BookCommand::Add(add) => match &add.what {
                Added::Contract(contract) => vec![&contract.contract],
                Added::Observations(observations) => {
                    observations.files.iter().map(PathBuf::as_path).collect()
                }
                Added::Payments(payments) => payments.files.iter().map(PathBuf::as_path).collect(),
            },
            BookCommand::New(_)
            | BookCommand::State(_)
            | BookCommand::Restate(_)
            | BookCommand::Approve(_)
            | BookCommand::Open(_)
            | BookCommand::Close(_)
            | BookCommand::Lock(_)
            | BookCommand::Agree(_)
            | BookCommand::Contest(_)
            | BookCommand::Withhold(_)
            | BookCommand::Settle(_)
            | BookCommand::List(_)
            | BookCommand::Print(_)
            | BookCommand::Verify(_)
            | BookCommand::Log(_) => Vec::new(),
        }
    }

    /// How problems are printed.
    pub fn format(&self) -> Format {
        let reading = match &self.command {
            BookCommand::New(new) => &new.writer.reading,
            BookCommand::Add(add) => match &add.what {
                Added::Contract(contract) => &contract.writer.reading,
                Added::Observations(observations) => &observations.writer.reading,
                Added::Payments(payments) => &payments.writer.reading,
            },
            BookCommand::State(state) => &state.writer.reading,
            BookCommand::Restate(restate) => &restate.writer.reading,
            BookCommand::Approve(approve) => &approve.writer.reading,
            BookCommand::Open(month) | BookCommand::Close(month) | BookCommand::Lock(month) => {
                &month.writer.reading
            }
            BookCommand::Agree(line)
            | BookCommand::Contest(line)
            | BookCommand::Withhold(line)
            | BookCommand::Settle(line) => &line.writer.reading,
            BookCommand::List(list) => &list.reading,
            BookCommand::Print(print) => &print.reading,
            BookCommand::Verify(verify) => &verify.reading,
            BookCommand::Log(reading) => reading,
        };
        reading.format
    }
}
