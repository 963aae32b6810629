//! `carepact describe`: a contract read back in plain English.

use super::compile;
use crate::answer::Answer;
use crate::arguments::ContractArgument;

/// Reads the contract back.
pub fn run(arguments: &ContractArgument) -> Answer {
    compile(&arguments.contract).map_or_else(
        |refusal| refusal.text(),
        |model| Answer::fine(carepact::describe::describe(model.contract())),
    )
}
