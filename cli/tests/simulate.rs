//! Simulations from the command line: the same for any division of the work, and one scenario the same
//! pennies as `evaluate` and `explain`.

mod common;

use std::fs;
use std::path::Path;

use common::{PRIME, Run, YEAR_ONE, file, run};
use serde_json::Value;

const SCENARIOS: &str = "fixtures/harbourside/prime-provider.scenarios.json";
const ALLIANCE: &str = "contracts/harbourside/alliance.json";

fn simulate(more: &[&str]) -> Run {
    let mut arguments = vec!["simulate", PRIME, "--observations", YEAR_ONE, "--scenarios", SCENARIOS];
    arguments.extend(more);
    run(&arguments)
}

/// A path of its own for a test, at which nothing is.
fn nothing_at(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.to_string_lossy().into_owned()
}

#[test]
fn threads_change_nothing_and_seeds_everything() {
    let one = simulate(&["--count", "70", "--seed", "3", "--threads", "1"]).expect(0);
    let three = simulate(&["--count", "70", "--seed", "3", "--threads", "3"]).expect(0);
    assert_eq!(one.out, three.out);
    let other = simulate(&["--count", "70", "--seed", "4"]).expect(0);
    assert!(one.out != other.out);
}

#[test]
fn parts_that_are_merged_are_the_whole_byte_for_byte() {
    let [first, second] = ["simulated-first.json", "simulated-second.json"].map(nothing_at);
    for format in ["text", "json", "csv"] {
        let whole = simulate(&["--from", "5", "--count", "60", "--format", format]).expect(0);
        if format == "text" {
            simulate(&["--from", "5", "--count", "23", "--save", &first]).expect(0);
            simulate(&["--from", "28", "--count", "37", "--save", &second]).expect(0);
        }
        let merged = run(&["simulate", "--merge", &second, &first, "--format", format]).expect(0);
        assert_eq!(merged.out, whole.out);
    }
    let twice = run(&["simulate", "--merge", &first, &first]).expect(1);
    assert!(twice.err.contains("simulation-merge") && twice.err.contains("5 to 27"), "{}", twice.err);
    let other = nothing_at("simulated-other.json");
    simulate(&["--count", "5", "--seed", "2", "--save", &other]).expect(0);
    let mixed = run(&["simulate", "--merge", &first, &other]).expect(1);
    assert!(mixed.err.contains("another seed"), "{}", mixed.err);
    let wrong = run(&["simulate", "--merge", SCENARIOS]).expect(1);
    assert!(wrong.err.contains("nothing that `simulate` saved"), "{}", wrong.err);
    let again = simulate(&["--count", "5", "--save", &other]).expect(1);
    assert!(again.err.contains("file-exists"), "{}", again.err);
}

#[test]
fn one_scenario_gives_the_same_pennies_as_evaluate_and_explain() {
    let scenario = simulate(&["--seed", "6", "--only", "48211"]).expect(0);
    let observations = file("scenario-48211.csv", scenario.out.as_bytes());
    let simulated =
        simulate(&["--seed", "6", "--from", "48211", "--count", "1", "--format", "json"]).expect(0);
    let simulated: Value = serde_json::from_str(&simulated.out).unwrap();
    let evaluated = common::evaluate(&observations, &["--format", "json"]).expect(0);
    let evaluated: Value = serde_json::from_str(&evaluated.out).unwrap();
    let amount = |party: Option<&str>, clause: Option<&str>| {
        let amounts = simulated["amounts"].as_array().unwrap();
        let is_meant = |amount: &&Value| {
            amount["party"].as_str() == party
                && amount["clause"].as_str() == clause
                && amount["year"].is_null()
        };
        let found = amounts.iter().find(is_meant).unwrap();
        assert_eq!(found["least"]["amount"], found["mean"]);
        found["mean"].as_str().unwrap().to_string()
    };
    for party in evaluated["totals"]["parties"].as_array().unwrap() {
        assert_eq!(amount(party["party"].as_str(), None), party["net"].as_str().unwrap());
    }
    for clause in evaluated["totals"]["clauses"].as_array().unwrap() {
        assert_eq!(amount(None, clause["clause"].as_str()), clause["entitlement"].as_str().unwrap());
    }
    let line = "outcomes:2029/30:C03";
    let why = run(&["explain", PRIME, line, "--observations", &observations]).expect(0);
    assert!(why.out.contains("numerator of outcome"), "{}", why.out);
}

