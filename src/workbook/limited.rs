//! Splits whose parts have limits. Whether a part stands at its least, at its most or between is a
//! comparison of whole numbers, so that no corner has to be sorted: the parts come to a rising sum of a
//! factor, and a part is at its least where the sum, taken at the factor that brings it there, is no less
//! than the total. What is left is divided by the weights of the parts between their limits.

use super::calculation::{Calculation, Draft, Label};
use super::number::{Fraction, Known, Number, common_unit, multiple, times};
use super::rounding::Quotient;
use super::splits::{Divided, Rows, column, place_of};
use crate::num::{Division, Exact, Mode, Residue, apportion};

/// Most parts with limits: the sum at a corner is one formula, which has a greatest length.
const PARTS_MAX: usize = 60;

/// A part: its weight, least and most in whole steps, and what it is when it is not between them.
struct Bounded {
    weight: Number,
    least: Number,
    most: Number,
}

/// The parts between their limits, and what the others come to.
struct Settled {
    /// For each part 1 where it is between its limits.
    free: Vec<Number>,
    /// What a part is where it is not.
    fixed: Vec<Number>,
    /// What is left for the parts between their limits.
    left: Number,
    /// Their weights together; at least 1.
    weight: Number,
    /// How many there are.
    count: Number,
}

impl Bounded {
    fn values(&self) -> [&Exact; 3] {
        [&self.weight.value, &self.least.value, &self.most.value]
    }
}

fn clamp(x: Exact, least: &Exact, most: &Exact) -> Exact {
    x.greater(least).lesser(most).clone()
}

/// The cells of numbers, added up.
fn sum_of(numbers: &[Number]) -> (String, Exact) {
    (column(numbers), numbers.iter().map(|number| &number.value).sum())
}

fn one_if(holds: bool) -> Exact {
    if holds { Exact::ONE } else { Exact::ZERO }
}

