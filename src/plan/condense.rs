//! A sum as a small plan of its own, in which what is known is a number, equal roundings are one node and
//! observed numbers that only count together are one number.
//!
//! Within the ranges that hold, an extreme of which one operand always wins is that operand, a broken line
//! of which one piece is reached is straight, and a part by fixed weights is a rounding of a share of the
//! total, or what the others leave. So what one clause takes and another gives back to the penny cancels.
//! The value of the sum is the same, whatever the data in these ranges; the plan serves to bound it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::distinct::Distinct;
use super::node::{FactId, FactSpec, Lacking, NodeId, Op, OriginId, Part, Pick};
use super::range::{Form, KnownRanges};
use super::smooth::Smooth;
use super::{Builder, Forms, Plan, PlanNodes, Ranges};
use crate::calendar::Period;
use crate::num::{Exact, Piecewise, Range};

/// Most nodes behind a sum that is condensed.
const NODES_MAX: usize = 20_000;

/// An observed number of a condensed plan: a sum of numbers of the plan that it was made from.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// Its node.
    pub node: NodeId,
    /// Its fact.
    pub fact: FactId,
    /// Factors and nodes that vary; the first factor is 1.
    pub of: Vec<(Exact, NodeId)>,
}

/// A sum within some ranges.
#[derive(Debug)]
pub struct Condensed {
    /// What the sum reads.
    pub plan: Plan,
    /// The forms of its sums.
    pub forms: Forms,
    /// The sum.
    pub sum: Form,
    /// The values that it can take, so far as is known at once.
    pub range: Range,
    /// What varies.
    pub gathered: Vec<Gathered>,
}

impl Condensed {
    /// Condenses a sum of a plan in which these nodes vary, in rising order. Nothing where the sum rests on
    /// anything else that is not known, or on too much.
    pub fn new(plan: &Plan, sum: &Form, vary: &[NodeId], ranges: &Ranges<'_>) -> Option<Condensed> {
        let mut condensing = Condensing {
            plan,
            vary,
            ranges,
            new: BTreeMap::new(),
            made: Distinct::new(Builder::default()),
            origin: OriginId(0),
            smooth: BTreeMap::new(),
            gathered: Vec::new(),
        };
        let first = sum.terms.first()?.0;
        condensing.origin = condensing.made.builder.origin(plan.origin(first).clone());
        for node in condensing.needed(sum)? {
            let new = condensing.condensed(node)?;
            condensing.new.insert(node, new);
        }
        let own = |(node, factor): &(NodeId, Exact)| (factor.clone(), condensing.new[node]);
        let terms: Vec<(Exact, NodeId)> = sum.terms.iter().map(own).collect();
        let sum = Form::of(&terms, &sum.constant, &condensing.made.builder.forms);
        let direct = sum.range(|node| condensing.range(node));
        let range = condensing.smooth_of(&sum).map_or(direct.clone(), |smooth| direct.meet(&smooth));
        let builder = condensing.made.builder;
        if builder.limit().is_some() {
            return None;
        }
        let Builder { nodes, origins, facts, splits, forms, .. } = builder;
        let (statistics, lines, figures, conditions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let plan = Plan { nodes, origins, facts, splits, statistics, lines, figures, conditions };
        Some(Condensed { plan, forms: Forms::of_builder(forms), sum, range, gathered: condensing.gathered })
    }

    /// The same with numbers that only count together as one: each of the sums that read one of them reads
    /// all of them in the same proportion.
    pub fn with_totals(self) -> Condensed {
        let totals: Vec<Gathered> = self.totals().into_iter().filter(|total| total.of.len() > 1).collect();
        if totals.is_empty() {
            return self;
        }
        // The first of them stands for all: it becomes the total, the others 0.
        let mut ranges = Ranges::declared(&self.plan);
        for total in &totals {
            let whole = Form {
                terms: total.of.iter().map(|(factor, node)| (*node, factor.clone())).collect(),
                constant: Exact::ZERO,
            };
            let range = whole.range(|node| &self.plan.node(node).range);
            let others = total.of.iter().skip(1).map(|(_, node)| (*node, Range::point(&Exact::ZERO)));
            let known: Vec<(NodeId, Range)> = [(total.node, range)].into_iter().chain(others).collect();
            ranges.narrow(&known, &[], &self.forms);
        }
        let is_member = |node: NodeId| {
            totals.iter().any(|total| total.of.iter().skip(1).any(|(_, member)| *member == node))
        };
        let vary: Vec<NodeId> =
            self.gathered.iter().map(|own| own.node).filter(|node| !is_member(*node)).collect();
        let Some(mut whole) = Condensed::new(&self.plan, &self.sum, &vary, &ranges) else { return self };
        let before: BTreeMap<NodeId, NodeId> =
            self.gathered.iter().map(|own| (own.node, own.of[0].1)).collect();
        for gathered in &mut whole.gathered {
            let stood = gathered.of[0].1;
            let total = totals.iter().find(|total| total.node == stood);
            let of = total.map_or_else(|| vec![(Exact::ONE, stood)], |total| total.of.clone());
            gathered.of = of.into_iter().map(|(factor, node)| (factor, before[&node])).collect();
        }
        whole
    }

    /// The numbers that vary, those as one that every sum reads in one proportion.
    fn totals(&self) -> Vec<Gathered> {
        let mut read: BTreeMap<NodeId, Vec<(Option<NodeId>, Exact)>> = BTreeMap::new();
        for (node, factor) in &self.sum.terms {
            read.entry(*node).or_default().push((None, factor.clone()));
        }
        for node in self.plan.behind(self.sum.terms.iter().map(|(node, _)| *node)) {
            match &self.plan.node(node).op {
                Op::Linear { terms, .. } => terms.iter().for_each(|(factor, operand)| {
                    read.entry(*operand).or_default().push((Some(node), factor.clone()));
                }),
                // What is read otherwise than in a sum counts by itself.
                Op::Const(_)
                | Op::Fact(_)
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..)
                | Op::Statistic(_) => self.plan.each_operand(node, &mut |operand| {
                    read.entry(operand).or_default().push((Some(operand), Exact::ONE));
                }),
            }
        }
        let mut totals: BTreeMap<Vec<(Option<NodeId>, Exact)>, Gathered> = BTreeMap::new();
        for own in &self.gathered {
            let Some(read) = read.get(&own.node) else { continue };
            let first = &read[0].1;
            let over_first = |factor: &Exact| factor.checked_div(first).unwrap_or(Exact::ZERO);
            let key = read.iter().map(|(reader, factor)| (*reader, over_first(factor))).collect();
            match totals.entry(key) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    let of = vec![(first.clone(), own.node)];
                    vacant.insert(Gathered { of, ..own.clone() });
                }
                std::collections::btree_map::Entry::Occupied(mut occupied) => {
                    occupied.get_mut().of.push((first.clone(), own.node));
                }
            }
        }
        let mut totals: Vec<Gathered> = totals.into_values().collect();
        for total in &mut totals {
            let first = total.of[0].0.clone();
            for (factor, _) in &mut total.of {
                *factor = factor.checked_div(&first).unwrap_or(Exact::ONE);
            }
        }
        totals
    }
}

