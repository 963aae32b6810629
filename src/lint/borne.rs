//! What parties can lose: losses that nothing caps, caps that a party cannot bear, risk that a prime keeps,
//! tax that nobody gives back, and populations too small to bear chance.

use std::collections::{BTreeMap, BTreeSet};

use super::Warning;
use super::look::{Look, listed, percent};
use crate::analyse::{Outcome, Source, Subject};
use crate::calendar::{Period, PeriodKind};
use crate::contract::MeasureKind;
use crate::num::{Exact, Range};
use crate::plan::{NodeId, Op, Part};
use crate::source::rules;

/// Fewest people that a payment per person should cover.
const COHORT_LEAST: i64 = 100_000;

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let mut found = uncapped(look);
    let without_cap: Vec<String> = found.iter().flat_map(|warning| warning.of.clone()).collect();
    found.extend(cap_looser(look, &without_cap));
    found.extend(risk_kept(look));
    found.extend(tax(look));
    found.extend(cohorts(look));
    found
}

/// Losses that grow to the very end of what can be counted, whatever the other data are.
fn uncapped(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    let analysis = look.analysis();
    for outcome in first_of_each_year(look, &analysis.outcomes(analysis.variables.all())) {
        let Some(end) = open_end(look, &outcome) else { continue };
        let moved = look.moved_by(&outcome.variable);
        let touched = look.live_lines_with(&moved);
        for party in look.delivering() {
            let parts = touched.iter().flat_map(|line| line.parts.iter().map(move |part| (line, part)));
            let own = parts.filter(|(_, part)| part.payer == party.id || part.payee == party.id);
            let under: BTreeSet<&str> = own.map(|(line, _)| line.clause.as_str()).collect();
            if under.is_empty() {
                continue;
            }
            let stake = |clause: &crate::contract::Clause| {
                let subject = Subject::Stake { clause: clause.id.clone(), party: party.id.clone() };
                (clause.id.clone(), analysis.terms(&subject, Period::TERM))
            };
            let loses = |terms: &[(Exact, NodeId)]| loss(look, &outcome, &end, terms);
            let clauses = look.contract.clauses.iter().filter(|clause| under.contains(clause.id.as_str()));
            let clauses = clauses.map(stake);
            let moving =
                clauses.filter(|(_, terms)| terms.iter().any(|(_, node)| moved.binary_search(node).is_ok()));
            let losing: Vec<(String, Exact)> = moving
                .filter(|(_, terms)| can_pay(look, terms))
                .filter_map(|(clause, terms)| Some((clause, loses(&terms)?)))
                .collect();
            let net = analysis.terms(&Subject::Party(party.id.clone()), Period::TERM);
            if losing.is_empty() || loses(&net).is_none() {
                continue;
            }
            for (clause, least) in losing {
                let known = found.iter().any(|w| w.clauses == [clause.clone()] && w.of.contains(&party.id));
                if !known {
                    let text = format!(
                        "under `{clause}` each further {} of `{}` costs `{}` {} or more, to the end of the range",
                        outcome.unit_words,
                        outcome.name(),
                        party.id,
                        look.money(&least)
                    );
                    let of = vec![party.id.clone(), outcome.measure.clone()];
                    found.push(look.about_clauses(&rules::UNCAPPED_PENALTY, vec![clause], of, text));
                }
            }
        }
    }
    found
}

/// True when a party can come to pay under some lines; what it receives less of is no loss without an end.
fn can_pay(look: &Look<'_>, terms: &[(Exact, NodeId)]) -> bool {
    let least = |(factor, node): &(Exact, NodeId)| look.plan.node(*node).range.times_constant(factor).least;
    terms.iter().map(least).sum::<Exact>().sign() < 0
}

/// Of outcomes that are the same but for their period, the first in each contract year.
fn first_of_each_year(look: &Look<'_>, outcomes: &[Outcome]) -> Vec<Outcome> {
    let mut first: BTreeMap<(String, Option<Period>), Outcome> = BTreeMap::new();
    for outcome in outcomes {
        let spec = &look.plan.facts()[outcome.variable.source.fact().0 as usize];
        let year = look.contract.calendar.enclosing(spec.period.0, PeriodKind::Year);
        first.entry((outcome.name(), year)).or_insert_with(|| outcome.clone());
    }
    first.into_values().collect()
}

