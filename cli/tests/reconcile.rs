//! `carepact reconcile` on Harbourside: the planted mistakes, the known differences, states, and refusals.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{PRIME, Run, YEAR_ONE, file, read, root, run};
use serde_json::Value;

const QUARTER: &str = "fixtures/harbourside/payments-2026-27Q1.csv";
const YEAR: &str = "fixtures/harbourside/payments-2026-27.csv";
const GROWTH: &str = "fixtures/harbourside/2026-27-list-growth.csv";

fn quarter(more: &[&str]) -> Run {
    let fixed =
        ["reconcile", PRIME, "--observations", YEAR_ONE, "--period", "2026/27Q1", "--payments", QUARTER];
    run(&[&fixed[..], &["--at", "2026-07-31"], more].concat())
}

fn year(observations: &str, more: &[&str]) -> Run {
    let fixed =
        ["reconcile", PRIME, "--observations", observations, "--period", "2026/27", "--payments", YEAR];
    run(&[&fixed[..], &["--at", "2027-08-31", "--expected-as-of", "flex"], more].concat())
}

fn json(run: Run) -> Value {
    serde_json::from_str(&run.expect(0).out).unwrap()
}

/// A part of the difference between two parties over all periods, in pence.
fn part(report: &Value, payer: &str, payee: &str, name: &str) -> i64 {
    let rows = report["by_period"].as_array().unwrap().iter();
    let rows = rows.filter(|row| row["payer"] == payer && row["payee"] == payee);
    rows.map(|row| pence(if name == "difference" { &row[name] } else { &row["parts"][name] })).sum()
}

fn pence(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn the_planted_mistakes_of_a_quarter_are_found_and_nothing_else() {
    let report = json(quarter(&["--format", "json"]));
    let found: Vec<(String, String, Vec<u64>)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["finding"] != "merged lines")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap().to_string();
            let payments = finding["payments"].as_array().unwrap().iter();
            (text("finding"), text("amount"), payments.map(|paid| paid["row"].as_u64().unwrap()).collect())
        })
        .collect();
    // Rows as they were planted in the file; amounts as they are due: 11,735,000.00 less 308,820.60 and so
    // on.
    let expected: [(&str, &str, &[u64]); 7] = [
        ("double payment", "5461118.40", &[14]),
        ("missing payment", "740203.00", &[]),
        ("wrong period", "932556.00", &[21]),
        ("penny rounding", "-0.02", &[5]),
        ("reversed sign", "28500.00", &[24]),
        ("wrong party", "262500.00", &[22]),
        ("split payment", "24955200.00", &[10, 11]),
    ];
    let plain: Vec<(&str, &str, &[u64])> =
        found.iter().map(|(kind, amount, rows)| (kind.as_str(), amount.as_str(), rows.as_slice())).collect();
    assert_eq!(plain, expected);
    // June's sanctions, £8,000.00, fall due at the end of August.
    assert_eq!(part(&report, "icb", "emh", "timing"), -800_000);
    assert_eq!(part(&report, "icb", "emh", "difference"), -800_000);
}

/// Rows 18 to 26 of the ledger are of June and July: on the last of May they were not paid.
#[test]
fn what_is_paid_after_the_day_is_left_out() {
    let arguments =
        ["reconcile", PRIME, "--observations", YEAR_ONE, "--period", "2026/27Q1", "--payments", QUARTER];
    let out = run(&[&arguments[..], &["--at", "2026-05-31"]].concat()).expect(0).out;
    let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("14 payments of"), "{out}");
    assert!(told.contains("; 9 payments after 2026-05-31 left out"), "{out}");
}

#[test]
fn flex_to_freeze_is_a_restatement_of_c03() {
    // £549,649.83 less £419,919.23; the acute trust has the larger half of one and the smaller of the other:
    // 274,824.92 less 209,959.62.
    let report = json(year(YEAR_ONE, &["--format", "json"]));
    assert_eq!(part(&report, "icb", "emh", "difference"), 12_973_060);
    assert_eq!(part(&report, "icb", "emh", "data_restatement"), 12_973_060);
    assert_eq!(part(&report, "emh", "sba", "data_restatement"), 27_482_492 - 20_995_962);
    assert_eq!(part(&report, "emh", "gpc", "difference"), 0);
}

