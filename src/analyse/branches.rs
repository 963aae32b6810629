//! The search within one part of a sum: boxes, the most promising first, until the best data found attain
//! the bound or the budget is spent.
//!
//! What the intervals of a plan leave open is condensed first ([`Condensed`](crate::plan::Condensed)), and
//! searched as a plan of its own; there each box is condensed again.

use super::search::{Box, PartOfSum, Search};
use super::variables::onto;
use crate::num::{Exact, Mode, Piecewise, Range};
use crate::plan::{Form, NodeId, Op, Ranges};

/// The search within one part.
pub(super) struct Branches<'s, 'p, 'r, 'q> {
    pub search: &'s Search<'p>,
    pub part: &'s PartOfSum<'s>,
    pub ranges: &'r mut Ranges<'q>,
    pub best: Option<(Exact, Box)>,
    /// What it costs to bound the part's sum.
    cost: usize,
    pub nodes: usize,
    /// True when the budget was spent before the bound was tight.
    pub is_spent: bool,
}

impl<'s, 'p, 'r, 'q> Branches<'s, 'p, 'r, 'q> {
    /// Begins, after so many nodes were worked out.
    pub fn new(
        search: &'s Search<'p>,
        part: &'s PartOfSum<'s>,
        ranges: &'r mut Ranges<'q>,
        nodes: usize,
    ) -> Branches<'s, 'p, 'r, 'q> {
        let cost = search.sums.cost(&part.sum);
        Branches { search, part, ranges, best: None, cost, nodes, is_spent: false }
    }
}

impl Branches<'_, '_, '_, '_> {
    /// The most of the part, and values of its variables that give it, or nearly.
    pub fn most(&mut self, mut whole: Box) -> (Exact, Box) {
        self.look(&whole);
        let mut bound = self.bound_of_box(&whole);
        if !self.search.is_condensed
            && self.is_open(&bound)
            && let Some(condensed) = self.most_condensed(&whole)
        {
            let (best, point) = self.best_so_far();
            return (condensed.lesser(&bound).greater(&best).clone(), point);
        }
        if self.search.is_condensed {
            if self.is_open(&bound)
                && let Some(by_total) = self.bound_by_total(&whole)
            {
                bound = by_total.lesser(&bound).clone();
            }
            self.pin(&mut whole, &mut bound);
        }
        self.branch(bound, whole)
    }

    fn best_so_far(&self) -> (Exact, Box) {
        self.best.clone().expect("the whole has been looked into")
    }

    /// True when a bound lies above the best data so far.
    pub fn is_open(&self, bound: &Exact) -> bool {
        self.best.as_ref().is_none_or(|(best, _)| best < bound)
    }

    /// Leaves out of a box, for one variable after the other, the values beside its best so far where nothing
    /// can beat these data: neither by the intervals, nor when the variable goes there first and each of the
    /// others adds the most that it can.
    fn pin(&mut self, whole: &mut Box, bound: &mut Exact) {
        let (_, point) = self.best_so_far();
        let Some(mut added) = self.added(whole, &point) else { return };
        for index in 0..whole.len() {
            let (range, at) = (whole[index].1.clone(), point[index].1.least.clone());
            for side in beside(&range, &at) {
                if self.spent() || !self.is_open(bound) {
                    return;
                }
                let mut first = point.clone();
                first[index].1 = side.clone();
                let others = added.iter().enumerate().filter(|(other, _)| *other != index);
                let reached = &self.nearest_bound(&first) + &others.map(|(_, most)| most).sum::<Exact>();
                if !self.is_open(&reached) {
                    let own = &mut whole[index].1;
                    if side.least == own.least { own.least = at.clone() } else { own.most = at.clone() }
                }
            }
            if whole[index].1.single().is_some() {
                added[index] = Exact::ZERO;
            }
        }
        *bound = self.bound_of_box(whole).lesser(bound).clone();
    }

    fn branch(&mut self, bound: Exact, whole: Box) -> (Exact, Box) {
        let mut open = vec![(bound, whole)];
        loop {
            let (best, point) = self.best_so_far();
            open.retain(|(bound, _)| *bound > best);
            let Some(next) = (0..open.len()).max_by(|a, b| open[*a].0.cmp(&open[*b].0)) else {
                return (best, point);
            };
            let (bound, chosen) = open.swap_remove(next);
            let halves = if self.spent() { Vec::new() } else { self.split(&chosen) };
            if halves.is_empty() {
                self.is_spent = true;
                return (bound, point);
            }
            for half in halves {
                self.look(&half);
                let own = self.bound_of_box(&half);
                open.push((own.lesser(&bound).clone(), half));
            }
        }
    }

