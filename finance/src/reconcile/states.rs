//! The state of each line: agreed, contested, withheld or settled, and by when something must be done.

use std::collections::BTreeMap;

use carepact::{Diagnostic, Exact};
use serde::Deserialize;

use super::cells::{self, Mark};
use super::day::Day;
use super::due::Due;
use super::parties::Parties;
use super::problem::{LINE_STATES, TWO_SOURCES, in_row, problem};
use crate::files::sheet::{Sheet, has_headings};

/// The state of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody has said anything, and it may still be contested.
    Open,
    /// Both parties hold it for right, or the days to contest it are over.
    Agreed,
    /// A party holds it, or a part of it, for wrong.
    Contested,
    /// It is right, and is kept back for now.
    Withheld,
    /// It is closed; nothing more is paid.
    Settled,
}

impl State {
    /// The word of files and reports.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Agreed => "agreed",
            State::Contested => "contested",
            State::Withheld => "withheld",
            State::Settled => "settled",
        }
    }

    fn of_word(word: &str) -> Option<State> {
        let states = [State::Agreed, State::Contested, State::Withheld, State::Settled];
        states.into_iter().find(|state| state.word() == word)
    }
}

/// The days that a contract gives; working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deadlines {
    /// When the statement was issued.
    pub issued: Option<Day>,
    /// Days from then within which a line can be contested.
    pub contest_days: Option<u32>,
    /// Days within which a contest is to be resolved.
    pub resolve_days: Option<u32>,
}

impl Deadlines {
    /// The last day on which a line can be contested.
    pub fn contest_by(&self) -> Option<Day> {
        Some(self.issued?.plus_working_days(self.contest_days?))
    }
}

/// What is said of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineState {
    /// The state.
    pub state: State,
    /// What of it is contested or withheld, in minor units; all of it where nothing is said.
    pub amount: Option<i64>,
    /// Why.
    pub reason: String,
    /// When it was raised.
    pub raised: Option<Day>,
    /// When it is to be resolved.
    pub resolve_by: Option<Day>,
    /// True when it was raised after the days to contest.
    pub late: bool,
}

/// An entry of a states file, as it is written; what is empty is not said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    /// The id of the line.
    pub line: String,
    /// Who is paid in the end.
    pub payee: String,
    /// The word of the state.
    pub state: String,
    /// What of it is contested or withheld; all of it where nothing is said.
    pub amount: String,
    /// Why.
    pub reason: String,
    /// The day on which it was raised.
    pub raised: String,
    /// Who pays; only a book says so.
    #[serde(skip)]
    pub payer: String,
    /// Until when an answer is due; only a book says so.
    #[serde(skip)]
    pub answer_by: String,
}

/// What is said of lines in a file, with the row of each entry, or in a book, with the number of its entry.
#[derive(Debug, Clone, Default)]
pub struct StatesFile {
    name: String,
    entries: Vec<(usize, Entry)>,
}

