//! `carepact solve`: answers that can be worked out by hand, and refusals.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{Run, file, run};
use serde_json::Value;

const CONTRACT: &str = r#"{ "carepact": 1, "contract": "visits", "title": "Visits", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "last" }, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "nurses", "role": "provider" }],
  "measures": {
    "visits": { "kind": "count", "unit": "visit", "per": "year", "range": [0, 1000] },
    "seen": { "kind": "ratio", "per": "year", "range": [0, 1], "denominator_range": [1, 1000], "better": "higher" } },
  "tables": { "price": "10 GBP/visit", "least": { "by": ["year"], "values": { "2026/27": "75%" } } },
  "clauses": {
    "visiting": { "kind": "activity", "from": "payer", "to": "nurses", "per": "year", "amount": "visits * price" },
    "bonus": { "kind": "incentive", "from": "payer", "to": "nurses", "per": "year",
      "amount": "if seen >= least then GBP 1000 else GBP 0" } } }"#;

const FIXED: &str = r#"{ "title": "Fixed", "draws": [{ "measure": "visits", "level": { "fixed": 400 } }] }"#;

const EVEN: &str = r#"{ "title": "Any number of visits",
  "draws": [{ "measure": "visits", "level": { "uniform": { "least": 0, "most": 1000 } } }] }"#;

/// Runs with a contract, observations of 2 of 4 seen, and these scenarios.
fn solve(name: &str, scenarios: &str, more: &[&str]) -> Run {
    let contract = file(&format!("{name}.json"), CONTRACT.as_bytes());
    let data = "measure,period,numerator,denominator,value\nseen,2026/27,2,4,\nvisits,2026/27,,,400\n";
    let data = file(&format!("{name}.csv"), data.as_bytes());
    let drawn = file(&format!("{name}.scenarios.json"), scenarios.as_bytes());
    let mut arguments = vec!["solve", &contract, "--observations", &data, "--scenarios", &drawn];
    arguments.extend(more);
    run(&arguments)
}

fn answer(run: Run) -> Value {
    serde_json::from_str(&run.expect(0).out).unwrap()
}

const PRICE: [&str; 2] = ["--parameter", "tables.price"];

#[test]
fn a_mean_is_brought_to_a_number() {
    // 400 visits come to £5,000 at £12.50 each.
    let until = ["--until", "mean(paid(visiting)) = 5000", "--count", "20", "--format", "json"];
    let json = answer(solve("mean", FIXED, &[&PRICE[..], &until[..]].concat()));
    assert_eq!(json["now"], "10 GBP/visit");
    assert_eq!(json["answers"][0]["answer"], "12.5 GBP/visit");
    assert_eq!(json["answers"][0]["measured"]["is"], "5000.00");
    assert_eq!(json["one_way"], true);
}

#[test]
fn draws_that_no_longer_matter_go_unused_and_csv_has_every_value() {
    // At £0 a visit no line depends on visits. 400 of them come to £2,000 at £5 each.
    let until = ["--until", "mean(paid(visiting)) >= 2000", "--between", "0", "20", "--step", "1"];
    let more = ["--count", "10", "--format", "csv"];
    let out = solve("unused", FIXED, &[&PRICE[..], &until[..], &more[..]].concat()).expect(0).out;
    let rows: Vec<&str> = out.lines().collect();
    assert_eq!(rows[0], "parameter,value,measured,from,to,met,answer");
    assert_eq!(rows[1], "tables.price,0,0.00,0.00,0.00,no,no");
    assert!(rows.contains(&"tables.price,5,2000.00,2000.00,2000.00,yes,yes"), "{out}");
}

#[test]
fn base_is_the_same_number_under_another_contract() {
    // What the other contract pays at £12.50 a visit, a contract that begins at £10 must pay at £12.50.
    let other = CONTRACT.replace("10 GBP/visit", "12.50 GBP/visit");
    let other = file("other.json", other.as_bytes());
    let until = ["--until", "mean(net(nurses, visiting)) = base", "--base", &other, "--count", "50"];
    let json = answer(solve("base", EVEN, &[&PRICE[..], &until[..], &["--format", "json"]].concat()));
    assert_eq!(json["answers"][0]["answer"], "12.5 GBP/visit");
}

