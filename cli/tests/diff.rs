//! `diff`: what changed in words, who gains or loses, and bounds whose witnesses come to what is claimed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{PRIME, YEAR_ONE, file, read, run};
use serde_json::Value;

/// A clinic that is paid by the head and for patients seen promptly.
fn clinic(name: &str, price: &str, floor: &str, more: &str) -> String {
    let text = format!(
        r#"{{ "carepact": 1, "contract": "clinic", "title": "Clinic", "synthetic": true, "currency": "GBP",
        "rounding": {{ "mode": "half_away", "residue": "largest_remainder" }},
        "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
        "parties": [{{ "id": "icb", "role": "commissioner" }}, {{ "id": "trust", "role": "provider" }}],
        "measures": {{
          "people": {{ "kind": "count", "unit": "person", "per": "year", "range": [0, 1000] }},
          "seen": {{ "kind": "number", "per": "year", "range": [0, 1], "step": "0.01", "better": "higher" }}{more} }},
        "tables": {{ "price": "{price} GBP/person/year", "paid_from": "{floor}" }},
        "clauses": {{
          "core": {{ "kind": "capitation", "from": "icb", "to": "trust", "per": "year", "amount": "people * price * months" }},
          "prompt": {{ "kind": "incentive", "from": "icb", "to": "trust", "per": "year", "amount": "GBP 4000 * score(seen, paid_from, 80%)" }} }} }}"#
    );
    file(name, text.as_bytes())
}

fn json(arguments: &[&str]) -> Value {
    let mut all = vec!["diff"];
    all.extend(arguments);
    all.extend(["--format", "json"]);
    serde_json::from_str(&run(&all).expect(0).out).unwrap()
}

