//! Payments as a ledger has them, read with a mapping of columns.

use std::collections::BTreeMap;

use carepact::Diagnostic;
use carepact::calendar::{Calendar, Period};
use carepact::contract::Contract;
use carepact::source::did_you_mean;

use super::cells::{self, clean};
use super::day::Day;
use super::mapping::{Field, Mapping, OtherParties};
use super::parties::{Parties, PartyNumber};
use super::problem::{PAYMENT_CELL, PAYMENT_MAPPING, PAYMENTS_FILE, TWO_SOURCES, in_row, problem};
use crate::files::Sheet;
use crate::files::workbook::is_workbook;

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The place of its file in [`Payments::files`].
    pub file: u32,
    /// Its row as a spreadsheet counts it.
    pub row: u32,
    /// When it was paid.
    pub date: Day,
    /// Who paid.
    pub payer: PartyNumber,
    /// Who was paid.
    pub payee: PartyNumber,
    /// In minor units; negative is a credit that goes the other way.
    pub amount: i64,
    /// The period that it was paid for, where one is stated.
    pub period: Option<Period>,
    /// The reference, or nothing.
    pub reference: Box<str>,
    /// What it was paid for, or nothing.
    pub purpose: Box<str>,
}

/// Payments of some files.
#[derive(Debug, Clone, Default)]
pub struct Payments {
    /// The names of the files.
    pub files: Vec<String>,
    /// The payments, in the order of the files and rows.
    pub list: Vec<Payment>,
    /// Rows that are between other parties and are left out.
    pub ignored: usize,
    /// Payments after the day that is looked at, which are left out.
    pub later: usize,
    /// References with the check digit of an NHS number that were read, as somebody said that they are not
    /// people.
    pub references_not_people: usize,
}

/// Most problems that are told one by one.
const PROBLEMS_MAX: usize = 200;

/// Rows among which the headings are looked for.
const ROWS_BEFORE_HEADINGS: usize = 50;

/// Rows between two words on progress.
const ROWS_A_STEP: usize = 10_000;

/// Reads payments of one file after the other.
pub struct PaymentReader<'c> {
    calendar: &'c Calendar,
    money: (u32, &'c str),
    mapping: &'c Mapping,
    parties: &'c Parties,
    payments: Payments,
    problems: Vec<Diagnostic>,
    untold: usize,
    /// The date of the row before, as written and understood.
    last_date: (String, Option<Day>),
    /// Periods as written, each understood once.
    periods: BTreeMap<String, Option<Period>>,
    /// Names as written, each looked up once.
    named: BTreeMap<String, Option<PartyNumber>>,
    /// Names of no party: file and row of the first, and how many rows.
    unknown: BTreeMap<String, (String, usize, usize)>,
}

/// The headings of a file: columns by field, and how they are written.
struct Headings {
    places: [Option<usize>; 7],
    names: Vec<String>,
}

/// The search for the first row with a heading for all that is needed.
struct Search<'m> {
    mapping: &'m Mapping,
    found: Option<Headings>,
    /// The row that lacks least, and what it lacks.
    nearest: Option<(usize, Vec<Field>)>,
}

impl Search<'_> {
    fn looks_at(&mut self, row: usize, cells: &[&str]) -> bool {
        if self.mapping.header_row.is_some_and(|wanted| wanted != row) {
            return false;
        }
        let places = self.mapping.places(cells);
        let lacking = self.mapping.lacking(&places);
        if lacking.is_empty() {
            let names = cells.iter().map(|cell| clean(cell).to_string()).collect();
            self.found = Some(Headings { places, names });
            return true;
        }
        let blank = cells.iter().all(|cell| clean(cell).is_empty());
        if !blank && self.nearest.as_ref().is_none_or(|(_, known)| lacking.len() < known.len()) {
            self.nearest = Some((row, lacking));
        }
        false
    }

    fn headings(self, name: &str) -> Result<Headings, Diagnostic> {
        let lacking = match (self.found, self.nearest) {
            (Some(found), _) => return Ok(found),
            (None, None) => {
                return Err(problem(&PAYMENTS_FILE, format!("{name} is empty"), "name a file with payments"));
            }
            (None, Some(nearest)) => nearest,
        };
        let words: Vec<String> = lacking.1.iter().map(|field| format!("`{}`", field.word())).collect();
        let found = format!("no row has a heading for all fields; the nearest lacks {}", words.join(", "));
        let remedy = "say --column FIELD=HEADING or --constant FIELD=VALUE for each, or write a mapping";
        Err(in_row(&PAYMENTS_FILE, (name, lacking.0), None, found, remedy))
    }
}

