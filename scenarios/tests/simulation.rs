//! Simulations of a small contract against hand arithmetic, and the same result however they are run.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use carepact::{Exact, Observations, Request};
use carepact_scenarios::{Comparison, Period, Scenarios, Simulation};
use common::{CLINICS, baseline, clinic, column, file, model, scenarios};

/// Everything at once: levels, chance, shocks, correlations and thresholds over both years.
const MIXED: &str = r#"
  { "measure": "visits", "level": { "normal": { "mean": 1, "sd": "5%" }, "relative": "times" }, "chance": "poisson" },
  { "measure": "seen", "level": { "normal": { "mean": "75%", "sd": "5%" } },
    "denominator": { "uniform": { "least": 300, "most": 500 } }, "chance": "binomial" },
  { "measure": "late", "level": { "lognormal": { "mean": 20, "sd": 8 } }, "chance": "negative_binomial",
    "overdispersion": 3 }"#;
const MORE: &str = r#", "repeat": "2026/27", "cost_base": { "clinic": 79500 }, "budget": { "payer": 82000 },
  "rank_correlation": [{ "between": ["seen", "late"], "is": "-0.6" }],
  "shocks": { "flood": { "draw": { "happens": "30%" }, "each": "year", "moves": [{ "measure": "visits", "times": "-20%" }] } }"#;

