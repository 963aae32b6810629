//! Journal lines of a statement through a user's own table of codes, accruals and their reversal, credit
//! notes, and the statement for the agreement of balances.
//!
//! No ledger's import format is assumed: the lines are a flat table, balanced document by document.

pub mod balances;
pub mod coding;
pub mod documents;
pub mod states;

pub use coding::{Coding, Codings};
pub use documents::{Asked, Journal, journal};
pub use states::{State, States};

use carepact::calendar::{Calendar, Date};
use carepact::contract::Contract;
use carepact::source::{Code, Severity};
use carepact::statement::StatementLine;

/// A line that no row of the table codes, or more than one.
pub static UNCODED: Code = Code {
    name: "journal-coding",
    severity: Severity::Error,
    rule: "every journal line has its codes from one row of the table, the most specific that fits",
};

/// Debits and credits that differ.
pub static UNBALANCED: Code = Code {
    name: "journal-balance",
    severity: Severity::Error,
    rule: "debits and credits come to the same in every document",
};

/// A state of a line that cannot be used.
pub static STATE: Code = Code {
    name: "line-state",
    severity: Severity::Error,
    rule: "a line of the statement is agreed, contested, withheld or settled, and has one state",
};

/// A month of which there is no journal.
pub static EMPTY_MONTH: Code = Code {
    name: "journal-month",
    severity: Severity::Error,
    rule: "a journal of a month has lines that are invoiced in it",
};

/// The diagnostics of journals.
pub static CODES: [&Code; 4] = [&UNCODED, &UNBALANCED, &STATE, &EMPTY_MONTH];

/// Who a party of a line is: of a party that stands for many the holder.
pub fn who<'l>(contract: &Contract, line: &'l StatementLine, party: &'l str) -> &'l str {
    let many = contract.parties.iter().any(|known| known.id == party && known.many);
    line.holder.as_deref().filter(|_| many).unwrap_or(party)
}

/// The last day of the period that a line is of.
pub fn ends(calendar: &Calendar, line: &StatementLine) -> Option<Date> {
    calendar.period(&line.period).map(|period| calendar.months_after(period, 0))
}

/// When a line is invoiced: on the day it is due, or else when its period ends.
pub fn invoiced(calendar: &Calendar, line: &StatementLine) -> Option<Date> {
    line.due.or_else(|| ends(calendar, line))
}