#[test]
fn every_result_says_what_it_rests_on() {
    let run =
        simulate(&["--count", "3", "--format", "json", "--percentiles", "1,99", "--tail", "50"]).expect(0);
    let result: Value = serde_json::from_str(&run.out).unwrap();
    // As `sha256sum` has it.
    let provenance = &result["provenance"];
    for field in ["contract_sha256", "scenarios_sha256", "data_sha256"] {
        assert_eq!(provenance[field].as_str().unwrap().len(), 64);
    }
    assert_eq!(provenance["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!((&result["seed"], &result["scenarios"]["done"]), (&Value::from(1), &Value::from(3)));
    assert_eq!(result["amounts"][0]["percentiles"].as_object().unwrap().len(), 2);
    // SHA-256 of nothing, where there is no baseline.
    let contract = file("people.json", PEOPLE.as_bytes());
    let scenarios =
        r#"{ "title": "So many", "draws": [{ "measure": "people", "level": { "fixed": 1000 } }] }"#;
    let scenarios = file("people.scenarios.json", scenarios.as_bytes());
    let run = common::run(&["simulate", &contract, "--scenarios", &scenarios, "--count", "2"]).expect(0);
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(run.out.contains(&format!("baseline   {empty}")), "{}", run.out);
    // 1,000 people at £142.37.
    assert!(run.out.contains("receives £142,370 in 2026/27 in every scenario"), "{}", run.out);
}

/// A price per head.
const PEOPLE: &str = r#"{
  "carepact": 1, "contract": "example", "title": "A price per head", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "trust", "role": "provider" }],
  "measures": { "people": { "kind": "count", "unit": "person", "per": "year", "range": [0, 400000] } },
  "tables": { "price": "142.37 GBP/person/year" },
  "clauses": { "core": { "kind": "capitation", "from": "icb", "to": "trust", "per": "year",
    "amount": "people * price * months" } } }"#;

#[test]
fn raw_rows_are_written_whole() {
    let csv = nothing_at("raw.csv");
    let simulated = simulate(&["--count", "20", "--seed", "8", "--format", "csv", "--raw", &csv]).expect(0);
    let raw = fs::read_to_string(&csv).unwrap();
    let mut rows = raw.lines();
    let headings: Vec<&str> = rows.next().unwrap().split(',').collect();
    let place = headings.iter().position(|heading| *heading == "amount:emh:all:2026/27").unwrap();
    let pence = |cell: &str| {
        let (pounds, pence) = cell.split_once('.').unwrap_or((cell, "0"));
        pounds.parse::<i64>().unwrap() * 100 + format!("{pence:0<2}").parse::<i64>().unwrap()
    };
    let amounts: Vec<i64> = rows.map(|row| pence(row.split(',').nth(place).unwrap())).collect();
    assert_eq!(amounts.len(), 20);
    let mean = (2 * amounts.iter().sum::<i64>() + 20) / 40;
    let told = simulated.out.lines().find(|row| row.starts_with("emh,,2026/27,")).unwrap();
    assert_eq!(pence(told.split(',').nth(3).unwrap()), mean);
    let parquet = nothing_at("raw.parquet");
    simulate(&["--count", "20", "--seed", "8", "--raw", &parquet]).expect(0);
    let bytes = fs::read(&parquet).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    assert!(simulate(&["--count", "2", "--raw", "raw.txt"]).expect(1).err.contains("raw-format"));
}

