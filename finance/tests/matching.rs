//! How payments are matched, one rule at a time, by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod ledger;

use carepact::calendar::Period;
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::{Due, sort};
use carepact_finance::reconcile::finding::FindingKind;
use carepact_finance::reconcile::matching::How;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::{Payment, Payments};
use carepact_finance::reconcile::states::{Deadlines, State, StatesFile};
use carepact_finance::reconcile::variance::Part;
use carepact_finance::reconcile::{Reconciliation, Settings, reconcile};
use ledger::{contract, due, payment};

fn period(key: &str) -> Period {
    contract().calendar.period(key).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A line of provider 1 in a month, due on the 15th.
fn line(id: &str, amount: i64, month: &str) -> Due {
    due(id, (0, 1), amount, (period(month), day(&format!("{month}-15"))))
}

/// A payment to provider 1.
fn paid(amount: i64, stated: Option<&str>, date: &str, reference: &str) -> Payment {
    Payment { reference: Box::from(reference), ..payment((0, 1), amount, stated.map(period), day(date)) }
}

fn settings<'s>(references: &'s [String], states: Option<&'s StatesFile>) -> Settings<'s> {
    let deadlines =
        Deadlines { issued: Some(day("2027-04-01")), contest_days: Some(5), resolve_days: Some(10) };
    Settings {
        at: day("2027-04-30"),
        tolerance: 5,
        references,
        states: states.into_iter().collect(),
        deadlines,
    }
}

fn held(mut dues: Vec<Due>, list: Vec<Payment>, settings: &Settings<'_>) -> Reconciliation {
    let contract = contract();
    sort(&mut dues);
    let payments = Payments { files: vec!["ledger".into()], list, ..Payments::default() };
    reconcile(&contract, dues, (payments, Parties::of(&contract)), settings, &|_| {}).unwrap()
}

fn plain(dues: Vec<Due>, payments: Vec<Payment>) -> Reconciliation {
    held(dues, payments, &settings(&[], None))
}

fn hows(found: &Reconciliation) -> Vec<(How, usize, usize)> {
    found.matching.matches.iter().map(|one| (one.how, one.dues.len(), one.payments.len())).collect()
}

fn kinds(found: &Reconciliation) -> Vec<FindingKind> {
    found.findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn a_reference_names_lines_by_a_pattern() {
    let dues = vec![line("a:1", 100, "2026-04"), line("b:1", 250, "2026-04"), line("a:2", 100, "2026-05")];
    let patterns = ["{payee}-{period}".to_string()];
    // The period of the ledger is wrong; the reference is not.
    let payments = vec![paid(350, Some("2026-05"), "2026-05-15", "P1 / 2026-04")];
    let found = held(dues, payments, &settings(&patterns, None));
    assert_eq!(hows(&found), [(How::Lines, 2, 1)]);
    assert_eq!(
        kinds(&found),
        [FindingKind::MissingPayment, FindingKind::WrongPeriod, FindingKind::MergedLines]
    );
}

#[test]
fn amounts_that_agree_are_worth_more_than_a_reference_that_does_not() {
    let dues = vec![line("a:1", 100, "2026-04"), line("b:1", 250, "2026-04")];
    let found = plain(dues, vec![paid(250, Some("2026-04"), "2026-04-15", "a:1")]);
    assert_eq!(hows(&found), [(How::Amount, 1, 1)]);
    let dues = vec![line("a:1", 100, "2026-04"), line("b:1", 250, "2026-04")];
    let found = plain(dues, vec![paid(90, Some("2026-04"), "2026-04-15", "a:1")]);
    assert_eq!(hows(&found), [(How::OtherAmount, 1, 1)]);
    assert_eq!(found.findings[1].amount, 10, "due less paid");
}

#[test]
fn without_a_period_the_day_decides() {
    let months: Vec<String> = (4..=12).map(|month| format!("2026-{month:02}")).collect();
    let dues = months.iter().map(|month| line(&format!("a:{month}"), 100, month)).collect();
    // September is missing. Taken greedily, October's payment would be taken for it, and so on to December.
    let rest = months.iter().filter(|month| *month != "2026-09");
    let payments = rest.map(|month| paid(100, None, &format!("{month}-17"), "")).collect();
    let found = plain(dues, payments);
    assert_eq!(kinds(&found), [FindingKind::MissingPayment]);
    assert_eq!(found.dues[found.findings[0].dues[0] as usize].line, "a:2026-09");
}

#[test]
fn a_payment_may_be_for_a_quarter() {
    let months = ["2026-04", "2026-05", "2026-06"];
    let lines = |clause: &str, amount| months.map(|month| line(&format!("{clause}:{month}"), amount, month));
    let dues = [lines("a", 100), lines("b", 33)].concat();
    let payments =
        vec![paid(300, Some("2026/27Q1"), "2026-06-15", ""), paid(99, Some("2026/27Q1"), "2026-06-15", "")];
    let found = plain(dues, payments);
    assert_eq!(hows(&found), [(How::Lines, 3, 1), (How::Lines, 3, 1)]);
    assert!(kinds(&found).iter().all(|kind| kind.is_note()));
}

#[test]
fn lines_of_both_ways_are_netted() {
    let back = due("withheld:1", (1, 0), 4, (period("2026-04"), day("2026-04-15")));
    let found =
        plain(vec![line("a:1", 100, "2026-04"), back], vec![paid(96, Some("2026-04"), "2026-04-15", "")]);
    assert_eq!(hows(&found), [(How::Lines, 2, 1)]);
    assert_eq!(found.total().difference(), 0);
}

#[test]
fn sums_of_some_lines_are_tried_up_to_a_bound_that_is_said() {
    // 1 + 2 + 4 of five lines, none of which belong together otherwise.
    let dues = |count: u32| (0..count).map(|at| line(&format!("c{at}:1"), 1000 << at, "2026-04")).collect();
    let payment = || vec![paid(7000, Some("2026-04"), "2026-04-15", "")];
    let found = plain(dues(5), payment());
    assert_eq!((hows(&found), found.matching.not_searched), (vec![(How::Lines, 3, 1)], 0));
    let found = plain(dues(17), payment());
    assert_eq!((hows(&found), found.matching.not_searched), (vec![], 1));
}

#[test]
fn what_was_expected_is_matched_and_the_difference_has_its_cause() {
    let restated = Due { expected: 90, causes: [4, 0, 0, 6], ..line("a:1", 100, "2026-04") };
    let found = plain(vec![restated], vec![paid(90, Some("2026-04"), "2026-04-15", "")]);
    assert_eq!((kinds(&found), found.matching.matches[0].as_expected), (vec![], true));
    assert_eq!(found.variance.rows[0].amounts.parts, [4, 0, 0, 6, 0, 0, 0]);
    assert_eq!(found.payable[0].now, 10);
    // Paid as it is due now, there is nothing to explain.
    let restated = Due { expected: 90, causes: [4, 0, 0, 6], ..line("a:1", 100, "2026-04") };
    let found = plain(vec![restated], vec![paid(100, Some("2026-04"), "2026-04-15", "")]);
    assert_eq!(found.variance.rows[0].amounts.parts, [0; 7]);
    // What nobody expected is no missing payment; it is payable.
    let new = Due { expected: 0, causes: [0, 0, 100, 0], ..line("a:1", 100, "2026-04") };
    let found = plain(vec![new], Vec::new());
    assert_eq!((kinds(&found), found.payable[0].now), (vec![], 100));
}

#[test]
fn what_is_not_due_yet_is_timing() {
    let later = due("a:1", (0, 1), 100, (period("2027-03"), day("2027-05-31")));
    let found = plain(vec![later], Vec::new());
    assert_eq!(kinds(&found), []);
    let timing = Part::ALL.iter().position(|part| *part == Part::Timing).unwrap();
    assert_eq!(found.variance.rows[0].amounts.parts[timing], 100);
    assert_eq!((found.payable[0].later, found.payable[0].now), (100, 0));
}

#[test]
fn states_say_what_is_payable_and_until_when() {
    let states = br#"[{ "line": "a:1", "state": "contested", "amount": "0.40", "raised": "2027-04-12" },
        { "line": "b:1", "state": "settled" }, { "line": "c:1", "state": "withheld" }]"#;
    let states = StatesFile::parse("states.json", states).unwrap();
    let dues = ["a:1", "b:1", "c:1", "d:1"].map(|id| line(id, 100, "2026-04")).to_vec();
    let settings = settings(&[], Some(&states));
    let found = held(dues, Vec::new(), &settings);
    let now: Vec<i64> = found.payable.iter().map(|payable| payable.now).collect();
    assert_eq!(now, [60, 0, 0, 100]);
    assert_eq!(
        (found.payable[0].contested, found.payable[1].closed, found.payable[2].withheld),
        (40, 100, 100)
    );
    // Only the line of which nothing is said is missing.
    assert_eq!(found.findings.iter().map(|finding| finding.dues.len()).collect::<Vec<_>>(), [1]);
    let contested = found.states[0].as_ref().unwrap();
    // Five working days from Thursday 1 April 2027 end on the 8th; ten from Monday the 12th on the 26th.
    assert!(contested.late);
    assert_eq!(contested.resolve_by, Some(day("2027-04-26")));
    assert_eq!(found.state(3, &settings), State::Agreed, "nobody contested it in time");
}
