//! The interval reading: the values that nodes can take when some of them are known to lie in
//! narrower ranges than the contract declares.
//!
//! A narrowed range is never wider than the one that was worked out when the plan was built. Where all
//! that a node reads is one value, so is the node, and it is the value that evaluation gives: a
//! reading of single values is an evaluation. Statistics over holders stay as wide as they were,
//! because what is known of one holder is not known of the others; unless they are held, as known for all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::node::{FactId, Node, NodeId, Op, Split, SplitId};
use super::range::{Form, KnownRanges, form_of, range_of};
use super::statistic::{Statistic, StatisticId};
use super::{Plan, PlanNodes};
use crate::num::Range;

/// The linear form of every node that is a sum.
#[derive(Debug, Clone)]
pub struct Forms(Vec<Option<Form>>);

impl Forms {
    /// The forms of a plan.
    pub fn new(plan: &Plan) -> Forms {
        let mut forms: Vec<Option<Form>> = Vec::with_capacity(plan.nodes.len());
        for node in &plan.nodes {
            let form = form_of(&node.op, &forms);
            forms.push(form);
        }
        Forms(forms)
    }

    /// The form of a node; none where it is no sum, or too long a one.
    pub fn of(&self, node: NodeId) -> Option<&Form> {
        self.0[node.index()].as_ref()
    }

    /// All of them, by node.
    pub fn all(&self) -> &[Option<Form>] {
        &self.0
    }
}

/// Ranges of all nodes of a plan, some of them narrowed.
#[derive(Debug, Clone)]
pub struct Ranges<'p> {
    plan: &'p Plan,
    of: Vec<Range>,
    narrowed: Vec<NodeId>,
    /// Statistics that are known for all holders.
    held: BTreeMap<NodeId, Range>,
}

impl<'p> Ranges<'p> {
    /// Those that hold for all admissible data.
    pub fn declared(plan: &'p Plan) -> Ranges<'p> {
        let of = plan.nodes.iter().map(|node| node.range.clone()).collect();
        Ranges { plan, of, narrowed: Vec::new(), held: BTreeMap::new() }
    }

    /// Holds statistics, whose operands are known for all holders, to what they are.
    pub fn hold(&mut self, statistics: Vec<(NodeId, Range)>) {
        for (node, range) in statistics {
            self.of[node.index()] = range.clone();
            self.held.insert(node, range);
        }
    }

    /// Those of the nodes that `needed` names, worked out anew from what `known` says of facts and of
    /// statistics; where it says nothing the declared range holds.
    pub fn anew(
        plan: &'p Plan,
        needed: &[bool],
        forms: &Forms,
        known: &dyn Fn(&Op) -> Option<Range>,
    ) -> Ranges<'p> {
        let mut ranges = Ranges::declared(plan);
        let ids = (0u32..).map(NodeId).zip(&plan.nodes).zip(needed);
        for ((id, built), _) in ids.filter(|(_, needed)| **needed) {
            let own = match &built.op {
                op @ (Op::Fact(_) | Op::Statistic(_)) => known(op).unwrap_or_else(|| built.range.clone()),
                op @ (Op::Const(_)
                | Op::Linear { .. }
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..)) => range_of(op, forms.of(id), &ranges),
            };
            ranges.of[id.index()] = own.meet(&built.range);
        }
        ranges
    }

    /// Takes back everything that was narrowed.
    pub fn widen(&mut self) {
        for node in std::mem::take(&mut self.narrowed) {
            let declared = &self.plan.nodes[node.index()].range;
            self.of[node.index()] = self.held.get(&node).unwrap_or(declared).clone();
        }
    }

    /// The values that a node can take.
    pub fn of(&self, node: NodeId) -> &Range {
        &self.of[node.index()]
    }

    /// Sets the ranges of some nodes, and works out those of `dependents`: nodes in rising order that
    /// read them, directly or not, and none of the nodes that are set.
    pub fn narrow(&mut self, known: &[(NodeId, Range)], dependents: &[NodeId], forms: &Forms) {
        for (node, range) in known {
            self.of[node.index()] = range.clone();
            self.narrowed.push(*node);
        }
        self.narrowed.extend(dependents);
        for node in dependents {
            let built = &self.plan.nodes[node.index()];
            let narrowed = match &built.op {
                Op::Statistic(_) => self.held.get(node).unwrap_or(&built.range).clone(),
                op @ (Op::Const(_)
                | Op::Fact(_)
                | Op::Linear { .. }
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..)) => range_of(op, forms.of(*node), self).meet(&built.range),
            };
            self.of[node.index()] = narrowed;
        }
    }
}

impl PlanNodes for Ranges<'_> {
    fn nodes(&self) -> &[Node] {
        &self.plan.nodes
    }
    fn split(&self, split: SplitId) -> &Split {
        self.plan.split(split)
    }
    fn statistic(&self, statistic: StatisticId) -> &Statistic {
        self.plan.statistic(statistic)
    }
}

impl KnownRanges for Ranges<'_> {
    fn range_of(&self, node: NodeId) -> &Range {
        &self.of[node.index()]
    }
    fn range_of_fact(&self, fact: FactId) -> &Range {
        &self.plan.facts[fact.0 as usize].range
    }
}

/// For each node the nodes that read it, in rising order.
#[derive(Debug, Clone)]
pub struct Readers(Vec<Vec<NodeId>>);

impl Readers {
    /// The readers of a plan.
    pub fn new(plan: &Plan) -> Readers {
        let mut readers = vec![Vec::new(); plan.nodes.len()];
        for index in 0..plan.nodes.len() {
            let node = NodeId(u32::try_from(index).expect("nodes are limited"));
            for operand in plan.operands(node) {
                let known: &mut Vec<NodeId> = &mut readers[operand.index()];
                if known.last() != Some(&node) {
                    known.push(node);
                }
            }
        }
        Readers(readers)
    }

    /// The nodes that read a node directly.
    pub fn of(&self, node: NodeId) -> &[NodeId] {
        &self.0[node.index()]
    }

    /// All nodes that read one of `from`, directly or not, in rising order, among those that `within`
    /// names; `from` itself, which is in rising order, is not among them. Costs what is found, whatever
    /// the size of the plan.
    pub fn dependents(&self, from: &[NodeId], within: &dyn Fn(NodeId) -> bool) -> Vec<NodeId> {
        let mut open = BinaryHeap::new();
        let read_by = |node: NodeId, open: &mut BinaryHeap<Reverse<NodeId>>| {
            open.extend(
                self.of(node).iter().filter(|reader| within(**reader)).map(|reader| Reverse(*reader)),
            );
        };
        from.iter().for_each(|node| read_by(*node, &mut open));
        let mut found: Vec<NodeId> = Vec::new();
        while let Some(Reverse(node)) = open.pop() {
            if found.last() != Some(&node) && from.binary_search(&node).is_err() {
                found.push(node);
                read_by(node, &mut open);
            }
        }
        found
    }
}
