//! What one node is less another, as a node: what the two have in common is taken out, so that the
//! difference is known more narrowly than that of two ranges.
//!
//! 5 % × V − 4 % × V is 1 % × V, and 0.05·V·s − 0.04·V·s is (0.05·V − 0.04·V)·s. Roundings are left out,
//! and how far they can lie apart is kept beside the node. Where nothing is in common the difference is
//! that of the two.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{NodeId, Op, OriginId, SplitId};
use super::range::Form;
use super::{Builder, LineSpec, PartSpec, PlanNodes};
use crate::num::{Breakpoint, Exact, Line, Mode, Piecewise, Range};

/// Deepest chain of nodes that is followed.
const DEPTH_MAX: usize = 400;

/// A difference: a node, and what the true difference is beyond it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The node.
    pub node: NodeId,
    /// The least and most that the true difference lies beyond the node.
    pub beyond: (Exact, Exact),
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
    Apart { node, beyond: (Exact::ZERO, Exact::ZERO) }
}

fn turned((least, most): &(Exact, Exact), factor: &Exact) -> (Exact, Exact) {
    let ends = (least * factor, most * factor);
    if factor.sign() < 0 { (ends.1, ends.0) } else { ends }
}

fn plus(one: &(Exact, Exact), other: &(Exact, Exact)) -> (Exact, Exact) {
    (&one.0 + &other.0, &one.1 + &other.1)
}

/// How far a rounded number lies above what it rounds.
fn error(quantum: &Exact, mode: Mode) -> (Exact, Exact) {
    let half = quantum * &Exact::ratio(1, 2).unwrap_or(Exact::ONE);
    match mode {
        Mode::HalfAway | Mode::HalfUp | Mode::HalfEven => (-&half, half),
        Mode::Down => (-quantum, quantum.clone()),
        Mode::Floor => (-quantum, Exact::ZERO),
        Mode::Ceiling => (Exact::ZERO, quantum.clone()),
    }
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
            (Op::Product(a, b), Op::Product(c, d)) => Some(self.of_products((a, b), (c, d), origin)),
            (Op::Ratio(a, b), Op::Ratio(c, d)) if b == d => self.of_ratios(a, c, b, origin),
            (
                Op::Select { condition, then, otherwise },
                Op::Select { condition: same, then: later, otherwise: other },
            ) if condition == same => {
                let (then, otherwise) = (self.between(then, later), self.between(otherwise, other));
                let node = self.builder.select(condition, then.node, otherwise.node, origin);
                let least = then.beyond.0.lesser(&otherwise.beyond.0).clone();
                let most = then.beyond.1.greater(&otherwise.beyond.1).clone();
                Some(Apart { node, beyond: (least, most) })
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
            rest.push((before.clone(), inner.node));
            rest.push((&factor - &before, node));
        }
        rest.extend(losing.into_iter().map(|(node, factor)| (-&factor, node)));
        Some(Apart { node: self.builder.linear(&rest, left.constant, origin), beyond })
    }

    /// Nodes of one kind, for the same period and members.
    fn alike(&self, before: NodeId, after: NodeId) -> bool {
        let same_kind =
            std::mem::discriminant(self.builder.op(before)) == std::mem::discriminant(self.builder.op(after));
        same_kind && self.builder.origin_of(before).context == self.builder.origin_of(after).context
    }

    /// x·y − a·b: a factor in common is taken out, else (x − a)·y + a·(y − b).
    fn of_products(&mut self, (a, b): (NodeId, NodeId), (x, y): (NodeId, NodeId), origin: OriginId) -> Apart {
        let ((a, b), (x, y)) = if a == y || b == x { ((b, a), (x, y)) } else { ((a, b), (x, y)) };
        let of_factor = |this: &mut Self, from: NodeId, to: NodeId, times: NodeId| {
            let apart = this.between(from, to);
            let node = this.builder.product(apart.node, times, origin);
            let slack = Range::between(apart.beyond.0, apart.beyond.1).times(this.builder.range(times));
            (node, (slack.least, slack.most))
        };
        let (first, one) = of_factor(self, a, x, y);
        let (second, other) = of_factor(self, b, y, a);
        let node = self.builder.linear(&[(Exact::ONE, first), (Exact::ONE, second)], Exact::ZERO, origin);
        Apart { node, beyond: plus(&one, &other) }
    }

    fn of_ratios(&mut self, before: NodeId, after: NodeId, by: NodeId, origin: OriginId) -> Option<Apart> {
        let apart = self.between(before, after);
        let node = self.builder.ratio(apart.node, by, origin);
        let slack = Range::between(apart.beyond.0, apart.beyond.1);
        if slack.single().is_some_and(Exact::is_zero) {
            return Some(exactly(node));
        }
        let slack = slack.over(self.builder.range(by))?;
        Some(Apart { node, beyond: (slack.least, slack.most) })
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
        Some(Apart { node: self.builder.scaled(share, totals.node, origin), beyond })
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
            super::Pick::Least => vec![itself, held],
            super::Pick::Greatest => vec![held, itself],
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
