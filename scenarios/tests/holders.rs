//! Scenarios of a contract for many holders: every scenario is what the exact reading states of its
//! observations, holder by holder, and a holder's luck is its own.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;

use carepact::{Exact, Model, Observations, Request};
use carepact_scenarios::{Comparison, Observed, Period, Scenarios, Simulation};
use common::{file, model};

/// Practices are paid by their lists; 2 % is held back and shared among those not below the lower
/// quartile of their place; ranks, means and a pooled ratio count; a helpline is paid by all people together,
/// once and not for each practice.
const PRACTICES: &str = r#"{ "carepact": 1, "contract": "practices", "title": "Practices", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2028-03-31"], "year_starts": "04-01",
  "parties": [ { "id": "icb", "role": "commissioner" }, { "id": "helpline", "role": "provider" },
    { "id": "practice", "name": "Practices", "many": true, "role": "provider", "sector": "primary_care" } ],
  "axes": { "place": ["country", "town"] },
  "measures": {
    "list": { "kind": "count", "unit": "person", "by": ["practice"], "per": "year", "range": [1, 50000] },
    "lies_in": { "kind": "code", "axis": "place", "by": ["practice"], "per": "year" },
    "result": { "kind": "ratio", "by": ["practice"], "per": "year", "combine": "pooled", "range": [0, 1],
      "denominator_range": [1, 5000], "better": "higher" },
    "rating": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 1], "missing": "absent", "better": "higher" },
    "growth": { "kind": "number", "per": "year", "range": [0, 2] } },
  "tables": { "price": "90 GBP/person/year", "prize": "1000 GBP", "call": "0.137 GBP/person" },
  "quantities": {
    "peers": "percentile(result over practice within lies_in, 25%, linear)",
    "counts": "if result >= peers then list else 0 * list",
    "held": { "is": "sum(paid(held_back) over practice)", "per": "year" },
    "place_of": "rank(result over practice)",
    "usual": "mean(rating over practice where given(rating)) else 0",
    "pooled_result": "pooled(result over practice)" },
  "clauses": {
    "core": { "kind": "capitation", "from": "icb", "to": "practice", "per": "year", "amount": "list * price * months * growth" },
    "held_back": { "kind": "withhold", "from": "practice", "to": "icb", "per": "year", "amount": "2% * paid(core)" },
    "shared": { "kind": "payment", "from": "icb",
      "to": { "weights": "counts", "among": "practice" }, "per": "year", "amount": "held" },
    "telephone": { "kind": "payment", "from": "icb", "to": "helpline", "per": "year",
      "amount": "call * sum(list over practice)" },
    "best": { "kind": "incentive", "from": "icb", "to": "practice", "per": "year",
      "amount": "prize * (if place_of <= 2 then 1 else 0) + prize * (if (rating else 0) > usual then pooled_result else 0) else GBP 0" } } }"#;

const DRAWS: &str = r#"
  { "measure": "list", "level": { "normal": { "mean": 1, "sd": "5%" }, "relative": "times" } },
  { "measure": "result", "level": { "beta": { "alpha": 20, "beta": 9, "least": 0, "most": 1 } }, "chance": "binomial" },
  { "measure": "rating", "level": { "normal": { "mean": 0, "sd": "5%" }, "relative": "plus" } },
  { "measure": "growth", "level": { "uniform": { "least": "95%", "most": "110%" } } }"#;

const MORE: &str = r#", "rank_correlation": [{ "between": ["list", "result"], "is": "-0.7" }],
  "shocks": { "hard_winter": { "draw": { "happens": "20%" }, "each": "year", "moves": [{ "measure": "rating", "plus": "-10%" }] } }"#;

/// List, place, patients counted, and score where there is one.
type Practice = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

const NAMES: [Practice; 7] = [
    ("A1", "4000", "country", "400", Some("0.61")),
    ("A2", "6001", "country", "300", None),
    ("A3", "5007", "country", "1000", Some("0.745")),
    ("A4", "10111", "town", "77", Some("0.5")),
    ("A5", "12000", "town", "512", Some("0.333")),
    ("A6", "8002", "town", "900", None),
    ("A7", "650", "country", "12", Some("0.9")),
];

fn baseline(practices: &[Practice]) -> Observations {
    let mut data = Observations::new();
    data.add_value("growth", "2026/27", &[], "1");
    for (name, list, place, counted, score) in practices {
        let members = [("practice", *name)];
        data.add_value("list", "2026/27", &members, list);
        data.add_value("lies_in", "2026/27", &members, place);
        data.add_ratio("result", "2026/27", &members, "10", counted);
        if let Some(score) = score {
            data.add_value("rating", "2026/27", &members, score);
        }
    }
    data
}

