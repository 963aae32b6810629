//! A sum as a small plan of its own, in which what is known is a number, equal roundings are one node and
//! observed numbers that only count together are one number.
//!
//! Within the ranges that hold, an extreme of which one operand always wins is that operand, a broken line
//! of which one piece is reached is straight, and a part by fixed weights is a rounding of a share of the
//! total, or what the others leave. So what one clause takes and another gives back to the penny cancels.
//! The value of the sum is the same, whatever the data in these ranges; the plan serves to bound it.

use std::collections::BTreeMap;

use super::distinct::Distinct;
use super::node::{FactId, FactSpec, Lacking, NodeId, Op, OriginId, Part, Pick, Split, SplitId};
use super::range::{Form, KnownRanges};
use super::{Builder, Forms, Plan, PlanNodes, Ranges};
use crate::calendar::Period;
use crate::num::{Division, Exact, Mode, Piecewise, Range, Residue, apportion};

/// Most nodes behind a sum that is condensed.
const NODES_MAX: usize = 20_000;

/// Most values of a node that are gone through one by one.
const VALUES_MAX: i64 = 64;

/// Most nodes of a sum of which it is tried whether it reads nothing else.
const ATOMS_MAX: usize = 4;

/// Most parts of a total that are told apart where one takes what they leave.
const OTHERS_MAX: usize = 2;

/// An observed number of a condensed plan: a sum of numbers of the plan that it was made from.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// Its node.
    pub node: NodeId,
    /// Its fact.
    pub fact: FactId,
    /// Factors and nodes that vary; the first factor is 1.
    pub of: Vec<(Exact, NodeId)>,
}

/// A sum within some ranges.
#[derive(Debug)]
pub struct Condensed {
    /// What the sum reads.
    pub plan: Plan,
    /// The forms of its sums.
    pub forms: Forms,
    /// The sum.
    pub sum: Form,
    /// The values that it can take, so far as is known at once.
    pub range: Range,
    /// What varies.
    pub gathered: Vec<Gathered>,
}

/// A sum without its roundings, and how far it lies above that.
#[derive(Debug, Clone)]
struct Smooth {
    form: Form,
    error: Range,
}

