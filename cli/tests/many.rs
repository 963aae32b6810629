//! Scenarios of a contract for many holders from the command line: each holder is what `evaluate` states
//! of the scenario's observations, and reports name all of a few, or the ends of many.
//!
//! Forty practices with 1,010 to 1,400 people; a prize for those at or above the upper quartile of
//! all results, and a bonus for a grade that only every second practice has.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{Run, file, run};
use serde_json::Value;

const CONTRACT: &str = r#"{ "carepact": 1, "contract": "practices", "title": "Practices", "synthetic": true,
  "currency": "GBP", "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb" }, { "id": "practice", "name": "Practices", "many": true }],
  "measures": {
    "list": { "kind": "count", "unit": "person", "by": ["practice"], "per": "year", "range": [1, 10000] },
    "quality": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 1], "better": "higher" },
    "grade": { "kind": "number", "by": ["practice"], "per": "year", "range": [0, 100], "missing": "absent" } },
  "tables": { "price": "3 GBP/person", "pot": "13550 GBP" },
  "quantities": {
    "cut_off": "percentile(quality over practice, 75%, upper)",
    "earning": "if quality >= cut_off then list else 0 * list" },
  "clauses": {
    "core": { "kind": "capitation", "from": "icb", "to": "practice", "per": "year", "amount": "list * price" },
    "prize": { "kind": "payment", "from": "icb", "to": { "weights": "earning", "among": "practice" }, "per": "year",
      "amount": "pot" },
    "bonus": { "kind": "payment", "from": "icb", "to": "practice", "per": "year",
      "amount": "GBP 1 * (grade else 0)" } } }"#;

const SCENARIOS: &str = r#"{ "title": "What may come", "period": "2026/27",
  "draws": [
    { "measure": "list", "level": { "normal": { "mean": 1, "sd": "4%" }, "relative": "times" } },
    { "measure": "quality", "level": { "normal": { "mean": 0, "sd": "5%" }, "relative": "plus" } },
    { "measure": "grade", "level": { "normal": { "mean": 0, "sd": 10 }, "relative": "plus" } } ] }"#;

struct Files {
    contract: String,
    data: String,
    scenarios: String,
}

/// Practice i has 1000 + 10 i people, a result of (30 + i) %, and a grade of i when i is odd.
fn files(test: &str) -> Files {
    let mut data = "measure,period,practice,value\n".to_string();
    for i in 1..=40 {
        let row = |measure: &str, value: &str| format!("{measure},2026/27,P{i:02},{value}\n");
        data.push_str(&row("list", &(1000 + 10 * i).to_string()));
        data.push_str(&row("quality", &format!("{}%", 30 + i)));
        if i % 2 == 1 {
            data.push_str(&row("grade", &i.to_string()));
        }
    }
    Files {
        contract: file(&format!("{test}.many.json"), CONTRACT.as_bytes()),
        data: file(&format!("{test}.many.csv"), data.as_bytes()),
        scenarios: file(&format!("{test}.many.scenarios.json"), SCENARIOS.as_bytes()),
    }
}

impl Files {
    fn simulate(&self, more: &[&str]) -> Run {
        let mut arguments =
            vec!["simulate", &self.contract, "--observations", &self.data, "--scenarios", &self.scenarios];
        arguments.extend(more);
        run(&arguments)
    }
}

fn rows(out: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect()
}

/// Net of each holder in CSV of a simulation.
fn holders(out: &str) -> BTreeMap<String, String> {
    let own = rows(out).into_iter().filter(|row| !row[1].is_empty());
    own.map(|row| (row[1].clone(), row[4].clone())).collect()
}

