//! Warnings on a design as they are printed: for people, for tools, and each rule by its name.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use carepact::source::rules;
use common::{file, read, run};
use serde_json::Value;

const BAD: &str = "contracts/harbourside/bad.json";
const DATA: &str = "fixtures/harbourside/bad-2026-27.csv";

#[test]
fn warnings_are_data_with_place_reason_and_remedy() {
    let json = run(&["audit", BAD, "--baseline", DATA, "--format", "json"]).expect(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    let design = &json["design"];
    assert_eq!((design["unexplained"].as_u64(), design["explained"].as_u64()), (Some(19), Some(0)));
    let warnings = design["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 19);
    for warning in warnings {
        for field in ["rule", "concern", "found", "statement", "reason", "source", "remedy"] {
            assert!(warning[field].as_str().is_some_and(|text| !text.is_empty()), "{warning}: {field}");
        }
        assert!(warning["silenced"].is_null());
        // The place is the one that is meant: its line says so.
        let line = usize::try_from(warning["place"]["line"].as_u64().unwrap()).unwrap();
        let text = read(BAD);
        let written = text.lines().nth(line - 1).unwrap();
        let clause = warning["clauses"][0].as_str();
        assert!(
            clause.is_none_or(|id| written.contains(id) || written.contains("silenced")),
            "{warning}: {written}"
        );
    }
    assert_eq!(design["effective_numbers"].as_array().unwrap().len(), 4);
    assert_eq!(design["muted"][0]["from"], "500");
    assert_eq!(design["overlaps"][0]["event"], "patient_in_ae");
}

#[test]
fn a_silence_moves_a_warning_to_those_that_are_explained() {
    let text = read(BAD).replace(
        "\"silenced\": { \"uncapped-penalty\": \"it was capped in an earlier draft\" }",
        "\"silenced\": {}",
    );
    let text = text.replacen(
        "\"currency\"",
        "\"silenced\": { \"unassigned-area\": \"other contracts have them\" }, \"currency\"",
        1,
    );
    let silenced = file("silenced.json", text.as_bytes());
    let out = run(&["audit", &silenced, "--baseline", DATA]).expect(0).out;
    assert!(
        out.contains("17 unexplained warnings: 10 serious, 7 of caution; 1 explained in the contract."),
        "{out}"
    );
    assert!(out.contains("meant: other contracts have them"), "{out}");
}

#[test]
fn diagnostics_say_why_each_rule_is_there() {
    let all = run(&["diagnostics"]).expect(0).out;
    for rule in rules::ALL {
        assert!(all.lines().any(|line| line.starts_with(rule.name)), "{} is not listed", rule.name);
        let one = run(&["diagnostics", rule.name]).expect(0).out;
        for word in ["Rule: ", "Why: ", "From: ", "Remedy: "] {
            assert!(one.contains(word), "{one}");
        }
    }
    let near = run(&["diagnostics", "overlaps"]).expect(1).err;
    assert!(near.contains("did you mean `overlap`?"), "{near}");
}
