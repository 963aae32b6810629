//! One scenario as an observation file.

use std::collections::BTreeSet;
use std::path::Path;

use carepact_scenarios::{Observed, Scenarios};

use super::report::many;
use crate::answer::{Answer, Refusal};
use crate::files;
use crate::statement::csv::rows;

/// Prints the observations of a scenario, or writes them to a new file.
pub fn answer(
    designs: &[&Scenarios<'_>],
    (seed, number): (u64, u64),
    output: Option<&Path>,
) -> Result<Answer, Refusal> {
    let observations = csv(designs, seed, number);
    let Some(file) = output else { return Ok(Answer::fine(observations)) };
    files::write_new(file, observations.as_bytes()).map_err(Refusal::of)?;
    let said = format!("{} is written: scenario {}\n", file.display(), many(number));
    Ok(Answer { err: said, ..Answer::fine(String::new()) })
}

/// The observations of a scenario in the long layout: those of the first design, and what others need
/// besides.
fn csv(designs: &[&Scenarios<'_>], seed: u64, number: u64) -> String {
    let mut seen = BTreeSet::new();
    let mut observed: Vec<Observed> = Vec::new();
    for scenarios in designs {
        let is_new = |row: &Observed| {
            let mut members = row.members.clone();
            members.sort();
            seen.insert((row.measure.clone(), row.period.clone(), members))
        };
        observed.extend(scenarios.observations(seed, number).into_iter().filter(is_new));
    }
    let used: BTreeSet<&str> =
        observed.iter().flat_map(|row| row.members.iter().map(|(axis, _)| axis.as_str())).collect();
    let mut axes: Vec<&str> = Vec::new();
    for axis in designs.iter().flat_map(|scenarios| &scenarios.model().contract().axes) {
        if used.contains(axis.id.as_str()) && !axes.contains(&axis.id.as_str()) {
            axes.push(&axis.id);
        }
    }
    let headings = ["measure", "period"].into_iter().chain(axes.iter().copied());
    let headings = headings.chain(["numerator", "denominator", "value"]).map(str::to_string).collect();
    let cells = observed.iter().map(|row| {
        let member = |axis: &&str| {
            let own = row.members.iter().find(|(known, _)| known == axis);
            own.map_or(String::new(), |(_, member)| member.clone())
        };
        let (numerator, denominator) = row.ratio.clone().unwrap_or_default();
        let cells = [row.measure.clone(), row.period.clone()].into_iter().chain(axes.iter().map(member));
        cells.chain([numerator, denominator, row.value.clone().unwrap_or_default()]).collect::<Vec<String>>()
    });
    String::from_utf8_lossy(&rows([headings].into_iter().chain(cells))).into_owned()
}
