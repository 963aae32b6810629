//! Rows for people: parties that share their luck stand together, and of the periods of a line the
//! worst is shown.

use carepact_scenarios::luck::{LineLuck, Luck, Odds};

use super::Question;

/// A row.
pub struct Row<'l> {
    /// The line of the worst period.
    pub line: &'l LineLuck,
    /// Its answer.
    pub odds: &'l Odds,
    /// The parties.
    pub parties: Vec<&'l str>,
    /// How many periods have such a line.
    pub periods: usize,
}

impl Row<'_> {
    /// The clause, and the members of the line.
    pub fn name(&self) -> String {
        name(self.line)
    }

    fn is_of(&self, other: &Row<'_>) -> bool {
        let key = |row: &Row<'_>| (row.line.clause.clone(), row.line.members.clone());
        key(self) == key(other) && self.parties == other.parties
    }
}

/// The clause, and the members of the line.
pub fn name(line: &LineLuck) -> String {
    let members = line.members.iter().map(|(_, member, _)| format!(" {member}"));
    format!("{}{}", line.clause, members.collect::<String>())
}

/// The rows of a question, in the order of the contract.
pub fn rows(luck: &Luck, question: Question) -> Vec<Row<'_>> {
    let mut lines: Vec<Row<'_>> = Vec::new();
    for line in &luck.lines {
        let Some(odds) = question.of(line) else { continue };
        let alike =
            |row: &Row<'_>| row.line.line == line.line && row.odds.best().percent() == odds.best().percent();
        match lines.iter_mut().find(|row| alike(row)) {
            Some(row) => row.parties.push(&line.party),
            None => lines.push(Row { line, odds, parties: vec![&line.party], periods: 1 }),
        }
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for row in lines {
        match rows.iter_mut().find(|known| known.is_of(&row)) {
            Some(known) => {
                known.periods += 1;
                if row.odds.best() > known.odds.best() {
                    (known.line, known.odds) = (row.line, row.odds);
                }
            }
            None => rows.push(row),
        }
    }
    rows
}
