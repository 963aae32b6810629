//! `carepact evaluate`: the statement as text, JSON or CSV.

use carepact::Model;

use super::prepare;
use crate::answer::{Answer, plural};
use crate::arguments::{EvaluateArguments, StatementFormat};
use crate::files;
use crate::statement::{csv, json, text};

/// Works out the statement.
pub fn run(arguments: &EvaluateArguments) -> Answer {
    let prepared = match prepare(&arguments.statement) {
        Ok(prepared) => prepared,
        Err(refusal) if arguments.format == StatementFormat::Json => return refusal.json(),
        Err(refusal) => return refusal.text(),
    };
    let statement = prepared.model.evaluate(&prepared.facts);
    let answer = match arguments.format {
        StatementFormat::Text => Answer::fine(text::of(&statement, arguments)),
        StatementFormat::Json => Answer::json(&json::of(&statement)),
        StatementFormat::Csv => Answer::fine(csv::of(&statement)),
    };
    let answer = Answer { err: warnings(&prepared.model, arguments), ..answer };
    drop(statement);
    // The process ends here: taking the plan apart node by node would only cost time.
    std::mem::forget(prepared);
    answer
}

fn warnings(model: &Model, arguments: &EvaluateArguments) -> String {
    if model.warnings().is_empty() {
        return String::new();
    }
    let found = plural(model.warnings().len(), "warning");
    let file = files::name(&arguments.statement.contract);
    format!("{found} about the contract; `carepact check {file}` shows what they are\n")
}
