//! The most and the least of a sum of money over all admissible data, with data that attain it.
//!
//! 1. **Directions.** A variable with which the sum never falls (or never rises) is set to its end; what is
//!    then narrower shows more directions, until none is found.
//! 2. **Parts.** What is left falls into parts that share no variable; the most of the sum is the sum of
//!    their mosts.
//! 3. **Branches.** A part that is not tight is split at the values where a line bends or two operands
//!    cross, else in the middle, the most promising box first, until the best data found attain the
//!    bound or the budget is spent. Boxes that cannot beat the best data are dropped.
//!
//! The bound is sound when the budget is spent, too; then it may be wider than need be.

use std::collections::BTreeMap;

use super::declared::Declared;
use super::response::{Response, Responses};
use super::sums::Sums;
use super::variables::{Source, Variable, onto};
use crate::num::{Exact, Mode, Piecewise, Range};
use crate::plan::{Form, Forms, NodeId, Op, Plan, Ranges, Readers};

/// How much work is done for one end of one sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Nodes that are worked out again while boxes are looked into.
    pub nodes: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { nodes: 5_000 }
    }
}

/// A plan with what every search over it needs.
#[derive(Debug, Clone, Copy)]
pub struct Search<'p> {
    /// The plan and its sums.
    pub sums: Sums<'p>,
    /// Who reads what.
    pub readers: &'p Readers,
    /// How much work is done.
    pub budget: Budget,
    /// How all nodes move with each variable in its declared range, when that is known.
    pub declared: Option<&'p Declared<'p>>,
}

/// The most of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Most {
    /// No admissible data give more.
    pub bound: Exact,
    /// Data that give as much, or as nearly as was found: values of the variables behind the sum.
    pub chosen: Vec<(Source, Exact)>,
    /// Nodes that were worked out again for it.
    pub nodes: usize,
    /// True when the budget was spent before the bound was tight.
    pub spent: bool,
}

/// Values of some variables.
type Box = Vec<(NodeId, Range)>;

