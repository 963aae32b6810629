//! Solve: the value of a number of the contract at which a condition is met.
//!
//! The contract is compiled anew for each value that is looked at, and held against the same draws.

mod condition;
mod goal;
mod parameter;
mod search;

pub use condition::{Amount, Condition, Event, Limit, Luck, Measured, Relation};
pub use goal::{Goal, Tally, Written};
pub use parameter::Parameter;
pub use search::{Crossing, Grid, Probe, STEPS_MAX, Search, Solution, Value};

use carepact::source::{Code, Severity};

/// A parameter that cannot be changed.
pub static PARAMETER: Code = Code {
    name: "parameter",
    severity: Severity::Error,
    rule: "a parameter is a number of the contract, named by its path in the document",
};

/// A condition that cannot be held.
pub static CONDITION: Code = Code {
    name: "condition",
    severity: Severity::Error,
    rule: "a condition holds a chance or a mean against a number, and some value in the bracket meets it",
};

/// The diagnostics of solving, which the engine does not know.
pub static CODES: [&Code; 2] = [&PARAMETER, &CONDITION];
