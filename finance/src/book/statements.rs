//! Statements as they were issued, their lines, what they post in which month, and approvals.

use std::collections::BTreeSet;

use carepact::calendar::Calendar;
use carepact::statement::StatementLine;
use rusqlite::{Connection, Row};

use super::log::Writing;
use super::periods::Months;
use super::postings::{self, Posting};
use super::problems::{APPROVAL, DOUBLED, Outcome, UNKNOWN, failed, refuse};
use super::{Book, ContractVersion, ENGINE, Entry, EntryKind, Month, ObservationSet, Stamp, read};
use crate::restatement::{Restatement, month};

/// A line as a book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedLine {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
    /// The clause.
    pub clause: String,
    /// The type of line.
    pub line_type: String,
    /// The key of its period.
    pub period: String,
    /// The last month of its period, to which it belongs.
    pub month: String,
    /// From payer to payee.
    pub amount: String,
    /// `live`, `shadow` or `reporting`.
    pub status: String,
    /// Whether its data may still change.
    pub data: String,
    /// When it is due.
    pub due: Option<String>,
    /// True when it is paid and counts.
    pub payable: bool,
}

impl StatedLine {
    /// A line of a statement; amounts with the places of the currency.
    pub fn of(line: &StatementLine, calendar: &Calendar, places: usize) -> StatedLine {
        StatedLine {
            id: line.id.clone(),
            payer: line.payer.clone(),
            payee: line.payee.clone(),
            clause: line.clause.clone(),
            line_type: line.line_type.words().to_string(),
            period: line.period.clone(),
            month: month(calendar, &line.period),
            amount: line.amount.plain(places),
            status: line.status.to_string(),
            data: line.data.word().to_string(),
            due: line.due.map(|due| due.to_string()),
            payable: line.live && line.payable,
        }
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<StatedLine> {
        Ok(StatedLine {
            id: row.get(0)?,
            payer: row.get(1)?,
            payee: row.get(2)?,
            clause: row.get(3)?,
            line_type: row.get(4)?,
            period: row.get(5)?,
            month: row.get(6)?,
            amount: row.get(7)?,
            status: row.get(8)?,
            data: row.get(9)?,
            due: row.get(10)?,
            payable: row.get(11)?,
        })
    }
}

/// A statement that is to be taken in.
#[derive(Debug)]
pub struct NewStatement<'s> {
    /// The version of the contract.
    pub contract: &'s ContractVersion,
    /// The sets of observations.
    pub observations: &'s [ObservationSet],
    /// The period that was asked for.
    pub period: Option<&'s str>,
    /// Which submission counted.
    pub as_of: &'s str,
    /// Its lines.
    pub lines: &'s [StatedLine],
    /// The statements that it restates, and the differences.
    pub restates: Option<(&'s [i64], &'s Restatement)>,
    /// The places of the currency.
    pub places: usize,
    /// The month that takes adjustments, where several are open.
    pub post_in: Option<&'s Month>,
}

/// What a statement that is being issued is told for its head.
#[derive(Debug)]
pub struct Issue<'s> {
    /// Its number.
    pub number: i64,
    /// When it is issued.
    pub at: &'s str,
    /// What it posts.
    pub postings: &'s [Posting],
}

/// A statement as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// For people.
    pub text: Vec<u8>,
    /// For tools.
    pub json: Vec<u8>,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who approved.
    pub by: String,
    /// When.
    pub at: String,
}

/// A statement of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRecord {
    /// Its number.
    pub number: i64,
    /// The version of the contract.
    pub contract: i64,
    /// The version of the engine that worked it out.
    pub engine: String,
    /// The period that was asked for.
    pub period: Option<String>,
    /// Which submission counted.
    pub as_of: String,
    /// The statements that it restates.
    pub restates: Vec<i64>,
    /// The hash of its text.
    pub text: String,
    /// The hash of its JSON.
    pub json: String,
    /// The entry that took it in.
    pub entry: i64,
    /// When it was issued.
    pub at: String,
    /// Who prepared it.
    pub prepared_by: String,
    /// Who approved it.
    pub approved: Option<Approval>,
    /// The sets of observations that it rests on.
    pub observations: Vec<i64>,
    /// The statement that restates it.
    pub restated_by: Option<i64>,
}

const STATEMENT: &str = "SELECT s.number, s.contract, s.engine, s.period, s.as_of, s.text, s.json, \
     s.entry, e.at, e.who, (SELECT statement FROM restates WHERE earlier = s.number) \
     FROM statement s JOIN entry e ON e.number = s.entry";