impl<'c> PaymentReader<'c> {
    /// A reader for payments under this contract.
    pub fn new(contract: &'c Contract, mapping: &'c Mapping, parties: &'c Parties) -> PaymentReader<'c> {
        PaymentReader {
            calendar: &contract.calendar,
            money: (contract.minor_places, &contract.currency),
            mapping,
            parties,
            payments: Payments::default(),
            problems: Vec::new(),
            untold: 0,
            last_date: (String::new(), None),
            periods: BTreeMap::new(),
            named: BTreeMap::new(),
            unknown: BTreeMap::new(),
        }
    }

    /// Reads a file; `on_rows` is told of rows as they are read.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>, on_rows: &dyn Fn(usize)) {
        let told = (self.problems.len(), self.untold);
        let unknown = self.unknown.clone();
        let sheet = self.mapping.sheet.as_deref().filter(|_| is_workbook(&bytes));
        let opened = Sheet::open(name, bytes, sheet);
        let read = opened.and_then(|mut sheet| self.rows(name, &mut sheet, on_rows));
        if let Err(refused) = read {
            // Nothing else is said of a file that is refused as a whole: it may be one about people.
            self.problems.truncate(told.0);
            self.untold = told.1;
            self.unknown = unknown;
            self.problems.push(refused);
        }
    }

    /// The payments.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn finish(mut self) -> Result<Payments, Vec<Diagnostic>> {
        let unknown = std::mem::take(&mut self.unknown);
        for (name, (file, row, count)) in unknown {
            let known = did_you_mean(&name, self.parties.ids());
            let near = known.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let found =
                format!("`{name}` is no party of the contract, here and in {} more rows{near}", count - 1);
            let remedy =
                "say which party it is under `parties` in the mapping, or that `other_parties` are ignored";
            self.problems.push(in_row(&PAYMENT_CELL, (&file, row), None, found, remedy));
        }
        if self.untold > 0 {
            let found = format!("{} more problems of the same kinds", self.untold);
            self.problems.push(problem(&PAYMENT_CELL, found, "mend those above first"));
        }
        if self.problems.is_empty() { Ok(self.payments) } else { Err(self.problems) }
    }

    fn rows(&mut self, name: &str, sheet: &mut Sheet, on_rows: &dyn Fn(usize)) -> Result<(), Diagnostic> {
        let mut search = Search { mapping: self.mapping, found: None, nearest: None };
        let within = ROWS_BEFORE_HEADINGS.max(self.mapping.header_row.unwrap_or(0));
        let mut rows = sheet
            .rows_below((self.mapping.separator(), within), &mut |row, cells| search.looks_at(row, cells))?;
        if search.found.is_none() {
            // A file about people is refused as such, whatever else it lacks.
            while rows.next()?.is_some() {}
        }
        let headings = search.headings(name)?;
        let file = u32::try_from(self.payments.files.len()).unwrap_or(u32::MAX);
        self.payments.files.push(name.to_string());
        let mut count = 0;
        rows.next()?;
        if let Some(column) = headings.places[Field::Reference as usize] {
            rows.references_in(column, self.mapping.references_are_not_people);
        }
        while let Some((row, cells)) = rows.next()? {
            if cells.iter().any(|cell| !clean(cell).is_empty()) {
                self.row(RowOf { name, file, row, cells: &cells, headings: &headings });
                count += 1;
                if count % ROWS_A_STEP == 0 {
                    on_rows(ROWS_A_STEP);
                }
            }
        }
        rows.refuse_open_quote()?;
        self.payments.references_not_people += rows.references_read()?;
        on_rows(count % ROWS_A_STEP);
        Ok(())
    }

    fn row(&mut self, row: RowOf<'_>) {
        let beyond = row.cells.iter().skip(row.headings.names.len());
        if beyond.into_iter().any(|cell| !clean(cell).is_empty()) {
            // Most often a comma within an amount: 24,955,200.00 is three cells.
            let reason = "stands in a row with more cells than there are headings";
            self.refuse(&row, Field::Amount, reason, "put amounts with commas between quotation marks");
            return;
        }
        let (payer, payee) = (self.party(&row, Field::Payer), self.party(&row, Field::Payee));
        if self.mapping.other_parties == OtherParties::Ignore && (payer.is_none() || payee.is_none()) {
            self.payments.ignored += 1;
            return;
        }
        let date = self.date(row.cell(self.mapping, Field::Date));
        if date.is_none() {
            let remedy = "write 2026-04-15 or 15/04/2026; where months come first, say so in the mapping";
            self.refuse(&row, Field::Date, "is no date", remedy);
        }
        let amount = cells::amount(row.cell(self.mapping, Field::Amount), self.mapping.mark(), self.money);
        if let Err(reason) = &amount {
            self.refuse(&row, Field::Amount, reason, "write an amount such as 1,234.56 or (1,234.56)");
        }
        let period = self.period(&row);
        if let (Some(payer), Some(payee), Some(date), Ok(amount), Ok(period)) =
            (payer, payee, date, amount, period)
        {
            if payer == payee {
                self.refuse(&row, Field::Payee, "is the payer as well", "name the other party");
                return;
            }
            self.payments.list.push(Payment {
                file: row.file,
                row: u32::try_from(row.row).unwrap_or(u32::MAX),
                date,
                payer,
                payee,
                amount: if self.mapping.negate { -amount } else { amount },
                period,
                reference: Box::from(row.cell(self.mapping, Field::Reference)),
                purpose: Box::from(row.cell(self.mapping, Field::Purpose)),
            });
        }
    }

    /// The day of a cell; neighbouring rows often have the same.
    fn date(&mut self, cell: &str) -> Option<Day> {
        if self.last_date.0 != cell {
            self.last_date = (cell.to_string(), cells::date(cell, self.mapping.month_first()));
        }
        self.last_date.1
    }

    fn party(&mut self, row: &RowOf<'_>, field: Field) -> Option<PartyNumber> {
        let cell = row.cell(self.mapping, field);
        let found = match self.named.get(cell) {
            Some(known) => *known,
            None => {
                let mapped = self.mapping.parties.get(cell).map_or(cell, String::as_str);
                let found = self.parties.find(mapped);
                self.named.insert(cell.to_string(), found);
                found
            }
        };
        if found.is_none() && self.mapping.other_parties == OtherParties::Refuse {
            let first = || (row.name.to_string(), row.row, 0);
            self.unknown.entry(cell.to_string()).or_insert_with(first).2 += 1;
        }
        found
    }

    fn period(&mut self, row: &RowOf<'_>) -> Result<Option<Period>, ()> {
        let cell = row.cell(self.mapping, Field::Period);
        if cell.is_empty() {
            return Ok(None);
        }
        let found = match self.periods.get(cell) {
            Some(known) => *known,
            None => {
                let read = cells::period(cell, self.calendar);
                self.periods.insert(cell.to_string(), read);
                read
            }
        };
        if found.is_none() {
            let remedy = "write a month, quarter or year such as 2026-04, 2026/27 Q1 or 2026/27";
            self.refuse(row, Field::Period, "is no period", remedy);
        }
        found.map(Some).ok_or(())
    }

    fn refuse(&mut self, row: &RowOf<'_>, field: Field, reason: &str, remedy: &str) {
        if self.problems.len() >= PROBLEMS_MAX {
            self.untold += 1;
            return;
        }
        let found = format!("`{}` {reason}", row.cell(self.mapping, field));
        let column = row.headings.places[field as usize].and_then(|place| row.headings.names.get(place));
        let column = column.map_or(field.word(), String::as_str);
        self.problems.push(in_row(&PAYMENT_CELL, (row.name, row.row), Some(column), found, remedy));
    }
}

