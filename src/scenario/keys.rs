//! Which observations of a measure are meant: members and periods, as a list of keys.

use std::collections::BTreeMap;

use super::names::Names;
use super::read::Word;
use crate::calendar::{Period, PeriodKind};
use crate::contract::shape::Reports;
use crate::contract::{Contract, Measure, brief};
use crate::plan::FactSpec;
use crate::source::{catalogue, did_you_mean};

/// Some observations of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Which {
    /// First and last of periods; all when there are none.
    periods: Vec<(Period, Period)>,
    /// Members by axis; all of an axis that is not there.
    members: BTreeMap<String, Vec<String>>,
}

impl Which {
    /// True for a fact of the measure that is meant.
    pub fn holds(&self, contract: &Contract, fact: &FactSpec) -> bool {
        let calendar = &contract.calendar;
        let in_span = |(first, last): &(Period, Period)| {
            let enclosing = calendar.enclosing(fact.period.0, first.kind);
            enclosing.is_some_and(|period| (first.index..=last.index).contains(&period.index))
        };
        let has_member = |(axis, members): (&String, &Vec<String>)| {
            fact.members.iter().any(|(known, member)| known == axis && members.contains(member))
        };
        (self.periods.is_empty() || self.periods.iter().any(in_span)) && self.members.iter().all(has_member)
    }
}

impl Names<'_> {
    /// Reads keys of a measure; what is no key of it is reported.
    pub fn which(&self, measure: &Measure, keys: &[Word], reports: &mut Reports) -> Option<Which> {
        let mut which = Which::default();
        let mut fine = true;
        for (key, place) in keys {
            if let Some(span) = periods(self.contract, key) {
                which.periods.push(span);
                continue;
            }
            let holds = |axis: &&crate::contract::AxisId| self.contract.member_named(**axis, key).is_some();
            if let Some(axis) = measure.by.iter().find(holds) {
                which.members.entry(self.contract.axis(*axis).id.clone()).or_default().push(key.clone());
                continue;
            }
            let by_holder = measure.by.iter().any(|axis| Some(*axis) == self.contract.holder_axis());
            if let Some(axis) = self.holders.axis().filter(|_| by_holder && self.holders.has(key)) {
                which.members.entry(axis.to_string()).or_default().push(key.clone());
                continue;
            }
            fine = false;
            if self.is_member_elsewhere(key) {
                continue;
            }
            let known: Vec<String> = self.members(measure);
            let remedy = did_you_mean(key, known.iter().map(String::as_str)).map_or_else(
                || format!("name a period, or a member: {}", brief(&known)),
                |near| format!("did you mean `{near}`?"),
            );
            let found = format!("`{key}` is neither a period nor a member of `{}`", measure.name);
            reports.add(&catalogue::UNKNOWN_KEY, place, found, remedy);
        }
        // Of keys that only the other contract has, those that are known here still count.
        (fine || !which.members.is_empty()).then_some(which)
    }

    fn members(&self, measure: &Measure) -> Vec<String> {
        let names = measure.by.iter().flat_map(|axis| {
            let members = self.contract.members(*axis).into_iter();
            members.map(|member| self.contract.member_name(*axis, member))
        });
        names.collect()
    }
}

/// A period, or first and last of a range such as `2027/28..`.
fn periods(contract: &Contract, key: &str) -> Option<(Period, Period)> {
    let calendar = &contract.calendar;
    let Some((from, to)) = key.split_once("..") else {
        let period = calendar.period(key)?;
        return Some((period, period));
    };
    let (from, to) = (from.trim(), to.trim());
    let kind = calendar.period(if from.is_empty() { to } else { from })?.kind;
    let all = if kind == PeriodKind::Term { vec![Period::TERM] } else { calendar.all(kind) };
    let first = if from.is_empty() { all.first().copied() } else { calendar.period(from) }?;
    let last = if to.is_empty() { all.last().copied() } else { calendar.period(to) }?;
    (first.kind == last.kind).then_some((first, last))
}
