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

    /// Those that a builder kept.
    pub(super) fn of_builder(forms: Vec<Option<Form>>) -> Forms {
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
    /// Of each node where its range stands among those that were narrowed, counted from 1; 0 where it is
    /// the declared one.
    place: Vec<u32>,
    narrowed: Vec<(NodeId, Range)>,
    /// Statistics that are known for all holders, whose declared range does not count.
    held: BTreeMap<NodeId, Range>,
}

impl<'p> Ranges<'p> {
    /// Those that hold for all admissible data.
    pub fn declared(plan: &'p Plan) -> Ranges<'p> {
        Ranges { plan, place: vec![0; plan.nodes.len()], narrowed: Vec::new(), held: BTreeMap::new() }
    }

    /// Holds statistics, whose operands are known for all holders, to what they are.
    pub fn hold(&mut self, statistics: Vec<(NodeId, Range)>) {
        self.held = statistics.into_iter().collect();
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
            ranges.set(id, own.meet(&built.range));
        }
        ranges
    }

    /// Takes back everything that was narrowed.
    pub fn widen(&mut self) {
        for (node, _) in self.narrowed.drain(..) {
            self.place[node.index()] = 0;
        }
    }

    fn set(&mut self, node: NodeId, range: Range) {
        match self.place[node.index()] {
            0 => {
                self.narrowed.push((node, range));
                let count = u32::try_from(self.narrowed.len()).expect("no more than nodes");
                self.place[node.index()] = count;
            }
            place => self.narrowed[place as usize - 1].1 = range,
        }
    }

    /// The values that a node can take.
    pub fn of(&self, node: NodeId) -> &Range {
        match self.place[node.index()] {
            0 => self.held.get(&node).unwrap_or(&self.plan.nodes[node.index()].range),
            place => &self.narrowed[place as usize - 1].1,
        }
    }

    /// Sets the ranges of some nodes, and works out those of `dependents`: nodes in rising order that
    /// read them, directly or not, and none of the nodes that are set.
    pub fn narrow(&mut self, known: &[(NodeId, Range)], dependents: &[NodeId], forms: &Forms) {
        for (node, range) in known {
            self.set(*node, range.clone());
        }
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
            self.set(*node, narrowed);
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
        self.of(node)
    }
    fn range_of_fact(&self, fact: FactId) -> &Range {
        &self.plan.facts[fact.0 as usize].range
    }
}

/// For each node the nodes that read it, in rising order.
#[derive(Debug, Clone)]
pub struct Readers {
    /// The readers of all nodes, one node after the other.
    all: Vec<NodeId>,
    /// Where those of each node begin, and where the last end.
    begin: Vec<usize>,
}

impl Readers {
    /// The readers of a plan.
    pub fn new(plan: &Plan) -> Readers {
        let nodes = || (0..plan.nodes.len()).map(|index| NodeId(u32::try_from(index).expect("a node")));
        // Who reads a node twice stands once.
        let mut last: Vec<Option<NodeId>> = vec![None; plan.nodes.len()];
        let mut pairs = Vec::new();
        for node in nodes() {
            plan.each_operand(node, &mut |operand| {
                if last[operand.index()].replace(node) != Some(node) {
                    pairs.push((operand, node));
                }
            });
        }
        let mut begin = vec![0; plan.nodes.len() + 1];
        pairs.iter().for_each(|(operand, _)| begin[operand.index() + 1] += 1);
        for index in 0..plan.nodes.len() {
            begin[index + 1] += begin[index];
        }
        let mut all = vec![NodeId(0); pairs.len()];
        let mut next = begin.clone();
        for (operand, node) in pairs {
            let place = &mut next[operand.index()];
            all[*place] = node;
            *place += 1;
        }
        Readers { all, begin }
    }

    /// The nodes that read a node directly.
    pub fn of(&self, node: NodeId) -> &[NodeId] {
        &self.all[self.begin[node.index()]..self.begin[node.index() + 1]]
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
