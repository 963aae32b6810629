//! The engine against a slow, independent oracle that evaluates the meaning of the language
//! directly, without a plan: every line, part and instalment of every shipped contract.

mod common;
#[path = "oracle/compare.rs"]
mod compare;
#[path = "oracle/mod.rs"]
mod slow;

use std::collections::BTreeMap;

use carepact::{Model, Request};
use common::{compile, files, observations, text};
use compare::both;
use slow::cases::Case;

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

/// Holds lines and figures of a statement against those of the oracle, and counts them.
fn compared(what: &str, (model, contract): (&Model, &str), data: &str, period: &str) -> usize {
    let request = Request { period: Some(period.to_string()), ..Request::default() };
    let facts = model.bind(&observations("data.csv", data), &request);
    let facts = facts.unwrap_or_else(|problems| panic!("{what}: {problems}"));
    let (own, wanted) = both(&model.evaluate(&facts), slow::stated(contract, data, period));
    assert_eq!(own, wanted, "{what}");
    own.len()
}

#[test]
fn the_engine_states_what_the_oracle_states() {
    let mut count = 0;
    for (contract, data, period) in CASES {
        let contract_text = text(contract);
        let model = compile(contract, &contract_text);
        count += compared(&format!("{contract}, {data}"), (&model, &contract_text), &text(data), period);
    }
    println!("{count} lines and figures equal");
    assert!(count > 1_000, "{count} lines and figures were compared");
}

/// Every line and every quantity of all cases of published schemes.
#[test]
fn published_schemes_are_stated_alike() {
    let mut count = 0;
    for file in files("contracts/published", ".cases.json") {
        let cases = text(&file);
        let (folder, _) = file.rsplit_once('/').expect("a folder");
        let contract = text(&format!("{folder}/{}", slow::cases::contract_of(&cases)));
        // Most cases of a file have the contract as it is.
        let mut models: BTreeMap<String, Model> = BTreeMap::new();
        for Case { id, contract, data, period } in slow::cases::cases(&cases, &contract) {
            let what = format!("{file}, {id}");
            let model = models.entry(contract.clone()).or_insert_with(|| compile(&what, &contract));
            count += compared(&what, (model, &contract), &data, &period);
        }
    }
    println!("{count} lines and figures equal");
    assert!(count > 1_000, "{count} lines and figures were compared");
}
