//! What is known of a node before any data: the range of its values, its linear form, and the
//! digits a value may need.
//!
//! Ranges are relational where money cancels: a sum is also bounded through its form over the
//! nodes that are not themselves sums, so that `a − (a − b)` is known to be `b`.

use super::PlanNodes;
use super::builder::Builder;
use super::node::{FactId, NodeId, Op, Pick, Split};
use super::statistic::HOLDERS_MAX;
use crate::num::{Division, Exact, Mode, Range, Residue, apportion};

/// Longest linear form that is kept.
const FORM_TERMS_MAX: usize = 600;

/// Nodes with what is known of their values so far.
pub trait KnownRanges: PlanNodes {
    /// The values that an earlier node can take.
    fn range_of(&self, node: NodeId) -> &Range;
    /// The values that an observed number can take.
    fn range_of_fact(&self, fact: FactId) -> &Range;
}

/// A node as a sum of constant × node over nodes that are not sums, plus a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// Each node once, in order, with a factor that is not 0.
    pub terms: Vec<(NodeId, Exact)>,
    /// What is added.
    pub constant: Exact,
}

/// The form of a node that is a sum; other nodes stand for themselves.
pub(super) fn form_of(op: &Op, forms: &[Option<Form>]) -> Option<Form> {
    let Op::Linear { terms, constant } = op else { return None };
    let mut all: Vec<(NodeId, Exact)> = Vec::with_capacity(terms.len());
    let mut constant = constant.clone();
    for (factor, node) in terms {
        match &forms[node.index()] {
            Some(inner) => {
                constant = &constant + &(factor * &inner.constant);
                all.extend(inner.terms.iter().map(|(atom, inner_factor)| (*atom, factor * inner_factor)));
            }
            None => all.push((*node, factor.clone())),
        }
        if all.len() > 20 * FORM_TERMS_MAX {
            return None;
        }
    }
    let terms = merged(all);
    (terms.len() <= FORM_TERMS_MAX).then_some(Form { terms, constant })
}

/// Each node once, with the sum of its factors; those that cancel are left out.
fn merged(mut terms: Vec<(NodeId, Exact)>) -> Vec<(NodeId, Exact)> {
    terms.sort_by_key(|(node, _)| *node);
    terms.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = &kept.1 + &later.1;
        }
        same
    });
    terms.retain(|(_, factor)| !factor.is_zero());
    terms
}

impl Form {
    /// The sum of factor × node, plus a constant, each node replaced by its own form where it has one.
    pub fn of(terms: &[(Exact, NodeId)], constant: &Exact, forms: &[Option<Form>]) -> Form {
        let mut sum = Form { terms: Vec::with_capacity(terms.len()), constant: constant.clone() };
        for (factor, node) in terms {
            sum.add_unmerged(factor, *node, forms);
        }
        sum.terms = merged(sum.terms);
        sum
    }

    /// This sum and a factor times a node.
    pub fn plus(&self, factor: &Exact, node: NodeId, forms: &[Option<Form>]) -> Form {
        let mut sum = self.clone();
        sum.add_unmerged(factor, node, forms);
        sum.terms = merged(sum.terms);
        sum
    }

    fn add_unmerged(&mut self, factor: &Exact, node: NodeId, forms: &[Option<Form>]) {
        match &forms[node.index()] {
            Some(inner) => {
                self.constant = &self.constant + &(factor * &inner.constant);
                self.terms
                    .extend(inner.terms.iter().map(|(atom, inner_factor)| (*atom, factor * inner_factor)));
            }
            None => self.terms.push((node, factor.clone())),
        }
    }

    /// The values that the sum can take.
    pub fn range<'r>(&self, of: impl Fn(NodeId) -> &'r Range) -> Range {
        sum(self.terms.iter().map(|(node, factor)| (factor, of(*node))), &self.constant)
    }

    /// True when the sum is always 0.
    pub(super) fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.constant.is_zero()
    }
}

/// All values a node can take, from the ranges of its operands.
pub(super) fn range_of(op: &Op, form: Option<&Form>, plan: &impl KnownRanges) -> Range {
    let of = |node: &NodeId| plan.range_of(*node);
    match op {
        Op::Const(value) => Range::point(value),
        Op::Fact(fact) => plan.range_of_fact(*fact).clone(),
        Op::Linear { terms, constant } => {
            let direct = sum(terms.iter().map(|(factor, node)| (factor, of(node))), constant);
            // Among nodes that are no sums themselves nothing can cancel.
            let is_sum = |node: &NodeId| matches!(plan.nodes()[node.index()].op, Op::Linear { .. });
            let flat = !terms.iter().any(|(_, node)| is_sum(node));
            match form {
                Some(form) if !flat => direct
                    .meet(&sum(form.terms.iter().map(|(node, factor)| (factor, of(node))), &form.constant)),
                Some(_) | None => direct,
            }
        }
        Op::Product(x, y) if x == y => square(of(x)),
        Op::Product(x, y) => of(x).times(of(y)),
        Op::Ratio(x, y) => ratio(of(x), of(y)),
        Op::Piecewise(x, line) => line.range(of(x)),
        Op::Extreme(pick, nodes) => extreme(*pick, &nodes.iter().map(of).collect::<Vec<_>>()),
        Op::Select { condition, then, otherwise } => match of(condition).single() {
            Some(known) if known.is_zero() => of(otherwise).clone(),
            Some(_) => of(then).clone(),
            None => of(then).join(of(otherwise)),
        },
        Op::Round { x, quantum, mode } => of(x).rounded(quantum, *mode),
        Op::Share(split, part) => share(plan.split(*split), *part, &|node| plan.range_of(node)),
        Op::Statistic(statistic) => plan.statistic(*statistic).range(&|node| plan.range_of(node).clone()),
    }
}

