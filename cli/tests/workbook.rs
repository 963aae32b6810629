//! `carepact evaluate --format xlsx`: what it refuses, and the sheets as LibreOffice works them out.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use carepact::Exact;
use common::{PRIME, Run, YEAR_ONE, run};

/// An empty folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xlsx-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn evaluate(contract: &str, observations: &str, more: &[&str]) -> Run {
    run(&[&["evaluate", contract, "--observations", observations], more].concat())
}

#[test]
fn a_workbook_is_never_overwritten_and_needs_a_name() {
    let folder = folder("refused");
    let file = folder.join("book.xlsx");
    let file = file.to_str().unwrap();
    evaluate(PRIME, YEAR_ONE, &["--format", "xlsx"]).expect(2);
    evaluate(PRIME, YEAR_ONE, &["--output", file]).expect(2);
    evaluate(PRIME, YEAR_ONE, &["--holder", "a"]).expect(2);
    fs::write(file, "mine").unwrap();
    let there = evaluate(PRIME, YEAR_ONE, &["--format", "xlsx", "--output", file]).expect(1);
    assert!(there.err.contains("file-exists"), "{}", there.err);
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    let other = folder.join("other.xlsx");
    let other = other.to_str().unwrap();
    let unknown =
        evaluate(PRIME, YEAR_ONE, &["--format", "xlsx", "--output", other, "--holder", "nobody"]).expect(1);
    assert!(unknown.err.contains("unknown-holder"), "{}", unknown.err);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing half-written is left");
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let folder = folder("same");
    let bytes = ["a", "b"].map(|name| {
        let file = folder.join(format!("{name}.xlsx"));
        let output = file.to_str().unwrap();
        let (contract, data) = (
            "contracts/harbourside/small-population.json",
            "fixtures/harbourside/small-population-2026-27.csv",
        );
        let written = evaluate(contract, data, &["--format", "xlsx", "--output", output]).expect(0);
        assert!(written.out.contains("260 lines; a spreadsheet works out every one to the penny"));
        fs::read(file).unwrap()
    });
    assert!(bytes[0] == bytes[1]);
}

/// The sheets of a workbook as LibreOffice writes them after it worked out every formula.
fn sheets(folder: &Path, file: &Path) -> Option<BTreeMap<String, Vec<Vec<String>>>> {
    if Command::new("soffice").arg("--version").output().is_err() {
        eprintln!("skipped: LibreOffice (soffice) is not installed");
        return None;
    }
    let user = folder.join("profile/user");
    fs::create_dir_all(&user).unwrap();
    // Without this LibreOffice may show the results that stand in the file.
    let settings = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oor:items \
        xmlns:oor=\"http://openoffice.org/2001/registry\"><item \
        oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"OOXMLRecalcMode\" \
        oor:op=\"fuse\"><value>0</value></prop></item></oor:items>";
    fs::write(user.join("registrymodifications.xcu"), settings).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    // Commas, quotation marks, UTF-8, every sheet.
    let csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    let run = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", csv, "--outdir"])
        .args([folder, file])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let stem = file.file_stem().unwrap().to_string_lossy().to_string();
    let mut found = BTreeMap::new();
    for name in ["About", "Inputs", "Parameters", "Calculation", "Statement", "Totals", "Checks"] {
        let path = folder.join(format!("{stem}-{name}.csv"));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
        let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect());
        found.insert(name.to_string(), rows.collect());
    }
    Some(found)
}

/// An amount, with or without separators and zeros at the end.
fn number(text: &str) -> Exact {
    Exact::parse(&text.replace(',', "")).unwrap()
}

#[test]
fn libreoffice_works_out_the_statement() {
    let folder = folder("worked");
    let file = folder.join("prime.xlsx");
    evaluate(PRIME, YEAR_ONE, &["--format", "xlsx", "--output", file.to_str().unwrap()]).expect(0);
    let Some(sheets) = sheets(&folder, &file) else { return };
    let stated = evaluate(PRIME, YEAR_ONE, &["--format", "csv"]).expect(0);
    let mut reader = csv::Reader::from_reader(stated.out.as_bytes());
    let mut amounts: BTreeMap<String, String> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        amounts.insert(row[1].to_string(), row[13].to_string());
    }
    let statement = &sheets["Statement"];
    let lines = statement.iter().filter(|row| amounts.contains_key(&row[0]));
    let mut count = 0;
    for row in lines {
        count += 1;
        assert_eq!(number(&row[7]), number(&amounts[&row[0]]), "line {} {}", row[0], row[1]);
        assert_eq!(row[9], "yes", "line {} {}", row[0], row[1]);
    }
    // README: 538 lines of the first year.
    assert_eq!((count, amounts.len()), (538, 538));
    // Figures of the README: 274,824.92 and 274,824.91 of 549,649.83.
    let c03 = statement.iter().filter(|row| row[1] == "outcomes:2026/27:C03").map(|row| number(&row[7]));
    assert_eq!(c03.collect::<Vec<_>>(), ["274824.92", "274824.91"].map(number));
    let all = sheets.values().flatten().flatten();
    let errors: Vec<&String> = all.filter(|cell| cell.starts_with("#") || cell.starts_with("Err:")).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let verdicts: Vec<&str> = sheets["Checks"].iter().map(|row| row[4].as_str()).collect();
    assert!(verdicts.iter().filter(|verdict| **verdict == "ok").count() > 540);
    assert!(!verdicts.iter().any(|verdict| ["look", "differs"].contains(verdict)));
}
