//! Files as people have them: byte-order marks, semicolons, other encodings, several, none.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{PRIME, YEAR_ONE, evaluate, file, read, run, run_with};
use serde_json::Value;

/// What the shipped file gives.
fn expected() -> String {
    evaluate(YEAR_ONE, &["--format", "csv"]).expect(0).out
}

fn gives_the_same(name: &str, bytes: &[u8]) {
    assert_eq!(evaluate(&file(name, bytes), &["--format", "csv"]).expect(0).out, expected(), "{name}");
}

#[test]
fn spreadsheets_save_in_many_ways() {
    let text = read(YEAR_ONE);
    gives_the_same("bom.csv", format!("\u{feff}{text}").as_bytes());
    gives_the_same("crlf.csv", text.replace('\n', "\r\n").as_bytes());
    gives_the_same("semicolon.csv", text.replace(',', ";").as_bytes());
    gives_the_same("tab.csv", text.replace(',', "\t").as_bytes());
    gives_the_same("all.csv", format!("\u{feff}{}", text.replace(',', ";").replace('\n', "\r\n")).as_bytes());
    gives_the_same("blank-rows.csv", text.replace('\n', "\n\n,,,,,,,,\n").as_bytes());
}

#[test]
fn standard_input_is_a_file() {
    let text = read(YEAR_ONE);
    let arguments = ["evaluate", PRIME, "--observations", "-", "--format", "csv"];
    assert_eq!(run_with(&arguments, text.as_bytes()).expect(0).out, expected());
    run(&["evaluate", PRIME, "--observations", "-", "-"]).expect(2);
    run_with(&["check", "-"], read(PRIME).as_bytes()).expect(0);
}

#[test]
fn observations_may_stand_in_several_files() {
    let text = read(YEAR_ONE);
    let (head, rows) = text.split_once('\n').unwrap();
    let (lists, others): (Vec<&str>, Vec<&str>) = rows.lines().partition(|row| row.starts_with("registered"));
    let lists = file("lists.csv", format!("{head}\n{}\n", lists.join("\n")).as_bytes());
    let others = file("others.csv", format!("{head}\n{}\n", others.join("\n")).as_bytes());
    let out = run(&["evaluate", PRIME, "--observations", &lists, &others, "--format", "csv"]).expect(0).out;
    assert_eq!(out, expected());
}

#[test]
fn the_same_row_in_two_files_is_refused() {
    let refused = run(&["evaluate", PRIME, "--observations", YEAR_ONE, "--observations", YEAR_ONE]).expect(1);
    assert!(refused.err.contains("data-double") && refused.err.contains("row 2"), "{}", refused.err);
    assert!(refused.out.is_empty());
}

#[test]
fn other_encodings_give_the_same() {
    let text = read(YEAR_ONE);
    let mut noted = text.replacen("submission\n", "submission,note\n", 1);
    noted = noted.replacen("6000,freeze\n", "6000,freeze,caf\u{e9}\n", 1);
    let windows: Vec<u8> = noted.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert!(String::from_utf8(windows.clone()).is_err());
    gives_the_same("windows.csv", &windows);
    let utf16 = noted.encode_utf16().flat_map(u16::to_le_bytes);
    gives_the_same("utf16.csv", &[0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>());
    gives_the_same("titles.csv", format!("Harbourside; year one\n\n{text}").as_bytes());
}

#[test]
fn text_in_no_encoding_is_refused_with_its_row() {
    let mut bytes = read(YEAR_ONE).into_bytes();
    let row = format!("row {}", bytes.iter().filter(|byte| **byte == b'\n').count() + 1);
    bytes.extend(b"registered,2026/27Q1,caf\xc3\xa9,,,,,6000,caf\xe9\n");
    let refused = evaluate(&file("mixed.csv", &bytes), &[]).expect(1);
    for part in ["file-encoding", "mixed.csv", &row, "CSV UTF-8"] {
        assert!(refused.err.contains(part), "{part} in {}", refused.err);
    }
    let workbook = evaluate(&file("broken.xlsx", b"PK\x03\x04rest"), &[]).expect(1);
    assert!(workbook.err.contains("file-sheet"), "{}", workbook.err);
}

#[test]
fn rows_are_named_as_a_spreadsheet_counts_them() {
    let text = "measure,period,note,value\n\"registered\",2026/27Q1,\"two\nlines\",1\n\nwrong,2026/27Q1,,1\n";
    let refused = evaluate(&file("rows.csv", text.as_bytes()), &["--format", "json"]).expect(1);
    let json: Value = serde_json::from_str(&refused.out).unwrap();
    let rows: Vec<i64> = json["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|problem| problem["place"]["row"].as_i64())
        .collect();
    assert_eq!(rows, [2, 4]);
}

#[test]
fn a_missing_file_is_named() {
    let refused = evaluate("no/such.csv", &[]).expect(1);
    assert!(refused.err.contains("no/such.csv cannot be read: No such file"), "{}", refused.err);
    let refused = run(&["check", "no-such.json", PRIME]).expect(1);
    assert!(refused.out.contains("no-such.json cannot be read") && refused.out.contains("no problems"));
    let json = evaluate("no/such.csv", &["--format", "json"]).expect(1).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["problems"][0]["code"], "file-unreadable");
}

#[test]
fn missing_observations_are_reported_together() {
    let text = read(YEAR_ONE);
    let (head, _) = text.split_once('\n').unwrap();
    let some = file("some.csv", format!("{head}\nregistered,2026/27Q1,complex,,,,,6000,freeze\n").as_bytes());
    let refused = evaluate(&some, &[]).expect(1);
    assert!(refused.err.matches("data-missing").count() > 3, "{}", refused.err);
}
