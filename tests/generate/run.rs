//! How properties are run, and what they ask of a generated case.

use carepact::evaluate::{Statistics, Values, evaluate, one_by_one, statistics};
use carepact::plan::PlanNodes;
use carepact::{Exact, Facts, Model, Request};
use proptest::test_runner::{Config, RngSeed, TestCaseError};

use super::Case;
use crate::common;

/// So many cases, the same in every run; `PROPTEST_CASES` asks for so many new ones instead.
pub fn config(cases: u32) -> Config {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    Config {
        cases,
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        rng_seed: if asked { RngSeed::Random } else { RngSeed::Fixed(2026) },
        ..Config::default()
    }
}

/// The model of a case; a contract that is refused with a diagnostic is not looked at further.
pub fn accepted(case: &Case) -> Result<Model, TestCaseError> {
    carepact::check(&case.contract).model.ok_or_else(|| TestCaseError::reject("refused"))
}

/// The facts of a case: its data are complete and admissible.
pub fn bound(model: &Model, case: &Case) -> Facts {
    let request = Request { period: Some(case.period.clone()), ..Request::default() };
    let data = common::observations("data.csv", &case.data);
    model.bind(&data, &request).unwrap_or_else(|problems| panic!("the data do not bind: {problems}"))
}

/// All statistics over some lanes.
pub fn all_statistics(model: &Model, lanes: &[Vec<Exact>]) -> Statistics {
    let lanes: Vec<&[Exact]> = lanes.iter().map(Vec::as_slice).collect();
    statistics(model.plan(), &lanes, &vec![true; model.plan().nodes().len()], &one_by_one)
}

/// The values of all nodes for each of some lanes, which are all that there are.
pub fn values(model: &Model, lanes: &[Vec<Exact>]) -> Vec<Values> {
    let known = all_statistics(model, lanes);
    let all = vec![true; model.plan().nodes().len()];
    let each = lanes.iter().enumerate();
    each.map(|(lane, facts)| evaluate(model.plan(), facts, (&known, lane), &all)).collect()
}

/// The facts of each lane.
pub fn lanes(facts: &Facts) -> Vec<Vec<Exact>> {
    facts.lanes.iter().map(|lane| lane.values.clone()).collect()
}
