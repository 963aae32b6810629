//! The calculation: one row for each node of the plan that is needed, in order, and rows between where
//! a node needs more than one step. What each kind of node becomes is in the modules beside this one.

use std::collections::BTreeMap;

use super::inputs::Inputs;
use super::number::{Form, Fraction, Known, Number, fits, joined, relative_error, scaled};
use super::statistics::Block;
use super::sure::{Sure, sure};
use super::terms::Terms;
use crate::evaluate::Values;
use crate::num::{Exact, Mode};
use crate::plan::{NodeId, Op, Plan, PlanNodes, SplitId, differing};

/// Rows above the first node: title, notes, an empty one, headings.
pub(super) const ROWS_BEFORE: usize = 7;

const SPLIT_AS_NUMBER: &str =
    "a split with numbers that are too long, or by weights that are no whole numbers, stands as a number";
const STATISTIC_AS_NUMBER: &str =
    "a figure over all holders that is too long for whole numbers stands as a number";
const ONE_HOLDER: &str =
    "a figure over all holders stands as a number: the others' data are not in this workbook";

/// What a row is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Label {
    pub what: String,
    pub context: String,
    pub rule: String,
    pub unit: String,
    pub place: String,
}

impl Label {
    /// A step on the way to what the label is of.
    pub fn step(&self, rule: String) -> Label {
        Label { rule, ..self.clone() }
    }
}

/// A row of the calculation.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub label: Label,
    pub decimal: Known,
    pub whole: Option<Known>,
    pub over: Option<Known>,
    pub unit: Option<Exact>,
    pub nearest: Option<Known>,
    pub left: Option<Known>,
    /// The size of what is worked out in whole numbers, or the bound of the decimal's error.
    pub size: Known,
    pub sure: Known,
}

/// A row that is being written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Besides the row's own numbers, what must stay below the limit.
    pub sizes: Vec<Known>,
    /// Conditions under which the row is right, and whether they hold.
    pub conditions: Vec<(String, bool)>,
    pub nearest: Option<Known>,
    pub left: Option<Known>,
    /// Why the row may be wrong where a condition does not hold.
    pub reason: &'static str,
    /// A condition under which an observation that must be there is not, and whether it holds.
    pub missing: Option<(String, bool)>,
    /// Two numbers of which only one counts: the condition for the first, whether it holds, and the two.
    pub either: Option<(String, bool, [Number; 2])>,
}

/// The calculation of some holders; of one, when no party is many.
pub(super) struct Calculation<'a> {
    pub plan: &'a Plan,
    /// Of each holder that the workbook is of.
    pub values: &'a [Values],
    pub inputs: &'a Inputs,
    /// The cells of agreed numbers.
    pub terms: &'a Terms,
    /// True when the workbook is of all holders, so that figures over all of them can be worked out.
    pub all_holders: bool,
    /// The holder whose rows are being written.
    pub lane: usize,
    /// Rows of the sheet of parameters above the agreed numbers.
    pub rows_before_agreed: usize,
    pub rows: Vec<Row>,
    /// Numbers that the contract fixes, on a sheet of their own.
    pub agreed: Vec<Row>,
    /// By holder and node.
    numbers: Vec<Vec<Option<Number>>>,
    /// By holder and split.
    splits: BTreeMap<(usize, u32), Option<Vec<Number>>>,
    /// Sums by formula and step.
    pub sums: BTreeMap<String, Number>,
    /// By statistic and, in peer groups, holder.
    pub blocks: BTreeMap<(u32, Option<usize>), Block>,
    /// By formula, the first cell of a divisor: quotients with the same one are known by it.
    divisors: BTreeMap<String, String>,
    /// By statistic, the parts of all holders.
    pub parts: BTreeMap<u32, Vec<Number>>,
}

