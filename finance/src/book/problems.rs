//! What can go wrong with a book, as data with rule and remedy.

use carepact::source::{Code, Location, Severity};
use carepact::{Diagnostic, Problems};
use rusqlite::ErrorCode;

const fn code(name: &'static str, rule: &'static str) -> Code {
    Code { name, severity: Severity::Error, rule }
}

/// A file that is no book, or cannot be read or written.
pub static FILE: Code =
    code("book-file", "a book is one file that `carepact book new` began and that is whole");
/// Somebody else is writing.
pub static BUSY: Code =
    code("book-busy", "one person at a time writes to a book; others wait, then are told");
/// A time that cannot be meant.
pub static TIME: Code =
    code("book-time", "times are written 2026-10-12T09:00:00Z, dates 2026-10-12; the log goes forward");
/// Who does it is not said.
pub static WHO: Code = code("book-who", "every entry of a book says who made it");
/// Something that is not in the book.
pub static UNKNOWN: Code = code("book-unknown", "what a command names is in the book");
/// Something that is in the book already.
pub static DOUBLED: Code = code("book-doubled", "nothing is taken into a book twice");
/// A file that is not what the book needs.
pub static CONTENT: Code = code("book-content", "what is taken into a book fits the contract of the book");
/// A period that does not take what was to be posted, or cannot go where it was sent.
pub static PERIOD: Code = code(
    "book-period",
    "a month is open, then soft-closed, then locked for good; a closed one takes no postings, and what belongs to it posts in an open month",
);
/// An approval that cannot be given.
pub static APPROVAL: Code =
    code("book-approval", "who prepared a statement does not approve it; once is enough");
/// A state that a line cannot take.
pub static LINE_STATE: Code = code(
    "book-line-state",
    "a line is agreed, contested or withheld, and in the end settled; contested and withheld lines have a reason",
);
/// A payment file that cannot be read as one.
pub static PAYMENTS: Code = code(
    "book-payments",
    "payments are a CSV file with reference, date, payer, payee and amount in each row",
);
/// An entry that is not as it was written.
pub static CHANGED: Code = code("book-changed", "every entry of a book is as it was written");

/// The diagnostics of books, which the engine does not know.
pub static CODES: [&Code; 12] = [
    &FILE,
    &BUSY,
    &TIME,
    &WHO,
    &UNKNOWN,
    &DOUBLED,
    &CONTENT,
    &PERIOD,
    &APPROVAL,
    &LINE_STATE,
    &PAYMENTS,
    &CHANGED,
];

/// What a book gives back.
pub type Outcome<T> = Result<T, Problems>;

/// A problem outside any document.
pub fn problem(code: &'static Code, found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code, location: Location::Request, found, remedy: remedy.to_string() }
}

/// One problem as an outcome.
pub(super) fn refuse<T>(code: &'static Code, found: String, remedy: &str) -> Outcome<T> {
    Err(Problems(vec![problem(code, found, remedy)]))
}

/// What the database says, in words of a book.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(super) fn failed(error: rusqlite::Error) -> Problems {
    let busy = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
    let problem = match error.sqlite_error_code() {
        Some(code) if busy.contains(&code) => problem(
            &BUSY,
            "somebody else is writing to the book; nothing was written".to_string(),
            "try again in a moment; --wait sets how long to wait",
        ),
        Some(_) | None => problem(
            &FILE,
            format!("the book could not be used: {error}; nothing was written"),
            "check that the file is a book and that you may write to it; `carepact book verify` says what is wrong",
        ),
    };
    Problems(vec![problem])
}
