//! Rounding with an exact remainder: where no certificate holds, and over a denominator that varies.
//!
//! The quotient of floats is within a quarter of the true one, so the remainder fits into a machine
//! integer whatever the products are: it is computed in integers that wrap.

use super::block::{SHIFT, Vector, WIDTH, integers};
use crate::num::Mode;

/// `x · p / (over · q)` rounded to a whole number.
#[inline(always)]
#[allow(clippy::cast_precision_loss, reason = "the proof allows for it")]
pub(super) fn rounded(x: &Vector, over: Option<&Vector>, (p, q): (i64, i64), mode: Mode) -> Vector {
    let ratio = p as f64 / q as f64;
    let mut size = [0.0; WIDTH];
    let mut quotient = [0.0; WIDTH];
    for lane in 0..WIDTH {
        size[lane] = x[lane].abs();
        quotient[lane] = size[lane] * ratio;
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
    let (sizes, quotients) = (integers(&size), integers(&quotient));
    let mut result = [0.0; WIDTH];
    for lane in 0..WIDTH {
        let divisor = divisors[lane];
        let rest = sizes[lane].wrapping_mul(p).wrapping_sub(quotients[lane].wrapping_mul(divisor));
        let below = rest < 0;
        let rest = if below { rest.wrapping_add(divisor) } else { rest };
        let floor = if below { quotient[lane] - 1.0 } else { quotient[lane] };
        let is_odd = (quotients[lane] ^ i64::from(below)) & 1 == 1;
        let up = goes_up(rest, divisor, (x[lane] < 0.0, is_odd), mode);
        let rounded = if up { floor + 1.0 } else { floor };
        result[lane] = rounded.copysign(x[lane]);
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
