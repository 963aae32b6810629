//! How properties are run, and what they ask of a generated case.

use std::collections::BTreeMap;

use carepact::evaluate::{Statistics, Values, evaluate};
use carepact::plan::PlanNodes;
use carepact::statement::{LineType, Statement, StatementLine};
use carepact::{Exact, Facts, Model, Request};
use num_rational::BigRational;
use num_traits::Zero;
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

/// The values of all nodes.
pub fn values(model: &Model, facts: &[Exact]) -> Values {
    let none = (&Statistics::default(), 0);
    evaluate(model.plan(), facts, none, &vec![true; model.plan().nodes().len()])
}

pub fn big(value: &Exact) -> BigRational {
    let (numerator, denominator) = value.parts();
    BigRational::new(numerator, denominator)
}

/// What flows, by payer and payee or by instalment; flows of nothing are left out.
pub type Flows = BTreeMap<String, BigRational>;

/// The flows of each line of a statement, by its id.
pub fn stated(statement: &Statement<'_>) -> BTreeMap<String, Flows> {
    let mut lines: BTreeMap<String, Flows> = BTreeMap::new();
    for line in statement.lines() {
        let StatementLine { id, line_type, payer, payee, period, .. } = line;
        let (id, what) = match line_type {
            LineType::Entitlement => (id.as_str(), format!("{payer} to {payee}")),
            LineType::OnAccount => {
                (id.split(":on-account:").next().unwrap_or_default(), format!("on account {period}"))
            }
            LineType::Settlement => continue,
        };
        *lines.entry(id.to_string()).or_default().entry(what).or_default() += big(&line.amount);
    }
    lines.values_mut().for_each(|flows| flows.retain(|_, amount| !amount.is_zero()));
    lines
}

/// Lines and their flows as text, for a readable difference.
pub fn show(lines: &BTreeMap<String, Flows>) -> Vec<String> {
    let flow = |(what, amount): (&String, &BigRational)| format!("{what} {amount}");
    let line = |flows: &Flows| flows.iter().map(flow).collect::<Vec<_>>().join(", ");
    lines.iter().map(|(id, flows)| format!("{id}: {}", line(flows))).collect()
}
