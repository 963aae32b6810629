//! `carepact reconcile --book`: what is due, paid and contested by a book, held against the same in files.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::Path;

use common::{PRIME, Run, YEAR_ONE, file, run};
use serde_json::Value;

const LEDGER: &str = "fixtures/harbourside/payments-2026-27.csv";
const STATES: &str = "line,payee,state,amount,reason,raised\n\
                      outcomes:2026/27:C03,sba,contested,40000.00,Coding of referrals,2027-08-03\n\
                      outcomes:2026/27:C03,emh,withheld,,Awaiting the audit,2027-08-04\n\
                      outcomes:2026/27:C04,sba,agreed,,,2027-08-05\n";

/// A command of a book by Ada at a time.
fn by_ada(book: &str, what: &[&str], rest: &[&str], at: &str) -> Run {
    run(&[&["book"], what, &[book], rest, &["--by", "Ada", "--at", at]].concat())
}

/// A book with the year stated on flex data and restated on freeze data: statements 1 and 2.
fn stated(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    let book = path.to_string_lossy().into_owned();
    by_ada(&book, &["new"], &[], "2026-04-01").expect(0);
    by_ada(&book, &["add", "contract"], &[PRIME], "2026-04-01").expect(0);
    by_ada(&book, &["add", "observations"], &[YEAR_ONE, "--submission", "freeze"], "2027-05-10").expect(0);
    by_ada(&book, &["state"], &["--period", "2026/27", "--as-of", "flex"], "2027-05-12").expect(0);
    by_ada(&book, &["open"], &["2027-07"], "2027-07-01").expect(0);
    by_ada(&book, &["restate"], &[], "2027-07-30").expect(0);
    book
}

/// What is said of lines, entries 7 to 9.
fn disputed(book: &str) {
    let line = |what: &str, rest: &[&str], at: &str| by_ada(book, &[what], rest, at).expect(0);
    let coding = ["outcomes:2026/27:C03:sba", "--amount", "40000.00", "--reason", "Coding of referrals"];
    line("contest", &coding, "2027-08-03");
    line("withhold", &["outcomes:2026/27:C03:emh", "--reason", "Awaiting the audit"], "2027-08-04");
    line("agree", &["outcomes:2026/27:C04:sba"], "2027-08-05");
}

fn of_book(book: &str, more: &[&str]) -> Run {
    run(&[&["reconcile", "--book", book, "--at", "2027-08-31"], more].concat())
}

/// Where two texts are no longer the same.
fn apart(one: &str, other: &str) -> String {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    [one, other]
        .map(|text| text.chars().skip(same.saturating_sub(40)).take(120).collect::<String>())
        .join("\n")
}

const DAYS: [&str; 4] = ["--contest-days", "5", "--resolve-days", "10"];

#[test]
fn a_book_and_its_files_give_the_same() {
    let book = stated("reconciled.book");
    disputed(&book);
    by_ada(&book, &["add", "payments"], &[LEDGER], "2027-08-31").expect(0);
    let states = file("reconciled-states.csv", STATES.as_bytes());
    let files = ["reconcile", PRIME, "--observations", YEAR_ONE, "--period", "2026/27", "--payments", LEDGER];
    let said = ["--at", "2027-08-31", "--states", &states, "--issued", "2027-07-30"];
    let by_place = |out: &str| {
        let out = out.replace(&format!("entry 10 ({LEDGER})"), LEDGER);
        out.replace(&format!("statement 2 of {book}"), YEAR_ONE).replace(&book, LEDGER)
    };
    let flex = &["--expected-as-of", "flex"][..];
    for (based_on, formats) in
        [(flex, &["json", "csv", "text"][..]), (&["--expected-statement", "1"], &["json"]), (&[], &["json"])]
    {
        for format in formats.iter().copied() {
            let more = [&DAYS[..], &["--format", format, "--matches"]].concat();
            let as_flex = if based_on.is_empty() { &[][..] } else { &["--expected-as-of", "flex"] };
            let from_files = run(&[&files[..], &said, as_flex, &more].concat()).expect(0).out;
            let from_book = of_book(&book, &[based_on, &more].concat()).expect(0).out;
            // Text is broken elsewhere where names are longer; JSON names the book.
            let plain = |out: &str| match format {
                "text" => out.split_whitespace().collect::<Vec<_>>().join(" "),
                "json" => {
                    let mut value: Value = serde_json::from_str(out).unwrap();
                    value["book"] = Value::Null;
                    format!("{value:#}\n")
                }
                _ => out.to_string(),
            };
            let (from_book, from_files) = (by_place(&plain(&from_book)), plain(&from_files));
            assert!(from_book == from_files, "{based_on:?} {format}\n{}", apart(&from_book, &from_files));
            assert!(format != "csv" || from_book.contains(",contested,Coding of referrals,40000.00,"));
        }
    }
}