impl StatementRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<StatementRecord> {
        Ok(StatementRecord {
            number: row.get(0)?,
            contract: row.get(1)?,
            engine: row.get(2)?,
            period: row.get(3)?,
            as_of: row.get(4)?,
            restates: Vec::new(),
            text: row.get(5)?,
            json: row.get(6)?,
            entry: row.get(7)?,
            at: row.get(8)?,
            prepared_by: row.get(9)?,
            approved: None,
            observations: Vec::new(),
            restated_by: row.get(10)?,
        })
    }
}

impl Book {
    /// Takes a statement in, with what `render` makes of its number and postings. A first statement posts
    /// each line in its own month, a restatement the differences in the open one.
    ///
    /// # Errors
    /// When a line is stated already, the statement was restated already, or no month takes it.
    pub fn add_statement(
        &mut self,
        new: &NewStatement<'_>,
        stamp: &Stamp,
        render: impl FnOnce(&Issue<'_>) -> Outcome<Rendered>,
    ) -> Outcome<(i64, Entry)> {
        let mut writing = Writing::begin(self, stamp, EntryKind::Statement)?;
        let number = writing.next("statement", "number")?;
        let restates = new.restates.map_or(&[][..], |(earlier, _)| earlier);
        restates.iter().try_for_each(|earlier| refuse_restated_twice(&writing.transaction, *earlier))?;
        refuse_stated_twice(&writing.transaction, new.lines, restates)?;
        let months = Months::new(&writing.transaction, new.post_in)?;
        let postings = match new.restates {
            None => postings::stated(new.lines, &months)?,
            Some((_, restatement)) => postings::restated(restatement, new.places, &months)?,
        };
        let rendered = render(&Issue { number, at: &writing.at, postings: &postings })?;
        let (text, json) = (writing.store(&rendered.text)?, writing.store(&rendered.json)?);
        let row = [
            number.into(),
            new.contract.version.into(),
            new.contract.hash.as_str().into(),
            ENGINE.into(),
            new.period.into(),
            new.as_of.into(),
            text.into(),
            json.into(),
        ];
        writing.add("statement", row)?;
        for earlier in restates {
            writing.add("restates", [number.into(), (*earlier).into()])?;
        }
        for set in new.observations {
            writing.add("input", [number.into(), set.number.into(), set.hash.as_str().into()])?;
        }
        add_lines(&mut writing, number, new.lines)?;
        if let Some((_, restatement)) = new.restates {
            add_restated(&mut writing, number, restatement, new.places)?;
        }
        for posting in &postings {
            let Posting { id, payer, payee, posting_type, month, amount } = posting;
            let texts = [id, payer, payee, posting_type.words(), month, amount].map(|text: &str| text.into());
            let [id, payer, payee, kind, month, amount] = texts;
            writing.add("posting", [number.into(), id, payer, payee, kind, month, amount])?;
        }
        Ok((number, writing.finish()?))
    }

    /// Approves a statement.
    ///
    /// # Errors
    /// When it was approved already, or who approves prepared it.
    pub fn approve(&mut self, statement: i64, stamp: &Stamp) -> Outcome<Entry> {
        let record = self.statement(Some(statement))?;
        if let Some(approval) = &record.approved {
            let found = format!("statement {statement} was approved by {} at {}", approval.by, approval.at);
            return refuse(&APPROVAL, found, "nothing is left to do");
        }
        if same_person(&record.prepared_by, &stamp.by) {
            let found = format!("{} prepared statement {statement}", record.prepared_by);
            return refuse(&APPROVAL, found, "have it approved by somebody else: --by NAME");
        }
        let mut writing = Writing::begin(self, stamp, EntryKind::Approval)?;
        let again = "SELECT EXISTS (SELECT 1 FROM approval WHERE statement = ?1)";
        if writing.transaction.query_row(again, [statement], |row| row.get(0)).map_err(failed)? {
            let found = format!("statement {statement} was approved a moment ago");
            return refuse(&APPROVAL, found, "nothing is left to do");
        }
        writing.add("approval", [statement.into(), record.prepared_by.into(), stamp.by.as_str().into()])?;
        writing.finish()
    }

    /// All statements, from the first.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn statements(&self) -> Outcome<Vec<StatementRecord>> {
        let mut records = self.all(&format!("{STATEMENT} ORDER BY s.number"), [], StatementRecord::read)?;
        let approvals =
            "SELECT a.statement, a.approved_by, e.at FROM approval a JOIN entry e ON e.number = a.entry";
        let approvals: Vec<(i64, Approval)> =
            self.all(approvals, [], |row| Ok((row.get(0)?, Approval { by: row.get(1)?, at: row.get(2)? })))?;
        let pairs = |sql: &str| self.all(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        let inputs = pairs("SELECT statement, observations FROM input ORDER BY row")?;
        let restates = pairs("SELECT statement, earlier FROM restates ORDER BY row")?;
        for record in &mut records {
            let own = |of: &i64| *of == record.number;
            record.approved = approvals.iter().find(|(of, _)| own(of)).map(|(_, approval)| approval.clone());
            record.restates =
                restates.iter().filter(|(of, _)| own(of)).map(|(_, earlier)| *earlier).collect();
            record.observations = inputs.iter().filter(|(of, _)| own(of)).map(|(_, set)| *set).collect();
        }
        Ok(records)
    }

    /// A statement, the latest where none is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn statement(&self, number: Option<i64>) -> Outcome<StatementRecord> {
        let mut known = self.statements()?;
        let latest = known.last().map(|known| known.number);
        match known.iter().position(|known| Some(known.number) == number.or(latest)) {
            Some(place) => Ok(known.swap_remove(place)),
            None => {
                let found = number.map_or("the book has no statement".to_string(), |number| {
                    format!("the book has no statement {number}")
                });
                refuse(&UNKNOWN, found, "`carepact book list` lists them; `carepact book state` makes one")
            }
        }
    }

