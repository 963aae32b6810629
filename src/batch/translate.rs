//! The plan as lanes: every node that depends on facts that vary becomes a number on lanes.
//!
//! Where a node has no grid (the sum of quotients with many different divisors, say), what reads it
//! is evaluated exactly as soon as it has one again: see `Op::Exactly`.

use super::admitted::{Admitted, admitted};
use super::given::{Given, Handed, Numbers, Operand};
use super::lane::{Bounds, LaneId, LaneSplit, Lanes, Op, Weight};
use super::number::Number;
use super::{Known, NotPossible, Output};
use crate::evaluate::evaluate;
use crate::num::{Exact, Mode, Range, Residue};
use crate::plan::{self, FactId, Forms, NodeId, Plan, PlanNodes, Ranges, Split};

/// A fact that varies: its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Which fact of the plan.
    pub fact: FactId,
    /// A whole number n of the column stands for n × `step`.
    pub step: Exact,
    /// The least whole number that the batch was compiled for.
    pub least: i64,
    /// The most.
    pub most: i64,
    /// A number of the column is a multiple of it: more than 1 where the step is finer than that of the
    /// fact.
    pub multiple: i64,
}

/// A plan on lanes.
#[derive(Debug, Clone)]
pub(super) struct Translated {
    pub(super) lanes: Lanes,
    pub(super) inputs: Vec<Input>,
    /// What statistics over holders are.
    pub(super) given: Given,
    /// For each output its lane and unit.
    pub(super) outputs: Vec<(LaneId, Exact)>,
    /// Nodes that are evaluated exactly, each in units of its step.
    pub(super) exactly: Vec<(NodeId, Exact)>,
    /// What is admitted of facts together.
    pub(super) ratios: Vec<Admitted>,
}

/// A plan and what is known of its facts. With the forms of its sums, the ranges of its nodes are worked
/// out anew from what the facts of this batch can be; without them the declared ranges hold, which is
/// enough for nearly every contract and costs less.
#[derive(Clone, Copy)]
pub(super) struct About<'p, 'k> {
    pub(super) plan: &'p Plan,
    pub(super) known: &'k [Known],
    pub(super) forms: Option<&'k Forms>,
}

impl<'p> About<'p, '_> {
    /// What the nodes that are needed can be.
    fn ranges(&self, given: &Given, needed: &[bool]) -> Option<Ranges<'p>> {
        let of = |op: &plan::Op| match op {
            plan::Op::Fact(fact) => Some(match &self.known[fact.0 as usize] {
                Known::Fixed(value) => Range::point(value),
                Known::Varies(range) => range.clone(),
            }),
            plan::Op::Statistic(statistic) => given.range_of(*statistic).cloned(),
            plan::Op::Const(_)
            | plan::Op::Linear { .. }
            | plan::Op::Product(..)
            | plan::Op::Ratio(..)
            | plan::Op::Piecewise(..)
            | plan::Op::Extreme(..)
            | plan::Op::Select { .. }
            | plan::Op::Round { .. }
            | plan::Op::Share(..) => None,
        };
        self.forms.map(|forms| Ranges::anew(self.plan, needed, forms, &of))
    }
}

/// A plan on lanes whose results are sums of nodes.
pub(super) fn translate(
    about: About<'_, '_>,
    given: &Given,
    outputs: &[Output],
) -> Result<Translated, NotPossible> {
    let roots = outputs.iter().flat_map(|output| output.terms.iter().map(|(_, node)| *node));
    let (mut translation, needed, _) = on_lanes(about, given, roots)?;
    let found: Vec<_> = outputs.iter().map(|output| translation.output(output)).collect();
    let missing = found.iter().enumerate().filter(|(_, found)| found.is_none());
    let missing: Vec<usize> = missing.map(|(place, _)| place).collect();
    if !missing.is_empty() {
        return Err(NotPossible::NoGrid { outputs: missing });
    }
    let outputs = found.into_iter().flatten().collect();
    translation.translated(about.known, &needed, outputs)
}

/// A plan on lanes whose results are what a statistic needs of nodes: whole numbers, quotients, or
/// nothing where a node has to be evaluated exactly, whose places are counted; and what each can be.
pub(super) fn translate_operands(
    about: About<'_, '_>,
    given: &Given,
    nodes: &[NodeId],
) -> Result<(Translated, Vec<(Operand, Range)>), NotPossible> {
    let (mut translation, needed, ranges) = on_lanes(about, given, nodes.iter().copied())?;
    let mut outputs = Vec::new();
    let mut exact = 0;
    let operands = nodes.iter().map(|node| {
        let operand = translation.operand(*node, &mut outputs).unwrap_or_else(|| {
            exact += 1;
            Operand::Exact { place: exact - 1 }
        });
        let declared = &about.plan.node(*node).range;
        (operand, ranges.as_ref().map_or(declared, |ranges| ranges.of(*node)).clone())
    });
    let operands = operands.collect();
    Ok((translation.translated(about.known, &needed, outputs)?, operands))
}

