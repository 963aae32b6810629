//! What money is paid for: outcomes that earn it where they stood already, clauses that others mute, and
//! areas of integrated care that nobody is paid for.

use super::look::{Look, listed, names_of, percent};
use super::{MutedFor, Warning};
use crate::analyse::{Beside, Payoff, by_outcome};
use crate::describe::areas;
use crate::num::Exact;
use crate::plan::{LineSpec, NodeId};
use crate::source::rules;

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>, muted: &[MutedFor]) -> Vec<Warning> {
    let mut found = standing_still(look);
    found.extend(muted_clauses(look, muted));
    found.extend(unassigned(look));
    found
}

/// Outcomes under which a clause pays at the baseline, and less at the worst.
fn standing_still(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    for (_, payoffs) in by_outcome(&look.findings.payoffs) {
        let Some(payoff) = payoffs.first() else { continue };
        let Some((baseline, is_declared)) = baseline(look, payoff) else { continue };
        for (clause, paid, most) in paid_at(look, payoff, &baseline) {
            let share = paid.checked_div(&most).map_or(String::new(), |share| percent(&share));
            let from = if is_declared { "at its baseline of" } else { "where the data stand, at" };
            let text = format!(
                "{from} {} `{}` already earns {share} of what it can under `{clause}`: {} of {}, {}",
                value(payoff, &baseline),
                payoff.outcome.name(),
                look.money(&paid),
                look.money(&most),
                look.beside()
            );
            let rule = &rules::PAID_FOR_STANDING_STILL;
            found.push(look.about_clauses(rule, vec![clause], names_of(payoff), text));
        }
    }
    found
}

/// Where an outcome stood before the contract: as its measure declares; where that declares none for any
/// member, as the data stand.
fn baseline(look: &Look<'_>, payoff: &Payoff) -> Option<(Exact, bool)> {
    let declared = &look.measure(&payoff.outcome.measure)?.described.baseline;
    if declared.is_given() {
        let members = payoff.outcome.members.iter().map(String::as_str);
        return declared.of(members).map(|value| (value.clone(), true));
    }
    look.findings.has_baseline.then(|| (payoff.now.clone(), false))
}

/// The clauses that pay parties which deliver care more at a value of an outcome than at its worst, without
/// those that pay for services: what they pay there, and the most that they can pay.
fn paid_at(look: &Look<'_>, payoff: &Payoff, at: &Exact) -> Vec<(String, Exact, Exact)> {
    let variable = &payoff.outcome.variable;
    let moved = look.moved_by(variable);
    let touched = look.lines_with(&moved);
    let analysis = look.analysis();
    let known = |at: &Exact| analysis.variables.with(&look.findings.facts, (variable.source, at));
    let rising = payoff.outcome.better > 0;
    let range = &variable.range;
    let (worst, best) = if rising { (&range.least, &range.most) } else { (&range.most, &range.least) };
    let mut found = Vec::new();
    for clause in look.contract.clauses.iter().filter(|clause| !clause.kind.pays_for_services) {
        let lines = touched.iter().copied().filter(|line| line.clause == clause.id);
        let moving = lines.filter(|line| moved.binary_search(&line.amount).is_ok());
        let terms: Vec<(Exact, NodeId)> = moving.flat_map(|line| received(look, line)).collect();
        if terms.is_empty() {
            continue;
        }
        let value = |at: &Exact| analysis.value(&terms, &known(at));
        let (paid, least) = (value(at), value(worst));
        if paid > least && paid.sign() > 0 {
            let most = value(best).greater(&paid).clone();
            found.push((clause.id.clone(), paid, most));
        }
    }
    found
}

/// What parties that deliver care receive from those that commission by a line, less what they pay them.
fn received(look: &Look<'_>, line: &LineSpec) -> Vec<(Exact, NodeId)> {
    let parts = line.parts.iter().map(|part| {
        let sign = i64::from(look.commissions(&part.payer)) - i64::from(look.commissions(&part.payee));
        (Exact::from(sign), part.amount)
    });
    parts.filter(|(sign, _)| !sign.is_zero()).collect()
}

/// A value of an outcome: a percentage where its unit is a hundredth.
fn value(payoff: &Payoff, at: &Exact) -> String {
    if payoff.outcome.unit == Exact::ONE { at.grouped(usize::from(!at.is_whole()) * 2) } else { percent(at) }
}

/// Where clauses mute others, for each outcome, periods with the same clauses together.
pub fn muted(look: &Look<'_>) -> Vec<MutedFor> {
    let findings = look.findings;
    let beside = Beside { facts: &findings.facts, period: findings.period.0 };
    let mut all: Vec<MutedFor> = Vec::new();
    let of_each = look.analysis().muted(&findings.payoffs, beside);
    for (index, (payoff, own)) in findings.payoffs.iter().zip(of_each).enumerate() {
        for muted in own {
            let (outcome, period) = (payoff.outcome.name(), payoff.outcome.period.clone());
            let same = |known: &&mut MutedFor| {
                let (a, b) = (&known.muted, &muted);
                known.outcome == outcome
                    && !known.periods.contains(&period)
                    && (&a.party, &a.clause, &a.by) == (&b.party, &b.clause, &b.by)
            };
            match all.iter_mut().find(same) {
                Some(known) => known.periods.push(period),
                None => all.push(MutedFor { outcome, periods: vec![period], payoff: index, muted }),
            }
        }
    }
    all
}

fn muted_clauses(look: &Look<'_>, all: &[MutedFor]) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    for one in all {
        let payoff = &look.findings.payoffs[one.payoff];
        let muted = &one.muted;
        let text = format!(
            "`{}` moves `{}` by {} for each {} that `{}` improves, and from {} to {} {} takes all of it back, {}",
            muted.clause,
            muted.party,
            look.money(&muted.alone),
            payoff.outcome.unit_words,
            one.outcome,
            value(payoff, &muted.from),
            value(payoff, &muted.to),
            listed(&muted.by),
            look.beside()
        );
        let clauses = muted.by.iter().chain([&muted.clause]).cloned().collect();
        let of = [names_of(payoff), vec![muted.party.clone()]].concat();
        found.push(look.about_clauses(&rules::MUTED_CLAUSE, clauses, of, text));
    }
    found
}

/// Areas of integrated care without money on them, where the contract names areas at all.
fn unassigned(look: &Look<'_>) -> Vec<Warning> {
    let all = areas(look.contract);
    if all.iter().all(|area| !area.observed) {
        return Vec::new();
    }
    let without: Vec<_> = all.iter().filter(|area| area.covers.is_empty()).collect();
    if without.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = without.iter().map(|area| format!("{} {}", area.number, area.name)).collect();
    let of = without.iter().map(|area| area.number.to_string()).collect();
    let text = format!("nobody is paid for {} of the ten areas: {}", without.len(), names.join("; "));
    vec![look.about(&rules::UNASSIGNED_AREA, look.place_of("measures"), of, text)]
}
