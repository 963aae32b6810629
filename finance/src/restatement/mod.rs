//! A restatement: what a new version of a statement differs by, line by line, and which figures of the data
//! or terms of the contract caused it.
//!
//! Causes are found by trial: every change is made alone on the earlier version, and taken back alone from
//! the later one; a line that moves in either rests on it. That needs nothing to be known of clauses, and is
//! exact. Where there are too many changes for trials one by one, changes of a measure and period are tried
//! together.

mod data;
mod terms;
mod trial;

use std::collections::BTreeMap;

use carepact::calendar::Calendar;
use carepact::statement::StatementLine;
use carepact::{Exact, Facts, Model, Observations, Problems, Request};

/// A version of a statement: the contract, the data as they were read, and what was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Version<'v> {
    /// The contract.
    pub model: &'v Model,
    /// The data as they were read.
    pub observations: &'v Observations,
    /// What was asked for.
    pub request: &'v Request,
}

/// Whether a change is one of data or of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A figure, or several of a measure and period.
    Data,
    /// A term of the contract.
    Term,
}

impl ChangeKind {
    /// The word of the statement.
    pub fn word(self) -> &'static str {
        match self {
            ChangeKind::Data => "data",
            ChangeKind::Term => "term",
        }
    }
}

/// Something that changed from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Data or a term.
    pub kind: ChangeKind,
    /// Which: measure, period and members, or the place in the document.
    pub what: String,
    /// What it was, and where it was read.
    pub earlier: String,
    /// What it is, and where it was read.
    pub later: String,
}

/// A change that moved a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Its place among the changes.
    pub change: usize,
    /// What it moves the line by when it is made alone; nothing when it cannot be.
    pub alone: Option<Exact>,
}

/// A line that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestatedLine {
    /// Its id, which is the same in both versions.
    pub id: String,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
    /// The clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// The type of line that differs: an entitlement, an instalment or a settlement.
    pub line_type: &'static str,
    /// The key of its period.
    pub period: String,
    /// The last month of its period.
    pub month: String,
    /// What was stated; nothing when there was no such line.
    pub earlier: Option<Exact>,
    /// What is stated now; nothing when there is no such line any more.
    pub later: Option<Exact>,
    /// What is stated now less what was stated.
    pub difference: Exact,
    /// True when the difference is paid: the line counts, and is not settled by other lines.
    pub payable: bool,
    causes: Vec<Cause>,
}

impl RestatedLine {
    fn key(&self) -> Key {
        (self.id.clone(), self.payer.clone(), self.payee.clone())
    }
}

/// What a new version differs by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restatement {
    /// Everything that changed and moved a line.
    pub changes: Vec<Change>,
    /// The lines that differ, in the order of the later version; those that are no more follow.
    pub lines: Vec<RestatedLine>,
}

impl Restatement {
    /// What moved a line.
    pub fn causes_of<'r>(&'r self, line: &'r RestatedLine) -> &'r [Cause] {
        &line.causes
    }

    /// Restatements of several earlier versions by the same later one, as one. A line that none of them had
    /// is new; one that any had is restated.
    pub fn together(parts: Vec<Restatement>) -> Restatement {
        let count = parts.len();
        let mut new: BTreeMap<Key, usize> = BTreeMap::new();
        for line in parts.iter().flat_map(|part| &part.lines).filter(|line| line.earlier.is_none()) {
            *new.entry(line.key()).or_default() += 1;
        }
        let mut all = Restatement::default();
        let mut added = std::collections::BTreeSet::new();
        for part in parts {
            for mut line in part.lines {
                // What one version had, the others lack.
                let is_new = line.earlier.is_none();
                if is_new && new.get(&line.key()) != Some(&count) || !added.insert(line.key()) {
                    continue;
                }
                line.causes.retain(|_| !is_new);
                for cause in &mut line.causes {
                    let change = &part.changes[cause.change];
                    let place = all.changes.iter().position(|known| known == change);
                    cause.change = place.unwrap_or_else(|| {
                        all.changes.push(change.clone());
                        all.changes.len() - 1
                    });
                }
                line.causes.sort_by_key(|cause| cause.change);
                all.lines.push(line);
            }
        }
        all
    }

    /// The lines that were stated before and differ now.
    pub fn differing(&self) -> impl Iterator<Item = &RestatedLine> {
        self.lines.iter().filter(|line| line.earlier.is_some())
    }

    /// What the entitlements of each clause differ by, and what of it is posted; lines that are new apart.
    pub fn clauses(&self) -> Vec<(&str, Exact, Exact)> {
        let mut totals: Vec<(&str, Exact, Exact)> = Vec::new();
        for line in self.differing() {
            let place =
                totals.iter().position(|(clause, _, _)| *clause == line.clause).unwrap_or_else(|| {
                    totals.push((&line.clause, Exact::ZERO, Exact::ZERO));
                    totals.len() - 1
                });
            if line.line_type == "entitlement" {
                totals[place].1 = &totals[place].1 + &line.difference;
            }
            if line.payable {
                totals[place].2 = &totals[place].2 + &line.difference;
            }
        }
        totals
    }
}

