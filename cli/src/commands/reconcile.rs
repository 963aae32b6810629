//! `carepact reconcile`: payments held against what is due.

use std::path::{Path, PathBuf};

use carepact::source::{Code, Severity};
use carepact::{Diagnostic, Exact, Model};
use carepact_finance::attribution::{Attribution, Causes, Ground, attribute};
use carepact_finance::reconcile::day::Day;
use carepact_finance::reconcile::due::{Due, dues};
use carepact_finance::reconcile::mapping::Mapping;
use carepact_finance::reconcile::parties::Parties;
use carepact_finance::reconcile::payments::{PaymentReader, Payments, check_parties, same_payments};
use carepact_finance::reconcile::states::{Deadlines, StatesFile};
use carepact_finance::reconcile::{Settings, reconcile};

use super::compile;
use crate::answer::{Answer, Refusal, pretty};
use crate::arguments::StatementFormat;
use crate::files;
use crate::progress::Progress;
use crate::reconcile::arguments::ReconcileArguments;
use crate::reconcile::book::{Source, Stated};
use crate::reconcile::expected::{Expected, observed};
use crate::reconcile::{Basis, Report, csv, json, text};

/// A figure of the command line that cannot be read.
pub static RECONCILE: Code = Code {
    name: "reconcile-option",
    severity: Severity::Error,
    rule: "dates are written as 2026-04-15, and a tolerance as an amount in whole minor units",
};

/// Reads everything, reconciles, and prints or writes what was found.
pub fn run(arguments: &ReconcileArguments) -> Answer {
    let read: Vec<PathBuf> = arguments.payments.payments.iter().chain(&arguments.book).cloned().collect();
    let progress = Progress::of(&read);
    let answer = answer(arguments, &progress);
    progress.end();
    answer.unwrap_or_else(|refusal| refusal.in_format(arguments.format))
}

fn answer(arguments: &ReconcileArguments, progress: &Progress) -> Result<Answer, Refusal> {
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(Refusal::of)?;
    }
    let source = arguments.book.as_deref().map(Source::open).transpose()?;
    let mapping = mapping(arguments).map_err(outside)?;
    let given = arguments.states.states.as_ref();
    let given =
        given.map(|file| files::read(file).and_then(|bytes| StatesFile::parse(&files::name(file), &bytes)));
    let given = given.transpose().map_err(Refusal::of)?;
    progress.begin("what is due");
    let basis = match &source {
        Some(book) => Basis::of_book(book.stated(arguments)?, book),
        None => Basis::of_files(arguments)?,
    };
    let contract = basis.model.contract();
    let refuse = |problems| Refusal::in_contract(basis.file.clone(), contract, problems);
    let mut settings = settings(arguments, &basis, &mapping).map_err(&refuse)?;
    let mut parties = Parties::of(contract);
    let due = dues(contract, &basis.attribution, &mut parties);
    let known = Known { model: &basis.model, mapping: &mapping, parties: &parties };
    let (payments, paid_in) = paid(arguments, source.as_ref(), &known, progress)?;
    let kept = source.as_ref().map(|book| book.states(contract, (&due, &parties))).transpose()?;
    settings.states.extend(kept.iter().map(|(states, _)| states).chain(&given));
    if arguments.at.is_none() {
        settings.at = last_day(&payments, &due);
    }
    let on_step = |step: &'static str| progress.begin(step);
    let found = reconcile(contract, due, (payments, parties), &settings, &on_step).map_err(&refuse)?;
    progress.begin("writing");
    let report = Report { arguments, basis: &basis, paid_in: &paid_in, found: &found, settings: &settings };
    let notes = kept.as_ref().map_or("", |(_, notes)| notes);
    answered(&report, format!("{}{notes}", basis.doubts))
}

/// Prints or writes what was found; what is to be known besides stands on standard error.
fn answered(report: &Report<'_>, err: String) -> Result<Answer, Refusal> {
    let arguments = report.arguments;
    let out = match arguments.format {
        StatementFormat::Text => text::text(report),
        StatementFormat::Json => pretty(&json::json(report)),
        StatementFormat::Csv => csv::csv(report),
    };
    let fine = !(arguments.fail_on_difference && report.found.differs());
    let Some(file) = &arguments.output else { return Ok(Answer { out, err, fine }) };
    files::write_new(file, out.as_bytes()).map_err(Refusal::of)?;
    Ok(Answer { out: format!("{} is written.\n", file.display()), err, fine })
}

/// Problems of the command line and of files beside the contract.
fn outside(problems: Vec<Diagnostic>) -> Refusal {
    Refusal { name: String::new(), document: None, problems }
}

