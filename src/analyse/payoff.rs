//! What each outcome pays beside known data. Only what follows an outcome is worked out again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::curve::{Curve, Drawing, Sum};
use super::exposure::Analysis;
use super::incentive::{Beside, Drawn, Incentive, Payoff, Verdict, cliffs, dead_zones};
use super::outcome::Outcome;
use super::response::Responses;
use super::subject::Subject;
use super::variables::{Source, Variable, onto};
use crate::evaluate::{Statistics, Values, evaluate_again};
use crate::num::Exact;
use crate::plan::{Form, NodeId, Op, PlanNodes, Ranges};

impl Analysis<'_> {
    /// What every outcome pays beside some data.
    pub fn payoffs(&self, beside: Beside<'_>) -> Vec<Payoff> {
        let variables = self.variables.beside(beside.facts, &|spec| self.is_outcome(spec));
        let surroundings = Surroundings::new(self, beside);
        self.outcomes(&variables).into_iter().filter_map(|outcome| surroundings.payoff(outcome)).collect()
    }

    /// What an outcome pays; nothing when it moves no money in the period.
    pub fn payoff(&self, outcome: Outcome, beside: Beside<'_>) -> Option<Payoff> {
        Surroundings::new(self, beside).payoff(outcome)
    }
}

/// Known data, and what every party nets by them.
struct Surroundings<'s> {
    analysis: &'s Analysis<'s>,
    facts: &'s [Exact],
    values: Values,
    statistics: Statistics,
    nets: Vec<Exact>,
    /// The parties into whose nets a node enters, with its factor.
    enters: BTreeMap<NodeId, Vec<(usize, Exact)>>,
    declared: Ranges<'s>,
    /// Facts and values as known, but for those that are being tried.
    tried: RefCell<(Vec<Exact>, Values)>,
}

/// What follows an outcome: the nodes in rising order, and the parties whose nets move, with their sums.
struct Following {
    nodes: Vec<NodeId>,
    sums: BTreeMap<usize, Sum>,
}

