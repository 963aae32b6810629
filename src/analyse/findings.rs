//! All findings about a contract, alone or beside a baseline.

use std::collections::BTreeSet;

use super::bounding::Bounding;
use super::exposure::{Analysis, Exposure};
use super::holders::OfHolders;
use super::incentive::{Beside, Payoff};
use super::search::Budget;
use super::subject::Subject;
use crate::Model;
use crate::bind::Facts;
use crate::calendar::{Period, PeriodKind};
use crate::contract::Party;
use crate::num::Exact;
use crate::plan::NodeId;

/// A party's income from the contract in the period that is looked at: what it nets under clauses that
/// pay for services as such, before anything is held back, earned or lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Income {
    /// The party.
    pub party: String,
    /// Its income; not above 0 for who pays.
    pub amount: Exact,
    /// True when a clause that pays for services as such concerns it.
    pub is_of_services: bool,
}

impl Income {
    pub(super) fn none(party: &str) -> Income {
        Income { party: party.to_string(), amount: Exact::ZERO, is_of_services: false }
    }
}

/// An amount as a share of a party's own income, where it has one.
pub(super) fn share_of(amount: &Exact, income: &Income) -> Option<Exact> {
    amount.checked_div(&income.amount).filter(|_| income.amount.sign() > 0)
}

/// What a party can gain or lose by outcomes alone, everything else as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtStake {
    /// The party.
    pub party: String,
    /// The clause; none for all clauses together.
    pub clause: Option<String>,
    /// The least and most.
    pub exposure: Exposure,
    /// The most less the least, over the party's income, where it has one.
    pub share: Option<Exact>,
}

impl AtStake {
    /// The most less the least.
    pub fn amount(&self) -> Exact {
        &self.exposure.most.bound - &self.exposure.least.bound
    }
}

/// Everything that was found.
#[derive(Debug)]
pub struct Findings<'m> {
    /// The analysis that found it.
    pub analysis: Analysis<'m>,
    /// The facts beside which outcomes were looked at.
    pub facts: Vec<Exact>,
    /// True when these are a baseline, false when each is the middle of its range.
    pub has_baseline: bool,
    /// The period in which outcomes were looked at, and its key.
    pub period: (Period, String),
    /// Least and most of every party and clause, over all admissible data.
    pub exposures: Vec<Exposure>,
    /// What each party nets for services.
    pub incomes: Vec<Income>,
    /// What outcomes move, for each party and clause.
    pub at_stake: Vec<AtStake>,
    /// What each outcome pays.
    pub payoffs: Vec<Payoff>,
    /// Of a party that is many, what outcomes move for each holder of the baseline.
    pub holders: Option<OfHolders>,
}

impl Model {
    /// Makes the model ready to be analysed.
    pub fn analysis(&self, budget: Budget) -> Analysis<'_> {
        Analysis::new(self, budget)
    }

    /// Everything that can be found about the contract: over all admissible data, and what outcomes do
    /// beside a baseline (without one, beside the middle of every range).
    pub fn audit(&self, baseline: Option<&Facts>, budget: Budget) -> Findings<'_> {
        self.audit_of(baseline, 0, budget)
    }

    /// The same; of a party that is many, beside the holder of the baseline at a place.
    pub fn audit_of(&self, baseline: Option<&Facts>, holder: usize, budget: Budget) -> Findings<'_> {
        let mut analysis = self.analysis(budget);
        analysis.look_at(baseline, holder);
        let (facts, period) = analysis.beside(baseline);
        let holders = analysis.of_holders(&period);
        let beside = Beside { facts: &facts, period: period.0 };
        // What holds for all data and what holds beside some have nothing in common but the plan.
        let beside_data = || {
            let incomes = analysis.incomes(beside);
            let at_stake = analysis.at_stake(beside, &period, &incomes);
            (incomes, at_stake, analysis.payoffs(beside))
        };
        let (exposures, (incomes, at_stake, payoffs)) = both(|| analysis.exposures(), beside_data);
        let has_baseline = baseline.is_some();
        Findings { analysis, facts, has_baseline, period, exposures, incomes, at_stake, payoffs, holders }
    }
}