#[test]
fn two_designs_are_compared() {
    let compared = |more: &[&str]| {
        let mut arguments =
            vec!["compare", PRIME, ALLIANCE, "--observations", YEAR_ONE, "--scenarios", SCENARIOS];
        arguments.extend(more);
        run(&arguments).expect(0)
    };
    let text = compared(&["--count", "30"]).out;
    assert!(text.contains("What each party gains by B"), "{text}");
    let json: Value = serde_json::from_str(&compared(&["--count", "30", "--format", "json"]).out).unwrap();
    for difference in json["differences"].as_array().unwrap() {
        let count = |field: &str| difference[field].as_u64().unwrap();
        assert_eq!(count("gains") + count("loses") + count("unchanged"), 30);
    }
    // The tails under A are those of a simulation of A alone, on the same draws.
    let alone: Value =
        serde_json::from_str(&simulate(&["--count", "30", "--format", "json"]).expect(0).out).unwrap();
    let of = |json: &Value, list: &str| -> Value {
        let all = json[list].as_array().unwrap();
        let is_meant =
            |row: &&Value| row["party"] == "emh" && row["clause"].is_null() && row["year"].is_null();
        all.iter().find(is_meant).unwrap().clone()
    };
    let (tails, own) = (of(&json, "differences")["tails"]["a"].clone(), of(&alone, "amounts"));
    for field in ["mean_of_least", "mean_of_greatest"] {
        assert!(!own[field].is_null() && tails[field] == own[field], "{field}: {tails} {own}");
    }
    assert!(text.contains("Tail by tail"), "{text}");
    let csv = compared(&["--count", "30", "--format", "csv", "--threads", "1"]).out;
    assert_eq!(csv, compared(&["--count", "30", "--format", "csv", "--threads", "2"]).out);
    // The differences of all parties come to nothing: what one gains another pays.
    let pence = |cell: &str| cell.replace('.', "").parse::<i64>().unwrap();
    let of_all = csv.lines().filter(|row| row.split(',').nth(1) == Some("") && row.contains(",all years,"));
    let means: Vec<i64> = of_all.map(|row| pence(row.split(',').nth(3).unwrap())).collect();
    assert!(means.len() > 6 && means.iter().sum::<i64>().abs() <= means.len() as i64, "{means:?}");
}