/// What the trust nets in a statement of these observations, in pence.
fn net(contract: &str, csv: &str) -> i64 {
    let arguments = ["evaluate", contract, "--observations", csv, "--format", "json"];
    let statement: Value = serde_json::from_str(&run(&arguments).expect(0).out).unwrap();
    let parties = statement["totals"]["parties"].as_array().unwrap();
    let trust = parties.iter().find(|party| party["party"] == "trust").unwrap();
    trust["net"].as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn witnesses_come_to_what_is_claimed_under_both_contracts() {
    let (before, after) = (clinic("before.json", "10", "60%", ""), clinic("after.json", "12", "70%", ""));
    let found = json(&[&before, &after]);
    let of_trust = |bound: &&Value| bound["of"]["party"] == "trust";
    let bound = found["bounds"].as_array().unwrap().iter().find(of_trust).unwrap();
    // 2 for each of up to 1,000 people more; at 70 % seen, half of 4,000 less.
    for (end, expected) in [("least", "-2000"), ("most", "2000")] {
        let end = &bound[end];
        assert_eq!((end["bound"].as_str(), end["attained"].as_bool()), (Some(expected), Some(true)));
        let mut csv = "measure,period,value\n".to_string();
        for observed in end["witness"].as_array().unwrap() {
            let text = |field: &str| observed[field].as_str().unwrap().to_string();
            csv.push_str(&format!("{},{},{}\n", text("measure"), text("period"), text("value")));
        }
        let csv = file("witness.csv", csv.as_bytes());
        assert_eq!(net(&after, &csv) - net(&before, &csv), expected.parse::<i64>().unwrap() * 100);
    }
}

#[test]
fn changes_are_said_in_words_with_their_places() {
    let (before, after) = (
        clinic("words-before.json", "10", "60%", ""),
        clinic(
            "words-after.json",
            "10",
            "70%",
            r#", "left": { "kind": "count", "unit": "person", "per": "year", "range": [0, 9] }"#,
        ),
    );
    let found = json(&[&before, &after]);
    let changes = found["changes"].as_array().unwrap();
    let named: Vec<(&str, &str)> = changes
        .iter()
        .map(|change| (change["id"].as_str().unwrap(), change["standing"].as_str().unwrap()))
        .collect();
    assert_eq!(named, [("left", "added"), ("paid_from", "changed")]);
    assert!(changes[1]["place_before"].as_str().unwrap().ends_with("words-before.json:8"));
    assert_eq!(changes[1]["lines"][0]["before"].as_str(), Some("value: 60%"));
    assert_eq!(changes[1]["lines"][0]["after"].as_str(), Some("value: 70%"));
}

#[test]
fn the_same_contract_changes_nothing() {
    let out = run(&["diff", PRIME, PRIME, "--baseline", YEAR_ONE]).expect(0).out;
    assert!(out.contains("WHAT CHANGED") && out.contains("\nNothing.\n"), "{out}");
    assert!(out.contains("Nobody gains or loses.") && out.contains("It moves no money"), "{out}");
}

#[test]
fn observations_of_one_of_them_alone_are_fine_and_of_none_are_not() {
    let (before, after) = (
        clinic("alone-before.json", "10", "60%", ""),
        clinic(
            "alone-after.json",
            "11",
            "60%",
            r#", "left": { "kind": "count", "unit": "person", "per": "year", "range": [0, 9] }"#,
        ),
    );
    let data = "measure,period,value\npeople,2026/27,800\nseen,2026/27,0.65\n";
    let fine = file("alone.csv", format!("{data}left,2026/27,3\n").as_bytes());
    let found = json(&[&before, &after, "--baseline", &fine]);
    let amounts = found["stated"][0]["amounts"].as_array().unwrap();
    let trust = amounts.iter().find(|amount| amount["of"]["party"] == "trust").unwrap();
    assert_eq!(trust["change"].as_str(), Some("800"), "one more for each of 800 people");
    let wrong = file("none.csv", format!("{data}gone,2026/27,3\n").as_bytes());
    assert!(run(&["diff", &before, &after, "--baseline", &wrong]).expect(1).err.contains("gone"));
}

#[test]
fn two_currencies_are_refused() {
    let other = read(PRIME).replace("\"GBP\"", "\"EUR\"").replace("GBP", "EUR");
    let other = file("euros.json", other.as_bytes());
    let refused = run(&["diff", PRIME, &other]).expect(1);
    assert!(refused.err.contains("the first contract is in GBP, the second in EUR"), "{}", refused.err);
}

#[test]
fn what_is_missing_names_the_contract_that_lacks_it() {
    let more = r#", "left": { "kind": "count", "unit": "person", "per": "year", "range": [0, 9] }"#;
    let before = clinic("lacks-before.json", "10", "60%", "");
    let after = clinic("lacks-after.json", "11", "60%", more);
    // What both lack is said once, for both.
    let data = file("lacks.csv", b"measure,period,value\nseen,2026/27,0.65\n");
    let refused = run(&["diff", &before, &after, "--baseline", &data]).expect(1).err;
    assert!(refused.contains("`people` is missing in 2026/27, for both contracts"), "{refused}");
    assert!(refused.contains("1 error"), "{refused}");
    // Harbourside's year of care needs more than the prime provider does, which lacks nothing.
    let year_of_care = "contracts/harbourside/year-of-care.json";
    let refused =
        run(&["diff", PRIME, year_of_care, "--baseline", YEAR_ONE, "--period", "2026/27"]).expect(1).err;
    let missing: Vec<&str> = refused.lines().filter(|line| line.starts_with("error[data-missing]")).collect();
    assert!(!missing.is_empty(), "{refused}");
    assert!(missing.iter().all(|line| line.ends_with("year-of-care.json")), "{refused}");
}

#[test]
fn a_change_is_one_page() {
    let (before, after) =
        (clinic("page-before.json", "10", "60%", ""), clinic("page-after.json", "12", "70%", ""));
    let data = file("page.csv", b"measure,period,value\npeople,2026/27,800\nseen,2026/27,0.65\n");
    let html = run(&["diff", &before, &after, "--baseline", &data, "--format", "html"]).expect(0).out;
    assert!(
        html.starts_with("<!DOCTYPE html>") && !html.contains("<script") && !html.contains('`'),
        "{html}"
    );
    // 2 more for each of 800 people, and 1,000 less for promptness, as docs/guides/compare-designs.md says.
    assert!(html.contains("icb loses 600.00; trust gains 600.00."), "{html}");
    let row = html.lines().find(|line| line.contains(">table paid from: changed<"));
    assert!(row.is_some(), "{html}");
    assert!(html.contains(">value: 60%</th>") && html.contains(">value: 70%</td>"), "{html}");
    let hash = |file: &str| {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(read(file).as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert!(html.contains(&hash(&before)) && html.contains(&hash(&after)));
}
