//! Sums, products and quotients.

use super::calculation::{Calculation, Draft, Label, sizes_of};
use super::number::{
    Form, Fraction, Known, Number, common_unit, decimal_literal, fits, fits_with_room, joined, literal,
    multiple, times,
};
use crate::num::Exact;

/// Most terms of one formula: spreadsheets limit its length, and its error bound counts on it.
const TERMS_MAX: usize = 60;

/// A divisor that several fractions are brought over: its formula, its value, and the factor that
/// each fraction takes.
pub(super) struct Common {
    /// Formula, value and, when it is a single cell, that cell.
    pub over: Option<(Known, Option<String>)>,
    /// The cells, each once, with what stands in them.
    cells: Vec<(String, Exact)>,
}

impl Common {
    /// The product of all different divisors; nothing when it is too large.
    pub fn of(fractions: &[Fraction]) -> Option<Common> {
        let mut cells: Vec<(String, Exact)> = Vec::new();
        for (cell, d) in fractions.iter().filter_map(|fraction| fraction.over.as_ref()) {
            if !cells.iter().any(|(known, _)| known == cell) {
                cells.push((cell.clone(), d.clone()));
            }
        }
        let product = cells.iter().fold(Exact::ONE, |product, (_, d)| &product * d);
        if !fits(&product) {
            return None;
        }
        let formula: Vec<String> = cells.iter().map(|(cell, _)| cell.clone()).collect();
        let single = match &formula[..] {
            [only] => Some(only.clone()),
            [..] => None,
        };
        let over = (!cells.is_empty()).then(|| (Known::new(formula.join("*"), product), single));
        Some(Common { over, cells })
    }

    /// A numerator times the divisors that are not its own, and their product.
    pub fn numerator(&self, fraction: &Fraction) -> (String, Exact) {
        let others = self.cells.iter().filter(|(cell, _)| Some(cell.as_str()) != fraction.over_cell());
        others.fold((fraction.cell.clone(), fraction.n.clone()), |(formula, n), (cell, d)| {
            (format!("{formula}*{cell}"), &n * d)
        })
    }

    /// A number times all divisors.
    pub fn constant(&self, k: &Exact) -> Option<(String, Exact)> {
        Some(match &self.over {
            None => (literal(k)?, k.clone()),
            Some((over, _)) => (multiple(k, &over.formula)?, k * &over.value),
        })
    }
}

