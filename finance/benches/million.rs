//! A million payments: how long they take and how much memory, beside reading the same text row by row and
//! doing nothing with it.
//!
//! `cargo bench -p carepact-finance --bench million` prints each in one run, and fails where a planted
//! mistake is not found.

#![allow(clippy::unwrap_used, reason = "a bench fails by it")]

#[path = "../tests/ledger/mod.rs"]
mod ledger;

use std::fmt::Write;
use std::time::Instant;

use carepact::calendar::{Period, PeriodKind};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::sort;
use carepact_finance::reconcile::finding::FindingKind;
use carepact_finance::reconcile::mapping::Mapping;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::PaymentReader;
use carepact_finance::reconcile::states::Deadlines;
use carepact_finance::reconcile::{Settings, reconcile};
use ledger::{Draw, contract, due};

const PRACTICES: u32 = 2_000;
const LINES: u32 = 42;

/// The most memory that the process has had, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("not told").to_string()
}

fn main() {
    let contract = contract();
    let mut parties = Parties::of(&contract);
    let mut draw = Draw(1);
    let (mut dues, mut ledger) = (Vec::new(), "date,payer,payee,reference,amount,period\n".to_string());
    let (mut rows, mut doubled, mut missing) = (0, 0, 0);
    for practice in 0..PRACTICES {
        let id = format!("practice{practice}");
        let payee = parties.add(&id);
        for month in 0..12 {
            let period = Period { kind: PeriodKind::Month, index: 2026 * 12 + 3 + month };
            let key = contract.calendar.key(period);
            let day = Day::of(contract.calendar.day_in(period, 15));
            for line in 0..LINES {
                // No two lines of a month are within the tolerance, so that a double is never another line's.
                let amount = i64::from(line + 1) * 11 + i64::try_from(draw.below(20_000)).unwrap() * 500;
                dues.push(due(&format!("clause{line}:{key}:{id}"), (0, payee), amount, (period, day)));
                let error = draw.below(500);
                let times = if error == 0 { 2 } else { u32::from(error != 1) };
                (doubled, missing) = (doubled + usize::from(error == 0), missing + usize::from(error == 1));
                for _ in 0..times {
                    rows += 1;
                    let pounds = (amount / 100, amount % 100);
                    writeln!(ledger, "{day},icb,{id},INV{rows},{}.{:02},{key}", pounds.0, pounds.1).unwrap();
                }
            }
        }
    }
    sort(&mut dues);
    println!("{rows} payments in {} MB, {} lines due; {}", ledger.len() / 1_000_000, dues.len(), peak());
    let start = Instant::now();
    let cells: usize =
        csv::Reader::from_reader(ledger.as_bytes()).records().map(|row| row.unwrap().len()).sum();
    println!("{cells} cells read by the CSV reader alone after {:?}", start.elapsed());
    let mapping = Mapping::default();
    let start = Instant::now();
    let mut reader = PaymentReader::new(&contract, &mapping, &parties);
    reader.add("ledger", ledger.into_bytes(), &|_| {});
    let payments = reader.finish().unwrap();
    println!("read after {:?}; {}", start.elapsed(), peak());
    let settings = Settings {
        at: Day::parse("2027-04-30").unwrap(),
        tolerance: 5,
        references: &[],
        states: Vec::new(),
        deadlines: Deadlines::default(),
    };
    let found = reconcile(&contract, dues, (payments, parties), &settings, &|step| {
        println!("{step} begins after {:?}", start.elapsed());
    });
    let found = found.unwrap();
    println!("done after {:?}; {}", start.elapsed(), peak());
    let count = |kind| found.findings.iter().filter(|finding| finding.kind == kind).count();
    assert_eq!(count(FindingKind::DoublePayment), doubled);
    let lines = found.findings.iter().filter(|finding| finding.kind == FindingKind::MissingPayment);
    assert_eq!(lines.map(|finding| finding.dues.len()).sum::<usize>(), missing);
}
