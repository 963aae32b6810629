//! Rounding. A spreadsheet's own `ROUND` of a fraction may decide a tie wrongly; here it only finds a
//! whole number that is near, and what is left over, a whole number, decides.

use super::calculation::{Calculation, Draft, Label};
use super::number::{Known, Number, decimal_literal, multiple};
use crate::num::{Exact, Mode};

const TIE: &str = "a number in decimals is too near to where rounding changes";

/// A quotient of whole numbers that is rounded: numerator and divisor as formulas and numbers.
pub(super) struct Quotient {
    pub n: Known,
    pub d: Known,
}

impl Quotient {
    /// The nearest whole number, as a formula.
    fn nearest(&self) -> Known {
        let value = self.n.value.checked_div(&self.d.value).unwrap_or(Exact::ZERO);
        let formula = format!("ROUND(({})/({}),0)", self.n.formula, self.d.formula);
        Known::new(formula, value.rounded(&Exact::ONE, Mode::HalfAway))
    }

    /// What is left over beside a whole number in a cell.
    fn left(&self, cell: &str, whole: &Exact) -> Known {
        let d = &self.d.formula;
        let d = if d.chars().all(char::is_alphanumeric) { d.clone() } else { format!("({d})") };
        let product = whole * &self.d.value;
        Known::new(format!("{}-{cell}*{d}", self.n.formula), &self.n.value - &product)
    }

    /// Everything that is worked out on the way is smaller.
    fn size(&self) -> Known {
        let formula = format!("ABS({})+2*({})", self.n.formula, self.d.formula);
        Known::new(formula, &self.n.value.abs() + &(&self.d.value + &self.d.value))
    }
}

/// The whole number that a mode makes of a quotient: from the nearest one in `near`, and what is left
/// over in `left`.
pub(super) fn decided(quotient: &Quotient, mode: Mode, near: &str, left: &str) -> String {
    let (n, d) = (&quotient.n.formula, &quotient.d.formula);
    let beyond = |tie: String| {
        format!("{near}+IF(2*ABS({left})>{d},SIGN({left}),IF(AND(2*ABS({left})={d},{tie}),SIGN({left}),0))")
    };
    match mode {
        Mode::HalfAway => beyond(format!("SIGN({left})=SIGN({n})")),
        Mode::HalfEven => beyond(format!("{near}<>2*INT({near}/2)")),
        Mode::HalfUp => format!("{near}+IF(2*{left}>={d},1,IF(2*{left}<-({d}),-1,0))"),
        Mode::Down => format!("{near}-IF(SIGN({left})*SIGN({n})<0,SIGN({n}),0)"),
        Mode::Floor => format!("{near}-IF({left}<0,1,0)"),
        Mode::Ceiling => format!("{near}+IF({left}>0,1,0)"),
    }
}

/// The whole number that a mode makes of a tie between the nearest whole number and the one on the other
/// side; of what is cut off, of a whole number.
fn tie(mode: Mode, near: &str, left: &str) -> String {
    let below = format!("({near}-IF({left}<0,1,0))");
    match mode {
        Mode::HalfAway => format!("{below}+IF({near}+{left}<0,0,1)"),
        Mode::HalfUp => format!("{below}+1"),
        Mode::HalfEven => format!("2*INT(({below}+1)/2)"),
        Mode::Down | Mode::Floor | Mode::Ceiling => near.to_string(),
    }
}

