//! Splits: the parts of a total by weights, which add up to it. Rows between show the weights, the
//! part that each weight earns, cut off or rounded, and who takes the odd pennies.

use super::calculation::{Calculation, Draft, Label};
use super::number::{Known, Number, common_unit, fits, multiple, times};
use super::rounding::Quotient;
use super::sums::Common;
use crate::num::{Division, Exact, Mode, Residue, apportion};
use crate::plan::{NodeId, Split};

/// A total and the weights that it is divided by.
#[derive(Debug, Clone)]
pub(super) struct Divided {
    pub total: Number,
    pub weights: Vec<Number>,
    pub quantum: Exact,
    pub mode: Mode,
    pub residue: Residue,
}

/// The rows that a split works with.
pub(super) struct Rows {
    pub total: Number,
    pub weights: Vec<Number>,
    sum: Number,
}

impl Rows {
    /// The part of a weight as a quotient, without sign.
    fn quotient(&self, weight: &Number, size: &Known) -> Option<Quotient> {
        let (w, sum) = (weight.fraction()?, self.sum.fraction()?);
        let d = if sum.n.is_zero() { Exact::ONE } else { sum.n.clone() };
        let n = Known::new(format!("{}*{}", size.formula, w.cell), &size.value * &w.n);
        Some(Quotient { n, d: Known::new(format!("MAX(1,{})", sum.cell), d) })
    }
}

/// The place of a remainder among all, the largest first, equal ones in order.
pub(super) fn place_of(own: &str, all: &[String], index: usize) -> String {
    let before = all.iter().enumerate().filter(|(other, _)| *other != index);
    let each = before.map(|(other, cell)| {
        let sign = if other < index { ">=" } else { ">" };
        format!("+IF({cell}{sign}{own},1,0)")
    });
    format!("1{}", each.collect::<String>())
}

/// The cells of a column of neighbouring rows.
fn cells(column: char, of: &[Number]) -> String {
    let row = |number: Option<&Number>| number.map_or(0, |number| number.row);
    format!("{column}{}:{column}{}", row(of.first()), row(of.last()))
}

/// Cells of rows, added up.
pub(super) fn column(of: &[Number]) -> String {
    of.iter().map(Number::whole).collect::<Vec<_>>().join("+")
}

/// The number of the last part with a weight; of the first where none has one.
pub(super) fn last_with_weight(weights: &[Number]) -> String {
    let all = cells('F', weights);
    let before = weights.first().map_or(0, |weight| weight.row) - 1;
    format!("MAX(1,SUMPRODUCT(MAX(({all}<>0)*(ROW({all})-{before}))))")
}

