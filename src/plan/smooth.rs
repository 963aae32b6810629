//! Sums of a condensed plan: what cancels in them, and what they are without their roundings.

use super::PlanNodes;
use super::condense::Condensing;
use super::node::{NodeId, Op, Split};
use super::range::Form;
use crate::num::{Division, Exact, Mode, Range, apportion};

/// Most values of a node that are gone through one by one.
const VALUES_MAX: i64 = 64;

/// Most nodes of a sum of which it is tried whether it reads nothing else.
const ATOMS_MAX: usize = 4;

/// A sum without its roundings, and how far it lies above that.
#[derive(Debug, Clone)]
pub(super) struct Smooth {
    form: Form,
    error: Range,
}

impl Condensing<'_, '_> {
    /// A sum, over nodes that are none.
    pub fn sum(&mut self, terms: &[(Exact, NodeId)], constant: &Exact) -> NodeId {
        let mut form = Form::of(terms, constant, &self.made.builder.forms);
        let is_known =
            |(node, factor): &(NodeId, Exact)| self.range(*node).single().map(|known| factor * known);
        form.constant = &form.constant + &form.terms.iter().filter_map(is_known).sum::<Exact>();
        form.terms.retain(|(node, _)| self.range(*node).single().is_none());
        if let Some((terms, constant)) = self.without_what_cancels(&form) {
            return self.sum(&terms, &constant);
        }
        match form.terms.as_slice() {
            [] => self.constant(form.constant),
            [(node, factor)] if *factor == Exact::ONE && form.constant.is_zero() => *node,
            _several => {
                let terms = form.terms.iter().map(|(node, factor)| (factor.clone(), *node)).collect();
                let node = self.other(Op::Linear { terms, constant: form.constant.clone() });
                if let Some(range) = self.smooth_of(&form) {
                    self.made.meet(node, &range);
                }
                node
            }
        }
    }

    /// A sum that holds an extreme and takes away what one of the operands of that consists of: the sum with
    /// the operand, and how far the extreme lies beyond it. −a + max(0, a − b) is −b + max(0, b − a).
    fn without_what_cancels(&mut self, form: &Form) -> Option<(Vec<(Exact, NodeId)>, Exact)> {
        for (node, factor) in form.terms.iter().rev() {
            let Op::Extreme(pick, of) = self.made.builder.op(*node) else { continue };
            let (pick, of) = (*pick, of.clone());
            let forms = &self.made.builder.forms;
            let rest = form.plus(&-factor, *node, forms);
            let cancels = |operand: &&NodeId| {
                let own = Form::of(&[(Exact::ONE, **operand)], &Exact::ZERO, forms).terms.len();
                let with = rest.plus(factor, **operand, forms).terms.len();
                own > 0 && with + own <= rest.terms.len()
            };
            let Some(operand) = of.iter().find(cancels).copied() else { continue };
            let with = rest.plus(factor, operand, forms);
            let beyond: Vec<NodeId> = of
                .iter()
                .map(|other| self.sum(&[(Exact::ONE, *other), (Exact::from(-1), operand)], &Exact::ZERO))
                .collect();
            let beyond = self.extreme(pick, &beyond);
            let mut terms: Vec<(Exact, NodeId)> =
                with.terms.into_iter().map(|(node, factor)| (factor, node)).collect();
            terms.push((factor.clone(), beyond));
            return Some((terms, with.constant));
        }
        None
    }

    /// The values of a sum, when what it rounds is told apart from the errors of rounding; nothing where it
    /// rounds nothing.
    pub fn smooth_of(&self, form: &Form) -> Option<Range> {
        let smooth = self.smoothed(form)?;
        let range = smooth.form.range(|node| self.range(node)).plus(&smooth.error);
        let atoms = form.terms.iter().take(ATOMS_MAX).chain(smooth.form.terms.first());
        let each = atoms.filter_map(|(atom, _)| self.of_each(form, *atom)).next();
        Some(each.map_or(range.clone(), |each| range.meet(&each)))
    }

