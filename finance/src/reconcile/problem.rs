//! What can be wrong with the files of a reconciliation.

use carepact::Diagnostic;
use carepact::source::{Code, Location, Severity};

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

/// The diagnostics of reconciliations.
pub static CODES: [&Code; 6] =
    [&PAYMENTS_FILE, &PAYMENT_CELL, &PAYMENT_MAPPING, &LINE_STATES, &ATTRIBUTION, &UNPAYABLE];

/// A problem with what was asked for, or with a file as a whole.
pub(crate) fn problem(code: &'static Code, found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code, location: Location::Request, found, remedy: remedy.to_string() }
}

/// A problem in a row of a file.
pub(crate) fn in_row(
    code: &'static Code,
    (file, row): (&str, usize),
    column: Option<&str>,
    found: String,
    remedy: &str,
) -> Diagnostic {
    let location = Location::Data { file: file.to_string(), row, column: column.map(str::to_string) };
    Diagnostic { code, location, found, remedy: remedy.to_string() }
}
