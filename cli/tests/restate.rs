//! `carepact restate` on Harbourside: other data, another submission, a variation, and nothing at all.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;

use common::{PRIME, Run, YEAR_ONE, file, read, root, run};
use serde_json::{Value, json};

const GROWTH: &str = "fixtures/harbourside/2026-27-list-growth.csv";

fn restate(observations: &str, more: &[&str]) -> Run {
    run(&[&["restate", PRIME, "--observations", observations, "--period", "2026/27"], more].concat())
}

fn as_json(run: Run) -> Value {
    serde_json::from_str(&run.expect(0).out).unwrap()
}

#[test]
fn flex_to_freeze_is_one_figure_and_two_lines() {
    let report = as_json(restate(YEAR_ONE, &["--previous-as-of", "flex", "--format", "json"]));
    // C03 was 3,480 of 4,290 and is 3,586 of 4,320: £419,919.23 and £549,649.83.
    let due = json!([{ "clause": "outcomes", "entitlement": "129730.60", "payable": "129730.60" }]);
    assert_eq!(report["clauses"], due);
    let changes = report["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["what"]), (1, &json!("outcome 2026/27 C03")));
    assert!(changes[0]["from"].as_str().unwrap().starts_with("3,480 / 4,290 (flex, "), "{changes:?}");
    // The acute trust has the larger half of both: 209,959.62 and 274,824.92.
    let lines = report["lines"].as_array().unwrap();
    let trust = lines.iter().find(|line| line["payee"] == "sba").unwrap();
    assert_eq!([&trust["before"], &trust["now"], &trust["amount"]], ["209959.62", "274824.92", "64865.30"]);
    assert_eq!(lines.len(), 2);
    assert_eq!([&report["before"]["as_of"], &report["now"]["as_of"]], ["flex", "freeze"]);

    let text = restate(YEAR_ONE, &["--previous-as-of", "flex"]).expect(0).out;
    let row = "outcomes:2026/27:C03  icb → sba     209,959.62  274,824.92   64,865.30  1\n";
    assert!(text.contains(row), "{text}");
    assert!(!text.contains("posted"), "{text}");
}

#[test]
fn a_list_that_grew_is_told_by_clause_and_as_csv() {
    let more = ["--previous", YEAR_ONE, "--format"];
    let report = as_json(restate(GROWTH, &[&more[..], &["json"]].concat()));
    let clauses = report["clauses"].as_array().unwrap();
    let core = clauses.iter().find(|clause| clause["clause"] == "core").unwrap();
    // 1,825 people more on average at £1,039.80: 301,825 instead of 300,000.
    assert_eq!(core["entitlement"], "1897635.00");
    let csv = restate(GROWTH, &[&more[..], &["csv"]].concat()).expect(0).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let at = |name: &str| headings.iter().position(|known| known == name).unwrap();
    let mut pence = 0;
    for row in reader.records().map(Result::unwrap) {
        let own = &row[at("clause")] == "core" && &row[at("type")] == "entitlement";
        pence += if own { row[at("difference")].replace('.', "").parse::<i64>().unwrap() } else { 0 };
        assert!(row[at("causes")].starts_with("data: registered 2026/27Q"), "{row:?}");
    }
    assert_eq!(pence, 189_763_500);
}

#[test]
fn a_variation_is_named_by_its_place() {
    let contract = read(PRIME);
    // £2,640 becomes £2,641 for 54,000 people in each month of the year, a twelfth each: £54,000 in all.
    let place = "[11400, 2640, ";
    assert_eq!(contract.matches(place).count(), 1, "the price stands in one place");
    let varied = file("restate-varied.json", contract.replace(place, "[11400, 2641, ").as_bytes());
    let arguments = ["restate", &varied, "--observations", YEAR_ONE, "--period", "2026/27"];
    let report =
        as_json(run(&[&arguments[..], &["--previous-contract", PRIME, "--format", "json"]].concat()));
    let clauses = report["clauses"].as_array().unwrap();
    let core = clauses.iter().find(|clause| clause["clause"] == "core").unwrap();
    assert_eq!(core["entitlement"], "54000.00");
    let changes = report["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["kind"]), (1, &json!("term")));
    assert!(
        changes[0]["what"].as_str().unwrap().starts_with("/tables/price_2026/values/1 (line "),
        "{changes:?}"
    );
}

#[test]
fn the_same_is_the_same_and_mistakes_are_told() {
    let report = as_json(restate(YEAR_ONE, &["--previous", YEAR_ONE, "--format", "json"]));
    assert_eq!([&report["lines"], &report["changes"], &report["clauses"]], [&json!([]); 3]);
    let text = restate(YEAR_ONE, &["--previous", YEAR_ONE]).expect(0).out;
    assert!(text.contains("nothing differs"), "{text}");
    assert!(restate(YEAR_ONE, &[]).expect(2).err.contains("--previous"));
    let lacking =
        file("restate-lacking.csv", b"measure,period,segment,value\nregistered,2026/27Q1,complex,1\n");
    assert!(restate(YEAR_ONE, &["--previous", &lacking]).expect(1).err.contains("error[data-missing]"));
    let output = file("restated.csv", b"");
    let more = ["--previous-as-of", "flex", "--format", "csv", "--output", &output];
    assert!(restate(YEAR_ONE, &more).expect(1).err.contains("is there already"));
    fs::remove_file(root().join(&output)).unwrap();
    restate(YEAR_ONE, &more).expect(0);
    assert_eq!(read(&output).lines().count(), 3);
}
