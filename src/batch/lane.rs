//! Lanes: whole numbers that stand for the values of nodes on a grid known before any data.
//!
//! A value is its lane times a unit, an exact number that the translation of the plan keeps. Each
//! lane knows the least and the most it can be; that decides what computes it (see `program`).

use std::collections::BTreeMap;

use crate::num::{Mode, Residue};
use crate::plan::Pick;

/// No lane and no number on the way to one may reach this.
pub(super) const SIZE_MAX: i128 = 1 << 125;

/// A sum of so many terms is worth being found in a longer one.
const SHORTENS: usize = 3;

/// Index of a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LaneId(pub(super) usize);

/// A factor and a lane.
pub(super) type Term = (i128, LaneId);

/// The least and the most a lane can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: i128,
    pub(super) most: i128,
}

impl Bounds {
    pub(super) fn point(n: i128) -> Bounds {
        Bounds { least: n, most: n }
    }

    pub(super) fn of(a: i128, b: i128) -> Bounds {
        Bounds { least: a.min(b), most: a.max(b) }
    }

    /// The largest size, without sign.
    pub(super) fn size(self) -> i128 {
        self.least.abs().max(self.most.abs())
    }

    pub(super) fn join(self, other: Bounds) -> Bounds {
        Bounds { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    fn plus(self, other: Bounds) -> Option<Bounds> {
        Bounds { least: self.least + other.least, most: self.most + other.most }.kept()
    }

    /// `factor · n + shift`
    pub(super) fn line(self, factor: i128, shift: i128) -> Option<Bounds> {
        let size = self.size().checked_mul(factor.checked_abs()?)?.checked_add(shift.checked_abs()?)?;
        let at = |n: i128| factor * n + shift;
        (size < SIZE_MAX).then(|| Bounds::of(at(self.least), at(self.most)))
    }

    pub(super) fn times(self, other: Bounds) -> Option<Bounds> {
        let size = self.size().checked_mul(other.size())?;
        if size >= SIZE_MAX {
            return None;
        }
        let corners = [
            self.least * other.least,
            self.least * other.most,
            self.most * other.least,
            self.most * other.most,
        ];
        Some(Bounds { least: *corners.iter().min()?, most: *corners.iter().max()? })
    }

    fn kept(self) -> Option<Bounds> {
        (self.size() < SIZE_MAX).then_some(self)
    }
}

/// `factor · n + shift` on a stretch of a lane.
pub(super) type LaneLine = (i128, i128);

/// What computes a lane from earlier ones. All numbers are whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Op {
    /// A column of facts.
    Input(usize),
    /// The sum of factor × lane, plus a constant.
    Sum { terms: Vec<Term>, constant: i128 },
    /// The product of two lanes.
    Product(LaneId, LaneId),
    /// `factor · x + shift`, no less than `least` and no more than `most`.
    Clamp { x: LaneId, line: LaneLine, least: i128, most: i128 },
    /// The line of the stretch that x is in; a stretch begins with its cut.
    Pieces { x: LaneId, cuts: Vec<i128>, lines: Vec<LaneLine> },
    /// The least or greatest of factor × lane.
    Extreme(Pick, Vec<Term>),
    /// One of two factor × lane, by a lane that is 0 or 1.
    Select { condition: LaneId, then: Term, otherwise: Term },
    /// `x · p / q`, or `x · p / (over · q)`, rounded to a whole number; p, q and over are above 0.
    Round { x: LaneId, over: Option<LaneId>, p: i128, q: i128, mode: Mode },
    /// A part of a split.
    Part { split: usize, part: usize },
    /// A node that is evaluated with exact rationals, by its place among those.
    Exactly { place: usize },
}

/// A weight of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Known(i128),
    Lane(LaneId),
}

/// A total of whole quanta and how it is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaneSplit {
    pub(super) total: LaneId,
    pub(super) weights: Vec<Weight>,
    pub(super) mode: Mode,
    pub(super) residue: Residue,
}