/// The last unit before the end of a range that stands for no end: of counts and money that grow worse
/// upwards, or below 0. A share of something ends by itself.
fn open_end(look: &Look<'_>, outcome: &Outcome) -> Option<Range> {
    let spec = &look.plan.facts()[outcome.variable.source.fact().0 as usize];
    let measure = look.measure(&outcome.measure)?;
    let counts = matches!(measure.kind, MeasureKind::Count | MeasureKind::Money);
    if !counts || spec.part != Part::Value || !matches!(outcome.variable.source, Source::Fact(_)) {
        return None;
    }
    let range = &outcome.variable.range;
    let end = if outcome.better < 0 {
        Range { least: &range.most - &outcome.unit, ..range.clone() }
    } else {
        Range { most: &range.least + &outcome.unit, ..range.clone() }
    };
    let is_open = if outcome.better < 0 { range.most.sign() > 0 } else { range.least.sign() < 0 };
    (is_open && range.least < range.most && end.least >= range.least && end.most <= range.most).then_some(end)
}

/// What the last unit of worsening costs at the least, for any admissible data, where it always costs.
fn loss(look: &Look<'_>, outcome: &Outcome, end: &Range, terms: &[(Exact, NodeId)]) -> Option<Exact> {
    let known = [(outcome.variable.node, end.clone())];
    let response = look.analysis().response_within(terms, &outcome.variable, &known);
    let (least, most) = response.of_rise(&outcome.unit);
    let lost = if outcome.better < 0 { -&most } else { least };
    (lost.sign() > 0).then_some(lost)
}

/// Parties that would owe more than they earn, by outcomes alone, although their losses are capped.
fn cap_looser(look: &Look<'_>, without_cap: &[String]) -> Vec<Warning> {
    let mut found = Vec::new();
    let whole = look.findings.at_stake.iter().filter(|stake| stake.clause.is_none());
    for stake in whole {
        let party = &stake.party;
        let delivers = look.delivering().any(|known| known.id == *party);
        let Some(income) = look.income(party) else { continue };
        let worst = &stake.exposure.least.found;
        if !delivers || without_cap.contains(party) || income.sign() <= 0 || worst.sign() >= 0 {
            continue;
        }
        let mut under: Vec<_> = look.findings.at_stake.iter().collect();
        under.retain(|other| other.party == *party && other.exposure.least.found.sign() < 0);
        under.sort_by_key(|other| other.exposure.least.found.clone());
        let clauses: Vec<String> = under.into_iter().filter_map(|other| other.clause.clone()).collect();
        let text = format!(
            "with outcomes at their worst `{party}` ends the year owing {}, {}; its income for services is {}",
            look.money(&-worst),
            look.beside(),
            look.money(&income)
        );
        let of = vec![party.clone()];
        found.push(if clauses.is_empty() {
            look.about(&rules::CAP_LOOSER_THAN_INCOME, look.party_place(party), of, text)
        } else {
            look.about_clauses(&rules::CAP_LOOSER_THAN_INCOME, clauses, of, text)
        });
    }
    found
}

/// Primes that pass on less than half of the rate at which they are held.
fn risk_kept(look: &Look<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    let at_stake = |party: &str| {
        let mut whole = look.findings.at_stake.iter().filter(|stake| stake.clause.is_none());
        whole.find(|stake| stake.party == party).map_or(Exact::ZERO, crate::analyse::AtStake::amount)
    };
    let primes = look.contract.parties.iter();
    for prime in primes.filter(|party| party.role.as_deref().is_some_and(|role| role.starts_with("prime_"))) {
        let (own, Some(income)) = (at_stake(&prime.id), look.income(&prime.id)) else { continue };
        let below: Vec<String> = paid_by(look, &prime.id).into_keys().collect();
        let earned: Exact = below.iter().filter_map(|party| look.income(party)).sum();
        let passed: Exact = below.iter().map(|party| at_stake(party)).sum();
        let rate = own.checked_div(&income).filter(|_| income.sign() > 0).unwrap_or(Exact::ONE);
        let Some(rate_below) = passed.checked_div(&earned).filter(|_| earned.sign() > 0) else { continue };
        if own.sign() <= 0 || &rate_below + &rate_below >= rate {
            continue;
        }
        let none: Vec<String> = below.iter().filter(|party| at_stake(party).is_zero()).cloned().collect();
        let of_income = match income.sign() > 0 {
            true => format!("{} of its own income", percent(&rate)),
            false => "and has no income of its own".to_string(),
        };
        let nothing = match none.is_empty() {
            true => String::new(),
            false => format!("; {} has nothing at stake", listed(&none)),
        };
        let text = format!(
            "`{}` is held for {}, {of_income}; those that it pays for services for {} of theirs{nothing}",
            prime.id,
            look.money(&own),
            percent(&rate_below)
        );
        let of = [vec![prime.id.clone()], none].concat();
        found.push(look.about(&rules::RISK_KEPT_BY_PRIME, look.party_place(&prime.id), of, text));
    }
    found
}

