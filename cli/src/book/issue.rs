//! Statements of a book: worked out, laid out with a head that says what they rest on, and kept as issued.

use std::collections::BTreeSet;
use std::io;

use carepact::{Facts, Statement};
use carepact_finance::book::{
    Book, Entry, Finding, Issue, Month, NewStatement, Outcome, Rendered, Stamp, StatedLine, StatementRecord,
    problem,
};
use carepact_finance::restatement::{self, Restatement};
use serde_json::{Value, json};

use super::arguments::{InputArguments, RestateArguments, StateArguments, Writer};
use super::inputs::Read;
use super::{confirmed, open, refused, stamp};
use crate::answer::{Answer, Refusal, plural, pretty};
use crate::arguments::EvaluateArguments;
use crate::files;
use crate::parallel::Threads;
use crate::progress::Progress;
use crate::restate::differences::{self, Differences};
use crate::statement::parts::Parts;
use crate::statement::{json as as_json, text as as_text};

/// Works out a statement and keeps it.
pub fn state(arguments: &StateArguments) -> Result<Answer, Refusal> {
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(&arguments.writer.reading)?;
    let inputs = &arguments.inputs;
    let what = (arguments.period.as_deref(), inputs.as_of);
    let read = Read::new(&book, inputs.contract, &inputs.observations, what)?;
    let facts = read.facts()?;
    let issued = Issued { read: &read, facts: &facts, restates: None };
    issued.take_in(&mut book, &arguments.writer, (inputs, &stamp))
}

/// States again, and posts the differences.
pub fn restate(arguments: &RestateArguments) -> Result<Answer, Refusal> {
    let stamp = stamp(&arguments.writer)?;
    let mut book = open(&arguments.writer.reading)?;
    let inputs = &arguments.inputs;
    let records = book.statements().map_err(refused)?;
    let latest = book.statement(arguments.statements.last().copied()).map_err(refused)?;
    let period = arguments.period.clone().or(latest.period);
    let what = (period.as_deref(), inputs.as_of);
    let read = Read::new(&book, inputs.contract, &inputs.observations, what)?;
    let facts = read.facts()?;
    let wanted = match &arguments.statements[..] {
        [] if arguments.period.is_some() => covered(&book, &records, &read.model.evaluate(&facts))?,
        [] => vec![latest.number],
        [..] => arguments.statements.clone(),
    };
    let mut parts = Vec::new();
    for number in &wanted {
        let record = book.statement(Some(*number)).map_err(refused)?;
        let before = Read::of(&book, &record)?;
        refuse_other_engine(&book, &record, &before.model.evaluate(&before.facts()?))?;
        parts.push(restatement::restate(before.version(), read.version()).map_err(refused)?);
    }
    let restatement = Restatement::together(parts);
    if restatement.lines.is_empty() {
        let said = format!("no line differs from {}; nothing was written\n", named(&wanted));
        return Ok(Answer { err: said, ..Answer::fine(String::new()) });
    }
    let issued = Issued { read: &read, facts: &facts, restates: Some((&wanted, &restatement)) };
    issued.take_in(&mut book, &arguments.writer, (inputs, &stamp))
}

/// Statements that were not restated yet and have a line in common with this one.
fn covered(book: &Book, records: &[StatementRecord], now: &Statement<'_>) -> Result<Vec<i64>, Refusal> {
    let ids: BTreeSet<&str> = now.lines().iter().map(|line| line.id.as_str()).collect();
    let mut covered = Vec::new();
    for record in records.iter().filter(|record| record.restated_by.is_none()) {
        let lines = book.lines(record.number).map_err(refused)?;
        if lines.iter().any(|line| ids.contains(line.id.as_str())) {
            covered.push(record.number);
        }
    }
    if covered.is_empty() {
        let found = "the period covers no statement of the book".to_string();
        let remedy = "state it for the first time with `carepact book state`";
        return Err(Refusal::of(problem(&carepact_finance::book::UNKNOWN, found, remedy)));
    }
    Ok(covered)
}