#[test]
fn one_scenario_is_stated_to_the_same_pennies() {
    let files = files("pennies");
    let observations = files.simulate(&["--seed", "3", "--only", "707"]).expect(0).out;
    let observations = file("scenario-707.many.csv", observations.as_bytes());
    let simulated =
        files.simulate(&["--seed", "3", "--from", "707", "--count", "1", "--format", "csv"]).expect(0);
    let table = ["--table", "core,prize,bonus"];
    let evaluated =
        run(&[&["evaluate", &files.contract, "--observations", &observations][..], &table].concat())
            .expect(0);
    let pennies = |amount: &String| amount.replace('.', "").parse::<i64>().unwrap();
    let stated = rows(&evaluated.out).into_iter();
    let stated: BTreeMap<String, i64> =
        stated.map(|row| (row[0].clone(), row[1..].iter().map(pennies).sum())).collect();
    let found: BTreeMap<String, i64> =
        holders(&simulated.out).iter().map(|(name, net)| (name.clone(), pennies(net))).collect();
    assert_eq!((found.len(), &found), (40, &stated));
    // Together they are what the party receives.
    let party = rows(&simulated.out).into_iter().find(|row| row[0] == "practice" && row[1].is_empty());
    assert_eq!(pennies(&party.unwrap()[4]), stated.values().sum::<i64>());
}

#[test]
fn threads_and_wide_tables_change_nothing() {
    let files = files("wide");
    let one = files.simulate(&["--count", "60", "--threads", "1", "--format", "csv"]).expect(0).out;
    let three = files.simulate(&["--count", "60", "--threads", "3", "--format", "csv"]).expect(0).out;
    assert!(one == three);
    let mut wide = "practice,list,quality,grade\n".to_string();
    for i in 1..=40 {
        let grade = if i % 2 == 1 { i.to_string() } else { String::new() };
        wide.push_str(&format!("P{i:02},{},{}%,{grade}\n", 1000 + 10 * i, 30 + i));
    }
    let wide = file("wide.many.wide.csv", wide.as_bytes());
    let arguments = ["simulate", &files.contract, "--observations", &wide, "--for-each", "practice"];
    let more = ["--scenarios", &files.scenarios, "--count", "60", "--format", "csv"];
    let read = run(&[&arguments[..], &more].concat()).expect(0).out;
    assert_eq!(holders(&read), holders(&one));
}

#[test]
fn of_many_the_text_has_the_ends_and_the_rest_is_for_tools() {
    let files = files("ends");
    let text = files.simulate(&["--count", "30"]).expect(0).out;
    let listed =
        text.lines().filter(|line| line.starts_with('P') && line[1..3].parse::<u32>().is_ok()).count();
    assert_eq!(listed, 20, "{text}");
    for said in ["the 10 with the most on average", "the 10 with the least", "have all 40."] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    let json: Value =
        serde_json::from_str(&files.simulate(&["--count", "30", "--format", "json"]).expect(0).out).unwrap();
    assert_eq!(json["holders"].as_array().unwrap().len(), 40);
    // P02 has no grade, and no draw gives it one: its bonus is nothing in every scenario.
    let only = files.simulate(&["--only", "3"]).expect(0).out;
    assert!(!only.contains("grade,2026/27,P02"), "{only}");
    assert!(only.contains("grade,2026/27,P01"), "{only}");
}

#[test]
fn designs_are_compared_and_nobody_is_refused() {
    let files = files("compared");
    let other = file("compared.other.many.json", CONTRACT.replace("75%, upper", "50%, upper").as_bytes());
    let arguments = ["compare", &files.contract, &other, "--observations", &files.data];
    let more = ["--scenarios", &files.scenarios, "--count", "40", "--format", "csv"];
    let out = run(&[&arguments[..], &more].concat()).expect(0).out;
    let differences = holders(&out);
    assert_eq!(differences.len(), 40);
    // The prize is shared among more: P40, nearly always among the best, has less; P21 gains.
    let pounds = |name: &str| differences[name].parse::<f64>().unwrap();
    assert!(pounds("P40") < 0.0 && pounds("P21") > 0.0, "{out}");
    let only = ["--scenarios", &files.scenarios, "--only", "5"];
    let of_both = run(&[&arguments[..], &only].concat()).expect(0).out;
    assert_eq!(of_both, files.simulate(&["--only", "5"]).expect(0).out);

    let nobody = file("nobody.many.csv", b"measure,period,practice,value\n");
    let arguments = ["simulate", &files.contract, "--observations", &nobody, "--scenarios", &files.scenarios];
    assert!(run(&arguments).expect(1).err.contains("scenario-holders"));
}

/// A path of its own for a test, at which nothing is.
fn nothing_at(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.to_string_lossy().into_owned()
}

fn pennies(amount: &str) -> i64 {
    let (pounds, pence) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{pounds}{pence:0<2}").parse().unwrap()
}

