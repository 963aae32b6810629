//! `carepact simulate`: what a contract does in many scenarios.

use carepact_scenarios::Scenarios;

use super::compile;
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::StatementFormat;
use crate::files;
use crate::progress::Progress;
use crate::simulate::arguments::SimulateArguments;
use crate::simulate::inputs::{baseline, in_scenarios, scenario_file};
use crate::simulate::provenance::Provenance;
use crate::simulate::raw::{Layout, Raw};
use crate::simulate::report::{Report, many};
use crate::simulate::{csv, json, merge, replay, run as simulation, text};

/// Simulates, puts together what was saved, or writes one scenario.
pub fn run(arguments: &SimulateArguments) -> Answer {
    let answer = if arguments.merge.is_empty() {
        simulated(arguments)
    } else {
        merge::merged(arguments).and_then(|report| printed(&report, arguments))
    };
    answer.unwrap_or_else(|refusal| refusal.in_format(arguments.draws.format))
}

fn simulated(arguments: &SimulateArguments) -> Result<Answer, Refusal> {
    let (Some(contract), Some(scenarios)) = (&arguments.contract, &arguments.scenarios) else {
        unreachable!("both are demanded where nothing is merged")
    };
    let draws = &arguments.draws;
    let model = compile(contract)?;
    let file = scenario_file(scenarios)?;
    let observations = baseline((contract, &model), draws, file.period.as_ref())?;
    let prepared = Scenarios::new(&model, &file, &observations, &draws.request(), None)
        .map_err(|problems| in_scenarios(scenarios, &file, problems.0))?;
    if let Some(number) = arguments.only {
        return replay::answer(&[&prepared], (draws.seed, number), arguments.output.as_deref());
    }
    for new in [&arguments.save, &arguments.raw].into_iter().flatten() {
        files::refuse_existing(new).map_err(Refusal::of)?;
    }
    let provenance = Provenance::of(contract, scenarios, &draws.observations).map_err(Refusal::of)?;
    let progress = Progress::of_scenarios(draws.count);
    let raw =
        arguments.raw.as_deref().map(|file| Raw::create(file, Layout::of_simulation(&prepared))).transpose();
    let report = raw
        .and_then(|raw| simulation::report(&prepared, provenance, (draws, &arguments.shown), raw, &progress));
    progress.end();
    printed(&report.map_err(Refusal::of)?, arguments)
}

/// The report as it is printed, and saved.
fn printed(report: &Report, arguments: &SimulateArguments) -> Result<Answer, Refusal> {
    let mut err = String::new();
    if let Some(file) = &arguments.save {
        files::write_new(file, report.saved().as_bytes()).map_err(Refusal::of)?;
        err.push_str(&format!("{} is written\n", file.display()));
    }
    if let Some(file) = &arguments.raw {
        let count = many(report.simulation.count());
        err.push_str(&format!("{} is written: {count} scenarios\n", file.display()));
    }
    let out = match arguments.draws.format {
        StatementFormat::Text => text::text(report),
        StatementFormat::Json => pretty(&json::json(report)),
        StatementFormat::Csv => csv::csv(report),
    };
    let stopped = report.stopped();
    err.push_str(stopped.as_deref().unwrap_or_default());
    Ok(Answer { out, err, fine: stopped.is_none() })
}
