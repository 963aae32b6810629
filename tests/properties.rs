//! Properties of generated contracts.

mod common;
mod generate;
#[path = "oracle/mod.rs"]
mod slow;

use std::collections::BTreeMap;

use carepact::statement::{LineType, Statement, StatementLine};
use carepact::{Facts, Model, Request};
use generate::{Case, cases};
use num_rational::BigRational;
use num_traits::Zero;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn config(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(2026) };
    Config {
        cases: asked.unwrap_or(0).max(cases),
        failure_persistence: None,
        max_global_rejects: 1_000_000,
        rng_seed,
        ..Config::default()
    }
}

fn bound(model: &Model, case: &Case) -> Facts {
    let request = Request { period: Some(case.period.clone()), ..Request::default() };
    let data = common::observations("data.csv", &case.data);
    model.bind(&data, &request).unwrap_or_else(|problems| panic!("the data do not bind: {problems}"))
}

fn big(value: &carepact::Exact) -> BigRational {
    let (n, d) = value.parts();
    BigRational::new(n, d)
}

type Flows = BTreeMap<String, BigRational>;

/// Payer, payee and amount of each part, and each instalment, by line.
fn stated(statement: &Statement<'_>) -> BTreeMap<String, Flows> {
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

fn expected(case: &Case) -> BTreeMap<String, Flows> {
    let lines = slow::lines(&case.contract, &case.data, &case.period).into_iter().map(|line| {
        let mut flows = Flows::new();
        for (payer, payee, amount) in line.parts {
            *flows.entry(format!("{payer} to {payee}")).or_default() += amount;
        }
        for (period, amount) in line.instalments.into_iter().filter(|_| line.live) {
            *flows.entry(format!("on account {period}")).or_default() += amount;
        }
        flows.retain(|_, amount| !amount.is_zero());
        (line.id, flows)
    });
    lines.collect()
}

fn show(lines: &BTreeMap<String, Flows>) -> Vec<String> {
    lines
        .iter()
        .map(|(id, flows)| {
            let flows: Vec<String> = flows.iter().map(|(what, amount)| format!("{what} {amount}")).collect();
            format!("{id}: {}", flows.join(", "))
        })
        .collect()
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn the_engine_states_what_the_oracle_states(case in cases()) {
        let checked = carepact::check(&case.contract);
        let Some(model) = checked.model else { return Err(TestCaseError::reject("refused")) };
        let facts = bound(&model, &case);
        let own = show(&stated(&model.evaluate(&facts)));
        let wanted = show(&expected(&case));
        prop_assert_eq!(own, wanted);
    }
}

#[test]
fn most_contracts_are_accepted() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::new(config(1));
    let strategy = cases();
    let (mut refused, all) = (0, std::env::var("N").map_or(150, |n| n.parse().unwrap()));
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..all {
        let case = strategy.new_tree(&mut runner).expect("a case").current();
        let checked = carepact::check(&case.contract);
        if checked.model.is_none() {
            refused += 1;
            let mut own: Vec<String> =
                checked.problems.iter().filter(|p| p.is_error()).map(|p| p.code.name.to_string()).collect();
            own.sort();
            own.dedup();
            for c in own {
                *codes.entry(c).or_default() += 1;
            }
            if std::env::var("SHOW").is_ok() {
                let texts: Vec<String> = checked
                    .problems
                    .iter()
                    .filter(|p| p.is_error())
                    .take(3)
                    .map(|p| p.text("c", checked.document.as_ref()))
                    .collect();
                println!("{}", texts.join("\n"));
            }
        }
    }
    println!("{refused} of {all} refused: {codes:?}");
    assert!(refused * 100 < 40 * all, "{refused} of {all} contracts were refused");
}
