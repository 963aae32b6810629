//! Whether an entry fits the kind of its measure.

use super::read::Draw;
use super::spread::Chance;
use crate::contract::shape::Reports;
use crate::contract::{Measure, MeasureKind};
use crate::num::Exact;
use crate::source::catalogue::{SCENARIO_CHANCE, SCENARIO_DRAW};

/// Reports what does not fit.
pub(super) fn check(draw: &Draw, measure: &Measure, reports: &mut Reports) {
    let name = &measure.name;
    let place = &draw.place;
    if matches!(measure.kind, MeasureKind::Code(_)) {
        let found = format!("`{name}` is a code, which no distribution of numbers gives");
        reports.add(&SCENARIO_DRAW, place, found, "take the entry out; the baseline says which member");
        return;
    }
    let ratio = measure.kind == MeasureKind::Ratio;
    if draw.denominator.is_some() && !ratio {
        let found = format!("a denominator of `{name}`, which is no ratio");
        reports.add(&SCENARIO_CHANCE, place, found, "take `denominator` out");
    }
    if draw.chance != Chance::None && !ratio && measure.kind != MeasureKind::Count {
        let found = format!("chance of `{name}`, which is neither a count nor a ratio");
        reports.add(&SCENARIO_CHANCE, place, found, "say how it scatters by the distribution of its level");
    }
    let counted = draw.chance == Chance::Binomial && measure.kind == MeasureKind::Count;
    if draw.trials.is_some() && !counted {
        let found = "`trials` without binomial chance of a count".to_string();
        reports.add(&SCENARIO_CHANCE, place, found, "take it out; a ratio has its denominator");
    }
    if draw.trials.is_none() && counted {
        let found = format!("binomial chance of the count `{name}` without `trials`");
        let remedy = "add how many could be counted; `level` is then the rate, such as \"5%\"";
        reports.add(&SCENARIO_CHANCE, place, found, remedy);
    }
    let whole = |trials: &Exact| trials.is_whole() && trials.sign() >= 0;
    if draw.trials.as_ref().is_some_and(|trials| !whole(trials)) {
        let found = "`trials` is no whole number".to_string();
        reports.add(&SCENARIO_CHANCE, place, found, "write how many could be counted");
    }
    if draw.step.is_some() && measure.step.is_some() {
        let found = format!("`{name}` has a grid of its own");
        reports.add(&SCENARIO_CHANCE, place, found, "take `step` out");
    }
    let step = draw.step.as_ref().or(measure.step.as_ref());
    let whole = step.is_none_or(|step| Exact::ONE.checked_div(step).is_some_and(|parts| parts.is_whole()));
    if draw.chance != Chance::None && !whole {
        let found = format!("chance counts whole things, and the grid of `{name}` has none");
        reports.add(&SCENARIO_CHANCE, place, found, "take `chance` out");
    }
}
