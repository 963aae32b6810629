//! Rank correlations: which draws they are between, period by period.

use std::collections::{BTreeMap, BTreeSet};

use super::levels::{LevelDraw, Levels};
use super::names::Names;
use super::prepare::Observed;
use super::prepared::Correlated;
use super::read::{ScenarioFile, Word};
use crate::contract::shape::Reports;
use crate::plan::FactSpec;
use crate::source::catalogue::SCENARIO_CORRELATION;
use crate::source::did_you_mean;

/// When and for which holder something is drawn; nothing when it is drawn once, or for all holders.
type When = (Option<String>, Option<String>);

/// The draw of a named level in each period, and for each holder.
type ByPeriod = BTreeMap<When, usize>;

/// The correlated draws, a group for each period. Of a part that is asked for, `known` are the
/// observations of the whole: a level that is drawn for none of the part may be one of the rest.
pub(super) fn correlated(
    names: &Names<'_>,
    file: &ScenarioFile,
    (levels, known): (&Levels<'_>, Option<&[Observed]>),
    reports: &mut Reports,
) -> Vec<Correlated> {
    let mut order: Vec<(&str, ByPeriod)> = Vec::new();
    let mut periods: BTreeSet<When> = BTreeSet::new();
    for word in file.correlations.iter().flat_map(|pair| [&pair.one, &pair.other]) {
        if order.iter().any(|(known, _)| *known == word.0) {
            continue;
        }
        let found = by_period(names, word, (levels, known), reports).unwrap_or_default();
        periods.extend(found.keys().cloned());
        order.push((&word.0, found));
    }
    let draws = |name: &str| order.iter().find(|(known, _)| *known == name).map(|(_, found)| found);
    for pair in &file.correlations {
        let (Some(one), Some(other)) = (draws(&pair.one.0), draws(&pair.other.0)) else { continue };
        if !one.is_empty() && !other.is_empty() && !one.keys().any(|period| other.contains_key(period)) {
            let found =
                format!("`{}` and `{}` are never drawn for the same period", pair.one.0, pair.other.0);
            let remedy = match names.holders.axis() {
                None => "let `each` of both name the same kind of period".to_string(),
                Some(axis) => format!(
                    "let `each` of both name the same kind of period, and `{axis}` in both or in neither"
                ),
            };
            reports.add(&SCENARIO_CORRELATION, &pair.place, found, remedy);
        }
    }
    let groups = periods.iter().filter_map(|period| group(file, &order, period));
    groups.collect()
}

/// The draws of one period, and the pairs among them.
fn group(file: &ScenarioFile, order: &[(&str, ByPeriod)], when: &When) -> Option<Correlated> {
    let there: Vec<(usize, usize)> = (order.iter().enumerate())
        .filter_map(|(place, (_, found))| Some((place, *found.get(when)?)))
        .collect();
    let place_of = |name: &str| {
        let place = order.iter().position(|(known, _)| *known == name)?;
        there.iter().any(|(known, _)| *known == place).then_some(place)
    };
    let mut pairs = Vec::new();
    let mut written = None;
    for pair in &file.correlations {
        if let (Some(one), Some(other)) = (place_of(&pair.one.0), place_of(&pair.other.0)) {
            pairs.push((one.min(other), one.max(other), pair.is.clone()));
        }
        written = Some(pair.place.clone());
    }
    let (period, holder) = when.clone();
    Some(Correlated { period, holder, draws: there, pairs, place: written? })
}

/// The draws of a name, one in each period; what names none, or several, is reported.
fn by_period(
    names: &Names<'_>,
    (name, place): &Word,
    (levels, known): (&Levels<'_>, Option<&[Observed]>),
    reports: &mut Reports,
) -> Option<ByPeriod> {
    let mut parts = name.split(':');
    let measure = (parts.next().unwrap_or_default().to_string(), place.clone());
    names.measure(&measure, reports)?;
    let members: Vec<&str> = parts.collect();
    let is_meant = |level: &&LevelDraw| {
        let has = |member: &&str| level.members.iter().any(|(_, known)| known == member);
        level.measure == measure.0 && members.iter().all(has)
    };
    let mut found = ByPeriod::new();
    for level in levels.levels.iter().filter(is_meant) {
        let holder = level.members.iter().find(|(axis, _)| Some(axis.as_str()) == names.holders.axis());
        let when = (level.period.clone(), holder.map(|(_, name)| name.clone()));
        if found.insert(when, level.draw).is_some() {
            let found = format!("`{name}` is drawn several times for one period");
            let remedy = "name the members too, such as `measure:member`, or let `each` leave them out";
            reports.add(&SCENARIO_CORRELATION, place, found, remedy);
            return None;
        }
    }
    let has = |spec: &FactSpec| {
        let is_member = |member: &&str| spec.members.iter().any(|(_, known)| known == member);
        spec.measure == measure.0 && members.iter().all(is_member)
    };
    let is_of_the_rest = known.is_some_and(|known| known.iter().any(|observed| has(&observed.spec)));
    if found.is_empty() && !is_of_the_rest && !members.iter().any(|member| names.is_member_elsewhere(member))
    {
        let known: BTreeSet<String> = levels.levels.iter().map(name_of).collect();
        let near = did_you_mean(name, known.iter().map(String::as_str));
        let remedy = near.map_or_else(
            || "give it a `level` that is a distribution; chance itself is never correlated".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        reports.add(&SCENARIO_CORRELATION, place, format!("no level of `{name}` is drawn"), remedy);
    }
    Some(found)
}

fn name_of(level: &LevelDraw) -> String {
    let members = level.members.iter().map(|(_, member)| member.as_str());
    [level.measure.as_str()].into_iter().chain(members).collect::<Vec<_>>().join(":")
}
