//! `carepact evaluate`: the statement as text, JSON or CSV, or a table of holders, written while it
//! is worked out.

use std::io::{self, BufWriter, Write};

use carepact::{Diagnostic, Model};

use super::names::Names;
use super::{Prepared, prepare};
use crate::answer::{Answer, Refusal, plural};
use crate::arguments::{EvaluateArguments, StatementFormat};
use crate::parallel::Threads;
use crate::progress::{Output, Progress};
use crate::statement::parts::Parts;
use crate::statement::table::HolderTable;
use crate::statement::{csv, json, text};
use crate::{carry, files, workbook};

/// Works out the statement and writes it.
pub fn run(arguments: &EvaluateArguments) -> io::Result<Answer> {
    let progress = Progress::of(&arguments.statement.observations);
    let names = Names { shown: &arguments.show, columns: &arguments.table, line: None };
    let answer = match prepare(&arguments.statement, names, &progress) {
        Ok(prepared) => {
            let answer = state(arguments, &prepared, &progress);
            // The process ends here: taking the plan apart node by node would only cost time.
            std::mem::forget(prepared);
            answer
        }
        Err(refusal) => Ok(refused(&refusal, arguments)),
    };
    progress.end();
    answer
}

fn refused(refusal: &Refusal, arguments: &EvaluateArguments) -> Answer {
    if arguments.format() == StatementFormat::Json { refusal.json() } else { refusal.text() }
}

/// Everything that can be refused is, before anything is written.
fn state(arguments: &EvaluateArguments, prepared: &Prepared, progress: &Progress) -> io::Result<Answer> {
    let Prepared { model, facts } = prepared;
    let threads = Threads::new(arguments.threads);
    let file = || files::name(&arguments.statement.contract);
    let refuse = |problems: Vec<Diagnostic>| {
        progress.end();
        Ok(refused(&Refusal::in_contract(file(), model.contract(), problems), arguments))
    };
    let columns = (!arguments.table.is_empty()).then(|| model.columns(facts, &arguments.table)).transpose();
    let columns = match columns {
        Ok(columns) => columns,
        Err(problems) => return refuse(problems.0),
    };
    let mut notes = warnings(model, &file());
    if let Some(file) = &arguments.carry_forward {
        match carry::write((model, facts), threads, progress, file) {
            Ok(written) => notes.push_str(&written),
            Err(problems) => return refuse(problems),
        }
    }
    progress.say(&notes)?;
    if let Some(file) = arguments.workbook() {
        return workbook::write((model, facts), arguments, progress, file).or_else(refuse);
    }
    let mut out = BufWriter::new(Output::beside(progress));
    if let Some(columns) = columns {
        HolderTable::new((model, facts), columns, threads, progress).write(arguments, &mut out)?;
    } else {
        let parts = Parts::new(model, facts, threads, progress);
        match arguments.format() {
            StatementFormat::Text => text::write(&parts, arguments, &mut out)?,
            StatementFormat::Json => json::write(&parts, &mut out)?,
            StatementFormat::Csv => csv::write(&parts, &mut out)?,
        }
    }
    out.flush()?;
    Ok(Answer::fine(String::new()))
}

fn warnings(model: &Model, file: &str) -> String {
    if model.warnings().is_empty() {
        return String::new();
    }
    let found = plural(model.warnings().len(), "warning");
    format!("{found} about the contract; `carepact check {file}` shows what they are\n")
}
