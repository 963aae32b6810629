//! The baseline as it is bound: the rows as given, those of one year repeated in years without their
//! own, and stand-ins where an observation is drawn and the baseline has none.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::bind::known_here;
use crate::calendar::{Calendar, Period, PeriodKind};
use crate::contract::Contract;
use crate::num::Exact;
use crate::observe::{Observations, Row};
use crate::plan::{FactSpec, Part, Plan};

/// Which observation a row or fact is: measure, period, and members by axis.
type Key = (String, String, Vec<(String, String)>);

/// The rows that are bound.
#[derive(Debug)]
pub(super) struct Baseline {
    pub observations: Observations,
    known: BTreeSet<Key>,
    /// Observations that stand in without a meaning.
    stand_ins: BTreeSet<Key>,
}

impl Baseline {
    /// The rows as given; for two designs only those that this contract knows.
    pub fn new(contract: &Contract, elsewhere: Option<&Contract>, observations: &Observations) -> Baseline {
        let observations = match elsewhere {
            None => observations.clone(),
            Some(other) => known_here(contract, other, observations),
        };
        let known = observations.rows().iter().map(key_of_row).collect();
        Baseline { observations, known, stand_ins: BTreeSet::new() }
    }

    /// Repeats the rows of a year in every other year of the term that has none of that observation.
    pub fn repeat(&mut self, calendar: &Calendar, year: Period) {
        let own: Vec<(Row, Period)> = (self.observations.rows().iter())
            .filter_map(|row| Some((row.clone(), calendar.period(&row.period)?)))
            .filter(|(_, period)| period.kind != PeriodKind::Term && calendar.contains(year, *period))
            .collect();
        let mut added = Vec::new();
        for other in calendar.all(PeriodKind::Year).into_iter().filter(|other| *other != year) {
            for (row, period) in &own {
                let in_a_year = match period.kind {
                    PeriodKind::Month => 12,
                    PeriodKind::Quarter => 4,
                    PeriodKind::Year | PeriodKind::Term => 1,
                };
                let period = period.earlier((year.index - other.index) * in_a_year);
                let row = Row { period: Arc::from(calendar.key(period)), ..row.clone() };
                if calendar.in_term(period) && !self.known.contains(&key_of_row(&row)) {
                    added.push(row);
                }
            }
        }
        for row in added {
            self.known.insert(key_of_row(&row));
            self.observations.add_row(row);
        }
    }

    /// The contract years that have data.
    pub fn years(&self, calendar: &Calendar) -> BTreeSet<Period> {
        let periods = self.observations.rows().iter().filter_map(|row| calendar.period(&row.period));
        periods.filter_map(|period| calendar.enclosing(period, PeriodKind::Year)).collect()
    }

    /// Lets an admissible observation stand where a fact is drawn and the baseline has none: `own` is the
    /// fact as an observation of one holder.
    pub fn stand_in(&mut self, plan: &Plan, fact: &FactSpec, own: &FactSpec) {
        let key = key_of_fact(own);
        if self.known.contains(&key) {
            return;
        }
        let plain = key_of_fact(fact);
        let of = |part: Part| {
            let same = |other: &&FactSpec| other.part == part && key_of_fact(other) == plain;
            plan.facts().iter().find(same).map(|spec| admissible(spec, part))
        };
        let members: Vec<(&str, &str)> =
            own.members.iter().map(|(axis, member)| (axis.as_str(), member.as_str())).collect();
        match (of(Part::Numerator), of(Part::Denominator)) {
            (None, None) => {
                let value = of(Part::Value).unwrap_or_default();
                self.observations.add_value(&fact.measure, &fact.period.1, &members, &value);
            }
            (numerator, denominator) => {
                // A part that no line reads is bound all the same; nought of one is a ratio.
                let numerator = numerator.unwrap_or_else(|| "0".to_string());
                let denominator = denominator.unwrap_or_else(|| "1".to_string());
                self.observations.add_ratio(
                    &fact.measure,
                    &fact.period.1,
                    &members,
                    &numerator,
                    &denominator,
                );
            }
        }
        self.known.insert(key.clone());
        self.stand_ins.insert(key);
    }

    /// True when the baseline itself says what a fact is.
    pub fn says(&self, fact: &FactSpec) -> bool {
        let key = key_of_fact(fact);
        self.known.contains(&key) && !self.stand_ins.contains(&key)
    }
}

/// A number in the range and on the grid of a fact, as text.
fn admissible(spec: &FactSpec, part: Part) -> String {
    if let Some(code) = spec.codes.first() {
        return code.clone();
    }
    let range = &spec.range;
    // The greatest denominator, and the least numerator of it that keeps the ratio in its range.
    let value = if part == Part::Denominator { &range.most } else { &range.least };
    let on_grid = range.step.as_ref().map(|step| {
        let mode =
            if part == Part::Denominator { crate::num::Mode::Floor } else { crate::num::Mode::Ceiling };
        value.rounded(step, mode)
    });
    on_grid.as_ref().unwrap_or(value).to_string()
}

fn key_of_row(row: &Row) -> Key {
    let members = row.members.iter().map(|(axis, member)| (axis.to_string(), member.to_string()));
    key(&row.measure, &row.period, members.collect())
}

fn key_of_fact(fact: &FactSpec) -> Key {
    key(&fact.measure, &fact.period.1, fact.members.clone())
}

fn key(measure: &str, period: &str, mut members: Vec<(String, String)>) -> Key {
    members.sort();
    (measure.to_string(), period.to_string(), members)
}

/// The baseline's level of an observation: the value, or numerator over denominator.
pub(super) fn rate(numerator: Option<&Exact>, denominator: Option<&Exact>) -> Option<Exact> {
    numerator?.checked_div(denominator?)
}
