//! The exact reading of a plan: every node a rational, in order. It cannot fail.
//!
//! A plan is that of one holder, so it is evaluated for each; statistics over all holders are worked
//! out before (`statistics`), one stage after the other: first those that read no other statistic.

mod statistics;

use std::collections::BTreeMap;

use crate::num::{Division, Exact, apportion};
use crate::plan::{NodeId, Op, Pick, Plan, PlanNodes, Split, SplitId};
pub use statistics::{Statistics, Workers, one_by_one, stages, statistic_of, statistics};

/// Exact values of the nodes that were asked for; 0 for the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(Vec<Exact>);

impl Values {
    /// Room for the values of all nodes, none of which is worked out.
    pub fn unknown(plan: &Plan) -> Values {
        Values(vec![Exact::ZERO; plan.nodes().len()])
    }

    /// Takes the values of some nodes from others.
    pub fn take(&mut self, nodes: &[NodeId], from: &Values) {
        nodes.iter().for_each(|node| self.0[node.index()] = from.of(*node).clone());
    }

    /// The value of a node.
    pub fn of(&self, node: NodeId) -> &Exact {
        &self.0[node.index()]
    }
}

/// Evaluates the needed nodes of a plan for one holder: its facts in the order of the plan's facts,
/// and statistics over all holders, of which this is the one at `holder`.
pub fn evaluate(
    plan: &Plan,
    facts: &[Exact],
    (statistics, holder): (&Statistics, usize),
    needed: &[bool],
) -> Values {
    let mut values: Vec<Exact> = Vec::with_capacity(plan.nodes().len());
    let mut splits = BTreeMap::new();
    for (node, needed) in plan.nodes().iter().zip(needed) {
        let value = match (&node.op, needed) {
            (_, false) => Exact::ZERO,
            (Op::Statistic(statistic), true) => statistics.of(*statistic, holder).clone(),
            (op, true) => value_of(plan, op, facts, &values, &mut splits),
        };
        values.push(value);
    }
    Values(values)
}

/// Works some nodes out again after facts have changed: all that depend on those facts and are
/// read by what is wanted, in the order of the plan.
pub fn evaluate_again(
    plan: &Plan,
    facts: &[Exact],
    (statistics, holder): (&Statistics, usize),
    (nodes, values): (&[NodeId], &mut Values),
) {
    let mut splits = BTreeMap::new();
    for node in nodes {
        let op = &plan.node(*node).op;
        values.0[node.index()] = if let Op::Statistic(statistic) = op {
            statistics.of(*statistic, holder).clone()
        } else {
            value_of(plan, op, facts, &values.0, &mut splits)
        };
    }
}

fn value_of(
    plan: &Plan,
    op: &Op,
    facts: &[Exact],
    values: &[Exact],
    splits: &mut BTreeMap<SplitId, Vec<Exact>>,
) -> Exact {
    let of = |node: &NodeId| &values[node.index()];
    match op {
        Op::Const(value) => value.clone(),
        Op::Fact(fact) => facts[fact.0 as usize].clone(),
        Op::Linear { terms, constant } => terms.iter().fold(constant.clone(), |sum, (factor, node)| {
            if *factor == Exact::ONE { &sum + of(node) } else { &sum + &(factor * of(node)) }
        }),
        Op::Product(x, y) => of(x) * of(y),
        Op::Ratio(x, y) => of(x).checked_div(of(y)).unwrap_or(Exact::ZERO),
        Op::Piecewise(x, line) => line.at(of(x)),
        Op::Extreme(pick, nodes) => {
            let each = nodes.iter().map(of);
            let found = match pick {
                Pick::Least => each.min(),
                Pick::Greatest => each.max(),
            };
            found.cloned().expect("an extreme of at least one node")
        }
        Op::Select { condition, then, otherwise } => {
            if of(condition).is_zero() {
                of(otherwise).clone()
            } else {
                of(then).clone()
            }
        }
        Op::Round { x, quantum, mode } => of(x).rounded(quantum, *mode),
        Op::Share(split, part) => {
            let parts = splits.entry(*split).or_insert_with(|| parts_of(plan.split(*split), values));
            parts[*part].clone()
        }
        Op::Statistic(_) => unreachable!("statistics are worked out before"),
    }
}

fn parts_of(split: &Split, values: &[Exact]) -> Vec<Exact> {
    let of = |node: &NodeId| values[node.index()].clone();
    let weights: Vec<Exact> = split.weights.iter().map(of).collect();
    let limits: Option<Vec<(Exact, Exact)>> = split
        .limits
        .as_ref()
        .map(|limits| limits.iter().map(|(least, most)| (of(least), of(most))).collect());
    let division = Division {
        weights: &weights,
        limits: limits.as_deref(),
        quantum: &split.quantum,
        mode: split.mode,
        residue: split.residue,
    };
    apportion(&of(&split.total), &division)
}