    /// The lines of a statement, in their order.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn lines(&self, statement: i64) -> Outcome<Vec<StatedLine>> {
        let sql = "SELECT id, payer, payee, clause, type, period, month, amount, status, data, due, payable \
                   FROM line WHERE statement = ?1 ORDER BY row";
        self.all(sql, [statement], StatedLine::read)
    }
}

fn add_lines(writing: &mut Writing<'_>, number: i64, lines: &[StatedLine]) -> Outcome<()> {
    lines.iter().try_for_each(|line| {
        let text = |text: &String| text.as_str().into();
        let row = [
            number.into(),
            text(&line.id),
            text(&line.payer),
            text(&line.payee),
            text(&line.clause),
            text(&line.line_type),
            text(&line.period),
            text(&line.month),
            text(&line.amount),
            text(&line.status),
            text(&line.data),
            line.due.as_deref().into(),
            line.payable.into(),
        ];
        writing.add("line", row)
    })
}

fn add_restated(
    writing: &mut Writing<'_>,
    number: i64,
    restatement: &Restatement,
    places: usize,
) -> Outcome<()> {
    for line in &restatement.lines {
        let plain =
            |amount: &Option<carepact::Exact>| amount.as_ref().map(|amount| amount.plain(places)).into();
        let key = || {
            [number.into(), line.id.as_str().into(), line.payer.as_str().into(), line.payee.as_str().into()]
        };
        let [statement, id, payer, payee] = key();
        let difference = line.difference.plain(places).into();
        let (earlier, later, clause) =
            (plain(&line.earlier), plain(&line.later), line.clause.as_str().into());
        let row = [statement, id, payer, payee, clause, earlier, later, difference, line.payable.into()];
        writing.add("restated", row)?;
        for cause in restatement.causes_of(line) {
            let [statement, id, payer, payee] = key();
            let change = &restatement.changes[cause.change];
            let texts =
                [change.kind.word(), &change.what, &change.earlier, &change.later].map(|text| text.into());
            let [kind, what, earlier, later] = texts;
            let alone = plain(&cause.alone);
            writing.add("cause", [statement, id, payer, payee, kind, what, earlier, later, alone])?;
        }
    }
    Ok(())
}

/// A line is restated only together with the statement that has it last.
fn refuse_stated_twice(connection: &Connection, lines: &[StatedLine], restates: &[i64]) -> Outcome<()> {
    let sql = "SELECT id, payer, payee, MAX(statement) FROM line GROUP BY id, payer, payee";
    let known: Vec<(String, String, String, i64)> =
        read::all(connection, sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let new: BTreeSet<[&str; 3]> = lines.iter().map(|line| [&*line.id, &*line.payer, &*line.payee]).collect();
    let twice = known.iter().find(|(id, payer, payee, statement)| {
        !restates.contains(statement) && new.contains(&[&**id, &**payer, &**payee])
    });
    match twice {
        None => Ok(()),
        Some((id, _, _, statement)) => {
            let found = format!("{id} is stated by statement {statement} already");
            refuse(
                &DOUBLED,
                found,
                "restate that statement with `carepact book restate`, or state another period",
            )
        }
    }
}

fn refuse_restated_twice(connection: &Connection, statement: i64) -> Outcome<()> {
    let sql = "SELECT statement FROM restates WHERE earlier = ?1";
    match read::all(connection, sql, [statement], |row| row.get::<_, i64>(0))?.first() {
        None => Ok(()),
        Some(later) => {
            let found = format!("statement {statement} was restated by statement {later}");
            refuse(&DOUBLED, found, "restate the later one, which is what happens when no statement is named")
        }
    }
}

/// Names are compared as people read them.
fn same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}