    /// The values of a sum that reads one node only, where that has but a few.
    fn of_each(&self, form: &Form, atom: NodeId) -> Option<Range> {
        let range = self.range(atom);
        let step = range.step.as_ref().filter(|step| step.sign() > 0)?;
        let steps = (&range.most - &range.least).checked_div(step)?.to_i64()?;
        if steps > VALUES_MAX {
            return None;
        }
        let values = (0..=steps).map(|count| {
            let value = &range.least + &(step * &Exact::from(count));
            let terms = form
                .terms
                .iter()
                .map(|(node, factor)| self.at(*node, (atom, &value)).map(|value| factor * &value));
            terms.sum::<Option<Exact>>().map(|sum| &sum + &form.constant)
        });
        Some(Range::hull(&values.collect::<Option<Vec<Exact>>>()?))
    }

    /// The value of a node that adds up and rounds what it reads of another, for a value of that.
    fn at(&self, node: NodeId, (atom, value): (NodeId, &Exact)) -> Option<Exact> {
        if node == atom {
            return Some(value.clone());
        }
        match self.made.builder.op(node) {
            Op::Const(value) => Some(value.clone()),
            Op::Linear { terms, constant } => {
                let each = terms.iter().map(|(factor, x)| Some(factor * &self.at(*x, (atom, value))?));
                each.sum::<Option<Exact>>().map(|sum| &sum + constant)
            }
            Op::Round { x, quantum, mode } => Some(self.at(*x, (atom, value))?.rounded(quantum, *mode)),
            Op::Share(split, part) => {
                let split = self.made.builder.split(*split);
                let weights = self.fixed_weights(split)?;
                let Split { quantum, mode, residue, .. } = split;
                let (mode, residue) = (*mode, *residue);
                let division = Division { weights: &weights, limits: None, quantum, mode, residue };
                Some(apportion(&self.at(split.total, (atom, value))?, &division).swap_remove(*part))
            }
            Op::Fact(_)
            | Op::Product(..)
            | Op::Ratio(..)
            | Op::Piecewise(..)
            | Op::Extreme(..)
            | Op::Select { .. }
            | Op::Statistic(_) => None,
        }
    }

    fn smoothed(&self, form: &Form) -> Option<Smooth> {
        if !form.terms.iter().any(|(node, _)| self.smooth.contains_key(node)) {
            return None;
        }
        let mut error = Range::point(&Exact::ZERO);
        let mut terms: Vec<(Exact, NodeId)> = Vec::new();
        let mut constant = form.constant.clone();
        for (node, factor) in &form.terms {
            match self.smooth.get(node) {
                Some(smooth) => {
                    error.add(factor, &smooth.error);
                    constant = &constant + &(factor * &smooth.form.constant);
                    terms.extend(smooth.form.terms.iter().map(|(node, inner)| (factor * inner, *node)));
                }
                None => terms.push((factor.clone(), *node)),
            }
        }
        Some(Smooth { form: Form::of(&terms, &constant, &self.made.builder.forms), error })
    }

    /// A rounding, and what it is without.
    pub fn round(&mut self, x: NodeId, quantum: &Exact, mode: Mode) -> NodeId {
        let node = self.other(Op::Round { x, quantum: quantum.clone(), mode });
        self.keep_smooth(node, (Exact::ONE, x), &mode.error(quantum));
        node
    }

    /// Notes that a node is a factor times another but for an error.
    pub fn keep_smooth(&mut self, node: NodeId, of: (Exact, NodeId), error: &Range) {
        if !self.smooth.contains_key(&node) {
            let form = Form::of(&[of], &Exact::ZERO, &self.made.builder.forms);
            let zero = Range::point(&Exact::ZERO);
            let inner = self.smoothed(&form).unwrap_or(Smooth { form, error: zero });
            self.smooth.insert(node, Smooth { form: inner.form, error: inner.error.plus(error) });
        }
    }
}
