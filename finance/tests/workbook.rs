//! Workbooks recalculated by LibreOffice: every line comes to the pennies that the engine states.
//!
//! Formulas are written with 0 as their result, so that nothing but a calculation can give the amounts.
//! Skipped, and said so, where `soffice` is not installed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod office;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use carepact::cases::{CaseFile, stated};
use carepact::{Exact, Observations};

use office::{Office, Written, hold, hold_all, model, observations, report, root};

#[test]
fn harbourside() {
    let Some(office) = Office::new("harbourside") else { return };
    let of = |name: &str, contract: &str, data: &str| {
        let model = model(&fs::read_to_string(root().join(contract)).unwrap());
        Written::new(name, &model, &observations(data), None).unwrap()
    };
    let folder = "contracts/harbourside";
    let written = [
        of("prime", &format!("{folder}/prime-provider.json"), "fixtures/harbourside/2026-27.csv"),
        of(
            "growth",
            &format!("{folder}/prime-provider.json"),
            "fixtures/harbourside/2026-27-list-growth.csv",
        ),
        of(
            "year-of-care",
            &format!("{folder}/year-of-care.json"),
            "fixtures/harbourside/year-of-care-2026-27.csv",
        ),
        of("alliance", &format!("{folder}/alliance.json"), "fixtures/harbourside/2026-27.csv"),
        of(
            "small",
            &format!("{folder}/small-population.json"),
            "fixtures/harbourside/small-population-2026-27.csv",
        ),
    ];
    let mut problems = Vec::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        let (lines, unsure) = hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        println!("{}: {lines} lines, {unsure} not vouched for", written.name);
        assert!(lines > 20);
    }
    report(&problems);
}

/// Case files below a folder.
fn case_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            case_files(&path, found);
        } else if path.to_string_lossy().ends_with(".cases.json") {
            found.push(path);
        }
    }
}

#[test]
fn published_contracts() {
    let Some(office) = Office::new("published") else { return };
    let mut files = Vec::new();
    case_files(&root().join("contracts/published"), &mut files);
    let mut written = Vec::new();
    let mut contracts = 0;
    for path in &files {
        let cases = CaseFile::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let contract = PathBuf::from(path.to_string_lossy().replace(".cases.json", ".json"));
        let contract = fs::read_to_string(contract).unwrap();
        let stem = path.file_name().unwrap().to_string_lossy().replace(".cases.json", "");
        let before = written.len();
        // One case of each contract keeps the test short.
        for case in cases.cases.iter().take(1) {
            let Ok((text, observations)) = stated(&cases, case, &contract) else { continue };
            let name = format!("{stem}-{}", case.id);
            written.extend(Written::new(&name, &model(&text), &observations, Some(&case.period)));
        }
        contracts += usize::from(written.len() > before);
    }
    let mut problems = Vec::new();
    let (mut lines, mut unsure) = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        let (of_it, unsure_of_it) = hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        lines += of_it;
        unsure += unsure_of_it;
        for unsure in &written.workbook.unsure {
            *reasons.entry(format!("{}: {}", written.name, unsure.reason)).or_default() += 1;
        }
    }
    println!(
        "{contracts} of {} contracts, {} workbooks, {lines} lines, {unsure} not vouched for",
        files.len(),
        written.len()
    );
    reasons.iter().for_each(|(reason, count)| println!("  {count} × {reason}"));
    report(&problems);
}

/// Numbers that look random, from the last one on: Knuth's constants for 64 bits.
fn next(state: &mut u64, most: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % (most + 1)
}

