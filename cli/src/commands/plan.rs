//! `carepact plan`: what a contract compiles to.

use super::compile;
use crate::answer::{Answer, Refusal};
use crate::arguments::ContractArgument;

/// Prints the plan.
pub fn run(arguments: &ContractArgument) -> Answer {
    compile(&arguments.contract)
        .map_or_else(|refusal: Refusal| refusal.text(), |model| Answer::fine(model.plan().to_string()))
}
