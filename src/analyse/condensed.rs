//! What is left of a sum, searched as a plan of its own in which money that is given and taken back cancels.

use super::branches::Branches;
use super::search::{Box, Most, Search};
use super::sums::Sums;
use super::variables::{Source, Variable, onto};
use crate::num::{Exact, Range};
use crate::plan::{Condensed, Gathered, NodeId, Op, Ranges, Readers};

/// What varies in a condensed plan.
fn variables(condensed: &Condensed) -> Vec<Variable> {
    let each = condensed.gathered.iter().map(|own| Variable {
        node: own.node,
        source: Source::Fact(own.fact),
        range: condensed.plan.node(own.node).range.clone(),
    });
    each.collect()
}

impl Branches<'_, '_, '_, '_> {
    /// The part condensed, while its variables keep to a box.
    fn condense(&mut self, within: &Box) -> Option<Condensed> {
        // Building a node costs several times what working out its range does.
        self.nodes += 3 * self.part.dependents.len();
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        let mut vary: Vec<NodeId> = within.iter().map(|(node, _)| *node).collect();
        vary.sort();
        Condensed::new(self.search.plan(), &self.part.sum, &vary, self.ranges)
    }

    /// The most of the part by a search of its condensed plan, whose data are tried here.
    pub fn most_condensed(&mut self, whole: &Box) -> Option<Exact> {
        let condensed = self.condense(whole)?.with_totals();
        let most = self.searched(&condensed);
        let mut point = whole.clone();
        for (own, (_, value)) in condensed.gathered.iter().zip(&most.chosen) {
            spread(own, value, &mut point);
        }
        self.keep(point);
        self.is_spent |= most.spent && self.is_open(&most.bound);
        Some(most.bound)
    }

    /// The most of a condensed sum.
    fn searched(&mut self, condensed: &Condensed) -> Most {
        let readers = Readers::new(&condensed.plan);
        let sums = Sums { plan: &condensed.plan, forms: &condensed.forms };
        let budget = self.search.budget;
        let search = Search { sums, readers: &readers, budget, declared: None, is_condensed: true };
        let variables = variables(condensed);
        let behind = condensed.plan.behind(condensed.sum.terms.iter().map(|(node, _)| *node));
        let most = search.most(&condensed.sum, &behind, &variables, &mut Ranges::declared(&condensed.plan));
        self.nodes += most.nodes;
        most
    }

    /// The bound of a box of a condensed plan, condensed again within it.
    pub fn bound_condensed(&mut self, within: &Box) -> Option<Exact> {
        let condensed = self.condense(within)?;
        let readers = Readers::new(&condensed.plan);
        let sums = Sums { plan: &condensed.plan, forms: &condensed.forms };
        let budget = self.search.budget;
        let search = Search { sums, readers: &readers, budget, declared: None, is_condensed: true };
        let variables = variables(&condensed);
        let mut ranges = Ranges::declared(&condensed.plan);
        let (bound, values) = search.most_by_direction(&condensed.sum, &variables, &mut ranges);
        if let Some(values) = values {
            let mut point = within.clone();
            for (own, (_, value)) in condensed.gathered.iter().zip(&values) {
                spread(own, &value.least, &mut point);
            }
            self.keep(point);
        }
        Some(bound.lesser(&condensed.range.most).clone())
    }

    /// The bound of a box where the sum reads all that varies through one sum of it: the most over all values
    /// of that.
    pub fn bound_by_total(&mut self, within: &Box) -> Option<Exact> {
        if within.len() < 2 {
            return None;
        }
        self.ranges.narrow(within, &self.part.dependents, self.search.forms());
        let plan = self.search.plan();
        let is_sum =
            |node: &NodeId| matches!(&plan.node(*node).op, Op::Linear { terms, .. } if terms.len() > 1);
        let mut totals = self.part.dependents.iter().rev().filter(|node| is_sum(node)).take(TOTALS_MAX);
        let condensed =
            totals.find_map(|total| Condensed::new(plan, &self.part.sum, &[*total], self.ranges))?;
        Some(self.searched(&condensed).bound)
    }

    /// Keeps data where they are better than the best so far.
    fn keep(&mut self, mut point: Box) {
        for (_, range) in &mut point {
            *range = Range::point(&onto(&range.least, range));
        }
        let value = self.bound(&point);
        if self.best.as_ref().is_none_or(|(best, _)| value > *best) {
            self.best = Some((value, point));
        }
    }
}

/// Most sums of which it is tried whether all that varies is read through them.
const TOTALS_MAX: usize = 8;

/// Most numbers that are tried for one member of a total.
const TRIED_MAX: usize = 1_000;

/// Sets the numbers that make up a gathered one so that they come to a value, or nearly.
fn spread(own: &Gathered, value: &Exact, point: &mut Box) {
    let places = own.of.iter().filter_map(|(factor, node)| {
        let place = point.iter().position(|(known, _)| known == node)?;
        Some((factor.clone(), place))
    });
    let mut places: Vec<(Exact, usize)> = places.collect();
    // The largest steps first: the last can fill what they leave.
    let size = |(factor, place): &(Exact, usize)| {
        (factor * &point[*place].1.step.clone().unwrap_or(Exact::ZERO)).abs()
    };
    places.sort_by_key(|place| std::cmp::Reverse(size(place)));
    let parts: Vec<Range> =
        places.iter().map(|(factor, place)| point[*place].1.times_constant(factor)).collect();
    let mut tried = TRIED_MAX;
    let chosen = filled(&parts, value, &mut tried).unwrap_or_else(|| nearly(&parts, value));
    for ((factor, place), part) in places.iter().zip(chosen) {
        let value = part.checked_div(factor).unwrap_or(Exact::ZERO);
        let range = &mut point[*place].1;
        *range = Range { least: value.clone(), most: value, step: range.step.clone() };
    }
}

/// One value of each range that together come to a sum.
fn filled(parts: &[Range], sum: &Exact, tried: &mut usize) -> Option<Vec<Exact>> {
    let Some((first, others)) = parts.split_first() else {
        return sum.is_zero().then(Vec::new);
    };
    let mut rest = Range::point(&Exact::ZERO);
    others.iter().for_each(|other| rest.add(&Exact::ONE, other));
    let most = onto(&(sum - &rest.least), first);
    let step = first.step.clone().filter(|step| step.sign() > 0);
    let mut own = most;
    loop {
        let left = sum - &own;
        let on_grid = rest
            .step
            .as_ref()
            .filter(|step| step.sign() > 0)
            .is_none_or(|step| left.checked_div(step).is_some_and(|multiple| multiple.is_whole()));
        if left > rest.most || *tried == 0 {
            return None;
        }
        *tried -= 1;
        if left >= rest.least
            && on_grid
            && let Some(mut chosen) = filled(others, &left, tried)
        {
            chosen.insert(0, own);
            return Some(chosen);
        }
        own = &own - step.as_ref()?;
        if own < first.least {
            return None;
        }
    }
}

/// One value of each range that together come near to a sum: as much as is left, one after the other.
fn nearly(parts: &[Range], sum: &Exact) -> Vec<Exact> {
    let mut left = sum - &parts.iter().map(|part| &part.least).sum::<Exact>();
    let each = parts.iter().map(|part| {
        let own = onto(&(&part.least + &left), part);
        left = &left - &(&own - &part.least);
        own
    });
    each.collect()
}