impl Basis {
    fn of_book(stated: Stated, book: &Source) -> Basis {
        Basis {
            file: book.name().to_string(),
            due_on: stated.name(book),
            issued: stated.issued(),
            doubts: stated.doubts(book),
            book: Some(stated.json(book)),
            model: stated.model,
            attribution: stated.attribution,
        }
    }

    fn of_files(arguments: &ReconcileArguments) -> Result<Basis, Refusal> {
        let file = arguments.contract.as_deref().unwrap_or(Path::new(""));
        let model = compile(file)?;
        let names: Vec<String> = arguments.observations.iter().map(|file| files::name(file)).collect();
        Ok(Basis {
            file: files::name(file),
            due_on: names.join(", "),
            issued: None,
            doubts: String::new(),
            book: None,
            attribution: attribution(arguments, (&model, &files::name(file)))?,
            model,
        })
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
    mapping_of.references_are_not_people |= given.references_are_not_people;
    if problems.is_empty() { Ok(mapping.unwrap_or_default()) } else { Err(problems) }
}

fn settings<'s>(
    arguments: &ReconcileArguments,
    basis: &Basis,
    mapping: &'s Mapping,
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
    let issued = day("--issued", arguments.states.issued.as_ref()).or(basis.issued);
    let places = basis.model.contract().minor_places;
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
        states: Vec::new(),
        deadlines: Deadlines { issued, contest_days, resolve_days },
    })
}

/// The day of the last payment, up to which a ledger tells; without payments all days have come. There is no
/// clock here: the same files give the same answer tomorrow.
fn last_day(payments: &Payments, due: &[Due]) -> Day {
    let paid = payments.list.iter().map(|payment| payment.date).max();
    paid.or_else(|| due.iter().map(|due| due.day).max()).unwrap_or(Day(0))
}

/// What is due by files, and why it is not what payments were based on.
fn attribution(
    arguments: &ReconcileArguments,
    (model, name): (&Model, &str),
) -> Result<Attribution, Refusal> {
    let refuse = |problems| Refusal::in_contract(name.to_string(), model.contract(), problems);
    let observations = observed(&arguments.observations, model, name)?;
    let expected = Expected::read(&arguments.expected, model, name)?;
    let causes = Causes::of(model.contract(), &arguments.expected.cause).map_err(&refuse)?;
    let actual = Ground { model, observations: &observations, as_of: arguments.as_of.into() };
    let sides = (expected.ground(actual), actual);
    attribute(sides, &causes, arguments.period.as_deref()).map_err(|problems| refuse(problems.0))
}

/// What is known before payments are read.
struct Known<'k> {
    model: &'k Model,
    mapping: &'k Mapping,
    parties: &'k Parties,
}

/// The payments, and what they were read from: the book, where it has some, or files. Where both have some,
/// they are the same.
fn paid(
    arguments: &ReconcileArguments,
    book: Option<&Source>,
    known: &Known<'_>,
    progress: &Progress,
) -> Result<(Payments, String), Refusal> {
    let names: Vec<String> = arguments.payments.payments.iter().map(|file| files::name(file)).collect();
    let names = names.join(", ");
    progress.begin_rows("payments");
    let Some(book) = book else { return Ok((of_files(arguments, known, progress)?, names)) };
    let plain = Mapping::default();
    let mut reader = PaymentReader::new(known.model.contract(), &plain, known.parties);
    let count = book.payments(&mut reader, &|rows| progress.done(rows))?;
    let kept = reader.finish().map_err(outside)?;
    if arguments.payments.payments.is_empty() {
        return Ok((kept, book.name().to_string()));
    }
    let given = of_files(arguments, known, progress)?;
    if count == 0 {
        return Ok((given, names));
    }
    same_payments((book.name(), &kept), (&names, &given)).map_err(outside)?;
    Ok((kept, book.name().to_string()))
}

fn of_files(
    arguments: &ReconcileArguments,
    known: &Known<'_>,
    progress: &Progress,
) -> Result<Payments, Refusal> {
    check_parties(known.mapping, known.parties).map_err(outside)?;
    let mut reader = PaymentReader::new(known.model.contract(), known.mapping, known.parties);
    let mut unreadable = Vec::new();
    for file in &arguments.payments.payments {
        match files::read(file) {
            Ok(bytes) => reader.add(&files::name(file), bytes, &|rows| progress.done(rows)),
            Err(problem) => unreadable.push(problem),
        }
    }
    match reader.finish() {
        Ok(payments) if unreadable.is_empty() => Ok(payments),
        Ok(_) => Err(outside(unreadable)),
        Err(problems) => Err(outside([unreadable, problems].concat())),
    }
}