    fn spent(&self) -> bool {
        self.nodes >= self.search.budget.nodes
    }

    pub fn bound(&mut self, within: &Box) -> Exact {
        self.nodes += self.part.dependents.len() + self.cost;
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        self.search.sums.most(&self.part.sum, self.ranges)
    }

    /// The bound of a box by its intervals, and where these leave it open by its condensed plan.
    fn nearest_bound(&mut self, within: &Box) -> Exact {
        let bound = self.bound(within);
        let is_left = self.search.is_condensed && self.is_open(&bound);
        let condensed = if is_left { self.bound_condensed(within) } else { None };
        condensed.map_or(bound.clone(), |condensed| condensed.lesser(&bound).clone())
    }

    /// The bound of a box; besides, what the best data give and the most that each variable adds to it.
    fn bound_of_box(&mut self, within: &Box) -> Exact {
        let bound = self.nearest_bound(within);
        if !self.is_open(&bound) {
            return bound;
        }
        let (value, point) = self.best_so_far();
        let Some(added) = self.added(within, &point) else { return bound };
        let reached = &value + &added.iter().sum::<Exact>();
        bound.lesser(&reached).clone()
    }

    /// The most that each variable adds to the sum on its way from a point of a box, whatever the others are;
    /// nothing for a point that lies elsewhere.
    fn added(&mut self, within: &Box, point: &Box) -> Option<Vec<Exact>> {
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        let moves = |node: NodeId| self.part.dependents.binary_search(&node).is_ok();
        let mut added = Vec::with_capacity(within.len());
        for (index, variable) in self.part.variables.iter().enumerate() {
            let (at, range) = (&point[index].1.least, &within[index].1);
            if at < &range.least || at > &range.most {
                return None;
            }
            let mut most = Exact::ZERO;
            if range.single().is_none() {
                self.nodes += self.part.dependents.len() + self.cost;
                let response = self.search.response(&self.part.sum, variable, self.ranges, &moves);
                if *at < range.most {
                    most = most.greater(&response.of_rise(&(&range.most - at)).1).clone();
                }
                if *at > range.least {
                    most = most.greater(&-&response.of_rise(&(at - &range.least)).0).clone();
                }
            }
            added.push(most);
        }
        Some(added)
    }

    /// Tries data in a box: each variable at an end or at a value where a line bends, the others as they
    /// were best so far.
    fn look(&mut self, within: &Box) {
        let (mut value, mut point) = match &self.best {
            Some((_, point)) => {
                let near = point.iter().zip(within);
                let start: Box = near
                    .map(|((_, at), (node, range))| (*node, Range::point(&onto(&at.least, range))))
                    .collect();
                (self.bound(&start), start)
            }
            None => self.begin(within),
        };
        for index in 0..within.len() {
            if self.spent() {
                break;
            }
            self.nodes += self.part.dependents.len();
            let (node, range) = &within[index];
            let mut tried = vec![onto(&range.least, range), onto(&range.most, range)];
            tried.extend(self.bends(*node, range));
            for candidate in tried {
                if self.spent() {
                    break;
                }
                let before = std::mem::replace(&mut point[index].1, Range::point(&candidate));
                let found = self.bound(&point);
                if found > value {
                    value = found;
                } else {
                    point[index].1 = before;
                }
            }
        }
        if self.best.as_ref().is_none_or(|(best, _)| value > *best) {
            self.best = Some((value, point));
        }
    }

    /// Data to begin with: all at their most; all at their least, where nothing may count at all, as nobody
    /// is on the list; or each where the sum leans to but for jumps.
    fn begin(&mut self, within: &Box) -> (Exact, Box) {
        let set = |end: &dyn Fn(usize, &Range) -> Exact| -> Box {
            let each = within.iter().enumerate();
            each.map(|(index, (node, range))| (*node, Range::point(&onto(&end(index, range), range))))
                .collect()
        };
        let leaning = self.leaning(within);
        let points = [
            set(&|_, range| range.least.clone()),
            set(&|_, range| range.most.clone()),
            set(&|index, range| if leaning[index] { range.most.clone() } else { range.least.clone() }),
        ];
        let [least, most, leant] = points.map(|point| (self.bound(&point), point));
        let best = if most.0 > least.0 { most } else { least };
        if leant.0 > best.0 { leant } else { best }
    }

    /// Of each variable whether the sum rises with it more than it falls, but for jumps.
    fn leaning(&mut self, within: &Box) -> Vec<bool> {
        self.nodes += within.len() * (self.part.dependents.len() + self.cost);
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        let moves = |node: NodeId| self.part.dependents.binary_search(&node).is_ok();
        let each = self.part.variables.iter().map(|variable| {
            let response = self.search.response(&self.part.sum, variable, self.ranges, &moves);
            (&response.slope.0 + &response.slope.1).sign() > 0
        });
        each.collect()
    }

