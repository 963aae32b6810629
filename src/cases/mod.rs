//! Acceptance cases: what a published scheme pays for given figures, held against its contract.
//!
//! A case file lies beside a contract: `NAME.cases.json` beside `NAME.json`. Each case says where it
//! was found, what was observed, and what must come out; [`run`] states the contract for each case
//! and compares exactly. Text in, results out: no files are read here.
//!
//! ```
//! # let contract = r#"{ "carepact": 1, "contract": "visits", "title": "Visits", "synthetic": true,
//! #   "currency": "GBP", "rounding": { "mode": "half_away", "residue": "last" },
//! #   "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
//! #   "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "nurses", "role": "provider" }],
//! #   "measures": { "visits": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 1000] } },
//! #   "tables": { "price": "12.50 GBP/visit" },
//! #   "clauses": { "visiting": { "kind": "activity", "from": "payer", "to": "nurses", "per": "year",
//! #     "amount": "visits * price" } } }"#;
//! let cases = r#"{ "cases_of": "visits.json", "title": "Visits", "cases": {
//!   "ten": { "title": "Ten visits", "source": "schedule 1", "verified": "found", "result": "published",
//!     "period": "2026/27", "observations": { "visits": 10 }, "expect": { "visiting": "125.00" } } } }"#;
//! let file = carepact::cases::CaseFile::parse(cases)?;
//! let results = carepact::cases::run(&file, contract, false);
//! assert!(results.is_fine());
//! # Ok::<(), carepact::Problems>(())
//! ```

mod amounts;
mod fields;
mod observed;
mod parameters;
mod read;
mod results;
mod run;

pub use fields::{CASES, PAGES};
pub use read::{Allowance, Amount, Case, CaseFile, Expected, Printed, Standing, Verified, read};
pub use results::{CaseResult, Compared, Counts, Failure, Outcome, Results};
pub use run::{run, stated};

use crate::contract::schema_of;
use crate::source::{Code, Severity};

/// The JSON Schema of case files.
pub fn schema() -> serde_json::Value {
    schema_of(&CASES, "carepact acceptance cases")
}

/// What a case says about itself does not fit together.
pub static STANDING: Code = Code {
    name: "case-standing",
    severity: Severity::Error,
    rule: "what was found says where, and what was worked out by hand shows the arithmetic",
};

/// An expected value that cannot be read.
pub static EXPECTED: Code = Code {
    name: "case-expected",
    severity: Severity::Error,
    rule: "an expected value is an exact number, a fraction or `absent`, and a tolerance has a reason",
};

/// An amount that the statement does not have.
pub static AMOUNT: Code = Code {
    name: "case-amount",
    severity: Severity::Error,
    rule: "an expected amount names a clause whose lines it sums, or a quantity of which one figure has its keys",
};

/// An observation whose keys cannot be placed.
pub static OBSERVED: Code = Code {
    name: "case-observed",
    severity: Severity::Error,
    rule: "the keys of an observation are a period, members and a holder of its measure, each once",
};

/// A parameter that replaces nothing.
pub static PARAMETER: Code = Code {
    name: "case-parameter",
    severity: Severity::Error,
    rule: "a parameter replaces a whole table or curve of the contract, or its term",
};

/// The diagnostics of case files; those of JSON, fields and data are in the catalogue.
pub static CODES: [&Code; 5] = [&STANDING, &EXPECTED, &AMOUNT, &OBSERVED, &PARAMETER];
