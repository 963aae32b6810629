//! Figures that differ between two sets of facts of the same contract.

use std::collections::BTreeMap;

use carepact::bind::{Lane, Source};
use carepact::plan::Part;
use carepact::{Exact, Facts, Model};

use super::{Change, ChangeKind};

/// A change of data: what it is, and the facts that it moves.
pub(super) struct DataChange {
    pub change: Change,
    measure: String,
    period: String,
    /// Lanes of both sides, and places among the facts of the plan.
    facts: Vec<(usize, usize, usize)>,
}

impl DataChange {
    /// Facts with this change made: what `to` has, in `of`. `swapped` says that `of` is the later side.
    pub fn made(&self, of: &Facts, to: &Facts, swapped: bool) -> Facts {
        let mut facts = of.clone();
        for &(earlier, later, fact) in &self.facts {
            let (own, other) = if swapped { (later, earlier) } else { (earlier, later) };
            facts.lanes[own].values[fact] = to.lanes[other].values[fact].clone();
            facts.lanes[own].sources[fact] = to.lanes[other].sources[fact].clone();
        }
        facts
    }
}

/// All figures that differ; nothing when the two are not of the same holders.
pub(super) fn changes(model: &Model, earlier: &Facts, later: &Facts) -> Option<Vec<DataChange>> {
    let place =
        |facts: &Facts, holder: &Option<String>| facts.lanes.iter().position(|lane| lane.holder == *holder);
    let pairs: Option<Vec<(usize, usize)>> = earlier
        .lanes
        .iter()
        .enumerate()
        .map(|(own, lane)| Some((own, place(later, &lane.holder)?)))
        .collect();
    let pairs = pairs.filter(|pairs| pairs.len() == later.lanes.len())?;
    let mut found: BTreeMap<(usize, String), DataChange> = BTreeMap::new();
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    for (own, other) in pairs {
        let (before, after) = (&earlier.lanes[own], &later.lanes[other]);
        for (fact, spec) in model.plan().facts().iter().enumerate() {
            if before.values[fact] == after.values[fact] {
                continue;
            }
            let members = spec.members.iter().map(|(_, member)| member.as_str());
            let names: Vec<&str> = members.chain(before.holder.as_deref()).collect();
            let what = [spec.measure.as_str(), &spec.period.1]
                .into_iter()
                .chain(names)
                .collect::<Vec<_>>()
                .join(" ");
            let next = order.len();
            let place = *order.entry(what.clone()).or_insert(next);
            let change = found.entry((place, what.clone())).or_insert_with(|| DataChange {
                change: Change {
                    kind: ChangeKind::Data,
                    what,
                    earlier: shown(model, before, fact),
                    later: shown(model, after, fact),
                },
                measure: spec.measure.clone(),
                period: spec.period.1.clone(),
                facts: Vec::new(),
            });
            change.facts.push((own, other, fact));
        }
    }
    Some(found.into_values().collect())
}

/// Changes of a measure and period as one, then all of a measure, until there are no more than `most`.
pub(super) fn together(changes: Vec<DataChange>, most: usize) -> Vec<DataChange> {
    let by_period = |change: &DataChange| format!("{} {}", change.measure, change.period);
    let by_measure = |change: &DataChange| change.measure.clone();
    let names: [&dyn Fn(&DataChange) -> String; 2] = [&by_period, &by_measure];
    let mut changes = changes;
    for name in names {
        if changes.len() <= most {
            break;
        }
        let mut groups: Vec<(String, DataChange, usize)> = Vec::new();
        for change in changes {
            let what = name(&change);
            match groups.iter_mut().find(|(known, _, _)| *known == what) {
                Some((_, group, count)) => {
                    group.facts.extend(change.facts);
                    *count += 1;
                }
                None => groups.push((what, change, 1)),
            }
        }
        changes = groups.into_iter().map(|(what, group, count)| named(what, group, count)).collect();
    }
    changes
}

fn named(what: String, group: DataChange, count: usize) -> DataChange {
    if count == 1 {
        return group;
    }
    let said = format!("{count} figures");
    let change = Change { kind: ChangeKind::Data, what, earlier: said.clone(), later: said };
    DataChange { change, ..group }
}

/// `3,480 / 4,290 (flex, data.csv row 20)`: the figure that a fact is part of, and where it was read.
fn shown(model: &Model, lane: &Lane, fact: usize) -> String {
    let facts = model.plan().facts();
    let own = &facts[fact];
    let part = |wanted: Part| {
        let same = |other: &usize| {
            let other = &facts[*other];
            other.measure == own.measure
                && other.period == own.period
                && other.members == own.members
                && other.part == wanted
        };
        (0..facts.len()).find(same)
    };
    let number = |fact: usize| number(&lane.values[fact]);
    let source = match &lane.sources[fact] {
        Source::Row { file, row, submission } => {
            let submission = if submission.is_empty() { String::new() } else { format!("{submission}, ") };
            format!(" ({submission}{file} row {row})")
        }
        Source::Missing => return "not observed".to_string(),
        Source::Unneeded => return "not needed".to_string(),
    };
    let figure = match (part(Part::Numerator), part(Part::Denominator), part(Part::Value)) {
        (Some(numerator), Some(denominator), _) => format!("{} / {}", number(numerator), number(denominator)),
        (_, _, Some(value)) => number(value),
        (_, _, None) => number(fact),
    };
    format!("{figure}{source}")
}

fn number(value: &Exact) -> String {
    value.decimal_places().map_or_else(|| value.to_string(), |places| value.grouped(places))
}
