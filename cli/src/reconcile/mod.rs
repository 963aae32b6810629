//! A reconciliation, printed.

pub mod arguments;
pub mod book;
pub mod csv;
pub mod expected;
pub mod json;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};

use carepact::Model;
use carepact::calendar::Period;
use carepact_finance::attribution::Attribution;
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::Due;
use carepact_finance::reconcile::payments::Payment;
use carepact_finance::reconcile::states::{LineState, Payable, State, exact};
use carepact_finance::reconcile::{Reconciliation, Settings};
use serde_json::Value;

use self::arguments::ReconcileArguments;

/// What is due, from files or from a book.
pub struct Basis {
    /// The contract.
    pub model: Model,
    /// The file of the contract, or the book.
    pub file: String,
    /// What is due and why it changed.
    pub attribution: Attribution,
    /// What it was worked out from, in words.
    pub due_on: String,
    /// When it was issued, where a book says so.
    pub issued: Option<Day>,
    /// What is to be known of it besides, a sentence in each line.
    pub doubts: String,
    /// The book and its statements, for tools.
    pub book: Option<Value>,
}

/// What is printed.
pub struct Report<'r> {
    /// What was asked for.
    pub arguments: &'r ReconcileArguments,
    /// What is due.
    pub basis: &'r Basis,
    /// What the payments were read from.
    pub paid_in: &'r str,
    /// What was found.
    pub found: &'r Reconciliation,
    /// On what day, and with which deadlines.
    pub settings: &'r Settings<'r>,
}

impl Report<'_> {
    /// An amount for people.
    pub fn grouped(&self, units: i64) -> String {
        exact(units, self.basis.model.contract().minor_places).grouped(self.places())
    }

    /// An amount for tools.
    pub fn plain(&self, units: i64) -> String {
        exact(units, self.basis.model.contract().minor_places).plain(self.places())
    }

    fn places(&self) -> usize {
        usize::try_from(self.basis.model.contract().minor_places).unwrap_or(2)
    }

    /// The key of a period; nothing for none.
    pub fn period(&self, period: Option<Period>) -> String {
        period.map_or(String::new(), |period| self.basis.model.contract().calendar.key(period))
    }

    /// The id of a party.
    pub fn party(&self, party: u32) -> &str {
        self.found.parties.id(party)
    }

    /// A line that is due.
    pub fn due(&self, at: u32) -> &Due {
        &self.found.dues[at as usize]
    }

    /// A payment.
    pub fn payment(&self, at: u32) -> &Payment {
        &self.found.payments.list[at as usize]
    }

    /// The file of a payment.
    pub fn file(&self, payment: &Payment) -> &str {
        self.found.payments.files.get(payment.file as usize).map_or("", String::as_str)
    }

    /// The state of a line.
    pub fn state(&self, at: u32) -> State {
        self.found.state(at as usize, self.settings)
    }

    /// Lines of which something is said, by their place.
    pub fn said(&self) -> impl Iterator<Item = (u32, &LineState)> {
        (0..).zip(&self.found.states).filter_map(|(at, state)| Some((at, state.as_ref()?)))
    }

    /// What is to be paid from one party to another, in the direction of the rows of the variance.
    pub fn payable(&self) -> Vec<((u32, u32), Payable)> {
        let mut sums: BTreeMap<(u32, u32), Payable> = BTreeMap::new();
        let rows = &self.found.variance.rows;
        let directions: BTreeSet<(u32, u32)> = rows.iter().map(|row| (row.payer, row.payee)).collect();
        for (due, payable) in self.found.dues.iter().zip(&self.found.payable) {
            let forwards = directions.contains(&(due.payer, due.payee));
            let key = if forwards { (due.payer, due.payee) } else { (due.payee, due.payer) };
            sums.entry(key).or_default().add(payable, forwards);
        }
        sums.into_iter().collect()
    }

    /// The day on which it is stated.
    pub fn at(&self) -> Day {
        self.settings.at
    }
}
