//! The benchmark contract: scenarios from the specification's integer generator, each line and
//! payment recomputed here in integer pence as the specification words it, and – where the test
//! data are present beside the repository – the published 1,000 scenarios and 36 edge rows.

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use carepact::statement::{LineType, Statement};
use carepact::{Exact, Model, Observations, Request};
use common::benchmark::{CONTRACT, FIELDS, counts_for, names, recomputed, scenario};
use common::{compile, text};

fn decimal(value: i128, places: u32) -> String {
    Exact::scaled(value, places).to_string()
}

fn facts_of(x: &[i128]) -> Observations {
    let mut observations = Observations::new();
    let year = "2026/27";
    for (s, members) in x[..6].iter().enumerate() {
        observations.add_value("members", year, &[("segment", &format!("S{}", s + 1))], &members.to_string());
    }
    for i in 0..20 {
        let indicator = format!("I{:02}", i + 1);
        observations.add_value("result", year, &[("indicator", &indicator)], &decimal(x[6 + i], 4));
    }
    observations.add_value("health_check", year, &[], &decimal(x[26], 4));
    observations.add_value("liaison", year, &[], &decimal(x[27], 4));
    for b in 0..3 {
        observations.add_value(
            "breaches",
            year,
            &[("breach", &format!("B{}", b + 1))],
            &x[28 + b].to_string(),
        );
    }
    observations.add_value("cost", year, &[], &decimal(x[31], 2));
    observations
}

/// The same figures from the statement, in pence.
fn stated(statement: &Statement<'_>) -> BTreeMap<String, i128> {
    let mut out: BTreeMap<String, i128> = BTreeMap::new();
    for line in statement.lines().iter().filter(|line| line.line_type == LineType::Entitlement) {
        let pence: i128 = line.amount.plain(2).replace('.', "").parse().expect("pence");
        let member = line.members.first().map_or("", |(_, member, _)| member.as_str());
        for (name, sign) in counts_for(&line.clause, member, &line.payee) {
            *out.entry(name).or_insert(0) += sign * pence;
        }
    }
    out
}

fn state(model: &Model, x: &[i128]) -> BTreeMap<String, i128> {
    let facts = model.bind(&facts_of(x), &Request::default()).unwrap_or_else(|problems| panic!("{problems}"));
    stated(&model.evaluate(&facts))
}

#[test]
fn the_generator_gives_the_scenario_of_the_specification() {
    let expected = "228814,79440,65148,10016,4233,14275,5649,5957,2982,6105,886,1299,5396,7531,3613,6591,9410,961,\
                    5173,9855,5728,6088,7498,8986,243,4632,9046,9109,2760,297,1001,33541900831";
    let got: Vec<String> = scenario(0).iter().map(ToString::to_string).collect();
    assert_eq!(got.join(","), expected);
}

#[test]
fn a_thousand_scenarios_are_equal_to_the_penny() {
    let model = compile(CONTRACT, &text(CONTRACT));
    for s in 0..1_000 {
        let x = scenario(s);
        let figures: BTreeMap<String, i128> = names().into_iter().zip(recomputed(&x)).collect();
        assert_eq!(state(&model, &x), figures, "scenario {s}");
    }
}

/// Test data that are not part of the project.
fn shared(name: &str) -> Option<PathBuf> {
    let file = common::path("../shared/bench").join(name);
    file.exists().then_some(file)
}

fn published(scenarios: &str, expected: &str, model: &Model) -> Option<usize> {
    let (Some(scenarios), Some(expected)) = (shared(scenarios), shared(expected)) else { return None };
    let mut inputs = csv::Reader::from_path(scenarios).expect("scenarios");
    let mut results = csv::Reader::from_path(expected).expect("results");
    let headings = results.headers().expect("a header").clone();
    let mut rows = 0;
    for (input, result) in inputs.records().zip(results.records()) {
        let (input, result) = (input.expect("a row"), result.expect("a row"));
        let x: Vec<i128> = input
            .iter()
            .skip(input.len() - FIELDS)
            .map(|cell| cell.parse().expect("a whole number"))
            .collect();
        let got = state(model, &x);
        for (heading, cell) in headings.iter().zip(result.iter()) {
            let pence = || cell.replace('.', "").parse::<i128>().expect("pounds with two decimals");
            match got.get(heading) {
                Some(value) => assert_eq!(*value, pence(), "row {rows}, {heading}"),
                None => assert!(
                    ["scenario", "residue", "label", "case"].contains(&heading),
                    "{heading} is compared"
                ),
            }
        }
        rows += 1;
    }
    Some(rows)
}

#[test]
fn the_published_results_are_equal_to_the_penny() {
    let contract = text(CONTRACT);
    // Two edge rows lie beyond the ranges that the contract admits; only the ranges are widened.
    let wide =
        contract.replace("[0, 400000]", "[0, 10000000]").replace("[0, 400000000]", "[0, 100000000000]");
    let (model, wide) = (compile(CONTRACT, &contract), compile(CONTRACT, &wide));
    match (
        published("scenarios_1000.csv", "expected.csv", &model),
        published("scenarios_edges.csv", "expected_edges.csv", &wide),
    ) {
        (Some(scenarios), Some(edges)) => assert_eq!((scenarios, edges), (1_000, 36)),
        _ => println!("SKIPPED: the published results are not present beside the repository"),
    }
}
