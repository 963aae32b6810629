//! The arguments of the command line, and the help that teaches them.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::audit::arguments::{AuditArguments, SweepArguments};
use crate::book::arguments::BookArguments;
use crate::diff::arguments::DiffArguments;
use crate::export::arguments::ExportArguments;
use crate::help;
use crate::import::arguments::ImportArguments;
use crate::journal::arguments::{BalancesArguments, JournalArguments};
use crate::luck::arguments::LuckArguments;
use crate::named_files;
use crate::print::arguments::PrintArguments;
use crate::reconcile::arguments::ReconcileArguments;
use crate::restate::arguments::RestateArguments;
use crate::simulate::arguments::{CompareArguments, SimulateArguments};
use crate::solve::arguments::SolveArguments;

/// Capitated payment contracts as data: who owes whom what, to the penny, and why.
///
/// A contract is a JSON file, observations are CSV files. carepact checks the contract, works
/// out the statement exactly, and explains every line back to the row of the file it rests on.
/// Nothing leaves this computer.
#[derive(Debug, Parser)]
#[command(name = "carepact", version, propagate_version = false)]
#[command(after_help = help::EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check contracts: every problem at once, with its place and remedy
    ///
    /// Reads each contract and proves what can be proved before any data: names, units, periods,
    /// tables, splits, and the promise of each kind of clause. All problems are printed at once.
    #[command(after_long_help = followed(help::EXAMPLES_CHECK))]
    Check(CheckArguments),

    /// Work out the statement: every line, totals and control totals
    ///
    /// Holds observations against a contract and states who owes whom what, to the penny: each
    /// line, the totals of clauses and parties, the position of a prime, and control totals. Of a
    /// contract for many holders it can print a table with a row for each instead.
    #[command(after_long_help = followed(help::EXAMPLES_EVALUATE))]
    Evaluate(EvaluateArguments),

    /// Explain a line or figure: the rule and the figures behind it, down to file and row
    ///
    /// Walks a line of the statement, or a quantity, backwards: amounts, rules in words, agreed
    /// numbers, and the observations it rests on, each with its file and row. Of a contract for many
    /// holders only the one that is named is stated.
    #[command(after_long_help = followed(help::EXAMPLES_EXPLAIN))]
    #[command(override_usage = "carepact explain [OPTIONS] <CONTRACT> <LINE> --observations <FILE>...")]
    Explain(ExplainArguments),

    /// Hold published cases against their contracts
    ///
    /// Reads case files (`NAME.cases.json` beside `NAME.json`), states the contract for each case, and
    /// compares every expected amount exactly. What differs is printed, and the exit status is 1.
    #[command(after_long_help = followed(help::EXAMPLES_VERIFY))]
    Verify(VerifyArguments),

    /// Simulate a contract: what each party receives when outcomes are uncertain
    ///
    /// Draws many scenarios about a baseline, as a scenario file says, works out every payment exactly,
    /// and reports by party, clause and year: mean, spread, percentiles, the chance of a loss and the
    /// worst cases. The same seed gives the same result on any number of threads.
    #[command(after_long_help = followed(help::EXAMPLES_SIMULATE))]
    Simulate(SimulateArguments),

    /// Compare two designs on the same draws: who gains, who loses, how often
    ///
    /// Simulates two contracts with the same scenarios, and reports what each party receives under the
    /// second less what it receives under the first: the mean, the spread, and the share of scenarios
    /// in which it gains, loses, or is left as it was. Measures that only one of them has are fine.
    #[command(after_long_help = followed(help::EXAMPLES_COMPARE))]
    Compare(CompareArguments),

    /// How often chance alone pays or fines
    ///
    /// For each clause and party: the chance of a payment although nothing changed, of a penalty
    /// although the target is truly met, of no payment although it truly improved; how many would have
    /// to be counted for that to be acceptable; and how much money chance moves beside performance.
    /// The observations are the baseline: denominators and rates of a year before.
    #[command(after_long_help = followed(help::EXAMPLES_LUCK))]
    Luck(LuckArguments),

    /// Find the number of a contract at which a condition is met
    ///
    /// Looks for the value of a withhold share, a floor, a price or any other number of the contract at
    /// which a chance or a mean stands in a stated relation to a limit. Every value is held against the
    /// same draws. Reports the bracket, everything that was looked at, and how sure the answer is.
    #[command(after_long_help = followed(help::EXAMPLES_SOLVE))]
    Solve(SolveArguments),

    /// Keep what was agreed, observed, stated, paid and decided, for good
    ///
    /// A book is one file. Nothing in it is changed or deleted: what is new is a new entry, which carries
    /// the hash of what it wrote and of the entry before. Statements are kept as issued; what data or a
    /// variation of the contract change later is restated, and the difference posted in the open month.
    #[command(after_long_help = followed(help::EXAMPLES_BOOK))]
    Book(BookArguments),
    /// Hold payments against what is due, and say why they differ
    ///
    /// Reads payments from ledger extracts (CSV or XLSX), matches them with the payable lines of the
    /// statement, names what is wrong with them, and splits due less paid into population, price,
    /// performance, data restatement, timing, rounding and the rest. Says what is payable now.
    #[command(after_long_help = followed(help::EXAMPLES_RECONCILE))]
    Reconcile(Box<ReconcileArguments>),

    /// Say what a statement differs by from the one before, and why
    ///
    /// States a contract twice: on other data, another submission, or before a variation. Each line that
    /// differs names the figures and terms that caused it, found by trial: each made alone on the earlier
    /// side and taken back alone from the later one.
    #[command(after_long_help = followed(help::EXAMPLES_RESTATE))]
    Restate(RestateArguments),

    /// Find what a contract does, before it is signed
    ///
    /// Proves the least and most that every party and clause can come to for any admissible data, and
    /// shows data that attain them. Beside a baseline it finds what outcomes put at stake as a share of
    /// each party's own income, what one unit of improvement pays whom, whether doing better ever costs
    /// money, where one person more or less moves a fortune, and where effort earns nothing.
    #[command(after_long_help = followed(help::EXAMPLES_AUDIT))]
    Audit(AuditArguments),

    /// Draw the payoff curve of one outcome
    ///
    /// Gives the exact net income of every party at each value of the outcome where its curve bends or
    /// breaks, everything else as in the baseline, and what one unit of improvement pays in between.
    #[command(after_long_help = followed(help::EXAMPLES_SWEEP))]
    Sweep(SweepArguments),

    /// What changed between two contracts, and who gains or loses
    ///
    /// Says clause by clause what is different, in words and with its place in both documents. Beside a
    /// baseline it states both contracts and says who gains and loses; and it proves the least and most
    /// that the change can come to for each party and clause, for any data that both contracts admit.
    #[command(after_long_help = followed(help::EXAMPLES_DIFF))]
    Diff(DiffArguments),

    /// Read a contract back in plain English
    ///
    /// Says what was understood: parties, what is observed, agreed numbers, every clause, and
    /// who holds money at risk on whose outcomes. Lay it beside the paper contract.
    #[command(after_long_help = followed(help::EXAMPLES_DESCRIBE))]
    Describe(ContractArgument),

    /// Print the plan that a contract compiles to
    ///
    /// The plan is what is evaluated: one operation a line, with its range and origin, then the
    /// lines of the statement. It is for reviewers and tools; most readers want `evaluate`.
    #[command(after_long_help = followed(help::EXAMPLES_PLAN))]
    Plan(ContractArgument),

    /// Start a contract from one of four forms
    ///
    /// Writes a small complete contract to begin with. It is marked synthetic, checks clean, and
    /// its figures are there to be replaced.
    #[command(after_long_help = followed(help::EXAMPLES_NEW))]
    New(NewArguments),

    /// Print the JSON Schema of contracts, case files or scenario files
    ///
    /// Editors that know JSON Schema then complete the fields of a contract and mark what is
    /// wrong while it is written. `carepact check` proves much more than a schema can.
    #[command(after_long_help = followed(help::EXAMPLES_SCHEMA))]
    Schema(SchemaArguments),

    /// List the diagnostics, or show the rule behind one
    ///
    /// Every problem that carepact reports has a name, shown in brackets. This prints the rule
    /// that stands behind a name, or all of them.
    #[command(after_long_help = followed(help::EXAMPLES_DIAGNOSTICS))]
    Diagnostics(DiagnosticsArguments),

    /// Print a completion script for a shell
    ///
    /// With the script in place, the shell completes commands, options and files of carepact
    /// when Tab is pressed.
    #[command(after_long_help = help::EXAMPLES_COMPLETIONS)]
    Completions(CompletionsArguments),

    /// Take observations from published files, checked and held against the invoice
    ///
    /// Reads contract monitoring, long metrics or list sizes as they are published, checks every field,
    /// holds detail, aggregate and invoice against each other, and writes observations as a mapping says.
    /// Files with patient identifiers are refused.
    #[command(after_long_help = followed(help::EXAMPLES_IMPORT))]
    Import(ImportArguments),

    /// Write a statement as rows of contract monitoring, or its lines as Parquet
    ///
    /// The rows keep the rules of the layout, their prices come to the statement, and the clause stands in
    /// the local contract monitoring code.
    #[command(after_long_help = followed(help::EXAMPLES_EXPORT))]
    Export(ExportArguments),

    /// Make balanced journal lines through a table of codes
    ///
    /// Each payable line of one party becomes a document with a debit and a credit, coded by the most
    /// specific row of the table. Accruals and their reversal, credit notes that name what they correct, and
    /// the restatement of an earlier statement.
    #[command(after_long_help = followed(help::EXAMPLES_JOURNAL))]
    Journal(JournalArguments),

    /// State balances for their agreement between organisations
    ///
    /// What each organisation owes each other on a day, invoiced and accrued, agreed and disputed, and income
    /// and expenditure until then, with what a statement or an agreement is asked for.
    #[command(after_long_help = followed(help::EXAMPLES_BALANCES))]
    Balances(BalancesArguments),

    /// Print the statement of one party as a page for A4
    ///
    /// One HTML file without scripts or anything from elsewhere: what is due and why, what changed since the
    /// last statement, contested lines, the status of the data, and hashes of contract and data.
    #[command(after_long_help = followed(help::EXAMPLES_PRINT))]
    Print(PrintArguments),
}

