//! The engine against a slow, independent oracle that evaluates the meaning of the language
//! directly, without a plan: every line, part and instalment of every shipped contract.

mod common;
#[path = "oracle/mod.rs"]
mod slow;

use std::collections::BTreeMap;

use carepact::statement::{LineType, StatementLine};
use carepact::{Exact, Request};
use common::{compile, observations, text};
use num_rational::BigRational;

/// Contract, data and the period that both state.
const CASES: [(&str, &str, &str); 13] = [
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2026-27.csv", "2026/27"),
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2026-27-list-growth.csv", "2026/27"),
    ("contracts/harbourside/prime-provider.json", "fixtures/harbourside/2027-28.csv", "2027/28"),
    ("contracts/harbourside/alliance.json", "fixtures/harbourside/2026-27.csv", "2026/27"),
    ("contracts/harbourside/alliance.json", "fixtures/harbourside/2026-27-list-growth.csv", "2026/27"),
    ("contracts/harbourside/year-of-care.json", "fixtures/harbourside/year-of-care-2026-27.csv", "2026/27"),
    (
        "contracts/harbourside/small-population.json",
        "fixtures/harbourside/small-population-2026-27.csv",
        "2026/27",
    ),
    ("contracts/harbourside/bad.json", "fixtures/harbourside/bad-2026-27.csv", "2026/27"),
    ("contracts/benchmark/benchmark.json", "fixtures/benchmark/scenario-0.csv", "2026/27"),
    ("contracts/examples/sanctions.json", "fixtures/examples/sanctions.csv", "2026/27"),
    ("contracts/examples/shared-savings.json", "fixtures/examples/shared-savings.csv", "2023"),
    ("contracts/examples/hospital-scores.json", "fixtures/examples/hospital-scores.csv", "2025/26"),
    ("contracts/examples/quality-points.json", "fixtures/examples/quality-points.csv", "2025/26"),
];

fn exact(value: &BigRational) -> Exact {
    let part = |n: &num_bigint::BigInt| i128::try_from(n).expect("an amount of a test");
    Exact::ratio(part(value.numer()), part(value.denom())).expect("a denominator")
}

/// All flows of a line as text: payer, payee, amount; then instalments, summed over their parts.
fn engine_text(lines: &[&StatementLine]) -> Vec<String> {
    let mut flows: BTreeMap<String, Exact> = BTreeMap::new();
    for line in lines {
        let what = match line.line_type {
            LineType::OnAccount => format!("on account {}", line.period),
            LineType::Entitlement => format!("{} to {}", line.payer, line.payee),
            LineType::Settlement => continue,
        };
        let sum = flows.entry(what).or_insert(Exact::ZERO);
        *sum = &*sum + &line.amount;
    }
    flows.iter().filter(|(_, sum)| !sum.is_zero()).map(|(what, sum)| format!("{what} {sum}")).collect()
}

fn oracle_text(line: &slow::Line) -> Vec<String> {
    let parts = line.parts.iter().map(|(payer, payee, value)| (format!("{payer} to {payee}"), exact(value)));
    let instalments =
        line.instalments.iter().map(|(period, value)| (format!("on account {period}"), exact(value)));
    let all = parts.chain(instalments).filter(|(_, value)| !value.is_zero());
    let mut out: Vec<String> = all.map(|(what, value)| format!("{what} {value}")).collect();
    out.sort();
    out
}

#[test]
fn the_engine_states_what_the_oracle_states() {
    let mut compared = 0;
    for (contract, data, period) in CASES {
        let (contract_text, csv) = (text(contract), text(data));
        let expected = slow::lines(&contract_text, &csv, period);
        let model = compile(contract, &contract_text);
        let request = Request { period: Some(period.to_string()), ..Request::default() };
        let facts = model.bind(&observations(data, &csv), &request).unwrap_or_else(|p| panic!("{data}: {p}"));
        let statement = model.evaluate(&facts);
        let of_line = |id: &str| -> Vec<&StatementLine> {
            let own = |line: &&StatementLine| {
                line.id == id || line.id.strip_prefix(id).is_some_and(|rest| rest.starts_with(":on-account:"))
            };
            statement.lines().iter().filter(own).collect()
        };
        for line in &expected {
            let own = of_line(&line.id);
            assert!(!own.is_empty(), "{contract}: the statement has no line {}", line.id);
            assert_eq!(own[0].live, line.live, "{contract}: {} counts", line.id);
            let instalments = own[0].live;
            let mut wanted = oracle_text(line);
            wanted.retain(|text| instalments || !text.starts_with("on account"));
            assert_eq!(engine_text(&own), wanted, "{contract}, {data}: {}", line.id);
            compared += 1;
        }
        let stated = statement.lines().iter().filter(|line| line.line_type == LineType::Entitlement);
        let mut ids: Vec<&str> = stated.map(|line| line.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), expected.len(), "{contract}, {data}: both state the same lines");
    }
    println!("{compared} lines equal");
    assert!(compared > 1_000, "{compared} lines were compared");
}
