//! Which way a node moves when people or items counted rise: a proof from the plan alone.

use super::PlanNodes;
use super::node::{FactId, NodeId, Op};
use super::statistic::{Statistic, Summary};
use crate::num::Range;

/// How a value follows some facts that all rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It does not depend on them.
    Flat,
    /// It never falls.
    Rises,
    /// It never rises.
    Falls,
    /// It may do both.
    Mixed,
}

impl Direction {
    fn plus(self, other: Direction) -> Direction {
        match (self, other) {
            (Direction::Flat, x) | (x, Direction::Flat) => x,
            (Direction::Rises, Direction::Rises) => Direction::Rises,
            (Direction::Falls, Direction::Falls) => Direction::Falls,
            (Direction::Rises | Direction::Falls | Direction::Mixed, _) => Direction::Mixed,
        }
    }

    /// The direction of a product with a factor of this sign.
    fn times(self, sign: Option<i32>) -> Direction {
        match (self, sign) {
            (Direction::Flat, _) | (_, Some(0)) => Direction::Flat,
            (Direction::Rises, Some(1)) | (Direction::Falls, Some(-1)) => Direction::Rises,
            (Direction::Rises, Some(-1)) | (Direction::Falls, Some(1)) => Direction::Falls,
            (Direction::Rises | Direction::Falls | Direction::Mixed, _) => Direction::Mixed,
        }
    }
}

/// The sign of all values of a range when they have just one; 1 and −1 admit 0.
fn sign(range: &Range) -> Option<i32> {
    match (range.least.sign(), range.most.sign()) {
        (0, 0) => Some(0),
        (0 | 1, _) => Some(1),
        (_, -1 | 0) => Some(-1),
        (_, _) => None,
    }
}

/// The direction of every node when the facts that `rising` names rise.
pub fn directions(plan: &dyn PlanNodes, rising: &dyn Fn(FactId) -> bool) -> Vec<Direction> {
    let count = plan.nodes().len();
    let mut known: Vec<Direction> = Vec::with_capacity(count);
    for index in 0..count {
        let direction = direction_of(plan, index, &known, rising);
        known.push(direction);
    }
    known
}

/// For each node whether it depends on one of the facts that `chosen` names.
pub fn depends(plan: &dyn PlanNodes, chosen: &dyn Fn(FactId) -> bool) -> Vec<bool> {
    depends_unless(plan, chosen, &|_, _| None)
}

/// The same, where `at` may say of a statistic over holders whether it depends, given what is known
/// of the nodes before it.
pub fn depends_unless(
    plan: &dyn PlanNodes,
    chosen: &dyn Fn(FactId) -> bool,
    at: &dyn Fn(&Statistic, &[bool]) -> Option<bool>,
) -> Vec<bool> {
    let mut known: Vec<bool> = Vec::with_capacity(plan.nodes().len());
    for (index, node) in plan.nodes().iter().enumerate() {
        let any = plan.reads_any(NodeId(u32::try_from(index).expect("nodes are limited")), &known);
        known.push(match &node.op {
            Op::Fact(fact) => chosen(*fact),
            Op::Statistic(statistic) => at(plan.statistic(*statistic), &known).unwrap_or(any),
            Op::Const(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Share(..) => any,
        });
    }
    known
}

/// For each node whether it can differ from holder to holder, when the facts that `of_holder`
/// names do: a sum over all holders is the same for each, and one over peers is where they are all
/// alike.
pub fn differing(plan: &dyn PlanNodes, of_holder: &dyn Fn(FactId) -> bool) -> Vec<bool> {
    depends_unless(plan, of_holder, &|statistic, known| {
        Some(statistic.is_of_each() || statistic.group.is_some_and(|group| known[group.index()]))
    })
}

/// A sum, an end or a percentile goes the way of the values, while the same holders count.
fn of_statistic(statistic: &Statistic, of: &dyn Fn(&NodeId) -> Direction) -> Direction {
    let all_flat = statistic.operands().iter().all(|node| of(node) == Direction::Flat);
    let chosen_alike =
        [statistic.counts, statistic.group].iter().flatten().all(|node| of(node) == Direction::Flat);
    match statistic.summary {
        _ if all_flat => Direction::Flat,
        Summary::Sum | Summary::Least | Summary::Greatest | Summary::Percentile { .. } if chosen_alike => {
            of(&statistic.value)
        }
        Summary::Sum
        | Summary::Least
        | Summary::Greatest
        | Summary::Percentile { .. }
        | Summary::Rank
        | Summary::Part { .. } => Direction::Mixed,
    }
}

fn direction_of(
    plan: &dyn PlanNodes,
    index: usize,
    known: &[Direction],
    rising: &dyn Fn(FactId) -> bool,
) -> Direction {
    let nodes = plan.nodes();
    let of = |node: &NodeId| known[node.index()];
    let range = |node: &NodeId| &nodes[node.index()].range;
    let product = |x: &NodeId, y: &NodeId| of(x).times(sign(range(y))).plus(of(y).times(sign(range(x))));
    match &nodes[index].op {
        Op::Const(_) => Direction::Flat,
        Op::Fact(fact) => {
            if rising(*fact) {
                Direction::Rises
            } else {
                Direction::Flat
            }
        }
        Op::Linear { terms, .. } => terms
            .iter()
            .map(|(factor, node)| of(node).times(Some(factor.sign())))
            .fold(Direction::Flat, Direction::plus),
        Op::Product(x, y) => product(x, y),
        Op::Ratio(x, y) => {
            // x / y: with x, times the sign of y; against y, times the sign of x.
            let divisor = if range(y).has_zero() { None } else { sign(range(y)) };
            let against = sign(range(x)).map(|sign| -sign);
            of(x).times(divisor).plus(if of(y) == Direction::Flat {
                Direction::Flat
            } else {
                of(y).times(divisor.and(against))
            })
        }
        Op::Piecewise(x, line) => of(x).times(line.direction(range(x))),
        Op::Extreme(_, of_nodes) => of_nodes.iter().map(of).fold(Direction::Flat, Direction::plus),
        Op::Select { condition, then, otherwise } => match of(condition) {
            Direction::Flat => of(then).plus(of(otherwise)),
            Direction::Rises if range(then).least >= range(otherwise).most => {
                Direction::Rises.plus(of(then)).plus(of(otherwise))
            }
            Direction::Falls if range(then).most <= range(otherwise).least => {
                Direction::Rises.plus(of(then)).plus(of(otherwise))
            }
            Direction::Rises | Direction::Falls | Direction::Mixed => Direction::Mixed,
        },
        Op::Round { x, .. } => of(x),
        Op::Share(split, _) => {
            let flat = plan.split(*split).operands().iter().all(|node| of(node) == Direction::Flat);
            if flat { Direction::Flat } else { Direction::Mixed }
        }
        Op::Statistic(statistic) => of_statistic(plan.statistic(*statistic), &of),
    }
}
