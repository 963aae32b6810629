//! `carepact export`: a statement as rows of contract monitoring, or its lines as Parquet.

use carepact_finance::files::export::{self, Export, Figures};

use super::names::Names;
use super::{Prepared, bound, prepare};
use crate::answer::{Answer, Refusal, plural};
use crate::export::arguments::{ExportArguments, ExportFormat};
use crate::export::parquet;
use crate::files;
use crate::progress::Progress;

/// Writes the statement.
pub fn run(arguments: &ExportArguments) -> Answer {
    let progress = Progress::of(&arguments.statement.observations);
    let exported = exported(arguments, &progress);
    progress.end();
    exported.unwrap_or_else(|refusal| refusal.text())
}

fn exported(arguments: &ExportArguments, progress: &Progress) -> Result<Answer, Refusal> {
    if let Some(file) = &arguments.output {
        files::refuse_existing(file).map_err(Refusal::of)?;
    }
    let Prepared { model, facts } = prepare(&arguments.statement, Names::default(), progress)?;
    let contract = model.contract();
    let refuse =
        |problems| Refusal::in_contract(files::name(&arguments.statement.contract), contract, problems);
    let statement = model.evaluate(&facts);
    let small = arguments.small.warning(&model, &facts, None);
    if let (ExportFormat::Parquet, Some(file)) = (arguments.format, &arguments.output) {
        parquet::write(file, &statement).map_err(Refusal::of)?;
        let lines = plural(statement.lines().len(), "line");
        return Ok(Answer {
            err: format!("{lines} written to {}\n{small}", file.display()),
            ..Answer::fine(String::new())
        });
    }
    let rules = arguments.rules.as_deref().unwrap_or(std::path::Path::new("-"));
    let text = files::read_text(rules).map_err(Refusal::of)?;
    let export = Export::parse(&files::name(rules), &text, contract).map_err(refuse)?;
    let created = arguments.at.clone().unwrap_or_else(carepact_finance::files::moment);
    let planned = match arguments.plan.is_empty() {
        true => None,
        false => Some(bound(&arguments.statement, &arguments.plan, &model)?),
    };
    let planned = planned.as_ref().map(|facts| model.evaluate(facts));
    let figures = match (arguments.format, &planned) {
        (ExportFormat::Plan, _) => Figures::Plan(&statement),
        (ExportFormat::Acm | ExportFormat::Parquet, None) => Figures::Actual(&statement),
        (ExportFormat::Acm | ExportFormat::Parquet, Some(plan)) => Figures::Beside(&statement, plan),
    };
    let rows = export::rows(&figures, &export, &created).map_err(refuse)?;
    let (actual, plan) = export::totals(&rows);
    let said = match (actual, plan) {
        (Some(actual), None) => format!("{} as the statement does", actual.grouped(2)),
        (Some(actual), Some(plan)) => {
            format!(
                "{} as the statement does, and to {} as the plan does",
                actual.grouped(2),
                plan.grouped(2)
            )
        }
        (None, plan) => format!("{} as the plan does", plan.unwrap_or(carepact::Exact::ZERO).grouped(2)),
    };
    let note = format!("{}, which come to {said}\n{small}", plural(rows.rows.len(), "row"));
    let csv = rows.csv();
    match &arguments.output {
        Some(file) => {
            files::write_new(file, &csv).map_err(Refusal::of)?;
            Ok(Answer { err: note, ..Answer::fine(String::new()) })
        }
        None => Ok(Answer { err: note, ..Answer::fine(String::from_utf8_lossy(&csv).into_owned()) }),
    }
}
