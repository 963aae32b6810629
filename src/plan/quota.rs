//! Roundings of a condensed plan, and parts of a total as roundings of their quotas.

use super::PlanNodes;
use super::condense::Condensing;
use super::node::{NodeId, Op, Split, SplitId};
use super::range::Form;
use crate::num::{Exact, Mode, Range, Residue};

/// Most parts of a total that are told apart where one takes what they leave.
const OTHERS_MAX: usize = 2;

impl Condensing<'_, '_> {
    /// A rounding. What lies on the grid already is added to it, so that roundings of the same rest are one.
    pub fn rounded(&mut self, x: NodeId, quantum: &Exact, mode: Mode) -> NodeId {
        let range = self.range(x);
        let (above, below) = (range.least.sign() >= 0, range.most.sign() <= 0);
        let mode = match mode {
            Mode::HalfAway if above => Mode::HalfUp,
            Mode::Down if above => Mode::Floor,
            Mode::Down if below => Mode::Ceiling,
            Mode::HalfAway | Mode::HalfUp | Mode::HalfEven | Mode::Down | Mode::Floor | Mode::Ceiling => mode,
        };
        let shifts = matches!(mode, Mode::HalfUp | Mode::Floor | Mode::Ceiling);
        if let (true, Op::Extreme(pick, of)) = (shifts, self.made.builder.op(x)) {
            // Rounding keeps the order: the greatest is rounded as each of them is.
            let (pick, of) = (*pick, of.clone());
            let each: Vec<NodeId> = of.iter().map(|operand| self.rounded(*operand, quantum, mode)).collect();
            return self.extreme(pick, &each);
        }
        let form = Form::of(&[(Exact::ONE, x)], &Exact::ZERO, &self.made.builder.forms);
        let on_grid = |(node, factor): &(NodeId, Exact)| {
            let step = self.range(*node).step.as_ref();
            let step = step.and_then(|step| (step * factor).checked_div(quantum));
            step.is_some_and(|multiple| multiple.is_whole())
        };
        let (whole, rest): (Vec<_>, Vec<_>) = form.terms.iter().cloned().partition(on_grid);
        let is_whole = rest.is_empty() && whole_quanta(&form.constant, quantum);
        if !shifts && !is_whole {
            return self.round(x, quantum, mode);
        }
        let constant = form.constant.rounded(quantum, Mode::Floor);
        let turned = |terms: Vec<(NodeId, Exact)>| terms.into_iter().map(|(node, factor)| (factor, node));
        let rest: Vec<(Exact, NodeId)> = turned(rest).collect();
        let rest = self.sum(&rest, &(&form.constant - &constant));
        let rounded = match self.range(rest).single() {
            Some(known) => self.constant(known.rounded(quantum, mode)),
            None => self.round(rest, quantum, mode),
        };
        let terms: Vec<(Exact, NodeId)> = turned(whole).chain([(Exact::ONE, rounded)]).collect();
        self.sum(&terms, &constant)
    }

    /// A part of a total: by fixed weights a rounding by itself, or what the others leave.
    pub fn part(&mut self, id: SplitId, part: usize) -> NodeId {
        let split = self.plan.split(id).clone();
        let total = self.new[&split.total];
        let weights: Option<Vec<Exact>> = split.weights.iter().map(|weight| self.known(*weight)).collect();
        let fixed = weights.filter(|weights| split.limits.is_none() && weights.iter().any(|w| !w.is_zero()));
        let Some(weights) = fixed else { return self.share(split, part) };
        if let Some(taker) = taker(split.residue, &weights)
            && (self.range(total).least.sign() >= 0 || is_even(split.mode))
        {
            if part != taker {
                return self.quota(total, &split, (&weights, part));
            }
            let others = (0..weights.len()).filter(|other| *other != taker && !weights[*other].is_zero());
            let others: Vec<usize> = others.collect();
            if others.len() > OTHERS_MAX {
                return self.share(split, part);
            }
            let each: Vec<NodeId> =
                others.iter().map(|other| self.quota(total, &split, (&weights, *other))).collect();
            return self.rest(total, &each);
        }
        // Without a weight nobody takes anything, but for who is named to take the rest.
        let is_last = weights.iter().rposition(|weight| !weight.is_zero()) == Some(part);
        if is_last && part <= OTHERS_MAX && !matches!(split.residue, Residue::Part(_)) {
            let each: Vec<NodeId> = (0..part).map(|other| self.share(split.clone(), other)).collect();
            return self.rest(total, &each);
        }
        self.share(split, part)
    }

    fn rest(&mut self, total: NodeId, others: &[NodeId]) -> NodeId {
        let others = others.iter().map(|other| (Exact::from(-1), *other));
        let terms: Vec<(Exact, NodeId)> = [(Exact::ONE, total)].into_iter().chain(others).collect();
        self.sum(&terms, &Exact::ZERO)
    }

    /// A part of a total that is rounded by itself.
    fn quota(&mut self, total: NodeId, split: &Split, (weights, part): (&[Exact], usize)) -> NodeId {
        let share = weights[part].checked_div(&weights.iter().sum::<Exact>()).unwrap_or(Exact::ZERO);
        let quota = self.sum(&[(share, total)], &Exact::ZERO);
        self.rounded(quota, &split.quantum, split.mode)
    }

    /// A part as it is.
    fn share(&mut self, mut split: Split, part: usize) -> NodeId {
        split.total = self.new[&split.total];
        split.weights.iter_mut().for_each(|weight| *weight = self.new[weight]);
        for (least, most) in split.limits.iter_mut().flatten() {
            (*least, *most) = (self.new[least], self.new[most]);
        }
        let quota = self.fixed_weights(&split).and_then(|weights| {
            weights[part].checked_div(&weights.iter().sum::<Exact>()).filter(|share| !share.is_zero())
        });
        let (total, slack) = (split.total, split.slack());
        let split = self.made.split(split);
        let node = self.other(Op::Share(split, part));
        if let Some(quota) = quota {
            self.keep_smooth(node, (quota, total), &Range::between(-&slack, slack));
        }
        node
    }

    /// The weights of a split of this plan that nothing limits, where they are known.
    pub fn fixed_weights(&self, split: &Split) -> Option<Vec<Exact>> {
        let known = |weight: &NodeId| self.range(*weight).single().cloned();
        split.limits.is_none().then(|| split.weights.iter().map(known).collect()).flatten()
    }
}

fn whole_quanta(value: &Exact, quantum: &Exact) -> bool {
    value.checked_div(quantum).is_some_and(|multiple| multiple.is_whole())
}

/// True when a negative number is rounded as its opposite.
fn is_even(mode: Mode) -> bool {
    match mode {
        Mode::HalfAway | Mode::HalfEven | Mode::Down => true,
        Mode::HalfUp | Mode::Floor | Mode::Ceiling => false,
    }
}

/// The part that takes what the others leave, where it is the same for every total and each other part is
/// rounded by itself.
fn taker(residue: Residue, weights: &[Exact]) -> Option<usize> {
    match residue {
        Residue::LargestRemainder => None,
        Residue::LargestShare => {
            let largest = weights.iter().max()?;
            weights.iter().position(|weight| weight == largest)
        }
        Residue::Last => weights.iter().rposition(|weight| !weight.is_zero()),
        Residue::Part(part) => Some(part),
    }
}