impl StatesFile {
    /// Reads a states file: JSON, or a table with the columns line, payee, state, amount, reason, raised.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<StatesFile, Diagnostic> {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'[') {
            let read: Result<Vec<Entry>, _> = serde_json::from_slice(bytes);
            let entries = read.map_err(|error| {
                let remedy = "write a list of { \"line\": …, \"state\": \"contested\", \"reason\": … }";
                problem(&LINE_STATES, format!("{name}: {error}"), remedy)
            })?;
            return Ok(StatesFile { name: name.to_string(), entries: (1..).zip(entries).collect() });
        }
        let is_header = |cells: &[&str]| has_headings(cells, &["line", "state"]);
        let table = Sheet::open(name, bytes.to_vec(), None)?.table(&is_header)?.within_headings()?;
        let names = ["line", "payee", "state", "amount", "reason", "raised"];
        if ["line", "state"].iter().any(|needed| table.column(needed).is_none()) {
            let found = format!("{name} has no columns `line` and `state`");
            return Err(problem(&LINE_STATES, found, &format!("the columns are {}", names.join(", "))));
        }
        let places = names.map(|name| table.column(name));
        let entry = |(row, cells): &(usize, Vec<String>)| {
            let cell = |place: Option<usize>| place.map_or(String::new(), |at| cells[at].clone());
            let [line, payee, state, amount, reason, raised] = places.map(cell);
            (*row, Entry { line, payee, state, amount, reason, raised, ..Entry::default() })
        };
        let entries = table.rows.iter().map(entry).collect();
        Ok(StatesFile { name: name.to_string(), entries })
    }

    /// What a book says of lines, by the number of its entry.
    pub fn of_entries(name: &str, entries: Vec<(usize, Entry)>) -> StatesFile {
        StatesFile { name: name.to_string(), entries }
    }

    /// Takes out what is said of lines that are not due by themselves: entitlements that are paid by their
    /// instalments, and lines that were stated once and are no longer.
    pub fn take_not_due(&mut self, dues: &[Due], parties: &Parties) -> Vec<(usize, Entry)> {
        let mut by_line: BTreeMap<&str, Vec<&Due>> = BTreeMap::new();
        dues.iter().for_each(|due| by_line.entry(&due.line).or_default().push(due));
        let is_due = |entry: &Entry| {
            let known = by_line.get(entry.line.as_str());
            known.is_some_and(|dues| dues.iter().any(|due| entry.means(due, parties)))
        };
        let (due, others) =
            std::mem::take(&mut self.entries).into_iter().partition(|(_, entry)| is_due(entry));
        self.entries = due;
        others
    }

    /// What is said of each line that is due.
    ///
    /// # Errors
    /// For each entry that cannot be meant.
    pub fn of_dues(
        &self,
        dues: &[Due],
        parties: &Parties,
        (money, deadlines): ((u32, &str), &Deadlines),
    ) -> Result<Vec<Option<LineState>>, Vec<Diagnostic>> {
        let mut states: Vec<Option<LineState>> = vec![None; dues.len()];
        let mut by_line: Vec<(&str, usize)> =
            dues.iter().enumerate().map(|(at, due)| (due.line.as_str(), at)).collect();
        by_line.sort_unstable();
        let mut problems = Vec::new();
        for (row, entry) in &self.entries {
            match entry.read(money, deadlines) {
                Err(found) => problems.push(self.refuse(*row, found)),
                Ok(state) => {
                    let first = by_line.partition_point(|known| known.0 < entry.line.as_str());
                    let same = by_line[first..].iter().take_while(|known| known.0 == entry.line);
                    let named: Vec<usize> = same.map(|known| known.1).collect();
                    let meant: Vec<usize> =
                        named.into_iter().filter(|at| entry.means(&dues[*at], parties)).collect();
                    let part = |at: &usize| dues[*at].leg_of.unwrap_or((dues[*at].payer, dues[*at].payee));
                    let several =
                        meant.first().is_some_and(|one| meant.iter().any(|at| part(at) != part(one)));
                    if meant.is_empty() {
                        problems.push(self.refuse(*row, format!("no line `{}` is due", entry.line)));
                    } else if several && state.amount.is_some() {
                        let found = format!("`{}` has several payees, and the amount is of one", entry.line);
                        problems.push(self.refuse(*row, found));
                    }
                    meant.into_iter().for_each(|at| states[at] = Some(state.clone()));
                }
            }
        }
        if problems.is_empty() { Ok(states) } else { Err(problems) }
    }

    fn refuse(&self, row: usize, found: String) -> Diagnostic {
        let remedy = "write a line id of the statement, its payee where there are several, and a state";
        in_row(&LINE_STATES, (&self.name, row), None, found, remedy)
    }
}

impl Entry {
    fn read(&self, money: (u32, &str), deadlines: &Deadlines) -> Result<LineState, String> {
        let state = State::of_word(&self.state);
        let state = state
            .ok_or_else(|| format!("`{}` is no state: agreed, contested, withheld or settled", self.state))?;
        let given = |text: &str| !text.is_empty();
        let amount = Some(&*self.amount).filter(|text| given(text));
        let amount = amount.map(|text| cells::amount(text, Mark::Point, money)).transpose();
        let amount = amount.map_err(|reason| format!("the amount `{}` {reason}", self.amount))?;
        let raised = Some(&*self.raised).filter(|text| given(text));
        let raised =
            raised.map(|text| cells::date(text, false).ok_or_else(|| format!("`{text}` is no date")));
        let raised = raised.transpose()?;
        let contested = state == State::Contested;
        let answer_by = cells::date(&self.answer_by, false).filter(|_| contested || state == State::Withheld);
        let resolve_by = raised.zip(deadlines.resolve_days).filter(|_| contested);
        let resolve_by = resolve_by.map(|(raised, days)| raised.plus_working_days(days));
        let late = contested && raised.zip(deadlines.contest_by()).is_some_and(|(raised, by)| raised > by);
        Ok(LineState {
            state,
            amount: amount.map(i64::abs),
            reason: self.reason.clone(),
            raised,
            resolve_by: answer_by.or(resolve_by),
            late,
        })
    }

