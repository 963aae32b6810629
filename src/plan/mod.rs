//! The plan: one straight-line program that every reading of a contract walks.
//!
//! Knows nodes, not clauses: a reading that needs to know a kind of clause is in the wrong place.
//! What a contract's lines are is a list of node numbers with names beside it.

mod apart;
mod builder;
mod classes;
mod compact;
mod condense;
mod direction;
mod distinct;
mod join;
mod line;
mod narrow;
mod node;
mod print;
mod quota;
mod range;
mod smooth;
mod statistic;

use std::collections::{BTreeSet, BinaryHeap};

pub use apart::Apart;
pub use builder::{Builder, LimitReached, NODES_MAX, VALUE_BITS_MAX};
pub use classes::Classes;
pub use condense::{Condensed, Gathered};
pub use direction::{Direction, depends, depends_unless, differing, directions};
pub use join::Joined;
pub use line::{FigureSpec, Instalment, LineSpec, PartSpec};
pub use narrow::{Forms, Ranges, Readers};
pub use node::{
    Agreed, FactId, FactSpec, Lacking, Node, NodeId, Op, Origin, OriginId, Part, Pick, Split, SplitId,
};
pub use range::Form;
pub use statistic::{HOLDERS_MAX, Percentile, Statistic, StatisticId, Summary};

/// A compiled contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    nodes: Vec<Node>,
    origins: Vec<Origin>,
    facts: Vec<FactSpec>,
    splits: Vec<Split>,
    statistics: Vec<Statistic>,
    lines: Vec<LineSpec>,
    figures: Vec<FigureSpec>,
    conditions: Vec<FigureSpec>,
}

/// Nodes, splits and statistics, of a plan or of one under construction.
pub trait PlanNodes {
    /// The nodes in order.
    fn nodes(&self) -> &[Node];
    /// A split.
    fn split(&self, split: SplitId) -> &Split;
    /// A statistic.
    fn statistic(&self, statistic: StatisticId) -> &Statistic;

    /// True when a node reads one for which a flag is set.
    fn reads_any(&self, node: NodeId, flags: &[bool]) -> bool {
        let set = |node: &NodeId| flags[node.index()];
        match &self.nodes()[node.index()].op {
            Op::Const(_) | Op::Fact(_) => false,
            Op::Linear { terms, .. } => terms.iter().any(|(_, node)| set(node)),
            Op::Product(x, y) | Op::Ratio(x, y) => set(x) || set(y),
            Op::Piecewise(x, _) | Op::Round { x, .. } => set(x),
            Op::Extreme(_, of) => of.iter().any(set),
            Op::Select { condition, then, otherwise } => set(condition) || set(then) || set(otherwise),
            Op::Share(split, _) => self.split(*split).operands().iter().any(set),
            Op::Statistic(statistic) => self.statistic(*statistic).operands().iter().any(set),
        }
    }

    /// The nodes that a node reads, those of a split or statistic included.
    fn operands(&self, node: NodeId) -> Vec<NodeId> {
        let mut operands = Vec::new();
        self.each_operand(node, &mut |operand| operands.push(operand));
        operands
    }

    /// Visits the nodes that a node reads, those of a split or statistic included.
    fn each_operand(&self, node: NodeId, visit: &mut dyn FnMut(NodeId)) {
        match &self.nodes()[node.index()].op {
            Op::Share(split, _) => self.split(*split).each_operand(visit),
            Op::Statistic(statistic) => self.statistic(*statistic).operands().into_iter().for_each(visit),
            op @ (Op::Const(_)
            | Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Round { .. }) => op.each_operand(visit),
        }
    }
}

impl PlanNodes for Plan {
    fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    fn split(&self, split: SplitId) -> &Split {
        &self.splits[split.0 as usize]
    }
    fn statistic(&self, statistic: StatisticId) -> &Statistic {
        &self.statistics[statistic.0 as usize]
    }
}

impl PlanNodes for Builder {
    fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    fn split(&self, split: SplitId) -> &Split {
        &self.splits[split.0 as usize]
    }
    fn statistic(&self, statistic: StatisticId) -> &Statistic {
        &self.statistics[statistic.0 as usize]
    }
}

