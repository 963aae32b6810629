//! Payments that were made, as a ledger or a bank reports them.

use std::collections::BTreeMap;

use carepact::contract::Contract;
use carepact::source::Location;
use carepact::{Diagnostic, Exact, Mode, Problems};
use rusqlite::Row;

use super::log::Writing;
use super::periods::Months;
use super::problems::{DOUBLED, Outcome, PAYMENTS, failed, refuse};
use super::{Book, Entry, EntryKind, Month, Stamp, date, hash};
use crate::files::Table;

/// A payment of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRow {
    /// The row as a spreadsheet counts it.
    pub row: i64,
    /// Its reference.
    pub reference: String,
    /// When it was paid.
    pub paid: String,
    /// Who paid.
    pub payer: String,
    /// Who was paid.
    pub payee: String,
    /// How much; negative when it was paid back.
    pub amount: String,
    /// What else is known.
    pub note: String,
}

/// A payment of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its number in the book.
    pub number: i64,
    /// The file it came from.
    pub file: String,
    /// What the file says.
    pub payment: PaymentRow,
    /// The month in which it is posted.
    pub month: String,
    /// The entry that took it in.
    pub entry: i64,
}

/// A file of payments that the book took in and keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFile {
    /// The entry that took it in.
    pub entry: i64,
    /// What it was called.
    pub file: String,
    /// The hash of its content.
    pub hash: String,
}

impl PaymentFile {
    /// The file by the entry: `entry 7 (april-payments.csv)`.
    pub fn name(&self) -> String {
        format!("entry {} ({})", self.entry, self.file)
    }
}

impl PaymentRow {
    /// Columns of a payment file. The book takes no mapping: it keeps what a file says, in the file's own
    /// words. Reconciliation reads with one.
    pub const NEEDED: [&str; 5] = ["reference", "date", "payer", "payee", "amount"];

    /// Reads payments from the rows of a file.
    ///
    /// # Errors
    /// Every cell that cannot be meant, with its row and column.
    pub fn read(table: &Table, known: KnownOfPayments<'_>) -> Outcome<Vec<PaymentRow>> {
        let places = Self::columns(table)?;
        let problem = |row: usize, column: Option<&str>, found: String, remedy: &str| {
            of_table(table, row, column, found, remedy)
        };
        let mut problems = Vec::new();
        let mut payments = Vec::new();
        let mut seen: BTreeMap<[String; 5], usize> = BTreeMap::new();
        for (row, cells) in &table.rows {
            let cell = |name: &str| places.get(name).map_or("", |at| cells[*at].as_str());
            let empty = Self::NEEDED.iter().filter(|needed| cell(needed).is_empty());
            problems
                .extend(empty.map(|needed| {
                    problem(*row, Some(needed), "the cell is empty".to_string(), "fill it in")
                }));
            let paid = cell("date");
            if !paid.is_empty() && date(paid).is_err() {
                problems.push(problem(
                    *row,
                    Some("date"),
                    format!("`{paid}` is no date"),
                    "write it as 2026-04-15",
                ));
            }
            let amount = cell("amount");
            let doubts = known.doubts((cell("payer"), cell("payee")), paid, amount).into_iter();
            problems.extend(doubts.map(|(column, found, remedy)| problem(*row, Some(column), found, remedy)));
            let own =
                [cell("reference"), paid, cell("payer"), cell("payee"), &plain(amount)].map(str::to_string);
            if let Some(other) = seen.insert(own, *row) {
                let found = format!("row {other} says the same");
                let remedy = "leave one out, or give what was paid besides another reference";
                problems.push(problem(*row, Some("reference"), found, remedy));
            }
            if !amount.is_empty() && (amount.contains('%') || Exact::parse(amount).is_err()) {
                let remedy = "write it as 24955200.00, without signs of currency";
                problems.push(problem(*row, Some("amount"), format!("`{amount}` is no amount"), remedy));
            }
            payments.push(PaymentRow {
                row: i64::try_from(*row).unwrap_or(i64::MAX),
                reference: cell("reference").to_string(),
                paid: paid.to_string(),
                payer: cell("payer").to_string(),
                payee: cell("payee").to_string(),
                amount: amount.to_string(),
                note: cell("note").to_string(),
            });
        }
        if payments.is_empty() && problems.is_empty() {
            problems.push(problem(
                1,
                None,
                "there are no payments".to_string(),
                "name a file with a row for each",
            ));
        }
        if problems.is_empty() { Ok(payments) } else { Err(Problems(problems)) }
    }