    fn means(&self, due: &Due, parties: &Parties) -> bool {
        // Of what flows through a prime those at its ends are meant, on both legs.
        let (from, to) = due.leg_of.unwrap_or((due.payer, due.payee));
        let is = |name: &str, party: u32| name.is_empty() || parties.find(name) == Some(party);
        is(&self.payee, to) && is(&self.payer, from)
    }
}

/// What several sources say of each line that is due: the first that says something counts, and the others
/// say the same.
///
/// # Errors
/// For each entry that cannot be meant, and each line of which two sources say different things.
pub fn said_of_dues(
    sources: &[&StatesFile],
    (dues, parties): (&[Due], &Parties),
    (money, deadlines): ((u32, &str), &Deadlines),
) -> Result<Vec<Option<LineState>>, Vec<Diagnostic>> {
    let mut all: Vec<Option<(&str, LineState)>> = vec![None; dues.len()];
    let mut problems = Vec::new();
    for source in sources {
        let said = match source.of_dues(dues, parties, (money, deadlines)) {
            Ok(said) => said,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        for ((known, new), due) in all.iter_mut().zip(said).zip(dues) {
            match (&known, new) {
                (_, None) => {}
                (None, Some(state)) => *known = Some((&source.name, state)),
                (Some((first, state)), Some(other)) if !state.holds_the_same(&other, due) => {
                    let words = |state: &LineState| state.words(due, money.0);
                    let (from, to) = (parties.id(due.payer), parties.id(due.payee));
                    let found = format!(
                        "`{}` from {from} to {to} is {} by {first} and {} by {}",
                        due.line,
                        words(state),
                        words(&other),
                        source.name
                    );
                    let remedy = "say it in one place, or the same in both";
                    problems.push(problem(&TWO_SOURCES, found, remedy));
                }
                (Some(_), Some(_)) => {}
            }
        }
    }
    let all = all.into_iter().map(|said| said.map(|(_, state)| state));
    if problems.is_empty() { Ok(all.collect()) } else { Err(problems) }
}

impl LineState {
    /// What of the line is held back, in minor units; nothing where it is not contested or withheld.
    fn held(&self, due: &Due) -> i64 {
        match self.state {
            State::Contested | State::Withheld => self.amount.unwrap_or(due.amount.abs()),
            State::Open | State::Agreed | State::Settled => 0,
        }
    }

    fn holds_the_same(&self, other: &LineState, due: &Due) -> bool {
        (self.state, self.held(due)) == (other.state, other.held(due))
    }

    /// `contested, 40,000.00 of it`
    fn words(&self, due: &Due, places: u32) -> String {
        match self.held(due) {
            0 => self.state.word().to_string(),
            held => {
                let amount = exact(held, places).grouped(usize::try_from(places).unwrap_or(2));
                format!("{}, {amount} of it", self.state.word())
            }
        }
    }
}

/// What is to be paid between two parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Payable {
    /// Due and not paid, or paid beyond what is due: negative.
    pub outstanding: i64,
    /// Of it contested.
    pub contested: i64,
    /// Of it withheld.
    pub withheld: i64,
    /// Of it not due yet.
    pub later: i64,
    /// Of it closed: settled lines.
    pub closed: i64,
    /// What can be paid now.
    pub now: i64,
}

impl Payable {
    /// What is outstanding on a line with a state on a day.
    pub fn of_line(due: &Due, paid: i64, state: Option<&LineState>, at: Day) -> Payable {
        let outstanding = due.amount - paid;
        let mut payable = Payable { outstanding, ..Payable::default() };
        let held = state.map_or(outstanding.abs(), |state| state.amount.unwrap_or(i64::MAX));
        let held = held.min(outstanding.abs()) * outstanding.signum();
        match state.map(|state| state.state) {
            Some(State::Contested) => payable.contested = held,
            Some(State::Withheld) => payable.withheld = held,
            Some(State::Settled) => payable.closed = outstanding,
            Some(State::Open | State::Agreed) | None => {}
        }
        let left = outstanding - payable.contested - payable.withheld - payable.closed;
        *(if due.day > at { &mut payable.later } else { &mut payable.now }) = left;
        payable
    }

    /// Adds another, turned round when it goes the other way.
    pub fn add(&mut self, other: &Payable, forwards: bool) {
        let sign = if forwards { 1 } else { -1 };
        self.outstanding += sign * other.outstanding;
        self.contested += sign * other.contested;
        self.withheld += sign * other.withheld;
        self.later += sign * other.later;
        self.closed += sign * other.closed;
        self.now += sign * other.now;
    }
}

/// An amount in minor units as an exact number.
pub fn exact(units: i64, places: u32) -> Exact {
    Exact::scaled(i128::from(units), places)
}
