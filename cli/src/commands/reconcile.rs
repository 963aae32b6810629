//! `carepact reconcile`: payments held against what is due.

use std::path::PathBuf;

use carepact::source::{Code, Severity};
use carepact::{Diagnostic, Exact, Model, Observations};
use carepact_finance::attribution::{Attribution, Causes, Ground, attribute};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::{Due, dues};
use carepact_finance::reconcile::mapping::Mapping;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::{PaymentReader, Payments, check_parties};
use carepact_finance::reconcile::states::{Deadlines, StatesFile};
use carepact_finance::reconcile::{Settings, reconcile};

use super::compile;
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::StatementFormat;
use crate::files;
use crate::observations::{self, Unread};
use crate::progress::Progress;
use crate::reconcile::arguments::ReconcileArguments;
use crate::reconcile::{Report, csv, json, text};

/// A figure of the command line that cannot be read.
pub static RECONCILE: Code = Code {
    name: "reconcile-option",
    severity: Severity::Error,
    rule: "dates are written as 2026-04-15, and a tolerance as an amount in whole minor units",
};

/// Reads everything, reconciles, and prints or writes what was found.
pub fn run(arguments: &ReconcileArguments) -> Answer {
    let progress = Progress::of(&arguments.payments.payments);
    let answer = answer(arguments, &progress);
    progress.end();
    answer.unwrap_or_else(|refusal| refusal.in_format(arguments.format))
}

fn answer(arguments: &ReconcileArguments, progress: &Progress) -> Result<Answer, Refusal> {
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(Refusal::of)?;
    }
    let model = compile(&arguments.contract)?;
    let contract = model.contract();
    let refuse = |problems| Refusal::in_contract(files::name(&arguments.contract), contract, problems);
    let mapping = mapping(arguments).map_err(&refuse)?;
    let states = arguments
        .states
        .states
        .as_ref()
        .map(|file| files::read(file).and_then(|bytes| StatesFile::parse(&files::name(file), &bytes)));
    let states = states.transpose().map_err(Refusal::of)?;
    let mut settings = settings(arguments, (&model, &mapping), states.as_ref()).map_err(&refuse)?;
    progress.begin("what is due");
    let attribution = attribution(arguments, &model)?;
    let mut parties = Parties::of(contract);
    let due = dues(contract, &attribution, &mut parties);
    let payments = payments(arguments, (&model, &mapping, &parties), progress).map_err(&refuse)?;
    if arguments.at.is_none() {
        settings.at = last_day(&payments, &due);
    }
    let on_step = |step: &'static str| progress.begin(step);
    let found = reconcile(contract, due, (payments, parties), &settings, &on_step).map_err(&refuse)?;
    progress.begin("writing");
    let report =
        Report { arguments, model: &model, attribution: &attribution, found: &found, settings: &settings };
    let out = match arguments.format {
        StatementFormat::Text => text::text(&report),
        StatementFormat::Json => pretty(&json::json(&report)),
        StatementFormat::Csv => csv::csv(&report),
    };
    let fine = !(arguments.fail_on_difference && found.differs());
    match &arguments.output {
        None => Ok(Answer { fine, ..Answer::fine(out) }),
        Some(file) => {
            files::write_new(file, out.as_bytes()).map_err(Refusal::of)?;
            Ok(Answer { fine, ..Answer::fine(format!("{} is written.\n", file.display())) })
        }
    }
}

/// The mapping of the file, with what the command line adds; all problems at once.
fn mapping(arguments: &ReconcileArguments) -> Result<Mapping, Vec<Diagnostic>> {
    let given = &arguments.payments;
    let read =
        |file: &PathBuf| files::read_text(file).and_then(|text| Mapping::parse(&files::name(file), &text));
    let mut problems = Vec::new();
    let mut mapping = given.mapping.as_ref().map(read).transpose().unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let mapping_of = mapping.get_or_insert_default();
    problems.extend(given.column.iter().filter_map(|text| mapping_of.add_column(text).err()));
    problems.extend(given.constant.iter().filter_map(|text| mapping_of.add_constant(text).err()));
    mapping_of.references.extend(given.reference.iter().cloned());
    if problems.is_empty() { Ok(mapping.unwrap_or_default()) } else { Err(problems) }
}

