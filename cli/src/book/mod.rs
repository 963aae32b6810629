//! The book of a contract on the command line: what is read and written, and how it is shown.
//!
//! The book itself is of the library for finance teams; here files are read, statements laid out, and
//! entries confirmed.

mod add;
pub mod arguments;
mod decide;
pub mod inputs;
pub mod issue;
mod list;
mod show;

use std::env;
use std::time::Duration;

use carepact::{Diagnostic, Problems};
use carepact_finance::book::{Book, Entry, Moment, Stamp};
use serde_json::{Value, json};

use self::arguments::{BookArguments, BookCommand, Reading, Writer};
use crate::answer::{Answer, Refusal};
use crate::arguments::Format;
use crate::files;

/// The variable that says who makes entries.
const WHO: &str = "CAREPACT_BY";

/// Does what is asked of a book.
pub fn run(arguments: &BookArguments) -> Answer {
    match outcome(&arguments.command) {
        Ok(answer) => answer,
        Err(refusal) if arguments.format() == Format::Json => refusal.json(),
        Err(refusal) => refusal.text(),
    }
}

fn outcome(command: &BookCommand) -> Result<Answer, Refusal> {
    use carepact_finance::book::{LineState, MonthState};
    match command {
        BookCommand::New(new) => add::book(new),
        BookCommand::Add(add) => add::add(&add.what),
        BookCommand::State(state) => issue::state(state),
        BookCommand::Restate(restate) => issue::restate(restate),
        BookCommand::Approve(approve) => decide::approve(approve),
        BookCommand::Open(month) => decide::month(month, MonthState::Open),
        BookCommand::Close(month) => decide::month(month, MonthState::SoftClosed),
        BookCommand::Lock(month) => decide::month(month, MonthState::Locked),
        BookCommand::Agree(line) => decide::line(line, LineState::Agreed),
        BookCommand::Contest(line) => decide::line(line, LineState::Contested),
        BookCommand::Withhold(line) => decide::line(line, LineState::Withheld),
        BookCommand::Settle(line) => decide::line(line, LineState::Settled),
        BookCommand::List(list) => list::list(list),
        BookCommand::Print(print) => show::print(print),
        BookCommand::Verify(verify) => show::verify(verify),
        BookCommand::Log(reading) => show::log(reading),
    }
}

/// Opens a book.
fn open(reading: &Reading) -> Result<Book, Refusal> {
    Book::open(&reading.book, Duration::from_secs(reading.wait)).map_err(refused)
}

/// Who makes an entry, and when.
fn stamp(writer: &Writer) -> Result<Stamp, Refusal> {
    let by = writer.by.clone().or_else(|| env::var(WHO).ok()).unwrap_or_default();
    let at = writer.at.as_deref().map(Moment::parse).transpose().map_err(refused)?;
    Stamp::new(&by, at).map_err(refused)
}

/// Problems outside any document.
pub fn refused(problems: Problems) -> Refusal {
    Refusal { name: String::new(), document: None, problems: problems.0 }
}

/// Problems outside any document.
pub fn refused_all(problems: Vec<Diagnostic>) -> Refusal {
    refused(Problems(problems))
}

/// What an entry is said to be once it is in the book.
fn confirmed(reading: &Reading, entry: &Entry, said: &str, more: Value) -> String {
    match reading.format {
        Format::Text => format!("entry {}: {said}\n", entry.number),
        Format::Json => {
            let mut value = json!({ "entry": entry_json(entry) });
            if let (Some(into), Value::Object(more)) = (value.as_object_mut(), more) {
                into.extend(more);
            }
            format!("{value:#}\n")
        }
    }
}

fn entry_json(entry: &Entry) -> Value {
    json!({ "number": entry.number, "at": entry.at, "by": entry.by, "kind": entry.kind,
        "content_sha256": entry.content, "previous_sha256": entry.previous, "sha256": entry.hash })
}

/// What the book is called where nobody names it.
fn title(book: &std::path::Path) -> String {
    book.file_stem().map_or_else(|| files::name(book), |stem| stem.to_string_lossy().into_owned())
}