    /// Where each column of a payment file stands in its table; all that are missing are told.
    fn columns(table: &Table) -> Outcome<BTreeMap<&'static str, usize>> {
        let names = Self::NEEDED.into_iter().chain(["note"]);
        let places: BTreeMap<&str, usize> =
            names.filter_map(|name| Some((name, table.column(name)?))).collect();
        let missing: Vec<Diagnostic> = Self::NEEDED
            .iter()
            .filter(|needed| !places.contains_key(**needed))
            .map(|needed| {
                let found = format!("there is no column `{needed}`");
                of_table(table, 1, None, found, "add it to the first row")
            })
            .collect();
        if missing.is_empty() { Ok(places) } else { Err(Problems(missing)) }
    }
}

/// A problem of one row of a payment file.
fn of_table(table: &Table, row: usize, column: Option<&str>, found: String, remedy: &str) -> Diagnostic {
    Diagnostic {
        code: &PAYMENTS,
        location: Location::Data { file: table.file.clone(), row, column: column.map(str::to_string) },
        found,
        remedy: remedy.to_string(),
    }
}

/// What is known when payments are taken in.
#[derive(Debug, Clone, Copy)]
pub struct KnownOfPayments<'k> {
    /// The contract, whose parties pay and are paid.
    pub contract: &'k Contract,
    /// The day of the entry; nothing was paid later.
    pub day: &'k str,
}

/// What cannot be meant: the column, what was found, and the remedy.
type Doubt = (&'static str, String, &'static str);

impl KnownOfPayments<'_> {
    fn doubts(&self, (payer, payee): (&str, &str), paid: &str, amount: &str) -> Vec<Doubt> {
        let mut found: Vec<Doubt> = Vec::new();
        // Holders of a party that is many have names that only data tell.
        let is_party = |name: &str| {
            self.contract.has_holders() || self.contract.parties.iter().any(|party| party.id == name)
        };
        for (column, name) in [("payer", payer), ("payee", payee)] {
            if !name.is_empty() && !is_party(name) {
                let remedy = "write the id of a party of the contract";
                found.push((column, format!("`{name}` is no party of the contract"), remedy));
            }
        }
        if !payer.is_empty() && payer == payee {
            found.push(("payee", "who is paid is the payer as well".to_string(), "name the other party"));
        }
        let first = self.contract.calendar.first.to_string();
        if date(paid).is_ok() && (paid < first.as_str() || paid > self.day) {
            let remedy = "payments are taken in when they were made; mend the date";
            let found_here =
                format!("{paid} is not between the first day of the contract, {first}, and {}", self.day);
            found.push(("date", found_here, remedy));
        }
        if let Ok(exact) = Exact::parse(amount) {
            if exact.is_zero() {
                found.push(("amount", "the amount is 0".to_string(), "leave the row out"));
            }
            if exact.rounded(&Exact::scaled(1, self.contract.minor_places), Mode::Down) != exact {
                let remedy = "write what was paid";
                found.push(("amount", format!("`{amount}` is not in whole minor units"), remedy));
            }
        }
        found
    }
}

/// An amount without noughts at its end, so that 24 and 24.00 are the same.
fn plain(amount: &str) -> String {
    Exact::parse(amount).map_or_else(|_| amount.to_string(), |exact| exact.to_string())
}