/// Examples, then the exit statuses.
fn followed(examples: &str) -> String {
    format!("{examples}\n\n{}", help::EXIT)
}

/// Text for people or JSON for tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For tools
    Json,
}

/// How a statement is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatementFormat {
    /// For people
    Text,
    /// For tools
    Json,
    /// For spreadsheets, one row for each line
    Csv,
}

/// How a statement is printed, or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// For people
    Text,
    /// For tools
    Json,
    /// For spreadsheets, one row for each line
    Csv,
    /// A workbook in which every amount is a formula, written to --output
    Xlsx,
}

/// Which submission counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AsOf {
    /// The first submission of each figure
    Flex,
    /// The last submission of each figure
    Freeze,
}

/// A contract.
#[derive(Debug, Args)]
pub struct ContractArgument {
    /// The contract, a JSON file (`-` reads standard input)
    #[arg(value_name = "CONTRACT")]
    pub contract: PathBuf,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Contracts, JSON files (`-` reads standard input)
    #[arg(value_name = "CONTRACT", required = true)]
    pub contracts: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Which observations are held against which contract.
#[derive(Debug, Args)]
pub struct StatementArguments {
    /// The contract, a JSON file
    #[arg(value_name = "CONTRACT")]
    pub contract: PathBuf,
    /// Observations, one or more CSV files or workbooks (`book.xlsx#Sheet` names a sheet, `-` reads
    /// standard input)
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub observations: Vec<PathBuf>,
    /// Read tables with a row for each holder, whose name stands in this column; files without the
    /// column are read row by row
    #[arg(long, value_name = "COLUMN")]
    pub for_each: Option<String>,
    /// Which measure each column of such a table observes, a JSON file; without it the headings are
    /// those of the contract, such as list or achieved:MH003:numerator
    #[arg(long, value_name = "FILE", requires = "for_each")]
    pub mapping: Option<PathBuf>,
    /// A period of the contract, such as 2026/27, 2026/27Q1, 2026-04 or term [default: the contract
    /// years that have data]
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
    /// Which submission counts where a figure was submitted more than once
    #[arg(long, value_enum, default_value = "freeze")]
    pub as_of: AsOf,
}

/// Arguments of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArguments {
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// How to print it [default: text; with --table csv]
    #[arg(long, value_enum)]
    pub format: Option<EvaluateFormat>,
    /// Print every line with its number and id, instead of one row for the lines of a year
    #[arg(long)]
    pub lines: bool,
    /// Show these quantities beside the lines, as if the contract said so
    #[arg(long, value_name = "QUANTITY", value_delimiter = ',')]
    pub show: Vec<String>,
    /// Print a table instead, with a row for each holder and these columns: clauses (their
    /// entitlements added up) and quantities, with keys where one amount or figure is meant, such
    /// as core:2026-04 or points:2026/27
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with_all = ["lines", "show"])]
    pub table: Vec<String>,
    /// Write the observations that the next period takes from this one to a new file
    #[arg(long, value_name = "FILE")]
    pub carry_forward: Option<PathBuf>,
    /// How many threads work on a contract for many holders, which changes nothing but the time
    /// [default: as many as this computer offers]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// The workbook to write, which must not be there yet
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Of a contract for many holders, whose workbook is written [default: all, or of more than 200
    /// the first in the data]
    #[arg(long, value_name = "NAME")]
    pub holder: Option<String>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// The line, by its id or number in the statement, or the figure, by its id
    #[arg(value_name = "LINE")]
    pub line: Option<String>,
    /// How to print the explanation
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// How the results of cases are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// For people
    Text,
    /// For tools
    Json,
    /// As a page of the documentation
    Markdown,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Case files, or folders with case files below them
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Only the case with this id
    #[arg(long, value_name = "ID")]
    pub only: Option<String>,
    /// Explain the lines and quantities that differ
    #[arg(long)]
    pub explain: bool,
    /// How to print the results
    #[arg(long, value_enum, default_value = "text")]
    pub format: VerifyFormat,
}