fn settings<'s>(
    arguments: &ReconcileArguments,
    (model, mapping): (&Model, &'s Mapping),
    states: Option<&'s StatesFile>,
) -> Result<Settings<'s>, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let mut day = |option: &str, text: Option<&String>| {
        let day = text.map(|text| Day::parse(text).ok_or(text)).transpose();
        day.unwrap_or_else(|text| {
            problems.push(files::problem(
                &RECONCILE,
                format!("{option} {text}: no date"),
                "write 2026-04-15",
            ));
            None
        })
    };
    let at = day("--at", arguments.at.as_ref());
    let issued = day("--issued", arguments.states.issued.as_ref());
    let places = model.contract().minor_places;
    let units = |amount: Exact| (&amount * &Exact::from(10_i64.pow(places.min(9)))).to_i64();
    let tolerance = Exact::parse(&arguments.tolerance).ok().and_then(units).filter(|units| *units >= 0);
    if tolerance.is_none() {
        let found = format!("--tolerance {}: no amount", arguments.tolerance);
        problems.push(files::problem(&RECONCILE, found, "write an amount such as 0.05, or 0"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (contest_days, resolve_days) = (arguments.states.contest_days, arguments.states.resolve_days);
    Ok(Settings {
        at: at.unwrap_or(Day(0)),
        tolerance: tolerance.unwrap_or(0),
        references: &mapping.references,
        states,
        deadlines: Deadlines { issued, contest_days, resolve_days },
    })
}

/// The day of the last payment, up to which a ledger tells; without payments all days have come. There is no
/// clock here: the same files give the same answer tomorrow.
fn last_day(payments: &Payments, due: &[Due]) -> Day {
    let paid = payments.list.iter().map(|payment| payment.date).max();
    paid.or_else(|| due.iter().map(|due| due.day).max()).unwrap_or(Day(0))
}

fn read_observations(files: &[PathBuf], model: &Model, name: &str) -> Result<Observations, Refusal> {
    observations::read(files, None).map_err(|unread| match unread {
        Unread::Files(problems) | Unread::Mapping(problems) => {
            Refusal::in_contract(name.to_string(), model.contract(), problems)
        }
    })
}

/// What is due, and why it is not what payments were based on.
fn attribution(arguments: &ReconcileArguments, model: &Model) -> Result<Attribution, Refusal> {
    let name = files::name(&arguments.contract);
    let given = &arguments.expected;
    let refuse = |problems| Refusal::in_contract(name.clone(), model.contract(), problems);
    let observations = read_observations(&arguments.observations, model, &name)?;
    let before = match &given.expected_observations[..] {
        [] => None,
        files => Some(read_observations(files, model, &name)?),
    };
    let contract = given.expected_contract.as_deref().map(compile).transpose()?;
    let mut causes = Causes::default();
    let wrong = given.cause.iter().filter_map(|text| causes.add(model.contract(), text).err());
    let wrong: Vec<Diagnostic> = wrong.collect();
    if !wrong.is_empty() {
        return Err(refuse(wrong));
    }
    let actual = Ground { model, observations: &observations, as_of: arguments.as_of.into() };
    let expected = Ground {
        model: contract.as_ref().unwrap_or(model),
        observations: before.as_ref().unwrap_or(&observations),
        as_of: given.expected_as_of.unwrap_or(arguments.as_of).into(),
    };
    attribute((expected, actual), &causes, arguments.period.as_deref()).map_err(|problems| refuse(problems.0))
}

fn payments(
    arguments: &ReconcileArguments,
    (model, mapping, parties): (&Model, &Mapping, &Parties),
    progress: &Progress,
) -> Result<Payments, Vec<Diagnostic>> {
    check_parties(mapping, parties)?;
    let mut reader = PaymentReader::new(model.contract(), mapping, parties);
    let mut unreadable = Vec::new();
    progress.begin_rows("payments");
    for file in &arguments.payments.payments {
        match files::read(file) {
            Ok(bytes) => reader.add(&files::name(file), bytes, &|rows| progress.done(rows)),
            Err(problem) => unreadable.push(problem),
        }
    }
    match reader.finish() {
        Ok(payments) if unreadable.is_empty() => Ok(payments),
        Ok(_) => Err(unreadable),
        Err(problems) => Err([unreadable, problems].concat()),
    }
}
