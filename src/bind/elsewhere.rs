//! Observations for two contracts at once: each binds those that it knows.

use crate::contract::{Contract, Named};
use crate::observe::{Observations, Row};

/// The rows whose measure and members are not those of another contract alone.
pub fn known_here(contract: &Contract, other: &Contract, observations: &Observations) -> Observations {
    let has = |contract: &Contract, row: &Row| match contract.names.get(&*row.measure) {
        Some(Named::Measure(index)) => contract.measures[*index].by.iter().all(|axis| {
            let member = row.member(&contract.axis(*axis).id);
            member.is_none_or(|member| contract.member_named(*axis, member).is_some())
        }),
        Some(Named::Table(_) | Named::Curve(_) | Named::Quantity(_) | Named::Broken) | None => false,
    };
    let mut kept = Observations::new();
    for problem in observations.problems() {
        kept.add_problem(problem.clone());
    }
    for row in observations.rows().iter().filter(|row| has(contract, row) || !has(other, row)) {
        kept.add_row(row.clone());
    }
    kept
}
