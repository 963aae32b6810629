//! Observations of which some are as they were expected and some as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use carepact::contract::Contract;
use carepact::observe::Row;
use carepact::{AsOf, Exact, Observations};

use super::{Cause, Causes, Ground};

/// Which figure a row observes: measure, period, and members in order of their axes.
type FigureKey = (Arc<str>, Arc<str>, Vec<(Arc<str>, Arc<str>)>);

/// A figure as it was expected, as it was first reported, and as it counts now.
struct Figure<'g> {
    before: Option<&'g Row>,
    first: Option<&'g Row>,
    last: Option<&'g Row>,
    /// Why it changed from what was expected; nothing when it did not.
    cause: Option<Cause>,
}

/// All figures of both sides.
pub(super) struct Figures<'g> {
    figures: Vec<Figure<'g>>,
    /// Figures without an expected value.
    pub unplanned: usize,
}

/// Submissions from first to last, as the engine orders them.
const SUBMISSIONS: [&str; 3] = ["flex", "", "freeze"];

fn place(row: &Row) -> usize {
    SUBMISSIONS.iter().position(|known| *known == &*row.submission).unwrap_or(1)
}

/// The rows of each figure, the first submission first.
fn by_figure(observations: &Observations) -> BTreeMap<FigureKey, Vec<&Row>> {
    let mut figures: BTreeMap<FigureKey, Vec<&Row>> = BTreeMap::new();
    for row in observations.rows() {
        let mut members = row.members.clone();
        members.sort();
        figures.entry((row.measure.clone(), row.period.clone(), members)).or_default().push(row);
    }
    figures.values_mut().for_each(|rows| rows.sort_by_key(|row| place(row)));
    figures
}

fn counting<'g>(rows: &[&'g Row], as_of: AsOf) -> Option<&'g Row> {
    match as_of {
        AsOf::Flex => rows.first().copied(),
        AsOf::Freeze => rows.last().copied(),
    }
}

/// True when two rows report the same, however it is written.
fn same(a: Option<&Row>, b: Option<&Row>) -> bool {
    let equal =
        |a: &str, b: &str| a == b || matches!((Exact::parse(a), Exact::parse(b)), (Ok(a), Ok(b)) if a == b);
    match (a, b) {
        (Some(a), Some(b)) => {
            equal(&a.value, &b.value)
                && equal(&a.numerator, &b.numerator)
                && equal(&a.denominator, &b.denominator)
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

impl<'g> Figures<'g> {
    /// Lays both sides beside each other.
    pub fn of(expected: Ground<'g>, actual: Ground<'g>, causes: &Causes) -> Figures<'g> {
        let (before, now) = (by_figure(expected.observations), by_figure(actual.observations));
        let keys: BTreeSet<&FigureKey> = before.keys().chain(now.keys()).collect();
        let mut unplanned = 0;
        let mut figures = Vec::new();
        for key in keys {
            let of = |side: &BTreeMap<FigureKey, Vec<&'g Row>>| side.get(key).cloned().unwrap_or_default();
            let reported = of(&now);
            let (first, last) = (counting(&reported, AsOf::Flex), counting(&reported, actual.as_of));
            let Some(before) = counting(&of(&before), expected.as_of) else {
                unplanned += 1;
                figures.push(Figure { before: last, first: last, last, cause: None });
                continue;
            };
            let before = Some(before);
            // A figure was reported already when it is what was first submitted, or when an earlier
            // submission than the one that counts now was paid on; then any change of it is a restatement.
            let earlier = before.zip(last).is_some_and(|(before, last)| place(before) < place(last));
            let given = causes.given(&key.0);
            let owner = given.unwrap_or_else(|| causes.natural(actual.model.contract(), &key.0));
            let marked = before.is_some_and(|row| !row.submission.is_empty());
            let reported = same(before, first) || (earlier && marked);
            figures.push(match (same(before, last), reported || given.is_some()) {
                (true, true) => Figure { before, first: last, last, cause: None },
                (false, true) => {
                    let cause = Some(given.unwrap_or(Cause::Restatement));
                    Figure { before, first: last, last, cause }
                }
                (_, false) => Figure { before, first, last, cause: (!same(before, first)).then_some(owner) },
            });
        }
        Figures { figures, unplanned }
    }

    /// Causes under which a figure changed.
    pub fn causes(&self) -> BTreeSet<Cause> {
        self.figures.iter().filter_map(|figure| figure.cause).collect()
    }

    /// Figures as they are under the causes that hold, otherwise as expected; only of measures of the
    /// contract.
    pub fn mixed(&self, contract: &Contract, holds: &dyn Fn(Cause) -> bool) -> Observations {
        let known = |row: &&Row| contract.names.contains_key(&*row.measure);
        let rows = self.figures.iter().filter_map(|figure| match figure.cause {
            Some(cause) if !holds(cause) => figure.before,
            Some(_) | None => figure.first,
        });
        observations(rows.filter(known))
    }

    /// Figures as they count now.
    pub fn last(&self) -> Observations {
        observations(self.figures.iter().filter_map(|figure| figure.last))
    }
}

fn observations<'r>(rows: impl Iterator<Item = &'r Row>) -> Observations {
    let mut observations = Observations::new();
    for row in rows {
        observations.add_row(row.clone());
    }
    observations
}
