//! Statements of the shipped contracts as text, JSON and CSV, and explanations of their lines.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;

use carepact::Exact;
use common::{PRIME, YEAR_ONE, YEAR_TWO, evaluate, file, read, run};
use serde_json::Value;

#[test]
fn the_text_shows_the_figures_of_the_design() {
    let out = evaluate(YEAR_ONE, &[]).expect(0).out;
    for figure in [
        "SYNTHETIC",
        "311,940,000.00", // the contract value of the first year
        "12,477,600.00",  // held back
        "7,020,909.43",   // earned by outcomes
        "3,301,585.97",   // of it by the prime provider
        "77,006,282.97",  // what the prime provider keeps
        "Estuary Community and Mental Health Trust",
        "Schedule 3, paragraph 3",
        "paid through emh",
        "12 lines each",
        "control total",
    ] {
        assert!(out.to_lowercase().contains(&figure.to_lowercase()), "{figure} is missing in\n{out}");
    }
    // The last rows are commands to copy, which are not divided.
    let page = out.split("To see why").next().unwrap();
    let widest = page.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 110, "{widest} characters");
    assert!(!out.contains('\u{1b}'), "nothing relies on colour");
}

#[test]
fn every_line_is_shown_with_number_and_id() {
    let out = evaluate(YEAR_ONE, &["--lines"]).expect(0).out;
    let json: Value = serde_json::from_str(&evaluate(YEAR_ONE, &["--format", "json"]).expect(0).out).unwrap();
    let lines = json["lines"].as_array().unwrap();
    let mut rows = out.lines();
    for line in lines {
        let (number, id) = (line["number"].to_string(), line["id"].as_str().unwrap());
        let begins = |row: &&str| row.split_whitespace().take(2).eq([number.as_str(), id]);
        assert!(rows.any(|row| begins(&row)), "{number} {id}");
    }
}

#[test]
fn json_has_lines_totals_positions_and_zero_controls() {
    let json: Value = serde_json::from_str(&evaluate(YEAR_ONE, &["--format", "json"]).expect(0).out).unwrap();
    assert_eq!(json["contract"], "harbourside_prime_provider");
    assert_eq!(json["synthetic"], true);
    assert_eq!(json["periods"], serde_json::json!(["2026/27"]));
    let clause = |name: &str| {
        let clauses = json["totals"]["clauses"].as_array().unwrap();
        clauses.iter().find(|total| total["clause"] == name).unwrap().clone()
    };
    assert_eq!(clause("core")["entitlement"], "311940000.00");
    assert_eq!(clause("outcomes")["entitlement"], "7020909.43");
    assert_eq!(json["positions"][0]["keeps"], "77006282.97");
    let controls = json["controls"].as_array().unwrap();
    assert!(!controls.is_empty() && controls.iter().all(|control| control["amount"] == "0.00"));
}

#[test]
fn csv_reads_back_and_adds_up() {
    let out = evaluate(YEAR_ONE, &["--format", "csv"]).expect(0).out;
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let mut sums: BTreeMap<(String, String), Exact> = BTreeMap::new();
    for row in reader.deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let key = (row["clause"].clone(), row["type"].clone());
        let amount = Exact::parse(&row["amount"]).unwrap();
        let sum = sums.entry(key).or_insert(Exact::ZERO);
        *sum = &*sum + &amount;
    }
    let sum = |clause: &str, line_type: &str| sums[&(clause.to_string(), line_type.to_string())].plain(2);
    assert_eq!(sum("core", "entitlement"), "311940000.00");
    assert_eq!(sum("core", "on account"), "311940000.00");
    assert_eq!(sum("outcomes", "entitlement"), "7020909.43");
}

#[test]
fn text_cells_of_csv_are_no_formulas() {
    let contract = read(PRIME).replace("\"Payment per person\"", "\"=1+1\"");
    let contract = file("formula.json", contract.as_bytes());
    let out = run(&["evaluate", &contract, "--observations", YEAR_ONE, "--format", "csv"]).expect(0).out;
    assert!(out.contains(",'=1+1,") && !out.contains(",=1+1"));
}

#[test]
fn two_years_are_two_blocks() {
    let out = run(&["evaluate", PRIME, "--observations", YEAR_ONE, YEAR_TWO]).expect(0).out;
    assert!(out.contains("2026-04 to 2027-03, 12 lines each"));
    assert!(out.contains("2027-04 to 2028-03, 12 lines each"));
    assert!(out.contains("322,470,470.52"));
}

#[test]
fn flex_is_provisional() {
    let flex = evaluate(YEAR_ONE, &["--as-of", "flex"]).expect(0).out;
    assert!(flex.contains("PROVISIONAL: 2 of") && flex.contains("209,959.62"));
    let freeze = evaluate(YEAR_ONE, &["--as-of", "freeze"]).expect(0).out;
    assert!(freeze.contains("final: no line rests on flex data"));
}

#[test]
fn a_period_can_be_asked_for() {
    let out = evaluate(YEAR_ONE, &["--period", "2026-05"]).expect(0).out;
    assert!(out.contains("25,995,000.00") && !out.contains("outcomes:"));
    let refused = evaluate(YEAR_ONE, &["--period", "2036/37"]).expect(1);
    assert!(refused.err.contains("unknown-period") && refused.out.is_empty());
}

#[test]
fn clauses_in_shadow_are_marked() {
    let mut data = "measure,period,segment,value\ncost,2026/27,,80000000\n".to_string();
    for quarter in 1..=4 {
        for (segment, people) in [("complex", 2000), ("long_term", 18000), ("everyone_else", 80000)] {
            data.push_str(&format!("registered,2026/27Q{quarter},{segment},{people}\n"));
        }
    }
    let data = file("shadow.csv", data.as_bytes());
    let out = run(&["evaluate", "contracts/new/capitated.json", "--observations", &data]).expect(0).out;
    assert!(out.contains("shadow: shown and not counted") && out.contains("(shadow: not counted)"), "{out}");
}

#[test]
fn holders_are_named() {
    let out = run(&[
        "evaluate",
        "contracts/examples/hospital-scores.json",
        "--observations",
        "fixtures/examples/hospital-scores.csv",
    ]);
    let out = out.expect(0).out;
    assert!(out.contains("H01") && out.contains("2,025,000.00"));
}

#[test]
fn lines_are_explained_down_to_the_row() {
    for order in [
        ["explain", PRIME, "outcomes:2026/27:C01", "--observations", YEAR_ONE],
        ["explain", PRIME, "--observations", YEAR_ONE, "outcomes:2026/27:C01"],
    ] {
        let out = run(&order).expect(0).out;
        assert!(out.contains("480,803.52") && out.contains("2026-27.csv, row"), "{out}");
    }
    let json = run(&["explain", PRIME, "1", "--observations", YEAR_ONE, "--format", "json"]).expect(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["line"], "core:2026-04:complex");
}

#[test]
fn a_line_that_is_not_there_is_refused() {
    let refused = run(&["explain", PRIME, "outcomes:2026/27:C99", "--observations", YEAR_ONE]).expect(1);
    assert!(refused.err.contains("unknown-line") && refused.err.contains("did you mean"));
}

#[test]
fn the_command_that_is_shown_works() {
    let out = evaluate(YEAR_ONE, &["--as-of", "flex"]).expect(0).out;
    let shown = out.lines().last().unwrap().trim().strip_prefix("carepact ").unwrap();
    run(&shown.split(' ').collect::<Vec<_>>()).expect(0);
}
