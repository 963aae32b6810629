//! Broken lines, extremes and choices: which of several numbers counts is decided between whole
//! numbers, after multiplying out.

use super::calculation::{Calculation, Draft, Label};
use super::number::{
    Form, Fraction, Known, Number, chosen, common_unit, decimal_literal, joined, literal, multiple, times,
};
use super::sums::{Common, short};
use crate::num::{Exact, Piecewise};
use crate::plan::Pick;

/// Longest formula; spreadsheets take 8,192 characters.
const FORMULA_MAX: usize = 8_000;

const TOO_NEAR: &str = "a number in decimals is too near to where a rule changes";
const TOO_MANY: &str = "a broken line with too many stretches stands as a number";

/// Conditions for being before each breakpoint, and the sizes of what they compare.
struct Before {
    conditions: Vec<String>,
    sizes: Vec<Known>,
}

impl Calculation<'_> {
    /// A broken line of a number.
    pub fn broken(&mut self, label: &Label, x: &Number, line: &Piecewise) -> Number {
        if line.breakpoints().is_empty() {
            let piece = &line.pieces()[0];
            return self.sum(label, &piece.at_zero, &[(piece.slope.clone(), x.clone())]);
        }
        let label = label.step(rule_of(line));
        let in_wholes = self.broken_in_wholes(&label, x, line);
        let found = in_wholes.or_else(|| self.broken_in_decimals(&label, x, line));
        found.unwrap_or_else(|| self.stated(&label, &line.at(&x.value), TOO_MANY))
    }

    fn broken_in_wholes(&mut self, label: &Label, x: &Number, line: &Piecewise) -> Option<Number> {
        let fraction = x.fraction()?;
        let before = before(&fraction, line)?;
        let common = Common::of(std::slice::from_ref(&fraction))?;
        let flat = line.pieces().iter().all(|piece| piece.slope.is_zero());
        let slopes: Vec<Exact> = line.pieces().iter().map(|piece| &piece.slope * &fraction.unit).collect();
        let heights = line.pieces().iter().map(|piece| &piece.at_zero);
        let unit = common_unit(slopes.iter().chain(heights));
        let mut values = Vec::new();
        let mut most = Exact::ZERO;
        for (piece, slope) in line.pieces().iter().zip(&slopes) {
            let (k, c) = (times(slope, &unit)?, times(&piece.at_zero, &unit)?);
            let mut terms = Vec::new();
            if !k.is_zero() {
                terms.push(multiple(&k, &fraction.cell)?);
            }
            if !c.is_zero() {
                terms.push(if flat { literal(&c)? } else { common.constant(&c)?.0 });
            }
            most = most.greater(&c.abs()).clone();
            values.push(joined(&terms));
        }
        let formula = chosen(&before.conditions, &values);
        if formula.len() > FORMULA_MAX {
            return None;
        }
        let mut sizes = before.sizes;
        if !flat {
            // What is added on the way is no larger than the result and the height together.
            let (height, value) = common.constant(&most)?;
            sizes.push(Known::new(format!("2*{height}"), &value + &value));
        }
        let divisor = if flat { Exact::ONE } else { fraction.divisor() };
        let n = times(&(&line.at(&x.value) * &divisor), &unit)?;
        let over = if flat { None } else { common.over };
        let draft = Draft { sizes, ..Draft::default() };
        self.fraction_row(label, (Known::new(formula, n), over, unit), &[x], draft)
    }

    /// In decimals; what is flat everywhere is a whole number all the same.
    fn broken_in_decimals(&mut self, label: &Label, x: &Number, line: &Piecewise) -> Option<Number> {
        let (cell, error) = (x.decimal(), x.error_of_decimal());
        let mut draft = Draft { reason: TOO_NEAR, ..Draft::default() };
        let mut before = Vec::new();
        for (breakpoint, pair) in line.breakpoints().iter().zip(line.pieces().windows(2)) {
            let at = decimal_literal(&breakpoint.at);
            before.push(format!("{cell}<{}{at}", if breakpoint.starts_next { "" } else { "=" }));
            if pair[0].at(&breakpoint.at) != pair[1].at(&breakpoint.at) {
                let slack = &(&breakpoint.at.abs() * &super::number::relative_error()) + &x.error;
                let away = (&x.value - &breakpoint.at).abs() > &slack + &slack;
                let condition = format!("ABS({cell}-{at})>{error}+2E-14*ABS({at})");
                draft.conditions.push((condition, away));
            }
        }
        let value = line.at(&x.value);
        let flat = line.pieces().iter().all(|piece| piece.slope.is_zero());
        if flat {
            let unit = common_unit(line.pieces().iter().map(|piece| &piece.at_zero));
            let steps = line.pieces().iter().map(|piece| literal(&times(&piece.at_zero, &unit)?));
            let steps: Vec<String> = steps.collect::<Option<_>>()?;
            let formula = Some(chosen(&before, &steps)).filter(|formula| formula.len() <= FORMULA_MAX)?;
            let whole = Known::new(formula, times(&value, &unit)?);
            return self.whole_row(label, (whole, unit), &[x], draft);
        }
        let pieces = line.pieces().iter().map(|piece| {
            format!("{}*{cell}+{}", decimal_literal(&piece.slope), decimal_literal(&piece.at_zero))
        });
        let values: Vec<String> = pieces.collect();
        let formula = Some(chosen(&before, &values)).filter(|formula| formula.len() <= FORMULA_MAX)?;
        let steepest = line.pieces().iter().map(|piece| piece.slope.abs()).max()?;
        let highest = line.pieces().iter().map(|piece| piece.at_zero.abs()).max()?;
        let steep = decimal_literal(&steepest);
        let scale = Known::new(
            format!("{steep}*ABS({cell})+{}", decimal_literal(&highest)),
            &(&steepest * &x.value.abs()) + &highest,
        );
        let error = Known::new(format!("{steep}*{error}"), &steepest * &x.error);
        Some(self.decimal_row(label, Known::new(formula, value), (error, scale), &[x], draft))
    }

    /// The least or greatest of numbers.
    pub fn extreme(&mut self, label: &Label, pick: Pick, numbers: &[Number]) -> Number {
        let (word, function) = match pick {
            Pick::Least => ("the least", "MIN"),
            Pick::Greatest => ("the greatest", "MAX"),
        };
        let label = label.step(format!("{word} of {}", numbers.len()));
        if let Some(found) = self.extreme_in_wholes(&label, function, numbers) {
            return found;
        }
        let operands: Vec<&Number> = numbers.iter().collect();
        let mut each = numbers.iter().map(|number| &number.value);
        let value = match pick {
            Pick::Least => each.by_ref().min(),
            Pick::Greatest => each.by_ref().max(),
        };
        let value = value.cloned().unwrap_or(Exact::ZERO);
        let cells: Vec<String> = numbers.iter().map(Number::decimal).collect();
        let errors: Vec<String> = numbers.iter().map(Number::error_of_decimal).collect();
        let error = numbers.iter().map(|number| &number.error).max().cloned().unwrap_or(Exact::ZERO);
        let error = Known::new(format!("MAX({})", errors.join(",")), error);
        let scale = Known::new("0", Exact::ZERO);
        let decimal = Known::new(format!("{function}({})", cells.join(",")), value);
        self.decimal_row(&label, decimal, (error, scale), &operands, Draft::default())
    }

    fn extreme_in_wholes(&mut self, label: &Label, function: &str, numbers: &[Number]) -> Option<Number> {
        let operands: Vec<&Number> = numbers.iter().collect();
        let fractions = Self::fractions(&operands)?;
        let common = Common::of(&fractions)?;
        let unit = common_unit(fractions.iter().map(|fraction| &fraction.unit));
        let mut parts = Vec::new();
        let mut values = Vec::new();
        for fraction in &fractions {
            let (cell, n) = common.numerator(fraction);
            let k = times(&fraction.unit, &unit)?;
            parts.push(multiple(&k, &cell)?);
            values.push(&k * &n);
        }
        let value = if function == "MIN" { values.iter().min() } else { values.iter().max() };
        let whole = Known::new(format!("{function}({})", parts.join(",")), value?.clone());
        let sizes: Vec<Known> = parts
            .iter()
            .zip(&values)
            .map(|(part, value)| Known::new(format!("ABS({part})"), value.abs()))
            .collect();
        let draft = Draft { sizes, ..Draft::default() };
        self.fraction_row(label, (whole, common.over, unit), &operands, draft)
    }

    /// One of two numbers: condition, then, otherwise.
    pub fn select(&mut self, label: &Label, [condition, then, otherwise]: &[Number; 3]) -> Number {
        let (mut draft, mut test) = (Draft { reason: TOO_NEAR, ..Draft::default() }, condition.whole());
        if condition.form == Form::Decimal {
            test = condition.decimal();
            let error = condition.error_of_decimal();
            let away = condition.value.is_zero() || condition.value.abs() > condition.error;
            draft.conditions.push((format!("OR({test}=0,ABS({test})>{error})"), away));
        }
        let holds = !condition.value.is_zero();
        let taken = if holds { then } else { otherwise };
        draft.either = Some((format!("{test}<>0"), holds, [then.clone(), otherwise.clone()]));
        let operands = [condition];
        if let Some(found) =
            self.select_in_wholes(label, (&test, holds), [then, otherwise], &operands, &draft)
        {
            return found;
        }
        let [a, b] = [then, otherwise].map(Number::decimal);
        let [ea, eb] = [then, otherwise].map(Number::error_of_decimal);
        let error = Known::new(format!("IF({test}<>0,{ea},{eb})"), taken.error.clone());
        let scale = Known::new("0", Exact::ZERO);
        let decimal = Known::new(format!("IF({test}<>0,{a},{b})"), taken.value.clone());
        self.decimal_row(label, decimal, (error, scale), &operands, draft)
    }

    fn select_in_wholes(
        &mut self,
        label: &Label,
        (test, holds): (&str, bool),
        [then, otherwise]: [&Number; 2],
        operands: &[&Number],
        draft: &Draft,
    ) -> Option<Number> {
        let (a, b) = (then.fraction()?, otherwise.fraction()?);
        let unit = common_unit([&a.unit, &b.unit].into_iter());
        let (k, l) = (times(&a.unit, &unit)?, times(&b.unit, &unit)?);
        let either = |x: &str, y: &str| format!("IF({test}<>0,{x},{y})");
        let value = if holds { &k * &a.n } else { &l * &b.n };
        let formula = either(&multiple(&k, &a.cell)?, &multiple(&l, &b.cell)?);
        let over = match (&a.over, &b.over) {
            (None, None) => None,
            (Some((cell, d)), Some((other, _))) if cell == other => {
                Some((Known::new(cell.clone(), d.clone()), Some(cell.clone())))
            }
            // 0 has every divisor.
            (Some((cell, d)), None) if otherwise.agreed && b.n.is_zero() => {
                Some((Known::new(cell.clone(), d.clone()), Some(cell.clone())))
            }
            (None, Some((cell, d))) if then.agreed && a.n.is_zero() => {
                Some((Known::new(cell.clone(), d.clone()), Some(cell.clone())))
            }
            (_, _) => {
                let cells = [&a, &b].map(|fraction| fraction.over_cell().unwrap_or("1"));
                let d = if holds { a.divisor() } else { b.divisor() };
                Some((Known::new(either(cells[0], cells[1]), d), None))
            }
        };
        let conditions = draft.conditions.clone();
        let either = draft.either.clone();
        let draft = Draft { conditions, reason: draft.reason, either, ..Draft::default() };
        self.fraction_row(label, (Known::new(formula, value), over, unit), operands, draft)
    }
}