impl Plan {
    /// What a builder built, with the lines of the contract, its figures, and its conditions on the
    /// data.
    pub fn new(
        builder: Builder,
        lines: Vec<LineSpec>,
        (figures, conditions): (Vec<FigureSpec>, Vec<FigureSpec>),
    ) -> Plan {
        let Builder { nodes, origins, facts, splits, statistics, .. } = builder;
        let mut plan =
            Plan { nodes, origins, facts, splits, statistics, lines, figures, conditions }.compacted();
        if plan.statistics.is_empty() && !plan.facts.iter().any(|fact| fact.by_holder) {
            return plan;
        }
        let of_holder = |fact: FactId| plan.facts[fact.0 as usize].by_holder;
        let differs = differing(&plan, &of_holder);
        let needs_holders = depends_unless(&plan, &of_holder, &|_, _| Some(true));
        let any = |known: &[bool], nodes: &[NodeId]| nodes.iter().any(|node| known[node.index()]);
        for line in &mut plan.lines {
            let nodes = line.nodes();
            line.by_holder |= any(&differs, &nodes);
            line.needs_holders = line.by_holder || any(&needs_holders, &nodes);
        }
        for figure in plan.figures.iter_mut().chain(&mut plan.conditions) {
            let nodes = figure.nodes();
            figure.by_holder = any(&differs, &nodes);
            figure.needs_holders = figure.by_holder || any(&needs_holders, &nodes);
        }
        plan
    }

    /// The observed numbers.
    pub fn facts(&self) -> &[FactSpec] {
        &self.facts
    }

    /// The lines of the contract.
    pub fn lines(&self) -> &[LineSpec] {
        &self.lines
    }

    /// The quantities that a statement shows.
    pub fn figures(&self) -> &[FigureSpec] {
        &self.figures
    }

    /// The quantities that must be 1 of the data.
    pub fn conditions(&self) -> &[FigureSpec] {
        &self.conditions
    }

    /// All statistics over holders, in the order in which they can be worked out.
    pub fn statistics(&self) -> &[Statistic] {
        &self.statistics
    }

    /// The nodes in order.
    pub fn nodes_in_order(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// All splits.
    pub fn splits(&self) -> &[Split] {
        &self.splits
    }

    /// Where a node came from.
    pub fn origin(&self, node: NodeId) -> &Origin {
        &self.origins[self.nodes[node.index()].origin.0 as usize]
    }

    /// A node.
    pub fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.index()]
    }

    /// For each node whether one of `roots` depends on it.
    pub fn needed_by(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        self.needed(roots, true)
    }

    /// The nodes that `roots` depend on, and themselves, in rising order. Costs what is found, whatever
    /// the size of the plan.
    pub fn behind(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
        let mut open: BinaryHeap<NodeId> = roots.into_iter().collect();
        let mut found: Vec<NodeId> = Vec::new();
        while let Some(node) = open.pop() {
            if found.last() != Some(&node) {
                found.push(node);
                self.each_operand(node, &mut |operand| open.push(operand));
            }
        }
        found.reverse();
        found
    }

    /// Those of some nodes in rising order that one of `wanted` depends on through others of them, or is.
    pub fn read_by(&self, nodes: Vec<NodeId>, mut wanted: BTreeSet<NodeId>) -> Vec<NodeId> {
        let mut read: Vec<NodeId> = Vec::new();
        for node in nodes.into_iter().rev() {
            if wanted.contains(&node) {
                self.each_operand(node, &mut |operand| {
                    wanted.insert(operand);
                });
                read.push(node);
            }
        }
        read.reverse();
        read
    }

    /// For each node whether one of `roots` depends on it other than through a statistic: what has
    /// to be evaluated for a holder once the statistics are there.
    pub fn needed_beside_statistics(&self, roots: impl IntoIterator<Item = NodeId>) -> Vec<bool> {
        self.needed(roots, false)
    }

    fn needed(&self, roots: impl IntoIterator<Item = NodeId>, behind_statistics: bool) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        for root in roots {
            needed[root.index()] = true;
        }
        for index in (0..needed.len()).rev() {
            let stops = !behind_statistics && matches!(self.nodes[index].op, Op::Statistic(_));
            if needed[index] && !stops {
                let node = NodeId(u32::try_from(index).expect("nodes are limited"));
                self.each_operand(node, &mut |operand| needed[operand.index()] = true);
            }
        }
        needed
    }
}