impl Calculation<'_> {
    /// The parts of a total within limits; nothing when they cannot be worked out in whole numbers.
    pub(super) fn divide_within(
        &mut self,
        label: &Label,
        split: &Divided,
        limits: &[(Number, Number)],
    ) -> Option<Vec<Number>> {
        let kept = self.rows.len();
        let parts = self.rows_within(label, split, limits);
        if parts.is_none() {
            self.forget_after(kept);
        }
        parts
    }

    fn rows_within(
        &mut self,
        label: &Label,
        split: &Divided,
        limits: &[(Number, Number)],
    ) -> Option<Vec<Number>> {
        if limits.len() > PARTS_MAX {
            return None;
        }
        let rows = self.weighed(label, split)?;
        let of = |number: &Number| number.fraction().filter(|fraction| fraction.over.is_none());
        let fractions: Vec<(Fraction, Fraction)> =
            limits.iter().map(|(least, most)| Some((of(least)?, of(most)?))).collect::<Option<_>>()?;
        let units = fractions.iter().flat_map(|(least, most)| [&least.unit, &most.unit]);
        let unit = common_unit(units.chain([&split.quantum]));
        let steps = times(&split.quantum, &unit)?;
        let size = format!("ABS({})", rows.total.whole());
        let total = multiple(&steps, &size)?;
        let value = &steps * &rows.total.fraction()?.n.abs();
        let rule = "what is split, without sign, in the steps of the limits".to_string();
        let total = self.whole_step(label, rule, (total, value), &[&rows.total])?;
        let mut parts = Vec::new();
        for (index, (own, read)) in fractions.iter().zip(limits).enumerate() {
            parts.push(self.bounds(label, (index, &rows), own, (read, &unit))?);
        }
        let settled = self.settled(label, &total, &parts)?;
        self.within(label, (split, &rows), (&parts, &settled), (&total, &steps))
    }

    /// A whole number on the way.
    fn whole_step(
        &mut self,
        label: &Label,
        rule: String,
        (formula, value): (String, Exact),
        read: &[&Number],
    ) -> Option<Number> {
        self.whole_row(&label.step(rule), (Known::new(formula, value), Exact::ONE), read, Draft::default())
    }

    /// Least and most of a part: the least is not below 0, and the most goes before the least.
    fn bounds(
        &mut self,
        label: &Label,
        (index, rows): (usize, &Rows),
        (least, most): &(Fraction, Fraction),
        (read, unit): (&(Number, Number), &Exact),
    ) -> Option<Bounded> {
        let part = index + 1;
        let (k, l) = (times(&least.unit, unit)?, times(&most.unit, unit)?);
        let (from, to) = (&k * &least.n, &l * &most.n);
        let (lower, upper) = (multiple(&k, &least.cell)?, multiple(&l, &most.cell)?);
        let at_most = (upper.clone(), to.clone());
        let most = self.whole_step(label, format!("most of part {part}"), at_most, &[&read.1])?;
        let at_least = (format!("MIN(MAX({lower},0),{upper})"), clamp(from, &Exact::ZERO, &to));
        let least = self.whole_step(label, format!("least of part {part}"), at_least, &[&read.0, &read.1])?;
        Some(Bounded { weight: rows.weights.get(index)?.clone(), least, most })
    }

    /// What all parts come to where one of them reaches a limit, times its weight.
    fn reach(&mut self, label: &Label, parts: &[Bounded], (own, at): (&Bounded, &Number)) -> Option<Number> {
        let mut terms = Vec::new();
        let mut value = Exact::ZERO;
        let mut most = Exact::ZERO;
        for part in parts {
            let [w, least, limit] = [&part.weight, &part.least, &part.most].map(Number::whole);
            let (here, weight) = (at.whole(), own.weight.whole());
            terms.push(format!("MIN(MAX({here}*{w},{least}*{weight}),{limit}*{weight})"));
            let [of_w, of_least, of_limit] = part.values();
            let products = [&at.value * of_w, of_least * &own.weight.value, of_limit * &own.weight.value];
            most = products.iter().map(Exact::abs).max().unwrap_or(Exact::ZERO).greater(&most).clone();
            value = &value + &clamp(products[0].clone(), &products[1], &products[2]);
        }
        let count = i64::try_from(parts.len()).ok()?;
        let bound = &most * &Exact::from(count);
        let each = parts.iter().flat_map(|part| {
            let [w, least, limit] = [&part.weight, &part.least, &part.most].map(Number::whole);
            [format!("{}*{w}", at.whole()), format!("{}*{least}", own.weight.whole()), {
                format!("{}*{limit}", own.weight.whole())
            }]
        });
        let each: Vec<String> = each.map(|product| format!("ABS({product})")).collect();
        let mut read: Vec<&Number> = parts.iter().flat_map(|part| [&part.least, &part.most]).collect();
        read.extend(parts.iter().map(|part| &part.weight));
        let draft = Draft {
            sizes: vec![Known::new(format!("{count}*MAX({})", each.join(",")), bound)],
            ..Draft::default()
        };
        let rule = "what all parts come to where this one reaches its limit, times its weight";
        let whole = (Known::new(terms.join("+"), value), Exact::ONE);
        self.whole_row(&label.step(rule.to_string()), whole, &read, draft)
    }

    /// Which parts are between their limits, and what is left for them.
    fn settled(&mut self, label: &Label, total: &Number, parts: &[Bounded]) -> Option<Settled> {
        let (mut free, mut fixed, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let low = self.reach(label, parts, (part, &part.least))?;
            let high = self.reach(label, parts, (part, &part.most))?;
            let [w, least, most] = part.values();
            let product = &total.value * w;
            let (at_least, at_most) = (product <= low.value || w.is_zero(), product >= high.value);
            let cell = part.weight.whole();
            let own = format!("{}*{cell}", total.whole());
            let below = format!("OR({cell}=0,{own}<={})", low.whole());
            let above = format!("{own}>={}", high.whole());
            let read = [total, &part.weight, &low, &high];
            let number = index + 1;
            let between = format!("IF({below},0,IF({above},0,1))");
            let rule = format!("1 where part {number} is between its limits");
            let draft = Draft { sizes: vec![Known::new(own.clone(), product)], ..Draft::default() };
            let whole = (Known::new(between, one_if(!at_least && !at_most)), Exact::ONE);
            let flag = self.whole_row(&label.step(rule), whole, &read, draft)?;
            let value = match (at_least, at_most) {
                (true, _) => least.clone(),
                (false, true) => most.clone(),
                (false, false) => Exact::ZERO,
            };
            let limits = [&flag, &part.least, &part.most, &low];
            let formula =
                format!("IF({}=1,0,IF({below},{},{}))", flag.whole(), part.least.whole(), part.most.whole());
            let rule = format!("part {number} where it is at a limit");
            fixed.push(self.whole_step(label, rule, (formula, value), &limits)?);
            weights.push((format!("{}*{cell}", flag.whole()), &flag.value * w));
            free.push(flag);
        }
        self.left_within(label, total, (free, fixed), weights)
    }

    /// What the parts between their limits share, and by which weights.
    fn left_within(
        &mut self,
        label: &Label,
        total: &Number,
        (free, fixed): (Vec<Number>, Vec<Number>),
        weights: Vec<(String, Exact)>,
    ) -> Option<Settled> {
        let rule = "how many parts are between their limits".to_string();
        let count = self.whole_step(label, rule, sum_of(&free), &free.iter().collect::<Vec<_>>())?;
        let cells: Vec<String> = weights.iter().map(|(cell, _)| cell.clone()).collect();
        let sum: Exact = weights.iter().map(|(_, value)| value).sum();
        let weight = (format!("MAX(1,{})", cells.join("+")), sum.greater(&Exact::ONE).clone());
        let rule = "their weights together".to_string();
        let weight = self.whole_step(label, rule, weight, &free.iter().collect::<Vec<_>>())?;
        let (cells, at_limits) = sum_of(&fixed);
        let mut read: Vec<&Number> = fixed.iter().collect();
        read.push(total);
        let left = (format!("{}-({cells})", total.whole()), &total.value - &at_limits);
        let left = self.whole_step(label, "what is left for them".to_string(), left, &read)?;
        Some(Settled { free, fixed, left, weight, count })
    }

    /// The parts before odd pennies, and with them.
    fn within(
        &mut self,
        label: &Label,
        (split, rows): (&Divided, &Rows),
        (parts, settled): (&[Bounded], &Settled),
        (total, steps): (&Number, &Exact),
    ) -> Option<Vec<Number>> {
        let count = parts.len();
        let mode = match split.residue {
            Residue::LargestRemainder => Mode::Floor,
            Residue::LargestShare | Residue::Last | Residue::Part(_) => split.mode,
        };
        let over = (multiple(steps, &settled.weight.whole())?, steps * &settled.weight.value);
        let rule = "what each part is divided by".to_string();
        let over = self.whole_step(label, rule, over, &[&settled.weight])?;
        let (mut numerators, mut quotas) = (Vec::new(), Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let (free, fixed) = (&settled.free[index], &settled.fixed[index]);
            let shared = format!("{}*{}", settled.left.whole(), part.weight.whole());
            let at_limit = format!("{}*{}", fixed.whole(), settled.weight.whole());
            let n = if free.value.is_zero() {
                &fixed.value * &settled.weight.value
            } else {
                &settled.left.value * &part.weight.value
            };
            let rule = format!("part {} of {count}, to be divided", index + 1);
            let formula = (format!("IF({}=1,{shared},{at_limit})", free.whole()), n);
            let read = [free, fixed, &settled.left, &settled.weight, &part.weight];
            let numerator = self.whole_step(label, rule, formula, &read)?;
            let quotient = Quotient {
                n: Known::new(numerator.whole(), numerator.value.clone()),
                d: Known::new(over.whole(), over.value.clone()),
            };
            let step = label.step(format!("part {} of {count} before odd pennies, without sign", index + 1));
            let read = [&numerator, &over];
            quotas.push(self.round_quotient(&step, &quotient, (&split.quantum, mode), &read)?);
            numerators.push(numerator);
        }
        let shared = self.shared(label, (split, rows, settled), (total, steps))?;
        let values: Vec<Exact> = rows.weights.iter().map(|weight| weight.value.clone()).collect();
        let limits: Vec<(Exact, Exact)> = parts
            .iter()
            .map(|part| {
                let step = split.quantum.checked_div(steps)?;
                Some((&part.least.value * &step, &part.most.value * &step))
            })
            .collect::<Option<_>>()?;
        let division = Division {
            weights: &values,
            limits: Some(&limits),
            quantum: &split.quantum,
            mode: split.mode,
            residue: split.residue,
        };
        let exact = apportion(&rows.total.value, &division);
        let odd = Odd { rows, quotas: &quotas, numerators: &numerators, over: &over, shared: &shared };
        match split.residue {
            Residue::LargestRemainder => self.remainders_within(label, &odd, (&exact, split)),
            Residue::LargestShare | Residue::Last | Residue::Part(_) => {
                self.rest_within(label, &odd, (&exact, split))
            }
        }
    }

    /// What the parts come to, in the quantum of the split: the total, or as much as the limits admit.
    fn shared(
        &mut self,
        label: &Label,
        (split, rows, settled): (&Divided, &Rows, &Settled),
        (total, steps): (&Number, &Exact),
    ) -> Option<Number> {
        let (cells, value) = sum_of(&settled.fixed);
        let read: Vec<&Number> = settled.fixed.iter().collect();
        let rule = "parts at their limits together".to_string();
        let fixed = self.whole_step(label, rule, (cells, value), &read)?;
        let quotient = Quotient {
            n: Known::new(fixed.whole(), fixed.value.clone()),
            d: Known::new(super::number::literal(steps)?, steps.clone()),
        };
        let step = label.step("parts at their limits together, rounded".to_string());
        let limited = self.round_quotient(&step, &quotient, (&split.quantum, split.mode), &[&fixed])?;
        let free = settled.count.value.sign() > 0;
        let size = rows.total.fraction()?.n.abs();
        let value = if free { size } else { limited.fraction()?.n };
        let formula =
            format!("IF({}=0,{},ABS({}))", settled.count.whole(), limited.whole(), rows.total.whole());
        let rule = "what the parts come to".to_string();
        let read = [&settled.count, &limited, &rows.total, total];
        self.whole_step(label, rule, (formula, value), &read)
    }

    fn remainders_within(
        &mut self,
        label: &Label,
        odd: &Odd<'_>,
        (exact, split): (&[Exact], &Divided),
    ) -> Option<Vec<Number>> {
        let mut lefts = Vec::new();
        for (index, (quota, numerator)) in odd.quotas.iter().zip(odd.numerators).enumerate() {
            let formula = format!("{}-{}*{}", numerator.whole(), quota.whole(), odd.over.whole());
            let value = &numerator.value - &(&quota.fraction()?.n * &odd.over.value);
            let rule = format!("part {}: what is left over", index + 1);
            lefts.push(self.whole_step(label, rule, (formula, value), &[numerator, quota, odd.over])?);
        }
        let given = format!("{}-({})", odd.shared.whole(), column(odd.quotas));
        let all: Vec<String> = lefts.iter().map(Number::whole).collect();
        let mut found = Vec::new();
        for (index, quota) in odd.quotas.iter().enumerate() {
            let place = place_of(&all[index], &all, index);
            let part = format!("{}+IF({place}<={given},1,0)", quota.whole());
            let read: Vec<&Number> = odd.quotas.iter().chain(&lefts).chain([odd.shared]).collect();
            found.push(self.part(label, (index, split), (odd.signed(&part), &exact[index]), &read)?);
        }
        Some(found)
    }

    fn rest_within(
        &mut self,
        label: &Label,
        odd: &Odd<'_>,
        (exact, split): (&[Exact], &Divided),
    ) -> Option<Vec<Number>> {
        let (formula, taker) = match split.residue {
            Residue::LargestShare => {
                let most = odd.numerators.iter().map(|number| &number.value).max()?;
                let taker = odd.numerators.iter().position(|number| number.value == *most)?;
                let cells: Vec<String> = odd.numerators.iter().map(Number::whole).collect();
                let greatest = format!("MAX({})", cells.join(","));
                let mut formula = cells.len().to_string();
                for (index, cell) in cells.iter().enumerate().rev().skip(1) {
                    formula = format!("IF({cell}={greatest},{},{formula})", index + 1);
                }
                (formula, taker)
            }
            Residue::Last => {
                let weights = &odd.rows.weights;
                let last = weights.iter().rposition(|weight| !weight.value.is_zero());
                (super::splits::last_with_weight(weights), last.unwrap_or(0))
            }
            Residue::Part(part) => ((part + 1).to_string(), part),
            Residue::LargestRemainder => return None,
        };
        let number = Exact::from(i64::try_from(taker + 1).ok()?);
        let mut read: Vec<&Number> = odd.numerators.iter().collect();
        read.extend(&odd.rows.weights);
        let rule = "the part that takes odd pennies".to_string();
        let taker = self.whole_step(label, rule, (formula, number), &read)?;
        let all = column(odd.quotas);
        let mut found = Vec::new();
        for (index, quota) in odd.quotas.iter().enumerate() {
            let own = quota.whole();
            let rest = format!("{}-({all}-{own})", odd.shared.whole());
            let part = format!("IF({}={},{rest},{own})", taker.whole(), index + 1);
            let read: Vec<&Number> = odd.quotas.iter().chain([&taker, odd.shared]).collect();
            found.push(self.part(label, (index, split), (odd.signed(&part), &exact[index]), &read)?);
        }
        Some(found)
    }
}

/// What odd pennies are given out by.
struct Odd<'o> {
    rows: &'o Rows,
    quotas: &'o [Number],
    numerators: &'o [Number],
    over: &'o Number,
    /// What the parts come to.
    shared: &'o Number,
}

impl Odd<'_> {
    /// A part with the sign of the total; of 0 too there may be a least.
    fn signed(&self, part: &str) -> String {
        format!("IF({}<0,-1,1)*({part})", self.rows.total.whole())
    }
}