impl<'a> Calculation<'a> {
    /// Works out the rows of the nodes that are needed: node by node, for one holder after the other.
    pub fn of(
        plan: &'a Plan,
        values: &'a [Values],
        (inputs, terms): (&'a Inputs, &'a Terms),
        (needed, all_holders): (&[bool], bool),
    ) -> Calculation<'a> {
        let mut calculation = Calculation {
            plan,
            values,
            inputs,
            terms,
            all_holders,
            lane: 0,
            rows_before_agreed: terms.rows_above_fixed(),
            rows: Vec::new(),
            agreed: Vec::new(),
            numbers: vec![vec![None; plan.nodes().len()]; values.len()],
            splits: BTreeMap::new(),
            sums: BTreeMap::new(),
            divisors: BTreeMap::new(),
            blocks: BTreeMap::new(),
            parts: BTreeMap::new(),
        };
        let differs = differing(plan, &|fact| plan.facts()[fact.0 as usize].by_holder);
        for (index, _) in needed.iter().enumerate().filter(|(_, needed)| **needed) {
            let node = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
            for lane in 0..values.len() {
                let known = (lane > 0 && !differs[index]).then(|| calculation.numbers[0][index].clone());
                calculation.lane = lane;
                let number = known.unwrap_or_else(|| Some(calculation.number(node)));
                calculation.numbers[lane][index] = number;
            }
        }
        calculation
    }

    /// How many holders the workbook is of.
    pub fn lanes(&self) -> usize {
        self.values.len()
    }

    /// The name of a holder.
    pub fn holder(&self, lane: usize) -> &str {
        self.inputs.holder(lane).unwrap_or("all")
    }

    /// The number of an earlier node, of the holder whose rows are being written.
    pub fn get(&self, node: NodeId) -> Number {
        self.get_of(self.lane, node)
    }

    /// The number of an earlier node of a holder.
    pub fn get_of(&self, lane: usize, node: NodeId) -> Number {
        self.numbers[lane][node.index()].clone().expect("operands stand before what reads them")
    }

    fn label(&self, node: NodeId, rule: &str) -> Label {
        let origin = self.plan.origin(node);
        let holder = self.inputs.holder(self.lane).filter(|_| self.lanes() > 1);
        let context = [Some(&*origin.context), holder].into_iter().flatten().filter(|part| !part.is_empty());
        Label {
            what: origin.what.to_string(),
            context: context.collect::<Vec<_>>().join(", "),
            rule: rule.to_string(),
            unit: origin.unit.to_string(),
            place: origin.place.pointer.to_string(),
        }
    }

    /// A node as rows.
    fn number(&mut self, node: NodeId) -> Number {
        let plan = self.plan;
        match &plan.node(node).op {
            Op::Const(value) => self.constant(&self.label(node, "from agreed numbers alone"), value),
            Op::Fact(fact) => self.fact(&self.label(node, "observed"), *fact),
            Op::Linear { terms, constant } => {
                let terms: Vec<(Exact, Number)> =
                    terms.iter().map(|(factor, node)| (factor.clone(), self.get(*node))).collect();
                self.sum(&self.label(node, ""), constant, &terms)
            }
            Op::Product(x, y) => self.product(&self.label(node, "product"), &self.get(*x), &self.get(*y)),
            Op::Ratio(x, y) => self.ratio(&self.label(node, "quotient"), &self.get(*x), &self.get(*y)),
            Op::Piecewise(x, line) => self.broken(&self.label(node, "by stretches"), &self.get(*x), line),
            Op::Extreme(pick, nodes) => {
                let numbers: Vec<Number> = nodes.iter().map(|node| self.get(*node)).collect();
                self.extreme(&self.label(node, ""), *pick, &numbers)
            }
            Op::Select { condition, then, otherwise } => {
                let three = [condition, then, otherwise].map(|node| self.get(*node));
                self.select(&self.label(node, "one of two, by a condition"), &three)
            }
            Op::Round { x, quantum, mode } => {
                let rule = format!("rounded to a multiple of {quantum}, {}", mode.words());
                self.round(&self.label(node, &rule), &self.get(*x), (quantum, *mode))
            }
            Op::Share(split, part) => self.share(node, *split, *part),
            Op::Statistic(statistic) => {
                let label = self.label(node, "over all holders");
                self.statistic(&label, *statistic).unwrap_or_else(|| {
                    let reason = if self.all_holders { STATISTIC_AS_NUMBER } else { ONE_HOLDER };
                    self.stated(&label, self.value(node), reason)
                })
            }
        }
    }

    fn value(&self, node: NodeId) -> &'a Exact {
        self.values[self.lane].of(node)
    }

    fn share(&mut self, node: NodeId, split: SplitId, part: usize) -> Number {
        let key = (self.lane, split.0);
        if !self.splits.contains_key(&key) {
            let label = self.label(node, "");
            let parts = self.split(&label, self.plan.split(split));
            self.splits.insert(key, parts);
        }
        match self.splits.get(&key) {
            Some(Some(parts)) => parts[part].clone(),
            Some(None) | None => {
                let label = self.label(node, "part of a split");
                self.stated(&label, self.value(node), SPLIT_AS_NUMBER)
            }
        }
    }

    /// Takes rows away that lead nowhere, and what is known by their cells.
    pub fn forget_after(&mut self, kept: usize) {
        self.rows.truncate(kept);
        let last = ROWS_BEFORE + kept;
        let row = |cell: &str| cell[1..].parse::<usize>().unwrap_or(0);
        self.divisors.retain(|_, cell| row(cell) <= last);
        self.blocks.retain(|_, block| block.last_row() <= last);
        self.sums.retain(|_, sum| sum.row <= last);
    }

    /// The row that comes next.
    pub fn next_row(&self) -> usize {
        ROWS_BEFORE + self.rows.len() + 1
    }

    /// A number that the contract fixes.
    pub fn constant(&mut self, label: &Label, value: &Exact) -> Number {
        let (p, q) = value.parts();
        let fraction = |digits: String| Exact::parse(&digits).ok().filter(fits);
        let whole = fraction(p.to_string()).zip(fraction(q.to_string()));
        let known = |value: &Exact| Known::new(String::new(), value.clone());
        let index = self.agreed.len();
        self.agreed.push(Row {
            label: label.clone(),
            decimal: known(value),
            whole: whole.as_ref().map(|(p, _)| known(p)),
            over: None,
            unit: whole.and_then(|(_, q)| Exact::ONE.checked_div(&q)),
            nearest: None,
            left: None,
            size: known(&Exact::ZERO),
            sure: known(&Exact::ONE),
        });
        let row = &self.agreed[index];
        let form = match (&row.whole, &row.unit) {
            (Some(n), Some(unit)) => Form::Whole { n: n.value.clone(), unit: unit.clone() },
            (Some(_) | None, _) => Form::Decimal,
        };
        let error = &relative_error() * &value.abs();
        let row = self.rows_before_agreed + index + 1;
        Number {
            sheet: "Parameters!",
            row,
            value: value.clone(),
            form,
            error,
            doubt: None,
            missing: false,
            agreed: true,
        }
    }

    /// A row in whole numbers; nothing when they are too large.
    pub fn whole_row(
        &mut self,
        label: &Label,
        (whole, unit): (Known, Exact),
        operands: &[&Number],
        draft: Draft,
    ) -> Option<Number> {
        self.fraction_row(label, (whole, None, unit), operands, draft)
    }

    /// A row with a numerator and a divisor, which keeps the name of the cell that it comes from when it
    /// is only handed on; nothing when they are too large.
    pub fn fraction_row(
        &mut self,
        label: &Label,
        (whole, over, unit): (Known, Option<(Known, Option<String>)>, Exact),
        operands: &[&Number],
        draft: Draft,
    ) -> Option<Number> {
        let row = self.next_row();
        let divisor = over.as_ref().map_or(Exact::ONE, |(over, _)| over.value.clone());
        let own = [&whole.value, &divisor];
        let extra = draft.sizes.iter().map(|size| &size.value);
        if !own.into_iter().chain(extra).all(fits) {
            return None;
        }
        let value = &whole.value.checked_div(&divisor)? * &unit;
        let mut sizes = vec![format!("ABS(F{row})")];
        sizes.extend(over.is_some().then(|| format!("G{row}")));
        sizes.extend(draft.sizes.iter().map(|size| size.formula.clone()));
        let size = own.into_iter().chain(draft.sizes.iter().map(|size| &size.value)).map(Exact::abs).max()?;
        let size_formula =
            if sizes.len() > 1 { format!("MAX({})", sizes.join(",")) } else { sizes.remove(0) };
        let quotient = if over.is_some() { format!("F{row}/G{row}") } else { format!("F{row}") };
        let Sure { formula: sure, doubt, missing } = sure(operands, &draft, &[format!("K{row}<1E15")]);
        let form = match &over {
            None => Form::Whole { n: whole.value.clone(), unit: unit.clone() },
            Some((over, known)) => Form::Quotient {
                n: whole.value.clone(),
                d: over.value.clone(),
                over: known.clone().unwrap_or_else(|| {
                    self.divisors.entry(over.formula.clone()).or_insert_with(|| format!("G{row}")).clone()
                }),
                unit: unit.clone(),
            },
        };
        self.rows.push(Row {
            label: label.clone(),
            decimal: Known::new(scaled(&quotient, &unit), value.clone()),
            whole: Some(whole),
            over: over.map(|(over, _)| over),
            unit: Some(unit),
            nearest: draft.nearest,
            left: draft.left,
            size: Known::new(size_formula, size),
            sure,
        });
        let error = &relative_error() * &value.abs();
        Some(Number { sheet: "", row, value, form, error, doubt, missing, agreed: false })
    }

    /// A row in decimals: the formula, the number, and a bound of the error, to which that of the
    /// formula itself is added. `scale` is at least as large as every intermediate result.
    pub fn decimal_row(
        &mut self,
        label: &Label,
        decimal: Known,
        (error, scale): (Known, Known),
        operands: &[&Number],
        draft: Draft,
    ) -> Number {
        let row = self.next_row();
        let bound = &error.value + &(&relative_error() * &scale.value);
        // A bound need not be exact, only no smaller.
        let bound = bound.rounded(&Exact::scaled(1, 20), Mode::Ceiling);
        let Sure { formula: sure, doubt, missing } = sure(operands, &draft, &[]);
        self.rows.push(Row {
            label: label.clone(),
            decimal: decimal.clone(),
            whole: None,
            over: None,
            unit: None,
            nearest: draft.nearest,
            left: draft.left,
            size: Known::new(format!("{}+2E-14*({})", error.formula, scale.formula), bound.clone()),
            sure,
        });
        Number {
            sheet: "",
            row,
            value: decimal.value,
            form: Form::Decimal,
            error: bound,
            doubt,
            missing,
            agreed: false,
        }
    }

    /// A number that is not recalculated.
    pub fn stated(&mut self, label: &Label, value: &Exact, reason: &str) -> Number {
        let row = self.next_row();
        let label = label.step(format!("{}, stands as a number", label.rule));
        let (p, q) = value.parts();
        let parts = Exact::parse(&p.to_string()).ok().zip(Exact::parse(&q.to_string()).ok());
        let parts = parts.filter(|(p, q)| fits(p) && fits(q));
        let known = |value: &Exact| Known::new(value.to_string(), value.clone());
        let (form, whole, unit) = match &parts {
            Some((p, q)) => {
                let unit = Exact::ONE.checked_div(q).unwrap_or(Exact::ONE);
                (Form::Whole { n: p.clone(), unit: unit.clone() }, Some(known(p)), Some(unit))
            }
            None => (Form::Decimal, None, None),
        };
        let decimal = match &unit {
            Some(unit) => scaled(&format!("F{row}"), unit),
            None => super::number::decimal_literal(value),
        };
        let error = &relative_error() * &value.abs();
        let size = match whole {
            Some(_) => Known::new(format!("ABS(F{row})"), value.abs()),
            None => Known::new(format!("2E-14*ABS(D{row})"), error.clone()),
        };
        self.rows.push(Row {
            label,
            decimal: Known::new(decimal, value.clone()),
            whole,
            over: None,
            unit,
            nearest: None,
            left: None,
            size,
            sure: Known::new("0", Exact::ZERO),
        });
        let doubt = Some(reason.to_string());
        Number { sheet: "", row, value: value.clone(), form, error, doubt, missing: false, agreed: false }
    }

    /// The fractions of numbers; nothing when one is a decimal.
    pub fn fractions(numbers: &[&Number]) -> Option<Vec<Fraction>> {
        numbers.iter().map(|number| number.fraction()).collect()
    }
}

/// The sum of sizes, as a formula.
pub(super) fn sizes_of(terms: &[(String, Exact)]) -> Known {
    let formulas: Vec<String> = terms.iter().map(|(formula, _)| format!("ABS({formula})")).collect();
    Known::new(joined(&formulas), terms.iter().map(|(_, value)| value.abs()).sum())
}
