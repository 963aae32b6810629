//! Two plans as one over the facts that both read, so that what they come to can be compared for the same
//! data: equal nodes are one node, and what stays the same cancels.
//!
//! The lines of the first plan come first, then those of the other. For each pair of lines a node is
//! added that is the second less the first ([`super::apart`]), in which what the two have in common is
//! taken out of products, broken lines and roundings.

use std::collections::BTreeMap;

use super::apart::{Apart, Differences};
use super::compact::Renumbered;
use super::distinct::{Distinct, position_or_push};
use super::node::{FactId, FactSpec, Lacking, NodeId, Op, OriginId, Part};
use super::{Builder, LimitReached, LineSpec, Plan, PlanNodes, StatisticId};
use crate::num::{Exact, Range};

/// Two plans in one.
#[derive(Debug, Clone)]
pub struct Joined {
    /// All nodes and lines: those of the first, then those of the other.
    pub plan: Plan,
    /// How many lines are of the first.
    pub of_first: usize,
    /// For amounts of the first and of the other under the same line, what the second is less the first.
    pub differences: BTreeMap<(NodeId, NodeId), Apart>,
}

type FactKey = (String, String, Vec<(String, String)>, Part);

fn key(spec: &FactSpec) -> FactKey {
    let mut members = spec.members.clone();
    members.sort();
    (spec.measure.clone(), spec.period.1.clone(), members, spec.part)
}

/// The same observation, whatever part of it.
fn observation(spec: &FactSpec) -> FactKey {
    let (measure, period, members, _) = key(spec);
    (measure, period, members, Part::Value)
}

/// Facts of two plans: those of the first, then those that only the other reads.
struct Facts {
    specs: Vec<FactSpec>,
    of_other: Vec<FactId>,
}

impl Facts {
    /// A shared fact admits what both admit. Where one of the plans refuses data in which it is missing,
    /// it is not missing.
    fn new(one: &Plan, other: &Plan, name: &dyn Fn(&str) -> String) -> Facts {
        let mut specs = one.facts().to_vec();
        let mut known: BTreeMap<FactKey, usize> =
            specs.iter().enumerate().map(|(index, spec)| (key(spec), index)).collect();
        let observed = |specs: &[FactSpec]| specs.iter().map(observation).collect::<Vec<_>>();
        let of_one = observed(&specs);
        let mut of_other = Vec::new();
        let named: Vec<FactSpec> = other
            .facts()
            .iter()
            .map(|spec| FactSpec { measure: name(&spec.measure), ..spec.clone() })
            .collect();
        let seen = observed(&named);
        for spec in &named {
            let index = *known.entry(key(spec)).or_insert_with(|| {
                specs.push(spec.clone());
                specs.len() - 1
            });
            let shared = &mut specs[index];
            shared.range = met(&shared.range, &spec.range);
            if shared.lacking != spec.lacking {
                shared.lacking = Lacking::Refused;
            }
            of_other.push(FactId(u32::try_from(index).expect("facts are limited")));
        }
        let named_keys: Vec<FactKey> = named.iter().map(key).collect();
        for (index, spec) in specs.iter_mut().enumerate().filter(|(_, spec)| spec.part == Part::Given) {
            let own = observation(spec);
            let in_one = index < one.facts().len();
            let in_other = named_keys.contains(&key(spec));
            if (in_one && !in_other && seen.contains(&own)) || (!in_one && of_one.contains(&own)) {
                spec.range = Range::point(&Exact::ONE);
            }
        }
        Facts { specs, of_other }
    }
}

/// Values that both ranges admit, on the grid of both.
fn met(one: &Range, other: &Range) -> Range {
    let step = match (&one.step, &other.step) {
        // On a grid that holds the other, the coarser one counts.
        (Some(a), Some(b)) if b.checked_div(a).is_some_and(|multiple| multiple.is_whole()) => Some(b.clone()),
        (Some(a), _) => Some(a.clone()),
        (None, step) => step.clone(),
    };
    Range { step, ..one.meet(other) }
}

/// Nodes that were added.
struct Joining(Distinct);

