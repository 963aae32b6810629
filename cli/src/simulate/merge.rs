//! Simulations and comparisons that were saved in parts, put together.

use std::ops::Range;
use std::path::{Path, PathBuf};

use carepact::Diagnostic;
use carepact::source::{Code, Severity};
use carepact_scenarios::{Comparison, Simulation};
use serde_json::Value;

use super::arguments::{CompareArguments, SimulateArguments};
use super::comparison::Compared;
use super::provenance::Provenance;
use super::report::{Report, numbers};
use crate::answer::Refusal;
use crate::files;

/// Saved simulations that are not parts of one.
pub static MERGE: Code = Code {
    name: "simulation-merge",
    severity: Severity::Error,
    rule: "simulations, and comparisons, are put together when they are of the same contracts, data, scenarios, \
           seed and version, and no scenario is in two of them",
};

/// A result that can be saved in parts and put together again.
trait Part: Sized {
    /// The command that saves it.
    const COMMAND: &'static str;

    /// Reads one; nothing when the JSON is not one.
    fn from_json(json: &Value) -> Option<Self>;

    /// Adds another.
    fn merge(&mut self, other: &Self);

    /// What it is called where the two differ: they are then no parts of one.
    fn differences(&self, other: &Self) -> Vec<&'static str>;

    /// The scenarios that are in it.
    fn ranges(&self) -> &[Range<u64>];
}

/// What differs between parts that rest on other files, seeds or periods.
fn different(
    contracts: &[(&'static str, &Provenance, &Provenance)],
    (one, other): (&Simulation, &Simulation),
) -> Vec<&'static str> {
    let of_contracts = contracts.iter().map(|(name, one, other)| (*name, one.contract != other.contract));
    let rest = contracts.first().map(|(_, one, other)| {
        [
            ("data", one.data != other.data),
            ("scenario file", one.scenarios != other.scenarios),
            ("version of carepact", one.version != other.version),
        ]
    });
    let own = [("seed", one.seed() != other.seed()), ("period", one.labels().years != other.labels().years)];
    let all = of_contracts.chain(rest.into_iter().flatten()).chain(own);
    all.filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

impl Part for (Simulation, Provenance) {
    const COMMAND: &'static str = "simulate";

    fn from_json(json: &Value) -> Option<Self> {
        let simulation = Simulation::from_json(json.get("simulation")?)?;
        Some((simulation, Provenance::from_json(json.get("provenance")?)?))
    }

    fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }

    fn differences(&self, other: &Self) -> Vec<&'static str> {
        different(&[("contract", &self.1, &other.1)], (&self.0, &other.0))
    }

    fn ranges(&self) -> &[Range<u64>] {
        self.0.ranges()
    }
}

impl Part for (Comparison, (Provenance, Provenance)) {
    const COMMAND: &'static str = "compare";

    fn from_json(json: &Value) -> Option<Self> {
        let comparison = Comparison::from_json(json.get("comparison")?)?;
        let provenance = |of: &str| Provenance::from_json(json.get("provenance")?.get(of)?);
        Some((comparison, (provenance("a")?, provenance("b")?)))
    }

    fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }

    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let contracts =
            [("first contract", &self.1.0, &other.1.0), ("second contract", &self.1.1, &other.1.1)];
        different(&contracts, (&self.0.one, &other.0.one))
    }

    fn ranges(&self) -> &[Range<u64>] {
        self.0.one.ranges()
    }
}

/// Puts saved simulations together; every problem at once.
pub fn merged(arguments: &SimulateArguments) -> Result<Report, Refusal> {
    let (simulation, provenance): (Simulation, Provenance) = together(&arguments.merge)?;
    Ok(Report {
        asked: simulation.count(),
        simulation,
        provenance,
        percentiles: arguments.shown.percentiles.clone(),
        tail: arguments.shown.tail.clone(),
    })
}

/// Puts saved comparisons together; every problem at once.
pub fn merged_comparison(arguments: &CompareArguments) -> Result<Compared, Refusal> {
    let (comparison, provenance): (Comparison, (Provenance, Provenance)) = together(&arguments.merge)?;
    Ok(Compared {
        asked: comparison.count(),
        comparison,
        provenance,
        percentiles: arguments.shown.percentiles.clone(),
        tail: arguments.shown.tail.clone(),
    })
}

fn together<P: Part>(files: &[PathBuf]) -> Result<P, Refusal> {
    let mut whole: Option<P> = None;
    let mut problems = Vec::new();
    for file in files {
        match read::<P>(file) {
            Err(problem) => problems.push(problem),
            Ok(part) => match &mut whole {
                None => whole = Some(part),
                Some(sum) => match refusal(file, sum, &part) {
                    Some(problem) => problems.push(problem),
                    None => sum.merge(&part),
                },
            },
        }
    }
    match whole {
        Some(whole) if problems.is_empty() => Ok(whole),
        Some(_) | None => Err(Refusal { name: String::new(), document: None, problems }),
    }
}

fn read<P: Part>(file: &Path) -> Result<P, Diagnostic> {
    let text = files::read_text(file)?;
    let json: Option<Value> = serde_json::from_str(&text).ok();
    json.as_ref().and_then(P::from_json).ok_or_else(|| {
        let found = format!("{} is nothing that `{}` saved", files::name(file), P::COMMAND);
        let remedy = format!("name files that `carepact {} … --save FILE` wrote", P::COMMAND);
        files::problem(&MERGE, found, &remedy)
    })
}

fn refusal<P: Part>(file: &Path, sum: &P, part: &P) -> Option<Diagnostic> {
    let other = sum.differences(part);
    if !other.is_empty() {
        let found = format!("{} has another {} than the first file", files::name(file), other.join(", "));
        return Some(files::problem(&MERGE, found, "put together only parts of one result"));
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