#[test]
fn a_chance_is_brought_below_a_limit_and_its_uncertainty_told() {
    // Any number of visits to 1,000 is as likely: over £5,000 at price p with a chance of 1 − 5 / p, which
    // is a half at £10.
    let until = ["--until", "P(paid(visiting) > 5000) <= 50%", "--count", "4000", "--format", "json"];
    let json = answer(solve("chance", EVEN, &[&PRICE[..], &until[..]].concat()));
    let pounds = |value: &Value| value.as_str().unwrap().split(' ').next().unwrap().parse::<f64>().unwrap();
    let [low, high] = [0, 1].map(|end| pounds(&json["answers"][0]["between"][end]));
    // The standard error of a half in 4,000 is 0.79 %, of p it is p²/5 times that: 16 pence.
    assert!(low < 10.0 && 10.0 < high && high - low < 1.0, "{low} {high}");
    assert!((pounds(&json["answers"][0]["answer"]) - 10.0).abs() < 0.5);
}

#[test]
fn a_floor_is_moved_until_luck_is_rare() {
    // Of four with an even chance all four are seen in 1 of 16 years, three or more in 5 of 16.
    let floor = ["--parameter", "tables.least.values.2026/27", "--between", "50%", "100%", "--step", "1%"];
    let until = ["--until", "P(payment(bonus) | no change) < 10%"];
    let out = solve("floor", FIXED, &[&floor[..], &until[..]].concat()).expect(0).out;
    assert!(out.contains("Answer 76%: it is met there, 6.2 %, and not at 75%."), "{out}");
    assert!(out.contains("chances are exact"), "{out}");
    let until = ["--until", "P(payment(bonus) | no change) < 5%"];
    let refused = solve("never", FIXED, &[&floor[..], &until[..]].concat()).expect(1).err;
    assert!(
        refused.contains("is met nowhere in the bracket: it is 68.8 % at 50% and 6.2 % at 100%"),
        "{refused}"
    );
}

#[test]
fn a_loss_is_held_against_the_income_as_written() {
    // Without a cost base it is held against the mean income, £4,000 for visits: at £9.20 it is £3,680, a
    // loss of 8 %; at £9.21 less than that.
    let until = ["--until", "P(loss(nurses) >= 8% of income) < 50%", "--step", "0.01", "--count", "10"];
    let out = solve("loss", FIXED, &[&PRICE[..], &until[..]].concat()).expect(0).out;
    assert!(out.contains("Answer 9.21 GBP/visit"), "{out}");
    assert!(out.contains("no cost base is stated") && out.contains("the average income 4,000.00."), "{out}");
}

#[test]
fn what_cannot_be_searched_is_refused_with_a_remedy() {
    let until = ["--until", "mean(paid(visiting)) = 5000"];
    let cases: [(&str, &[&str], &str); 6] = [
        ("path", &["--parameter", "tables.prize", until[0], until[1]], "did you mean `price`?"),
        ("object", &["--parameter", "tables.least", until[0], until[1]], "an object, which is no number"),
        ("words", &["--parameter", "tables.price", "--until", "mean(visiting) = 5"], "column 6: `visiting`"),
        ("clause", &["--parameter", "tables.price", "--until", "mean(paid(visit)) = 5"], "no clause `visit`"),
        ("base", &["--parameter", "tables.price", "--until", "mean(paid(visiting)) = base"], "--base"),
        (
            "bracket",
            &["--parameter", "tables.price", until[0], until[1], "--between", "9", "3"],
            "the lesser value first",
        ),
    ];
    for (name, more, said) in cases {
        let refused = solve(&format!("refused-{name}"), FIXED, more).expect(1).err;
        assert!(refused.contains(said), "{name}: {refused}");
    }
}