impl Joining {
    /// The nodes of a plan, of which those that are there already are not added again.
    fn add(&mut self, plan: &Plan, facts: Vec<FactId>) -> Renumbered {
        let origins = self.0.builder.origins.len();
        self.0.builder.origins.extend(plan.origins.iter().cloned());
        let mut new = Renumbered {
            nodes: vec![None; plan.nodes.len()],
            facts: facts.into_iter().map(Some).collect(),
            splits: vec![None; plan.splits.len()],
            statistics: vec![None; plan.statistics.len()],
        };
        for (index, node) in plan.nodes.iter().enumerate() {
            match &node.op {
                Op::Share(split, _) if new.splits[split.0 as usize].is_none() => {
                    let own = new.split(plan.split(*split).clone());
                    let at = self.0.split(own);
                    new.splits[split.0 as usize] = Some(at);
                }
                Op::Statistic(statistic) if new.statistics[statistic.0 as usize].is_none() => {
                    let own = new.statistic(plan.statistic(*statistic).clone());
                    let at = position_or_push(&mut self.0.builder.statistics, own);
                    new.statistics[statistic.0 as usize] = Some(StatisticId(at));
                }
                Op::Const(_)
                | Op::Fact(_)
                | Op::Linear { .. }
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..)
                | Op::Statistic(_) => {}
            }
            let op = self.plainer(new.node(node.clone()).op);
            if let Some(same) = itself(&op) {
                self.0.meet(same, &node.range);
                new.nodes[index] = Some(same);
                continue;
            }
            let origin = u32::try_from(origins).expect("origins are limited") + node.origin.0;
            new.nodes[index] = Some(self.0.node(op, Some(&node.range), OriginId(origin)));
        }
        new
    }

    /// A sum without multiples of one node between it and what they are multiples of, so that a quantity
    /// that only passes a number on does not hide that two formulas are the same.
    fn plainer(&self, op: Op) -> Op {
        let Op::Linear { terms, constant } = op else { return op };
        let below = |(factor, node): (Exact, NodeId)| match multiple(self.0.builder.op(node)) {
            Some((times, node)) => (&factor * times, node),
            None => (factor, node),
        };
        Op::Linear { terms: terms.into_iter().map(below).collect(), constant }
    }
}

/// A node and how many times it a sum of nothing else is.
fn multiple(op: &Op) -> Option<(&Exact, NodeId)> {
    let Op::Linear { terms, constant } = op else { return None };
    let [(factor, node)] = terms.as_slice() else { return None };
    constant.is_zero().then_some((factor, *node))
}

/// The node that a sum of nothing but itself is.
fn itself(op: &Op) -> Option<NodeId> {
    multiple(op).filter(|(factor, _)| **factor == Exact::ONE).map(|(_, node)| node)
}

impl Joined {
    /// Joins two plans. `name` gives the name that a measure of the other goes by: its own where it is the
    /// same observation in both.
    ///
    /// # Errors
    /// When both together have more nodes than a plan may have.
    pub fn new(one: &Plan, other: &Plan, name: &dyn Fn(&str) -> String) -> Result<Joined, LimitReached> {
        let Facts { specs, of_other } = Facts::new(one, other, name);
        let own =
            (0..one.facts().len()).map(|index| FactId(u32::try_from(index).expect("facts are limited")));
        let own: Vec<FactId> = own.collect();
        let mut joining = Joining(Distinct::new(Builder::of_facts(specs)));
        let first = joining.add(one, own);
        let second = joining.add(other, of_other);
        let mut lines: Vec<LineSpec> = one.lines().iter().map(|line| first.line(line.clone())).collect();
        let of_first = lines.len();
        lines.extend(other.lines().iter().map(|line| second.line(line.clone())));
        let mut differences = Differences::new(&mut joining.0.builder);
        let mut found = BTreeMap::new();
        let by_id: BTreeMap<&str, &LineSpec> =
            lines[..of_first].iter().map(|line| (line.id.as_str(), line)).collect();
        for line in &lines[of_first..] {
            let Some(before) = by_id.get(line.id.as_str()) else { continue };
            for pair in super::apart::pairs(before, line) {
                found.insert(pair, differences.between(pair.0, pair.1));
            }
        }
        if let Some(limit) = joining.0.builder.limit() {
            return Err(limit);
        }
        let Builder { nodes, origins, facts, splits, statistics, .. } = joining.0.builder;
        let (figures, conditions) = (Vec::new(), Vec::new());
        let plan = Plan { nodes, origins, facts, splits, statistics, lines, figures, conditions };
        Ok(Joined { plan, of_first, differences: found })
    }
}