impl<'p> Search<'p> {
    fn plan(&self) -> &'p Plan {
        self.sums.plan
    }

    fn forms(&self) -> &'p Forms {
        self.sums.forms
    }

    /// The most of a sum while the variables behind it stay in their ranges. `cone` is all that the sum
    /// reads, in rising order; `ranges` are the declared ones, and are left narrowed.
    pub fn most(&self, sum: &Form, cone: &[NodeId], variables: &[Variable], ranges: &mut Ranges<'p>) -> Most {
        let within = |node: NodeId| cone.binary_search(&node).is_ok();
        let narrower: Box = variables
            .iter()
            .filter(|variable| variable.range != *ranges.of(variable.node))
            .map(|variable| (variable.node, variable.range.clone()))
            .collect();
        self.narrow(ranges, &narrower, &within);
        let declared = self.declared.filter(|_| narrower.is_empty());
        let free = self.set_by_direction(sum, (variables, declared), ranges, &within);
        let mut most = Most { bound: sum.constant.clone(), chosen: Vec::new(), nodes: 0, spent: false };
        for part in self.parts(sum, &free, ranges, &within) {
            let (bound, best) = self.most_of_part(part, ranges, &mut most);
            most.bound = &most.bound + &bound;
            self.narrow(ranges, &best, &within);
        }
        for variable in variables {
            let range = ranges.of(variable.node);
            let value = range.single().cloned().unwrap_or_else(|| onto(&range.least, &variable.range));
            most.chosen.push((variable.source, value));
        }
        most
    }

    fn narrow(&self, ranges: &mut Ranges<'_>, known: &[(NodeId, Range)], within: &dyn Fn(NodeId) -> bool) {
        if !known.is_empty() {
            let mut from: Vec<NodeId> = known.iter().map(|(node, _)| *node).collect();
            from.sort();
            ranges.narrow(known, &self.readers.dependents(&from, within), self.forms());
        }
    }

    /// Sets every variable that the sum follows one way, again and again; gives those that stay free.
    fn set_by_direction<'v>(
        &self,
        sum: &Form,
        (behind, mut declared): (&'v [Variable], Option<&Declared<'p>>),
        ranges: &mut Ranges<'_>,
        within: &dyn Fn(NodeId) -> bool,
    ) -> Vec<&'v Variable> {
        let is_open = |ranges: &Ranges<'_>, variable: &Variable| ranges.of(variable.node).single().is_none();
        let mut free: Vec<&Variable> = behind.iter().filter(|variable| is_open(ranges, variable)).collect();
        loop {
            let mut known: Box = Vec::new();
            for variable in &free {
                let moves = |node: NodeId| within(node) && ranges.of(node).single().is_none();
                let response = match declared.and_then(|known| known.of(variable.node)) {
                    Some(responses) => self.sums.response(sum, responses, ranges),
                    None => self.response(sum, variable, ranges, &moves),
                };
                let range = ranges.of(variable.node);
                let end = match (response.rises, response.falls) {
                    (true, _) => &range.most,
                    (false, true) => &range.least,
                    (false, false) => continue,
                };
                known.push((variable.node, Range::point(&onto(end, range))));
            }
            if known.is_empty() {
                return free;
            }
            declared = None;
            self.narrow(ranges, &known, within);
            free.retain(|variable| is_open(ranges, variable));
        }
    }

    /// How a sum moves with a variable.
    fn response(
        &self,
        sum: &Form,
        variable: &Variable,
        ranges: &Ranges<'_>,
        moves: &dyn Fn(NodeId) -> bool,
    ) -> Response {
        let dependents = self.readers.dependents(&[variable.node], moves);
        let step = ranges.of(variable.node).step.as_ref();
        let known = (self.plan(), self.forms(), ranges);
        let responses = Responses::new(known, variable.node, step, &dependents);
        self.sums.response(sum, &responses, ranges)
    }

    /// The terms of a sum, those together that share a variable; terms without one come first.
    fn parts<'v>(
        &self,
        sum: &Form,
        free: &[&'v Variable],
        ranges: &Ranges<'_>,
        within: &dyn Fn(NodeId) -> bool,
    ) -> Vec<PartOfSum<'v>> {
        let moves = |node: NodeId| within(node) && ranges.of(node).single().is_none();
        let mut readers: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
        for (index, variable) in free.iter().enumerate() {
            readers.entry(variable.node).or_default().push(index);
            for node in self.readers.dependents(&[variable.node], &moves) {
                readers.entry(node).or_default().push(index);
            }
        }
        let mut group: Vec<usize> = (0..free.len()).collect();
        for (node, _) in &sum.terms {
            let shared = readers.get(node).map_or(&[][..], Vec::as_slice);
            for pair in shared.windows(2) {
                let (a, b) = (first_of(&group, pair[0]), first_of(&group, pair[1]));
                group[a.max(b)] = a.min(b);
            }
        }
        for index in 0..group.len() {
            group[index] = first_of(&group, index);
        }
        let mut parts: BTreeMap<Option<usize>, PartOfSum<'v>> = BTreeMap::new();
        for (node, factor) in &sum.terms {
            let own = readers.get(node).and_then(|shared| shared.first()).map(|index| group[*index]);
            let part = parts.entry(own).or_default();
            part.sum.terms.push((*node, factor.clone()));
        }
        for (own, part) in &mut parts {
            let members = free.iter().zip(&group).filter(|(_, group)| own.as_ref() == Some(group));
            part.variables = members.map(|(variable, _)| *variable).collect();
            let mut from: Vec<NodeId> = part.variables.iter().map(|variable| variable.node).collect();
            from.sort();
            part.dependents = self.readers.dependents(&from, &moves);
        }
        parts.into_values().collect()
    }

    /// The most of a part, and values of its variables that give it, or nearly.
    fn most_of_part(&self, part: PartOfSum<'_>, ranges: &mut Ranges<'_>, most: &mut Most) -> (Exact, Box) {
        let whole: Box =
            part.variables.iter().map(|variable| (variable.node, ranges.of(variable.node).clone())).collect();
        if whole.is_empty() {
            return (self.sums.most(&part.sum, ranges), whole);
        }
        let cost = self.sums.cost(&part.sum);
        let mut branches =
            Branches { search: self, part: &part, ranges, best: None, cost, nodes: most.nodes };
        branches.look(&whole);
        let mut open = vec![(branches.bound_of_box(&whole), whole)];
        let (bound, point) = loop {
            let (best, point) = branches.best.clone().expect("the whole has been looked into");
            open.retain(|(bound, _)| *bound > best);
            let Some(next) = (0..open.len()).max_by(|a, b| open[*a].0.cmp(&open[*b].0)) else {
                break (best, point);
            };
            let (bound, chosen) = open.swap_remove(next);
            let halves = if branches.spent() { Vec::new() } else { branches.split(&chosen) };
            if halves.is_empty() {
                most.spent = true;
                break (bound, point);
            }
            for half in halves {
                branches.look(&half);
                let own = branches.bound_of_box(&half);
                open.push((own.lesser(&bound).clone(), half));
            }
        };
        most.nodes = branches.nodes;
        (bound, point)
    }
}

