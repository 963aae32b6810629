//! What one node is less another, as a node: what the two have in common is taken out, so that the
//! difference is known more narrowly than that of two ranges.
//!
//! 5 % × V − 4 % × V is 1 % × V, and 0.05·V·s − 0.04·V·s is (0.05·V − 0.04·V)·s. Roundings are left out,
//! and how far they can lie apart is kept beside the node. The greatest of some numbers moves no further
//! than one of them, so there the difference lies between two nodes. Where nothing is in common it is that
//! of the two.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{NodeId, Op, OriginId, Pick, SplitId};
use super::range::Form;
use super::{Builder, LineSpec, PartSpec, PlanNodes};
use crate::num::{Breakpoint, Exact, Line, Mode, Piecewise, Range};

/// Deepest chain of nodes that is followed.
const DEPTH_MAX: usize = 400;

/// A difference: it lies from one node to another, which are often the same, and beyond them by no more
/// than what is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// It is no less than this node and the first of `beyond`.
    pub low: NodeId,
    /// It is no more than this node and the second of `beyond`.
    pub high: NodeId,
    /// The least and most that it lies beyond the nodes.
    pub beyond: (Exact, Exact),
}

impl Apart {
    /// The ends of the difference times a factor, turned where that is below zero.
    pub fn ends(&self, factor: &Exact) -> (NodeId, NodeId) {
        if factor.sign() < 0 { (self.high, self.low) } else { (self.low, self.high) }
    }
}

/// Amounts of a line and of the same line elsewhere that belong together: all of it, and its parts
/// between the same parties.
pub(super) fn pairs(before: &LineSpec, after: &LineSpec) -> Vec<(NodeId, NodeId)> {
    let mut pairs = vec![(before.amount, after.amount)];
    for part in &before.parts {
        let same = |other: &&PartSpec| other.payer == part.payer && other.payee == part.payee;
        pairs.extend(after.parts.iter().find(same).map(|other| (part.amount, other.amount)));
    }
    pairs
}

/// Differences that were built.
pub(super) struct Differences<'b> {
    builder: &'b mut Builder,
    known: BTreeMap<(NodeId, NodeId), Apart>,
    depth: usize,
}

fn exactly(node: NodeId) -> Apart {
    Apart { low: node, high: node, beyond: (Exact::ZERO, Exact::ZERO) }
}

fn turned((least, most): &(Exact, Exact), factor: &Exact) -> (Exact, Exact) {
    let ends = (least * factor, most * factor);
    if factor.sign() < 0 { (ends.1, ends.0) } else { ends }
}

fn plus(one: &(Exact, Exact), other: &(Exact, Exact)) -> (Exact, Exact) {
    (&one.0 + &other.0, &one.1 + &other.1)
}

/// What some differences lie beyond their nodes, all together.
fn hull(all: &[Apart]) -> (Exact, Exact) {
    let least = all.iter().map(|apart| &apart.beyond.0).min();
    let most = all.iter().map(|apart| &apart.beyond.1).max();
    (least.cloned().unwrap_or(Exact::ZERO), most.cloned().unwrap_or(Exact::ZERO))
}

/// How far a rounded number lies above what it rounds.
fn error(quantum: &Exact, mode: Mode) -> (Exact, Exact) {
    let error = mode.error(quantum);
    (error.least, error.most)
}