/// The contracts to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Start {
    /// One provider holds the contract and sub-contracts others
    PrimeProvider,
    /// A payment per person to one provider
    Capitated,
    /// A price for a year of care, by need
    YearOfCare,
    /// Partners share one outcome pool
    Alliance,
}

/// Arguments of `new`.
#[derive(Debug, Args)]
pub struct NewArguments {
    /// The form to start from
    #[arg(value_enum, value_name = "FORM")]
    pub start: Start,
    /// The file to write; without it the contract is printed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Described {
    /// Contracts
    Contract,
    /// Case files, which `verify` reads
    Cases,
    /// Scenario files, which `simulate` and `compare` read
    Scenarios,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// What the schema describes
    #[arg(long, value_enum, default_value = "contract")]
    pub of: Described,
}

/// Arguments of `diagnostics`.
#[derive(Debug, Args)]
pub struct DiagnosticsArguments {
    /// The name of a diagnostic, as shown in brackets; without it all are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

impl Cli {
    /// The arguments, or the end of the process with status 2 where they cannot be meant.
    pub fn checked(mut self) -> Cli {
        if let Some(Command::Explain(explain)) = &mut self.command {
            explain.take_line_from_files();
            if explain.line.is_none() {
                let usage = "a line is needed: its id or number, such as `core:2026-04:complex`";
                Cli::command().error(ErrorKind::MissingRequiredArgument, usage).exit();
            }
        }
        let mistake = match &self.command {
            Some(Command::Evaluate(evaluate)) => evaluate.mistake(),
            Some(Command::Export(export)) => export.mistake(),
            Some(_) | None => None,
        };
        if let Some(usage) = mistake {
            Cli::command().error(ErrorKind::ArgumentConflict, usage).exit();
        }
        let from_standard_input =
            named_files::of(self.command.as_ref()).into_iter().filter(|file| is_standard_input(file)).count();
        if from_standard_input > 1 {
            let usage = "`-` (standard input) can be read only once";
            Cli::command().error(ErrorKind::ValueValidation, usage).exit();
        }
        self
    }
}

impl StatementArguments {
    /// The files that are read.
    pub fn files(&self) -> Vec<&Path> {
        let files = [&self.contract].into_iter().chain(&self.observations).chain(&self.mapping);
        files.map(PathBuf::as_path).collect()
    }
}

impl EvaluateArguments {
    /// How it is printed.
    pub fn format(&self) -> StatementFormat {
        match self.format {
            None if self.table.is_empty() => StatementFormat::Text,
            None | Some(EvaluateFormat::Csv) => StatementFormat::Csv,
            Some(EvaluateFormat::Json) => StatementFormat::Json,
            Some(EvaluateFormat::Text | EvaluateFormat::Xlsx) => StatementFormat::Text,
        }
    }