/// The first of those that belong together with one.
fn first_of(group: &[usize], mut index: usize) -> usize {
    while group[index] != index {
        index = group[index];
    }
    index
}

/// Terms of a sum that share variables with each other and with no other term.
#[derive(Debug, Default)]
struct PartOfSum<'v> {
    sum: Form,
    variables: Vec<&'v Variable>,
    dependents: Vec<NodeId>,
}

/// The search within one part.
struct Branches<'s, 'p, 'r, 'q> {
    search: &'s Search<'p>,
    part: &'s PartOfSum<'s>,
    ranges: &'r mut Ranges<'q>,
    best: Option<(Exact, Box)>,
    /// What it costs to bound the part's sum.
    cost: usize,
    nodes: usize,
}

impl Branches<'_, '_, '_, '_> {
    fn spent(&self) -> bool {
        self.nodes >= self.search.budget.nodes
    }

    fn bound(&mut self, within: &Box) -> Exact {
        self.nodes += self.part.dependents.len() + self.cost;
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        self.search.sums.most(&self.part.sum, self.ranges)
    }

    /// The bound of a box; besides, what the best data give and the most that each variable adds to it.
    fn bound_of_box(&mut self, within: &Box) -> Exact {
        let bound = self.bound(within);
        let Some((value, point)) = self.best.clone().filter(|(best, _)| *best < bound) else { return bound };
        self.nodes += self.part.variables.len() * (self.part.dependents.len() + self.cost);
        let moves = |node: NodeId| self.part.dependents.binary_search(&node).is_ok();
        let mut reached = value;
        for (index, variable) in self.part.variables.iter().enumerate() {
            let (at, range) = (&point[index].1.least, &within[index].1);
            if range.single().is_some_and(|only| only == at) {
                continue;
            }
            if at < &range.least || at > &range.most {
                return bound;
            }
            let response = self.search.response(&self.part.sum, variable, self.ranges, &moves);
            let up = response.of_rise(&(&range.most - at)).1;
            let down = -&response.of_rise(&(at - &range.least)).0;
            reached = &reached + up.greater(&down).greater(&Exact::ZERO);
        }
        bound.lesser(&reached).clone()
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
            // All at their least may be where nothing counts at all: nobody on the list, nothing achieved.
            None => {
                let all = |end: fn(&Range) -> &Exact| -> Box {
                    within
                        .iter()
                        .map(|(node, range)| (*node, Range::point(&onto(end(range), range))))
                        .collect()
                };
                let (least, most) = (all(|range| &range.least), all(|range| &range.most));
                let (low, high) = (self.bound(&least), self.bound(&most));
                if high > low { (high, most) } else { (low, least) }
            }
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
