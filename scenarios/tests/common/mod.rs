//! A small contract of two clinics, whose amounts can be worked out by hand.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use carepact::{Contract, Model, Observations, Request};
use carepact_scenarios::{Period, ScenarioFile, Scenarios, Simulation, Summary};

/// £40 a visit, up to £1,000 for patients seen in time, £40 for every late visit.
pub const CLINICS: &str = r#"{
  "carepact": 1, "contract": "clinics", "title": "Clinics", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "last" },
  "term": ["2026-04-01", "2028-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "clinic", "role": "provider" }],
  "axes": { "site": ["north", "south"] },
  "measures": {
    "visits": { "kind": "count", "unit": "visit", "per": "year", "by": ["site"], "range": [0, 5000] },
    "seen": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [1, 50000], "better": "higher" },
    "late": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 5000], "better": "lower" } },
  "tables": { "price": "40 GBP/visit", "bonus": "1000 GBP" },
  "clauses": {
    "visiting": { "kind": "activity", "from": "payer", "to": "clinic", "per": "year", "lines": ["site"],
      "amount": "visits * price" },
    "quality": { "kind": "incentive", "from": "payer", "to": "clinic", "per": "year",
      "amount": "bonus * score(seen, 50%, 90%)" },
    "delays": { "kind": "penalty", "from": "clinic", "to": "payer", "per": "year", "amount": "late * price" } } }"#;

pub fn model(text: &str) -> Model {
    Contract::parse(text).unwrap().compile().unwrap()
}

/// 1,200 and 800 visits, 300 of 400 seen in time, 20 late, in the first year.
pub fn baseline() -> Observations {
    let mut observations = Observations::new();
    observations.add_value("visits", "2026/27", &[("site", "north")], "1200");
    observations.add_value("visits", "2026/27", &[("site", "south")], "800");
    observations.add_ratio("seen", "2026/27", &[], "300", "400");
    observations.add_value("late", "2026/27", &[], "20");
    observations
}

pub fn file(text: &str) -> ScenarioFile {
    ScenarioFile::parse(text).unwrap()
}

/// Scenarios with these entries of `draws`, and more fields.
pub fn scenarios<'m>(model: &'m Model, draws: &str, more: &str) -> Scenarios<'m> {
    let file = file(&format!(r#"{{ "title": "Test", "draws": [{draws}]{more} }}"#));
    Scenarios::new(model, &file, &baseline(), &Request::default(), None).unwrap()
}

/// What the clinic receives net, of all that is simulated.
pub fn clinic(simulation: &Simulation) -> &Summary {
    simulation.amount(Some("clinic"), None, &Period::All).unwrap()
}

/// The column of a drawn number: its measure, and whether the denominator is meant.
pub fn column(scenarios: &Scenarios<'_>, seed: u64, count: usize, measure: &str, member: &str) -> Vec<i64> {
    let sampler = scenarios.sampler(seed);
    let facts = scenarios.model().plan().facts();
    let is_meant = |fact: usize| {
        let spec = &facts[fact];
        spec.measure == measure && spec.members.iter().all(|(_, known)| known == member)
    };
    let place = sampler.inputs().iter().position(|(fact, _)| is_meant(fact.0 as usize)).unwrap();
    sampler.columns(0, count).columns.swap_remove(place)
}

/// Mean and standard deviation.
pub fn moments(column: &[i64]) -> (f64, f64) {
    let n = column.len() as f64;
    let mean = column.iter().map(|x| *x as f64).sum::<f64>() / n;
    let variance = column.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, variance.sqrt())
}
