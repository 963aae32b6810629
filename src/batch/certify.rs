//! Which arithmetic is proved to be exact for a lane: floats, floats with an exact remainder, or wide
//! integers. The proofs are in `docs/internals/batch.md`.

use super::lane::{Bounds, Lanes, Op, stretch};
use crate::num::{Exact, Mode};

/// Whole numbers below it are exact in a float.
const FLOAT_MAX: i128 = 1 << 53;
/// Below it a whole number goes from an integer to a float and back by adding and taking away.
const MOVED_MAX: i128 = 1 << 51;
/// Below it a quotient of floats is within a quarter of the true one.
const QUOTIENT_MAX: i128 = 1 << 48;
/// Below it twice a divisor fits into a machine integer with its sign.
const DIVISOR_MAX: i128 = 1 << 62;

/// How a lane is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tier {
    /// In floats that hold whole numbers exactly; a rounding multiplies by this factor.
    Certified { factor: f64 },
    /// A rounding whose float quotient is corrected by the exact remainder.
    Remainder,
    /// In integers of 128 bits.
    Wide,
}

/// Floats without a rounding.
const PLAIN: Tier = Tier::Certified { factor: 1.0 };

/// True when a lane is kept as a float.
pub(super) fn is_narrow(bounds: Bounds) -> bool {
    bounds.size() < FLOAT_MAX
}

/// True when a lane can be stored as a machine integer, or read from one, without a conversion.
pub(super) fn is_moved(bounds: Bounds) -> bool {
    bounds.size() < MOVED_MAX
}

/// The tier of a lane.
pub(super) fn tier(lanes: &Lanes, op: &Op, bounds: Bounds) -> Tier {
    let of = |lane: super::lane::LaneId| lanes.bounds(lane);
    let narrow = |lane: super::lane::LaneId| match &lanes.all()[lane.0].op {
        Op::Input(_) => is_moved(of(lane)),
        Op::Sum { .. }
        | Op::Product(..)
        | Op::Clamp { .. }
        | Op::Pieces { .. }
        | Op::Extreme(..)
        | Op::Select { .. }
        | Op::Round { .. }
        | Op::Part { .. }
        | Op::Exactly { .. } => is_narrow(of(lane)),
    };
    let scaled = |(factor, lane): &(i128, super::lane::LaneId)| of(*lane).size() * factor.abs();
    let fits = |term: &(i128, super::lane::LaneId)| narrow(term.1) && scaled(term) < FLOAT_MAX;
    let exact = match op {
        Op::Input(_) => is_moved(bounds),
        Op::Sum { terms, constant } => {
            terms.iter().all(fits)
                && terms.iter().try_fold(constant.abs(), |sum, term| sum.checked_add(scaled(term)))
                    < Some(FLOAT_MAX)
        }
        Op::Product(x, y) => narrow(*x) && narrow(*y) && of(*x).size() * of(*y).size() < FLOAT_MAX,
        Op::Clamp { x, line, least, most } => {
            let free = of(*x).size() * line.0.abs() + line.1.abs();
            narrow(*x) && free.max(least.abs()).max(most.abs()) < FLOAT_MAX
        }
        Op::Pieces { x, cuts, lines } => {
            let size = |(k, line): (usize, &(i128, i128))| {
                stretch(of(*x), cuts, k).size() * line.0.abs() + line.1.abs()
            };
            narrow(*x) && lines.iter().enumerate().all(|line| size(line) < FLOAT_MAX)
        }
        Op::Extreme(_, terms) => terms.iter().all(fits),
        Op::Select { condition, then, otherwise } => narrow(*condition) && fits(then) && fits(otherwise),
        Op::Round { x, over, p, q, mode } => {
            let over = over.map(|over| (of(over), narrow(over)));
            return if narrow(*x) { rounding(of(*x), over, (*p, *q), *mode) } else { Tier::Wide };
        }
        Op::Part { .. } | Op::Exactly { .. } => false,
    };
    if exact { PLAIN } else { Tier::Wide }
}

