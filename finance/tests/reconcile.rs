//! Generated months with planted errors: all are found, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod ledger;

use std::collections::BTreeSet;

use carepact::calendar::{Period, PeriodKind};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::{Due, sort};
use carepact_finance::reconcile::finding::FindingKind;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::{Payment, Payments};
use carepact_finance::reconcile::states::Deadlines;
use carepact_finance::reconcile::variance::Part;
use carepact_finance::reconcile::{Reconciliation, Settings, reconcile};
use ledger::{Draw, contract, due, payment};

const PROVIDERS: u32 = 5;

/// What is planted: a kind, the lines, and the rows that are to be named.
type Planted = (FindingKind, BTreeSet<String>, BTreeSet<u32>);

struct Ledger {
    draw: Draw,
    dues: Vec<Due>,
    payments: Vec<Payment>,
    planted: BTreeSet<Planted>,
    /// Due less paid that the planted errors make.
    difference: i64,
    rounding: i64,
    references: bool,
}

fn calendar_month(month: i32) -> Period {
    // Months are counted from the calendar year 0; the term begins in April 2026.
    Period { kind: PeriodKind::Month, index: 2026 * 12 + 3 + month }
}

fn day_of(month: i32) -> Day {
    let (year, number) = (2026 + (3 + month) / 12, u32::try_from((3 + month) % 12 + 1).unwrap());
    Day::new(year, number, 15).unwrap()
}

impl Ledger {
    /// Twelve months of five providers, of which about one in three has an error.
    fn generated(seed: u64) -> Ledger {
        let mut ledger = Ledger {
            draw: Draw(seed),
            dues: Vec::new(),
            payments: Vec::new(),
            planted: BTreeSet::new(),
            difference: 0,
            rounding: 0,
            references: seed.is_multiple_of(2),
        };
        for provider in 1..=PROVIDERS {
            let count = 1 + ledger.draw.below(4);
            // In some years instalments are the same every month, in others they differ.
            let fixed: Vec<i64> = (0..count).map(|_| ledger.amount()).collect();
            let errors: Vec<u64> = (0..12).map(|_| ledger.draw.below(24)).collect();
            for month in 0..12 {
                let amounts: Vec<i64> = if seed.is_multiple_of(3) {
                    fixed.clone()
                } else {
                    (0..count).map(|_| ledger.amount()).collect()
                };
                ledger.month((provider, month), &amounts, &errors);
            }
        }
        ledger
    }

    fn amount(&mut self) -> i64 {
        let amount = 100_000 + i64::try_from(self.draw.below(200_000_000)).unwrap();
        if self.draw.below(6) == 0 { -amount } else { amount }
    }

    fn month(&mut self, (provider, month): (u32, i32), amounts: &[i64], errors: &[u64]) {
        let lines: Vec<Due> = amounts
            .iter()
            .enumerate()
            .map(|(at, amount)| {
                let line = format!("clause{at}:{provider}:{month:02}");
                due(&line, (0, provider), *amount, (calendar_month(month), day_of(month)))
            })
            .collect();
        let error = errors[usize::try_from(month).unwrap()];
        // A wrong period is that of a month of the same provider without an error.
        let other = (0..12).find(|at| *at != month && errors[usize::try_from(*at).unwrap()] > 7);
        let struck = usize::try_from(self.draw.below(u64::try_from(lines.len()).unwrap())).unwrap();
        for (at, line) in lines.iter().enumerate() {
            if error == 5 && lines.len() > 1 {
                continue;
            }
            if at == struck {
                self.struck(line, (provider, month), (error, other));
            } else {
                self.pay(line, 0, |_| {});
            }
        }
        if error == 5 && lines.len() > 1 && lines.iter().map(|line| line.amount).sum::<i64>() != 0 {
            let total: i64 = lines.iter().map(|line| line.amount).sum();
            let row = self.pay(&lines[0], total - lines[0].amount, |payment| payment.reference = "".into());
            self.plant(FindingKind::MergedLines, &lines, &[row]);
        }
        self.dues.extend(lines);
    }

