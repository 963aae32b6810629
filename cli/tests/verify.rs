//! `verify`: cases of an invented contract, as text, JSON and a page; what differs; what cannot be read.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::Path;

use common::{read, root, run};
use serde_json::Value;

const CASES: &str = "fixtures/cases/clinic.cases.json";
const WRONG: &str = "fixtures/cases/wrong.cases.json";

/// A folder with the contract, and a case file made from the shipped one.
fn folder(name: &str, change: impl Fn(String) -> String) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("within")).unwrap();
    for file in ["clinic.json", "within/clinic.json"] {
        fs::copy(root().join("fixtures/cases/clinic.json"), folder.join(file)).unwrap();
    }
    fs::write(folder.join("within/clinic.cases.json"), change(read(CASES))).unwrap();
    folder.to_string_lossy().into_owned()
}

#[test]
fn cases_that_are_as_expected_are_counted() {
    let out = run(&["verify", CASES]).expect(0).out;
    let row = out.lines().nth(1).unwrap();
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words, ["Clinics", "and", "their", "visits", "4", "2", "1", "1", "31", "30", "1", "0"]);
    assert_eq!(out.lines().count(), 2);
}

#[test]
fn folders_are_searched_and_one_case_can_be_chosen() {
    let folder = folder("verify-folder", |text| text);
    assert!(run(&["verify", &folder, CASES]).expect(0).out.contains("2 schemes"));
    let one = run(&["verify", &folder, "--only", "one-quarter"]).expect(0).out;
    assert!(one.lines().nth(1).unwrap().ends_with("2      2       0       0"), "{one}");
    let none = run(&["verify", &folder, "--only", "one-year"]).expect(1).err;
    assert!(none.contains("no case is called `one-year`"), "{none}");
    let empty = run(&["verify", "tests"]).expect(1).err;
    assert!(empty.contains("there is no file `*.cases.json`"), "{empty}");
}

#[test]
fn what_differs_is_shown_and_explained() {
    let folder = folder("verify-differs", |text| text.replace("\"night\": 100", "\"night\": \"99.99\""));
    let out = run(&["verify", &folder]).expect(1).out;
    assert!(out.contains("night  expected 99.99, got 100.00, off by 0.01"), "{out}");
    assert!(out.contains("--only one-clinic --explain"), "{out}");
    let out = run(&["verify", &folder, "--explain"]).expect(1).out;
    assert!(
        out.contains("night: amount") && out.contains("observed (one-clinic, open_at_night, row 5)"),
        "{out}"
    );
    assert!(!out.contains("--explain"), "{out}");
}

#[test]
fn tools_read_the_same() {
    let json: Value =
        serde_json::from_str(&run(&["verify", CASES, "--format", "json"]).expect(0).out).unwrap();
    assert_eq!(json["counts"]["exact"], 30);
    let case = &json["files"][0]["cases"][1];
    assert_eq!(case["standing"], "published");
    let amounts = case["amounts"].as_array().unwrap();
    let last = amounts.last().unwrap();
    assert_eq!(
        (&last["what"], &last["outcome"], &last["got"]),
        (&"bonus".into(), &"within".into(), &"416.67".into())
    );
    let wrong: Value =
        serde_json::from_str(&run(&["verify", WRONG, "--format", "json"]).expect(1).out).unwrap();
    let codes: Vec<&str> = wrong["files"][0]["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"case-standing") && codes.contains(&"case-expected"), "{codes:?}");
}

#[test]
fn the_page_says_what_is_from_memory() {
    let page = run(&["verify", CASES, "--format", "markdown"]).expect(0).out;
    assert!(page.contains(
        "| [Clinics and their visits](#clinics-and-their-visits) | 4 | 2 | 1 | 1 | 31 | 30 | 1 | 0 |"
    ));
    assert!(page.contains("Source: none; it is invented"), "{page}");
    for said in [
        "- `other-terms`",
        "`two-clinics`: that a suppressed result earns nothing",
        "off by 0.07: the source",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
}

#[test]
fn files_that_cannot_be_read_do_not_stop_the_others() {
    let folder = folder("verify-unread", |text| text.replace("clinic.json", "clinics.json"));
    let broken = common::file("broken.cases.json", b"{ \"cases_of\": ");
    let found = run(&["verify", &folder, &broken, CASES]).expect(1).out;
    assert!(found.contains("Clinics and their visits") && found.contains("error[json-syntax]"), "{found}");
    assert!(found.contains("clinics.json cannot be read"), "{found}");
    let json: Value =
        serde_json::from_str(&run(&["verify", &broken, "--format", "json"]).expect(1).out).unwrap();
    assert_eq!(json["unread"][0]["problems"][0]["code"], "json-syntax");
}

#[test]
fn editors_are_told_the_form() {
    let schema: Value = serde_json::from_str(&run(&["schema", "--of", "cases"]).expect(0).out).unwrap();
    let case = &schema["properties"]["cases"]["additionalProperties"];
    assert_eq!(case["properties"]["verified"]["enum"], serde_json::json!(["found", "remembered"]));
    assert_eq!(schema["required"], serde_json::json!(["cases_of", "title", "cases"]));
}