/// `statement 1`, `statements 1, 2`
pub fn named(statements: &[i64]) -> String {
    let numbers: Vec<String> = statements.iter().map(ToString::to_string).collect();
    let word = if numbers.len() == 1 { "statement" } else { "statements" };
    format!("{word} {}", numbers.join(", "))
}

/// Statements that come to something else when they are worked out again, by the entry that has them.
pub fn recalculated(book: &Book) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Vec::new();
    for record in book.statements().map_err(refused)? {
        let again = Read::of(book, &record)
            .and_then(|read| refuse_other_engine(book, &record, &read.model.evaluate(&read.facts()?)));
        let problems = again.err().map_or(Vec::new(), |refusal| refusal.problems);
        let finding =
            |problem: carepact::Diagnostic| Finding { entry: Some(record.entry), what: problem.found };
        findings.extend(problems.into_iter().map(finding));
    }
    Ok(findings)
}

/// The lines of a statement that is restated are still what they were: else the engine caused a difference.
pub fn refuse_other_engine(
    book: &Book,
    record: &StatementRecord,
    now: &Statement<'_>,
) -> Result<(), Refusal> {
    let kept = book.lines(record.number).map_err(refused)?;
    let now = lines(now);
    let other = kept.iter().zip(&now).find(|(kept, now)| kept.amount != now.amount || kept.id != now.id);
    if other.is_none() && kept.len() == now.len() {
        return Ok(());
    }
    let line = other.map_or("its number of lines", |(kept, _)| kept.id.as_str());
    let found = format!(
        "statement {} was worked out by carepact {} and comes to something else today: {line}",
        record.number, record.engine
    );
    let remedy = "use the version of carepact that issued it, and report the difference to the developers";
    Err(Refusal::of(problem(&carepact_finance::book::CONTENT, found, remedy)))
}

fn lines(statement: &Statement<'_>) -> Vec<StatedLine> {
    let contract = statement.model().contract();
    let places = usize::try_from(contract.minor_places).unwrap_or(0);
    statement.lines().iter().map(|line| StatedLine::of(line, &contract.calendar, places)).collect()
}

/// A statement that is being issued.
struct Issued<'i> {
    read: &'i Read,
    facts: &'i Facts,
    restates: Option<(&'i [i64], &'i Restatement)>,
}

