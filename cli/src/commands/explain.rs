//! `carepact explain`: why a line or figure is what it is.

use carepact::Problems;

use super::names::Names;
use super::prepare;
use crate::answer::{Answer, Refusal};
use crate::arguments::{ExplainArguments, Format};
use crate::parallel::Threads;
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
    let prepared = prepare(&arguments.statement, names, &progress);
    let explained = prepared.and_then(|prepared| {
        let threads = Threads::new(None);
        progress.begin_holders("statistics", prepared.facts.lanes.len());
        let basis = prepared.model.basis(&prepared.facts, &|count, work| {
            threads.each(count, work, &|holders| progress.done(holders))
        });
        let refuse =
            |problems: Problems| Refusal { name: String::new(), document: None, problems: problems.0 };
        let explanation = basis.explain(arguments.line.as_deref().unwrap_or_default()).map_err(refuse)?;
        Ok(match arguments.format {
            Format::Text => Answer::fine(explanation.text()),
            Format::Json => Answer::json(&explanation.json(&prepared.model.contract().document)),
        })
    });
    progress.end();
    explained
}
