//! Which arithmetic is proved to be exact for a lane: floats, floats with an exact remainder, or wide
//! integers. The proofs are in `docs/internals/batch.md`.

use super::lane::{Bounds, LaneId, LaneLine, Lanes, Op, Term, stretch};
use crate::num::{Exact, Mode};

/// Whole numbers below it are exact in a float.
pub(super) const FLOAT_MAX: i128 = 1 << 53;
/// Below it a whole number goes from an integer to a float and back by adding and taking away.
const MOVED_MAX: i128 = 1 << 51;
/// Below it a quotient of floats is within a quarter of the true one.
const QUOTIENT_MAX: i128 = 1 << 48;
/// Below it twice a divisor fits into a machine integer with its sign.
const DIVISOR_MAX: i128 = 1 << 62;

/// An error below it leaves the sign of a difference to the lower 64 bits.
const ERROR_MAX: f64 = (1u64 << 60) as f64;
/// Half the distance between 1 and the next float.
const HALF_ULP: f64 = f64::EPSILON / 2.0;

/// How a lane is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tier {
    /// In floats that hold whole numbers exactly; a rounding multiplies by this factor.
    Certified { factor: f64 },
    /// A rounding whose float quotient is corrected by the exact remainder.
    Remainder,
    /// In pairs: a float that is near, and the lower 64 bits, which decide.
    Paired,
    /// In integers of 128 bits.
    Wide,
}

/// How a lane is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// As a float.
    Narrow,
    /// As a pair.
    Pair,
    /// As an integer of 128 bits.
    Wide,
}

/// What is proved of a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Proved {
    pub(super) tier: Tier,
    pub(super) keep: Keep,
    /// How far the float may be from the number; 0 for all but pairs.
    pub(super) error: f64,
    /// How far a difference of the floats that it chooses from may be from that of the numbers.
    pub(super) apart: f64,
}

/// Floats without a rounding.
const PLAIN: Tier = Tier::Certified { factor: 1.0 };

/// True when a lane can be stored as a machine integer, or read from one, without a conversion.
pub(super) fn is_moved(bounds: Bounds) -> bool {
    bounds.size() < MOVED_MAX
}

/// Proves for each lane, from the first to the last, what computes it.
pub(super) fn prove(lanes: &Lanes) -> Vec<Proved> {
    let mut proofs = Proofs { lanes, proved: Vec::with_capacity(lanes.all().len()) };
    for lane in lanes.all() {
        let proved = proofs.lane(&lane.op, lane.bounds);
        proofs.proved.push(proved);
    }
    proofs.proved
}

struct Proofs<'l> {
    lanes: &'l Lanes,
    proved: Vec<Proved>,
}

