//! The arguments of `journal` and `balances`.

use std::path::PathBuf;

use carepact::Exact;
use carepact::calendar::Date;
use clap::Args;

use crate::arguments::StatementArguments;

/// Arguments of `journal`.
#[derive(Debug, Args)]
pub struct JournalArguments {
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// Whose journal it is, a party of the contract
    #[arg(long, value_name = "PARTY")]
    pub party: String,
    /// The table of codes: party, clause, type, entity, cost_centre, account, analysis_1, analysis_2 and
    /// tax_code; JSON, CSV or a workbook
    #[arg(long, value_name = "FILE")]
    pub codes: PathBuf,
    /// Only what is invoiced in this month, such as 2026-04
    #[arg(long, value_name = "MONTH", conflicts_with = "accrual", value_parser = month)]
    pub month: Option<String>,
    /// Instead, what is earned by the day of --at and not yet invoiced
    #[arg(long, requires = "at")]
    pub accrual: bool,
    /// The day of the accrual
    #[arg(long, value_name = "DATE", value_parser = date, requires = "accrual")]
    pub at: Option<Date>,
    /// Reverse each accrual on the first day of the next month
    #[arg(long, requires = "accrual")]
    pub reverse: bool,
    /// Only what changed since the statement of these observations
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "accrual")]
    pub previous: Vec<PathBuf>,
    /// The new file, CSV or XLSX by its name; without it CSV is printed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `balances`.
#[derive(Debug, Args)]
pub struct BalancesArguments {
    /// What is stated.
    #[command(flatten)]
    pub statement: StatementArguments,
    /// The day of the balances
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub at: Date,
    /// What was invoiced up to this day is paid, unless it is contested or withheld
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub paid_until: Option<Date>,
    /// States of lines: line, state (agreed, contested, withheld, settled), reason, date
    #[arg(long, value_name = "FILE")]
    pub states: Option<PathBuf>,
    /// A balance above which a statement is asked for [default: 2500, as in 2022/23]
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub statement_above: Option<Exact>,
    /// A balance above which agreement is asked for [default: 300000, as in 2022/23]
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub agreement_above: Option<Exact>,
    /// An income above which a statement is asked for [default: 2000000, as in 2022/23]
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub income_statement_above: Option<Exact>,
    /// An income above which agreement is asked for [default: 3000000, as in 2022/23]
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub income_agreement_above: Option<Exact>,
    /// The new file, CSV or XLSX by its name; without it CSV is printed
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a date such as 2026-12-31".to_string())
}

fn amount(text: &str) -> Result<Exact, String> {
    Exact::parse(text).map_err(|error| error.to_string())
}

/// A month, as it is written.
fn month(text: &str) -> Result<String, String> {
    let known = carepact_finance::book::Month::parse(text);
    known.map(|_| text.to_string()).map_err(|_| "write it as 2026-04".to_string())
}