/// A plan that is being condensed.
pub(super) struct Condensing<'c, 'r> {
    pub plan: &'c Plan,
    vary: &'c [NodeId],
    ranges: &'c Ranges<'r>,
    pub new: BTreeMap<NodeId, NodeId>,
    pub made: Distinct,
    origin: OriginId,
    /// Of the nodes made that round something, or add it up.
    pub smooth: BTreeMap<NodeId, Smooth>,
    gathered: Vec<Gathered>,
}

impl Condensing<'_, '_> {
    fn varies(&self, node: NodeId) -> bool {
        self.vary.binary_search(&node).is_ok()
    }

    /// What a sum reads, down to what varies and what is known, in rising order.
    fn needed(&self, sum: &Form) -> Option<Vec<NodeId>> {
        let mut needed = std::collections::BTreeSet::new();
        let mut open: Vec<NodeId> = sum.terms.iter().map(|(node, _)| *node).collect();
        while let Some(node) = open.pop() {
            if !needed.insert(node) || self.ranges.of(node).single().is_some() || self.varies(node) {
                continue;
            }
            self.plan.each_operand(node, &mut |operand| open.push(operand));
            if needed.len() > NODES_MAX {
                return None;
            }
        }
        Some(needed.into_iter().collect())
    }

    /// The range of a node under construction.
    pub(super) fn range(&self, node: NodeId) -> &Range {
        self.made.builder.range_of(node)
    }

    pub(super) fn known(&self, node: NodeId) -> Option<Exact> {
        self.range(self.new[&node]).single().cloned()
    }

    pub(super) fn constant(&mut self, value: Exact) -> NodeId {
        self.made.node(Op::Const(value), None, self.origin)
    }