/// The contract with a laboratory that is paid by the lists of all: a line of no practice.
fn with_a_laboratory() -> String {
    let parties = CONTRACT.replace(r#"{ "id": "icb" },"#, r#"{ "id": "icb" }, { "id": "lab" },"#);
    let clauses = r#""clauses": { "tests": { "kind": "payment", "from": "icb", "to": "lab", "per": "year",
        "amount": "fee * sum(list over practice)" },"#;
    let tables = parties.replace(r#""tables": {"#, r#""tables": { "fee": "0.1 GBP/person","#);
    tables.replace(r#""clauses": {"#, clauses)
}

#[test]
fn every_draw_and_amount_of_every_holder_is_written() {
    let mut files = files("raw");
    files.contract = file("raw.lab.json", with_a_laboratory().as_bytes());
    let raw = nothing_at("many.raw.csv");
    let simulated = ["--seed", "3", "--from", "707", "--count", "20", "--format", "csv"];
    let out = files.simulate(&[&simulated[..], &["--raw", &raw]].concat()).expect(0).out;
    let text = fs::read_to_string(&raw).unwrap();
    let headings: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    assert_eq!(headings[..2], ["scenario", "holder"]);
    let place = |heading: &str| headings.iter().position(|known| *known == heading).unwrap();
    let raw_rows = rows(&text);
    // Forty practices and what is of none of them, in each scenario.
    assert_eq!(raw_rows.len(), 20 * 41);

    // A scenario is what is stated of its observations, practice by practice.
    let observations = files.simulate(&["--seed", "3", "--only", "711"]).expect(0).out;
    let list = |holder: &str| {
        let row = observations.lines().find(|line| line.starts_with(&format!("list,2026/27,{holder},")));
        row.unwrap().rsplit(',').next().unwrap().to_string()
    };
    let stated = file("scenario-711.many.csv", observations.as_bytes());
    let table = ["--table", "core,prize,bonus"];
    let evaluated =
        run(&[&["evaluate", &files.contract, "--observations", &stated][..], &table].concat()).expect(0);
    let evaluated = rows(&evaluated.out);
    let own: Vec<&Vec<String>> = raw_rows.iter().filter(|row| row[0] == "711").collect();
    for (row, line) in own.iter().zip(&evaluated) {
        assert_eq!((&row[1], &row[place("list:2026/27")]), (&line[0], &list(&line[0])));
        for (cell, clause) in line[1..].iter().zip(["core", "prize", "bonus"]) {
            for (party, sign) in [("practice", 1), ("icb", -1), ("all", 1)] {
                let found = &row[place(&format!("amount:{party}:{clause}:2026/27"))];
                assert_eq!(pennies(found), sign * pennies(cell), "{} {clause}", line[0]);
            }
        }
    }
    // What is of no practice: a tenth of a pound for each of their people.
    let people: i64 = evaluated.iter().map(|line| list(&line[0]).parse::<i64>().unwrap()).sum();
    let none = own[40];
    assert_eq!((none[1].as_str(), none[place("list:2026/27")].as_str()), ("", ""));
    assert_eq!(pennies(&none[place("amount:lab:tests:2026/27")]), 10 * people);
    assert_eq!(pennies(&none[place("amount:practice:all:2026/27")]), 0);

    // The rows of all scenarios add up to what the report says on average.
    for (party, clause) in [("icb", ""), ("practice", "prize"), ("lab", ""), ("", "core")] {
        let is_meant = |row: &&Vec<String>| row[0] == party && row[1].is_empty() && row[2] == clause;
        let mean = rows(&out).iter().find(is_meant).unwrap()[4].clone();
        let name = |name: &str| if name.is_empty() { "all".to_string() } else { name.to_string() };
        let place = place(&format!("amount:{}:{}:2026/27", name(party), name(clause)));
        let sum: i64 = raw_rows.iter().map(|row| pennies(&row[place])).sum();
        assert!((sum - 20 * pennies(&mean)).abs() <= 10, "{party} {clause}: {sum}, {mean}");
    }

    // Parquet has the same rows, whatever the threads.
    let parquet = nothing_at("many.raw.parquet");
    files.simulate(&[&simulated[..], &["--raw", &parquet, "--threads", "3"]].concat()).expect(0);
    assert!(parquet_rows(&parquet) == raw_rows.iter().map(|row| decimals(row)).collect::<Vec<_>>());
    // No two columns are called alike: whether a grade is there, and the grade.
    assert!(headings.contains(&"grade:2026/27:given") && headings.contains(&"grade:2026/27"), "{headings:?}");
}

/// The cells of a row without closing zeros, as Parquet has them.
fn decimals(row: &[String]) -> Vec<String> {
    let text = |cell: &String| match cell.contains('.') {
        true => cell.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => cell.clone(),
    };
    row.iter().map(text).collect()
}

fn parquet_rows(file: &str) -> Vec<Vec<String>> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let reader = SerializedFileReader::new(fs::File::open(file).unwrap()).unwrap();
    let cell = |field: &Field| {
        if let Field::Str(text) = field {
            return text.clone();
        }
        if *field == Field::Null { String::new() } else { field.to_string() }
    };
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        decimals(&row.get_column_iter().map(|(_, field)| cell(field)).collect::<Vec<_>>())
    });
    rows.collect()
}