impl Book {
    /// Takes the payments of a file in, with the file.
    ///
    /// # Errors
    /// When a file of the same content is in the book, or a closed month would take a payment and none is
    /// open.
    pub fn add_payments(
        &mut self,
        (file, bytes): (&str, &[u8]),
        payments: &[PaymentRow],
        post_in: Option<&Month>,
        stamp: &Stamp,
    ) -> Outcome<Entry> {
        let mut writing = Writing::begin(self, stamp, EntryKind::Payments)?;
        let own = hash(bytes);
        let again = "SELECT MIN(entry) FROM payment WHERE hash = ?1";
        let again: Option<i64> =
            writing.transaction.query_row(again, [&own], |row| row.get(0)).map_err(failed)?;
        if let Some(entry) = again {
            let found = format!("{file} is in the book already, by entry {entry}");
            return refuse(&DOUBLED, found, "leave it out; a payment counts once");
        }
        refuse_doubled(&writing, file, payments)?;
        writing.store(bytes)?;
        let months = Months::new(&writing.transaction, post_in)?;
        let first = writing.next("payment", "number")?;
        for (number, payment) in (first..).zip(payments) {
            let (month, _) = months.home(&Month::of_date(&payment.paid))?;
            let PaymentRow { row, reference, paid, payer, payee, amount, note } = payment;
            let texts =
                [reference, paid, payer, payee, amount, month.as_str(), note].map(|text: &str| text.into());
            let [reference, paid, payer, payee, amount, month, note] = texts;
            let file = [number.into(), own.as_str().into(), file.into(), (*row).into()];
            let [number, hash, file, row] = file;
            let row = [number, hash, file, row, reference, paid, payer, payee, amount, month, note];
            writing.add("payment", row)?;
        }
        writing.finish()
    }

    /// All payments, in the order in which they were taken in.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn payments(&self) -> Outcome<Vec<Payment>> {
        let sql = "SELECT number, file, file_row, reference, paid, payer, payee, amount, month, note, entry \
                   FROM payment ORDER BY number";
        self.all(sql, [], Payment::read)
    }
}

impl Book {
    /// The files of payments, in the order in which they were taken in.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn payment_files(&self) -> Outcome<Vec<PaymentFile>> {
        let sql = "SELECT entry, MIN(file), MIN(hash) FROM payment GROUP BY entry ORDER BY entry";
        self.all(sql, [], |row| Ok(PaymentFile { entry: row.get(0)?, file: row.get(1)?, hash: row.get(2)? }))
    }
}

impl Payment {
    fn read(row: &Row<'_>) -> rusqlite::Result<Payment> {
        Ok(Payment {
            number: row.get(0)?,
            file: row.get(1)?,
            payment: PaymentRow {
                row: row.get(2)?,
                reference: row.get(3)?,
                paid: row.get(4)?,
                payer: row.get(5)?,
                payee: row.get(6)?,
                amount: row.get(7)?,
                note: row.get(9)?,
            },
            month: row.get(8)?,
            entry: row.get(10)?,
        })
    }
}

/// Refuses payments that are in the book: the same reference, day, parties and amount.
fn refuse_doubled(writing: &Writing<'_>, file: &str, payments: &[PaymentRow]) -> Outcome<()> {
    let known = "SELECT amount, entry FROM payment WHERE reference = ?1 AND paid = ?2 AND payer = ?3 AND \
                 payee = ?4 ORDER BY entry";
    let mut select = writing.transaction.prepare(known).map_err(failed)?;
    let mut problems = Vec::new();
    for payment in payments {
        let PaymentRow { row, reference, paid, payer, payee, amount, .. } = payment;
        let rows = select.query_map([reference, paid, payer, payee], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Vec<(String, i64)> = rows.and_then(Iterator::collect).map_err(failed)?;
        if let Some((_, entry)) = rows.iter().find(|(known, _)| plain(known) == plain(amount)) {
            let found =
                format!("{file}, row {row}: the payment `{reference}` is in the book, by entry {entry}");
            let remedy = "leave it out, or give what was paid besides another reference".to_string();
            problems.push(Diagnostic { code: &DOUBLED, location: Location::Request, found, remedy });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}