fn scenarios<'m>(model: &'m Model, practices: &[Practice]) -> Scenarios<'m> {
    let file = file(&format!(r#"{{ "title": "Practices", "draws": [{DRAWS}]{MORE} }}"#));
    Scenarios::new(model, &file, &baseline(practices), &Request::default(), None).unwrap()
}

fn observations(observed: &[Observed]) -> Observations {
    let mut data = Observations::new();
    for row in observed {
        let members: Vec<(&str, &str)> =
            row.members.iter().map(|(axis, member)| (axis.as_str(), member.as_str())).collect();
        match (&row.value, &row.ratio) {
            (Some(value), _) => data.add_value(&row.measure, &row.period, &members, value),
            (None, Some((n, d))) => data.add_ratio(&row.measure, &row.period, &members, n, d),
            (None, None) => {}
        }
    }
    data
}

/// What each party, each clause and each holder has, of a statement of observations.
#[derive(Debug, PartialEq, Eq, Default)]
struct Stated {
    parties: BTreeMap<String, Exact>,
    clauses: BTreeMap<String, Exact>,
    holders: BTreeMap<String, Exact>,
}

fn stated(model: &Model, data: &Observations) -> Stated {
    let facts = model.bind(data, &Request::default()).unwrap();
    let mut stated = Stated::default();
    for line in model.evaluate(&facts).lines() {
        let add = |map: &mut BTreeMap<String, Exact>, key: &str, amount: &Exact| {
            let sum = map.entry(key.to_string()).or_insert(Exact::ZERO);
            *sum = &*sum + amount;
        };
        add(&mut stated.clauses, &line.clause, &line.amount);
        for (party, amount) in [(&line.payee, line.amount.clone()), (&line.payer, -&line.amount)] {
            add(&mut stated.parties, party, &amount);
            if let (Some(holder), "practice") = (&line.holder, party.as_str()) {
                add(&mut stated.holders, holder, &amount);
            }
        }
    }
    stated
}

fn simulated(simulation: &Simulation) -> Stated {
    let mut found = Stated::default();
    let amount = |units: i128| {
        let units = i64::try_from(units).unwrap();
        &simulation.labels().unit * &Exact::from(units)
    };
    for (key, summary) in simulation.amounts().filter(|(key, _)| key.period == Period::All) {
        match (&key.party, &key.clause) {
            (Some(party), None) => drop(found.parties.insert(party.clone(), amount(summary.sum()))),
            (None, Some(clause)) => drop(found.clauses.insert(clause.clone(), amount(summary.sum()))),
            (_, _) => {}
        }
    }
    for holder in simulation.holders() {
        found.holders.insert(holder.name.clone(), amount(holder.summary.sum()));
    }
    found
}

#[test]
fn every_scenario_is_stated_to_the_same_pennies() {
    let model = model(PRACTICES);
    let scenarios = scenarios(&model, &NAMES);
    for number in (0..40).chain([48_211]) {
        let data = observations(&scenarios.observations(3, number));
        let one = Simulation::run(&scenarios, 3, number..number + 1);
        assert_eq!(simulated(&one), stated(&model, &data), "scenario {number}");
    }
}

#[test]
fn who_has_no_observation_that_may_be_absent_stays_without_it() {
    let model = model(PRACTICES);
    let observed = scenarios(&model, &NAMES).observations(1, 0);
    let scored = observed.iter().filter(|row| row.measure == "rating");
    let scored: Vec<&str> = scored.map(|row| row.members[0].1.as_str()).collect();
    assert_eq!(scored, ["A1", "A3", "A4", "A5", "A7"]);
}

#[test]
fn of_nobody_nothing_is_drawn() {
    let text = PRACTICES.replace(r#""denominator_range": [1, 5000]"#, r#""denominator_range": [0, 5000]"#);
    let text = text.replace("if result >= peers then", "if (result else 0) >= peers then");
    let text = text.replace("(result over practice within", "(result else 0 over practice within");
    let text = text.replace("rank(result over practice)", "rank(list over practice)");
    let model = model(&text);
    let drawn = file(r#"{ "title": "Chance", "draws": [{ "measure": "result", "chance": "binomial" }] }"#);
    let mut data = baseline(&NAMES[..3]);
    data.add_ratio("result", "2026/27", &[("practice", "B1")], "0", "0");
    for (measure, value) in [("list", "100"), ("lies_in", "town")] {
        data.add_value(measure, "2026/27", &[("practice", "B1")], value);
    }
    let scenarios = Scenarios::new(&model, &drawn, &data, &Request::default(), None).unwrap();
    let simulation = Simulation::run(&scenarios, 1, 0..1);
    let observed = scenarios.observations(1, 0);
    let nothing = observed.iter().find(|row| row.measure == "result" && row.members[0].1 == "B1").unwrap();
    assert_eq!(nothing.ratio, Some(("0".to_string(), "0".to_string())));
    assert_eq!(simulated(&simulation), stated(&model, &observations(&observed)));
}

#[test]
fn the_work_can_be_divided_and_saved() {
    let model = model(PRACTICES);
    let scenarios = scenarios(&model, &NAMES);
    let whole = Simulation::run(&scenarios, 9, 10..1510);
    let mut last = Simulation::run(&scenarios, 9, 1100..1510);
    last.merge(&Simulation::run(&scenarios, 9, 10..1100));
    assert_eq!(last.to_json().to_string(), whole.to_json().to_string());
    let read = Simulation::from_json(&whole.to_json()).unwrap();
    assert_eq!((read.holders(), read.labels()), (whole.holders(), whole.labels()));
    let sum: i128 = whole.holders().iter().map(|holder| holder.summary.sum()).sum();
    assert_eq!(sum, whole.amount(Some("practice"), None, &Period::All).unwrap().sum());
}

#[test]
fn a_holder_that_is_added_moves_no_other() {
    let model = model(PRACTICES);
    let of = |practices: &[Practice]| {
        let observed = scenarios(&model, practices).observations(5, 77);
        let own = observed.into_iter().filter(|row| row.members.iter().any(|(_, name)| name == "A2"));
        own.collect::<Vec<_>>()
    };
    assert_eq!(of(&NAMES), of(&NAMES[..2]));
}

#[test]
fn correlation_is_within_each_holder() {
    let model = model(PRACTICES);
    let scenarios = scenarios(&model, &NAMES);
    let columns = scenarios.sampler(4).columns(0, 2_000).columns;
    let place = |name: &str| scenarios.varying().iter().position(|known| known.name == name).unwrap();
    let of = |name: &str, holder: usize| -> Vec<f64> {
        let column = &columns[place(name)];
        column.iter().skip(holder).step_by(NAMES.len()).map(|n| *n as f64).collect()
    };
    let correlation = |x: &[f64], y: &[f64]| {
        let n = x.len() as f64;
        let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
        let (a, b) = (mean(x), mean(y));
        let sum = |x: &[f64], a: f64, y: &[f64], b: f64| -> f64 {
            x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum()
        };
        sum(x, a, y, b) / (sum(x, a, x, a) * sum(y, b, y, b)).sqrt()
    };
    let (list, result) = ("list:2026/27", "result:2026/27:numerator");
    // Chance takes off a little of -0.7; 2,000 scenarios tell a correlation to about 0.02.
    let own = correlation(&of(list, 2), &of(result, 2));
    assert!((-0.8..-0.6).contains(&own), "{own}");
    let others = correlation(&of(list, 2), &of(result, 4));
    assert!(others.abs() < 0.1, "{others}");
}

#[test]
fn two_designs_are_compared_holder_by_holder() {
    let one = model(PRACTICES);
    let other = model(&PRACTICES.replace("2% * paid(core)", "5% * paid(core)"));
    let file = file(&format!(r#"{{ "title": "Practices", "draws": [{DRAWS}]{MORE} }}"#));
    let both = Scenarios::pair((&one, &other), &file, &baseline(&NAMES), &Request::default()).unwrap();
    let compared = Comparison::run((&both.0, &both.1), 2, 0..300);
    let alone = [&both.0, &both.1].map(|scenarios| Simulation::run(scenarios, 2, 0..300));
    for (place, difference) in compared.holders.iter().enumerate() {
        let sums = alone.each_ref().map(|simulation| simulation.holders()[place].summary.sum());
        assert_eq!(difference.summary.sum(), sums[1] - sums[0], "{}", difference.party);
        assert_eq!(difference.summary.count(), 300);
    }
    // What is held back is shared out again, so that practices together have what they had.
    let together = compared.difference("practice", None, None).unwrap();
    assert_eq!(together.unchanged(), 300);
    assert!(compared.holders.iter().any(|each| each.gains > 0 && each.losses > 0));
}

#[test]
fn a_baseline_without_holders_is_refused() {
    let model = model(PRACTICES);
    let file = file(&format!(r#"{{ "title": "Practices", "draws": [{DRAWS}] }}"#));
    let problems = Scenarios::new(&model, &file, &baseline(&[]), &Request::default(), None).unwrap_err();
    assert_eq!(problems.0.iter().map(|problem| problem.code.name).collect::<Vec<_>>(), ["scenario-holders"]);
}
