//! `carepact evaluate`: the statement as text, JSON or CSV, written while it is worked out.

use std::io::{self, BufWriter, Write};

use carepact::Model;

use super::prepare;
use crate::answer::{Answer, plural};
use crate::arguments::{EvaluateArguments, StatementFormat};
use crate::files;
use crate::parallel::Threads;
use crate::progress::{Output, Progress};
use crate::statement::parts::Parts;
use crate::statement::{csv, json, text};

/// Works out the statement and writes it.
pub fn run(arguments: &EvaluateArguments) -> io::Result<Answer> {
    let progress = Progress::of(&arguments.statement.observations);
    let prepared = prepare(&arguments.statement, &progress);
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(refusal) => {
            progress.end();
            let tool = arguments.format == StatementFormat::Json;
            return Ok(if tool { refusal.json() } else { refusal.text() });
        }
    };
    let threads = Threads::new(arguments.threads);
    let parts = Parts::new(&prepared.model, &prepared.facts, threads, &progress);
    io::stderr().write_all(warnings(&prepared.model, arguments).as_bytes())?;
    let mut out = BufWriter::new(Output::beside(&progress));
    match arguments.format {
        StatementFormat::Text => text::write(&parts, arguments, &mut out)?,
        StatementFormat::Json => json::write(&parts, &mut out)?,
        StatementFormat::Csv => csv::write(&parts, &mut out)?,
    }
    out.flush()?;
    progress.end();
    // The process ends here: taking the plan apart node by node would only cost time.
    std::mem::forget(prepared);
    Ok(Answer::fine(String::new()))
}

fn warnings(model: &Model, arguments: &EvaluateArguments) -> String {
    if model.warnings().is_empty() {
        return String::new();
    }
    let found = plural(model.warnings().len(), "warning");
    let file = files::name(&arguments.statement.contract);
    format!("{found} about the contract; `carepact check {file}` shows what they are\n")
}