    /// A node of the plan, condensed; its operands are already.
    fn condensed(&mut self, node: NodeId) -> Option<NodeId> {
        let range = self.ranges.of(node);
        if let Some(known) = range.single() {
            return Some(self.constant(known.clone()));
        }
        if self.varies(node) {
            return Some(self.number(node, range));
        }
        let own = match &self.plan.node(node).op {
            Op::Const(value) => self.constant(value.clone()),
            // Other numbers vary in a way that is not told here.
            Op::Fact(_) | Op::Statistic(_) => return None,
            Op::Linear { terms, constant } => {
                let terms: Vec<(Exact, NodeId)> =
                    terms.iter().map(|(factor, x)| (factor.clone(), self.new[x])).collect();
                self.sum(&terms, constant)
            }
            Op::Product(x, y) => match (self.known(*x), self.known(*y)) {
                (Some(factor), _) => self.sum(&[(factor, self.new[y])], &Exact::ZERO),
                (None, Some(factor)) => self.sum(&[(factor, self.new[x])], &Exact::ZERO),
                (None, None) => self.other(Op::Product(self.new[x], self.new[y])),
            },
            Op::Ratio(x, y) => match self.known(*y) {
                Some(divisor) => match Exact::ONE.checked_div(&divisor) {
                    Some(factor) => self.sum(&[(factor, self.new[x])], &Exact::ZERO),
                    None => self.constant(Exact::ZERO),
                },
                None => self.other(Op::Ratio(self.new[x], self.new[y])),
            },
            Op::Piecewise(x, line) => self.along(self.new[x], line),
            Op::Extreme(pick, of) => {
                let of: Vec<NodeId> = of.iter().map(|x| self.new[x]).collect();
                self.extreme(*pick, &of)
            }
            Op::Select { condition, then, otherwise } => match self.known(*condition) {
                Some(known) => self.new[if known.is_zero() { otherwise } else { then }],
                None if self.new[then] == self.new[otherwise] => self.new[then],
                None => {
                    let [condition, then, otherwise] = [condition, then, otherwise].map(|x| self.new[x]);
                    self.other(Op::Select { condition, then, otherwise })
                }
            },
            Op::Round { x, quantum, mode } => self.rounded(self.new[x], quantum, *mode),
            Op::Share(split, part) => self.part(*split, *part),
        };
        self.made.meet(own, range);
        Some(own)
    }

    pub(super) fn other(&mut self, op: Op) -> NodeId {
        self.made.node(op, None, self.origin)
    }

    /// A number that varies.
    fn number(&mut self, node: NodeId, range: &Range) -> NodeId {
        let spec = FactSpec {
            measure: String::new(),
            period: (Period::TERM, String::new()),
            members: Vec::new(),
            by_holder: false,
            part: Part::Value,
            lacking: Lacking::Refused,
            range: range.clone(),
            codes: Vec::new(),
            agreed: None,
        };
        let new = self.made.builder.fact_node(spec, self.origin);
        let fact = FactId(u32::try_from(self.gathered.len()).expect("facts are limited"));
        self.gathered.push(Gathered { node: new, fact, of: vec![(Exact::ONE, node)] });
        new
    }

    fn along(&mut self, x: NodeId, line: &Piecewise) -> NodeId {
        let range = self.range(x);
        let (from, to) = (line.piece_of(&range.least), line.piece_of(&range.most));
        if from == to {
            let piece = &line.pieces()[from];
            return self.sum(&[(piece.slope.clone(), x)], &piece.at_zero.clone());
        }
        self.other(Op::Piecewise(x, Arc::new(line.clone())))
    }

    /// The operands that can be the extreme at all, one where they are always equal.
    pub(super) fn extreme(&mut self, pick: Pick, of: &[NodeId]) -> NodeId {
        let mut kept: Vec<NodeId> = Vec::new();
        for node in of {
            if kept.iter().any(|other| self.wins(pick, *other, *node)) {
                continue;
            }
            kept.retain(|other| !self.wins(pick, *node, *other));
            kept.push(*node);
        }
        kept.sort();
        match kept.as_slice() {
            [only] => *only,
            _several => self.other(Op::Extreme(pick, kept)),
        }
    }

    fn wins(&self, pick: Pick, one: NodeId, other: NodeId) -> bool {
        let terms = [(Exact::ONE, one), (Exact::from(-1), other)];
        let apart = Form::of(&terms, &Exact::ZERO, &self.made.builder.forms).range(|node| self.range(node));
        match pick {
            Pick::Greatest => apart.least.sign() >= 0,
            Pick::Least => apart.most.sign() <= 0,
        }
    }
}