    /// Values of a variable within a range at which a line bends or two operands cross, while the
    /// others stay where they were last; on the grid, both sides of it.
    fn bends(&self, node: NodeId, range: &Range) -> Vec<Exact> {
        let mut bends = Vec::new();
        for dependent in &self.part.dependents {
            let op = &self.search.plan().node(*dependent).op;
            if let Op::Piecewise(x, line) = op {
                bends.extend(self.reaching(node, &[(Exact::ONE, *x)], line));
            }
            if let Op::Extreme(_, of) = op {
                for pair in of.windows(2) {
                    let terms = [(Exact::ONE, pair[0]), (Exact::from(-1), pair[1])];
                    bends.extend(self.reaching(node, &terms, &Piecewise::spike(&Exact::ZERO)));
                }
            }
        }
        let step = range.step.as_ref().filter(|step| step.sign() > 0);
        let mut sides: Vec<Exact> = match step {
            None => bends,
            Some(step) => {
                let each = bends.iter().flat_map(|bend| {
                    let below = bend.rounded(step, Mode::Floor);
                    [&below - step, below.clone(), &below + step]
                });
                each.collect()
            }
        };
        sides.retain(|bend| bend > &range.least && bend < &range.most);
        sides.sort();
        sides.dedup();
        sides
    }

    /// Where a sum that follows the variable in a straight line reaches the breakpoints of a line.
    fn reaching(&self, node: NodeId, terms: &[(Exact, NodeId)], line: &Piecewise) -> Vec<Exact> {
        let form = Form::of(terms, &Exact::ZERO, self.search.forms().all());
        let mut rest = form.constant.clone();
        let mut slope = Exact::ZERO;
        for (term, factor) in &form.terms {
            match self.ranges.of(*term).single() {
                _ if *term == node => slope = factor.clone(),
                Some(known) => rest = &rest + &(factor * known),
                None => return Vec::new(),
            }
        }
        let solve = |at: &Exact| (at - &rest).checked_div(&slope);
        line.breakpoints().iter().filter_map(|breakpoint| solve(&breakpoint.at)).collect()
    }

    /// Two halves of a box, along the variable that moves the sum most; none when it is one point.
    fn split(&mut self, within: &Box) -> Vec<Box> {
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        self.nodes += self.part.variables.len() * (self.part.dependents.len() + self.cost);
        let moves = |node: NodeId| self.part.dependents.binary_search(&node).is_ok();
        let mut widest: Option<(Exact, usize)> = None;
        for (index, variable) in self.part.variables.iter().enumerate() {
            let range = &within[index].1;
            if range.single().is_some() {
                continue;
            }
            let response = self.search.response(&self.part.sum, variable, self.ranges, &moves);
            let (least, most) = response.of_rise(&(&range.most - &range.least));
            let width = &most - &least;
            if widest.as_ref().is_none_or(|(known, _)| width > *known) {
                widest = Some((width, index));
            }
        }
        let Some((_, index)) = widest else { return Vec::new() };
        let (node, range) = &within[index];
        let middle = &(&range.least + &range.most) * &Exact::ratio(1, 2).unwrap_or(Exact::ONE);
        let bends = self.bends(*node, range);
        let nearest = bends.into_iter().min_by_key(|bend| (bend - &middle).abs());
        let at = nearest.unwrap_or_else(|| onto(&middle, range));
        halves(range, &at)
            .into_iter()
            .map(|half| {
                let mut own = within.clone();
                own[index].1 = half;
                own
            })
            .collect()
    }
}

/// A range up to a value, and from the next one on.
fn halves(range: &Range, at: &Exact) -> Vec<Range> {
    let next = match range.step.as_ref().filter(|step| step.sign() > 0) {
        Some(step) => at + step,
        None => at.clone(),
    };
    let below = Range { most: at.clone(), ..range.clone() };
    let above = Range { least: next, ..range.clone() };
    let proper = |half: &Range| half.least <= half.most && half != range;
    [below, above].into_iter().filter(proper).collect()
}

/// The values of a range below one of them, and those above.
fn beside(range: &Range, at: &Exact) -> Vec<Range> {
    let step = range.step.clone().filter(|step| step.sign() > 0).unwrap_or(Exact::ZERO);
    let below = Range { most: at - &step, ..range.clone() };
    let above = Range { least: at + &step, ..range.clone() };
    [below, above].into_iter().filter(|side| side.least <= side.most && side != range).collect()
}