/// A lane: what computes it, and its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) op: Op,
    pub(super) bounds: Bounds,
}

/// Lanes in the order in which they can be computed, each computation once.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    known: BTreeMap<Op, LaneId>,
    /// Sums by their first term, to be found as parts of longer ones.
    sums: BTreeMap<Term, Vec<LaneId>>,
    pub(super) splits: Vec<LaneSplit>,
}

impl Lanes {
    pub(super) fn all(&self) -> &[Lane] {
        &self.lanes
    }

    pub(super) fn bounds(&self, lane: LaneId) -> Bounds {
        self.lanes[lane.0].bounds
    }

    /// Takes note of bounds of a lane that are known otherwise.
    pub(super) fn tighten(&mut self, lane: LaneId, known: Bounds) {
        let own = &mut self.lanes[lane.0].bounds;
        let least = own.least.max(known.least);
        let most = own.most.min(known.most);
        if least <= most {
            *own = Bounds { least, most };
        }
    }

    /// A lane whose bounds are known otherwise.
    pub(super) fn given(&mut self, op: Op, bounds: Bounds) -> LaneId {
        if let Some(lane) = self.known.get(&op) {
            return *lane;
        }
        let lane = LaneId(self.lanes.len());
        self.known.insert(op.clone(), lane);
        self.lanes.push(Lane { op, bounds });
        lane
    }

    /// A computed lane; nothing when it could grow beyond all limits.
    fn push(&mut self, op: Op) -> Option<LaneId> {
        if let Some(lane) = self.known.get(&op) {
            return Some(*lane);
        }
        let bounds = self.bounds_of(&op)?;
        Some(self.given(op, bounds))
    }

    fn bounds_of(&self, op: &Op) -> Option<Bounds> {
        let of = |lane: &LaneId| self.bounds(*lane);
        let term = |(factor, lane): &Term| of(lane).line(*factor, 0);
        match op {
            Op::Input(_) | Op::Part { .. } | Op::Exactly { .. } => None,
            Op::Sum { terms, constant } => {
                terms.iter().try_fold(Bounds::point(*constant), |sum, next| sum.plus(term(next)?))
            }
            Op::Product(x, y) if x == y => {
                let square = of(x).times(of(x))?;
                let straddles = of(x).least <= 0 && of(x).most >= 0;
                Some(if straddles { Bounds { least: 0, ..square } } else { square })
            }
            Op::Product(x, y) => of(x).times(of(y)),
            Op::Clamp { x, line, least, most } => {
                let free = of(x).line(line.0, line.1)?;
                Some(Bounds { least: free.least.clamp(*least, *most), most: free.most.clamp(*least, *most) })
            }
            Op::Pieces { x, cuts, lines } => {
                let stretches = (0..lines.len()).map(|k| stretch(of(x), cuts, k));
                let values = stretches.zip(lines).map(|(stretch, line)| stretch.line(line.0, line.1));
                values.reduce(|all, next| Some(all?.join(next?))).flatten()
            }
            Op::Extreme(pick, terms) => {
                let each = terms.iter().map(term).collect::<Option<Vec<_>>>()?;
                each.into_iter().reduce(|a, b| match pick {
                    Pick::Least => Bounds { least: a.least.min(b.least), most: a.most.min(b.most) },
                    Pick::Greatest => Bounds { least: a.least.max(b.least), most: a.most.max(b.most) },
                })
            }
            Op::Select { then, otherwise, .. } => Some(term(then)?.join(term(otherwise)?)),
            Op::Round { x, over, p, q, .. } => rounded(of(x), over.map(|over| of(&over)), (*p, *q)),
        }
    }

    /// The lane that is this number in every scenario.
    pub(super) fn constant(&mut self, n: i128) -> Option<LaneId> {
        self.push(Op::Sum { terms: Vec::new(), constant: n })
    }

