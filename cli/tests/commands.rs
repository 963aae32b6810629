//! Every command on the shipped contracts, exit statuses, and what `new` leaves alone.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use common::{PRIME, YEAR_ONE, command, file, read, root, run};
use serde_json::Value;

/// Every contract in `contracts/`, without the case files and mappings beside them.
fn contracts() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join("contracts")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            match path.is_dir() {
                true => open.push(path),
                false if name.ends_with(".cases.json") || name.ends_with(".mapping.json") => {}
                false => found.push(name),
            }
        }
    }
    found.sort();
    assert!(found.len() > 10);
    found
}

#[test]
fn shipped_contracts_are_checked_described_and_compiled() {
    for contract in contracts() {
        assert!(!run(&["describe", &contract]).expect(0).out.is_empty());
        if contract.contains("published") {
            // They are many, and checked clean by the tests of the library.
            continue;
        }
        run(&["check", &contract]).expect(0);
        assert!(run(&["plan", &contract]).expect(0).out.contains("line "));
    }
    let out = run(&["check", PRIME]).expect(0).out;
    assert_eq!(out, format!("{PRIME}: no problems; 1,061 lines over 5 years\n"));
}

#[test]
fn problems_are_all_printed_and_counted() {
    let wrong = read(PRIME).replace("\"to\": \"emh\"", "\"to\": \"nobody\"").replace("\"13%\"", "\"14%\"");
    let wrong = file("wrong.json", wrong.as_bytes());
    let found = run(&["check", &wrong, PRIME]).expect(1);
    assert!(found.out.contains("error[table-sum]") && found.out.contains("nobody"), "{}", found.out);
    assert!(found.out.contains(" errors") && found.out.contains("no problems"));
    let json = run(&["check", &wrong, PRIME, "--format", "json"]).expect(1).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert!(json["contracts"][0]["errors"].as_u64().unwrap() >= 2);
    assert_eq!(json["contracts"][1]["lines"], 1061);
    for command in
        [vec!["evaluate", &wrong, "--observations", YEAR_ONE], vec!["plan", &wrong], vec!["describe", &wrong]]
    {
        let refused = run(&command).expect(1);
        assert!(refused.err.contains("error[table-sum]") && refused.out.is_empty());
    }
}

#[test]
fn warnings_do_not_stop_the_work() {
    let unused = read(PRIME).replace("\"ambulance_fee\":", "\"idle\": \"1 GBP\", \"ambulance_fee\":");
    let unused = file("unused.json", unused.as_bytes());
    let found = run(&["check", &unused]).expect(0).out;
    assert!(found.contains("warning[unused]") && found.contains("1 warning; 1,061 lines"), "{found}");
    let evaluated = run(&["evaluate", &unused, "--observations", YEAR_ONE]).expect(0);
    assert!(evaluated.err.starts_with("1 warning about the contract") && evaluated.err.contains(&unused));
}

#[test]
fn text_that_is_no_contract_is_refused() {
    for (name, text) in [("empty.json", ""), ("text.json", "hello"), ("list.json", "[1]")] {
        let found = run(&["check", &file(name, text.as_bytes())]).expect(1).out;
        assert!(found.contains("error["), "{found}");
    }
    let found = run(&["check", &file("latin.json", b"{\n\"caf\xe9\": 1}")]).expect(1).out;
    assert!(found.contains("line 2: the text is not UTF-8"), "{found}");
}

#[test]
fn a_mistake_in_the_command_is_status_2() {
    for wrong in [
        &["bogus"][..],
        &["check"],
        &["evaluate", PRIME],
        &["evaluate", PRIME, "--observations", YEAR_ONE, "--as-of", "never"],
        &["explain", PRIME, "--observations", YEAR_ONE],
        &["new", "nothing"],
    ] {
        let refused = run(wrong).expect(2);
        assert!(refused.out.is_empty() && refused.err.contains("--help"), "{wrong:?}: {}", refused.err);
    }
}

#[test]
fn help_teaches() {
    assert!(run(&[]).expect(0).out.contains("Commands:"));
    let commands =
        ["check", "evaluate", "explain", "verify", "describe", "plan", "new", "schema", "diagnostics"];
    for command in commands {
        let help = run(&[command, "--help"]).expect(0).out;
        assert!(help.contains("EXAMPLES") && help.contains("EXIT STATUS"), "{help}");
    }
}

#[test]
fn every_start_checks_clean() {
    for start in ["prime-provider", "capitated", "year-of-care", "alliance"] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("new-{start}.json"));
        let _ = fs::remove_file(&path);
        let name = path.to_str().unwrap();
        run(&["new", start, "--output", name]).expect(0);
        assert!(run(&["check", name]).expect(0).out.contains("no problems"));
        assert_eq!(run(&["new", start]).expect(0).out, fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn new_never_overwrites() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mine");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    let mine = folder.join("mine.json");
    fs::write(&mine, "mine").unwrap();
    let refused = run(&["new", "alliance", "--output", mine.to_str().unwrap()]).expect(1);
    assert!(refused.err.contains("file-exists"));
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
    let nowhere = folder.join("no/such/folder.json");
    let refused = run(&["new", "alliance", "--output", nowhere.to_str().unwrap()]).expect(1);
    assert!(refused.err.contains("file-unwritable"));
}

#[test]
fn the_schema_is_json_and_diagnostics_have_a_page() {
    let schema: Value = serde_json::from_str(&run(&["schema"]).expect(0).out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let all = run(&["diagnostics"]).expect(0).out;
    assert!(all.contains("table-sum") && all.contains("file-exists") && all.contains("warning"));
    assert!(run(&["diagnostics", "table-sum"]).expect(0).out.contains("Rule:"));
    assert!(run(&["diagnostics", "table-sums"]).expect(1).err.contains("did you mean `table-sum`?"));
    assert!(run(&["completions", "bash"]).expect(0).out.contains("_carepact"));
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let mut child = command(&["plan", PRIME]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(child.wait().unwrap().success() && err.is_empty(), "{err}");
    assert!(!first.is_empty());
}