fn sum<'a>(terms: impl Iterator<Item = (&'a Exact, &'a Range)>, constant: &Exact) -> Range {
    let mut total = Range::point(constant);
    terms.for_each(|(factor, range)| total.add(factor, range));
    total
}

fn square(range: &Range) -> Range {
    let product = range.times(range);
    let least = if range.has_zero() {
        Exact::ZERO
    } else {
        (&range.least * &range.least).lesser(&(&range.most * &range.most)).clone()
    };
    Range { least, ..product }
}

/// The quotients; where the divisor can come as near to 0 as its grid allows, through that, and
/// the 0 that stands where it is 0.
fn ratio(x: &Range, y: &Range) -> Range {
    if let Some(range) = x.over(y) {
        return range;
    }
    let zero = Range::point(&Exact::ZERO);
    let nearest = y.step.clone().filter(|step| !step.is_zero());
    let sides = [
        (y.most.sign() > 0).then(|| (nearest.clone(), y.most.clone())),
        (y.least.sign() < 0).then(|| (nearest.as_ref().map(|step| -step), y.least.clone())),
    ];
    let mut range = zero;
    for (near, far) in sides.into_iter().flatten() {
        // Without a grid a divisor can be as small as 28 digits allow.
        let tiny = Exact::scaled(if far.sign() < 0 { -1 } else { 1 }, 28);
        let divisor = Range::hull(&[near.unwrap_or(tiny), far]);
        if let Some(side) = x.over(&divisor) {
            range = range.join(&side);
        }
    }
    Range { step: None, ..range }
}

fn extreme(pick: Pick, ranges: &[&Range]) -> Range {
    let joined = ranges.iter().skip(1).fold(ranges[0].clone(), |all, range| all.join(range));
    match pick {
        Pick::Least => {
            let most = ranges.iter().map(|range| &range.most).min().expect("an extreme of something");
            Range { most: most.clone(), ..joined }
        }
        Pick::Greatest => {
            let least = ranges.iter().map(|range| &range.least).max().expect("an extreme of something");
            Range { least: least.clone(), ..joined }
        }
    }
}

fn share<'r>(split: &Split, part: usize, of: &dyn Fn(NodeId) -> &'r Range) -> Range {
    if let Some(range) = of_each_total(split, part, of) {
        return range;
    }
    let total = of(split.total);
    let limits = split.limits.as_ref().map(|limits| limits[part]).map(|(least, most)| (of(least), of(most)));
    let slack = split.slack();
    let range = part_range(total, limits, &slack, &split.quantum);
    let weights = split.weights.iter().map(|weight| of(*weight).single().cloned());
    let weights: Vec<Exact> = weights.collect::<Option<_>>().unwrap_or_default();
    let sum: Exact = weights.iter().sum();
    if limits.is_none()
        && let Some(share) = weights.get(part).and_then(|weight| weight.checked_div(&sum))
    {
        let exact = total.times_constant(&share);
        // Without a weight a part takes nothing, and no rest either.
        let own = if share.is_zero() && !matches!(split.residue, Residue::Part(taker) if taker == part) {
            exact
        } else {
            exact.widened(&slack)
        };
        return Range { step: range.step.clone(), ..range.meet(&own) };
    }
    range
}

/// Most totals that are split one by one.
const TOTALS_MAX: i64 = 64;

/// All values of a part, when nothing but a few pennies of the total is unknown.
fn of_each_total<'r>(split: &Split, part: usize, of: &dyn Fn(NodeId) -> &'r Range) -> Option<Range> {
    let known = |node: NodeId| of(node).single().cloned();
    let (total, quantum) = (of(split.total), &split.quantum);
    let steps = (&total.most - &total.least).checked_div(quantum)?.to_i64()?;
    if steps > TOTALS_MAX {
        return None;
    }
    let weights: Vec<Exact> = split.weights.iter().map(|node| known(*node)).collect::<Option<_>>()?;
    let limits: Option<Vec<(Exact, Exact)>> = match &split.limits {
        None => None,
        Some(limits) => {
            let each = limits.iter().map(|(least, most)| Some((known(*least)?, known(*most)?)));
            Some(each.collect::<Option<_>>()?)
        }
    };
    let (mode, residue) = (split.mode, split.residue);
    let division = Division { weights: &weights, limits: limits.as_deref(), quantum, mode, residue };
    let parts: Vec<Exact> = (0..=steps)
        .map(|step| apportion(&(&total.least + &(quantum * &Exact::from(step))), &division).swap_remove(part))
        .collect();
    Some(Range { step: Some(quantum.clone()), ..Range::hull(&parts) })
}

