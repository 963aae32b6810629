//! Events that more than one outcome pays or fines: the pounds for one event, all together.

use super::Warning;
use super::look::{Look, names_of};
use crate::analyse::{Payoff, Source, by_outcome};
use crate::contract::MeasureKind;
use crate::num::Exact;
use crate::source::rules;

/// What one event more or less moves under one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPay {
    /// The outcome.
    pub outcome: String,
    /// The clauses whose money follows it.
    pub clauses: Vec<String>,
    /// For each party that delivers care: what one event moves, up or down, where the data stand, and at
    /// most; nothing where the measure does not count events.
    pub pays: Option<Vec<(String, Exact, Exact)>>,
}

impl EventPay {
    /// What one event moves all parties that deliver care, where the data stand and at most.
    pub fn together(&self) -> (Exact, Exact) {
        let pays = self.pays.iter().flatten();
        let add = |(now, most): (Exact, Exact), (_, n, m): &(String, Exact, Exact)| (&now + n, &most + m);
        pays.fold((Exact::ZERO, Exact::ZERO), add)
    }
}

/// An event that more than one outcome pays for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The event, in the word of the contract.
    pub event: String,
    /// The outcomes.
    pub outcomes: Vec<EventPay>,
}

impl Overlap {
    /// What one event moves under all of them, where the data stand and at most.
    pub fn together(&self) -> (Exact, Exact) {
        let add = |(now, most): (Exact, Exact), (n, m): (Exact, Exact)| (&now + &n, &most + &m);
        self.outcomes.iter().map(EventPay::together).fold((Exact::ZERO, Exact::ZERO), add)
    }
}

/// The events of an outcome.
fn events(look: &Look<'_>, payoff: &Payoff) -> Vec<String> {
    let measure = look.measure(&payoff.outcome.measure);
    let members = payoff.outcome.members.iter().map(String::as_str);
    measure.and_then(|measure| measure.described.events.of(members).cloned()).unwrap_or_default()
}

/// All events that more than one outcome pays for, in the order in which they are named.
pub fn overlaps(look: &Look<'_>) -> Vec<Overlap> {
    let mut all: Vec<Overlap> = Vec::new();
    for (outcome, payoffs) in by_outcome(&look.findings.payoffs) {
        let moves = |payoff: &Payoff| payoff.incentives.iter().any(|i| payoff.moves(&i.party).sign() > 0);
        let (Some(first), true) = (payoffs.first(), payoffs.iter().copied().any(moves)) else {
            continue;
        };
        for event in events(look, first) {
            let clauses = look.clauses_moved(&payoffs);
            let pay = EventPay { outcome: outcome.clone(), clauses, pays: pays(look, &payoffs) };
            match all.iter_mut().find(|known| known.event == event) {
                Some(known) => known.outcomes.push(pay),
                None => all.push(Overlap { event, outcomes: vec![pay] }),
            }
        }
    }
    all.retain(|overlap| overlap.outcomes.len() > 1);
    all
}

/// What one event moves each party, in the period in which it moves most: along a slope, or over a cliff.
fn pays(look: &Look<'_>, payoffs: &[&Payoff]) -> Option<Vec<(String, Exact, Exact)>> {
    let mut paid: Vec<(String, Exact, Exact)> = Vec::new();
    for payoff in payoffs {
        let counted = events_in_a_unit(look, payoff)?;
        for incentive in &payoff.incentives {
            let for_one = |amount: &Exact| amount.checked_div(&counted).unwrap_or(Exact::ZERO);
            let steepest = incentive.least.abs().greater(&incentive.most.abs()).clone();
            let (now, most) = (for_one(&incentive.now.abs()), for_one(&steepest));
            let most = most.greater(&highest_cliff(payoff, &incentive.party)).clone();
            match paid.iter_mut().find(|(party, ..)| *party == incentive.party) {
                Some((_, known, known_most)) => {
                    *known = known.greater(&now).clone();
                    *known_most = known_most.greater(&most).clone();
                }
                None => paid.push((incentive.party.clone(), now, most)),
            }
        }
    }
    Some(paid)
}

/// The largest jump of a party's money, for the one event that leads over it.
fn highest_cliff(payoff: &Payoff, party: &str) -> Exact {
    let gains = payoff.cliffs.iter().flat_map(|cliff| &cliff.gains);
    gains.filter(|(known, _)| known == party).map(|(_, gain)| gain.abs()).max().unwrap_or(Exact::ZERO)
}

/// How many events one unit of improvement stands for: of a ratio a hundredth of its denominator.
fn events_in_a_unit(look: &Look<'_>, payoff: &Payoff) -> Option<Exact> {
    let outcome = &payoff.outcome;
    match (look.measure(&outcome.measure)?.kind, outcome.variable.source) {
        (_, Source::Ratio(_, denominator)) => {
            Some(&outcome.unit * &look.findings.facts[denominator.0 as usize])
        }
        (MeasureKind::Count | MeasureKind::Ratio, Source::Fact(_)) => Some(Exact::ONE),
        (
            MeasureKind::Money | MeasureKind::Number | MeasureKind::Flag | MeasureKind::Code(_),
            Source::Fact(_),
        ) => None,
    }
}

/// A warning for each of them.
pub fn warnings(look: &Look<'_>, overlaps: &[Overlap]) -> Vec<Warning> {
    let of_outcome = |outcome: &str| {
        let payoff = look.findings.payoffs.iter().find(|payoff| payoff.outcome.name() == outcome);
        payoff.map_or_else(Vec::new, names_of)
    };
    let warn = |overlap: &Overlap| {
        let each = overlap.outcomes.iter().map(|pay| {
            let amount = match pay.pays {
                Some(_) => format!("up to {}", look.money(&pay.together().1)),
                None => "an amount that cannot be told for one event".to_string(),
            };
            format!("`{}` ({amount})", pay.outcome)
        });
        let text = format!(
            "one `{}` is paid or fined by {}: up to {} together, {}",
            overlap.event,
            each.collect::<Vec<_>>().join(", "),
            look.money(&overlap.together().1),
            look.beside()
        );
        let mut of = vec![overlap.event.clone()];
        let mut clauses: Vec<String> = Vec::new();
        for pay in &overlap.outcomes {
            of.extend(of_outcome(&pay.outcome));
            clauses
                .extend(pay.clauses.iter().filter(|id| !clauses.contains(id)).cloned().collect::<Vec<_>>());
        }
        look.about_clauses(&rules::OVERLAP, clauses, of, text)
    };
    overlaps.iter().map(warn).collect()
}