#[test]
fn differences_of_holders_are_written_and_put_together() {
    let files = files("parts");
    let other = file("parts.other.many.json", CONTRACT.replace("75%, upper", "50%, upper").as_bytes());
    let compare = |more: &[&str]| {
        let arguments = ["compare", &files.contract, &other, "--observations", &files.data];
        run(&[&arguments[..], &["--scenarios", &files.scenarios], more].concat()).expect(0).out
    };
    let raw = nothing_at("compared.raw.csv");
    let whole = compare(&["--from", "3", "--count", "30", "--format", "csv", "--raw", &raw]);
    let text = fs::read_to_string(&raw).unwrap();
    let place =
        text.lines().next().unwrap().split(',').position(|name| name == "difference:practice:all:2026/27");
    let of = |holder: &str| -> i64 {
        let own = rows(&text).into_iter().filter(|row| row[1] == holder);
        own.map(|row| pennies(&row[place.unwrap()])).sum()
    };
    assert_eq!(rows(&text).len(), 30 * 40);
    for (holder, mean) in holders(&whole) {
        assert!((of(&holder) - 30 * pennies(&mean)).abs() <= 15, "{holder}: {}, {mean}", of(&holder));
    }
    let [first, second] = ["compared-many-1.json", "compared-many-2.json"].map(nothing_at);
    compare(&["--from", "3", "--count", "11", "--save", &first]);
    compare(&["--from", "14", "--count", "19", "--save", &second]);
    let merged = run(&["compare", "--merge", &first, &second, "--format", "csv"]).expect(0).out;
    assert_eq!(merged, whole);
}

#[test]
fn an_audit_looks_at_one_holder_beside_the_others() {
    let files = files("audited");
    let arguments = ["audit", &files.contract, "--baseline", &files.data, "--format", "json"];
    let found: Value = serde_json::from_str(&run(&arguments).expect(0).out).unwrap();
    assert_eq!((found["many"].as_str(), found["holder"].as_str()), (Some("practice"), Some("P01")));
    let holders = &found["holders"];
    assert_eq!(holders["count"].as_i64(), Some(40));
    // The first has 1,010 people at 3 and a grade of 1. Quality decides who divides the prize: it meets.
    let first = &holders["each"][0];
    assert_eq!(first["stands"].as_str(), Some("3031"));
    assert_eq!(holders["meet"].as_bool(), Some(true));
    // People 3 × (40 × 1,000 + 10 × 820), grades 1 + 3 + … + 39 = 400, and all of the prize.
    let together = holders["together"].as_array().unwrap().last().unwrap();
    assert_eq!(together["stands"].as_str(), Some("158550"));
    // Any other can be named; one that is not there is refused.
    let other = run(&["audit", &files.contract, "--baseline", &files.data, "--holder", "P40"]).expect(0).out;
    let other = other.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(other.contains("what outcomes do is told of P40, beside 39 other holders"), "{other}");
    assert!(other.contains("Of 40 holders the 15 with least and with most at stake"), "{other}");
    let refused = run(&["audit", &files.contract, "--baseline", &files.data, "--holder", "P99"]).expect(1);
    assert!(refused.err.contains("the data have no holder `P99`"), "{}", refused.err);
}