/// A plan on lanes, the nodes of it that are needed, and what they can be where that was worked out anew.
type OnLanes<'p> = (Translation<'p>, Vec<bool>, Option<Ranges<'p>>);

/// Puts the nodes that some roots need on lanes.
fn on_lanes<'p>(
    about: About<'p, '_>,
    given: &Given,
    roots: impl Iterator<Item = NodeId>,
) -> Result<OnLanes<'p>, NotPossible> {
    let About { plan, known, .. } = about;
    let inputs = inputs(plan, known)?;
    let needed = plan.needed_beside_statistics(roots);
    admit_fixed(plan, known, &needed)?;
    let mut translation = Translation {
        plan,
        inputs,
        given: given.clone(),
        lanes: Lanes::default(),
        numbers: vec![None; plan.nodes().len()],
        columns: vec![None; plan.facts().len()],
        parts: vec![None; plan.splits().len()],
        exactly: Vec::new(),
    };
    for (column, input) in translation.inputs.iter().enumerate() {
        translation.columns[input.fact.0 as usize] = Some(column);
    }
    let agreed = agreed(plan, known, given, &needed);
    let varying = varying(plan, known, given);
    let ranges = about.ranges(given, &needed);
    for (index, node) in plan.nodes().iter().enumerate().filter(|(index, _)| needed[*index]) {
        let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
        translation.numbers[index] = if varying[index] {
            let range = ranges.as_ref().map_or(&node.range, |ranges| ranges.of(id));
            let number = translation.number(id).or_else(|| translation.exact_lane(id, range));
            number.inspect(|number| translation.tighten(number, range))
        } else {
            Some(Number::Known(agreed.of(id).clone()))
        };
    }
    Ok((translation, needed, ranges))
}

/// The nodes that facts that vary or statistics that do can change.
fn varying(plan: &Plan, known: &[Known], given: &Given) -> Vec<bool> {
    let mut varying: Vec<bool> = Vec::with_capacity(plan.nodes().len());
    for (index, node) in plan.nodes().iter().enumerate() {
        let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
        varying.push(match &node.op {
            plan::Op::Fact(fact) => matches!(known[fact.0 as usize], Known::Varies(_)),
            plan::Op::Statistic(statistic) => !matches!(given.of(*statistic), Some((Handed::Known(_), _))),
            plan::Op::Const(_)
            | plan::Op::Linear { .. }
            | plan::Op::Product(..)
            | plan::Op::Ratio(..)
            | plan::Op::Piecewise(..)
            | plan::Op::Extreme(..)
            | plan::Op::Select { .. }
            | plan::Op::Round { .. }
            | plan::Op::Share(..) => plan.reads_any(id, &varying),
        });
    }
    varying
}

/// The facts that vary, within what the contract admits.
fn inputs(plan: &Plan, known: &[Known]) -> Result<Vec<Input>, NotPossible> {
    let mut inputs = Vec::new();
    for (index, (known, spec)) in known.iter().zip(plan.facts()).enumerate() {
        let Known::Varies(range) = known else { continue };
        let fact = FactId(u32::try_from(index).unwrap_or(u32::MAX));
        let refused = || NotPossible::NotAdmitted { fact };
        if range.least < spec.range.least || range.most > spec.range.most || range.least > range.most {
            return Err(refused());
        }
        let step = range.step.clone().or_else(|| spec.range.step.clone());
        let step = step.filter(|step| !step.is_zero()).ok_or(NotPossible::NoStep { fact })?;
        let whole = |value: &Exact| value.checked_div(&step).and_then(|n| n.floor().to_i64());
        // The first whole step that is not below the least.
        let least = whole(&-&range.least).map(|n| -n).ok_or_else(refused)?;
        let most = whole(&range.most).ok_or_else(refused)?;
        let own = spec.range.step.as_ref().unwrap_or(&step);
        let multiple = multiple(own, &step).ok_or_else(refused)?;
        inputs.push(Input { fact, step, least, most, multiple });
    }
    Ok(inputs)
}

