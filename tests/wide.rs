//! Tables with a row for each holder: what a mapping reads, and what it refuses.

mod common;

use std::collections::BTreeSet;

use carepact::wide::Mapping;
use carepact::{Contract, Observations};
use common::compile;

const CONTRACT: &str = r#"{ "carepact": 1, "contract": "t", "title": "T", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2028-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb" }, { "id": "practice", "many": true }],
  "axes": { "indicator": ["one", "two"], "track": ["a", "b"] },
  "measures": {
    "list": { "kind": "count", "unit": "person", "by": ["practice"], "per": "year", "range": [0, 100000] },
    "saved": { "kind": "money", "by": ["practice"], "per": "year", "range": [-1000000, 1000000], "missing": 0 },
    "on": { "kind": "code", "axis": "track", "by": ["practice"], "per": "year", "missing": "a" },
    "lowest": { "kind": "number", "by": ["indicator"], "per": "year", "range": [0, 1], "missing": 0 },
    "met": { "kind": "ratio", "by": ["practice", "indicator"], "per": "year", "range": [0, 1],
      "denominator_range": [1, 1000], "missing": "absent" } },
  "tables": { "price": "1 GBP/person", "rate": { "by": ["track"], "values": [1, 2] } },
  "clauses": { "pay": { "kind": "payment", "from": "icb", "to": "practice", "per": "year", "lines": ["indicator"],
    "amount": "list * price * (met else lowest) * rate[on] + saved" } } }"#;

/// The rows that a table gives, as `measure period members = value`, or the problems.
fn read(mapping: Option<&str>, table: &[&[&str]]) -> Result<Vec<String>, Vec<String>> {
    let model = compile("t", CONTRACT);
    let contract: &Contract = model.contract();
    let mapping = match mapping {
        Some(text) => Mapping::parse(contract, text, Some("2026/27")),
        None => Mapping::plain(contract, Some("2026/27")),
    };
    let texts =
        |problems: &[carepact::Diagnostic]| problems.iter().map(|p| p.found.clone()).collect::<Vec<_>>();
    let mapping = mapping.map_err(|unread| texts(&unread.problems.0))?;
    let (mut observations, mut seen) = (Observations::new(), BTreeSet::new());
    let mut wide = mapping.table(&mut observations, "t.csv", table[0], ("code", &mut seen));
    for (index, row) in table[1..].iter().enumerate() {
        wide.add(index + 2, row);
    }
    let problems = [texts(observations.problems()), texts(&mapping.unseen(&seen))].concat();
    if !problems.is_empty() {
        return Err(problems);
    }
    let row = |row: &carepact::observe::Row| {
        let members: Vec<&str> = row.members.iter().map(|(_, member)| &**member).collect();
        let figure = if row.value.is_empty() {
            format!("{}/{}", row.numerator, row.denominator)
        } else {
            row.value.to_string()
        };
        format!("{} {} {} = {figure}", row.measure, row.period, members.join(" "))
    };
    Ok(observations.rows().iter().map(row).collect())
}

#[test]
fn a_mapping_reads_a_table_as_it_is() {
    let mapping = r#"{ "missing": ["n/a"], "strip": [",", "£"], "members": { "First": "one", "Second": "two" },
      "columns": {
        "Patients": "list",
        "Overspend": { "measure": "saved", "times": -1 },
        "{indicator} met": { "measure": "met", "part": "numerator" },
        "{indicator} of": { "measure": "met", "part": "denominator" },
        "National {indicator}": "lowest",
        "Track A": { "measure": "on", "codes": { "1": "a", "0": "" } },
        "Track B": { "measure": "on", "codes": { "1": "b", "0": "" } },
        "Not there": { "measure": "saved", "optional": true } } }"#;
    let heads = [
        "code",
        "Name",
        "Patients",
        "Overspend",
        "First met",
        "First of",
        "Second met",
        "Second of",
        "National First",
        "Track A",
        "Track B",
    ];
    let rows = read(
        Some(mapping),
        &[
            &heads,
            &["p1", "x", "1,200", "£3,000.50", "3", "4", "n/a", "n/a", "50%", "0", "1"],
            &["", "", "", "", "", "", "", "", "", "", ""],
            &["p2", "y", "900", "", "n/a", "", "1", "2", "50%", "1", "0"],
        ],
    );
    assert_eq!(
        rows.expect("a table"),
        [
            "list 2026/27 p1 = 1200",
            "saved 2026/27 p1 = -3000.5",
            "met 2026/27 one p1 = 3/4",
            "lowest 2026/27 one = 50%",
            "on 2026/27 p1 = b",
            "list 2026/27 p2 = 900",
            "met 2026/27 two p2 = 1/2",
            "on 2026/27 p2 = a",
        ]
    );
}

#[test]
fn headings_of_the_contract_need_no_mapping() {
    let heads = ["code", "list", "met:one:numerator", "met:one:denominator", "lowest:two"];
    let rows = read(None, &[&heads, &["p1", "10", "1", "2", "0.4"]]).expect("a table");
    assert_eq!(rows, ["list 2026/27 p1 = 10", "met 2026/27 one p1 = 1/2", "lowest 2026/27 two = 0.4"]);
    let wrong = read(None, &[&["code", "lists", "met:three:numerator"], &["p1", "1", "2"]]);
    assert_eq!(
        wrong.expect_err("two headings"),
        ["there is no measure `lists`", "`three` in the heading `met:three:numerator` is no member of `met`"]
    );
}

#[test]
fn mistakes_of_a_mapping_are_all_told() {
    let mapping = r#"{ "columns": { "A": "lists", "B": "met", "{indicators} x": "lowest", "C": "lowest",
      "D": { "measure": "list", "part": "numerator" }, "E": { "measure": "list", "members": { "indicator": "one" } } } }"#;
    assert_eq!(
        read(Some(mapping), &[&["code"]]).expect_err("six mistakes"),
        [
            "there is no measure `lists`",
            "the column `B` does not say which indicator",
            "there is no axis `indicators`",
            "the column `C` does not say which indicator",
            "the column `D` is the wrong part of `list`",
            "`list` is not by `indicator`",
        ]
    );
    assert_eq!(
        read(Some(r#"{ "columns": { "List": "list" } }"#), &[&["code", "list"]]).expect_err("a heading"),
        ["no table has a column `List`"]
    );
}

#[test]
fn what_a_table_contradicts_is_told_with_its_row() {
    let mapping = r#"{ "columns": { "F": { "measure": "lowest", "members": { "indicator": "one" } },
      "A": "list", "B": "list" } }"#;
    let wrong = read(
        Some(mapping),
        &[&["code", "F", "A", "B"], &["p1", "1", "5", "5"], &["p2", "0", "5", "6"], &["", "1", "", ""]],
    );
    assert_eq!(
        wrong.expect_err("three mistakes"),
        ["0, and 1 in row 2", "the columns say 5 and 6", "the row names no holder"]
    );
}