    /// A sum; a lane that is already there where nothing is to be added.
    pub(super) fn sum(&mut self, terms: &[Term], constant: i128) -> Option<LaneId> {
        let mut merged: Vec<Term> = Vec::with_capacity(terms.len());
        let mut sorted = terms.to_vec();
        sorted.sort_by_key(|(_, lane)| *lane);
        for (factor, lane) in sorted {
            match merged.last_mut().filter(|last| last.1 == lane) {
                Some(last) => last.0 = last.0.checked_add(factor)?,
                None => merged.push((factor, lane)),
            }
        }
        merged.retain(|(factor, _)| *factor != 0);
        self.shorten(&mut merged);
        match (&merged[..], constant) {
            ([(1, lane)], 0) => Some(*lane),
            ([..], _) => {
                let first = merged.first().copied();
                let listed = constant == 0 && merged.len() >= SHORTENS;
                let before = self.lanes.len();
                let lane = self.push(Op::Sum { terms: merged, constant })?;
                if let (Some(first), true) = (first, listed && lane.0 == before) {
                    self.sums.entry(first).or_default().push(lane);
                }
                Some(lane)
            }
        }
    }

    /// Puts sums that are already there in the place of their terms, the longest first.
    fn shorten(&self, terms: &mut Vec<Term>) {
        while terms.len() > SHORTENS {
            let known = terms.iter().filter_map(|term| self.sums.get(term)).flatten();
            let part = known.filter_map(|lane| match &self.lanes[lane.0].op {
                Op::Sum { terms: part, .. } if is_part(part, terms) => Some((part, *lane)),
                Op::Sum { .. }
                | Op::Input(_)
                | Op::Product(..)
                | Op::Clamp { .. }
                | Op::Pieces { .. }
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Part { .. }
                | Op::Exactly { .. } => None,
            });
            let Some((part, lane)) = part.max_by_key(|(part, _)| part.len()) else { return };
            terms.retain(|term| part.binary_search_by_key(&(term.1, term.0), |t| (t.1, t.0)).is_err());
            terms.push((1, lane));
            terms.sort_by_key(|(_, lane)| *lane);
        }
    }

    pub(super) fn product(&mut self, x: LaneId, y: LaneId) -> Option<LaneId> {
        self.push(Op::Product(x.min(y), x.max(y)))
    }

    /// A line within limits; without them where the line never reaches them.
    pub(super) fn clamp(&mut self, x: LaneId, line: LaneLine, (least, most): (i128, i128)) -> Option<LaneId> {
        let free = self.bounds(x).line(line.0, line.1)?;
        if free.least >= least && free.most <= most {
            return self.sum(&[(line.0, x)], line.1);
        }
        self.push(Op::Clamp { x, line, least, most })
    }

    /// Where a lane is at least a number: 1, else 0.
    pub(super) fn at_least(&mut self, x: LaneId, n: i128) -> Option<LaneId> {
        self.clamp(x, (1, 1 - n), (0, 1))
    }

    /// A broken line: one stretch, a line within limits, or any other.
    pub(super) fn pieces(&mut self, x: LaneId, cuts: Vec<i128>, lines: Vec<LaneLine>) -> Option<LaneId> {
        if let [line] = lines[..] {
            return self.sum(&[(line.0, x)], line.1);
        }
        match self.as_clamp(x, &cuts, &lines) {
            Some((line, limits)) => self.clamp(x, line, limits),
            None => self.push(Op::Pieces { x, cuts, lines }),
        }
    }