fn rounding(x: Bounds, over: Option<(Bounds, bool)>, (p, q): (i128, i128), mode: Mode) -> Tier {
    if over.is_none()
        && mode == Mode::HalfAway
        && let Some(factor) = certified_factor(x, (p, q))
    {
        return Tier::Certified { factor };
    }
    let (least, most, narrow) = over.map_or((1, 1, true), |(over, narrow)| (over.least, over.most, narrow));
    let divisors = q.checked_mul(most).is_some_and(|divisor| divisor < DIVISOR_MAX);
    let quotient = x.size().checked_mul(p).map(|size| size / (q * least.max(1)));
    let quotients = quotient.is_some_and(|quotient| quotient + 1 < QUOTIENT_MAX);
    let fine = narrow && p < DIVISOR_MAX && x.size() < MOVED_MAX && most < MOVED_MAX && divisors && quotients;
    if fine { Tier::Remainder } else { Tier::Wide }
}

/// A factor a little above c = p / q by which a tie is pushed outwards and nothing else over one:
/// the least float c' > c (1 + 2⁻⁵³), where the largest number times the largest error of c' stays
/// below the distance between a tie and the nearest other multiple of 1 / q.
fn certified_factor(x: Bounds, (p, q): (i128, i128)) -> Option<f64> {
    let (p_float, q_float) = (float(p)?, float(q)?);
    let c = Exact::ratio(p, q)?;
    let ulp = &Exact::ONE + &Exact::ratio(1, 1 << 53)?;
    let above = &c * &ulp;
    let mut factor = p_float / q_float;
    let mut exact = exact_of(factor)?;
    while exact <= above {
        factor = factor.next_up();
        exact = exact_of(factor)?;
    }
    let size = Exact::scaled(x.size(), 0);
    let error = &(&size * &(&(&exact * &ulp) - &c));
    let distance = Exact::ratio(1, if q % 2 == 0 { q } else { 2 * q })?;
    let most = &(&size * &c) + error;
    (*error < distance && most < Exact::scaled(MOVED_MAX - 1, 0)).then_some(factor)
}

/// A whole number that a float holds exactly.
#[allow(clippy::cast_precision_loss, reason = "smaller than 2^53")]
pub(super) fn float(n: i128) -> Option<f64> {
    (n.abs() < FLOAT_MAX).then_some(n as f64)
}

/// The value of a float above 0 that is not very small.
fn exact_of(x: f64) -> Option<Exact> {
    let bits = x.to_bits();
    let exponent = i64::try_from(bits >> 52).ok()? - 1075;
    let mantissa = i128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let power = |n: i64| u32::try_from(n).ok().filter(|n| *n < 126).map(|n| 1i128 << n);
    if exponent < 0 {
        Exact::ratio(mantissa, power(-exponent)?)
    } else {
        Some(&Exact::scaled(mantissa, 0) * &Exact::scaled(power(exponent)?, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_float_is_exact() {
        assert_eq!(exact_of(0.75), Exact::ratio(3, 4));
        assert_eq!(exact_of(3.0), Some(Exact::from(3)));
        assert_eq!(exact_of(f64::from(1u32 << 31) * 4_194_304.0), Some(Exact::from(1 << 53)));
    }

    #[test]
    fn certificates_stop_where_ties_and_neighbours_meet() {
        // Half pennies: q = 2 allows numbers of about 2^50; a large odd q far less.
        let to = |most: i128| Bounds { least: 0, most };
        assert!(certified_factor(to(1 << 49), (1, 2)).is_some());
        assert!(certified_factor(to(1 << 52), (1, 2)).is_none());
        assert!(certified_factor(to(1 << 49), (999, 1_000)).is_none());
        assert!(certified_factor(to(1 << 38), (999, 1_000)).is_some());
    }
}
