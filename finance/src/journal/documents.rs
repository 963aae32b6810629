//! Documents of a journal: what one party receives and pays, each with both its sides.
//!
//! A negative amount is a credit note: its sides change places, so that no debit or credit is negative, and
//! it names the line that it corrects. A prime's journal holds both legs of what is paid through it.

use std::collections::BTreeMap;

use carepact::calendar::{Calendar, Date, days_in_month};
use carepact::contract::Contract;
use carepact::statement::{Posting, StatementLine};
use carepact::{Diagnostic, Exact, Statement};

use super::coding::{Coding, Codings};
use super::{UNBALANCED, ends, invoiced, who};
use crate::files::codes::problem;
use crate::files::output::{Cell, Grid};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whose journal it is.
    pub party: String,
    /// Only what is invoiced in this month, such as `2026-04`.
    pub month: Option<String>,
    /// Instead, what is earned by this day and not yet invoiced.
    pub accrued_at: Option<Date>,
    /// With the reversal of each accrual on the first day of the next month.
    pub reversed: bool,
}

/// One side of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// The document it is part of.
    pub document: String,
    /// Invoice, credit note, accrual or reversal.
    pub kind: &'static str,
    /// The day it counts for.
    pub date: String,
    /// The line of the statement.
    pub line: String,
    /// The line or document that it corrects or reverses.
    pub reference: String,
    /// The other party.
    pub party: String,
    /// The clause.
    pub clause: String,
    /// The period.
    pub period: String,
    /// What the side is.
    pub of: String,
    /// Its codes.
    pub coding: Coding,
    /// Debit; nothing on the credit side.
    pub debit: Exact,
    /// Credit; nothing on the debit side.
    pub credit: Exact,
    /// What it is for.
    pub description: String,
}

/// Columns of a journal.
pub const COLUMNS: [&str; 18] = [
    "document",
    "kind",
    "date",
    "entity",
    "cost_centre",
    "account",
    "analysis_1",
    "analysis_2",
    "tax_code",
    "debit",
    "credit",
    "description",
    "line",
    "reference",
    "party",
    "clause",
    "period",
    "type",
];

/// A journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Its lines, document by document.
    pub lines: Vec<JournalLine>,
}

/// The journal of a statement; of what changed since a previous one, where there is one.
pub fn journal(
    (statement, previous): (&Statement<'_>, Option<&Statement<'_>>),
    asked: &Asked,
    codings: &mut Codings,
) -> Result<Journal, Vec<Diagnostic>> {
    let contract = statement.model().contract();
    let mut work = Work { contract, asked, codings, lines: Vec::new(), documents: 0 };
    let payable = |line: &&StatementLine| line.live && line.payable;
    match previous {
        None => statement.lines().iter().filter(payable).for_each(|line| work.add(line, None)),
        Some(previous) => {
            for (line, difference) in differences(statement, previous) {
                let mut changed = line.clone();
                changed.amount = difference;
                work.add(&changed, Some("restatement"));
            }
        }
    }
    let mut problems = work.codings.problems();
    let journal = Journal { lines: work.lines };
    problems.extend(journal.unbalanced());
    if problems.is_empty() { Ok(journal) } else { Err(problems) }
}

/// What changed, line by line: lines of which payer, payee and id are the same.
pub fn differences<'s>(
    statement: &'s Statement<'_>,
    previous: &'s Statement<'_>,
) -> Vec<(&'s StatementLine, Exact)> {
    let payable = |line: &&StatementLine| line.live && line.payable;
    let key = |line: &StatementLine| (line.id.clone(), line.payer.clone(), line.payee.clone());
    let mut before: BTreeMap<_, &StatementLine> =
        previous.lines().iter().filter(payable).map(|line| (key(line), line)).collect();
    let mut changed = Vec::new();
    for line in statement.lines().iter().filter(payable) {
        let known = before.remove(&key(line)).map_or(Exact::ZERO, |line| line.amount.clone());
        changed.push((line, &line.amount - &known));
    }
    changed.extend(before.into_values().map(|line| (line, -&line.amount)));
    changed.retain(|(_, difference)| !difference.is_zero());
    changed
}

struct Work<'w> {
    contract: &'w Contract,
    asked: &'w Asked,
    codings: &'w mut Codings,
    lines: Vec<JournalLine>,
    documents: usize,
}

