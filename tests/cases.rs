//! Acceptance cases of an invented contract: amounts worked out by hand, each way to compare them, and
//! the text of every problem that a case file can have.
//!
//! `UPDATE=1 cargo test --test cases` rewrites the text of the problems; review it with `git diff`.

mod common;

use carepact::cases::{CODES, CaseFile, Counts, Outcome, Results, Standing, read, run};
use common::text;

const CONTRACT: &str = "fixtures/cases/clinic.json";
const CASES: &str = "fixtures/cases/clinic.cases.json";
const WRONG: &str = "fixtures/cases/wrong.cases.json";
const WRONG_TEXT: &str = "fixtures/cases/wrong.txt";

/// Results of the fixture with one part of its text replaced.
fn with(old: &str, new: &str) -> Results {
    let cases = text(CASES);
    assert_eq!(cases.matches(old).count(), 1, "`{old}` stands once in the fixture");
    let file = CaseFile::parse(&cases.replace(old, new)).unwrap_or_else(|problems| panic!("{problems}"));
    run(&file, &text(CONTRACT), false)
}

/// All that differs, one line each.
fn differences(results: &Results) -> Vec<String> {
    let mut out = Vec::new();
    for case in &results.cases {
        out.extend(case.result.as_ref().err().map(|failure| failure.text("cases", "contract")));
        let amounts = case.amounts().iter().filter(|amount| !amount.outcome.is_fine());
        out.extend(amounts.map(|amount| {
            format!("{}, {}: {}", case.case.id, amount.expected.what, amount.difference().unwrap_or_default())
        }));
    }
    out
}

#[test]
fn amounts_worked_out_by_hand_are_stated() {
    let file = CaseFile::parse(&text(CASES)).unwrap_or_else(|problems| panic!("{problems}"));
    let results = run(&file, &text(CONTRACT), false);
    assert!(results.is_fine(), "{:#?}", differences(&results));
    let expected = Counts {
        cases: 4,
        found: 3,
        published: 2,
        worked_out: 1,
        remembered: 1,
        not_stated: 0,
        amounts: 31,
        exact: 30,
        within: 1,
        differ: 0,
    };
    assert_eq!(results.counts(), expected);
    assert_eq!(results.cases[3].case.standing(), Standing::Remembered);
    let within = results.cases[1].amounts().last().expect("the last amount");
    assert!(matches!(&within.outcome, Outcome::Within { off, .. } if off.plain(2) == "0.07"));
}

#[test]
fn what_differs_is_said_with_both_values() {
    let changes = [
        (
            "\"care\": \"1050.00\"",
            "\"care\": \"1050.01\"",
            "one-clinic, care: expected 1050.01, got 1050.00, off by -0.01",
        ),
        (
            "\"5/8\"",
            "\"2/3\"",
            "one-clinic, share_earned: expected 2/3, got 0.625, off by -0.041666666666… (-1/24)",
        ),
        (
            "\"0.6667\"",
            "\"0.6666\"",
            "two-clinics, share_seen:north: expected 0.6666, got 0.666666666666… (2/3), off by 0.000066666666… (1/15000)",
        ),
        (
            "\"within\": \"0.07\"",
            "\"within\": \"0.06\"",
            "two-clinics, bonus: expected 416.60, got 416.67, off by 0.07",
        ),
        (
            "share_seen:south\": \"absent\"",
            "share_seen:south\": 0",
            "two-clinics, share_seen:south: expected 0, got absent",
        ),
        (
            "\"share_earned:north\": \"5/12\"",
            "\"share_earned:north\": \"absent\"",
            "two-clinics, share_earned:north: expected absent, got 0.416666666666… (5/12)",
        ),
        ("\"4 GBP/test\"", "\"5 GBP/test\"", "other-terms, testing: expected 28.00, got 35.00, off by 7.00"),
        (
            "[[0, 0], [1, 1]]",
            "[[0, 0], [1, \"0.8\"]]",
            "other-terms, bonus: expected 750.00, got 600.00, off by -150.00",
        ),
    ];
    for (old, new, wanted) in changes {
        let results = with(old, new);
        assert!(!results.is_fine(), "{new}");
        assert_eq!(differences(&results)[0], wanted);
    }
}

#[test]
fn what_differs_is_explained_when_asked() {
    let changes = [
        (
            "visiting:nursing:2026-05",
            "visiting:nursing:2026-04",
            "observed (one-clinic, visits:2026-04:nursing, row 1)",
        ),
        ("\"5/12\"", "\"1/2\"", "(0.6666666666… − 0.5) ÷ 0.4"),
        (
            "\"share_seen:south\": \"absent\"",
            "\"share_seen:south\": 0",
            "the figure is suppressed (two-clinics, seen:south, row 4)",
        ),
    ];
    for (old, new, wanted) in changes {
        let file =
            CaseFile::parse(&text(CASES).replace(old, new)).unwrap_or_else(|problems| panic!("{problems}"));
        let results = run(&file, &text(CONTRACT), true);
        let amounts = results.cases.iter().flat_map(|case| case.amounts());
        let why: Vec<&String> = amounts.flat_map(|amount| &amount.why).collect();
        assert_eq!(why.len(), 1, "one amount differs: {new}");
        assert!(why[0].contains(wanted), "{}", why[0]);
    }
}

#[test]
fn problems_read_as_written_down() {
    let file = read(&text(WRONG)).unwrap_or_else(|problems| panic!("{problems}"));
    let results = run(&file, &text(CONTRACT), false);
    let mut found = String::new();
    for problem in &results.problems {
        found.push_str(&problem.text("wrong.cases.json", Some(&results.document)));
        found.push('\n');
    }
    for case in &results.cases {
        found.push_str(&format!("--- {}\n", case.case.id));
        if let Err(failure) = &case.result {
            found.push_str(&failure.text("wrong.cases.json", "clinic.json"));
        }
        for amount in case.amounts() {
            let said = amount.difference().unwrap_or_else(|| "as expected".to_string());
            found.push_str(&format!("{}: {said}\n", amount.expected.what));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(common::path(WRONG_TEXT), &found).expect("the text is written");
    }
    let written = std::fs::read_to_string(common::path(WRONG_TEXT)).unwrap_or_default();
    assert!(written == found, "{WRONG_TEXT} differs: UPDATE=1 cargo test --test cases, then git diff");
    let of_cases = CODES.iter().filter(|code| code.name != "case-amount");
    for code in of_cases {
        assert!(found.contains(&format!("[{}]", code.name)), "{} is shown", code.name);
    }
}

#[test]
fn a_contract_that_does_not_compile_fails_once() {
    let file = CaseFile::parse(&text(CASES)).unwrap_or_else(|problems| panic!("{problems}"));
    for broken in ["{", "{}", &text(CONTRACT).replace("visits * price", "visits * prices")] {
        let results = run(&file, broken, false);
        assert!(!results.is_fine() && results.cases.is_empty());
        assert!(results.failure.is_some_and(|failure| failure.in_contract && !failure.problems.is_empty()));
    }
}

#[test]
fn a_file_without_a_head_is_refused() {
    for wrong in ["", "[]", "{ \"cases\": {} }", "{ \"cases_of\": 1, \"title\": \"t\", \"cases\": {} }"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    assert!(CaseFile::parse("{ \"cases_of\": \"c.json\", \"title\": \"t\", \"cases\": {} }").is_ok());
}