/// What a party pays to each other that delivers care, for services in the period that is looked at.
fn paid_by(look: &Look<'_>, payer: &str) -> BTreeMap<String, Exact> {
    let delivering: BTreeSet<&str> = look.delivering().map(|party| party.id.as_str()).collect();
    let mut paid: BTreeMap<String, Vec<(Exact, NodeId)>> = BTreeMap::new();
    for line in look.lines().filter(|line| look.pays_for_services(line)) {
        let own = line.parts.iter().filter(|part| part.payer == payer);
        for part in own.filter(|part| delivering.contains(part.payee.as_str())) {
            paid.entry(part.payee.clone()).or_default().push((Exact::ONE, part.amount));
        }
    }
    let value = |terms: Vec<(Exact, NodeId)>| look.analysis().value(&terms, &look.findings.facts);
    paid.into_iter().map(|(payee, terms)| (payee, value(terms))).collect()
}

/// Parties that buy services and cannot recover the tax on them.
fn tax(look: &Look<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    for party in look.delivering().filter(|party| !party.recovers_tax) {
        let paid = paid_by(look, &party.id);
        let total: Exact = paid.values().sum();
        if paid.is_empty() {
            continue;
        }
        let payees: Vec<String> = paid.into_keys().collect();
        let text = format!(
            "`{}` cannot recover tax, and pays {} for services a year to {}, {}",
            party.id,
            look.money(&total),
            listed(&payees),
            look.beside()
        );
        let of = vec![party.id.clone()];
        found.push(look.about(&rules::IRRECOVERABLE_TAX, look.party_place(&party.id), of, text));
    }
    found
}

/// Clauses that pay for people, whatever care they need, and cover too few. Without data the most that the
/// contract admits is held against the rule.
fn cohorts(look: &Look<'_>) -> Vec<Warning> {
    let mut found = Vec::new();
    let least = Exact::from(COHORT_LEAST);
    for clause in look.contract.clauses.iter().filter(|clause| clause.kind.covers_people) {
        let largest = people(look, &clause.id).into_iter().max_by(|a, b| a.1.cmp(&b.1));
        let Some((measure, count)) = largest.filter(|(_, count)| *count < least) else { continue };
        let payees = look.contract.parties_of(&clause.to);
        let payees: Vec<String> = payees.into_iter().map(|id| look.contract.party(id).id.clone()).collect();
        let word = if look.findings.has_baseline { "is paid for" } else { "can be paid for no more than" };
        let text = format!(
            "`{}` {word} a population of {} (`{measure}`): chance in the care that so few need is borne by {}",
            clause.id,
            count.grouped(0),
            listed(&payees)
        );
        found.push(look.about_clauses(&rules::COHORT_TOO_SMALL, vec![clause.id.clone()], payees, text));
    }
    found
}

/// The counts that a clause reads in the period that is looked at, each as the mean of its periods.
fn people(look: &Look<'_>, clause: &str) -> BTreeMap<String, Exact> {
    let (calendar, period) = (&look.contract.calendar, look.findings.period.0);
    let lines = look.live_lines_of(clause).iter().filter(|line| calendar.contains(period, line.period.0));
    let behind = look.plan.behind(lines.map(|line| line.amount));
    let mut counted: BTreeMap<String, (Exact, BTreeSet<Period>)> = BTreeMap::new();
    for node in behind.iter().map(|node| look.plan.node(*node)) {
        let Op::Fact(fact) = &node.op else { continue };
        let spec = &look.plan.facts()[fact.0 as usize];
        let measure = look.measure(&spec.measure).filter(|measure| measure.kind == MeasureKind::Count);
        let inside = calendar.contains(period, spec.period.0);
        if measure.is_none() || spec.part != Part::Value || !inside {
            continue;
        }
        let value = match look.findings.has_baseline {
            true => look.findings.facts[fact.0 as usize].clone(),
            false => node.range.most.clone(),
        };
        let entry = counted.entry(spec.measure.clone()).or_default();
        entry.0 = &entry.0 + &value;
        entry.1.insert(spec.period.0);
    }
    let mean = |(sum, periods): (Exact, BTreeSet<Period>)| {
        let periods = i64::try_from(periods.len()).unwrap_or(1);
        sum.checked_div(&Exact::from(periods)).unwrap_or(Exact::ZERO)
    };
    counted.into_iter().map(|(measure, counted)| (measure, mean(counted))).collect()
}