#[test]
fn fixed_scenarios_give_the_amounts_of_evaluate() {
    let model = model(CLINICS);
    let scenarios = scenarios(&model, r#"{ "measure": "late", "level": { "fixed": 25 } }"#, "");
    let simulation = Simulation::run(&scenarios, 1, 0..100);
    // 2,000 × 40 + 1,000 × (75 % − 50 %) / 40 % − 25 × 40 = 80,000 + 625 − 1,000.
    let clinic = clinic(&simulation);
    assert_eq!((clinic.mean(), clinic.deviation(), clinic.is_constant()), (7_962_500, 0, true));
    let facts = model.bind(&baseline(), &Request::default()).unwrap();
    let evaluated = model.evaluate(&facts).totals().parties()[1].net();
    // The baseline has 20 late visits: 5 fewer, £200 more.
    assert_eq!(evaluated, Exact::from(79_825));
}

#[test]
fn two_points_have_the_moments_of_a_coin() {
    let model = model(CLINICS);
    let draws = r#"{ "measure": "late", "level": { "happens": "50%" }, "trend_plus": 0 }"#;
    let scenarios = scenarios(&model, draws, "");
    let simulation = Simulation::run(&scenarios, 5, 0..1000);
    let late = column(&scenarios, 5, 1000, "late", "");
    let ones = late.iter().filter(|late| **late == 1).count() as i64;
    assert!((450..550).contains(&ones), "{ones}");
    // Each late visit takes £40 from £80,625.
    let clinic = clinic(&simulation);
    assert_eq!(clinic.sum(), i128::from(1000 * 8_062_500 - ones * 4_000));
    // n/(n−1) × p × (1−p) × 40²: with 500 ones 0.5005 × 40, £20.01.
    let variance = ones * (1000 - ones) * 4_000 * 4_000 / 1000 / 999;
    assert_eq!(clinic.deviation(), variance.isqrt());
    assert_eq!(clinic.percentile(&Exact::parse("5%").unwrap()), 8_058_500);
    assert_eq!(clinic.percentile(&Exact::parse("95%").unwrap()), 8_062_500);
}

#[test]
fn the_result_is_the_same_however_the_work_is_divided() {
    let model = model(CLINICS);
    let scenarios = scenarios(&model, MIXED, MORE);
    let whole = Simulation::run(&scenarios, 9, 100..3500);
    assert!(!clinic(&whole).is_constant());
    for cuts in [vec![100, 3500], vec![100, 101, 1124, 1125, 3500], vec![100, 2000, 3499, 3500]] {
        let mut parts: Vec<Simulation> =
            cuts.windows(2).map(|cut| Simulation::run(&scenarios, 9, cut[0]..cut[1])).collect();
        // From the last to the first, so that order does not matter either.
        let mut sum = parts.pop().unwrap();
        while let Some(part) = parts.pop() {
            sum.merge(&part);
        }
        assert_eq!(sum.to_json().to_string(), whole.to_json().to_string());
    }
    let other = Simulation::run(&scenarios, 10, 100..3500);
    assert!(clinic(&other).sum() != clinic(&whole).sum());
}

#[test]
fn what_is_saved_is_read_back() {
    let model = model(CLINICS);
    let simulation = Simulation::run(&scenarios(&model, MIXED, MORE), 2, 0..500);
    let saved = simulation.to_json();
    let text = saved.to_string();
    let read = Simulation::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(read.to_json(), saved);
    assert_eq!(Simulation::from_json(&serde_json::json!({ "form": 1 })), None);
}

#[test]
fn a_draw_does_not_move_when_others_are_added() {
    let model = model(CLINICS);
    let late =
        r#"{ "measure": "late", "level": { "uniform": { "least": 10, "most": 90 } }, "chance": "poisson" }"#;
    let alone = scenarios(&model, late, "");
    let more = format!(r#"{{ "measure": "visits", "chance": "poisson" }}, {late}"#);
    let among = scenarios(&model, &more, "");
    assert_eq!(column(&alone, 4, 500, "late", ""), column(&among, 4, 500, "late", ""));
}

#[test]
fn losses_are_counted_scenario_by_scenario() {
    let model = model(CLINICS);
    let scenarios = scenarios(&model, MIXED, MORE);
    let mut simulation = Simulation::new(&scenarios, 3);
    let mut nets: Vec<i64> = Vec::new();
    let place = simulation.amounts().position(|(key, _)| key.is_party("clinic")).unwrap();
    simulation.add_range(&scenarios, 0..2000, &mut |block| nets.extend(&block.amounts[place]));
    // Two years of £79,500.
    let below = nets.iter().filter(|net| **net < 15_900_000).count() as u64;
    let loss = simulation.losses().iter().find(|loss| loss.party == "clinic" && loss.period == Period::All);
    assert_eq!(loss.unwrap().count, below);
    assert!((1..2000).contains(&below));
    let mut sorted = nets.clone();
    sorted.sort_unstable();
    let exact = sorted[99];
    let told = clinic(&simulation).percentile(&Exact::parse("5%").unwrap());
    assert!((told - exact).abs() <= exact / 2048, "{told} instead of {exact}");
    let worst = sorted[..100].iter().sum::<i64>() / 100;
    let told = clinic(&simulation).mean_of_least(&Exact::parse("5%").unwrap());
    assert!((told - worst).abs() <= worst / 2048, "{told} instead of {worst}");
    let least = clinic(&simulation).least().unwrap();
    assert_eq!(nets[least.scenario as usize], sorted[0]);
}

#[test]
fn numbers_brought_into_their_range_are_counted() {
    let model = model(CLINICS);
    let draws = r#"{ "measure": "seen", "level": { "uniform": { "least": "60%", "most": "140%" } } }"#;
    let scenarios = scenarios(&model, draws, "");
    let simulation = Simulation::run(&scenarios, 1, 0..2000);
    let (name, clamped) = &simulation.clamped()[0];
    assert_eq!((name.as_str(), clamped.raised), ("seen:2026/27", 0));
    // Half of them lie above 100 %: 1,000, give or take four times 22.
    assert!((900..1100).contains(&clamped.lowered), "{}", clamped.lowered);
    assert!(column(&scenarios, 1, 2000, "seen", "").iter().all(|seen| (240..=400).contains(seen)));
}

#[test]
fn a_part_of_a_year_is_not_held_against_the_costs_of_a_year() {
    let monthly = CLINICS
        .replace(
            r#""late": { "kind": "count", "unit": "visit", "per": "year""#,
            r#""late": { "kind": "count", "unit": "visit", "per": "month""#,
        )
        .replace(r#""per": "year", "amount": "late * price""#, r#""per": "month", "amount": "late * price""#);
    let model = model(&monthly);
    let text = r#"{ "title": "A month", "draws": [{ "measure": "late", "level": { "fixed": 10 } }],
      "cost_base": { "clinic": 79500 } }"#;
    let of = |period: &str| {
        let request = Request { period: Some(period.to_string()), ..Request::default() };
        // The baseline but for late visits, which are monthly here.
        let mut observations = Observations::new();
        for row in baseline().rows().iter().filter(|row| &*row.measure != "late") {
            observations.add_row(row.clone());
        }
        let scenarios = Scenarios::new(&model, &file(text), &observations, &request, None).unwrap();
        Simulation::run(&scenarios, 1, 0..3).losses().len()
    };
    // Of the year: for itself, and for all that is simulated.
    assert_eq!((of("2026-04"), of("2026/27")), (0, 2));
}

#[test]
fn designs_in_two_currencies_are_not_compared() {
    let (one, other) = (model(CLINICS), model(&CLINICS.replace("GBP", "EUR")));
    let file = file(r#"{ "title": "Both", "draws": [{ "measure": "late", "chance": "poisson" }] }"#);
    let refused = Scenarios::pair((&one, &other), &file, &baseline(), &Request::default());
    assert_eq!(refused.err().unwrap().0[0].code.name, "unit-mismatch");
}

#[test]
fn conditions_on_the_data_that_do_not_hold_are_counted() {
    let text = CLINICS
        .replace(r#""bonus": "1000 GBP""#, r#""bonus": "1000 GBP", "most_late": "25 visit""#)
        .replace(
            r#""clauses""#,
            r#""quantities": { "few_late": { "is": "late <= most_late", "per": "year", "must_hold": "count again" } },
              "clauses""#,
        );
    let model = model(&text);
    let scenarios = scenarios(&model, r#"{ "measure": "late", "chance": "poisson" }"#, "");
    let simulation = Simulation::run(&scenarios, 1, 0..1000);
    let many = column(&scenarios, 1, 1000, "late", "").iter().filter(|late| **late > 25).count();
    assert_eq!(simulation.broken(), [("few_late:2026/27".to_string(), many as u64)]);
    // 11.2 % of a Poisson distribution with mean 20 lie above 25.
    assert!((80..150).contains(&many), "{many}");
}

#[test]
fn a_trend_grows_from_the_repeated_year() {
    let model = model(CLINICS);
    let draws = r#"{ "measure": "late", "trend": "10%" }, { "measure": "seen", "trend_plus": "5%" }"#;
    let simulation = Simulation::run(&scenarios(&model, draws, r#", "repeat": "2026/27""#), 1, 0..1);
    let of = |clause: &str, year: usize| {
        simulation.amount(None, Some(clause), &Period::Year(year)).unwrap().mean()
    };
    assert_eq!((of("delays", 0), of("delays", 1)), (20 * 4_000, 22 * 4_000));
    // (75 % − 50 %) / 40 % and (80 % − 50 %) / 40 % of £1,000.
    assert_eq!((of("quality", 0), of("quality", 1)), (62_500, 75_000));
}

#[test]
fn two_designs_are_compared_on_the_same_draws() {
    let one = model(CLINICS);
    // B pays £41 a visit, has another measure, and no penalty.
    let other = CLINICS
        .replace("40 GBP/visit", "41 GBP/visit")
        .replace(r#""late": { "kind": "count""#, r#""calls": { "kind": "count""#)
        .replace(r#""amount": "late * price""#, r#""amount": "calls * price""#);
    let other = model(&other);
    let draws = format!(r#"{MIXED}, {{ "measure": "calls", "level": {{ "fixed": 0 }} }}"#);
    let file = file(&format!(r#"{{ "title": "Both", "draws": [{draws}]{MORE} }}"#));
    let (a, b) = Scenarios::pair((&one, &other), &file, &baseline(), &Request::default()).unwrap();
    assert_eq!(column(&a, 6, 300, "visits", "north"), column(&b, 6, 300, "visits", "north"));
    assert_eq!(column(&a, 6, 300, "seen", ""), column(&b, 6, 300, "seen", ""));
    let whole = Comparison::run((&a, &b), 6, 0..1500);
    let visiting = whole.difference("clinic", Some("visiting"), None).unwrap();
    // £1 more for each visit of both years.
    let visits = clinic_visits(&whole.one);
    assert_eq!(visiting.summary.sum() * 40, visits);
    assert_eq!((visiting.gains, visiting.losses, visiting.unchanged()), (1500, 0, 0));
    let quality = whole.difference("clinic", Some("quality"), None).unwrap();
    assert_eq!(quality.unchanged(), 1500);
    let all = whole.difference("clinic", None, None).unwrap();
    let sums = [&whole.one, &whole.other].map(|simulation| clinic(simulation).sum());
    assert_eq!(all.summary.sum(), sums[1] - sums[0]);
    let mut parts = Comparison::run((&a, &b), 6, 700..1500);
    parts.merge(&Comparison::run((&a, &b), 6, 0..700));
    assert_eq!(parts, whole);
}

fn clinic_visits(simulation: &Simulation) -> i128 {
    simulation.amount(Some("clinic"), Some("visiting"), &Period::All).unwrap().sum()
}