/// Observations of the contract made of ratios and ties; the first sets are at the ends of the ranges.
fn ties(state: &mut u64, at_end: Option<bool>) -> Observations {
    let mut drawn = |most: u64| match at_end {
        Some(true) => most,
        Some(false) => 0,
        None => next(state, most),
    };
    let mut observations = Observations::new();
    for indicator in ["I1", "I2", "I3"] {
        let denominator = drawn(63) + 1;
        let numerator = drawn(denominator);
        let members = [("indicator", indicator)];
        observations.add_ratio("met", "2026/27", &members, &numerator.to_string(), &denominator.to_string());
        for quarter in ["2026/27Q1", "2026/27Q2", "2026/27Q3", "2026/27Q4"] {
            observations.add_value("contacts", quarter, &members, &drawn(2001).to_string());
        }
    }
    let denominator = drawn(40);
    if denominator > 0 {
        let numerator = drawn(denominator);
        observations.add_ratio("survey", "2026/27", &[], &numerator.to_string(), &denominator.to_string());
    }
    let pennies = i64::try_from(drawn(4_000_000)).unwrap() - 2_000_000;
    let balance = Exact::scaled(i128::from(pennies), 2).plain(2);
    observations.add_value("balance", "2026/27", &[], &balance);
    for party in ["payer", "north", "south", "coast"] {
        observations.add_value("workload", "2026/27", &[("party", party)], &drawn(30).to_string());
    }
    observations
}

/// Halves of pennies, ratios, absence, every residue and mode: ties are the rule here.
#[test]
fn ratios_and_ties() {
    let Some(office) = Office::new("ties") else { return };
    let contract = fs::read_to_string(root().join("fixtures/batch/ties.json")).unwrap();
    let mut state = 7;
    let mut written = Vec::new();
    for mode in ["half_away", "half_up", "half_even", "down"] {
        let model = model(&contract.replacen("half_away", mode, 1));
        for round in 0..6 {
            let at_end = [Some(false), Some(true)].get(round).copied().flatten();
            let name = format!("{mode}-{round}");
            let observations = ties(&mut state, at_end);
            written.push(Written::new(&name, &model, &observations, None).expect("admissible observations"));
        }
    }
    let mut problems = Vec::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (written, found) in written.iter().zip(office.recalculate(&written)) {
        hold(written, &found, &mut problems);
        hold_all(written, &found, &mut problems);
        for unsure in &written.workbook.unsure {
            let clause = unsure.line.split(':').next().unwrap_or_default();
            *reasons.entry(format!("{clause}: {}", unsure.reason)).or_default() += 1;
        }
    }
    report(&problems);
    assert!(reasons.is_empty(), "{reasons:?}");
}

/// A workbook of one set of observations, with the inputs of another typed into it, comes to what the
/// engine states for the other.
#[test]
fn amounts_follow_the_inputs() {
    let Some(office) = Office::new("follow") else { return };
    let text = fs::read_to_string(root().join("contracts/harbourside/prime-provider.json")).unwrap();
    let model = model(&text);
    let of = |name: &str, data: &str| Written::new(name, &model, &observations(data), None).unwrap();
    let mut changed = of("changed", "fixtures/harbourside/2026-27.csv");
    let other = of("other", "fixtures/harbourside/2026-27-list-growth.csv");
    let inputs = changed.workbook.sheets.iter().position(|sheet| sheet.name == "Inputs").unwrap();
    let mut typed = 0;
    let rows = changed.workbook.sheets[inputs].rows.iter_mut();
    for (row, other) in rows.zip(&other.workbook.sheets[inputs].rows) {
        if row.len() > 5 && row[5].content != other[5].content {
            row[5].content = other[5].content.clone();
            typed += 1;
        }
    }
    assert!(typed > 10, "{typed} inputs differ");
    let found = office.recalculate(&[changed]).remove(0);
    let mut problems = Vec::new();
    let (lines, unsure) = hold(&other, &found, &mut problems);
    report(&problems);
    assert_eq!((lines, unsure), (538, 0));
    // The checks say that the lines differ from what was stated, and nothing else.
    let verdicts: Vec<String> = found["Checks"].iter().map(|row| row[4].to_string()).collect();
    let say = |word: &str| verdicts.iter().filter(|verdict| *verdict == word).count();
    assert_eq!(say("look"), 1);
    assert!(say("differs") > 20, "{}", say("differs"));
}