impl Calculation<'_> {
    /// A quotient rounded to a whole number of a unit; nothing when it is too large.
    pub(super) fn round_quotient(
        &mut self,
        label: &Label,
        quotient: &Quotient,
        (unit, mode): (&Exact, Mode),
        operands: &[&Number],
    ) -> Option<Number> {
        let row = self.next_row();
        let value = quotient.n.value.checked_div(&quotient.d.value)?.rounded(&Exact::ONE, mode);
        let nearest = quotient.nearest();
        let left = quotient.left(&format!("I{row}"), &nearest.value);
        let formula = decided(quotient, mode, &format!("I{row}"), &format!("J{row}"));
        let mut sizes = vec![quotient.size()];
        if mode == Mode::HalfEven {
            // Halves are told from whole numbers with digits to spare.
            sizes.push(Known::new(format!("1000*ABS(I{row})"), &Exact::from(1_000) * &nearest.value.abs()));
        }
        let draft = Draft { sizes, nearest: Some(nearest), left: Some(left), ..Draft::default() };
        self.whole_row(label, (Known::new(formula, value), unit.clone()), operands, draft)
    }

    /// A number rounded to a multiple of a quantum.
    pub fn round(&mut self, label: &Label, x: &Number, (quantum, mode): (&Exact, Mode)) -> Number {
        let in_wholes = self.round_in_wholes(label, x, (quantum, mode));
        in_wholes.unwrap_or_else(|| self.round_decimal(label, x, (quantum, mode)))
    }

    fn round_in_wholes(
        &mut self,
        label: &Label,
        x: &Number,
        (quantum, mode): (&Exact, Mode),
    ) -> Option<Number> {
        let fraction = x.fraction()?;
        let (p, q) = fraction.unit.checked_div(quantum)?.parts();
        let [p, q] = [p, q].map(|part| Exact::parse(&part.to_string()).ok());
        let (p, q) = (p?, q?);
        let n = Known::new(multiple(&p, &fraction.cell)?, &p * &fraction.n);
        let d = match &fraction.over {
            None if q == Exact::ONE => {
                return self.whole_row(label, (n, quantum.clone()), &[x], Draft::default());
            }
            None => Known::new(super::number::literal(&q)?, q),
            Some((cell, d)) => Known::new(multiple(&q, cell)?, &q * d),
        };
        self.round_quotient(label, &Quotient { n, d }, (quantum, mode), &[x])
    }

    /// A decimal is rounded as it is, and the row is sure where that cannot be wrong.
    fn round_decimal(&mut self, label: &Label, x: &Number, (quantum, mode): (&Exact, Mode)) -> Number {
        let row = self.next_row();
        let inverse = Exact::ONE.checked_div(quantum).unwrap_or(Exact::ONE);
        let scaled = &x.value * &inverse;
        let factor = decimal_literal(&inverse);
        let cell = if inverse == Exact::ONE { x.decimal() } else { format!("{}*{factor}", x.decimal()) };
        let error = &(&x.error * &inverse) + &(&super::number::relative_error() * &scaled.abs());
        let nearest = scaled.rounded(&Exact::ONE, Mode::HalfAway);
        let (near, left) = (format!("I{row}"), format!("J{row}"));
        let bound = format!("{}*{factor}+2E-14*ABS({cell})", x.error_of_decimal());
        let distance = (&scaled - &nearest).abs();
        let half = Exact::ratio(1, 2).unwrap_or(Exact::ONE);
        let twice = &error + &error;
        let (formula, condition, away) = match mode {
            Mode::HalfAway | Mode::HalfUp | Mode::HalfEven => {
                (near.clone(), format!("0.5-ABS({left})>{bound}"), &half - &distance > twice)
            }
            Mode::Down => {
                let formula = format!("{near}-IF(SIGN({left})*SIGN({near})<0,SIGN({near}),0)");
                (formula, format!("ABS({left})>{bound}"), distance > twice)
            }
            Mode::Floor => {
                (format!("{near}-IF({left}<0,1,0)"), format!("ABS({left})>{bound}"), distance > twice)
            }
            Mode::Ceiling => {
                (format!("{near}+IF({left}>0,1,0)"), format!("ABS({left})>{bound}"), distance > twice)
            }
        };
        // What is as near to a tie as its error is taken for one: nearly always it is, and the row says that
        // this is not certain.
        let formula = format!("IF({condition},{formula},{})", tie(mode, &near, &left));
        let rounded = scaled.rounded(&Exact::ONE, mode);
        let draft = Draft {
            conditions: vec![(condition, away)],
            nearest: Some(Known::new(format!("ROUND({cell},0)"), nearest.clone())),
            left: Some(Known::new(format!("{cell}-{near}"), &scaled - &nearest)),
            reason: TIE,
            ..Draft::default()
        };
        let whole = (Known::new(formula, rounded.clone()), quantum.clone());
        let found = self.whole_row(label, whole, &[x], draft);
        found.unwrap_or_else(|| {
            self.stated(label, &(&rounded * quantum), "an amount of more than 15 digits stands as a number")
        })
    }
}