/// Most payments that are told one by one when two sources differ.
const DIFFERING_MAX: usize = 20;

/// Holds the payments of two sources against each other.
///
/// # Errors
/// For each payment that only one of them has: another day, party, amount or reference.
pub fn same_payments(one: (&str, &Payments), other: (&str, &Payments)) -> Result<(), Vec<Diagnostic>> {
    let mut all: BTreeMap<_, [Vec<&Payment>; 2]> = BTreeMap::new();
    for (side, (_, payments)) in [one, other].into_iter().enumerate() {
        for payment in &payments.list {
            let key = (payment.date, payment.payer, payment.payee, payment.amount, &*payment.reference);
            all.entry(key).or_default()[side].push(payment);
        }
    }
    let mut problems = Vec::new();
    let mut untold = 0;
    for [here, there] in all.into_values() {
        let both = here.len().min(there.len());
        let only = [(one.1, &here, other.0), (other.1, &there, one.0)];
        for (payments, list, lacking) in only {
            for payment in list.iter().skip(both) {
                if problems.len() == DIFFERING_MAX {
                    untold += 1;
                    continue;
                }
                let file = payments.files.get(payment.file as usize).map_or("", String::as_str);
                let found = format!("the payment of {} is not in {lacking}", payment.date);
                let remedy = "leave the files out, or take what is missing into the book first";
                let row = usize::try_from(payment.row).unwrap_or(0);
                problems.push(in_row(&TWO_SOURCES, (file, row), None, found, remedy));
            }
        }
    }
    if untold > 0 {
        let found = format!("{untold} more payments are in one of the two only");
        problems.push(problem(&TWO_SOURCES, found, "mend those above first"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// A row that is being read.
struct RowOf<'r> {
    name: &'r str,
    file: u32,
    row: usize,
    cells: &'r [&'r str],
    headings: &'r Headings,
}

impl<'r> RowOf<'r> {
    fn cell(&self, mapping: &'r Mapping, field: Field) -> &'r str {
        let own = || clean(self.cells.get(self.headings.places[field as usize]?)?).into();
        mapping.constants.get(&field).map(String::as_str).or_else(own).unwrap_or("")
    }
}

/// Holds the parties of a mapping against those of a contract.
///
/// # Errors
/// For each that the contract does not have.
pub fn check_parties(mapping: &Mapping, parties: &Parties) -> Result<(), Vec<Diagnostic>> {
    let unknown = mapping.parties.iter().filter(|(_, party)| parties.find(party).is_none());
    let problems: Vec<Diagnostic> = unknown
        .map(|(name, party)| {
            let found =
                format!("the mapping takes `{name}` for `{party}`, which is no party of the contract");
            let known: Vec<&str> = parties.ids().take(20).collect();
            problem(&PAYMENT_MAPPING, found, &format!("name one of {}", known.join(", ")))
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
