//! The shipped scenarios of Harbourside: every scenario the same pennies as the exact reading, and two
//! designs on the same draws whatever each of them knows.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::Path;

use carepact::{Exact, Model, Observations, Request};
use carepact_scenarios::{Period, ScenarioFile, Scenarios, Simulation};
use common::{CLINICS, baseline, column, file, model};

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn first_year() -> Observations {
    let text = text("fixtures/harbourside/2026-27.csv");
    let mut rows = text.lines().map(|line| line.split(',').map(str::to_string).collect::<Vec<_>>());
    let headings = rows.next().unwrap();
    let mut observations = Observations::new();
    let mut table = observations.table("2026-27.csv", &headings);
    for (row, cells) in (2..).zip(rows) {
        table.add(row, &cells);
    }
    observations
}

fn harbourside(contract: &str) -> Model {
    model(&text(&format!("contracts/harbourside/{contract}.json")))
}

/// A scenario stated by itself: its observations bound and evaluated exactly.
fn net_of_each(model: &Model, scenarios: &Scenarios<'_>, seed: u64, number: u64) -> Vec<(String, Exact)> {
    let mut observations = Observations::new();
    for row in scenarios.observations(seed, number) {
        let members: Vec<(&str, &str)> =
            row.members.iter().map(|(axis, member)| (axis.as_str(), member.as_str())).collect();
        match (&row.value, &row.ratio) {
            (Some(value), _) => observations.add_value(&row.measure, &row.period, &members, value),
            (None, Some((above, below))) => {
                observations.add_ratio(&row.measure, &row.period, &members, above, below);
            }
            (None, None) => panic!("an observation of nothing"),
        }
    }
    let facts = model.bind(&observations, &Request::default()).unwrap();
    let statement = model.evaluate(&facts);
    statement.totals().parties().iter().map(|total| (total.party.clone(), total.net())).collect()
}

#[test]
fn every_scenario_has_the_pennies_of_the_exact_reading() {
    let file = ScenarioFile::parse(&text("fixtures/harbourside/prime-provider.scenarios.json")).unwrap();
    for contract in ["prime-provider", "alliance"] {
        let model = harbourside(contract);
        let scenarios = Scenarios::new(&model, &file, &first_year(), &Request::default(), None).unwrap();
        for number in [0, 1, 2, 1023, 1024, 999_999_999_999] {
            let simulation = Simulation::run(&scenarios, 7, number..number + 1);
            for (party, net) in net_of_each(&model, &scenarios, 7, number) {
                let simulated = simulation.amount(Some(&party), None, &Period::All);
                let units = simulated.map_or(0, |summary| summary.least().unwrap().amount);
                assert_eq!(scenarios.unit() * &Exact::from(units), net, "{contract} {number}: {party}");
            }
        }
    }
}

/// A year or a quarter of what the file is for can be simulated without changing the file.
#[test]
fn a_part_of_the_period_can_be_asked_for() {
    let file = ScenarioFile::parse(&text("fixtures/harbourside/prime-provider.scenarios.json")).unwrap();
    let model = harbourside("prime-provider");
    let of = |period: &str| {
        let request = Request { period: Some(period.to_string()), ..Request::default() };
        let scenarios = Scenarios::new(&model, &file, &first_year(), &request, None).unwrap();
        let simulation = Simulation::run(&scenarios, 7, 0..20);
        simulation.amount(Some("emh"), Some("core"), &Period::All).unwrap().sum()
    };
    let whole = Scenarios::new(&model, &file, &first_year(), &Request::default(), None).unwrap();
    let whole = Simulation::run(&whole, 7, 0..20);
    let year = whole.amount(Some("emh"), Some("core"), &Period::Year(1)).unwrap().sum();
    assert_eq!(of("2027/28"), year);
    let quarters = ["2027/28Q1", "2027/28Q2", "2027/28Q3", "2027/28Q4"];
    assert_eq!(quarters.iter().map(|quarter| of(quarter)).sum::<i128>(), year);
}

/// B alone knows the level that the file names first; what is correlated with it has the same draws.
#[test]
fn correlated_draws_are_the_same_in_both_designs() {
    let one = model(CLINICS);
    let other = model(&CLINICS.replace(
        r#""measures": {"#,
        r#""measures": { "calls": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 5000] },"#,
    ).replace(r#""amount": "late * price""#, r#""amount": "(late + calls) * price""#));
    let spread = r#""level": { "normal": { "mean": 2000, "sd": 400 } }"#;
    let text = format!(
        r#"{{ "title": "Both", "draws": [
          {{ "measure": "calls", {spread} }}, {{ "measure": "late", {spread} }}, {{ "measure": "visits", {spread} }}],
          "rank_correlation": [
            {{ "between": ["calls", "late"], "is": "0.8" }}, {{ "between": ["late", "visits:north"], "is": "0.5" }}] }}"#
    );
    let file = file(&text);
    let (a, b) = Scenarios::pair((&one, &other), &file, &baseline(), &Request::default()).unwrap();
    for (measure, member) in [("late", ""), ("visits", "north"), ("visits", "south")] {
        assert_eq!(column(&a, 5, 400, measure, member), column(&b, 5, 400, measure, member), "{measure}");
    }
}
