//! Simulations that were saved, put together.

use std::path::Path;

use carepact::Diagnostic;
use carepact::source::{Code, Severity};
use carepact_scenarios::Simulation;
use serde_json::Value;

use super::arguments::SimulateArguments;
use super::provenance::Provenance;
use super::report::{Report, numbers};
use crate::answer::Refusal;
use crate::files;

/// Saved simulations that are not parts of one.
pub static MERGE: Code = Code {
    name: "simulation-merge",
    severity: Severity::Error,
    rule: "simulations are put together when they are of the same contract, data, scenarios, seed and version, \
           and no scenario is in two of them",
};

/// Puts saved simulations together; every problem at once.
pub fn merged(arguments: &SimulateArguments) -> Result<Report, Refusal> {
    let mut whole: Option<(Simulation, Provenance)> = None;
    let mut problems = Vec::new();
    for file in &arguments.merge {
        match read(file) {
            Err(problem) => problems.push(problem),
            Ok((part, provenance)) => match &mut whole {
                None => whole = Some((part, provenance)),
                Some((sum, known)) => match refusal(file, (sum, known), (&part, &provenance)) {
                    Some(problem) => problems.push(problem),
                    None => sum.merge(&part),
                },
            },
        }
    }
    match (whole, problems.is_empty()) {
        (Some((simulation, provenance)), true) => Ok(Report {
            asked: simulation.count(),
            simulation,
            provenance,
            percentiles: arguments.shown.percentiles.clone(),
            tail: arguments.shown.tail.clone(),
        }),
        (_, _) => Err(Refusal { name: String::new(), document: None, problems }),
    }
}

fn read(file: &Path) -> Result<(Simulation, Provenance), Diagnostic> {
    let text = files::read_text(file)?;
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let found = json.and_then(|json| {
        let simulation = Simulation::from_json(json.get("simulation")?)?;
        Some((simulation, Provenance::from_json(json.get("provenance")?)?))
    });
    found.ok_or_else(|| {
        let found = format!("{} is no saved simulation", files::name(file));
        files::problem(&MERGE, found, "name files that `carepact simulate … --save FILE` wrote")
    })
}

fn refusal(
    file: &Path,
    (sum, known): (&Simulation, &Provenance),
    (part, provenance): (&Simulation, &Provenance),
) -> Option<Diagnostic> {
    let differences = [
        ("contract", known.contract != provenance.contract),
        ("data", known.data != provenance.data),
        ("scenario file", known.scenarios != provenance.scenarios),
        ("seed", sum.seed() != part.seed()),
        ("version of carepact", known.version != provenance.version),
        ("period", sum.labels().years != part.labels().years),
    ];
    let other: Vec<&str> =
        differences.iter().filter(|(_, differs)| *differs).map(|(what, _)| *what).collect();
    if !other.is_empty() {
        let found = format!("{} has another {} than the first file", files::name(file), other.join(", "));
        return Some(files::problem(&MERGE, found, "put together only parts of one simulation"));
    }
    let overlap = part
        .ranges()
        .iter()
        .find(|range| sum.ranges().iter().any(|known| known.start < range.end && range.start < known.end))?;
    let found = format!(
        "scenarios {} of {} are in another file too",
        numbers(std::slice::from_ref(overlap)),
        files::name(file)
    );
    Some(files::problem(
        &MERGE,
        found,
        "divide the scenarios with `--from` and `--count` so that none is in two",
    ))
}
