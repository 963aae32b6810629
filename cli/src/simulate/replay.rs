//! One scenario as an observation file.

use std::collections::BTreeSet;

use carepact_scenarios::Scenarios;

use crate::answer::Answer;
use crate::statement::csv;

/// The observations of a scenario in the long layout.
pub fn written(scenarios: &Scenarios<'_>, seed: u64, number: u64) -> Answer {
    let observed = scenarios.observations(seed, number);
    let used: BTreeSet<&str> =
        observed.iter().flat_map(|row| row.members.iter().map(|(axis, _)| axis.as_str())).collect();
    let axes: Vec<&str> = (scenarios.model().contract().axes.iter())
        .map(|axis| axis.id.as_str())
        .filter(|axis| used.contains(axis))
        .collect();
    let headings = ["measure", "period"].into_iter().chain(axes.iter().copied());
    let headings = headings.chain(["numerator", "denominator", "value"]).map(str::to_string).collect();
    let rows = observed.iter().map(|row| {
        let member = |axis: &&str| {
            let own = row.members.iter().find(|(known, _)| known == axis);
            own.map_or(String::new(), |(_, member)| member.clone())
        };
        let (numerator, denominator) = row.ratio.clone().unwrap_or_default();
        let cells = [row.measure.clone(), row.period.clone()].into_iter().chain(axes.iter().map(member));
        cells.chain([numerator, denominator, row.value.clone().unwrap_or_default()]).collect::<Vec<String>>()
    });
    let bytes = csv::rows([headings].into_iter().chain(rows));
    Answer::fine(String::from_utf8_lossy(&bytes).into_owned())
}
