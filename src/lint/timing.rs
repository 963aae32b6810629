//! Whether a contract can be worked: money that falls due before its data are known, and outcomes over so
//! few that one person decides.

use super::Warning;
use super::look::{Look, listed};
use crate::analyse::{Source, Variable};
use crate::calendar::{Date, Period};
use crate::num::{Exact, Range};
use crate::plan::{FactSpec, LineSpec, NodeId, Op, Part, PlanNodes};
use crate::source::rules;

/// Over fewer than so many an outcome should move no money.
const DENOMINATOR_LEAST: i64 = 20;

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> =
        look.contract.clauses.iter().flat_map(|clause| due_before_data(look, &clause.id)).collect();
    found.extend(look.contract.measures.iter().filter_map(|measure| few(look, &measure.name)));
    found
}

/// Something that falls due: when, and the amount.
struct Due<'l> {
    line: &'l LineSpec,
    period: Period,
    on: Date,
    amount: NodeId,
}

/// Measures that are known only after a clause falls due.
fn due_before_data(look: &Look<'_>, clause: &str) -> Vec<Warning> {
    let mut late: Vec<(String, String)> = Vec::new();
    for due in look.live_lines().filter(|line| line.clause == clause).flat_map(all_due) {
        for node in look.plan.behind([due.amount]) {
            let Op::Fact(fact) = &look.plan.node(node).op else { continue };
            let spec = &look.plan.facts()[fact.0 as usize];
            let Some(known) = known_on(look, spec, due.period).filter(|known| *known > due.on) else {
                continue;
            };
            if !late.iter().any(|(measure, _)| *measure == spec.measure) {
                let text = format!(
                    "`{}` falls due on {}, and `{}` of {} is known on {known}",
                    due.line.id, due.on, spec.measure, spec.period.1
                );
                late.push((spec.measure.clone(), text));
            }
        }
    }
    let warn = |(measure, text)| {
        look.about_clauses(&rules::DUE_BEFORE_DATA, vec![clause.to_string()], vec![measure], text)
    };
    late.into_iter().map(warn).collect()
}

/// The result of a line, and its instalments, where it is said when they fall due.
fn all_due(line: &LineSpec) -> Vec<Due<'_>> {
    let result = line.due.map(|on| Due { line, period: line.period.0, on, amount: line.amount });
    let instalments = line.instalments.iter().filter_map(|instalment| {
        Some(Due { line, period: instalment.period, on: instalment.due?, amount: instalment.amount })
    });
    result.into_iter().chain(instalments).collect()
}

/// When an observation is known, where its measure says after how many months. A level that is read in a
/// shorter period counts from the end of that.
fn known_on(look: &Look<'_>, spec: &FactSpec, read_in: Period) -> Option<Date> {
    let members = spec.members.iter().map(|(_, member)| member.as_str());
    let lag = *look.measure(&spec.measure)?.described.lag_months.of(members)?;
    let calendar = &look.contract.calendar;
    Some(calendar.months_after(spec.period.0, lag).min(calendar.months_after(read_in, lag)))
}

/// A ratio that moves money over fewer than the least denominator.
fn few(look: &Look<'_>, measure: &str) -> Option<Warning> {
    let declared = look.measure(measure)?;
    let least = Exact::from(DENOMINATOR_LEAST);
    let analysis = look.analysis();
    let mut outcomes: Vec<String> = Vec::new();
    for outcome in analysis.outcomes(analysis.variables.all()) {
        let spec = &look.plan.facts()[outcome.variable.source.fact().0 as usize];
        let is_ratio = outcome.measure == measure && spec.part == Part::Numerator;
        let name = outcome.name();
        if is_ratio && !outcomes.contains(&name) && moves_over_few(look, &outcome.variable, &least) {
            outcomes.push(name);
        }
    }
    if outcomes.is_empty() {
        return None;
    }
    let text = format!(
        "{} {} money over a denominator of {}",
        listed(&outcomes),
        if outcomes.len() == 1 { "moves" } else { "move" },
        declared.denominator_range.0.greater(&Exact::ONE).grouped(0)
    );
    let members =
        outcomes.iter().filter_map(|name| name.split_once(' ')).map(|(_, member)| member.to_string());
    let of = members.chain([measure.to_string()]).collect();
    Some(look.about(&rules::NO_MINIMUM_DENOMINATOR, declared.place.clone(), of, text))
}

/// True when the money of a line moves with a ratio although its denominator is below the least.
fn moves_over_few(look: &Look<'_>, variable: &Variable, least: &Exact) -> bool {
    let facts = look.plan.facts();
    let numerator = &facts[variable.source.fact().0 as usize];
    let is_its_denominator = |spec: &FactSpec| {
        spec.part == Part::Denominator
            && (&spec.measure, &spec.period, &spec.members)
                == (&numerator.measure, &numerator.period, &numerator.members)
    };
    let Some(range) = facts.iter().find(|spec| is_its_denominator(spec)).map(|spec| spec.range.clone())
    else {
        return false;
    };
    if range.least >= *least {
        return false;
    }
    let moved = look.moved_by(variable);
    let mut lines: Vec<&LineSpec> = look.live_lines_with(&moved);
    lines.retain(|line| moved.binary_search(&line.amount).is_ok());
    // Where nothing but the ratio reads its denominator, no clause can look at how many there are.
    let node_of = |fact_of: &FactSpec| {
        let is_it = |op: &Op| matches!(op, Op::Fact(fact) if facts[fact.0 as usize] == *fact_of);
        look.plan.nodes().iter().position(|node| is_it(&node.op))
    };
    let denominator = facts.iter().find(|spec| is_its_denominator(spec)).and_then(node_of);
    let (Source::Fact(_), Some(index)) = (variable.source, denominator) else { return !lines.is_empty() };
    let node = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
    let most = least - &range.step.clone().unwrap_or(Exact::ONE);
    let known = [(node, Range { most: most.lesser(&range.most).clone(), ..range })];
    lines.iter().any(|line| {
        let response = look.analysis().response_within(&[(Exact::ONE, line.amount)], variable, &known);
        !(response.rises && response.falls)
    })
}
