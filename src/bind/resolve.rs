//! Rows held against a contract, in columns: one for each measure, period and members, with a place
//! for every holder.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::AsOf;
use super::rows::RowReader;
use crate::calendar::Period;
use crate::contract::{Contract, Named};
use crate::num::Exact;
use crate::observe::Observations;
use crate::plan::{FactSpec, HOLDERS_MAX};
use crate::source::{Diagnostic, Location, catalogue, did_you_mean};

/// What a row observes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Value(Exact),
    Ratio(Exact, Exact),
    Suppressed,
}

/// A row that was understood.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub file: Arc<str>,
    pub row: usize,
    pub submission: Arc<str>,
    pub cell: Cell,
}

/// Which observation a row is.
#[derive(Debug, Clone)]
pub(super) struct Key<'r> {
    /// Index of the measure.
    pub measure: usize,
    pub period: Period,
    /// In the order of the measure, without the holder.
    pub members: Vec<i32>,
    pub holder: Option<&'r str>,
}

/// For each submission the place of the row in `found`, or nothing.
type Slots = [Option<u32>; 3];

/// All rows that were understood.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    found: Vec<Found>,
    /// The column of each measure, period and members.
    columns: BTreeMap<(usize, Period), BTreeMap<Vec<i32>, usize>>,
    /// Of each column, the rows by holder; the first stands for what is common to all.
    slots: Vec<Vec<Slots>>,
    pub holders: Vec<String>,
    places: BTreeMap<String, usize>,
    pub periods: BTreeSet<Period>,
}

/// Submissions from first to last.
pub(super) const SUBMISSIONS: [&str; 3] = ["flex", "", "freeze"];

impl Resolved {
    /// The column of a fact; nothing when no row is of it.
    pub fn column(&self, contract: &Contract, spec: &FactSpec) -> Option<usize> {
        let Some(Named::Measure(measure)) = contract.names.get(&spec.measure) else { return None };
        let member =
            |(axis, member): &(String, String)| contract.member_named(contract.axis_named(axis)?, member);
        let members: Vec<i32> = spec.members.iter().map(member).collect::<Option<_>>()?;
        self.columns.get(&(*measure, spec.period.0))?.get(&members).copied()
    }

    /// The observation in a column of a holder (or common to all), of the submission that counts.
    pub fn find(&self, column: usize, holder: Option<usize>, as_of: AsOf) -> Option<&Found> {
        let mut submissions = self.slots[column].get(holder.unwrap_or(0))?.iter().flatten();
        let found = match as_of {
            AsOf::Flex => submissions.next(),
            AsOf::Freeze => submissions.next_back(),
        };
        found.map(|place| &self.found[*place as usize])
    }

    /// The place of an observation, made when there is none yet.
    fn slot(&mut self, key: &Key<'_>, submission: usize) -> &mut Option<u32> {
        let holder = key.holder.map_or(0, |holder| match self.places.get(holder) {
            Some(place) => *place,
            None => {
                self.places.insert(holder.to_string(), self.holders.len());
                self.holders.push(holder.to_string());
                self.holders.len() - 1
            }
        });
        let members = self.columns.entry((key.measure, key.period)).or_default();
        let column = match members.get(&key.members) {
            Some(column) => *column,
            None => {
                members.insert(key.members.clone(), self.slots.len());
                self.slots.push(Vec::new());
                self.slots.len() - 1
            }
        };
        let slots = &mut self.slots[column];
        if slots.len() <= holder {
            slots.resize(holder + 1, Slots::default());
        }
        &mut slots[holder][submission]
    }
}

/// Understands all rows.
pub(super) fn resolve(
    contract: &Contract,
    observations: &Observations,
    problems: &mut Vec<Diagnostic>,
) -> Resolved {
    let mut resolved = Resolved::default();
    problems.extend(unknown_headings(contract, observations));
    for row in observations.rows() {
        let reader = RowReader { contract, row };
        let (key, submission, cell) = match reader.read() {
            Ok(read) => read,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        resolved.periods.insert(key.period);
        let next = u32::try_from(resolved.found.len()).expect("rows are limited");
        let slot = resolved.slot(&key, submission);
        if let Some(first) = *slot {
            let first = &resolved.found[first as usize];
            let found = format!("the observation stands already in row {} of {}", first.row, first.file);
            let remedy = "keep one of the two, or mark flex and freeze";
            problems.push(reader.problem(&catalogue::DATA_DOUBLE, None, found, remedy));
            continue;
        }
        *slot = Some(next);
        let (file, submission) = (row.file.clone(), row.submission.clone());
        resolved.found.push(Found { file, row: row.row, submission, cell });
    }
    if resolved.holders.len() > HOLDERS_MAX {
        problems.push(Diagnostic {
            code: &catalogue::LIMIT,
            location: Location::Request,
            found: format!("{} holders in the data", resolved.holders.len()),
            remedy: format!("state at most {HOLDERS_MAX} holders at once"),
        });
    }
    resolved
}

/// Headings that are neither columns of their own nor axes.
fn unknown_headings(contract: &Contract, observations: &Observations) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (axis, file) in observations.axes() {
        if contract.axis_named(axis).is_some() {
            continue;
        }
        let known = contract.axes.iter().map(|axis| axis.id.as_str()).chain(crate::observe::COLUMNS);
        let remedy = did_you_mean(axis, known).map_or_else(
            || "name an axis of the contract, or take the column out".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        let location = Location::Data { file: file.to_string(), row: 1, column: Some(axis.to_string()) };
        let found = format!("the heading `{axis}` is no axis");
        problems.push(Diagnostic { code: &catalogue::DATA_UNKNOWN, location, found, remedy });
    }
    problems
}
