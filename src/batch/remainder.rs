//! Rounding with an exact remainder: where no certificate holds, and over a denominator that varies.
//!
//! The quotient of floats is within a quarter of the true one, so the remainder fits into a machine
//! integer whatever the products are: it is computed in integers that wrap.

use super::block::{SHIFT, Vector, WIDTH, integers};
use super::pair::Pairs;
use crate::num::Mode;

/// `x · p / (over · q)` rounded to a whole number; the floats of x are off by no more than `error`.
#[inline(always)]
#[allow(clippy::cast_precision_loss, reason = "the proof allows for it")]
pub(super) fn rounded(
    (x, error): (&Pairs, f64),
    over: Option<&Vector>,
    (p, q): (i64, i64),
    mode: Mode,
) -> Vector {
    let ratio = p as f64 / q as f64;
    let mut negative = [false; WIDTH];
    let mut sizes = [0; WIDTH];
    let mut quotient = [0.0; WIDTH];
    for lane in 0..WIDTH {
        let is_clear = x.near[lane].abs() > error;
        negative[lane] = if is_clear { x.near[lane] < 0.0 } else { x.bits[lane] < 0 };
        sizes[lane] = if negative[lane] { x.bits[lane].wrapping_neg() } else { x.bits[lane] };
        quotient[lane] = x.near[lane].abs() * ratio;
    }
    let mut divisors = [q; WIDTH];
    if let Some(over) = over {
        let over_integers = integers(over);
        for lane in 0..WIDTH {
            quotient[lane] /= over[lane];
            divisors[lane] = over_integers[lane].wrapping_mul(q);
        }
    }
    for quotient in &mut quotient {
        *quotient = (*quotient + SHIFT) - SHIFT;
    }
    let quotients = integers(&quotient);
    let mut result = [0.0; WIDTH];
    for lane in 0..WIDTH {
        let divisor = divisors[lane];
        let rest = sizes[lane].wrapping_mul(p).wrapping_sub(quotients[lane].wrapping_mul(divisor));
        let below = rest < 0;
        let rest = if below { rest.wrapping_add(divisor) } else { rest };
        let floor = if below { quotient[lane] - 1.0 } else { quotient[lane] };
        let is_odd = (quotients[lane] ^ i64::from(below)) & 1 == 1;
        let up = goes_up(rest, divisor, (negative[lane], is_odd), mode);
        let rounded = if up { floor + 1.0 } else { floor };
        result[lane] = if negative[lane] { -rounded } else { rounded };
    }
    result
}

/// Whether a size that lies `rest` above a whole number goes to the next one.
#[inline(always)]
fn goes_up(rest: i64, divisor: i64, (is_negative, is_odd): (bool, bool), mode: Mode) -> bool {
    let twice = rest.wrapping_add(rest);
    match mode {
        Mode::HalfAway => twice >= divisor,
        Mode::HalfUp => twice > divisor || (twice == divisor && !is_negative),
        Mode::HalfEven => twice > divisor || (twice == divisor && is_odd),
        Mode::Down => false,
        Mode::Floor => is_negative && rest > 0,
        Mode::Ceiling => !is_negative && rest > 0,
    }
}