#[test]
fn comparisons_that_are_merged_are_the_whole_and_rows_are_the_differences_that_are_stated() {
    let compare = |more: &[&str]| {
        let arguments = ["compare", PRIME, ALLIANCE, "--observations", YEAR_ONE, "--scenarios", SCENARIOS];
        run(&[&arguments[..], more].concat())
    };
    let [first, second, raw] = ["compared-1.json", "compared-2.json", "compared.csv"].map(nothing_at);
    compare(&["--from", "5", "--count", "9", "--save", &first]).expect(0);
    compare(&["--from", "14", "--count", "12", "--save", &second]).expect(0);
    for format in ["text", "json", "csv"] {
        let whole = compare(&["--from", "5", "--count", "21", "--format", format]).expect(0);
        let merged = run(&["compare", "--merge", &second, &first, "--format", format]).expect(0);
        assert!(merged.out == whole.out, "{format}");
    }
    let twice = run(&["compare", "--merge", &first, &first]).expect(1);
    assert!(twice.err.contains("5 to 13"), "{}", twice.err);
    let simulated = nothing_at("compared-simulated.json");
    simulate(&["--count", "5", "--save", &simulated]).expect(0);
    let mixed = run(&["compare", "--merge", &simulated]).expect(1);
    assert!(mixed.err.contains("nothing that `compare` saved"), "{}", mixed.err);
    let turned = nothing_at("compared-turned.json");
    let arguments = ["compare", ALLIANCE, PRIME, "--observations", YEAR_ONE, "--scenarios", SCENARIOS];
    run(&[&arguments[..], &["--count", "3", "--save", &turned]].concat()).expect(0);
    let mixed = run(&["compare", "--merge", &first, &turned]).expect(1);
    assert!(mixed.err.contains("another first contract, second contract"), "{}", mixed.err);

    compare(&["--from", "5", "--count", "4", "--raw", &raw]).expect(0);
    let rows = fs::read_to_string(&raw).unwrap();
    let headings: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    let cells: Vec<&str> = rows.lines().find(|row| row.starts_with("7,")).unwrap().split(',').collect();
    assert_eq!((rows.lines().count(), cells.len()), (5, headings.len()));
    let scenario = file("compared-7.csv", compare(&["--only", "7"]).expect(0).out.as_bytes());
    let nets = |contract: &str| -> Vec<(String, i64)> {
        let out = run(&["evaluate", contract, "--observations", &scenario, "--format", "json"]).expect(0).out;
        let statement: Value = serde_json::from_str(&out).unwrap();
        let net = |party: &Value| {
            let net = party["net"].as_str().unwrap().replace('.', "").parse().unwrap();
            (party["party"].as_str().unwrap().to_string(), net)
        };
        statement["totals"]["parties"].as_array().unwrap().iter().map(net).collect()
    };
    let (one, other) = (nets(PRIME), nets(ALLIANCE));
    assert!(one.len() > 6);
    for (party, net) in one {
        let place = headings.iter().position(|name| *name == format!("difference:{party}:all:all")).unwrap();
        let (pounds, pence) = cells[place].split_once('.').unwrap_or((cells[place], ""));
        let found: i64 = format!("{pounds}{pence:0<2}").parse().unwrap();
        let stated = other.iter().find(|(known, _)| *known == party).map_or(0, |(_, net)| *net);
        assert_eq!(found, stated - net, "{party}");
    }
}

#[test]
fn problems_are_told_with_their_place() {
    let text = r#"{ "title": "Wrong", "draws": [
      { "measure": "outcom", "chance": "binomial" },
      { "measure": "breaches", "for": ["ed_12"], "level": { "normal": { "mean": 3, "sd": 0 } } }] }"#;
    let wrong = file("wrong.scenarios.json", text.as_bytes());
    let run = run(&["simulate", PRIME, "--observations", YEAR_ONE, "--scenarios", &wrong]).expect(1);
    assert!(run.err.contains(":3:71: error[scenario-spread]"), "{}", run.err);
    let form = file("form.scenarios.json", text.replace("\"sd\": 0", "\"sd\": 1").as_bytes());
    let run = common::run(&["simulate", PRIME, "--observations", YEAR_ONE, "--scenarios", &form]).expect(1);
    assert!(run.err.contains("did you mean `outcome`?"), "{}", run.err);
    assert!(run.err.contains("did you mean `ed_12h`?"), "{}", run.err);
    assert!(run.err.contains("2 errors"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_with_what_is_done() {
    let raw = nothing_at("stopped.csv");
    let arguments = ["simulate", PRIME, "--observations", YEAR_ONE, "--scenarios", SCENARIOS];
    let child = common::command(&arguments)
        .args(["--count", "100000000", "--raw", &raw, "--threads", "1"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It has begun once rows are written beside the name that the file will have.
    let part = Path::new(&raw).with_file_name(format!(".stopped.csv.{}.part", child.id()));
    for _ in 0..600 {
        if fs::metadata(&part).is_ok_and(|part| part.len() > 100_000) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("stopped: ") && err.contains("of 100,000,000 scenarios are done"), "{err}");
    assert!(out.contains("stopped: ") && out.contains("What each party receives"), "{out}");
    let rows = fs::read_to_string(&raw).unwrap().lines().count() - 1;
    let done: String = err.split("stopped: ").nth(1).unwrap().chars().take_while(|c| *c != ' ').collect();
    assert_eq!(done.replace(',', ""), rows.to_string());
}