impl Split {
    /// How far a part may move beside its share of what the total moves, where nothing limits it: a part
    /// that is rounded by itself by less than a quantum (by a largest remainder, two), and who takes the
    /// rest by less than one for each of the others.
    pub fn slack_of_moves(&self, part: usize, weights: &[Exact]) -> Exact {
        let others = weights.iter().filter(|weight| !weight.is_zero()).count().saturating_sub(1).max(1);
        let others = Exact::from(i64::try_from(others).unwrap_or(i64::MAX));
        let last = weights.iter().rposition(|weight| !weight.is_zero());
        // Cutting off moves as much as two roundings where the total changes its sign.
        let twice = &self.quantum + &self.quantum;
        let own = if self.mode == Mode::Down { twice.clone() } else { self.quantum.clone() };
        match self.residue {
            Residue::LargestRemainder => twice,
            Residue::Last if last != Some(part) => own,
            Residue::Part(taker) if taker != part => own,
            Residue::Last | Residue::LargestShare => &own * &others,
            Residue::Part(_) => &own * &(&others + &Exact::ONE),
        }
    }

    /// How far a part may lie from its exact quota.
    pub fn slack(&self) -> Exact {
        part_slack(self.residue, self.weights.len(), &self.quantum)
    }
}

/// How far a part may lie from its exact quota. Who takes what the rounding of all others leaves
/// over may be moved by as many quanta as there are parts.
pub(super) fn part_slack(residue: Residue, parts: usize, quantum: &Exact) -> Exact {
    match residue {
        Residue::LargestRemainder => quantum.clone(),
        Residue::LargestShare | Residue::Last | Residue::Part(_) => {
            quantum * &Exact::from(i64::try_from(parts).unwrap_or(i64::MAX))
        }
    }
}

/// A quota has the sign of the total and is no larger, or lies within its limits, which are those of
/// the opposite where the total is negative.
pub(super) fn part_range(
    total: &Range,
    limits: Option<(&Range, &Range)>,
    slack: &Exact,
    quantum: &Exact,
) -> Range {
    let mut quotas = total.join(&Range::point(&Exact::ZERO));
    if let Some((least, most)) = limits {
        let own = least.join(most);
        if total.least.sign() < 0 {
            quotas = quotas.join(&own.times_constant(&Exact::from(-1)));
        }
        quotas = quotas.join(&own);
    }
    Range { step: Some(quantum.clone()), ..quotas.widened(slack) }
}

/// How many bits a value of a node may need at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bits(pub u64);

/// Bits of an observed decimal: 28 digits over a power of ten.
const FACT_BITS: u64 = 190;

impl Bits {
    pub(super) fn of(op: &Op, bits: &[Bits], plan: &Builder) -> Bits {
        let Builder { nodes, facts, splits, statistics, .. } = plan;
        let of = |node: &NodeId| bits[node.index()].0;
        // On a grid, the bits are those of the grid and the ends.
        let grid = |range: &Range| {
            range.step.as_ref().map(|step| 4 + 2 * step.bits() + range.least.bits().max(range.most.bits()))
        };
        let limited = |own: u64, range: &Range| grid(range).map_or(own, |grid| grid.min(own));
        Bits(match op {
            Op::Const(value) => value.bits(),
            Op::Fact(fact) => limited(FACT_BITS, &facts[fact.0 as usize].range),
            Op::Linear { terms, constant } => {
                let own = terms.iter().fold(constant.bits(), |sum, (factor, node)| {
                    sum.saturating_add(1 + factor.bits().saturating_add(of(node)))
                });
                let ranges = terms.iter().map(|(factor, node)| (factor, &nodes[node.index()].range));
                // A wide sum is only looked at on its grid when it needs to be.
                if own > 2_000 { limited(own, &sum(ranges, constant)) } else { own }
            }
            Op::Product(x, y) | Op::Ratio(x, y) => of(x).saturating_add(of(y)),
            Op::Piecewise(x, line) => {
                let widest =
                    line.pieces().iter().map(|piece| piece.slope.bits() + piece.at_zero.bits()).max();
                of(x).saturating_add(widest.unwrap_or(0))
            }
            Op::Extreme(_, nodes) => nodes.iter().map(of).max().unwrap_or(0),
            Op::Select { then, otherwise, .. } => of(then).max(of(otherwise)),
            Op::Round { x, quantum, .. } => {
                limited(of(x) + quantum.bits(), &nodes[x.index()].range.rounded(quantum, Mode::Floor))
            }
            Op::Share(split, _) => {
                let split = &splits[split.0 as usize];
                of(&split.total).saturating_add(split.quantum.bits())
            }
            // Sums over holders are worked out pairwise; their length is that of the data.
            Op::Statistic(statistic) => {
                let statistic = &statistics[statistic.0 as usize];
                let own = statistic.operands().iter().map(of).max().unwrap_or(0);
                own.saturating_add(2 * u64::from(usize::BITS - HOLDERS_MAX.leading_zeros()))
            }
        })
    }
}
