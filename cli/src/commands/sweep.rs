//! `carepact sweep`: the exact payoff curve of one outcome.

use carepact::Diagnostic;
use carepact::Model;
use carepact::analyse::{Beside, Budget, Payoff};
use carepact::source::{Code, Severity};

use super::{Standing, beside};
use crate::answer::{Answer, Refusal};
use crate::audit::arguments::{SweepArguments, SweepFormat};
use crate::audit::{chart, curve, html};
use crate::files;

/// An outcome that the contract does not have.
pub static UNKNOWN_OUTCOME: Code = Code {
    name: "unknown-outcome",
    severity: Severity::Error,
    rule: "a curve is drawn of an outcome that moves money: a measure that says which way is better",
};

/// Draws the curve.
pub fn run(arguments: &SweepArguments) -> Answer {
    if let Some(Err(problem)) = arguments.chart.as_deref().map(files::refuse_existing) {
        return refused(problem);
    }
    let Standing { model, facts, holder } = match beside(&arguments.beside) {
        Ok(found) => found,
        Err(refusal) => return refusal.text(),
    };
    let mut analysis = model.analysis(Budget::default());
    analysis.look_at(facts.as_ref(), holder);
    let (facts, period) = analysis.beside(facts.as_ref());
    let beside = Beside { facts: &facts, period: period.0 };
    let variables = analysis.variables.beside(&facts, &|spec| analysis.is_outcome(spec));
    let outcomes = analysis.outcomes(&variables);
    let wanted = arguments.measure.replace(':', " ");
    let mut payoffs = outcomes
        .iter()
        .filter(|outcome| outcome.name() == wanted)
        .filter_map(|outcome| analysis.payoff(outcome.clone(), beside));
    match payoffs.next() {
        Some(payoff) => printed(arguments, &payoff, &model).unwrap_or_else(refused),
        None => {
            let mut known: Vec<String> =
                outcomes.iter().map(|outcome| outcome.name().replace(' ', ":")).collect();
            known.sort();
            known.dedup();
            let found = format!("no outcome `{}` moves money in {}", arguments.measure, period.1);
            let remedy = format!("name one of {}", known.join(", "));
            refused(files::problem(&UNKNOWN_OUTCOME, found, &remedy))
        }
    }
}

fn printed(arguments: &SweepArguments, payoff: &Payoff, model: &Model) -> Result<Answer, Diagnostic> {
    let out = match arguments.format {
        SweepFormat::Text => curve::text(payoff, model),
        SweepFormat::Csv => curve::csv(payoff, model),
        SweepFormat::Svg => chart::svg(payoff, model, "curve"),
        SweepFormat::Html => html::sweep(payoff, model, html::provenance(&arguments.beside)?),
    };
    if let Some(file) = &arguments.chart {
        files::write_new(file, chart::svg(payoff, model, "curve").as_bytes())?;
    }
    Ok(Answer::fine(out))
}

fn refused(problem: Diagnostic) -> Answer {
    Refusal::of(problem).text()
}
