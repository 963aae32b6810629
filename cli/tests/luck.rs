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
    let none = run(&["luck", PRIME, "--observations", YEAR_ONE, "--holder", "A1"]).expect(1);
    assert!(none.err.contains("the contract has no holders, and `A1` is asked for"), "{}", none.err);
}

/// Practices that are paid £1,000 from three quarters on.
const PRACTICES: &str = r#"{ "carepact": 1, "contract": "many", "title": "Many", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "last" }, "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "payer", "role": "commissioner" }, { "id": "practice", "many": true, "role": "provider" }],
  "measures": { "met": { "kind": "ratio", "by": ["practice"], "per": "quarter", "combine": "pooled", "range": [0, 1],
    "denominator_range": [1, 1000], "better": "higher" } },
  "clauses": { "bonus": { "kind": "incentive", "from": "payer", "to": "practice", "per": "quarter",
      "amount": "if met >= 75% then GBP 1000 else GBP 0" } } }"#;

#[test]
fn holders_are_summed_up_in_text_and_all_of_them_are_in_csv_and_json() {
    let contract = file("luck-practices.json", PRACTICES.as_bytes());
    // Half of all: of 4, 8 and 12 people. In the second quarter B has 4 too, and C has done it all.
    let people = [
        ("A", [("2", "4"); 4]),
        ("B", [("4", "8"), ("2", "4"), ("4", "8"), ("4", "8")]),
        ("C", [("6", "12"), ("12", "12"), ("6", "12"), ("6", "12")]),
    ];
    let mut data = "measure,period,practice,numerator,denominator\n".to_string();
    for (holder, quarters) in people {
        for (quarter, (numerator, denominator)) in (1..).zip(quarters) {
            data.push_str(&format!("met,2026/27Q{quarter},{holder},{numerator},{denominator}\n"));
        }
    }
    let data = file("luck-practices.csv", data.as_bytes());
    let luck = |more: &[&str]| {
        let mut arguments = vec!["luck", &contract, "--observations", &data];
        arguments.extend(more);
        run(&arguments).expect(0).out
    };
    // Of 4: 5/16 = 31.25 %. Of 8, 6 or more: (28 + 8 + 1)/256 = 14.45 %. Of 12, 9 or more: (220 + 66 + 12 +
    // 1)/4096 = 7.3 %. Of each the worst quarter: A 31.3 %, B 31.3 %, and C, who has done it all, certainly.
    let text = luck(&[]);
    let row = text.lines().find(|line| line.starts_with("bonus ×4")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells[2..], ["3", "31.2 %", "A", "31.2 %", "> 99.9 %", "C", "12", "3"], "{text}");
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("Each of 3 holders in turn"), "{text}");
    // In the first quarter alone: 7.3 %, 14.5 %, 31.3 %.
    let text = luck(&["--period", "2026/27Q1", "--acceptable", "10%"]);
    let row = text.lines().find(|line| line.starts_with("bonus ")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells[2..], ["3", "7.3 %", "C", "14.5 %", "31.2 %", "A", "4", "2"], "{text}");

    let csv = luck(&["--format", "csv"]);
    assert_eq!(csv.lines().count(), 1 + 3 * 4);
    assert!(csv.starts_with("line,clause,period,members,party,holder,figure"), "{csv}");
    let all = luck(&["--format", "json", "--threads", "3"]);
    assert_eq!(all, luck(&["--format", "json", "--threads", "1"]));
    let json: Value = serde_json::from_str(&all).unwrap();
    let lines = json["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &json["holders"]), (12, &3.into()));
    for holder in ["A", "B", "C"] {
        let alone: Value = serde_json::from_str(&luck(&["--format", "json", "--holder", holder])).unwrap();
        let own: Vec<&Value> = lines.iter().filter(|line| line["holder"] == *holder).collect();
        assert_eq!(own, alone["lines"].as_array().unwrap().iter().collect::<Vec<_>>());
    }
    let summary = &json["summary"][0];
    assert_eq!((&summary["least"]["holder"], &summary["median"]), (&"A".into(), &0.3125.into()));
}
