//! The log, statements as they were issued, and whether the book is whole.

use carepact_finance::book::{Entry, Finding, UNKNOWN, problem};
use serde_json::json;

use super::arguments::{PrintArguments, Reading, VerifyBookArguments};
use super::{entry_json, issue, open, refused};
use crate::answer::{Answer, Refusal, plural, pretty};
use crate::arguments::Format;
use crate::files;
use crate::table::{Column, Table};

/// Digits of a hash that are shown; enough to be noted and found again.
const HASH_SHOWN: usize = 16;

/// Prints a statement again.
pub fn print(arguments: &PrintArguments) -> Result<Answer, Refusal> {
    let book = open(&arguments.reading)?;
    let record = book.statement(Some(arguments.statement)).map_err(refused)?;
    let hash = match arguments.reading.format {
        Format::Text => &record.text,
        Format::Json => &record.json,
    };
    let bytes = book.content(hash).map_err(refused)?;
    Ok(Answer::fine(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Lists the entries.
pub fn log(reading: &Reading) -> Result<Answer, Refusal> {
    let entries = open(reading)?.log().map_err(refused)?;
    if reading.format == Format::Json {
        let each: Vec<_> = entries.iter().map(entry_json).collect();
        return Ok(Answer::json(&json!({ "entries": each })));
    }
    let mut table = Table::new(&[Column::Right, Column::Left, Column::Cut, Column::Left, Column::Left]);
    table.row(["entry", "at", "by", "kind", "sha256"]);
    for entry in &entries {
        table.row([&entry.number.to_string(), &entry.at, &entry.by, &entry.kind, shown(&entry.hash)]);
    }
    Ok(Answer::fine(table.text()))
}

fn shown(hash: &str) -> &str {
    hash.get(..HASH_SHOWN).unwrap_or(hash)
}

/// Recomputes everything.
pub fn verify(arguments: &VerifyBookArguments) -> Result<Answer, Refusal> {
    let reading = &arguments.reading;
    let noted = arguments.noted.as_deref().map(noted).transpose()?;
    let book = open(reading)?;
    let mut findings = book.verify(noted).map_err(refused)?;
    let mut again = None;
    if arguments.recalculate && findings.is_empty() {
        findings.extend(issue::recalculated(&book)?);
        again = Some(book.statements().map_err(refused)?.len());
    }
    // Of a book that was changed, the last entry may be what cannot be read.
    let head = book.head().ok().flatten();
    let fine = findings.is_empty();
    let out = match reading.format {
        Format::Text => text(&files::name(&reading.book), &findings, (head.as_ref(), again)),
        Format::Json => {
            let each: Vec<_> = findings
                .iter()
                .map(|finding| json!({ "entry": finding.entry, "found": finding.what }))
                .collect();
            pretty(
                &json!({ "fine": fine, "findings": each, "statements_the_same": again, "last": head.as_ref().map(entry_json) }),
            )
        }
    };
    Ok(Answer { out, err: String::new(), fine })
}

fn noted(text: &str) -> Result<(i64, &str), Refusal> {
    let read = text.split_once(':').and_then(|(number, hash)| {
        let fine = hash.len() >= HASH_SHOWN && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        number.parse().ok().filter(|_| fine).map(|number| (number, hash))
    });
    read.ok_or_else(|| {
        let found = format!("`{text}` is no number and hash of an entry");
        let remedy = "write it as `carepact book verify` gave it, such as 12:3fa4b1c2d3e4f5a6";
        Refusal::of(problem(&UNKNOWN, found, remedy))
    })
}

/// What was found; of a book that is as it was, its last entry and how many statements were worked out again.
fn text(name: &str, findings: &[Finding], (head, again): (Option<&Entry>, Option<usize>)) -> String {
    if findings.is_empty() {
        let count = head.map_or(0, |entry| usize::try_from(entry.number).unwrap_or(0));
        let last = head.map_or(String::new(), |entry| format!("{}:{}", entry.number, shown(&entry.hash)));
        let same = again
            .map(|count| format!("{}, each worked out again and the same\n", plural(count, "statement")));
        return format!(
            "{name}: {}, each as it was written\n{}The last is {last}; whoever notes it elsewhere can verify \
             against it later (--noted).\n",
            plural(count, "entry").replace("entrys", "entries"),
            same.unwrap_or_default()
        );
    }
    let first = findings.iter().find_map(|finding| finding.entry);
    let mut out = format!("{name} is NOT as it was written");
    out.push_str(&first.map_or("\n".to_string(), |entry| format!("; the first bad entry is {entry}\n")));
    for finding in findings {
        let of = finding.entry.map_or("the file".to_string(), |entry| format!("entry {entry}"));
        out.push_str(&format!("  {of}: {}\n", finding.what));
    }
    out
}
