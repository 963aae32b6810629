//! `carepact schema`: the JSON Schema of contracts, case files and scenario files.

use carepact::{cases, contract, scenario};

use crate::answer::Answer;
use crate::arguments::{Described, SchemaArguments};

/// Prints the schema.
pub fn run(arguments: &SchemaArguments) -> Answer {
    Answer::json(&match arguments.of {
        Described::Contract => contract::schema(),
        Described::Cases => cases::schema(),
        Described::Scenarios => scenario::schema(),
    })
}