/// Does two things that have nothing to do with each other, at the same time where there are processors.
pub(super) fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}

impl Analysis<'_> {
    /// The facts and the period that a baseline is about; without one, the middle of every range in the
    /// first contract year. Of a party that is many, the holder that is looked at counts.
    pub fn beside(&self, baseline: Option<&Facts>) -> (Vec<Exact>, (Period, String)) {
        let calendar = &self.contract().calendar;
        let first = calendar.all(PeriodKind::Year).first().copied().unwrap_or(Period::TERM);
        match baseline.and_then(|facts| facts.lanes.get(self.holders.place()).map(|lane| (facts, lane))) {
            Some((facts, lane)) => {
                let period = facts.selection.periods.first().copied().unwrap_or(first);
                // A term of one contract year goes by the name of the year.
                let is_year = period == Period::TERM && calendar.all(PeriodKind::Year).len() == 1;
                let period = if is_year { first } else { period };
                (lane.values.clone(), (period, calendar.key(period)))
            }
            None => (self.variables.middle(), (first, calendar.key(first))),
        }
    }

    /// What each party nets for services.
    pub fn incomes(&self, beside: Beside<'_>) -> Vec<Income> {
        let contract = self.contract();
        let paying = contract.clauses.iter().filter(|clause| clause.kind.pays_for_services);
        let paying: BTreeSet<&str> = paying.map(|clause| clause.id.as_str()).collect();
        let terms_of = |party: &Party| -> Vec<(Exact, NodeId)> {
            let clauses = self.clauses_of(&party.id).into_iter().filter(|clause| paying.contains(clause));
            let stakes =
                clauses.map(|clause| Subject::Stake { clause: clause.to_string(), party: party.id.clone() });
            stakes.flat_map(|stake| self.terms(&stake, beside.period)).collect()
        };
        let terms: Vec<Vec<(Exact, NodeId)>> = contract.parties.iter().map(terms_of).collect();
        let roots: Vec<NodeId> = terms.iter().flatten().map(|(_, node)| *node).collect();
        let values = self.values(&roots, beside.facts);
        let income = |(party, terms): (&Party, &Vec<(Exact, NodeId)>)| Income {
            party: party.id.clone(),
            amount: terms.iter().map(|(factor, node)| factor * values.of(*node)).sum(),
            is_of_services: self.clauses_of(&party.id).iter().any(|clause| paying.contains(clause)),
        };
        contract.parties.iter().zip(&terms).map(income).collect()
    }

    /// What outcomes move, for each party under each clause, and under all.
    pub fn at_stake(
        &self,
        beside: Beside<'_>,
        period: &(Period, String),
        incomes: &[Income],
    ) -> Vec<AtStake> {
        let variables = self.variables.beside(beside.facts, &|spec| self.is_outcome(spec));
        let mut outcomes: Vec<NodeId> =
            self.outcomes(&variables).iter().map(|outcome| outcome.variable.node).collect();
        outcomes.sort();
        let moved = self.readers.dependents(&outcomes, &|_| true);
        let moves = |node: NodeId| moved.binary_search(&node).is_ok();
        let mut bounding = Bounding::new(self, (&variables, Some(beside.facts)), None);
        let mut found = Vec::new();
        for income in incomes {
            let party = &income.party;
            for clause in self.clauses_of(party).into_iter().map(Some).chain([None]) {
                let subject = match clause {
                    Some(clause) => Subject::Stake { clause: clause.to_string(), party: party.clone() },
                    None => Subject::Party(party.clone()),
                };
                if !self.terms(&subject, period.0).iter().any(|(_, node)| moves(*node)) {
                    continue;
                }
                let exposure = self.exposure_by(&mut bounding, &subject, period);
                let amount = &exposure.most.bound - &exposure.least.bound;
                let share = share_of(&amount, income);
                let clause = clause.map(str::to_string);
                found.push(AtStake { party: party.clone(), clause, exposure, share });
            }
        }
        found.retain(|stake| !stake.amount().is_zero());
        found
    }
}
