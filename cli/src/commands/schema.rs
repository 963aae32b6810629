//! `carepact schema`: the JSON Schema of contracts.

use crate::answer::Answer;

/// Prints the schema.
pub fn run() -> Answer {
    Answer::json(&carepact::contract::schema())
}
