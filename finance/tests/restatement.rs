//! Restatements of Harbourside: what is known by hand comes out, and the causes are those that were planted.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::fs;
use std::path::Path;

use carepact::{AsOf, Exact, Model, Observations, Request};
use carepact_finance::restatement::{ChangeKind, Restatement, Version, restate};
use common::model;

fn shipped(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

fn observations(path: &str) -> Observations {
    let text = shipped(path);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect();
    let mut observations = Observations::new();
    let numbered = rows.iter().enumerate().skip(1).map(|(index, row)| (index + 1, row.as_slice()));
    observations.add_table(path, &rows[0], numbered);
    observations
}

const PRIME: &str = "contracts/harbourside/prime-provider.json";
const YEAR: &str = "fixtures/harbourside/2026-27.csv";
const GROWN: &str = "fixtures/harbourside/2026-27-list-growth.csv";

fn request(as_of: AsOf) -> Request {
    Request { period: Some("2026/27".to_string()), as_of }
}

fn between(earlier: (&Model, &str, AsOf), later: (&Model, &str, AsOf)) -> Restatement {
    let (before, after) = (observations(earlier.1), observations(later.1));
    let (asked, asks) = (request(earlier.2), request(later.2));
    restate(
        Version { model: earlier.0, observations: &before, request: &asked },
        Version { model: later.0, observations: &after, request: &asks },
    )
    .unwrap()
}

/// What the entitlements of a clause differ by, and what is posted.
fn clause(restatement: &Restatement, name: &str) -> [String; 2] {
    let clauses = restatement.clauses();
    let found = clauses.iter().find(|(clause, _, _)| *clause == name);
    found.map_or(Default::default(), |(_, entitlement, posted)| [entitlement.plain(2), posted.plain(2)])
}

#[test]
fn flex_to_freeze_of_one_indicator() {
    let prime = model(&shipped(PRIME));
    let restatement = between((&prime, YEAR, AsOf::Flex), (&prime, YEAR, AsOf::Freeze));
    // Flex 3,480 / 4,290 gives 419,919.23, freeze 3,586 / 4,320 gives 549,649.83: design, part C.
    assert_eq!(clause(&restatement, "outcomes"), ["129730.60", "129730.60"]);
    let lines: Vec<[String; 5]> = restatement
        .lines
        .iter()
        .map(|line| {
            let plain = |amount: &Option<Exact>| amount.as_ref().unwrap().plain(2);
            let (earlier, later) = (plain(&line.earlier), plain(&line.later));
            [line.id.clone(), line.payee.clone(), earlier, later, line.difference.plain(2)]
        })
        .collect();
    let due = [
        ["outcomes:2026/27:C03", "sba", "209959.62", "274824.92", "64865.30"],
        ["outcomes:2026/27:C03", "emh", "209959.61", "274824.91", "64865.30"],
    ];
    assert_eq!(lines, due.map(|line| line.map(str::to_string)));
    assert_eq!(restatement.lines[0].month, "2027-03");
    let [change] = &restatement.changes[..] else { panic!("{:?}", restatement.changes) };
    assert_eq!((change.kind, change.what.as_str()), (ChangeKind::Data, "outcome 2026/27 C03"));
    assert_eq!(change.earlier, format!("3,480 / 4,290 (flex, {YEAR} row 20)"));
    assert_eq!(change.later, format!("3,586 / 4,320 (freeze, {YEAR} row 21)"));
}

#[test]
fn the_list_grows() {
    let prime = model(&shipped(PRIME));
    let restatement = between((&prime, YEAR, AsOf::Freeze), (&prime, GROWN, AsOf::Freeze));
    // 301,825 people on average instead of 300,000, at 1,039.80 each: design, part C.
    assert_eq!(clause(&restatement, "core"), ["1897635.00", "1897635.00"]);
    // Four segments in three quarters.
    assert_eq!(restatement.changes.len(), 12);
    let causes = |id: &str, payee: &str| -> Vec<String> {
        let line = restatement.lines.iter().find(|line| line.id == id && line.payee == payee).unwrap();
        let causes = restatement.causes_of(line).iter();
        causes.map(|cause| restatement.changes[cause.change].what.clone()).collect()
    };
    assert_eq!(causes("core:2026-07:complex", "emh"), ["registered 2026/27Q2 complex"]);
    // The pool is a share of all payments of the year.
    assert_eq!(causes("outcomes:2026/27:C03", "sba").len(), 12);
    // Instalments were agreed before anybody was counted.
    assert!(restatement.lines.iter().all(|line| !line.id.contains("on-account")));
}

#[test]
fn a_variation_of_the_contract_is_told_from_data() {
    let text = shipped(PRIME);
    let prime = model(&text);
    let varied =
        text.replace("\"2026/27\": \"4%\"", "\"2026/27\": \"5%\"").replace("Payment per person", "By head");
    let varied = model(&varied);
    let restatement = between((&prime, YEAR, AsOf::Flex), (&varied, YEAR, AsOf::Freeze));
    // One per cent more of 311,940,000.00.
    assert_eq!(clause(&restatement, "withheld"), ["3119400.00", "3119400.00"]);
    let kinds: Vec<(ChangeKind, &str)> =
        restatement.changes.iter().map(|change| (change.kind, change.what.as_str())).collect();
    // The title moves no line and is no cause.
    let due = [
        (ChangeKind::Data, "outcome 2026/27 C03"),
        (ChangeKind::Term, "/tables/withheld_share/values/2026~127 (line 71)"),
    ];
    assert_eq!(kinds, due);
    let of = |id: &str| {
        let line = restatement.lines.iter().find(|line| line.id == id).unwrap();
        restatement.causes_of(line).iter().map(|cause| cause.change).collect::<Vec<_>>()
    };
    assert_eq!(of("withheld:2026-04"), [1]);
    assert_eq!(of("outcomes:2026/27:C01"), [1]);
    assert_eq!(of("outcomes:2026/27:C03"), [0, 1]);
}

#[test]
fn nothing_changed_nothing_differs() {
    let prime = model(&shipped(PRIME));
    let same = between((&prime, YEAR, AsOf::Freeze), (&prime, YEAR, AsOf::Freeze));
    assert_eq!(same, Restatement::default());
}

#[test]
fn several_statements_are_restated_as_one() {
    let (first, second) = (common::people(&[]), common::people(&[("2026-05", "102")]));
    let model = model(common::CONTRACT);
    let of = |earlier: &str| {
        let (asked, asks) =
            (Request { period: Some(earlier.to_string()), ..Request::default() }, request(AsOf::Freeze));
        restate(
            Version { model: &model, observations: &first, request: &asked },
            Version { model: &model, observations: &second, request: &asks },
        )
        .unwrap()
    };
    let together = Restatement::together(vec![of("2026-04"), of("2026-05")]);
    // Two of twelve months were stated, of both clauses; of these May differs: 2 people at 10 and at 12.
    let differing: Vec<(&str, String)> =
        together.differing().map(|line| (line.id.as_str(), line.difference.plain(2))).collect();
    assert_eq!(differing, [("one:2026-05", "20.00".to_string()), ("two:2026-05", "24.00".to_string())]);
    assert_eq!(together.lines.len() - differing.len(), 20);
    assert_eq!(together.changes.len(), 1);
}