/// The last month of a period, `2027-03` of `2026/27`.
pub fn month(calendar: &Calendar, period: &str) -> String {
    let last = calendar.period(period).map(|period| calendar.months_after(period, 0));
    last.map_or_else(|| period.to_string(), |last| format!("{:04}-{:02}", last.year, last.month))
}

/// A line: its id, who pays and who is paid.
type Key = (String, String, String);

/// The amounts of a version by line.
type Amounts = BTreeMap<Key, Exact>;

fn key(line: &StatementLine) -> Key {
    (line.id.clone(), line.payer.clone(), line.payee.clone())
}

fn amounts(model: &Model, facts: &Facts) -> Amounts {
    let mut amounts = Amounts::new();
    for line in model.evaluate(facts).lines() {
        let sum = amounts.entry(key(line)).or_insert(Exact::ZERO);
        *sum = &*sum + &line.amount;
    }
    amounts
}

/// Lines that differ, and by how much; of a line that is in one version only, its amount counts.
fn differences(earlier: &Amounts, later: &Amounts) -> Amounts {
    let keys = earlier.keys().chain(later.keys().filter(|key| !earlier.contains_key(*key)));
    let of = |amounts: &Amounts, key: &Key| amounts.get(key).cloned().unwrap_or(Exact::ZERO);
    let differences = keys.map(|key| (key.clone(), &of(later, key) - &of(earlier, key)));
    let one_only = |key: &Key| earlier.contains_key(key) != later.contains_key(key);
    differences.filter(|(key, difference)| !difference.is_zero() || one_only(key)).collect()
}

/// Holds two versions of a statement against each other.
///
/// # Errors
/// When the data of a version do not fit its contract.
pub fn restate(earlier: Version<'_>, later: Version<'_>) -> Result<Restatement, Problems> {
    let before = earlier.model.bind(earlier.observations, earlier.request)?;
    let after = later.model.bind(later.observations, later.request)?;
    let mut restatement = Restatement::default();
    let stated_before = amounts(earlier.model, &before);
    let stated_after = amounts(later.model, &after);
    let difference = differences(&stated_before, &stated_after);
    restatement.lines = lines((earlier.model, &before), (later.model, &after), &difference);
    if restatement.lines.is_empty() {
        return Ok(restatement);
    }
    let found = trial::causes((earlier, &before, &stated_before), (later, &after, &stated_after));
    for (change, moved) in found {
        let place = restatement.changes.len();
        let mut moves = false;
        for line in &mut restatement.lines {
            let own = (line.id.clone(), line.payer.clone(), line.payee.clone());
            if let Some(alone) = moved.get(&own) {
                line.causes.push(Cause { change: place, alone: alone.clone() });
                moves = true;
            }
        }
        if moves {
            restatement.changes.push(change);
        }
    }
    Ok(restatement)
}

/// The lines that differ, in the order of the later version.
fn lines(earlier: (&Model, &Facts), later: (&Model, &Facts), difference: &Amounts) -> Vec<RestatedLine> {
    let (before, after) = (earlier.0.evaluate(earlier.1), later.0.evaluate(later.1));
    let mut lines: BTreeMap<Key, usize> = BTreeMap::new();
    let mut restated: Vec<RestatedLine> = Vec::new();
    let sides = [(&after, later.0, true), (&before, earlier.0, false)];
    for (statement, model, is_later) in sides {
        for line in statement.lines() {
            let own = key(line);
            let Some(difference) = difference.get(&own) else { continue };
            let place = *lines.entry(own).or_insert(restated.len());
            if place == restated.len() {
                restated.push(restated_line(line, difference, &model.contract().calendar));
            }
            let side = if is_later { &mut restated[place].later } else { &mut restated[place].earlier };
            *side = Some(&side.take().unwrap_or(Exact::ZERO) + &line.amount);
        }
    }
    restated
}

fn restated_line(line: &StatementLine, difference: &Exact, calendar: &Calendar) -> RestatedLine {
    RestatedLine {
        id: line.id.clone(),
        payer: line.payer.clone(),
        payee: line.payee.clone(),
        clause: line.clause.clone(),
        title: line.title.clone(),
        line_type: line.line_type.words(),
        period: line.period.clone(),
        month: month(calendar, &line.period),
        earlier: None,
        later: None,
        difference: difference.clone(),
        payable: line.live && line.payable,
        causes: Vec::new(),
    }
}
