//! Contracts, data and books that tests of this crate share.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;
use std::path::{Path, PathBuf};

use carepact::{Contract, Model, Observations, Request};
use carepact_finance::book::{
    Book, Entry, Moment, NewStatement, PaymentRow, Rendered, Stamp, StatedLine, Submission, WAIT,
};
use carepact_finance::restatement::{Restatement, Version, restate};

/// A price per head, paid to two trusts in halves; the second year's result is a bonus.
pub const CONTRACT: &str = r#"{
  "carepact": 1, "contract": "example", "title": "A price per head", "synthetic": true, "currency": "GBP",
  "rounding": { "mode": "half_away", "residue": "largest_remainder" },
  "term": ["2026-04-01", "2027-03-31"], "year_starts": "04-01",
  "parties": [{ "id": "icb", "role": "commissioner" }, { "id": "east", "role": "provider" },
    { "id": "west", "role": "provider" }],
  "measures": { "people": { "kind": "count", "unit": "person", "per": "month", "range": [0, 400000] } },
  "tables": { "price": "10.00 GBP/person", "rate": "12.00 GBP/person" },
  "clauses": {
    "one": { "kind": "activity", "from": "icb", "to": "east", "per": "month", "amount": "people * price" },
    "two": { "kind": "activity", "from": "icb", "to": "west", "per": "month", "amount": "people * rate" } }
}"#;

pub fn model(text: &str) -> Model {
    Contract::parse(text).unwrap().compile().unwrap()
}

/// People by month; months from April on that are not named have 100.
pub fn people(named: &[(&str, &str)]) -> Observations {
    let mut observations = Observations::new();
    for month in 4..=15 {
        let key = if month > 12 { format!("2027-{:02}", month - 12) } else { format!("2026-{month:02}") };
        let value = named.iter().find(|(known, _)| *known == key).map_or("100", |(_, value)| value);
        observations.add_value("people", &key, &[], value);
    }
    observations
}

pub fn stamp(by: &str, at: &str) -> Stamp {
    Stamp::new(by, Some(Moment::parse(at).unwrap())).unwrap()
}

/// A file of its own for a test, which is not there.
pub fn new_file(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&file);
    file
}

/// Begins a book with a contract and a set of observations.
pub fn begin(name: &str) -> (PathBuf, Book) {
    let file = new_file(name);
    let by = stamp("A. Preparer", "2026-04-01");
    Book::create(&file, "Example", &by).unwrap();
    let mut book = Book::open(&file, WAIT).unwrap();
    book.add_contract(("contract.json", CONTRACT.as_bytes()), model(CONTRACT).contract(), &by).unwrap();
    book.add_observations(("april.csv", b"people april"), Submission::Flex, None, &by).unwrap();
    (file, book)
}

/// Takes a statement of a period in, and gives its number and entry.
pub fn state(
    book: &mut Book,
    observations: &Observations,
    period: &str,
    restates: Option<(&[i64], &Restatement)>,
    stamp: &Stamp,
) -> Result<(i64, Entry), carepact::Problems> {
    let model = model(CONTRACT);
    let request = Request { period: Some(period.to_string()), ..Request::default() };
    let facts = model.bind(observations, &request).unwrap();
    let statement = model.evaluate(&facts);
    let calendar = &model.contract().calendar;
    let lines: Vec<StatedLine> =
        statement.lines().iter().map(|line| StatedLine::of(line, calendar, 2)).collect();
    let (contract, sets) = (book.contract(None).unwrap(), book.observations(&[]).unwrap());
    let new = NewStatement {
        contract: &contract,
        observations: &sets,
        period: Some(period),
        as_of: "freeze",
        lines: &lines,
        restates,
        places: 2,
        post_in: None,
    };
    book.add_statement(&new, stamp, |issue| {
        let text = format!("Statement {} with {} postings\n", issue.number, issue.postings.len());
        Ok(Rendered {
            json: format!("{{\"statement\": {}}}\n", issue.number).into_bytes(),
            text: text.into(),
        })
    })
}

/// What a statement of a period differs by when the data change.
pub fn restated(earlier: &Observations, later: &Observations, period: &str) -> Restatement {
    let model = model(CONTRACT);
    let request = Request { period: Some(period.to_string()), ..Request::default() };
    let version = |observations| Version { model: &model, observations, request: &request };
    restate(version(earlier), version(later)).unwrap()
}

/// Payments as a file has them.
pub fn payments(references: &[&str]) -> Vec<PaymentRow> {
    let payment = |(row, reference): (i64, &&str)| PaymentRow {
        row,
        reference: (*reference).to_string(),
        paid: "2026-04-15".to_string(),
        payer: "icb".to_string(),
        payee: "east".to_string(),
        amount: "1000.00".to_string(),
        note: String::new(),
    };
    (2..).zip(references).map(payment).collect()
}
