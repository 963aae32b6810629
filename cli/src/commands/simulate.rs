//! `carepact simulate`: what a contract does in many scenarios.

use std::io;
use std::path::Path;

use carepact::scenario::{ScenarioFile, read};
use carepact::{Document, Model, Observations, Request};
use carepact_scenarios::Scenarios;

use super::compile;
use crate::answer::{Answer, Refusal};
use crate::arguments::{SimulateArguments, StatementFormat};
use crate::observations::Unread;
use crate::progress::Progress;
use crate::simulate::provenance::Provenance;
use crate::simulate::report::Report;
use crate::simulate::{csv, json, merge, replay, run as simulation, text};
use crate::{files, observations};

/// Simulates, merges what was saved, or writes one scenario.
pub fn run(arguments: &SimulateArguments) -> io::Result<Answer> {
    let answer = if arguments.merge.is_empty() {
        simulated(arguments)
    } else {
        merge::merged(arguments).map(|report| printed(&report, arguments))
    };
    Ok(answer.unwrap_or_else(|refusal| refused(&refusal, arguments)))
}

fn refused(refusal: &Refusal, arguments: &SimulateArguments) -> Answer {
    match arguments.format {
        StatementFormat::Json => refusal.json(),
        StatementFormat::Text | StatementFormat::Csv => refusal.text(),
    }
}

fn simulated(arguments: &SimulateArguments) -> Result<Answer, Refusal> {
    let (Some(contract), Some(file)) = (&arguments.contract, &arguments.scenarios) else {
        unreachable!("clap demands both where nothing is merged")
    };
    let model = compile(contract)?;
    let file = scenario_file(file)?;
    let baseline = baseline(arguments, contract, &model)?;
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    let scenarios = Scenarios::new(&model, &file, &baseline, &request, None)
        .map_err(|problems| in_scenarios(arguments, &file, problems.0))?;
    if let Some(number) = arguments.only {
        return Ok(replay::written(&scenarios, arguments.seed, number));
    }
    for new in [&arguments.save, &arguments.raw].into_iter().flatten() {
        files::refuse_existing(new).map_err(Refusal::of)?;
    }
    let progress = Progress::of_scenarios(arguments.count);
    let provenance = Provenance::of(arguments).map_err(Refusal::of)?;
    let report = simulation::report(&scenarios, provenance, arguments, &progress)?;
    progress.end();
    Ok(printed(&report, arguments))
}

/// The report as it is printed, and saved.
fn printed(report: &Report, arguments: &SimulateArguments) -> Answer {
    let mut err = String::new();
    if let Some(file) = &arguments.save {
        match files::write_new(file, report.saved().as_bytes()) {
            Ok(()) => err.push_str(&format!("{} is written\n", file.display())),
            Err(problem) => return Refusal::of(problem).text(),
        }
    }
    let out = match arguments.format {
        StatementFormat::Text => text::text(report),
        StatementFormat::Json => crate::answer::pretty(&json::json(report)),
        StatementFormat::Csv => csv::csv(report),
    };
    if let Some(stopped) = report.stopped() {
        err.push_str(&stopped);
    }
    Answer { out, err, fine: report.stopped().is_none() }
}

/// Reads a scenario file that must be without problems.
pub fn scenario_file(file: &Path) -> Result<ScenarioFile, Refusal> {
    let text = files::read_text(file).map_err(Refusal::of)?;
    match read(&text) {
        (Some(read), problems) if problems.is_empty() => Ok(read),
        (_, problems) => Err(Refusal {
            name: files::name(file),
            document: Some(Box::new(Document::unread(&text))),
            problems,
        }),
    }
}

fn in_scenarios(
    arguments: &SimulateArguments,
    file: &ScenarioFile,
    problems: Vec<carepact::Diagnostic>,
) -> Refusal {
    let name = arguments.scenarios.as_deref().map_or_else(String::new, files::name);
    Refusal { name, document: Some(Box::new(file.document.clone())), problems }
}

fn baseline(arguments: &SimulateArguments, contract: &Path, model: &Model) -> Result<Observations, Refusal> {
    observations::read(&arguments.observations, None).map_err(|unread| match unread {
        Unread::Files(problems) | Unread::Mapping(problems) => {
            Refusal::in_contract(files::name(contract), model.contract(), problems)
        }
    })
}
