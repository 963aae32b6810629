//! Beginning a book, and taking in contracts, observations and payments.

use std::io::{self, Write};
use std::path::PathBuf;

use carepact::Diagnostic;
use carepact_finance::book::{Book, KnownOfPayments, Moment, Month, PaymentRow, Submission, date};
use carepact_finance::files::sheet::{Sheet, has_headings};
use serde_json::json;

use super::arguments::{
    AddContractArguments, AddObservationsArguments, AddPaymentsArguments, Added, NewBookArguments, Submitted,
};
use super::{confirmed, inputs, open, refused, refused_all, stamp, title};
use crate::answer::{Answer, Refusal, plural};
use crate::files;

/// Begins a book.
pub fn book(arguments: &NewBookArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    files::refuse_existing(&reading.book).map_err(Refusal::of)?;
    let title = arguments.title.clone().unwrap_or_else(|| title(&reading.book));
    let mut begun = None;
    let made = files::make_new(&reading.book, |beside| {
        begun = Some(Book::create(beside, &title, &stamp).map_err(|problems| problems.0)?);
        Ok(())
    });
    made.map_err(refused_all)?;
    let said = format!("{} is begun", files::name(&reading.book));
    let confirmed = begun.map(|entry| confirmed(reading, &entry, &said, json!({ "title": title })));
    Ok(Answer::fine(confirmed.unwrap_or_default()))
}

/// Takes something in.
pub fn add(added: &Added) -> Result<Answer, Refusal> {
    match added {
        Added::Contract(arguments) => contract(arguments),
        Added::Observations(arguments) => observation_sets(arguments),
        Added::Payments(arguments) => payments(arguments),
    }
}

fn contract(arguments: &AddContractArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(reading)?;
    let name = files::name(&arguments.contract);
    let bytes = files::read(&arguments.contract).map_err(Refusal::of)?;
    let model = inputs::compiled(&name, &bytes)?;
    let (version, entry) = book.add_contract((&name, &bytes), model.contract(), &stamp).map_err(refused)?;
    let said = format!("version {version} of the contract, {name}");
    Ok(Answer::fine(confirmed(reading, &entry, &said, json!({ "version": version }))))
}

/// Files with their bytes; the problems of all that cannot be read.
fn read_all(names: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for file in names {
        match files::read(file) {
            Ok(bytes) => read.push((files::name(file), bytes)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(refused_all(problems)) }
}

fn observation_sets(arguments: &AddObservationsArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(reading)?;
    let submission = match arguments.submission {
        Submitted::Flex => Submission::Flex,
        Submitted::Freeze => Submission::Freeze,
        Submitted::Refresh => Submission::Refresh,
    };
    let received = arguments.received.as_deref().map(Moment::parse).transpose().map_err(refused)?;
    let received = received.map(|moment| moment.to_string());
    let read = read_all(&arguments.files)?;
    let contract = book.contract(None).map_err(refused)?;
    let model = inputs::compiled(&contract.file, &book.content(&contract.hash).map_err(refused)?)?;
    let mut problems: Vec<Diagnostic> = Vec::new();
    for (name, bytes) in &read {
        let set = (PathBuf::from(name), bytes.clone(), inputs::submission(submission.word()));
        match inputs::layered(&[set]) {
            Ok(observations) => problems.extend(inputs::unfitting(&model, &observations)),
            Err(unread) => problems.extend(unread),
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::in_contract(contract.file, model.contract(), problems));
    }
    for (name, bytes) in &read {
        let received = received.as_deref();
        let (number, entry) =
            book.add_observations((name, bytes), submission, received, &stamp).map_err(refused)?;
        let said = format!("set {number} of observations ({}), {name}", submission.word());
        tell(&confirmed(reading, &entry, &said, json!({ "set": number })))?;
    }
    Ok(Answer::fine(String::new()))
}

fn payments(arguments: &AddPaymentsArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.writer.reading;
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(reading)?;
    let post_in = arguments.post_in.as_deref().map(Month::parse).transpose().map_err(refused)?;
    let contract = book.contract(None).map_err(refused)?;
    let model = inputs::compiled(&contract.file, &book.content(&contract.hash).map_err(refused)?)?;
    let day = stamp.at.unwrap_or_else(Moment::now).day();
    let known = KnownOfPayments { contract: model.contract(), day: &day };
    let mut problems: Vec<Diagnostic> = Vec::new();
    let mut read = Vec::new();
    for (name, bytes) in read_all(&arguments.files)? {
        // The headings may stand below titles. Where some are missing, the first row is told as lacking them.
        let is_header = |cells: &[&str]| has_headings(cells, &PaymentRow::NEEDED);
        let table = Sheet::open(&name, bytes.clone(), None);
        let table = table.and_then(|mut sheet| sheet.table(&is_header)?.within_headings());
        let rows = table
            .map_err(|problem| vec![problem])
            .and_then(|table| PaymentRow::read(&table, known).map_err(|problems| problems.0));
        match rows {
            Ok(rows) => read.push((name, bytes, rows)),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(refused_all(problems));
    }
    for (name, bytes, rows) in &read {
        let entry = book.add_payments((name, bytes), rows, post_in.as_ref(), &stamp).map_err(refused)?;
        let said = format!("{} of {name}", plural(rows.len(), "payment"));
        tell(&confirmed(reading, &entry, &said, json!({ "payments": rows.len() })))?;
    }
    Ok(Answer::fine(String::new()))
}

/// Says at once what is in the book: who is stopped between two files then knows which one is.
fn tell(said: &str) -> Result<(), Refusal> {
    let mut out = io::stdout().lock();
    // A reader that has gone away does not undo what was written to the book.
    let _ = out.write_all(said.as_bytes()).and_then(|()| out.flush());
    Ok(())
}

/// Reads a date, for what takes one.
pub fn day(text: Option<&str>) -> Result<Option<String>, Refusal> {
    text.map(date).transpose().map_err(refused)
}