    /// A broken line as a line within limits, where it is the same for every whole number.
    fn as_clamp(&self, x: LaneId, cuts: &[i128], lines: &[LaneLine]) -> Option<(LaneLine, (i128, i128))> {
        let bounds = self.bounds(x);
        let sloped = lines.iter().position(|line| line.0 != 0)?;
        if lines.iter().filter(|line| line.0 != 0).count() != 1 || lines.len() > 3 {
            return None;
        }
        let line = lines[sloped];
        let free = bounds.line(line.0, line.1)?;
        let mut limits = (free.least, free.most);
        for (k, flat) in lines.iter().enumerate().filter(|(_, line)| line.0 == 0) {
            // Below the line's stretch a rising line is cut from below, a falling one from above.
            let at_bottom = (k < sloped) == (line.0 > 0);
            if at_bottom {
                limits.0 = flat.1;
            } else {
                limits.1 = flat.1;
            }
        }
        if limits.0 > limits.1 {
            return None;
        }
        // A line and limits agree with a stretch when they do at both of its ends.
        let same = (0..lines.len()).all(|k| {
            let ends = stretch(bounds, cuts, k);
            let at = |n: i128| (line.0 * n + line.1).clamp(limits.0, limits.1) == lines[k].0 * n + lines[k].1;
            at(ends.least) && at(ends.most)
        });
        same.then_some((line, limits))
    }

    pub(super) fn extreme(&mut self, pick: Pick, mut terms: Vec<Term>) -> Option<LaneId> {
        terms.sort_by_key(|(factor, lane)| (*lane, *factor));
        terms.dedup();
        match terms[..] {
            [(factor, lane)] => self.sum(&[(factor, lane)], 0),
            _ => self.push(Op::Extreme(pick, terms)),
        }
    }

    pub(super) fn select(&mut self, condition: LaneId, then: Term, otherwise: Term) -> Option<LaneId> {
        self.push(Op::Select { condition, then, otherwise })
    }

    pub(super) fn round(
        &mut self,
        x: LaneId,
        over: Option<LaneId>,
        (p, q): (i128, i128),
        mode: Mode,
    ) -> Option<LaneId> {
        // Where the sign is known, modes that differ only by sign are the same.
        let bounds = self.bounds(x);
        let mode = match mode {
            Mode::HalfUp if bounds.least >= 0 => Mode::HalfAway,
            Mode::Floor if bounds.least >= 0 => Mode::Down,
            Mode::Ceiling if bounds.most <= 0 => Mode::Down,
            Mode::HalfAway | Mode::HalfUp | Mode::HalfEven | Mode::Down | Mode::Floor | Mode::Ceiling => mode,
        };
        self.push(Op::Round { x, over, p, q, mode })
    }

    /// The parts of a split, each a lane, one after the other.
    pub(super) fn split(&mut self, split: LaneSplit, bounds: Bounds) -> Vec<LaneId> {
        let known = self.splits.iter().position(|known| *known == split);
        let parts = split.weights.len();
        let index = known.unwrap_or_else(|| {
            self.splits.push(split);
            self.splits.len() - 1
        });
        (0..parts).map(|part| self.given(Op::Part { split: index, part }, bounds)).collect()
    }
}

/// True when every term of a sum is one of the terms of another; both in the order of lanes.
fn is_part(part: &[Term], terms: &[Term]) -> bool {
    let mut rest = terms.iter();
    part.len() < terms.len() && part.iter().all(|term| rest.any(|other| other == term))
}

/// The ends of a stretch of a broken line.
pub(super) fn stretch(bounds: Bounds, cuts: &[i128], k: usize) -> Bounds {
    let least = if k == 0 { bounds.least } else { cuts[k - 1] };
    let most = cuts.get(k).map_or(bounds.most, |cut| cut - 1);
    Bounds { least, most }
}

/// Rounding moves a number by less than one.
fn rounded(x: Bounds, over: Option<Bounds>, (p, q): (i128, i128)) -> Option<Bounds> {
    x.line(p, 0)?;
    let divisor = |over: i128| over.checked_mul(q).filter(|divisor| *divisor < SIZE_MAX);
    let (small, large) = match over {
        None => (divisor(1)?, divisor(1)?),
        Some(over) => (divisor(over.least.max(1))?, divisor(over.most)?),
    };
    let towards = |n: i128, down: i128| {
        // A number below 0 is lowest over the small divisor, one above 0 over the large.
        let over = if (n < 0) == (down < 0) { small } else { large };
        (n * p).div_euclid(over) + if down < 0 { 0 } else { 1 }
    };
    Some(Bounds { least: towards(x.least, -1), most: towards(x.most, 1) })
}