    /// The file of the workbook, when that is asked for.
    pub fn workbook(&self) -> Option<&Path> {
        self.output.as_deref().filter(|_| self.format == Some(EvaluateFormat::Xlsx))
    }

    /// Why the arguments cannot be meant.
    fn mistake(&self) -> Option<&'static str> {
        let workbook = self.format == Some(EvaluateFormat::Xlsx);
        let names = self.output.is_some() || self.holder.is_some();
        match (workbook, self.output.is_some(), names) {
            (true, false, _) => Some("--format xlsx needs --output FILE, the workbook to write"),
            (false, _, true) => Some("--output and --holder are for workbooks: --format xlsx"),
            (true, true, _) if !self.table.is_empty() => {
                Some("--format xlsx writes a statement, not a --table")
            }
            (true | false, ..) => None,
        }
    }
}

impl ExplainArguments {
    /// `--observations FILE LINE`: the last of several files is the line when no other is given.
    fn take_line_from_files(&mut self) {
        let files = &mut self.statement.observations;
        if self.line.is_none() && files.len() > 1 {
            self.line = files.pop().map(|line| line.to_string_lossy().into_owned());
        }
    }
}

/// True for `-`.
pub fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

impl From<AsOf> for carepact::AsOf {
    fn from(as_of: AsOf) -> carepact::AsOf {
        match as_of {
            AsOf::Flex => carepact::AsOf::Flex,
            AsOf::Freeze => carepact::AsOf::Freeze,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_line_may_stand_before_or_after_the_files() {
        for arguments in ["explain c.json x --observations o.csv", "explain c.json --observations o.csv x"] {
            let words = ["carepact"].into_iter().chain(arguments.split(' '));
            let Some(Command::Explain(explain)) = Cli::parse_from(words).checked().command else {
                panic!("explain was given")
            };
            assert_eq!(explain.line.as_deref(), Some("x"));
            assert_eq!(explain.statement.observations, [PathBuf::from("o.csv")]);
        }
    }
}
