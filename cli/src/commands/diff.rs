//! `carepact diff`: what changed between two contracts, and who gains or loses.

use std::path::Path;

use carepact::analyse::{Budget, Comparison, Moved};
use carepact::bind::known_here;
use carepact::calendar::{Period, PeriodKind};
use carepact::describe::changes;
use carepact::source::Location;
use carepact::{Diagnostic, Facts, Model, Problems, Request};

use super::compile;
use crate::answer::{Answer, Refusal};
use crate::audit::arguments::AuditFormat;
use crate::audit::html::rests_on;
use crate::diff::arguments::DiffArguments;
use crate::diff::{Found, html, json, text};
use crate::observations::Unread;
use crate::progress::Progress;
use crate::{files, observations};

/// Says what changed.
pub fn run(arguments: &DiffArguments) -> Answer {
    compared(arguments).unwrap_or_else(|refusal| match arguments.format {
        AuditFormat::Json => refusal.json(),
        AuditFormat::Text | AuditFormat::Html => refusal.text(),
    })
}

fn compared(arguments: &DiffArguments) -> Result<Answer, Refusal> {
    let (before, after) = (compile(&arguments.before)?, compile(&arguments.after)?);
    let outside = |problems: Problems| Refusal { name: String::new(), document: None, problems: problems.0 };
    let comparison = Comparison::new(&before, &after).map_err(outside)?;
    let stated = at_baseline(arguments, &comparison, (&before, &after))?;
    let progress = Progress::of_work("bounding the change");
    let effects = comparison.effects(Budget { nodes: arguments.budget });
    progress.end();
    let found = Found {
        before: (&arguments.before, &before),
        after: (&arguments.after, &after),
        changes: changes(before.contract(), after.contract()),
        stated,
        comparison,
        effects,
    };
    Ok(match arguments.format {
        AuditFormat::Text => Answer::fine(text::text(&found)),
        AuditFormat::Json => Answer::json(&json::json(&found)),
        AuditFormat::Html => {
            let contracts = [
                ("Contract as it was", arguments.before.as_path()),
                ("Contract as it is to be", arguments.after.as_path()),
            ];
            let provenance = rests_on(&contracts, &arguments.baseline).map_err(Refusal::of)?;
            Answer::fine(html::html(&found, provenance))
        }
    })
}

/// What both come to with the same observations, period by period.
fn at_baseline(
    arguments: &DiffArguments,
    comparison: &Comparison<'_>,
    (before, after): (&Model, &Model),
) -> Result<Vec<(String, Vec<Moved>)>, Refusal> {
    if arguments.baseline.is_empty() {
        return Ok(Vec::new());
    }
    let refuse = |problems: Vec<Diagnostic>| Refusal { name: String::new(), document: None, problems };
    let observed = match observations::read(&arguments.baseline, None) {
        Ok(observed) => observed,
        Err(Unread::Files(problems) | Unread::Mapping(problems)) => return Err(refuse(problems)),
    };
    let sides = [
        (&arguments.before, before, known_here(before.contract(), after.contract(), &observed)),
        (&arguments.after, after, known_here(after.contract(), before.contract(), &observed)),
    ];
    let bind_both = |period: Option<String>| {
        let request = Request { period, as_of: arguments.as_of.into() };
        let bound = sides.each_ref().map(|(_, model, observed)| model.bind(observed, &request));
        match bound {
            [Ok(one), Ok(other)] => Ok((one, other)),
            unbound => {
                Err(refused(sides.each_ref().map(|(file, model, _)| (file.as_path(), *model)), unbound))
            }
        }
    };
    let keys = match &arguments.period {
        Some(period) => vec![period.clone()],
        None => years(&bind_both(None)?.0, (before, after)),
    };
    let mut found = Vec::new();
    for key in keys {
        let facts = bind_both(Some(key.clone()))?;
        found.push((key, comparison.stated(&before.evaluate(&facts.0), &after.evaluate(&facts.1))));
    }
    Ok(found)
}

/// Why observations could not be bound to one of two contracts, or to both. What lies in no contract is said
/// with the contract that it is a problem of, and once where it is one of both.
fn refused(sides: [(&Path, &Model); 2], bound: [Result<Facts, Problems>; 2]) -> Refusal {
    let problems = bound.map(|bound| bound.err().map_or_else(Vec::new, |problems| problems.0));
    let in_contract = |problem: &&Diagnostic| matches!(problem.location, Location::Document(_));
    for ((file, model), own) in sides.iter().zip(&problems) {
        let own: Vec<Diagnostic> = own.iter().filter(in_contract).cloned().collect();
        if !own.is_empty() {
            return Refusal::in_contract(files::name(file), model.contract(), own);
        }
    }
    let [first, second] = &problems;
    let told = |problem: &Diagnostic, whose: String| {
        let found = match problem.location {
            Location::Request => format!("{}, for {whose}", problem.found),
            Location::Document(_) | Location::Data { .. } => problem.found.clone(),
        };
        Diagnostic { found, ..problem.clone() }
    };
    let mut all = Vec::new();
    for problem in first {
        let both = second.contains(problem);
        let whose = if both { "both contracts".to_string() } else { files::name(sides[0].0) };
        all.push(told(problem, whose));
    }
    let only = second.iter().filter(|problem| !first.contains(problem));
    all.extend(only.map(|problem| told(problem, files::name(sides[1].0))));
    Refusal { name: String::new(), document: None, problems: all }
}

/// The contract years that are stated, one by one, and the term where all of several are; years that only
/// one contract has cannot be compared.
fn years(bound: &Facts, (before, after): (&Model, &Model)) -> Vec<String> {
    let years = |model: &Model| -> Vec<String> {
        let calendar = &model.contract().calendar;
        calendar.all(PeriodKind::Year).into_iter().map(|year| calendar.key(year)).collect()
    };
    let (own, others) = (years(before), years(after));
    let whole = bound.selection.periods.contains(&Period::TERM);
    let mut keys = if whole { own.clone() } else { bound.selection.keys.clone() };
    keys.retain(|key| others.contains(key));
    if whole && own == others && own.len() > 1 {
        keys.push(before.contract().calendar.key(Period::TERM));
    }
    keys
}
