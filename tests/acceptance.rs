//! Every `fixtures/**/*.expected.csv`: amounts from the design's figures or hand arithmetic, held
//! against the statement to the penny. The column `what` says which amount of the statement:
//!
//! - `line ID` – the amount of a line; `part ID PAYEE` – one part of a split line
//! - `paid NAME PERIOD` – the lines of a clause or group; `net PARTY NAME PERIOD` – received less paid
//! - `instalment ID MONTH` – a payment on account

mod common;

use carepact::contract::{Contract, Flow};
use carepact::statement::{LineType, Statement, StatementLine};
use carepact::{Exact, Request};
use common::{amount, compile, files, lines, observations, text};

/// The data file of an expected file: the same stem, without the name of a contract before it.
fn data_of(expected: &str) -> String {
    let own = expected.replace(".expected.csv", ".csv");
    if common::path(&own).exists() { own } else { own.replace("/alliance-", "/") }
}

#[test]
fn every_expected_amount_is_stated_to_the_penny() {
    let expected_files = files("fixtures", ".expected.csv");
    assert!(expected_files.len() >= 14, "the fixtures are there");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for file in expected_files {
        let mut reader = csv::Reader::from_path(common::path(&file)).expect("a fixture");
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
        let contract = rows[0][0].to_string();
        assert!(rows.iter().all(|row| row[0] == contract), "{file} is about one contract");
        let model = compile(&contract, &text(&contract));
        let data = data_of(&file);
        let bound = model.bind(&observations(&data, &text(&data)), &Request::default());
        let facts = bound.unwrap_or_else(|problems| panic!("{data}: {problems}"));
        let statement = model.evaluate(&facts);
        for row in &rows {
            compared += 1;
            let stated = stated(&statement, &row[1]);
            if stated != amount(&row[2]) {
                wrong.push(format!("{file}: {} is {}, expected {}", &row[1], stated.plain(2), &row[2]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} amounts differ:\n{}", wrong.len(), wrong.join("\n"));
    println!("{compared} amounts equal");
}

/// The amount of the statement that a text asks for.
fn stated(statement: &Statement<'_>, what: &str) -> Exact {
    let words: Vec<&str> = what.split_whitespace().collect();
    let entitlements = || lines(statement, LineType::Entitlement);
    match words[..] {
        ["line", id] => sum(known(id, entitlements().filter(|line| line.id == id))),
        ["part", id, party] => sum(entitlements().filter(|line| line.id == id && involves(line, party))),
        ["paid", flow, period] => sum(in_flow(statement, flow, period)),
        ["net", party, flow, period] => in_flow(statement, flow, period)
            .map(|line| {
                let sign = i64::from(line.payee == party) - i64::from(line.payer == party);
                &line.amount * &Exact::from(sign)
            })
            .sum(),
        ["instalment", id, month] => {
            let id = format!("{id}:on-account:{month}");
            sum(known(&id, lines(statement, LineType::OnAccount).filter(|line| line.id == id)))
        }
        _ => panic!("`{what}` asks for no amount"),
    }
}

fn sum<'s>(lines: impl Iterator<Item = &'s StatementLine>) -> Exact {
    lines.map(|line| &line.amount).sum()
}

/// Lines that must exist.
fn known<'s>(
    id: &str,
    lines: impl Iterator<Item = &'s StatementLine>,
) -> std::vec::IntoIter<&'s StatementLine> {
    let found: Vec<&StatementLine> = lines.collect();
    assert!(!found.is_empty(), "there is no line {id}");
    found.into_iter()
}

fn involves(line: &StatementLine, party: &str) -> bool {
    line.payee == party || line.payer == party
}

/// Live entitlement lines of a clause or group within a period.
fn in_flow<'s>(
    statement: &'s Statement<'_>,
    flow: &str,
    period: &str,
) -> impl Iterator<Item = &'s StatementLine> {
    let contract: &Contract = statement.model().contract();
    let flow = contract.flows.get(flow).copied().unwrap_or(Flow::Broken);
    let names: Vec<String> =
        contract.clauses_of(flow).iter().map(|id| contract.clauses[id.0].id.clone()).collect();
    assert!(!names.is_empty(), "a clause or group of the contract");
    let outer = contract.calendar.period(period).expect("a period of the contract");
    lines(statement, LineType::Entitlement).filter(move |line| {
        let inner = contract.calendar.period(&line.period).expect("a period");
        line.live && names.contains(&line.clause) && contract.calendar.contains(outer, inner)
    })
}
