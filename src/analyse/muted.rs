//! Caps, floors and guarantees that mute other clauses: ranges of an outcome in which one clause moves a
//! party's money, and others take all of it back.
//!
//! Beside known data each clause's money is a broken line of the outcome. Where the party's net income is
//! level and a line of it is not, the lines cancel.

use std::collections::BTreeSet;

use super::curve::{Drawing, Stretch, Sum};
use super::exposure::Analysis;
use super::incentive::{Beside, Payoff};
use super::subject::Subject;
use crate::evaluate::Values;
use crate::num::{Exact, Line};
use crate::plan::NodeId;

/// A range of an outcome in which a clause moves a party's money and others take all of it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Muted {
    /// The party.
    pub party: String,
    /// The clause that is muted.
    pub clause: String,
    /// The clauses that take it back.
    pub by: Vec<String>,
    /// From this value of the outcome.
    pub from: Exact,
    /// To this value.
    pub to: Exact,
    /// What one unit of improvement would pay under the muted clause alone, where the range begins.
    pub alone: Exact,
    /// True when the data lie in it.
    pub holds_data: bool,
}

/// A clause under which an outcome moves a party's money.
struct Moved {
    clause: String,
    sum: Vec<(Exact, NodeId)>,
}

impl Analysis<'_> {
    /// For each outcome where clauses mute one another, beside the data of its payoff.
    pub fn muted(&self, payoffs: &[Payoff], beside: Beside<'_>) -> Vec<Vec<Muted>> {
        let parties = self.contract().parties.iter();
        let terms = parties.flat_map(|party| self.terms(&Subject::Party(party.id.clone()), beside.period));
        let roots: Vec<NodeId> = terms.map(|(_, node)| node).collect();
        let known = self.values(&roots, beside.facts);
        payoffs.iter().map(|payoff| self.muted_for(payoff, beside, &known)).collect()
    }

    fn muted_for(&self, payoff: &Payoff, beside: Beside<'_>, known: &Values) -> Vec<Muted> {
        let node = payoff.outcome.variable.node;
        let moved = self.readers.dependents(&[node], &|_| true);
        let parties = payoff.incentives.iter().map(|incentive| incentive.party.as_str());
        let each: Vec<(&str, Vec<Moved>)> = parties
            .map(|party| (party, self.moved_under(party, beside, &moved)))
            .filter(|(_, clauses)| clauses.len() > 1)
            .collect();
        let sum = |one: &Moved| Sum { rest: Exact::ZERO, terms: one.sum.clone() };
        let sums: Vec<Sum> = each.iter().flat_map(|(_, all)| all.iter().map(sum)).collect();
        if sums.is_empty() {
            return Vec::new();
        }
        let stretches = self.stretches(payoff, beside, (&sums, moved, known));
        let mut found = Vec::new();
        let mut first = 0;
        for (party, clauses) in &each {
            let own = first..first + clauses.len();
            first = own.end;
            for stretch in &stretches {
                if let Some(muted) =
                    self.muted_in(payoff, (party, clauses), (stretch, &stretch.lines[own.clone()]))
                {
                    join(&mut found, muted);
                }
            }
        }
        found
    }

    /// The clauses under which nodes that an outcome moves pay a party, or it pays.
    fn moved_under(&self, party: &str, beside: Beside<'_>, moved: &[NodeId]) -> Vec<Moved> {
        let stake = |clause: &str| {
            let subject = Subject::Stake { clause: clause.to_string(), party: party.to_string() };
            Moved { clause: clause.to_string(), sum: self.terms(&subject, beside.period) }
        };
        let is_moved = |one: &Moved| one.sum.iter().any(|(_, node)| moved.binary_search(node).is_ok());
        self.clauses_of(party).into_iter().map(stake).filter(is_moved).collect()
    }

    /// With whom a party deals under a clause, and whether it is the party that pays.
    fn partners(&self, party: &str, clause: &str) -> BTreeSet<(&str, bool)> {
        let lines = self.plan().lines().iter().filter(|line| line.clause == clause);
        let pairs = lines.flat_map(|line| &line.parts).map(|part| (part.payer.as_str(), part.payee.as_str()));
        let own = pairs.filter(|(payer, payee)| *payer == party || *payee == party);
        own.map(|(payer, payee)| if payer == party { (payee, true) } else { (payer, false) }).collect()
    }

    /// The stretches on which sums are straight, with what moves with the outcome and what all else is.
    fn stretches(
        &self,
        payoff: &Payoff,
        beside: Beside<'_>,
        (sums, moved, known): (&[Sum], Vec<NodeId>, &Values),
    ) -> Vec<Stretch> {
        let (plan, variable) = (self.plan(), &payoff.outcome.variable);
        let roots: Vec<NodeId> = sums.iter().flat_map(|sum| &sum.terms).map(|(_, node)| *node).collect();
        let dependents = plan.read_by(moved, roots.iter().copied().collect());
        let values = |at: &Exact| {
            let values = self.values(&roots, &self.variables.with(beside.facts, (variable.source, at)));
            let total = |sum: &Sum| sum.terms.iter().map(|(factor, node)| factor * values.of(*node)).sum();
            sums.iter().map(total).collect()
        };
        let drawing =
            Drawing { plan, variable: variable.node, dependents: &dependents, known, values: &values };
        drawing.curve((&variable.range.least, &variable.range.most), sums).stretches
    }

    /// What a stretch mutes, when it does: the clause that the others read, else the first of the lines
    /// that rise with improvement.
    fn muted_in(
        &self,
        payoff: &Payoff,
        (party, clauses): (&str, &[Moved]),
        (stretch, lines): (&Stretch, &[Line]),
    ) -> Option<Muted> {
        let net: Exact = lines.iter().map(|line| &line.slope).sum();
        let tilted: Vec<usize> = (0..lines.len()).filter(|i| !lines[*i].slope.is_zero()).collect();
        if !net.is_zero() || tilted.len() < 2 {
            return None;
        }
        let reads = |reader: &Moved, read: &Moved| {
            let from: Vec<NodeId> = read.sum.iter().map(|(_, node)| *node).collect();
            let all = self.readers.dependents(&from, &|_| true);
            reader.sum.iter().any(|(_, node)| all.binary_search(node).is_ok())
        };
        let unit = &payoff.outcome.unit * &Exact::from(payoff.outcome.better);
        let first_read = tilted.iter().copied().find(|read| {
            tilted.iter().all(|other| other == read || !reads(&clauses[*read], &clauses[*other]))
        });
        let rising = || tilted.iter().copied().find(|i| (&lines[*i].slope * &unit).sign() > 0);
        let muted = first_read.or_else(rising)?;
        let others = tilted.iter().filter(|i| **i != muted);
        // Who passes money on to others has not lost it to those who paid it.
        let partners = self.partners(party, &clauses[muted].clause);
        let passes_on = |i: &usize| {
            let own = self.partners(party, &clauses[*i].clause);
            let pays_only = own.iter().all(|(_, pays)| *pays);
            let strangers = own.iter().all(|(other, _)| partners.iter().all(|(known, _)| known != other));
            pays_only && strangers
        };
        if others.clone().all(passes_on) {
            return None;
        }
        Some(Muted {
            party: party.to_string(),
            clause: clauses[muted].clause.clone(),
            by: others.map(|i| clauses[*i].clause.clone()).collect(),
            from: stretch.from.clone(),
            to: stretch.to.clone(),
            alone: &lines[muted].slope * &unit,
            holds_data: payoff.now >= stretch.from && payoff.now <= stretch.to,
        })
    }
}

/// Adds a range, to the last where it goes on.
fn join(found: &mut Vec<Muted>, next: Muted) {
    let same = |last: &&mut Muted| {
        (&last.party, &last.clause, &last.by, &last.to) == (&next.party, &next.clause, &next.by, &next.from)
    };
    match found.last_mut().filter(same) {
        Some(last) => {
            last.to = next.to;
            last.holds_data |= next.holds_data;
        }
        None => found.push(next),
    }
}
