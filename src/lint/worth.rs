//! What each outcome is worth to each party that is held to it, and how many outcomes of equal worth that
//! comes to: 1/Σw², where w is an outcome's share of what all put at stake.

use std::collections::{BTreeMap, BTreeSet};

use super::Warning;
use super::look::{Look, names_of, percent};
use crate::analyse::{Payoff, Subject, Swings, by_outcome};
use crate::num::Exact;
use crate::plan::LineSpec;
use crate::source::rules;

/// What an outcome is worth to a party: the most that it can move the party's net income, from its worst
/// to its best, everything else as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// The party.
    pub party: String,
    /// The outcome.
    pub outcome: String,
    /// What it can move.
    pub amount: Exact,
    /// Of the party's income for services, where it has one.
    pub share: Option<Exact>,
}

/// How many outcomes of equal worth what is at stake comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concentration {
    /// The party; none for all parties that deliver care together.
    pub party: Option<String>,
    /// How many outcomes there are.
    pub outcomes: usize,
    /// How many of equal worth that comes to.
    pub effective: Exact,
}

/// Below this share of its income an outcome is not worth its reporting: 0.25 %.
fn noticed() -> Exact {
    Exact::scaled(25, 4)
}

/// What each outcome is worth to each party that a clause holds to it.
pub fn worth(look: &Look<'_>) -> Vec<Worth> {
    let mut found = Vec::new();
    let mut swings = Swings::new(look.analysis(), &look.findings.facts);
    for (outcome, payoffs) in by_outcome(&look.findings.payoffs) {
        let held = held(look, &payoffs);
        if let [first, _, ..] = payoffs.as_slice() {
            swings.vary(&first.outcome);
        }
        for party in look.delivering().filter(|party| held.contains(party.id.as_str())) {
            let amount = moved(look, &party.id, &payoffs, &mut swings);
            if amount.sign() > 0 {
                let income = look.income(&party.id).filter(|income| income.sign() > 0);
                let share = income.and_then(|income| amount.checked_div(&income));
                found.push(Worth { party: party.id.clone(), outcome: outcome.clone(), amount, share });
            }
        }
    }
    found
}

/// The parties that pay or are paid by a line whose money follows the outcome. Who guarantees the income of
/// another is not held to the other's outcomes.
fn held<'f>(look: &Look<'f>, payoffs: &[&Payoff]) -> BTreeSet<&'f str> {
    let mut held = BTreeSet::new();
    for payoff in payoffs {
        let moved = look.moved_by(&payoff.outcome.variable);
        let moves =
            |node| moved.binary_search(&node).is_ok() && look.plan.node(node).range.single().is_none();
        let follows =
            |line: &&LineSpec| look.clause(&line.clause).is_some_and(|clause| clause.kind.follows_outcomes);
        for line in look.lines_with(&moved).into_iter().filter(follows) {
            let parts = line.parts.iter().filter(|part| moves(part.amount));
            held.extend(parts.flat_map(|part| [part.payer.as_str(), part.payee.as_str()]));
        }
    }
    held
}

/// The most that an outcome can move a party, in all its periods together, where it is the one that varies.
fn moved(look: &Look<'_>, party: &str, payoffs: &[&Payoff], swings: &mut Swings<'_>) -> Exact {
    if payoffs.len() < 2 {
        return payoffs.iter().map(|payoff| payoff.moves(party)).sum();
    }
    let exposure = swings.exposure(&Subject::Party(party.to_string()), &look.findings.period);
    &exposure.most.bound - &exposure.least.bound
}

/// How many outcomes of equal worth that comes to, for each party and for all together.
pub fn concentrations(look: &Look<'_>, worth: &[Worth]) -> Vec<Concentration> {
    let own = |party: &str| -> Vec<Exact> {
        worth.iter().filter(|worth| worth.party == party).map(|worth| worth.amount.clone()).collect()
    };
    let mut found = Vec::new();
    for party in look.delivering() {
        found.extend(concentration(Some(party.id.clone()), &own(&party.id)));
    }
    let mut all: BTreeMap<&str, Exact> = BTreeMap::new();
    for one in worth {
        let sum = all.entry(&one.outcome).or_default();
        *sum = &*sum + &one.amount;
    }
    let all: Vec<Exact> = all.into_values().collect();
    found.extend(concentration(None, &all));
    found
}

fn concentration(party: Option<String>, amounts: &[Exact]) -> Option<Concentration> {
    let sum: Exact = amounts.iter().sum();
    let squares: Exact = amounts.iter().map(|amount| amount * amount).sum();
    let effective = (&sum * &sum).checked_div(&squares)?;
    Some(Concentration { party, outcomes: amounts.len(), effective })
}

/// Outcomes that are worth too little to a party.
pub fn warnings(look: &Look<'_>, worth: &[Worth]) -> Vec<Warning> {
    let mut found = Vec::new();
    for (outcome, payoffs) in by_outcome(&look.findings.payoffs) {
        let little: Vec<&Worth> = worth
            .iter()
            .filter(|worth| worth.outcome == outcome)
            .filter(|worth| worth.share.as_ref().is_some_and(|share| *share < noticed()))
            .collect();
        let Some(first) = payoffs.first().filter(|_| !little.is_empty()) else { continue };
        let each: Vec<String> = little
            .iter()
            .filter_map(|worth| {
                let share = percent(worth.share.as_ref()?);
                Some(format!("{} to `{}`, {share} of its income", look.money(&worth.amount), worth.party))
            })
            .collect();
        let text = format!("`{outcome}` is worth {}, {}", each.join(", and "), look.beside());
        let parties = little.iter().map(|worth| worth.party.clone());
        let of = names_of(first).into_iter().chain(parties).collect();
        let clauses = look.clauses_moved(&payoffs);
        found.push(look.about_clauses(&rules::DILUTED_INDICATOR, clauses, of, text));
    }
    found
}