#[test]
fn what_a_book_holds_is_told_with_the_report() {
    let book = stated("told.book");
    disputed(&book);
    let deadline = ["outcomes:2026/27:C08:sba", "--reason", "x", "--answer-by", "2027-08-20"];
    by_ada(&book, &["contest"], &deadline, "2027-08-06").expect(0);
    // The line of a month is paid by its instalment: to agree on it says nothing of what is due.
    by_ada(&book, &["agree"], &["core:2026-04:complex"], "2027-08-06").expect(0);
    let told = of_book(&book, &["--format", "json"]).expect(0);
    assert!(told.err.contains("statement 2 is not approved yet"), "{}", told.err);
    assert!(told.err.contains("`core:2026-04:complex` is agreed by entry 11"), "{}", told.err);
    let report: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(report["book"]["statements"][0]["statement"], 2);
    let lines = report["lines"].as_array().unwrap().iter();
    let answered: Vec<&Value> = lines.filter(|line| line["resolve_by"] == "2027-08-20").collect();
    // Both legs of what flows through the prime.
    let due = ["outcomes:2026/27:C08", "outcomes:2026/27:C08"];
    assert!(answered.iter().map(|line| &line["line"]).eq(&due));
    // Nothing was paid: all that is due is missing, and nothing of the book is contradicted.
    assert!(report["findings"].as_array().unwrap().iter().all(|found| found["finding"] == "missing payment"));
    let older = of_book(&book, &["--statement", "1"]).expect(0);
    assert!(older.err.contains("statement 1 was restated by statement 2"), "{}", older.err);
    let unknown = of_book(&book, &["--statement", "7"]).expect(1).err;
    assert!(unknown.contains("the book has no statement 7"), "{unknown}");
}

/// A ledger beside a book without payments takes their place; beside one with payments it has the same.
#[test]
fn files_beside_a_book_do_not_contradict_it() {
    let book = stated("beside.book");
    disputed(&book);
    let beside = of_book(&book, &["--payments", LEDGER, "--format", "csv"]).expect(0).out;
    by_ada(&book, &["add", "payments"], &[LEDGER], "2027-08-31").expect(0);
    let kept = of_book(&book, &["--payments", LEDGER, "--format", "csv"]).expect(0).out;
    assert_eq!(kept.replace(&format!("entry 10 ({LEDGER})"), LEDGER), beside);
    // One payment with another amount: two are in one of the two only.
    let ledger = common::read(LEDGER).replacen("INV-001,5461118.40", "INV-001,5461118.41", 1);
    let changed = file("beside-ledger.csv", ledger.as_bytes());
    let refused = of_book(&book, &["--payments", &changed]).expect(1).err;
    assert_eq!(refused.matches("error[two-sources]").count(), 2, "{refused}");
    assert!(refused.contains(&format!("entry 10 ({LEDGER}): row 2")), "{refused}");
    assert!(refused.contains(&format!("{changed}: row 2")), "{refused}");

    let states = file("beside-states.csv", STATES.as_bytes());
    of_book(&book, &["--states", &states]).expect(0);
    let other = file("beside-other.csv", STATES.replace("40000.00", "50000.00").as_bytes());
    let refused = of_book(&book, &["--states", &other]).expect(1).err;
    // Both legs of the line.
    assert_eq!(refused.matches("error[two-sources]").count(), 2, "{refused}");
    let told = refused.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("is contested, 40,000.00 of it by"), "{refused}");
    assert!(told.contains("and contested, 50,000.00 of it by"), "{refused}");
}

#[test]
fn a_contract_and_a_book_are_not_both_named() {
    let mistakes: [&[&str]; 4] = [
        &["reconcile", PRIME, "--book", "x.book"],
        &["reconcile", "--book", "x.book", "--observations", YEAR_ONE],
        &["reconcile", PRIME, "--observations", YEAR_ONE],
        &["reconcile", PRIME, "--observations", YEAR_ONE, "--payments", LEDGER, "--contest-days", "5"],
    ];
    for mistake in mistakes {
        run(mistake).expect(2);
    }
    assert!(run(&["reconcile", "--book", "no.book"]).expect(1).err.contains("no.book is not there"));
}
