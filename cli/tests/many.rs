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
fn designs_are_compared_and_what_is_not_there_is_said() {
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

    let raw = Path::new(env!("CARGO_TARGET_TMPDIR")).join("many.raw.csv");
    let _ = fs::remove_file(&raw);
    let refused = files.simulate(&["--count", "2", "--raw", raw.to_str().unwrap()]).expect(1);
    assert!(refused.err.contains("raw-format") && !raw.exists(), "{}", refused.err);
    let nobody = file("nobody.many.csv", b"measure,period,practice,value\n");
    let arguments = ["simulate", &files.contract, "--observations", &nobody, "--scenarios", &files.scenarios];
    assert!(run(&arguments).expect(1).err.contains("scenario-holders"));
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