/// Which numbers of a column with this step are on the grid of the fact: the multiples of what is
/// returned; nothing when neither grid holds the other.
fn multiple(own: &Exact, step: &Exact) -> Option<i64> {
    if own.is_zero() || step.checked_div(own)?.is_whole() {
        return Some(1);
    }
    own.checked_div(step)?.to_i64()
}

/// What is fixed and needed is what the contract admits, since bounds of lanes rest on it.
fn admit_fixed(plan: &Plan, known: &[Known], needed: &[bool]) -> Result<(), NotPossible> {
    for (node, _) in plan.nodes().iter().zip(needed).filter(|(_, needed)| **needed) {
        let plan::Op::Fact(fact) = &node.op else { continue };
        let range = &plan.facts()[fact.0 as usize].range;
        match &known[fact.0 as usize] {
            Known::Fixed(value) if *value < range.least || *value > range.most => {
                return Err(NotPossible::NotAdmitted { fact: *fact });
            }
            Known::Fixed(_) | Known::Varies(_) => {}
        }
    }
    Ok(())
}

/// The values of nodes that depend on fixed facts alone, and on statistics that are known.
fn agreed(plan: &Plan, known: &[Known], given: &Given, needed: &[bool]) -> crate::evaluate::Values {
    let facts = known.iter().map(|known| match known {
        Known::Fixed(value) => value.clone(),
        Known::Varies(range) => range.least.clone(),
    });
    let facts: Vec<Exact> = facts.collect();
    evaluate(plan, &facts, (&given.known(plan), 0), needed)
}

struct Translation<'p> {
    plan: &'p Plan,
    inputs: Vec<Input>,
    given: Given,
    lanes: Lanes,
    numbers: Vec<Option<Number>>,
    /// The column of each fact that varies.
    columns: Vec<Option<usize>>,
    /// The parts of each split that was met, when they are on lanes.
    parts: Vec<Option<Option<Vec<Number>>>>,
    exactly: Vec<(NodeId, Exact)>,
}

