//! Months of the accounts: open, soft-closed, locked.

use std::fmt;

use rusqlite::Connection;

use super::log::Writing;
use super::problems::{Outcome, PERIOD, refuse};
use super::{Book, Entry, EntryKind, Stamp, read};

/// A month of the accounts, `2026-04`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(String);

impl Month {
    /// Reads `2026-04`.
    ///
    /// # Errors
    /// When it is no month.
    pub fn parse(text: &str) -> Outcome<Month> {
        match carepact::calendar::Date::parse(&format!("{text}-01")) {
            Some(_) => Ok(Month(text.to_string())),
            None => refuse(&PERIOD, format!("`{text}` is no month"), "write it as 2026-04"),
        }
    }

    /// The month of a date, `2026-04-15`.
    pub(super) fn of_date(date: &str) -> Month {
        Month(date.get(..7).unwrap_or_default().to_string())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a month takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MonthState {
    /// Its time has not come: what belongs to it is posted in it.
    NotOpened,
    /// It takes what belongs to it, and adjustments of earlier months.
    Open,
    /// It takes nothing, but may be opened again.
    SoftClosed,
    /// It takes nothing, for good.
    Locked,
}

impl MonthState {
    /// The words of the book.
    pub fn words(self) -> &'static str {
        match self {
            MonthState::NotOpened => "not opened",
            MonthState::Open => "open",
            MonthState::SoftClosed => "soft-closed",
            MonthState::Locked => "locked",
        }
    }

    fn of_words(words: &str) -> MonthState {
        [MonthState::Open, MonthState::SoftClosed, MonthState::Locked]
            .into_iter()
            .find(|state| state.words() == words)
            .unwrap_or(MonthState::NotOpened)
    }

    /// True when postings may be made in it.
    pub fn takes(self) -> bool {
        match self {
            MonthState::NotOpened | MonthState::Open => true,
            MonthState::SoftClosed | MonthState::Locked => false,
        }
    }
}

/// A month and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The month.
    pub month: Month,
    /// Its state.
    pub state: MonthState,
    /// Since which entry.
    pub entry: i64,
}

/// The last state of every month that has one, in order.
pub(super) fn standings(connection: &Connection) -> Outcome<Vec<Standing>> {
    let sql = "SELECT month, state, entry FROM period WHERE row IN (SELECT MAX(row) FROM period GROUP BY month) \
               ORDER BY month";
    read::all(connection, sql, [], |row| {
        let state: String = row.get(1)?;
        let (month, state) = (Month(row.get(0)?), MonthState::of_words(&state));
        Ok(Standing { month, state, entry: row.get(2)? })
    })
}

/// What months take, as they stand.
pub(super) struct Months {
    standings: Vec<Standing>,
    adjustments: Option<Month>,
}

impl Months {
    /// As they stand; adjustments go to this month where one is named.
    pub fn new(connection: &Connection, adjustments: Option<&Month>) -> Outcome<Months> {
        let months = Months { standings: standings(connection)?, adjustments: adjustments.cloned() };
        if let Some(month) = adjustments.filter(|month| months.state(month) != MonthState::Open) {
            let found = format!("{month} is {}", months.state(month).words());
            return refuse(&PERIOD, found, "name an open month, or open it with `carepact book open`");
        }
        Ok(months)
    }

    /// The state of a month.
    pub fn state(&self, month: &Month) -> MonthState {
        let found = self.standings.iter().find(|standing| standing.month == *month);
        found.map_or(MonthState::NotOpened, |standing| standing.state)
    }

    /// The month that adjustments are posted in: the one that was named, or the only open one.
    pub fn open(&self) -> Outcome<&Month> {
        if let Some(month) = &self.adjustments {
            return Ok(month);
        }
        let open: Vec<&Month> = self
            .standings
            .iter()
            .filter(|standing| standing.state == MonthState::Open)
            .map(|standing| &standing.month)
            .collect();
        match open[..] {
            [month] => Ok(month),
            [] => refuse(
                &PERIOD,
                "no month is open, and what belongs to a closed or past one posts in an open one".to_string(),
                "open one with `carepact book open`, such as 2026-10",
            ),
            [first, ..] => {
                let found = format!("{} months are open, {first} the first", open.len());
                refuse(&PERIOD, found, "say which one takes the adjustments: --post-in MONTH")
            }
        }
    }

    /// Where something that belongs to a month is posted, and whether it is an adjustment there.
    pub fn home(&self, month: &Month) -> Outcome<(Month, bool)> {
        if self.state(month).takes() { Ok((month.clone(), false)) } else { Ok((self.open()?.clone(), true)) }
    }
}

impl Book {
    /// Gives a month another state.
    ///
    /// # Errors
    /// When the month cannot go there: a locked one stays so, only a soft-closed one is locked, and only
    /// when every statement that posts in it is approved.
    pub fn set_month(
        &mut self,
        month: &Month,
        to: MonthState,
        reason: &str,
        stamp: &Stamp,
    ) -> Outcome<Entry> {
        let mut writing = Writing::begin(self, stamp, EntryKind::Period)?;
        let from = Months::new(&writing.transaction, None)?.state(month);
        let fine = match to {
            MonthState::Open => {
                from == MonthState::NotOpened || (from == MonthState::SoftClosed && !reason.is_empty())
            }
            MonthState::SoftClosed => from == MonthState::Open,
            MonthState::Locked => from == MonthState::SoftClosed,
            MonthState::NotOpened => false,
        };
        if !fine {
            let found = format!("{month} is {} and cannot become {}", from.words(), to.words());
            return refuse(&PERIOD, found, remedy(from, to));
        }
        if to == MonthState::Locked {
            refuse_unapproved(&writing.transaction, month)?;
        }
        writing.add("period", [month.as_str().into(), to.words().into(), reason.into()])?;
        writing.finish()
    }

    /// The months that have a state, in order.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn months(&self) -> Outcome<Vec<Standing>> {
        standings(&self.connection)
    }
}

fn remedy(from: MonthState, to: MonthState) -> &'static str {
    match (from, to) {
        (MonthState::Locked, _) => "a locked month stays locked; post an adjustment in an open one",
        (MonthState::Open, MonthState::Locked) => "close it first: `carepact book close`",
        (MonthState::SoftClosed, MonthState::Open) => "say why it is opened again: --reason",
        (MonthState::NotOpened, _) => "open it first: `carepact book open`",
        (MonthState::Open | MonthState::SoftClosed, _) => "it is so already, or must be opened first",
    }
}

fn refuse_unapproved(connection: &Connection, month: &Month) -> Outcome<()> {
    let sql = "SELECT DISTINCT statement FROM posting WHERE month = ?1 \
               AND statement NOT IN (SELECT statement FROM approval) ORDER BY statement";
    let open: Vec<i64> = read::all(connection, sql, [month.as_str()], |row| row.get(0))?;
    match open.first() {
        None => Ok(()),
        Some(first) => {
            let found = format!("statement {first} posts in {month} and is not approved");
            refuse(&PERIOD, found, "have it approved by somebody else: `carepact book approve`")
        }
    }
}