impl Condensed {
    /// Condenses a sum of a plan in which these nodes vary, in rising order. Nothing where the sum rests on
    /// anything else that is not known, or on too much.
    pub fn new(plan: &Plan, sum: &Form, vary: &[NodeId], ranges: &Ranges<'_>) -> Option<Condensed> {
        let mut condensing = Condensing {
            plan,
            vary,
            ranges,
            new: BTreeMap::new(),
            made: Distinct::new(Builder::default()),
            origin: OriginId(0),
            smooth: BTreeMap::new(),
            gathered: Vec::new(),
        };
        let first = sum.terms.first()?.0;
        condensing.origin = condensing.made.builder.origin(plan.origin(first).clone());
        for node in condensing.needed(sum)? {
            let new = condensing.condensed(node)?;
            condensing.new.insert(node, new);
        }
        let own = |(node, factor): &(NodeId, Exact)| (factor.clone(), condensing.new[node]);
        let terms: Vec<(Exact, NodeId)> = sum.terms.iter().map(own).collect();
        let sum = Form::of(&terms, &sum.constant, &condensing.made.builder.forms);
        let direct = sum.range(|node| condensing.range(node));
        let range = condensing.smooth_of(&sum).map_or(direct.clone(), |smooth| direct.meet(&smooth));
        let builder = condensing.made.builder;
        if builder.limit().is_some() {
            return None;
        }
        let Builder { nodes, origins, facts, splits, forms, .. } = builder;
        let (statistics, lines, figures, conditions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let plan = Plan { nodes, origins, facts, splits, statistics, lines, figures, conditions };
        Some(Condensed { plan, forms: Forms::of_builder(forms), sum, range, gathered: condensing.gathered })
    }

    /// The same with numbers that only count together as one: each of the sums that read one of them reads
    /// all of them in the same proportion.
    pub fn with_totals(self) -> Condensed {
        let totals: Vec<Gathered> = self.totals().into_iter().filter(|total| total.of.len() > 1).collect();
        if totals.is_empty() {
            return self;
        }
        // The first of them stands for all: it becomes the total, the others 0.
        let mut ranges = Ranges::declared(&self.plan);
        for total in &totals {
            let whole = Form {
                terms: total.of.iter().map(|(factor, node)| (*node, factor.clone())).collect(),
                constant: Exact::ZERO,
            };
            let range = whole.range(|node| &self.plan.node(node).range);
            let others = total.of.iter().skip(1).map(|(_, node)| (*node, Range::point(&Exact::ZERO)));
            let known: Vec<(NodeId, Range)> = [(total.node, range)].into_iter().chain(others).collect();
            ranges.narrow(&known, &[], &self.forms);
        }
        let is_member = |node: NodeId| {
            totals.iter().any(|total| total.of.iter().skip(1).any(|(_, member)| *member == node))
        };
        let vary: Vec<NodeId> =
            self.gathered.iter().map(|own| own.node).filter(|node| !is_member(*node)).collect();
        let Some(mut whole) = Condensed::new(&self.plan, &self.sum, &vary, &ranges) else { return self };
        let before: BTreeMap<NodeId, NodeId> =
            self.gathered.iter().map(|own| (own.node, own.of[0].1)).collect();
        for gathered in &mut whole.gathered {
            let stood = gathered.of[0].1;
            let total = totals.iter().find(|total| total.node == stood);
            let of = total.map_or_else(|| vec![(Exact::ONE, stood)], |total| total.of.clone());
            gathered.of = of.into_iter().map(|(factor, node)| (factor, before[&node])).collect();
        }
        whole
    }

    /// The numbers that vary, those as one that every sum reads in one proportion.
    fn totals(&self) -> Vec<Gathered> {
        let mut read: BTreeMap<NodeId, Vec<(Option<NodeId>, Exact)>> = BTreeMap::new();
        for (node, factor) in &self.sum.terms {
            read.entry(*node).or_default().push((None, factor.clone()));
        }
        for node in self.plan.behind(self.sum.terms.iter().map(|(node, _)| *node)) {
            match &self.plan.node(node).op {
                Op::Linear { terms, .. } => terms.iter().for_each(|(factor, operand)| {
                    read.entry(*operand).or_default().push((Some(node), factor.clone()));
                }),
                // What is read otherwise than in a sum counts by itself.
                Op::Const(_)
                | Op::Fact(_)
                | Op::Product(..)
                | Op::Ratio(..)
                | Op::Piecewise(..)
                | Op::Extreme(..)
                | Op::Select { .. }
                | Op::Round { .. }
                | Op::Share(..)
                | Op::Statistic(_) => self.plan.each_operand(node, &mut |operand| {
                    read.entry(operand).or_default().push((Some(operand), Exact::ONE));
                }),
            }
        }
        let mut totals: BTreeMap<Vec<(Option<NodeId>, Exact)>, Gathered> = BTreeMap::new();
        for own in &self.gathered {
            let Some(read) = read.get(&own.node) else { continue };
            let first = &read[0].1;
            let over_first = |factor: &Exact| factor.checked_div(first).unwrap_or(Exact::ZERO);
            let key = read.iter().map(|(reader, factor)| (*reader, over_first(factor))).collect();
            match totals.entry(key) {
                std::collections::btree_map::Entry::Vacant(vacant) => {
                    let of = vec![(first.clone(), own.node)];
                    vacant.insert(Gathered { of, ..own.clone() });
                }
                std::collections::btree_map::Entry::Occupied(mut occupied) => {
                    occupied.get_mut().of.push((first.clone(), own.node));
                }
            }
        }
        let mut totals: Vec<Gathered> = totals.into_values().collect();
        for total in &mut totals {
            let first = total.of[0].0.clone();
            for (factor, _) in &mut total.of {
                *factor = factor.checked_div(&first).unwrap_or(Exact::ONE);
            }
        }
        totals
    }
}

/// A plan that is being condensed.
struct Condensing<'c, 'r> {
    plan: &'c Plan,
    vary: &'c [NodeId],
    ranges: &'c Ranges<'r>,
    new: BTreeMap<NodeId, NodeId>,
    made: Distinct,
    origin: OriginId,
    /// Of the nodes made that round something, or add it up.
    smooth: BTreeMap<NodeId, Smooth>,
    gathered: Vec<Gathered>,
}

impl Condensing<'_, '_> {
    fn varies(&self, node: NodeId) -> bool {
        self.vary.binary_search(&node).is_ok()
    }

