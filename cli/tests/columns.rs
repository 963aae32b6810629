//! The reference of the command line lists the columns and fields that commands write, all and in their order.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use common::{PRIME, YEAR_ONE, file, read, run};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

/// Names of the first columns of the table that follows a text of the reference.
fn listed(after: &str) -> Vec<String> {
    let page = read("docs/reference/cli.md");
    let (_, rest) = page.split_once(after).unwrap_or_else(|| panic!("the reference lacks: {after}"));
    let rows = rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let first = rows.take_while(|line| line.starts_with('|')).map(|line| line.split('|').nth(1).unwrap());
    first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_string).collect()
}

/// The headings that a command prints.
fn headings(arguments: &[&str]) -> Vec<String> {
    let out = run(arguments).expect(0).out;
    out.lines().next().unwrap().split(',').map(str::to_string).collect()
}

const LEDGER: &str = "fixtures/harbourside/payments-2026-27Q1.csv";
const RECONCILE: [&str; 9] = [
    "reconcile",
    PRIME,
    "--observations",
    YEAR_ONE,
    "--period",
    "2026/27Q1",
    "--payments",
    LEDGER,
    "--format",
];

#[test]
fn columns_of_reconciliations_journals_and_balances_are_listed() {
    let statement = [PRIME, "--observations", YEAR_ONE];
    assert_eq!(headings(&[&RECONCILE[..], &["csv"]].concat()), listed("`reconcile --format csv` has"));
    let codes = ["--party", "emh", "--codes", "fixtures/files/codes.csv"];
    assert_eq!(headings(&[&["journal"], &statement[..], &codes].concat()), listed("`journal` writes"));
    let balances = [&["balances"], &statement[..], &["--at", "2027-03-31"]].concat();
    assert_eq!(headings(&balances), listed("`balances` writes"));
}

#[test]
fn fields_of_a_reconciliation_are_listed() {
    let out = run(&[&RECONCILE[..], &["json"]].concat()).expect(0).out;
    assert_eq!(fields(&out), sorted(listed("`reconcile --format json` prints")));
}

/// The fields of an object, which have no order.
fn fields(out: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(out).unwrap();
    sorted(report.as_object().unwrap().keys().cloned().collect())
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[test]
fn columns_and_fields_of_a_restatement_are_listed() {
    let arguments = ["restate", PRIME, "--observations", YEAR_ONE, "--previous-as-of", "flex", "--format"];
    assert_eq!(headings(&[&arguments[..], &["csv"]].concat()), listed("`restate --format csv` has"));
    let out = run(&[&arguments[..], &["json"]].concat()).expect(0).out;
    assert_eq!(fields(&out), sorted(listed("`restate --format json` prints")));
}

#[test]
fn columns_of_files_of_the_field_are_listed() {
    let lists =
        "EXTRACT_DATE,TYPE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS\n01APR2026,GP,Y1,ZZ1 1ZZ,ALL,ALL,10\n";
    let mapping = r#"{ "layout": "list-sizes", "measures": [ { "measure": "people", "per": "quarter",
        "sum": "NUMBER_OF_PATIENTS", "combine": "sum", "members": { "band": "all" } } ] }"#;
    let (lists, mapping) =
        (file("columns-lists.csv", lists.as_bytes()), file("columns-lists.json", mapping.as_bytes()));
    let mut imported = headings(&["import", "list-sizes", &lists, "--mapping", &mapping]);
    assert_eq!(imported.remove(2), "band");
    assert_eq!(imported, listed("`import` writes"));

    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("columns.parquet");
    let _ = std::fs::remove_file(&path);
    let output = path.to_string_lossy();
    run(&["export", "parquet", PRIME, "--observations", YEAR_ONE, "--output", &output]).expect(0);
    let parquet = std::fs::File::open(&path).unwrap();
    let reader = SerializedFileReader::new(parquet).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let columns: Vec<String> = schema.columns().iter().map(|column| column.name().to_string()).collect();
    assert_eq!(columns, listed("`export parquet` a row"));
}
