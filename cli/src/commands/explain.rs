//! `carepact explain`: why a line is what it is.

use super::names::Names;
use super::prepare;
use crate::answer::{Answer, Refusal};
use crate::arguments::{ExplainArguments, Format};
use crate::progress::Progress;

/// Explains a line.
pub fn run(arguments: &ExplainArguments) -> Answer {
    match explain(arguments) {
        Ok(answer) => answer,
        Err(refusal) => match arguments.format {
            Format::Text => refusal.text(),
            Format::Json => refusal.json(),
        },
    }
}

fn explain(arguments: &ExplainArguments) -> Result<Answer, Refusal> {
    let progress = Progress::of(&arguments.statement.observations);
    let names = Names { line: arguments.line.as_deref(), ..Names::default() };
    let prepared = prepare(&arguments.statement, names, &progress)?;
    let statement = prepared.model.evaluate(&prepared.facts);
    let line = arguments.line.as_deref().unwrap_or_default();
    let refuse =
        |problems: carepact::Problems| Refusal { name: String::new(), document: None, problems: problems.0 };
    progress.end();
    let explanation = statement.explain(line).map_err(refuse)?;
    Ok(match arguments.format {
        Format::Text => Answer::fine(explanation.text()),
        Format::Json => Answer::json(&explanation.json(&prepared.model.contract().document)),
    })
}