#[test]
fn list_growth_is_population() {
    let report = json(year(GROWTH, &["--expected-observations", YEAR_ONE, "--format", "json"]));
    assert_eq!(report["causes"], serde_json::json!(["population", "data restatement"]));
    // The capitation alone: +£1,897,635.00 over the year.
    let lines = report["lines"].as_array().unwrap().iter().filter(|line| line["clause"] == "core");
    let population: i64 = lines.map(|line| pence(&line["causes"]["population"])).sum();
    assert_eq!(population, 189_763_500);
    let restated = json(year(
        GROWTH,
        &["--expected-observations", YEAR_ONE, "--cause", "registered=restatement", "--format", "json"],
    ));
    assert_eq!(part(&restated, "icb", "emh", "population"), 0);
    assert_eq!(part(&restated, "icb", "emh", "difference"), part(&report, "icb", "emh", "difference"));
}

#[test]
fn what_is_not_contested_is_payable() {
    let states = "line,payee,state,amount,reason,raised\n\
                  outcomes:2026/27:C03,sba,contested,40000.00,=coding,2027-08-03\n\
                  outcomes:2026/27:C03,emh,withheld,,audit,\n";
    let states = file("states.csv", states.as_bytes());
    let deadlines = ["--issued", "2027-07-30", "--contest-days", "5", "--resolve-days", "10"];
    let more = [&["--states", &states][..], &deadlines[..]].concat();
    let report = json(year(YEAR_ONE, &[&more[..], &["--format", "json"]].concat()));
    let payable = report["payable"].as_array().unwrap();
    let of = |payer: &str, payee: &str| {
        payable.iter().find(|row| row["payer"] == payer && row["payee"] == payee).unwrap().clone()
    };
    // The trust is owed £64,865.30 more, of which £40,000.00 is contested.
    let trust = of("emh", "sba");
    assert_eq!([pence(&trust["contested"]), pence(&trust["payable_now"])], [4_000_000, 2_486_530]);
    // The prime's own half, £64,865.30, is withheld; of what flows through it the same is payable.
    let prime = of("icb", "emh");
    assert_eq!(pence(&prime["withheld"]), 6_486_530);
    assert_eq!(pence(&prime["payable_now"]), 2_486_530);
    let line = report["lines"].as_array().unwrap().iter().find(|line| line["state"] == "contested").unwrap();
    // Tuesday 3 August 2027 and ten working days.
    assert_eq!(line["resolve_by"], "2027-08-17");
    let csv = year(YEAR_ONE, &[&more[..], &["--format", "csv"]].concat()).expect(0).out;
    assert!(csv.contains("'=coding"), "formulas are neutralised");
    let unknown = file("unknown-states.csv", b"line,state\noutcomes:2026/27:C03,paid\ncore:1999-01,agreed\n");
    let refused = year(YEAR_ONE, &["--states", &unknown]).expect(1).err;
    assert!(refused.contains("row 2") && refused.contains("`paid` is no state"), "{refused}");
    assert!(refused.contains("row 3") && refused.contains("no line `core:1999-01` is due"), "{refused}");
}

#[test]
fn csv_comes_to_what_is_due_and_paid() {
    let out = quarter(&["--format", "csv"]).expect(0).out;
    let mut rows = out.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let headings = rows.next().unwrap();
    let at = |name: &str| headings.iter().position(|heading| *heading == name).unwrap();
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in rows {
        assert_eq!(row.len(), headings.len());
        let sign = if row[at("payer")] == "emh" { 1 } else { -1 };
        for name in ["due", "paid", "difference"] {
            *sums.entry(name).or_default() += sign * row[at(name)].replace('.', "").parse::<i64>().unwrap();
        }
    }
    assert_eq!(sums["due"] - sums["paid"], sums["difference"]);
}

#[test]
fn a_difference_fails_only_when_that_is_asked_for() {
    quarter(&[]).expect(0);
    quarter(&["--fail-on-difference"]).expect(1);
}

#[test]
fn an_output_is_written_whole_and_never_over_another() {
    let output = file("reconciled.json", b"");
    fs::remove_file(root().join(&output)).unwrap();
    let out = quarter(&["--format", "json", "--output", &output]).expect(0).out;
    assert!(out.contains("is written"), "{out}");
    let written = read(&output);
    assert_eq!(written, quarter(&["--format", "json"]).expect(0).out);
    assert!(quarter(&["--output", &output]).expect(1).err.contains("is there already"));
    assert_eq!(read(&output), written);
    let output = root().join(output);
    let folder = output.parent().unwrap();
    let parts = fs::read_dir(folder).unwrap().flatten();
    assert!(!parts.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("reconciled.json.")));
}

