//! States of lines: agreed, contested, withheld or settled, with a reason and a date, from a user's table.

use std::collections::BTreeMap;

use carepact::calendar::Date;
use carepact::statement::StatementLine;
use carepact::{Diagnostic, Statement};

use super::STATE;
use crate::files::codes::in_row;
use crate::files::sheet::Table;

/// What the parties say of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Both agree.
    Agreed,
    /// One contests it.
    Contested,
    /// It is not paid for now.
    Withheld,
    /// It was paid.
    Settled,
}

impl State {
    /// All of them.
    pub const ALL: [State; 4] = [State::Agreed, State::Contested, State::Withheld, State::Settled];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Agreed => "agreed",
            State::Contested => "contested",
            State::Withheld => "withheld",
            State::Settled => "settled",
        }
    }

    /// True where the parties do not agree that it is to be paid.
    pub fn is_disputed(self) -> bool {
        match self {
            State::Contested | State::Withheld => true,
            State::Agreed | State::Settled => false,
        }
    }
}

/// What is said of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The state.
    pub state: State,
    /// Why.
    pub reason: String,
    /// Since when.
    pub date: Option<Date>,
}

/// States by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct States(BTreeMap<String, Said>);

/// Columns of the table.
pub const COLUMNS: [&str; 4] = ["line", "state", "reason", "date"];

impl States {
    /// Reads the table, and holds its lines against those of the statement.
    pub fn of_table(table: &Table, statement: &Statement<'_>) -> Result<States, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut states = BTreeMap::new();
        for heading in ["line", "state"].into_iter().filter(|heading| table.column(heading).is_none()) {
            let found = format!("there is no column `{heading}`");
            let remedy = format!("the columns are {}", COLUMNS.join(", "));
            problems.push(in_row(&STATE, (&table.file, 1), None, found, &remedy));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        for (row, cells) in &table.rows {
            let cell = |heading: &str| table.column(heading).map_or("", |at| cells[at].as_str());
            let mut refuse = |column: &str, found: String, remedy: &str| {
                problems.push(in_row(&STATE, (&table.file, *row), Some(column), found, remedy));
            };
            let line = cell("line");
            if !statement
                .lines()
                .iter()
                .any(|known| known.id == line || parts(known).iter().any(|part| part == line))
            {
                refuse("line", format!("the statement has no line `{line}`"), "use an id of the statement");
            }
            let state = State::ALL.into_iter().find(|state| state.word() == cell("state"));
            if state.is_none() {
                let words = State::ALL.map(State::word).join(", ");
                refuse("state", format!("the state `{}`", cell("state")), &format!("write one of {words}"));
            }
            let date = Date::parse(cell("date"));
            if date.is_none() && !cell("date").is_empty() {
                refuse("date", format!("`{}` is no date", cell("date")), "write a date such as 2026-10-31");
            }
            if states.contains_key(line) {
                refuse("line", format!("`{line}` has a state already"), "keep the row that holds now");
            }
            if let Some(state) = state {
                states.insert(line.to_string(), Said { state, reason: cell("reason").to_string(), date });
            }
        }
        if problems.is_empty() { Ok(States(states)) } else { Err(problems) }
    }

    /// What is said of a line, or of one part of it.
    pub fn of(&self, line: &StatementLine) -> Option<&Said> {
        let of_part = parts(line).iter().find_map(|part| self.0.get(part));
        of_part.or_else(|| self.0.get(&line.id))
    }
}

/// One part of a split line is named by the line and who is paid, or who pays.
fn parts(line: &StatementLine) -> [String; 2] {
    [&line.payee, &line.payer].map(|party| format!("{}:{party}", line.id))
}