    /// Pays a line with the error of its month.
    fn struck(&mut self, line: &Due, (provider, month): (u32, i32), (error, other): (u64, Option<i32>)) {
        let lines = std::slice::from_ref(line);
        match (error, other) {
            (0, _) => {
                self.pay(line, 0, |_| {});
                let first = self.payments.last().unwrap().date;
                let again = self.pay(line, 0, |payment| payment.date.0 = first.0 + 3);
                self.difference -= line.amount;
                self.plant(FindingKind::DoublePayment, lines, &[again]);
            }
            (1, _) => {
                self.difference += line.amount;
                self.plant(FindingKind::MissingPayment, lines, &[]);
            }
            (2, Some(other)) => {
                let row = self.pay(line, 0, |payment| payment.period = Some(calendar_month(other)));
                self.plant(FindingKind::WrongPeriod, lines, &[row]);
            }
            (3, _) => {
                let pennies = i64::try_from(1 + self.draw.below(5)).unwrap();
                let pennies = if self.draw.below(2) == 0 { pennies } else { -pennies };
                let row = self.pay(line, pennies, |_| {});
                self.difference -= pennies;
                self.rounding -= pennies;
                self.plant(FindingKind::Rounding, lines, &[row]);
            }
            (4, _) => {
                let swap = self.draw.below(2) == 0;
                let row = self.pay(line, 0, |payment| {
                    if swap {
                        std::mem::swap(&mut payment.payer, &mut payment.payee);
                    } else {
                        payment.amount = -payment.amount;
                    }
                });
                self.difference += 2 * line.amount;
                self.plant(FindingKind::ReversedSign, lines, &[row]);
            }
            (6, _) => {
                let part = line.amount / 3 + i64::from(month);
                let first = self.pay(line, part - line.amount, |_| {});
                let second = self.pay(line, -part, |payment| payment.date.0 += 2);
                self.plant(FindingKind::SplitPayment, lines, &[first, second]);
            }
            (7, _) => {
                let row = self.pay(line, 0, |payment| payment.payee = provider % PROVIDERS + 1);
                self.plant(FindingKind::WrongParty, lines, &[row]);
            }
            (_, _) => {
                self.pay(line, 0, |_| {});
            }
        }
    }

    /// Adds a payment for a line, and gives its row.
    fn pay(&mut self, line: &Due, more: i64, change: impl FnOnce(&mut Payment)) -> u32 {
        let row = u32::try_from(self.payments.len()).unwrap() + 2;
        let late = i32::try_from(self.draw.below(5)).unwrap();
        let mut paid = payment((line.payer, line.payee), line.amount + more, Some(line.period), line.day);
        paid.row = row;
        paid.date.0 += late;
        if self.references {
            paid.reference = line.line.as_str().into();
        }
        change(&mut paid);
        self.payments.push(paid);
        row
    }

    fn plant(&mut self, kind: FindingKind, lines: &[Due], rows: &[u32]) {
        let names = lines.iter().map(|line| line.line.clone()).collect();
        self.planted.insert((kind, names, rows.iter().copied().collect()));
    }

    fn reconciled(&self) -> Reconciliation {
        let contract = contract();
        let mut dues = self.dues.clone();
        sort(&mut dues);
        let payments =
            Payments { files: vec!["ledger".into()], list: self.payments.clone(), ..Payments::default() };
        let settings = Settings {
            at: Day::parse("2027-04-30").unwrap(),
            tolerance: 5,
            references: &[],
            states: Vec::new(),
            deadlines: Deadlines::default(),
        };
        reconcile(&contract, dues, (payments, Parties::of(&contract)), &settings, &|_| {}).unwrap()
    }
}

fn found(reconciliation: &Reconciliation) -> BTreeSet<Planted> {
    let line = |at: &u32| reconciliation.dues[*at as usize].line.clone();
    let row = |at: &u32| reconciliation.payments.list[*at as usize].row;
    let each = reconciliation.findings.iter();
    each.map(|one| (one.kind, one.dues.iter().map(line).collect(), one.payments.iter().map(row).collect()))
        .collect()
}

#[test]
fn planted_errors_are_found_in_full_and_nothing_else() {
    let mut kinds = BTreeSet::new();
    for seed in 0..300 {
        let ledger = Ledger::generated(seed);
        let reconciliation = ledger.reconciled();
        assert_eq!(found(&reconciliation), ledger.planted, "seed {seed}");
        kinds.extend(ledger.planted.iter().map(|planted| planted.0));
    }
    assert_eq!(kinds.len(), 8, "every kind was planted: {kinds:?}");
}

#[test]
fn the_parts_are_what_was_planted() {
    for seed in 0..100 {
        let ledger = Ledger::generated(seed);
        let reconciliation = ledger.reconciled();
        // All rows in one direction: from the commissioner, which is party 0.
        let mut parts = [0; 7];
        for row in &reconciliation.variance.rows {
            let sign = if row.payer == 0 { 1 } else { -1 };
            parts.iter_mut().zip(row.amounts.parts).for_each(|(sum, part)| *sum += sign * part);
        }
        let of = |part: Part| parts[Part::ALL.iter().position(|known| *known == part).unwrap()];
        assert_eq!(parts.iter().sum::<i64>(), ledger.difference, "seed {seed}");
        assert_eq!(of(Part::Rounding), ledger.rounding, "seed {seed}");
        assert_eq!(of(Part::Timing), 0, "a wrong period moves nothing on the whole, seed {seed}");
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    for seed in 0..30 {
        let mut ledger = Ledger::generated(seed);
        let before = found(&ledger.reconciled());
        ledger.payments.reverse();
        ledger.dues.reverse();
        assert_eq!(found(&ledger.reconciled()), before, "seed {seed}");
    }
}