/// For each breakpoint the condition that a number is before it.
fn before(x: &Fraction, line: &Piecewise) -> Option<Before> {
    let mut found = Before { conditions: Vec::new(), sizes: Vec::new() };
    let mut most = (Exact::ZERO, Exact::ZERO);
    for breakpoint in line.breakpoints() {
        let at = breakpoint.at.checked_div(&x.unit)?;
        let Some(over) = x.over_cell() else {
            // The first whole number that is not before it.
            let first = at.floor();
            let starts = breakpoint.starts_next && at.is_whole();
            let first = if starts { first } else { &first + &Exact::ONE };
            found.conditions.push(format!("{}<{}", x.cell, literal(&first)?));
            continue;
        };
        let (p, q) = at.parts();
        let [p, q] = [p, q].map(|part| Exact::parse(&part.to_string()).ok());
        let (p, q) = (p?, q?);
        let equal = if breakpoint.starts_next { "" } else { "=" };
        let right = if p.is_zero() { "0".to_string() } else { multiple(&p, over)? };
        found.conditions.push(format!("{}<{equal}{right}", multiple(&q, &x.cell)?));
        most = (most.0.greater(&p.abs()).clone(), most.1.greater(&q).clone());
    }
    if let Some(over) = x.over_cell() {
        let (p, q) = most;
        let formula = format!("MAX({}*ABS({}),{}*{over})", literal(&q)?, x.cell, literal(&p)?);
        let value = (&q * &x.n.abs()).greater(&(&p * &x.divisor())).clone();
        found.sizes.push(Known::new(formula, value));
    }
    Some(found)
}

/// The stretches in words, when there are few.
fn rule_of(line: &Piecewise) -> String {
    let breakpoints = line.breakpoints();
    if breakpoints.len() > 3 {
        return format!("one of {} stretches", line.pieces().len());
    }
    let value = |index: usize| {
        let piece = &line.pieces()[index];
        match (piece.slope.is_zero(), piece.at_zero.is_zero()) {
            (true, _) => short(&piece.at_zero),
            (false, true) if piece.slope == Exact::ONE => "it".to_string(),
            (false, true) => format!("{} × it", short(&piece.slope)),
            (false, false) if piece.slope == Exact::ONE => format!("it + {}", short(&piece.at_zero)),
            (false, false) => format!("{} × it + {}", short(&piece.slope), short(&piece.at_zero)),
        }
    };
    let each = breakpoints.iter().enumerate().map(|(index, breakpoint)| {
        let word = if breakpoint.starts_next { "below" } else { "up to" };
        format!("{word} {}: {}", short(&breakpoint.at), value(index))
    });
    let mut words: Vec<String> = each.collect();
    words.push(format!("else {}", value(breakpoints.len())));
    words.join("; ")
}