impl Issued<'_> {
    fn take_in(
        &self,
        book: &mut Book,
        writer: &Writer,
        (inputs, stamp): (&InputArguments, &Stamp),
    ) -> Result<Answer, Refusal> {
        let contract = self.read.model.contract();
        let post_in = inputs.post_in.as_deref().map(Month::parse).transpose().map_err(refused)?;
        let lines = lines(&self.read.model.evaluate(self.facts));
        let new = NewStatement {
            contract: &self.read.contract,
            observations: &self.read.sets,
            period: self.read.period(),
            as_of: self.read.as_of(),
            lines: &lines,
            restates: self.restates,
            places: usize::try_from(contract.minor_places).unwrap_or(0),
            post_in: post_in.as_ref(),
        };
        let title = book.title().map_err(refused)?;
        let mut differences = None;
        let render = |issue: &Issue<'_>| -> Outcome<Rendered> {
            differences = self.restates.map(|(earlier, restatement)| {
                let what = format!("Differences from {}", named(earlier));
                differences::of(&what, restatement, Some(issue.postings), contract)
            });
            self.rendered((&title, &stamp.by), issue, differences.as_ref())
        };
        let (number, entry) = book.add_statement(&new, stamp, render).map_err(refused)?;
        Ok(self.answer(writer, (number, &entry, lines.len()), differences.as_ref()))
    }

    fn answer(
        &self,
        writer: &Writer,
        (number, entry, lines): (i64, &Entry, usize),
        differences: Option<&Differences>,
    ) -> Answer {
        let of = self
            .restates
            .map_or(String::new(), |(earlier, _)| format!(", which restates {}", named(earlier)));
        let said = format!("statement {number}{of}, {} as of {}", plural(lines, "line"), self.read.as_of());
        let mut more = json!({ "statement": number, "lines": lines });
        if let Some(differences) = differences {
            more["restatement"] = differences.json.clone();
        }
        let mut out = confirmed(&writer.reading, entry, &said, more);
        if writer.reading.format == crate::arguments::Format::Text {
            out.push_str(&differences.map_or(String::new(), |differences| format!("\n{}", differences.text)));
            let book = files::name(&writer.reading.book);
            out.push_str(&format!("To read it: carepact book print {book} {number}\n"));
        }
        Answer::fine(out)
    }

    /// The statement as `evaluate` prints it, below a head that says what it rests on.
    fn rendered(
        &self,
        (title, by): (&str, &str),
        issue: &Issue<'_>,
        differences: Option<&Differences>,
    ) -> Outcome<Rendered> {
        let progress = Progress::of(&[]);
        let parts = Parts::new(&self.read.model, self.facts, Threads::new(None), &progress);
        let arguments = self.read.arguments();
        let (text, json) = written(&parts, &arguments).map_err(|error| {
            let found = format!("the statement could not be laid out: {error}");
            carepact::Problems(vec![problem(&files::UNWRITABLE, found, "try again")])
        })?;
        let mut out = self.head(title, by, issue).into_bytes();
        if let Some(differences) = differences {
            out.extend(differences.text.bytes());
        }
        out.push(b'\n');
        out.extend(text);
        let statement: Value = serde_json::from_slice(&json).unwrap_or(Value::Null);
        let head = self.head_json(title, by, issue);
        let value = json!({ "book": head, "statement": statement,
            "restatement": differences.map(|differences| &differences.json) });
        Ok(Rendered { text: out, json: pretty(&value).into_bytes() })
    }

    fn head(&self, title: &str, by: &str, issue: &Issue<'_>) -> String {
        let contract = &self.read.contract;
        let restates =
            self.restates.map_or(String::new(), |(earlier, _)| format!(", restates {}", named(earlier)));
        let mut out = format!("Statement {} of the book {title}{restates}\n", issue.number);
        out.push_str(&format!("Issued    {}, prepared by {by}\n", issue.at));
        out.push_str(&format!("Engine    carepact {}\n", env!("CARGO_PKG_VERSION")));
        out.push_str(&format!(
            "Contract  version {}, {}, sha256 {}\n",
            contract.version, contract.file, contract.hash
        ));
        for set in &self.read.sets {
            let received = format!("received {}", set.received);
            out.push_str(&format!(
                "Data      set {} ({}), {}, {received}\n",
                set.number, set.submission, set.file
            ));
            out.push_str(&format!("          sha256 {}\n", set.hash));
        }
        let moved = issue.postings.iter().filter(|posting| posting.posting_type.words() != "stated").count();
        let postings = format!("{}, {} of them adjustments", plural(issue.postings.len(), "amount"), moved);
        out.push_str(&format!("Posts     {postings}\n\n"));
        out
    }

    fn head_json(&self, title: &str, by: &str, issue: &Issue<'_>) -> Value {
        let contract = &self.read.contract;
        let sets = self.read.sets.iter().map(|set| {
            json!({ "set": set.number, "file": set.file, "submission": set.submission,
                "received": set.received, "sha256": set.hash })
        });
        let postings = issue.postings.iter().map(|posting| {
            json!({ "line": posting.id, "payer": posting.payer, "payee": posting.payee,
                "type": posting.posting_type.words(), "month": posting.month, "amount": posting.amount })
        });
        json!({ "title": title, "statement": issue.number, "at": issue.at, "prepared_by": by,
            "engine": env!("CARGO_PKG_VERSION"),
            "contract": { "version": contract.version, "file": contract.file, "sha256": contract.hash },
            "observations": sets.collect::<Vec<_>>(),
            "restates": self.restates.map(|(earlier, _)| earlier),
            "postings": postings.collect::<Vec<_>>() })
    }
}

fn written(parts: &Parts<'_>, arguments: &EvaluateArguments) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let (mut text, mut json) = (Vec::new(), Vec::new());
    as_text::write(parts, arguments, &mut text)?;
    as_json::write(parts, &mut json)?;
    Ok((text, json))
}
