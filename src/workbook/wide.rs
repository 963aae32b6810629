//! Quotients whose product is too long for a cell: each factor is cut into a high and a low part of
//! seven digits, and what is left over is put together from products of parts, highest first, so that
//! no number on the way is long.

use super::calculation::{Calculation, Draft, Label};
use super::number::{Known, Number};
use super::rounding::{Quotient, decided};
use crate::num::{Exact, Mode};

/// Where numbers are cut.
const PART: i64 = 10_000_000;

impl Calculation<'_> {
    /// |total| × weight over the sum of weights, rounded, and what is left over once it is cut off;
    /// nothing when one of them has 14 digits or more.
    pub(super) fn round_long(
        &mut self,
        label: &Label,
        [total, weight, sum]: [&Number; 3],
        (unit, mode): (&Exact, Mode),
    ) -> Option<(Number, Number)> {
        let t = Known::new(format!("ABS({})", total.whole()), total.fraction()?.n.abs());
        let w = Known::new(weight.whole(), weight.fraction()?.n);
        let d = sum.fraction()?.n.greater(&Exact::ONE).clone();
        let d = Known::new(format!("MAX(1,{})", sum.whole()), d);
        let t = self.in_parts(label, "what is split, in two parts", t, total)?;
        let w = self.in_parts(label, "its weight, in two parts", w, weight)?;
        let d = self.in_parts(label, "weights together, in two parts", d, sum)?;
        let product = &t.value * &w.value;
        let nearest = product.checked_div(&d.value)?.rounded(&Exact::ONE, Mode::HalfAway);
        let guess = format!("ROUND({}*{}/{},0)", t.whole(), w.whole(), d.whole());
        let guess = Known::new(guess, nearest.clone());
        let near = self.in_parts(label, "nearest, in two parts", guess, &t)?;
        let left = &product - &(&nearest * &d.value);
        let [ti, wi, di, ni] = [&t, &w, &d, &near].map(|number| number.row);
        let high = format!("(I{ti}*I{wi}-I{ni}*I{di})");
        let middle = format!("(I{ti}*J{wi}+J{ti}*I{wi}-I{ni}*J{di}-J{ni}*I{di})");
        let low = format!("(J{ti}*J{wi}-J{ni}*J{di})");
        let formula = format!("({high}*{PART}+{middle})*{PART}+{low}");
        let step = label.step("left over, from products of the parts".to_string());
        let read = [&t, &w, &d, &near];
        let left = self.whole_row(&step, (Known::new(formula, left), Exact::ONE), &read, Draft::default())?;
        let quotient =
            Quotient { n: Known::new(t.whole(), t.value.clone()), d: Known::new(d.whole(), d.value.clone()) };
        let rounded = product.checked_div(&d.value)?.rounded(&Exact::ONE, mode);
        let formula = decided(&quotient, mode, &near.whole(), &left.whole());
        let read = [&near, &left];
        let whole = (Known::new(formula, rounded), unit.clone());
        let quota = self.whole_row(label, whole, &read, Draft::default())?;
        let value = if left.value.sign() < 0 { &left.value + &d.value } else { left.value.clone() };
        let formula = format!("{0}+IF({0}<0,{1},0)", left.whole(), d.whole());
        let step = label.step("left over once it is cut off".to_string());
        let cut = (Known::new(formula, value), Exact::ONE);
        let cut = self.whole_row(&step, cut, &[&left, &d], Draft::default())?;
        Some((quota, cut))
    }

    /// A whole number with its high and low part in the columns beside it.
    fn in_parts(&mut self, label: &Label, rule: &str, whole: Known, read: &Number) -> Option<Number> {
        let row = self.next_row();
        let part = Exact::from(PART);
        let high = whole.value.checked_div(&part)?.floor();
        let low = &whole.value - &(&high * &part);
        let draft = Draft {
            // Fourteen digits, so that sums of four products of parts are exact.
            sizes: vec![Known::new(format!("10*ABS(F{row})"), &whole.value.abs() * &Exact::from(10))],
            nearest: Some(Known::new(format!("INT(F{row}/{PART})"), high)),
            left: Some(Known::new(format!("F{row}-I{row}*{PART}"), low)),
            ..Draft::default()
        };
        self.whole_row(&label.step(rule.to_string()), (whole, Exact::ONE), &[read], draft)
    }
}