    /// What a sum reads, down to what varies and what is known, in rising order.
    fn needed(&self, sum: &Form) -> Option<Vec<NodeId>> {
        let mut needed = std::collections::BTreeSet::new();
        let mut open: Vec<NodeId> = sum.terms.iter().map(|(node, _)| *node).collect();
        while let Some(node) = open.pop() {
            if !needed.insert(node) || self.ranges.of(node).single().is_some() || self.varies(node) {
                continue;
            }
            self.plan.each_operand(node, &mut |operand| open.push(operand));
            if needed.len() > NODES_MAX {
                return None;
            }
        }
        Some(needed.into_iter().collect())
    }

    /// The range of a node under construction.
    fn range(&self, node: NodeId) -> &Range {
        self.made.builder.range_of(node)
    }

    fn known(&self, node: NodeId) -> Option<Exact> {
        self.range(self.new[&node]).single().cloned()
    }

    fn constant(&mut self, value: Exact) -> NodeId {
        self.made.node(Op::Const(value), None, self.origin)
    }

    /// A node of the plan, condensed; its operands are already.
    fn condensed(&mut self, node: NodeId) -> Option<NodeId> {
        let range = self.ranges.of(node);
        if let Some(known) = range.single() {
            return Some(self.constant(known.clone()));
        }
        if self.varies(node) {
            return Some(self.number(node, range));
        }
        let own = match &self.plan.node(node).op {
            Op::Const(value) => self.constant(value.clone()),
            // Other numbers vary in a way that is not told here.
            Op::Fact(_) | Op::Statistic(_) => return None,
            Op::Linear { terms, constant } => {
                let terms: Vec<(Exact, NodeId)> =
                    terms.iter().map(|(factor, x)| (factor.clone(), self.new[x])).collect();
                self.sum(&terms, constant)
            }
            Op::Product(x, y) => match (self.known(*x), self.known(*y)) {
                (Some(factor), _) => self.sum(&[(factor, self.new[y])], &Exact::ZERO),
                (None, Some(factor)) => self.sum(&[(factor, self.new[x])], &Exact::ZERO),
                (None, None) => self.other(Op::Product(self.new[x], self.new[y])),
            },
            Op::Ratio(x, y) => match self.known(*y) {
                Some(divisor) => match Exact::ONE.checked_div(&divisor) {
                    Some(factor) => self.sum(&[(factor, self.new[x])], &Exact::ZERO),
                    None => self.constant(Exact::ZERO),
                },
                None => self.other(Op::Ratio(self.new[x], self.new[y])),
            },
            Op::Piecewise(x, line) => self.along(self.new[x], line),
            Op::Extreme(pick, of) => {
                let of: Vec<NodeId> = of.iter().map(|x| self.new[x]).collect();
                self.extreme(*pick, &of)
            }
            Op::Select { condition, then, otherwise } => match self.known(*condition) {
                Some(known) => self.new[if known.is_zero() { otherwise } else { then }],
                None if self.new[then] == self.new[otherwise] => self.new[then],
                None => {
                    let [condition, then, otherwise] = [condition, then, otherwise].map(|x| self.new[x]);
                    self.other(Op::Select { condition, then, otherwise })
                }
            },
            Op::Round { x, quantum, mode } => self.rounded(self.new[x], quantum, *mode),
            Op::Share(split, part) => self.part(*split, *part),
        };
        self.made.meet(own, range);
        Some(own)
    }

