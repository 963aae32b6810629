//! `carepact luck` from the command line: text, JSON, CSV, and refusals.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{PRIME, YEAR_ONE, file, run};
use serde_json::Value;

const RATES: &str = "fixtures/harbourside/baseline-rates.csv";

fn luck(more: &[&str]) -> common::Run {
    let mut arguments = vec!["luck", PRIME, "--observations", YEAR_ONE];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn the_text_says_what_a_commissioner_must_know() {
    let out = luck(&["--rates", RATES]).expect(0).out;
    let row = |id: &str| out.lines().find(|line| line.starts_with(&format!("outcomes {id} "))).unwrap();
    for (id, ends) in [("C07", "8.2 %    8.6 %           1,714"), ("C09", "96.2 %   96.3 %           never")]
    {
        assert!(row(id).ends_with(ends), "{}", row(id));
    }
    let sentence =
        "outcomes C09: with a chance of 96.2 % emh and gpc are paid although nothing changed; no number";
    assert!(out.contains(sentence), "{out}");
    for heading in [
        "Paid although nothing changed",
        "Fined although the target is truly met",
        "Not paid although it truly improved",
        "Insurance risk and performance risk",
        "Left to simulation",
    ] {
        assert!(out.contains(heading), "{heading} is missing in\n{out}");
    }
}

#[test]
fn json_and_csv_hold_every_line_and_party() {
    let json: Value =
        serde_json::from_str(&luck(&["--rates", RATES, "--format", "json"]).expect(0).out).unwrap();
    let lines = json["lines"].as_array().unwrap();
    // 14 indicators with 26 shares of parties, 24 lines of breaches, the gain share for two.
    assert_eq!(lines.len(), 26 + 24 + 2);
    let is = |line: &&Value| line["line"] == "outcomes:2026/27:C09" && line["party"] == "gpc";
    let line = lines.iter().find(is).unwrap();
    assert_eq!(
        (&line["baseline"], &line["counted"], &line["starts"]),
        (&"0.655".into(), &"1150".into(), &"0.63".into())
    );
    assert_eq!(line["paid_unchanged"]["enough"], "never");
    assert_eq!(line["paid_unchanged"]["too_likely"], true);
    let roughly = line["paid_unchanged"]["roughly"].to_string();
    assert!(roughly.starts_with("0.962"), "{roughly}");
    let out = luck(&["--rates", RATES, "--format", "csv"]).expect(0).out;
    assert_eq!(out.lines().count(), 1 + lines.len());
    let cells = |row: &str| row.split(',').count();
    assert!(out.lines().all(|row| cells(row) == 28), "{out}");
}

#[test]
fn what_is_wrong_is_refused() {
    let rates = file("wrong-rates.csv", b"measure,indicator,baseline\noutcome,C99,50%\n");
    let refused = luck(&["--rates", &rates]).expect(1);
    assert!(refused.err.contains("no stated line rests on this figure") && refused.err.contains("row 2"));
    let refused = luck(&["--improvement", "150%"]).expect(1);
    assert!(refused.err.contains("--improvement 150%"));
    let many = "contracts/examples/hospital-scores.json";
    let data = "fixtures/examples/hospital-scores.csv";
    let refused = run(&["luck", many, "--observations", data]).expect(1);
    assert!(refused.err.contains("many holders"), "{}", refused.err);
}