impl Calculation<'_> {
    /// The parts of a split; nothing when they cannot be worked out in whole numbers.
    pub fn split(&mut self, label: &Label, split: &Split) -> Option<Vec<Number>> {
        let divided = Divided {
            total: self.get(split.total),
            weights: split.weights.iter().map(|weight| self.get(*weight)).collect(),
            quantum: split.quantum.clone(),
            mode: split.mode,
            residue: split.residue,
        };
        match &split.limits {
            None => self.divide(label, &divided),
            Some(limits) => {
                let of = |(least, most): &(NodeId, NodeId)| (self.get(*least), self.get(*most));
                let limits: Vec<(Number, Number)> = limits.iter().map(of).collect();
                self.divide_within(label, &divided, &limits)
            }
        }
    }

    /// The parts of a total; nothing when they cannot be worked out in whole numbers.
    pub fn divide(&mut self, label: &Label, split: &Divided) -> Option<Vec<Number>> {
        let kept = self.rows.len();
        let parts = self.rows_of_split(label, split);
        if parts.is_none() {
            self.forget_after(kept);
        }
        parts
    }

    fn rows_of_split(&mut self, label: &Label, split: &Divided) -> Option<Vec<Number>> {
        let rows = self.weighed(label, split)?;
        let count = split.weights.len();
        let size = Known::new(format!("ABS({})", rows.total.whole()), rows.total.fraction()?.n.abs());
        let mode = match split.residue {
            Residue::LargestRemainder => Mode::Floor,
            Residue::LargestShare | Residue::Last | Residue::Part(_) => split.mode,
        };
        let mut quotas = Vec::new();
        let mut lefts = Vec::new();
        // All parts in one way, so that what they leave over can be compared.
        let long =
            rows.weights.iter().any(|weight| !fits(&(&(&size.value * &weight.value) * &Exact::from(2))));
        for (index, weight) in rows.weights.iter().enumerate() {
            let step = label.step(format!("part {} of {count} before odd pennies, without sign", index + 1));
            let operands = [&rows.total, weight, &rows.sum];
            let rounding = (&split.quantum, mode);
            if long {
                let (quota, left) = self.round_long(&step, operands, rounding)?;
                quotas.push(quota);
                lefts.push(left);
            } else {
                let quotient = rows.quotient(weight, &size)?;
                quotas.push(self.round_quotient(&step, &quotient, rounding, &operands)?);
            }
        }
        if split.residue == Residue::LargestRemainder && lefts.len() < count {
            lefts = self.left_over(label, (&rows, &quotas), &size)?;
        }
        let values: Vec<Exact> = rows.weights.iter().map(|weight| weight.value.clone()).collect();
        let division = Division {
            weights: &values,
            limits: None,
            quantum: &split.quantum,
            mode: split.mode,
            residue: split.residue,
        };
        let parts = apportion(&rows.total.value, &division);
        match split.residue {
            Residue::LargestRemainder => {
                self.by_remainder(label, (&rows, &quotas, &lefts), (&parts, &size), split)
            }
            Residue::LargestShare | Residue::Last | Residue::Part(_) => {
                self.rest_to_one(label, (&rows, &quotas), (&parts, &size), split)
            }
        }
    }

    /// Rows of the total, the weights as whole numbers, and their sum.
    pub(super) fn weighed(&mut self, label: &Label, split: &Divided) -> Option<Rows> {
        let fraction = split.total.fraction().filter(|fraction| fraction.over.is_none())?;
        let k = times(&fraction.unit, &split.quantum)?;
        let whole = Known::new(multiple(&k, &fraction.cell)?, &k * &fraction.n);
        let step = label.step("what is split".to_string());
        let total =
            self.whole_row(&step, (whole, split.quantum.clone()), &[&split.total], Draft::default())?;
        let sources = &split.weights;
        let operands: Vec<&Number> = sources.iter().collect();
        let fractions = Self::fractions(&operands)?;
        let common = Common::of(&fractions)?;
        let units = common_unit(fractions.iter().map(|fraction| &fraction.unit));
        let mut weights = Vec::new();
        for (index, (fraction, source)) in fractions.iter().zip(sources).enumerate() {
            let (cell, n) = common.numerator(fraction);
            let unit = times(&fraction.unit, &units)?;
            let whole = Known::new(multiple(&unit, &cell)?, &unit * &n);
            let step = label.step(format!("weight of part {}", index + 1));
            weights.push(self.whole_row(&step, (whole, Exact::ONE), &[source], Draft::default())?);
        }
        let values: Vec<Exact> = weights.iter().map(|weight| weight.value.clone()).collect();
        let sum: Exact = values.iter().sum();
        if !fits(&sum) {
            return None;
        }
        let whole = Known::new(format!("SUM({})", cells('F', &weights)), sum);
        let step = label.step("weights together".to_string());
        let read: Vec<&Number> = weights.iter().collect();
        let sum = self.whole_row(&step, (whole, Exact::ONE), &read, Draft::default())?;
        Some(Rows { total, weights, sum })
    }

    /// What each part leaves over once it is cut off.
    fn left_over(
        &mut self,
        label: &Label,
        (rows, quotas): (&Rows, &[Number]),
        size: &Known,
    ) -> Option<Vec<Number>> {
        let mut lefts = Vec::new();
        for (index, (quota, weight)) in quotas.iter().zip(&rows.weights).enumerate() {
            let (w, sum) = (weight.fraction()?, rows.sum.fraction()?);
            let product = &size.value * &w.n;
            let value = &product - &(&quota.fraction()?.n * &sum.n);
            let formula = format!("{}*{}-{}*{}", size.formula, w.cell, quota.whole(), sum.cell);
            let step = label.step(format!("part {}: what is left over", index + 1));
            let read = [quota, weight, &rows.sum, &rows.total];
            let left = Known::new(formula, value);
            lefts.push(self.whole_row(&step, (left, Exact::ONE), &read, Draft::default())?);
        }
        Some(lefts)
    }

    /// Whole pennies first, then one each to the largest remainders, the first of equals first.
    fn by_remainder(
        &mut self,
        label: &Label,
        (rows, quotas, lefts): (&Rows, &[Number], &[Number]),
        (parts, size): (&[Exact], &Known),
        split: &Divided,
    ) -> Option<Vec<Number>> {
        let given = format!("{}-({})", size.formula, column(quotas));
        let mut found = Vec::new();
        for (index, (quota, left)) in quotas.iter().zip(lefts).enumerate() {
            let own = left.whole();
            let place = place_of(&own, &lefts.iter().map(Number::whole).collect::<Vec<_>>(), index);
            let formula = format!(
                "IF({}=0,0,SIGN({})*({}+IF({place}<={given},1,0)))",
                rows.sum.whole(),
                rows.total.whole(),
                quota.whole()
            );
            let read: Vec<&Number> = quotas.iter().chain(lefts).collect();
            found.push(self.part(label, (index, split), (formula, &parts[index]), &read)?);
        }
        Some(found)
    }

    /// Each part rounded, and the difference to one of them.
    fn rest_to_one(
        &mut self,
        label: &Label,
        (rows, quotas): (&Rows, &[Number]),
        (parts, size): (&[Exact], &Known),
        split: &Divided,
    ) -> Option<Vec<Number>> {
        let weights = cells('F', &rows.weights);
        let values = || rows.weights.iter().map(|weight| &weight.value);
        let (formula, taker) = match split.residue {
            Residue::LargestShare => {
                let most = values().max()?;
                (format!("MATCH(MAX({weights}),{weights},0)"), values().position(|weight| weight == most)?)
            }
            Residue::Last => {
                let last = values().collect::<Vec<_>>().iter().rposition(|weight| !weight.is_zero());
                (last_with_weight(&rows.weights), last.unwrap_or(0))
            }
            Residue::Part(part) => ((part + 1).to_string(), part),
            Residue::LargestRemainder => return None,
        };
        let number = Exact::from(i64::try_from(taker + 1).ok()?);
        let step = label.step("the part that takes odd pennies".to_string());
        let read: Vec<&Number> = rows.weights.iter().collect();
        let taker =
            self.whole_row(&step, (Known::new(formula, number), Exact::ONE), &read, Draft::default())?;
        let all = column(quotas);
        let mut found = Vec::new();
        for (index, quota) in quotas.iter().enumerate() {
            let own = quota.whole();
            let rest = format!("{}-({all}-{own})", size.formula);
            let formula = format!(
                "IF({}=0,0,SIGN({})*IF({}={},{rest},{own}))",
                rows.sum.whole(),
                rows.total.whole(),
                taker.whole(),
                index + 1
            );
            let read: Vec<&Number> = quotas.iter().chain([&taker, &rows.total]).collect();
            found.push(self.part(label, (index, split), (formula, &parts[index]), &read)?);
        }
        Some(found)
    }

    pub(super) fn part(
        &mut self,
        label: &Label,
        (index, split): (usize, &Divided),
        (formula, value): (String, &Exact),
        read: &[&Number],
    ) -> Option<Number> {
        let rule = format!("part {} of {}, with odd pennies", index + 1, split.weights.len());
        let whole = Known::new(formula, times(value, &split.quantum)?);
        self.whole_row(&label.step(rule), (whole, split.quantum.clone()), read, Draft::default())
    }
}