impl<'b> Differences<'b> {
    pub(super) fn new(builder: &'b mut Builder) -> Differences<'b> {
        Differences { builder, known: BTreeMap::new(), depth: 0 }
    }

    /// What `after` is less `before`.
    pub(super) fn between(&mut self, before: NodeId, after: NodeId) -> Apart {
        if let Some(known) = self.known.get(&(before, after)) {
            return known.clone();
        }
        let origin = self.builder.nodes[after.index()].origin;
        self.depth += 1;
        let found = if before == after {
            exactly(self.builder.constant_node(Exact::ZERO, origin))
        } else {
            let found = if self.depth > DEPTH_MAX { None } else { self.related(before, after, origin) };
            found.unwrap_or_else(|| exactly(self.plain(before, after, origin)))
        };
        self.depth -= 1;
        self.known.insert((before, after), found.clone());
        found
    }

    fn plain(&mut self, before: NodeId, after: NodeId, origin: OriginId) -> NodeId {
        self.builder.linear(&[(Exact::ONE, after), (Exact::from(-1), before)], Exact::ZERO, origin)
    }

    fn ops(&self, before: NodeId, after: NodeId) -> (Op, Op) {
        (self.builder.op(before).clone(), self.builder.op(after).clone())
    }

    /// The difference through what the two have in common; nothing where they have nothing.
    fn related(&mut self, before: NodeId, after: NodeId, origin: OriginId) -> Option<Apart> {
        if let Some(broken) = self.of_one_argument(before, after, origin) {
            return Some(broken);
        }
        match self.ops(before, after) {
            (Op::Round { x, quantum, mode }, Op::Round { x: y, quantum: finer, mode: other }) => {
                let inner = self.between(x, y);
                let (least, most) = error(&quantum, mode);
                let errors = plus(&error(&finer, other), &(-&most, -&least));
                Some(Apart { beyond: plus(&inner.beyond, &errors), ..inner })
            }
            (Op::Round { x, quantum, mode }, _) => {
                let inner = self.between(x, after);
                let (least, most) = error(&quantum, mode);
                Some(Apart { beyond: plus(&inner.beyond, &(-&most, -&least)), ..inner })
            }
            (_, Op::Round { x, quantum, mode }) => {
                let inner = self.between(before, x);
                Some(Apart { beyond: plus(&inner.beyond, &error(&quantum, mode)), ..inner })
            }
            (Op::Linear { .. }, _) | (_, Op::Linear { .. }) => self.of_sums(before, after, origin),
            (Op::Product(a, b), Op::Product(c, d)) => self.of_products((a, b), (c, d), origin),
            (Op::Ratio(a, b), Op::Ratio(c, d)) if b == d => self.of_ratios(a, c, b, origin),
            (
                Op::Select { condition, then, otherwise },
                Op::Select { condition: same, then: later, otherwise: other },
            ) if condition == same => {
                let (then, otherwise) = (self.between(then, later), self.between(otherwise, other));
                let low = self.builder.select(condition, then.low, otherwise.low, origin);
                let high = self.builder.select(condition, then.high, otherwise.high, origin);
                Some(Apart { low, high, beyond: hull(&[then, otherwise]) })
            }
            (Op::Extreme(pick, of), Op::Extreme(same, others))
                if pick == same && of.len() == others.len() =>
            {
                // The least or greatest of some numbers moves no less and no more than one of them.
                let each: Vec<Apart> =
                    of.iter().zip(&others).map(|(before, after)| self.between(*before, *after)).collect();
                let ends = |end: &dyn Fn(&Apart) -> NodeId| each.iter().map(end).collect::<Vec<_>>();
                let low = self.builder.extreme(Pick::Least, &ends(&|apart| apart.low), origin);
                let high = self.builder.extreme(Pick::Greatest, &ends(&|apart| apart.high), origin);
                Some(Apart { low, high, beyond: hull(&each) })
            }
            (Op::Share(one, part), Op::Share(other, same)) if part == same => {
                self.of_shares((one, other), part, origin)
            }
            (_, _) => None,
        }
    }

    /// Sums: what is in both cancels, and what is left is paired, kind by kind and in order.
    fn of_sums(&mut self, before: NodeId, after: NodeId, origin: OriginId) -> Option<Apart> {
        let forms = &self.builder.forms;
        let nodes = |node: NodeId| {
            let form = Form::of(&[(Exact::ONE, node)], &Exact::ZERO, forms);
            form.terms.into_iter().map(|(node, _)| node).collect::<BTreeSet<NodeId>>()
        };
        let (own, others) = (nodes(before), nodes(after));
        let left = Form::of(&[(Exact::ONE, after), (Exact::from(-1), before)], &Exact::ZERO, forms);
        let mut losing: Vec<(NodeId, Exact)> = Vec::new();
        let mut rest: Vec<(Exact, NodeId)> = Vec::new();
        let mut paired: Vec<(Exact, Apart)> = Vec::new();
        let mut gaining: Vec<(NodeId, Exact)> = Vec::new();
        for (node, factor) in left.terms {
            match (own.contains(&node), others.contains(&node)) {
                (true, false) => losing.push((node, -&factor)),
                (false, true) => gaining.push((node, factor)),
                (true, true) | (false, false) => rest.push((factor, node)),
            }
        }
        if losing.is_empty() || gaining.is_empty() {
            // Nothing is paired: the sum of both is all that is known.
            return None;
        }
        let mut beyond = (Exact::ZERO, Exact::ZERO);
        for (node, factor) in gaining {
            let Some(at) = losing.iter().position(|(other, _)| self.alike(*other, node)) else {
                rest.push((factor, node));
                continue;
            };
            let (other, before) = losing.remove(at);
            // f·after − g·before = g·(after − before) + (f − g)·after
            let inner = self.between(other, node);
            beyond = plus(&beyond, &turned(&inner.beyond, &before));
            rest.push((&factor - &before, node));
            paired.push((before, inner));
        }
        rest.extend(losing.into_iter().map(|(node, factor)| (-&factor, node)));
        let mut end = |end: &dyn Fn(&Exact, &Apart) -> NodeId| {
            let paired = paired.iter().map(|(factor, apart)| (factor.clone(), end(factor, apart)));
            let terms: Vec<(Exact, NodeId)> = paired.chain(rest.iter().cloned()).collect();
            self.builder.linear(&terms, left.constant.clone(), origin)
        };
        let low = end(&|factor, apart| apart.ends(factor).0);
        let high = end(&|factor, apart| apart.ends(factor).1);
        Some(Apart { low, high: self.same(low, high), beyond })
    }

    /// The first of two nodes that compute the same, else the second.
    fn same(&self, low: NodeId, high: NodeId) -> NodeId {
        if self.builder.op(low) == self.builder.op(high) { low } else { high }
    }

    /// Nodes of one kind, for the same period and members.
    fn alike(&self, before: NodeId, after: NodeId) -> bool {
        let same_kind =
            std::mem::discriminant(self.builder.op(before)) == std::mem::discriminant(self.builder.op(after));
        same_kind && self.builder.origin_of(before).context == self.builder.origin_of(after).context
    }

    /// x·y − a·b: a factor in common is taken out, else (x − a)·y + a·(y − b).
    fn of_products(
        &mut self,
        (a, b): (NodeId, NodeId),
        (x, y): (NodeId, NodeId),
        origin: OriginId,
    ) -> Option<Apart> {
        let (a, b) = if a == y || b == x { (b, a) } else { (a, b) };
        let first = self.between(a, x);
        let first = self.times(first, y, origin)?;
        let second = self.between(b, y);
        let second = self.times(second, a, origin)?;
        let mut sum = |one: NodeId, other: NodeId| {
            self.builder.linear(&[(Exact::ONE, one), (Exact::ONE, other)], Exact::ZERO, origin)
        };
        let (low, high) = (sum(first.low, second.low), sum(first.high, second.high));
        Some(Apart { low, high: self.same(low, high), beyond: plus(&first.beyond, &second.beyond) })
    }

    /// A difference times a node; nothing where its ends are two and the node may have either sign.
    fn times(&mut self, apart: Apart, by: NodeId, origin: OriginId) -> Option<Apart> {
        let range = self.builder.range(by).clone();
        let slack = Range::between(apart.beyond.0.clone(), apart.beyond.1.clone()).times(&range);
        let beyond = (slack.least, slack.most);
        if apart.low == apart.high {
            let node = self.builder.product(apart.low, by, origin);
            return Some(Apart { low: node, high: node, beyond });
        }
        let (low, high) = match (range.least.sign() >= 0, range.most.sign() <= 0) {
            (true, _) => (apart.low, apart.high),
            (false, true) => (apart.high, apart.low),
            (false, false) => return None,
        };
        let [low, high] = [low, high].map(|end| self.builder.product(end, by, origin));
        Some(Apart { low, high, beyond })
    }

    fn of_ratios(&mut self, before: NodeId, after: NodeId, by: NodeId, origin: OriginId) -> Option<Apart> {
        let apart = self.between(before, after);
        let slack = Range::between(apart.beyond.0.clone(), apart.beyond.1.clone());
        if apart.low == apart.high && slack.single().is_some_and(Exact::is_zero) {
            return Some(exactly(self.builder.ratio(apart.low, by, origin)));
        }
        let range = self.builder.range(by).clone();
        let slack = slack.over(&range)?;
        let (low, high) =
            if range.least.sign() > 0 { (apart.low, apart.high) } else { (apart.high, apart.low) };
        let [low, high] = [low, high].map(|end| self.builder.ratio(end, by, origin));
        Some(Apart { low, high: self.same(low, high), beyond: (slack.least, slack.most) })
    }

    /// Parts by fixed and equal weights: the share of what the totals differ by.
    fn of_shares(
        &mut self,
        (one, other): (SplitId, SplitId),
        part: usize,
        origin: OriginId,
    ) -> Option<Apart> {
        let of = |split: SplitId| PlanNodes::split(&*self.builder, split).clone();
        let (one, other) = (of(one), of(other));
        let weights = |weights: &[NodeId]| -> Option<Vec<Exact>> {
            weights.iter().map(|weight| self.builder.constant(*weight).cloned()).collect()
        };
        let (own, same) = (weights(&one.weights)?, weights(&other.weights)?);
        if own != same || one.limits.is_some() || other.limits.is_some() {
            return None;
        }
        let all: Exact = own.iter().cloned().sum();
        let share = own.get(part)?.checked_div(&all)?;
        let totals = self.between(one.total, other.total);
        let slack = &one.slack() + &other.slack();
        let beyond = plus(&turned(&totals.beyond, &share), &(-&slack, slack));
        if share.sign() < 0 {
            return None;
        }
        let low = self.builder.scaled(share.clone(), totals.low, origin);
        let high = self.builder.scaled(share, totals.high, origin);
        Some(Apart { low, high: self.same(low, high), beyond })
    }

    /// Two broken lines of the same node are one.
    fn of_one_argument(&mut self, before: NodeId, after: NodeId, origin: OriginId) -> Option<Apart> {
        let (x, line) = self.line(after)?;
        let (same, earlier) = self.line(before)?;
        let difference = if x == same { less(&line, &earlier)? } else { return None };
        Some(exactly(self.builder.piecewise(x, difference, origin)))
    }

    /// A node as a broken line of another: one itself, or a least or greatest beside a constant.
    fn line(&self, node: NodeId) -> Option<(NodeId, Piecewise)> {
        let (pick, of) = match self.builder.op(node) {
            Op::Piecewise(x, line) => return Some((*x, (**line).clone())),
            Op::Extreme(pick, of) => (*pick, of),
            Op::Const(_)
            | Op::Fact(_)
            | Op::Linear { .. }
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Select { .. }
            | Op::Round { .. }
            | Op::Share(..)
            | Op::Statistic(_) => return None,
        };
        let [one, other] = of.as_slice() else { return None };
        let (x, limit) = match (self.builder.constant(*one), self.builder.constant(*other)) {
            (Some(limit), None) => (*other, limit.clone()),
            (None, Some(limit)) => (*one, limit.clone()),
            (Some(_), Some(_)) | (None, None) => return None,
        };
        let itself = Line { slope: Exact::ONE, at_zero: Exact::ZERO };
        let held = Line::flat(limit.clone());
        let pieces = match pick {
            Pick::Least => vec![itself, held],
            Pick::Greatest => vec![held, itself],
        };
        let breakpoint = Breakpoint { at: limit, starts_next: true };
        Some((x, Piecewise::new(vec![breakpoint], pieces)?))
    }
}

/// One broken line less another.
fn less(line: &Piecewise, other: &Piecewise) -> Option<Piecewise> {
    let mut breakpoints = [line.breakpoints(), other.breakpoints()].concat();
    // At one value the breakpoint that starts its next piece comes first: between the two lies that value.
    breakpoints.sort_by(|a, b| a.at.cmp(&b.at).then(b.starts_next.cmp(&a.starts_next)));
    breakpoints.dedup();
    let piece = |line: &Piecewise, index: usize| {
        let before = index.checked_sub(1).map(|last| &breakpoints[last]);
        let passed = |own: &&Breakpoint| {
            before.is_some_and(|last| {
                own.at < last.at || (own.at == last.at && (own.starts_next || !last.starts_next))
            })
        };
        line.pieces()[line.breakpoints().iter().filter(passed).count()].clone()
    };
    let pieces = (0..=breakpoints.len()).map(|index| {
        let (line, other) = (piece(line, index), piece(other, index));
        Line { slope: &line.slope - &other.slope, at_zero: &line.at_zero - &other.at_zero }
    });
    let pieces = pieces.collect();
    Piecewise::new(breakpoints, pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn a_broken_line_less_another_is_the_difference_everywhere() {
        // A step at 1 that belongs to what follows, one that does not, and a slope that ends at 1.
        let step = |next: bool| Piecewise::step(exact("1"), next, exact("0"), exact("5"));
        let slope = Piecewise::new(
            vec![Breakpoint { at: exact("1"), starts_next: false }],
            vec![Line { slope: exact("2"), at_zero: exact("0") }, Line::flat(exact("2"))],
        );
        let lines = [step(true), step(false), slope.unwrap(), Piecewise::spike(&exact("1"))];
        for one in &lines {
            for other in &lines {
                let found = less(one, other).unwrap();
                for x in ["-3", "0.5", "1", "1.5", "7"].map(exact) {
                    assert_eq!(found.at(&x), &one.at(&x) - &other.at(&x), "{one:?} less {other:?} at {x}");
                }
            }
        }
    }
}
