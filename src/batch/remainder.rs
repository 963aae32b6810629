//! Rounding with an exact remainder: where no certificate holds, and over a denominator that varies.
//!
//! The quotient of floats is within a quarter of the true one, so the remainder fits into a machine
//! integer whatever the products are: it is computed in integers that wrap.

use super::block::{Vector, WIDTH, floats, integers};
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
    let mut quotient = [0.0; WIDTH];
    for lane in 0..WIDTH {
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
    let negative = x.signs(error);
    let nearest = integers(&quotient);
    let (mut floor, mut rest) = ([0; WIDTH], [0; WIDTH]);
    for lane in 0..WIDTH {
        let size = (x.bits[lane] ^ negative[lane]).wrapping_sub(negative[lane]);
        let left = size.wrapping_mul(p).wrapping_sub(nearest[lane].wrapping_mul(divisors[lane]));
        let below = is_negative(left);
        floor[lane] = nearest[lane].wrapping_add(below);
        rest[lane] = left.wrapping_add(below & divisors[lane]);
    }
    let up = ups(&rest, &divisors, (&negative, &floor), mode);
    for lane in 0..WIDTH {
        let size = floor[lane].wrapping_add(up[lane]);
        floor[lane] = (size ^ negative[lane]).wrapping_sub(negative[lane]);
    }
    floats(&floor)
}

/// −1 (all bits) for a number below 0, else 0: a mask, since vectors have no branches.
#[inline(always)]
pub(super) fn is_negative(n: i64) -> i64 {
    n >> 63
}

/// 1 where a size that lies `rest` above a whole number goes to the next one, else 0.
#[inline(always)]
fn ups(
    rest: &[i64; WIDTH],
    divisors: &[i64; WIDTH],
    (negative, floor): (&[i64; WIDTH], &[i64; WIDTH]),
    mode: Mode,
) -> [i64; WIDTH] {
    /// One loop for each mode.
    macro_rules! each {
        (|$lane:ident| $up:expr) => {{
            let mut ups = [0; WIDTH];
            for $lane in 0..WIDTH {
                ups[$lane] = $up & 1;
            }
            ups
        }};
    }
    // Twice the rest against the divisor: at least 0 at a tie and beyond.
    let beyond = |lane: usize| rest[lane].wrapping_add(rest[lane]).wrapping_sub(divisors[lane]);
    let is_some = |lane: usize| is_negative(rest[lane].wrapping_neg());
    match mode {
        Mode::HalfAway => each!(|lane| !is_negative(beyond(lane))),
        Mode::HalfUp => each!(|lane| !is_negative(beyond(lane).wrapping_add(negative[lane]))),
        Mode::HalfEven => {
            each!(|lane| !is_negative(beyond(lane).wrapping_add((floor[lane] & 1).wrapping_sub(1))))
        }
        Mode::Down => [0; WIDTH],
        Mode::Floor => each!(|lane| negative[lane] & is_some(lane)),
        Mode::Ceiling => each!(|lane| !negative[lane] & is_some(lane)),
    }
}
