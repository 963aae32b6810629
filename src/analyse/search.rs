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

use super::branches::Branches;
use super::declared::Declared;
use super::response::{Response, Responses};
use super::sums::Sums;
use super::variables::{Source, Variable, onto};
use crate::num::{Exact, Range};
use crate::plan::{Form, Forms, NodeId, Plan, Ranges, Readers};

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
    /// True where the plan is that of a condensed sum, which is condensed again in each box.
    pub is_condensed: bool,
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
pub(super) type Box = Vec<(NodeId, Range)>;

impl<'p> Search<'p> {
    pub(super) fn plan(&self) -> &'p Plan {
        self.sums.plan
    }

    pub(super) fn forms(&self) -> &'p Forms {
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
    pub(super) fn response(
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
        let mut branches = Branches::new(self, &part, ranges, most.nodes);
        let (bound, point) = branches.most(whole);
        most.spent |= branches.is_spent;
        most.nodes = branches.nodes;
        (bound, point)
    }

    /// The most of a sum after every variable that it follows one way is set, and the values of all variables
    /// where that leaves none.
    pub(super) fn most_by_direction(
        &self,
        sum: &Form,
        variables: &[Variable],
        ranges: &mut Ranges<'p>,
    ) -> (Exact, Option<Box>) {
        let free = self.set_by_direction(sum, (variables, None), ranges, &|_| true);
        let bound = self.sums.most(sum, ranges);
        let point = || variables.iter().map(|variable| (variable.node, ranges.of(variable.node).clone()));
        (bound, free.is_empty().then(|| point().collect()))
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
pub(super) struct PartOfSum<'v> {
    pub sum: Form,
    pub variables: Vec<&'v Variable>,
    pub dependents: Vec<NodeId>,
}