impl Translation<'_> {
    fn of(&self, node: NodeId) -> Option<&Number> {
        self.numbers[node.index()].as_ref()
    }

    /// A node on lanes; nothing when what it reads is not, or when it has no grid.
    fn number(&mut self, id: NodeId) -> Option<Number> {
        let plan = self.plan;
        let numbers = &self.numbers;
        let of = |node: &NodeId| numbers[node.index()].as_ref();
        let lanes = &mut self.lanes;
        match &plan.node(id).op {
            plan::Op::Const(value) => Some(Number::Known(value.clone())),
            plan::Op::Fact(fact) => {
                let column = self.columns[fact.0 as usize]?;
                let input = &self.inputs[column];
                let bounds = Bounds { least: input.least.into(), most: input.most.into() };
                Some(Number::Whole { lane: lanes.given(Op::Input(column), bounds), unit: input.step.clone() })
            }
            plan::Op::Linear { terms, constant } => {
                let terms = terms.iter().map(|(factor, node)| Some((factor, of(node)?)));
                lanes.linear(constant, &terms.collect::<Option<Vec<_>>>()?)
            }
            plan::Op::Product(x, y) => lanes.times(of(x)?, of(y)?),
            plan::Op::Ratio(x, y) => lanes.ratio(of(x)?, of(y)?),
            plan::Op::Piecewise(x, line) => lanes.broken(of(x)?, line),
            plan::Op::Extreme(pick, nodes) => {
                lanes.extreme_of(*pick, &nodes.iter().map(of).collect::<Option<Vec<_>>>()?)
            }
            plan::Op::Select { condition, then, otherwise } => {
                lanes.either(of(condition)?, of(then)?, of(otherwise)?)
            }
            plan::Op::Round { x, quantum, mode } => lanes.rounded(of(x)?, quantum, *mode),
            plan::Op::Share(split, part) => {
                let index = split.0 as usize;
                if self.parts[index].is_none() {
                    self.parts[index] = Some(self.parts_of(plan.split(*split)));
                }
                self.parts[index].as_ref()?.as_ref().map(|parts| parts[*part].clone())
            }
            plan::Op::Statistic(statistic) => {
                let (handed, column) = self.given.of(*statistic)?;
                handed.number(self.inputs.len() + column, lanes)
            }
        }
    }

    /// The range of a node knows of sums in which money cancels, and of quotients that stay small.
    fn tighten(&mut self, number: &Number, range: &Range) {
        let Number::Whole { lane, unit } = number else { return };
        let end = |end: &Exact| end.checked_div(unit).and_then(|n| n.floor().to_i64()).map(i128::from);
        if let (Some(a), Some(b)) = (end(&range.least), end(&range.most)) {
            let (least, most) = (a.min(b), a.max(b));
            self.lanes.tighten(*lane, Bounds { least, most: most + 1 });
        }
    }

    /// A node that is evaluated exactly: it has a grid, though what it reads has none.
    fn exact_lane(&mut self, id: NodeId, range: &Range) -> Option<Number> {
        let step = range.step.clone().filter(|step| !step.is_zero())?;
        let whole = |value: &Exact| value.checked_div(&step).and_then(|n| n.floor().to_i64());
        let bounds = Bounds { least: whole(&range.least)?.into(), most: i128::from(whole(&range.most)?) + 1 };
        let given = &self.given;
        let unknown = |op: &plan::Op| matches!(op, plan::Op::Statistic(known) if given.of(*known).is_none());
        let needed = self.plan.needed_beside_statistics([id]);
        if needed.iter().zip(self.plan.nodes()).any(|(needed, node)| *needed && unknown(&node.op)) {
            return None;
        }
        self.exactly.push((id, step.clone()));
        let op = Op::Exactly { place: self.exactly.len() - 1 };
        Some(Number::Whole { lane: self.lanes.given(op, bounds), unit: step })
    }

    fn output(&mut self, output: &Output) -> Option<(LaneId, Exact)> {
        let terms =
            output.terms.iter().map(|(factor, node)| Some((factor, self.numbers[node.index()].as_ref()?)));
        let terms: Vec<_> = terms.collect::<Option<_>>()?;
        let (lane, unit) = match self.lanes.linear(&Exact::ZERO, &terms)? {
            Number::Known(value) => {
                let unit = if value.is_zero() { Exact::ONE } else { value.abs() };
                (self.lanes.constant(value.sign().into())?, unit)
            }
            Number::Whole { lane, unit } if unit.sign() < 0 => (self.lanes.sum(&[(-1, lane)], 0)?, -&unit),
            Number::Whole { lane, unit } => (lane, unit),
            Number::Quotient { .. } => return None,
        };
        let bounds = self.lanes.bounds(lane);
        (bounds.size() <= i128::from(i64::MAX)).then_some((lane, unit))
    }

    /// A node as a statistic reads it, with the results that it needs; nothing when it has no grid.
    fn operand(&mut self, node: NodeId, outputs: &mut Vec<(LaneId, Exact)>) -> Option<Operand> {
        let short = |bounds: Bounds| (bounds.size() <= i128::from(i64::MAX)).then_some(bounds);
        match self.of(node)?.clone() {
            Number::Known(value) => {
                let unit = if value.is_zero() { Exact::ONE } else { value.abs() };
                let n = i64::from(value.sign());
                Some(Operand::Whole { at: Numbers::Always(n), unit, bounds: Bounds::point(n.into()) })
            }
            Number::Whole { lane, unit } => {
                let (lane, unit) = self.lanes.upright(lane, &unit)?;
                let bounds = short(self.lanes.bounds(lane))?;
                outputs.push((lane, unit.clone()));
                Some(Operand::Whole { at: Numbers::Column(outputs.len() - 1), unit, bounds })
            }
            Number::Quotient { n, d, unit } => {
                let (n, unit) = self.lanes.upright(n, &unit)?;
                let bounds = (short(self.lanes.bounds(n))?, short(self.lanes.bounds(d))?);
                let first = outputs.len();
                outputs.extend([(n, unit.clone()), (d, Exact::ONE)]);
                Some(Operand::Quotient { n: first, d: first + 1, unit, bounds })
            }
        }
    }

    /// All that was put on lanes.
    fn translated(
        self,
        known: &[Known],
        needed: &[bool],
        outputs: Vec<(LaneId, Exact)>,
    ) -> Result<Translated, NotPossible> {
        let Translation { plan, inputs, given, lanes, exactly, .. } = self;
        let ratios = admitted(plan, known, &inputs, needed)?;
        Ok(Translated { lanes, inputs, given, outputs, exactly, ratios })
    }

    /// The parts of a split; nothing when they have to be found exactly.
    fn parts_of(&mut self, split: &Split) -> Option<Vec<Number>> {
        if split.limits.is_some() {
            return None;
        }
        let total = self.of(split.total)?.clone();
        let total = self.lanes.in_quanta(&total, &split.quantum)?;
        let weights: Vec<Number> =
            split.weights.iter().map(|weight| self.of(*weight).cloned()).collect::<Option<_>>()?;
        let known = weights.iter().map(|weight| match weight {
            Number::Known(value) => Some(value.clone()),
            Number::Whole { .. } | Number::Quotient { .. } => None,
        });
        if let Some(known) = known.collect::<Option<Vec<Exact>>>()
            && let Some(parts) = self.rounded_parts(split, total, &known)
        {
            return Some(parts);
        }
        self.divided_parts(split, total, &weights)
    }

    /// Agreed weights, and a part that takes what rounding the others leaves.
    fn rounded_parts(&mut self, split: &Split, total: LaneId, weights: &[Exact]) -> Option<Vec<Number>> {
        let sum: Exact = weights.iter().sum();
        if sum.is_zero() {
            return Some(vec![Number::Known(Exact::ZERO); weights.len()]);
        }
        let taker = match split.residue {
            Residue::LargestRemainder => return None,
            Residue::Part(part) => part,
            Residue::Last => weights.iter().rposition(|weight| !weight.is_zero())?,
            Residue::LargestShare => {
                let largest = weights.iter().max()?;
                weights.iter().position(|weight| weight == largest)?
            }
        };
        let mode = mode_of_sizes(split.mode, self.lanes.bounds(total))?;
        let whole = Number::Whole { lane: total, unit: split.quantum.clone() };
        let mut parts = Vec::with_capacity(weights.len());
        let mut rest: Vec<(Exact, Number)> = vec![(Exact::ONE, whole.clone())];
        for (part, weight) in weights.iter().enumerate() {
            let share = weight.checked_div(&sum)?;
            let quota = self.lanes.linear(&Exact::ZERO, &[(&share, &whole)])?;
            let rounded = self.lanes.rounded(&quota, &split.quantum, mode)?;
            if part != taker {
                rest.push((Exact::from(-1), rounded.clone()));
            }
            parts.push(rounded);
        }
        let rest: Vec<_> = rest.iter().map(|(factor, number)| (factor, number)).collect();
        parts[taker] = self.lanes.linear(&Exact::ZERO, &rest)?;
        Some(parts)
    }

    /// Any weights that are whole on a common grid: divided scenario by scenario.
    fn divided_parts(&mut self, split: &Split, total: LaneId, weights: &[Number]) -> Option<Vec<Number>> {
        let mut unit = Exact::ZERO;
        for weight in weights {
            unit = unit.common_step(match weight {
                Number::Known(value) => value,
                Number::Whole { unit, .. } => unit,
                Number::Quotient { .. } => return None,
            });
        }
        let mut lanes = Vec::with_capacity(weights.len());
        let mut sizes = 0i128;
        for weight in weights {
            let (size, weight) = match weight {
                Number::Known(value) if value.is_zero() => (0, Weight::Known(0)),
                Number::Known(value) => {
                    let n = value.checked_div(&unit)?.to_i64()?;
                    (i128::from(n), Weight::Known(n.into()))
                }
                Number::Whole { lane, unit: own } => {
                    let factor = own.checked_div(&unit)?.to_i64()?;
                    let lane = self.lanes.sum(&[(factor.into(), *lane)], 0)?;
                    (self.lanes.bounds(lane).size(), Weight::Lane(lane))
                }
                Number::Quotient { .. } => return None,
            };
            sizes = sizes.checked_add(size)?;
            lanes.push(weight);
        }
        let size = self.lanes.bounds(total).size();
        size.checked_mul(sizes)?.checked_mul(4).filter(|size| *size < super::lane::SIZE_MAX)?;
        let parts = i128::try_from(weights.len()).ok()?;
        let bounds = Bounds { least: -size - parts, most: size + parts };
        let split_lanes = LaneSplit { total, weights: lanes, mode: split.mode, residue: split.residue };
        let parts = self.lanes.split(split_lanes, bounds);
        Some(parts.into_iter().map(|lane| Number::Whole { lane, unit: split.quantum.clone() }).collect())
    }
}

/// A negative total is split as its opposite, so the mode is one of sizes. As a mode of signed
/// numbers; nothing where there is no such mode.
fn mode_of_sizes(mode: Mode, total: Bounds) -> Option<Mode> {
    if total.least >= 0 {
        return Some(mode);
    }
    match mode {
        Mode::HalfAway | Mode::HalfUp => Some(Mode::HalfAway),
        Mode::HalfEven => Some(Mode::HalfEven),
        Mode::Down | Mode::Floor => Some(Mode::Down),
        Mode::Ceiling => None,
    }
}