impl Calculation<'_> {
    /// The sum of factor × number, plus a constant.
    pub fn sum(&mut self, label: &Label, constant: &Exact, terms: &[(Exact, Number)]) -> Number {
        let terms: Vec<(Exact, Number)> =
            terms.iter().filter(|(factor, _)| !factor.is_zero()).cloned().collect();
        match &terms[..] {
            [] => self.constant(label, constant),
            [(factor, only)] if *factor == Exact::ONE && constant.is_zero() => only.clone(),
            [(factor, only)] if constant.is_zero() => {
                let label = label.step(format!("times {}", short(factor)));
                self.times_constant(&label, factor, only)
            }
            [..] if terms.len() > TERMS_MAX => {
                let chunks = terms.chunks(TERMS_MAX).enumerate().map(|(index, chunk)| {
                    let step = label.step(format!("sum, step {}", index + 1));
                    (Exact::ONE, self.sum(&step, &Exact::ZERO, chunk))
                });
                let chunks: Vec<(Exact, Number)> = chunks.collect();
                self.sum(label, constant, &chunks)
            }
            [..] => {
                let label = label.step(rule_of_sum(constant, &terms));
                self.sum_in_wholes(&label, constant, &terms)
                    .unwrap_or_else(|| self.sum_in_decimals(&label, constant, &terms))
            }
        }
    }

    fn sum_in_wholes(
        &mut self,
        label: &Label,
        constant: &Exact,
        terms: &[(Exact, Number)],
    ) -> Option<Number> {
        let operands: Vec<&Number> = terms.iter().map(|(_, number)| number).collect();
        let fractions = Self::fractions(&operands)?;
        let common = Common::of(&fractions)?;
        let units: Vec<Exact> =
            terms.iter().zip(&fractions).map(|((factor, _), x)| factor * &x.unit).collect();
        let unit = common_unit(units.iter().chain([constant]));
        let mut parts: Vec<(String, Exact)> = Vec::new();
        for (own, fraction) in units.iter().zip(&fractions) {
            let k = times(own, &unit)?;
            let (cell, n) = common.numerator(fraction);
            parts.push((multiple(&k, &cell)?, &k * &n));
        }
        if !constant.is_zero() {
            parts.push(common.constant(&times(constant, &unit)?)?);
        }
        let formulas: Vec<String> = parts.iter().map(|(formula, _)| formula.clone()).collect();
        let value = parts.iter().map(|(_, value)| value).sum();
        // The same sum is written once, so that quotients over it are known to have the same divisor.
        let over = common.over.as_ref().map_or("", |(over, _)| over.formula.as_str());
        let key = format!("{}/{over}/{unit:?}", joined(&formulas));
        if let Some(known) = self.sums.get(&key) {
            return Some(known.clone());
        }
        let size = sizes_of(&parts);
        if !fits_with_room(&size.value) {
            return None;
        }
        let draft = Draft { sizes: vec![size], ..Draft::default() };
        let whole = Known::new(joined(&formulas), value);
        let sum = self.fraction_row(label, (whole, common.over, unit), &operands, draft)?;
        self.sums.insert(key, sum.clone());
        Some(sum)
    }

    fn sum_in_decimals(&mut self, label: &Label, constant: &Exact, terms: &[(Exact, Number)]) -> Number {
        let mut parts = Vec::new();
        let (mut errors, mut error) = (Vec::new(), Exact::ZERO);
        let mut value = constant.clone();
        for (factor, number) in terms {
            let cell = number.decimal();
            let one = factor.abs() == Exact::ONE;
            let sign = if factor.sign() < 0 { "-" } else { "" };
            let size = decimal_literal(&factor.abs());
            let times = if one { String::new() } else { format!("{size}*") };
            parts.push((format!("{sign}{times}{cell}"), factor * &number.value));
            errors.push(format!("{times}{}", number.error_of_decimal()));
            error = &error + &(&factor.abs() * &number.error);
            value = &value + &(factor * &number.value);
        }
        if !constant.is_zero() {
            parts.push((decimal_literal(constant), constant.clone()));
        }
        let formulas: Vec<String> = parts.iter().map(|(formula, _)| formula.clone()).collect();
        let operands: Vec<&Number> = terms.iter().map(|(_, number)| number).collect();
        let error = (Known::new(joined(&errors), error), sizes_of(&parts));
        self.decimal_row(label, Known::new(joined(&formulas), value), error, &operands, Draft::default())
    }

    /// A number times a constant, in steps of another unit: the whole number is handed on.
    pub fn times_constant(&mut self, label: &Label, factor: &Exact, x: &Number) -> Number {
        let in_wholes = x.fraction().and_then(|fraction| {
            let sign = Exact::from(i64::from(factor.sign()));
            let whole = Known::new(multiple(&sign, &fraction.cell)?, &sign * &fraction.n);
            let unit = &fraction.unit * &factor.abs();
            let over = fraction.over.map(|(cell, d)| (Known::new(cell.clone(), d), Some(cell)));
            self.fraction_row(label, (whole, over, unit), &[x], Draft::default())
        });
        in_wholes.unwrap_or_else(|| self.sum_in_decimals(label, &Exact::ZERO, &[(factor.clone(), x.clone())]))
    }

    /// The product of two numbers.
    pub fn product(&mut self, label: &Label, x: &Number, y: &Number) -> Number {
        match (x, y) {
            (agreed, other) | (other, agreed) if agreed.agreed && !agreed.value.is_zero() => {
                let label = label.step(format!("times the agreed {}", short(&agreed.value)));
                let value = agreed.value.clone();
                self.times_constant(&label, &value, other)
            }
            (x, y) => self.product_in_wholes(label, x, y).unwrap_or_else(|| {
                let (a, b) = (x.decimal(), y.decimal());
                let (ea, eb) = (x.error_of_decimal(), y.error_of_decimal());
                let value = &x.value * &y.value;
                let error = &(&(&x.value.abs() + &x.error) * &y.error) + &(&y.value.abs() * &x.error);
                let error = Known::new(format!("(ABS({a})+{ea})*{eb}+ABS({b})*{ea}"), error);
                let scale = Known::new(format!("ABS({a}*{b})"), value.abs());
                let decimal = Known::new(format!("{a}*{b}"), value);
                self.decimal_row(label, decimal, (error, scale), &[x, y], Draft::default())
            }),
        }
    }

    fn product_in_wholes(&mut self, label: &Label, x: &Number, y: &Number) -> Option<Number> {
        let (a, b) = (x.fraction()?, y.fraction()?);
        let whole = Known::new(format!("{}*{}", a.cell, b.cell), &a.n * &b.n);
        // Quotients are long already; they keep their digits, so that ties are seen.
        let quotients = a.over.is_some() || b.over.is_some();
        if !quotients && !fits_with_room(&whole.value) {
            return None;
        }
        let unit = &a.unit * &b.unit;
        let over = match (&a.over, &b.over) {
            (None, None) => None,
            (Some((cell, d)), None) | (None, Some((cell, d))) => {
                Some((Known::new(cell.clone(), d.clone()), Some(cell.clone())))
            }
            (Some((cell, d)), Some((other, e))) => Some((Known::new(format!("{cell}*{other}"), d * e), None)),
        };
        self.fraction_row(label, (whole, over, unit), &[x, y], Draft::default())
    }

    /// The first over the second; 0 where the second is 0.
    pub fn ratio(&mut self, label: &Label, x: &Number, y: &Number) -> Number {
        if let Some(inverse) = Exact::ONE.checked_div(&y.value).filter(|_| y.agreed) {
            let label = label.step(format!("divided by the agreed {}", short(&y.value)));
            return self.times_constant(&label, &inverse, x);
        }
        self.ratio_in_wholes(label, x, y).unwrap_or_else(|| self.ratio_in_decimals(label, x, y))
    }

    fn ratio_in_wholes(&mut self, label: &Label, x: &Number, y: &Number) -> Option<Number> {
        let (a, b) = (x.fraction()?, y.fraction()?);
        let sign = Exact::from(i64::from(b.n.sign()));
        let same = a.over_cell() == b.over_cell();
        let times =
            |cell: Option<&str>| cell.filter(|_| !same).map_or(String::new(), |cell| format!("*{cell}"));
        let own = |of: &Fraction| if same { Exact::ONE } else { of.divisor() };
        let n = &(&a.n * &sign) * &own(&b);
        let d = if sign.is_zero() { Exact::ONE } else { &b.n.abs() * &own(&a) };
        let whole = format!("{}*SIGN({}){}", a.cell, b.cell, times(b.over_cell()));
        let over = format!("IF({0}=0,1,ABS({0}){1})", b.cell, times(a.over_cell()));
        let unit = a.unit.checked_div(&b.unit)?;
        let over = Some((Known::new(over, d), None));
        self.fraction_row(label, (Known::new(whole, n), over, unit), &[x, y], Draft::default())
    }

    fn ratio_in_decimals(&mut self, label: &Label, x: &Number, y: &Number) -> Number {
        let (a, b) = (x.decimal(), y.decimal());
        let value = x.value.checked_div(&y.value).unwrap_or(Exact::ZERO);
        let exact_zero = !matches!(y.form, Form::Decimal);
        let near = &y.value.abs() - &y.error;
        let sure = near.sign() > 0;
        let error = (&x.error + &(&value.abs() * &y.error)).checked_div(&near).unwrap_or(Exact::ZERO);
        let (ea, eb) = (x.error_of_decimal(), y.error_of_decimal());
        let error = Known::new(format!("IF({b}=0,0,({ea}+ABS({a}/{b})*{eb})/(ABS({b})-{eb}))"), error);
        let scale = Known::new(format!("IF({b}=0,0,ABS({a}/{b}))"), value.abs());
        let mut draft = Draft { reason: "a divisor is too near to 0", ..Draft::default() };
        if !exact_zero {
            draft.conditions.push((format!("ABS({b})>{eb}"), sure));
        }
        let decimal = Known::new(format!("IF({b}=0,0,{a}/{b})"), value);
        self.decimal_row(label, decimal, (error, scale), &[x, y], draft)
    }
}

/// A number as the rule of a row shows it.
pub(super) fn short(value: &Exact) -> String {
    let text = value.to_string();
    if text.ends_with('…') {
        let (n, d) = value.parts();
        return format!("{n}/{d}");
    }
    text
}

fn rule_of_sum(constant: &Exact, terms: &[(Exact, Number)]) -> String {
    let ones = terms.iter().all(|(factor, _)| *factor == Exact::ONE) && constant.is_zero();
    let signs = terms.iter().all(|(factor, _)| factor.abs() == Exact::ONE) && constant.is_zero();
    match (ones, signs, terms) {
        (true, _, [..]) => "sum".to_string(),
        (false, true, [(first, _), (second, _)]) if first.sign() != second.sign() => "difference".to_string(),
        (false, true, [..]) => "sum and difference".to_string(),
        (false, false, [(factor, _)]) => format!("{} × it + {}", short(factor), short(constant)),
        (false, false, [..]) => "weighted sum".to_string(),
    }
}
