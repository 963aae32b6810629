//! What can be wrong with the files of a reconciliation.

use carepact::source::{Code, Severity};

pub(crate) use crate::files::codes::{in_row, problem};

/// A file of payments that cannot be read as one.
pub static PAYMENTS_FILE: Code = Code {
    name: "payments-file",
    severity: Severity::Error,
    rule: "payments are a CSV file or a workbook with a heading for date, payer, payee and amount, or a mapping \
           that says which columns they are",
};

/// A cell of a payment that cannot be read.
pub static PAYMENT_CELL: Code = Code {
    name: "payment-cell",
    severity: Severity::Error,
    rule: "every payment has a date, two parties of the contract and an amount in whole minor units",
};

/// A mapping of columns that cannot be used.
pub static PAYMENT_MAPPING: Code = Code {
    name: "payment-mapping",
    severity: Severity::Error,
    rule: "a mapping of payments names columns, fixed values, parties and patterns of references",
};

/// A file of line states that cannot be used.
pub static LINE_STATES: Code = Code {
    name: "line-states",
    severity: Severity::Error,
    rule: "the state of a line is agreed, contested, withheld or settled, of a line that is due",
};

/// A difference that cannot be split by cause.
pub static ATTRIBUTION: Code = Code {
    name: "attribution",
    severity: Severity::Error,
    rule: "what payments were based on and what is due now are two contracts and sets of observations of the same \
           measures, from which any mixture can be stated",
};

/// A line that cannot be paid.
pub static UNPAYABLE: Code = Code {
    name: "line-unpayable",
    severity: Severity::Error,
    rule: "what is due is paid in whole minor units of the currency",
};

/// A book and files beside it that say different things.
pub static TWO_SOURCES: Code = Code {
    name: "two-sources",
    severity: Severity::Error,
    rule: "payments and states of lines stand in a book; files beside it have the same payments, and say the same of \
           a line",
};

/// The diagnostics of reconciliations.
pub static CODES: [&Code; 7] =
    [&PAYMENTS_FILE, &PAYMENT_CELL, &PAYMENT_MAPPING, &LINE_STATES, &ATTRIBUTION, &UNPAYABLE, &TWO_SOURCES];
