//! Where the parties stand on a line: agreed, contested, withheld, settled.

use std::collections::BTreeMap;

use carepact::Exact;
use carepact::contract::Contract;
use rusqlite::{Connection, Row};

use super::log::Writing;
use super::problems::{LINE_STATE, Outcome, UNKNOWN, refuse};
use super::{Book, Entry, EntryKind, Stamp, StatedLine, read};
use crate::reconcile::states::{self, StatesFile};

/// A line of a statement: its id and between whom it flows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineName {
    /// The id.
    pub id: String,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
}

/// What the parties say of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineState {
    /// Both hold it to be right.
    Agreed,
    /// One of them does not; the part that is not contested is payable.
    Contested,
    /// Held back until something happens.
    Withheld,
    /// Closed, for good.
    Settled,
}

impl LineState {
    /// The word of the book.
    pub fn word(self) -> &'static str {
        match self {
            LineState::Agreed => "agreed",
            LineState::Contested => "contested",
            LineState::Withheld => "withheld",
            LineState::Settled => "settled",
        }
    }

    fn of_word(word: &str) -> LineState {
        [LineState::Agreed, LineState::Contested, LineState::Withheld]
            .into_iter()
            .find(|state| state.word() == word)
            .unwrap_or(LineState::Settled)
    }

    /// True when something is held back.
    pub fn holds_back(self) -> bool {
        match self {
            LineState::Contested | LineState::Withheld => true,
            LineState::Agreed | LineState::Settled => false,
        }
    }
}

/// The last word on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The statement on whose line it was said.
    pub statement: i64,
    /// The state.
    pub state: LineState,
    /// How much is contested or withheld; nothing in the other states.
    pub amount: String,
    /// Why.
    pub reason: String,
    /// Until when an answer is due.
    pub answer_by: Option<String>,
    /// Since which entry.
    pub entry: i64,
}

impl Stand {
    fn read(row: &Row<'_>) -> rusqlite::Result<(LineName, Stand)> {
        let state: String = row.get(4)?;
        Ok((
            LineName { id: row.get(1)?, payer: row.get(2)?, payee: row.get(3)? },
            Stand {
                statement: row.get(0)?,
                state: LineState::of_word(&state),
                amount: row.get(5)?,
                reason: row.get(6)?,
                answer_by: row.get(7)?,
                entry: row.get(8)?,
            },
        ))
    }

    /// What of an amount is payable.
    pub fn payable(&self, amount: &str) -> Option<Exact> {
        Some(&Exact::parse(amount).ok()? - &Exact::parse(&self.amount).ok()?)
    }
}

/// What is said of a line.
#[derive(Debug, Clone, Copy)]
pub struct Said<'s> {
    /// The state.
    pub state: LineState,
    /// How much of it; the whole line where nothing is said.
    pub amount: Option<&'s str>,
    /// Why.
    pub reason: &'s str,
    /// Until when an answer is due.
    pub answer_by: Option<&'s str>,
}

impl Book {
    /// The line that is meant by an id, or by an id and a party where it is split; of a statement, or of
    /// the latest that has it.
    ///
    /// # Errors
    /// When there is none, or several parts of it.
    pub fn find_line(&self, statement: Option<i64>, wanted: &str) -> Outcome<(i64, StatedLine)> {
        let records = self.statements()?;
        let asked = records.iter().rev().filter(|record| statement.is_none_or(|only| only == record.number));
        for record in asked {
            let lines = self.lines(record.number)?;
            let is_part = |line: &&StatedLine| {
                let rest = wanted.strip_prefix(&line.id).and_then(|rest| rest.strip_prefix(':'));
                line.id == wanted || rest.is_some_and(|party| party == line.payee || party == line.payer)
            };
            let found: Vec<&StatedLine> = lines.iter().filter(is_part).collect();
            match found[..] {
                [] => {}
                [line] => return Ok((record.number, line.clone())),
                [first, ..] => {
                    let found =
                        format!("`{wanted}` has {} parts in statement {}", found.len(), record.number);
                    let remedy = format!("add who is paid, such as `{}:{}`", first.id, first.payee);
                    return refuse(&UNKNOWN, found, &remedy);
                }
            }
        }
        let of =
            statement.map_or("no statement has".to_string(), |number| format!("statement {number} has no"));
        let found = if statement.is_some() {
            format!("{of} line `{wanted}`")
        } else {
            format!("{of} a line `{wanted}`")
        };
        refuse(&UNKNOWN, found, "`carepact book list lines` lists them")
    }