impl<'s> Surroundings<'s> {
    fn new(analysis: &'s Analysis<'s>, beside: Beside<'s>) -> Surroundings<'s> {
        let parties = analysis.contract().parties.iter();
        let sums: Vec<Vec<(Exact, NodeId)>> =
            parties.map(|party| analysis.terms(&Subject::Party(party.id.clone()), beside.period)).collect();
        let roots: BTreeSet<NodeId> = sums.iter().flatten().map(|(_, node)| *node).collect();
        let roots: Vec<NodeId> = roots.into_iter().collect();
        let values = analysis.values(&roots, beside.facts);
        let plan = analysis.plan();
        let needed = plan.needed_by(roots.iter().copied());
        let mut enters: BTreeMap<NodeId, Vec<(usize, Exact)>> = BTreeMap::new();
        for (index, sum) in sums.iter().enumerate() {
            for (factor, node) in sum {
                enters.entry(*node).or_default().push((index, factor.clone()));
            }
        }
        let net =
            |sum: &Vec<(Exact, NodeId)>| sum.iter().map(|(factor, node)| factor * values.of(*node)).sum();
        Surroundings {
            analysis,
            facts: beside.facts,
            nets: sums.iter().map(net).collect(),
            enters,
            declared: Ranges::declared(plan),
            statistics: analysis.holders.statistics(plan, beside.facts, &needed),
            tried: RefCell::new((beside.facts.to_vec(), values.clone())),
            values,
        }
    }

    /// What follows an outcome; nothing when nobody's money does.
    fn following(&self, node: NodeId) -> Option<Following> {
        let all = self.analysis.readers.dependents(&[node], &|_| true);
        let mut sums: BTreeMap<usize, Sum> = BTreeMap::new();
        let mut needed: BTreeSet<NodeId> = BTreeSet::new();
        for moved in [node].iter().chain(&all) {
            for (party, factor) in self.enters.get(moved).into_iter().flatten() {
                let rest = self.nets[*party].clone();
                let sum = sums.entry(*party).or_insert(Sum { rest, terms: Vec::new() });
                sum.rest = &sum.rest - &(factor * self.values.of(*moved));
                sum.terms.push((factor.clone(), *moved));
                needed.insert(*moved);
            }
        }
        if sums.is_empty() {
            return None;
        }
        Some(Following { nodes: self.analysis.plan().read_by(all, needed), sums })
    }

    /// What sums come to when an outcome has another value.
    fn at(&self, variable: &Variable, following: &Following, at: &Exact) -> Vec<Exact> {
        let plan = self.analysis.plan();
        let (facts, values) = &mut *self.tried.borrow_mut();
        let (fact, observed) = match variable.source {
            Source::Fact(fact) => (fact, at.clone()),
            Source::Ratio(numerator, denominator) => (numerator, at * &self.facts[denominator.0 as usize]),
        };
        facts[fact.0 as usize] = observed;
        let mut again = plan.behind([variable.node]);
        again.extend(&following.nodes);
        if !again.iter().any(|node| matches!(plan.node(*node).op, Op::Statistic(_))) {
            let holder = self.analysis.holders.place();
            evaluate_again(plan, facts, (&self.statistics, holder), (&again, values));
        } else {
            let roots: Vec<NodeId> =
                following.sums.values().flat_map(|sum| &sum.terms).map(|(_, node)| *node).collect();
            *values = self.analysis.values(&roots, facts);
        }
        let total = |sum: &Sum| {
            let moved: Exact = sum.terms.iter().map(|(factor, node)| factor * values.of(*node)).sum();
            &sum.rest + &moved
        };
        let totals = following.sums.values().map(total).collect();
        facts[fact.0 as usize] = self.facts[fact.0 as usize].clone();
        values.take(&again, &self.values);
        totals
    }

    fn payoff(&self, outcome: Outcome) -> Option<Payoff> {
        let range = &outcome.variable.range;
        let following = self.following(outcome.variable.node).filter(|_| range.least < range.most)?;
        let (contract, plan) = (self.analysis.contract(), self.analysis.plan());
        let variable = &outcome.variable;
        let now = self.values.of(variable.node).clone();
        let sums: Vec<Sum> = following.sums.values().cloned().collect();
        let values = |at: &Exact| self.at(variable, &following, at);
        let drawing = Drawing {
            plan,
            variable: variable.node,
            dependents: &following.nodes,
            known: &self.values,
            values: &values,
        };
        let curve = drawing.curve((&range.least, &range.most), &sums);
        let points = points(&curve, (variable, &now), &values);
        let step = plan.node(variable.node).range.step.as_ref();
        let known = (plan, &self.analysis.forms, &self.declared);
        let responses = Responses::new(known, variable.node, step, &following.nodes);
        let parties: Vec<&crate::contract::Party> =
            following.sums.keys().map(|index| &contract.parties[*index]).collect();
        let delivering =
            parties.iter().enumerate().filter(|(_, party)| party.role.as_deref() != Some("commissioner"));
        let each = delivering.map(|(index, party)| {
            let drawn = Drawn { outcome: &outcome, curve: &curve, points: &points, index, now: &now };
            let (least, most, at_data) = drawn.slopes();
            let verdict = self.verdict(&drawn, &sums[index], &responses);
            Incentive { party: party.id.clone(), least, most, now: at_data, verdict }
        });
        let incentives: Vec<Incentive> = each.collect();
        let parties: Vec<String> = parties.iter().map(|party| party.id.clone()).collect();
        let counted = match variable.source {
            Source::Ratio(_, denominator) => self.facts[denominator.0 as usize].clone(),
            Source::Fact(_) => Exact::ONE,
        };
        let cliffs = cliffs(&outcome, &curve, (&parties, &now, counted));
        let dead_zones = dead_zones(&curve, &now);
        Some(Payoff { outcome, now, parties, incentives, cliffs, dead_zones, curve, points })
    }

    /// What rounding alone may take: a minor unit for each line that moves, and in a split line one for
    /// each part, because who takes the rest of it gives way to all others.
    fn odd_pennies(&self, sum: &Sum) -> Exact {
        let plan = self.analysis.plan();
        let parts = sum.terms.iter().map(|(_, node)| match &plan.node(*node).op {
            Op::Share(split, _) => plan.split(*split).weights.len(),
            Op::Const(_)
            | Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Statistic(_) => 1,
        });
        let count = i64::try_from(parts.sum::<usize>()).unwrap_or(i64::MAX);
        &Exact::scaled(1, self.analysis.contract().minor_places) * &Exact::from(count)
    }

    /// Proof over all data, else a look for two observations, else undecided.
    fn verdict(&self, drawn: &Drawn<'_>, sum: &Sum, responses: &Responses<'_>) -> Verdict {
        let tolerance = self.odd_pennies(sum);
        if let Some((worse, better, lost)) = drawn.worst_fall().filter(|(_, _, lost)| *lost > tolerance) {
            return Verdict::Refuted { worse, better, lost };
        }
        let form = Form::of(&sum.terms, &Exact::ZERO, self.analysis.forms.all());
        let response = self.analysis.search().sums.response(&form, responses, &self.declared);
        let response = response.scaled(&Exact::from(drawn.outcome.better));
        let fall = -&response.jump.0;
        if response.rises || (response.slope.0.sign() >= 0 && fall <= tolerance) {
            let rounding = if response.rises { Exact::ZERO } else { fall.greater(&Exact::ZERO).clone() };
            return Verdict::Proven { rounding };
        }
        let (least, most) = response.of_rise(&drawn.outcome.unit);
        Verdict::HarmlessBeside { least, most }
    }
}

/// Where the curve bends, on the grid, with a step to either side, and where the data stand.
fn points(
    curve: &Curve,
    (variable, now): (&Variable, &Exact),
    value: &dyn Fn(&Exact) -> Vec<Exact>,
) -> Vec<(Exact, Vec<Exact>)> {
    let range = &variable.range;
    let step = range.step.clone().unwrap_or(Exact::ZERO);
    let mut at = vec![now.clone()];
    for stretch in &curve.stretches {
        for end in [&stretch.from, &stretch.to] {
            let below = onto(end, range);
            at.extend([&below - &step, &below + &step].iter().map(|near| onto(near, range)));
            at.push(below);
        }
    }
    at.sort();
    at.dedup();
    at.into_iter().map(|at| (at.clone(), value(&at))).collect()
}