    fn other(&mut self, op: Op) -> NodeId {
        self.made.node(op, None, self.origin)
    }

    /// A number that varies.
    fn number(&mut self, node: NodeId, range: &Range) -> NodeId {
        let spec = FactSpec {
            measure: String::new(),
            period: (Period::TERM, String::new()),
            members: Vec::new(),
            by_holder: false,
            part: Part::Value,
            lacking: Lacking::Refused,
            range: range.clone(),
            codes: Vec::new(),
            agreed: None,
        };
        let new = self.made.builder.fact_node(spec, self.origin);
        let fact = FactId(u32::try_from(self.gathered.len()).expect("facts are limited"));
        self.gathered.push(Gathered { node: new, fact, of: vec![(Exact::ONE, node)] });
        new
    }

    /// A sum, over nodes that are none.
    fn sum(&mut self, terms: &[(Exact, NodeId)], constant: &Exact) -> NodeId {
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
    fn smooth_of(&self, form: &Form) -> Option<Range> {
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
    fn round(&mut self, x: NodeId, quantum: &Exact, mode: Mode) -> NodeId {
        let node = self.other(Op::Round { x, quantum: quantum.clone(), mode });
        self.keep_smooth(node, (Exact::ONE, x), &mode.error(quantum));
        node
    }

    /// Notes that a node is a factor times another but for an error.
    fn keep_smooth(&mut self, node: NodeId, of: (Exact, NodeId), error: &Range) {
        if !self.smooth.contains_key(&node) {
            let form = Form::of(&[of], &Exact::ZERO, &self.made.builder.forms);
            let zero = Range::point(&Exact::ZERO);
            let inner = self.smoothed(&form).unwrap_or(Smooth { form, error: zero });
            self.smooth.insert(node, Smooth { form: inner.form, error: inner.error.plus(error) });
        }
    }

    fn along(&mut self, x: NodeId, line: &Piecewise) -> NodeId {
        let range = self.range(x);
        let (from, to) = (line.piece_of(&range.least), line.piece_of(&range.most));
        if from == to {
            let piece = &line.pieces()[from];
            return self.sum(&[(piece.slope.clone(), x)], &piece.at_zero.clone());
        }
        self.other(Op::Piecewise(x, Box::new(line.clone())))
    }

    /// The operands that can be the extreme at all, one where they are always equal.
    fn extreme(&mut self, pick: Pick, of: &[NodeId]) -> NodeId {
        let mut kept: Vec<NodeId> = Vec::new();
        for node in of {
            if kept.iter().any(|other| self.wins(pick, *other, *node)) {
                continue;
            }
            kept.retain(|other| !self.wins(pick, *node, *other));
            kept.push(*node);
        }
        kept.sort();
        match kept.as_slice() {
            [only] => *only,
            _several => self.other(Op::Extreme(pick, kept)),
        }
    }

    fn wins(&self, pick: Pick, one: NodeId, other: NodeId) -> bool {
        let terms = [(Exact::ONE, one), (Exact::from(-1), other)];
        let apart = Form::of(&terms, &Exact::ZERO, &self.made.builder.forms).range(|node| self.range(node));
        match pick {
            Pick::Greatest => apart.least.sign() >= 0,
            Pick::Least => apart.most.sign() <= 0,
        }
    }

    /// A rounding. What lies on the grid already is added to it, so that roundings of the same rest are one.
    fn rounded(&mut self, x: NodeId, quantum: &Exact, mode: Mode) -> NodeId {
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
        if !shifts && !(rest.is_empty() && whole_quanta(&form.constant, quantum)) {
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
    fn part(&mut self, id: SplitId, part: usize) -> NodeId {
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
    fn fixed_weights(&self, split: &Split) -> Option<Vec<Exact>> {
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