impl Proofs<'_> {
    fn of(&self, lane: LaneId) -> Bounds {
        self.lanes.bounds(lane)
    }

    fn narrow(&self, lane: LaneId) -> bool {
        self.proved[lane.0].keep == Keep::Narrow
    }

    /// True when a lane can be read as a pair.
    fn pair(&self, lane: LaneId) -> bool {
        match self.proved[lane.0].keep {
            Keep::Narrow => is_moved(self.of(lane)),
            Keep::Pair => true,
            Keep::Wide => false,
        }
    }

    fn scaled(&self, (factor, lane): &Term) -> i128 {
        self.of(*lane).size() * factor.abs()
    }

    fn lane(&self, op: &Op, bounds: Bounds) -> Proved {
        let fits = |max: i128| bounds.size() < max;
        let certified = self.tier(op, bounds);
        if certified != Tier::Wide {
            return Proved { tier: certified, keep: Keep::Narrow, error: 0.0, apart: 0.0 };
        }
        if let Some(error) = self.pair_error(op).filter(|error| *error < ERROR_MAX) {
            let kept = if fits(MOVED_MAX) { (Keep::Narrow, 0.0) } else { (Keep::Pair, error) };
            return Proved { tier: Tier::Paired, keep: kept.0, error: kept.1, apart: error };
        }
        let keep = if fits(FLOAT_MAX) { Keep::Narrow } else { Keep::Wide };
        let keep = if matches!(op, Op::Input(_)) { Keep::Wide } else { keep };
        Proved { tier: Tier::Wide, keep, error: 0.0, apart: 0.0 }
    }

    fn tier(&self, op: &Op, bounds: Bounds) -> Tier {
        // A factor must be exact as well, even that of a lane that is always 0.
        let factor = |factor: i128| factor.abs() < FLOAT_MAX;
        let fits = |term: &Term| factor(term.0) && self.narrow(term.1) && self.scaled(term) < FLOAT_MAX;
        let exact = match op {
            Op::Input(_) => is_moved(bounds),
            Op::Sum { terms, constant } => {
                terms.iter().all(fits)
                    && terms.iter().try_fold(constant.abs(), |sum, term| sum.checked_add(self.scaled(term)))
                        < Some(FLOAT_MAX)
            }
            Op::Product(x, y) => {
                self.narrow(*x) && self.narrow(*y) && self.of(*x).size() * self.of(*y).size() < FLOAT_MAX
            }
            Op::Clamp { x, line, least, most } => {
                let free = self.scaled(&(line.0, *x)) + line.1.abs();
                factor(line.0) && self.narrow(*x) && free.max(least.abs()).max(most.abs()) < FLOAT_MAX
            }
            Op::Pieces { x, cuts, lines } => {
                let size = |(k, line): (usize, &LaneLine)| {
                    stretch(self.of(*x), cuts, k).size() * line.0.abs() + line.1.abs()
                };
                let cut = |cut: &i128| cut.abs() < FLOAT_MAX;
                self.narrow(*x)
                    && cuts.iter().all(cut)
                    && lines.iter().enumerate().all(|line| factor(line.1.0) && size(line) < FLOAT_MAX)
            }
            Op::Extreme(_, terms) => terms.iter().all(fits),
            Op::Select { condition, then, otherwise } => {
                self.narrow(*condition) && fits(then) && fits(otherwise)
            }
            Op::Round { x, over, p, q, mode } => return self.rounding((*x, *over), (*p, *q), *mode),
            Op::Part { .. } | Op::Exactly { .. } => false,
        };
        if exact { PLAIN } else { Tier::Wide }
    }

    fn rounding(&self, (x, over): (LaneId, Option<LaneId>), (p, q): (i128, i128), mode: Mode) -> Tier {
        if over.is_none()
            && mode == Mode::HalfAway
            && self.narrow(x)
            && let Some(factor) = certified_factor(self.of(x), (p, q))
        {
            return Tier::Certified { factor };
        }
        let (least, most) = over.map_or((1, 1), |over| (self.of(over).least.max(1), self.of(over).most));
        let divisors = q.checked_mul(most).is_some_and(|divisor| divisor < DIVISOR_MAX);
        let quotient = self.of(x).size().checked_mul(p).map(|size| size / (q * least));
        let quotients = quotient.is_some_and(|quotient| quotient + 1 < QUOTIENT_MAX);
        let over_moved = over.is_none_or(|over| self.narrow(over) && is_moved(self.of(over)));
        // What the pair of x is off by is off by less in the quotient.
        let off = self.proved[x.0].error * (near(p) / near(q) / near(least));
        let fine = self.pair(x) && p < DIVISOR_MAX && over_moved && divisors && quotients && off < 0.0625;
        if fine { Tier::Remainder } else { Tier::Wide }
    }

    /// How far the float of a pair may be from the number; nothing where it cannot be a pair.
    fn pair_error(&self, op: &Op) -> Option<f64> {
        let error = |lane: LaneId| self.proved[lane.0].error;
        let size = |lane: LaneId| near(self.of(lane).size()) + error(lane);
        let of_terms = |terms: &[Term]| -> Option<(f64, f64)> {
            terms.iter().all(|(_, lane)| self.pair(*lane)).then(|| {
                let errors = terms.iter().map(|(factor, lane)| near(*factor) * error(*lane));
                let sizes = terms.iter().map(|(factor, lane)| near(*factor) * size(*lane));
                (errors.sum(), sizes.sum())
            })
        };
        // A bound for the relative error of so many operations in floats.
        let operations =
            |count: usize| 1.01 * HALF_ULP * near(i128::try_from(count + 3).unwrap_or(i128::MAX));
        match op {
            Op::Sum { terms, constant } => {
                let (errors, sizes) = of_terms(terms)?;
                Some(errors + operations(2 * terms.len()) * (sizes + near(*constant)))
            }
            Op::Product(x, y) => {
                let (x, y) = (*x, *y);
                let both = self.pair(x) && self.pair(y);
                let errors = size(x) * error(y) + size(y) * error(x);
                both.then(|| errors + operations(1) * size(x) * size(y))
            }
            Op::Clamp { x, line, least, most } => {
                let free = near(line.0) * size(*x) + near(line.1) + near(*least) + near(*most);
                self.pair(*x).then(|| near(line.0) * error(*x) + operations(2) * free)
            }
            Op::Extreme(_, terms) => {
                let (errors, sizes) = of_terms(terms)?;
                Some(errors + operations(1) * sizes)
            }
            Op::Select { condition, then, otherwise } => {
                let (errors, sizes) = of_terms(&[*then, *otherwise])?;
                self.narrow(*condition).then(|| errors + operations(1) * sizes)
            }
            Op::Input(_) | Op::Pieces { .. } | Op::Round { .. } | Op::Part { .. } | Op::Exactly { .. } => {
                None
            }
        }
    }
}

/// The size of a number, a little more rather than less.
#[allow(clippy::cast_precision_loss, reason = "a bound that is a little too large holds as well")]
fn near(n: i128) -> f64 {
    n.unsigned_abs() as f64 * (1.0 + f64::EPSILON)
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
