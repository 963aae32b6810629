//! Conditions on the data: quantities that must be 1, for every period that is stated and every
//! holder.

use std::collections::BTreeMap;

use crate::Model;
use crate::bind::Facts;
use crate::contract::brief;
use crate::evaluate::{evaluate, one_by_one, statistics};
use crate::num::Exact;
use crate::plan::FigureSpec;
use crate::source::{Diagnostic, Location, catalogue};

/// The conditions that do not hold, with where and for whom.
pub(crate) fn broken(model: &Model, facts: &Facts) -> Vec<Diagnostic> {
    let plan = &model.plan;
    let stated = |condition: &&FigureSpec| facts.selection.states_figure(&model.contract, condition);
    let none = facts.lanes.iter().any(|lane| lane.is_empty_of_holders);
    let conditions: Vec<&FigureSpec> = plan
        .conditions()
        .iter()
        .filter(stated)
        .filter(|condition| !(none && condition.needs_holders))
        .collect();
    if conditions.is_empty() {
        return Vec::new();
    }
    let roots = || conditions.iter().flat_map(|condition| condition.nodes());
    let lanes: Vec<&[Exact]> = facts.holders().map(|lane| lane.values.as_slice()).collect();
    let statistics = statistics(plan, &lanes, &plan.needed_by(roots()), &one_by_one);
    let needed = plan.needed_beside_statistics(roots());
    let mut broken: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (index, lane) in facts.lanes.iter().enumerate() {
        let values = evaluate(plan, &lane.values, (&statistics, index), &needed);
        for (place, condition) in conditions.iter().enumerate() {
            let holds = condition.nodes().iter().all(|node| !values.of(*node).is_zero());
            if !holds && (condition.by_holder || index == 0) {
                let holder = lane.holder.clone().filter(|_| condition.by_holder);
                broken.entry(place).or_default().extend(holder);
            }
        }
    }
    broken.into_iter().map(|(place, holders)| problem(conditions[place], &holders)).collect()
}

fn problem(condition: &FigureSpec, holders: &[String]) -> Diagnostic {
    let whom = if holders.is_empty() { String::new() } else { format!(" for {}", brief(holders)) };
    Diagnostic {
        code: &catalogue::DATA_CONDITION,
        location: Location::Request,
        found: format!("`{}` does not hold{whom}", condition.id),
        remedy: condition.must_hold.clone().unwrap_or_default(),
    }
}