impl Work<'_> {
    fn add(&mut self, line: &StatementLine, of: Option<&'static str>) {
        let calendar = &self.contract.calendar;
        let Some(date) = self.date(calendar, line) else { return };
        let is_own = |party: &str| who(self.contract, line, party) == self.asked.party;
        let own: Vec<Posting> =
            line.postings().into_iter().filter(|posting| is_own(&posting.party)).collect();
        for posting in own.into_iter().filter(|posting| !posting.amount.is_zero()) {
            // Whoever the line pays receives, also where a negative amount flows back.
            let receives = posting.amount.sign() == line.amount.sign();
            let sides = Sides { receives, back: line.amount.sign() < 0, amount: posting.amount.abs() };
            let number = self.document();
            let reference = if sides.back { original(line, of) } else { String::new() };
            let kind = match (self.asked.accrued_at, sides.back) {
                (Some(_), _) => "accrual",
                (None, true) => "credit note",
                (None, false) => "invoice",
            };
            let head = Head { number: &number, kind, date: date.to_string(), reference: &reference, of };
            self.document_of(line, who(self.contract, line, &posting.other), &sides, &head);
            if self.asked.reversed && self.asked.accrued_at.is_some() {
                let reversal = Sides { back: !sides.back, ..sides };
                let reversal_number = self.document();
                let date = first_of_next_month(date).to_string();
                let head = Head { number: &reversal_number, kind: "reversal", date, reference: &number, of };
                self.document_of(line, who(self.contract, line, &posting.other), &reversal, &head);
            }
        }
    }

    fn document(&mut self) -> String {
        self.documents += 1;
        format!("J{:05}", self.documents)
    }

    /// The day a line counts for; nothing when it is not asked for.
    fn date(&self, calendar: &Calendar, line: &StatementLine) -> Option<Date> {
        let invoiced = invoiced(calendar, line)?;
        if let Some(at) = self.asked.accrued_at {
            let earned = ends(calendar, line).is_some_and(|end| end <= at);
            return (earned && invoiced > at).then_some(at);
        }
        let month = |date: Date| format!("{:04}-{:02}", date.year, date.month);
        self.asked.month.as_ref().is_none_or(|asked| *asked == month(invoiced)).then_some(invoiced)
    }

    /// Both sides of a document: income or expenditure, and what is owed for it.
    fn document_of(&mut self, line: &StatementLine, party: &str, sides: &Sides, head: &Head<'_>) {
        let owed = match (self.asked.accrued_at.is_some(), sides.receives) {
            (true, true) => "accrued income",
            (true, false) => "accrued expenditure",
            (false, true) => "debtor",
            (false, false) => "creditor",
        };
        let earned = head.of.unwrap_or(line.line_type.words());
        // Expenditure is a debit and income a credit; what flows back changes places.
        let debit_first = sides.receives == sides.back;
        for (of, debit) in [(earned, debit_first), (owed, !debit_first)] {
            let coding = self.codings.find(party, &line.clause, of);
            let amount = || sides.amount.clone();
            let (debit, credit) = if debit { (amount(), Exact::ZERO) } else { (Exact::ZERO, amount()) };
            self.lines.push(JournalLine {
                document: head.number.to_string(),
                kind: head.kind,
                date: head.date.clone(),
                line: line.id.clone(),
                reference: head.reference.to_string(),
                party: party.to_string(),
                clause: line.clause.clone(),
                period: line.period.clone(),
                of: of.to_string(),
                coding,
                debit,
                credit,
                description: format!("{}, {}", line.title, line.period),
            });
        }
    }
}

struct Sides {
    receives: bool,
    /// True for what flows back.
    back: bool,
    amount: Exact,
}

struct Head<'h> {
    number: &'h str,
    kind: &'static str,
    date: String,
    reference: &'h str,
    of: Option<&'static str>,
}

/// The line that a negative one corrects: itself as stated before, or of a settlement the entitlement that
/// was paid on account.
fn original(line: &StatementLine, of: Option<&str>) -> String {
    match of {
        Some(_) => line.id.clone(),
        None => line.id.strip_suffix(":settlement").unwrap_or(&line.id).to_string(),
    }
}

fn first_of_next_month(date: Date) -> Date {
    debug_assert!(date.day <= days_in_month(date.year, date.month));
    if date.month == 12 {
        Date { year: date.year + 1, month: 1, day: 1 }
    } else {
        Date { month: date.month + 1, day: 1, ..date }
    }
}

impl Journal {
    /// Debits and credits in all.
    pub fn totals(&self) -> (Exact, Exact) {
        (self.lines.iter().map(|line| &line.debit).sum(), self.lines.iter().map(|line| &line.credit).sum())
    }

    /// Documents whose sides differ.
    fn unbalanced(&self) -> Vec<Diagnostic> {
        let mut documents: BTreeMap<&str, Exact> = BTreeMap::new();
        for line in &self.lines {
            let sum = documents.entry(&line.document).or_insert(Exact::ZERO);
            *sum = &(&*sum + &line.debit) - &line.credit;
        }
        let off = documents.into_iter().filter(|(_, difference)| !difference.is_zero());
        off.map(|(document, difference)| {
            let found = format!("{document} is off by {}", difference.grouped(2));
            problem(&UNBALANCED, found, "please report this contract to the developers")
        })
        .collect()
    }

    /// The lines as a table.
    pub fn grid(&self) -> Grid {
        let mut grid = Grid::new("Journal", &COLUMNS);
        let side = |amount: &Exact| if amount.is_zero() { Cell::Empty } else { Cell::Amount(amount.clone()) };
        for line in &self.lines {
            let codes = &line.coding;
            let begins = [line.document.as_str(), line.kind, line.date.as_str()];
            let codes =
                [&codes.entity, &codes.cost_centre, &codes.account, &codes.analysis_1, &codes.analysis_2];
            let ends =
                [&line.description, &line.line, &line.reference, &line.party, &line.clause, &line.period];
            let mut row: Vec<Cell> = begins.into_iter().map(Cell::text).collect();
            row.extend(codes.into_iter().chain([&line.coding.tax_code]).map(Cell::text));
            row.extend([side(&line.debit), side(&line.credit)]);
            row.extend(ends.into_iter().chain([&line.of]).map(Cell::text));
            grid.rows.push(row);
        }
        grid
    }
}