#[test]
fn problems_of_files_and_options_are_told() {
    let ledger =
        file("bad-ledger.csv", b"date,payer,payee,amount\nsoon,icb,emh,1\n2026-04-15,icb,nobody,1\n");
    let fixed = ["reconcile", PRIME, "--observations", YEAR_ONE, "--payments", &ledger];
    let refused = run(&fixed).expect(1).err;
    assert!(refused.contains("row 2, column date") && refused.contains("row 3"), "{refused}");
    let lacking = run(&[&fixed[..], &["--column", "payee=Supplier site"]].concat()).expect(1).err;
    assert!(lacking.contains("lacks `payee`"), "{lacking}");
    for (more, said) in [
        (["--issued", "soon"], "no date"),
        (["--tolerance", "0.001"], "no amount"),
        (["--column", "payed=X"], "names no field"),
        (["--cause", "registred=population"], "did you mean `registered`?"),
        (["--mapping", "no-such-file.json"], "cannot be read"),
    ] {
        let refused = quarter(&more).expect(1).err;
        assert!(refused.contains(said), "{more:?}: {refused}");
    }
}

/// Ten digits with the check digit of an NHS number: the weighted digits are a multiple of 11.
fn with_check_digit(count: usize) -> Vec<String> {
    let numbers = (4_000_000_000_u64..).map(|number| number.to_string());
    let fine = |number: &String| {
        let digits = number.bytes().map(|byte| u64::from(byte - b'0'));
        digits.zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum::<u64>().is_multiple_of(11)
    };
    numbers.filter(fine).take(count).collect()
}

/// One invoice number of ten digits in eleven looks like an NHS number. Somebody has to say that it is none;
/// then it is read, and that is recorded. A column of nothing else is refused all the same.
#[test]
fn references_that_are_not_people_are_read_when_that_is_said() {
    let number = &with_check_digit(1)[0];
    let ledger = |name: &str, rows: &str| {
        file(name, format!("date,payer,payee,reference,amount,purpose\n{rows}").as_bytes())
    };
    let fixed = ["reconcile", PRIME, "--observations", YEAR_ONE, "--period", "2026/27Q1"];
    let with = |ledger: &str, more: &[&str]| run(&[&fixed[..], &["--payments", ledger], more].concat());
    let said = ["--references-are-not-people"];
    let one = ledger("ten-digits.csv", &format!("2026-04-15,icb,emh,INV {number},24940950.00,April\n"));
    let refused = with(&one, &[]).expect(1).err;
    assert!(refused.contains("column D") && refused.contains("say --references-are-not-people"), "{refused}");
    assert!(!refused.contains(number), "nothing of it is printed");
    let read = with(&one, &said).expect(0).out;
    let told = "1 reference with the check digit of an NHS number read, as they are said not to be people";
    assert!(read.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{read}");
    let report = json(with(&one, &[&said[..], &["--format", "json"]].concat()));
    assert_eq!(report["references_not_people"], 1);
    let mapping = file("not-people.json", br#"{ "references_are_not_people": true }"#);
    with(&one, &["--mapping", &mapping]).expect(0);

    // It is said of references alone, and of no number that is written as NHS numbers are.
    let grouped = format!("{} {} {}", &number[..3], &number[3..6], &number[6..]);
    let other_places = [
        format!("2026-04-15,icb,emh,INV 1,24940950.00,{number}\n"),
        format!("2026-04-15,icb,emh,{grouped},24940950.00,April\n"),
    ];
    for (place, rows) in other_places.iter().enumerate() {
        let refused = with(&ledger(&format!("ten-digits-{place}.csv"), rows), &said).expect(1).err;
        assert!(refused.contains("error[patient-identifier]") && !refused.contains(number), "{refused}");
    }
    // By chance five of five are one in 161,051.
    let rows = with_check_digit(5)
        .iter()
        .map(|number| format!("2026-04-15,icb,emh,{number},1.00,\n"))
        .collect::<String>();
    let refused = with(&ledger("all-people.csv", &rows), &said).expect(1).err;
    assert!(refused.contains("5 of 5 references of ten digits"), "{refused}");
}