    /// Says where the parties stand on a line.
    ///
    /// # Errors
    /// When the line cannot take the state, a reason is lacking, or more is contested than the line has.
    pub fn say(
        &mut self,
        (statement, line): (i64, &StatedLine),
        said: Said<'_>,
        stamp: &Stamp,
    ) -> Outcome<Entry> {
        let name = line.name();
        let mut writing = Writing::begin(self, stamp, EntryKind::LineState)?;
        let before = stands(&writing.transaction)?.remove(&name).map(|stand| stand.state);
        let contests = said.state.holds_back();
        if before == Some(LineState::Settled) || (before == Some(said.state) && !contests) {
            let found = format!("{} is {} already", line.id, before.map_or("", LineState::word));
            return refuse(
                &LINE_STATE,
                found,
                "what is settled stays so; later differences come by restatement",
            );
        }
        if contests && said.reason.trim().is_empty() {
            return refuse(&LINE_STATE, format!("no reason is given for {}", line.id), "add --reason");
        }
        let amount = match (contests, said.amount) {
            (false, _) => "0".to_string(),
            (true, None) => line.amount.clone(),
            (true, Some(part)) => within(line, part)?,
        };
        let texts = [&name.id, &name.payer, &name.payee, said.state.word(), &amount, said.reason.trim()];
        let [id, payer, payee, state, amount, reason] = texts.map(|text| text.into());
        let row = [statement.into(), id, payer, payee, state, amount, reason, said.answer_by.into()];
        writing.add("line_state", row)?;
        writing.finish()
    }

    /// The last word on every line of which something was said.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn stands(&self) -> Outcome<BTreeMap<LineName, Stand>> {
        stands(&self.connection)
    }

    /// What is said of lines as a reconciliation takes it, by the number of its entry and with its day.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn states_file(&self, name: &str, contract: &Contract) -> Outcome<StatesFile> {
        let days: BTreeMap<i64, String> = self
            .log()?
            .into_iter()
            .map(|entry| (entry.number, entry.at.chars().take(DAY).collect()))
            .collect();
        // Of a party that is many, the line says which of them.
        let named = |id: &str| {
            let many = contract.parties.iter().any(|party| party.id == id && party.many);
            if many { String::new() } else { id.to_string() }
        };
        let entry = |(name, stand): (LineName, Stand)| {
            let held = stand.state.holds_back();
            let said = states::Entry {
                line: name.id,
                payee: named(&name.payee),
                payer: named(&name.payer),
                state: stand.state.word().to_string(),
                amount: if held { stand.amount } else { String::new() },
                reason: stand.reason,
                raised: days.get(&stand.entry).cloned().unwrap_or_default(),
                answer_by: stand.answer_by.unwrap_or_default(),
            };
            (usize::try_from(stand.entry).unwrap_or(0), said)
        };
        Ok(StatesFile::of_entries(name, self.stands()?.into_iter().map(entry).collect()))
    }
}

/// Signs of a day at the beginning of a moment, `2026-10-12`.
const DAY: usize = 10;

fn stands(connection: &Connection) -> Outcome<BTreeMap<LineName, Stand>> {
    let sql = "SELECT statement, id, payer, payee, state, amount, reason, answer_by, entry \
               FROM line_state ORDER BY row";
    Ok(read::all(connection, sql, [], Stand::read)?.into_iter().collect())
}

impl StatedLine {
    /// What the line is called.
    pub fn name(&self) -> LineName {
        LineName { id: self.id.clone(), payer: self.payer.clone(), payee: self.payee.clone() }
    }
}

/// A part of the amount of a line, with its sign.
fn within(line: &StatedLine, part: &str) -> Outcome<String> {
    let read = |text: &str| Exact::parse(text).ok().filter(|_| !text.contains('%'));
    let places = line.amount.split_once('.').map_or(0, |(_, pence)| pence.len());
    match (read(&line.amount), read(part)) {
        (Some(whole), Some(amount))
            if amount.sign() == whole.sign()
                && (&whole.abs() - &amount.abs()).sign() >= 0
                && amount.decimal_places().is_some_and(|own| own <= places) =>
        {
            Ok(amount.plain(places))
        }
        (_, _) => {
            let found = format!("`{part}` is no part of the {} of {}", line.amount, line.id);
            refuse(&LINE_STATE, found, "give an amount between nothing and the whole line")
        }
    }
}
