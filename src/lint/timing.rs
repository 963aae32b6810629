//! Whether a contract can be worked: money that falls due before its data are known, and outcomes over so
//! few that one person decides.

use std::collections::BTreeMap;

use super::Warning;
use super::look::{Look, listed};
use crate::analyse::{Outcome, Source, Variable};
use crate::calendar::{Date, Period};
use crate::contract::Measure;
use crate::num::{Exact, Range};
use crate::plan::{FactId, FactSpec, LineSpec, NodeId, Op, Part};
use crate::source::rules;

/// Over fewer than so many an outcome should move no money.
const DENOMINATOR_LEAST: i64 = 20;

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> =
        look.contract.clauses.iter().flat_map(|clause| due_before_data(look, &clause.id)).collect();
    let mut ratios: BTreeMap<&str, Vec<(FactId, Outcome)>> = BTreeMap::new();
    for outcome in look.analysis().outcomes(look.analysis().variables.all()) {
        let numerator = outcome.variable.source.fact();
        let spec = &look.plan.facts()[numerator.0 as usize];
        if spec.part == Part::Numerator {
            ratios.entry(&spec.measure).or_default().push((numerator, outcome));
        }
    }
    let all = look.contract.measures.iter();
    found.extend(all.filter_map(|measure| few(look, measure, ratios.get(measure.name.as_str())?)));
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
    for due in look.live_lines_of(clause).iter().flat_map(|line| all_due(line)) {
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
fn few(look: &Look<'_>, declared: &Measure, ratios: &[(FactId, Outcome)]) -> Option<Warning> {
    let least = Exact::from(DENOMINATOR_LEAST);
    let mut outcomes: Vec<String> = Vec::new();
    for (numerator, outcome) in ratios {
        let name = outcome.name();
        if !outcomes.contains(&name) && moves_over_few(look, (*numerator, &outcome.variable), &least) {
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
    let of = members.chain([declared.name.clone()]).collect();
    Some(look.about(&rules::NO_MINIMUM_DENOMINATOR, declared.place.clone(), of, text))
}

/// True when the money of a line moves with a ratio although its denominator is below the least.
fn moves_over_few(look: &Look<'_>, (numerator, variable): (FactId, &Variable), least: &Exact) -> bool {
    let variables = &look.analysis().variables;
    let Some(denominator) = variables.denominator_under(numerator) else { return false };
    let range = look.plan.facts()[denominator.0 as usize].range.clone();
    if range.least >= *least {
        return false;
    }
    let moved = look.moved_by(variable);
    let mut lines: Vec<&LineSpec> = look.live_lines_with(&moved);
    lines.retain(|line| moved.binary_search(&line.amount).is_ok());
    // Where nothing but the ratio reads its denominator, no clause can look at how many there are.
    let node = variables.node_of(denominator);
    let (Source::Fact(_), Some(node)) = (variable.source, node) else { return !lines.is_empty() };
    let most = least - &range.step.clone().unwrap_or(Exact::ONE);
    let known = [(node, Range { most: most.lesser(&range.most).clone(), ..range })];
    lines.iter().any(|line| {
        let response = look.analysis().response_within(&[(Exact::ONE, line.amount)], variable, &known);
        !(response.rises && response.falls)
    })
}
