//! Exact rational numbers: machine integers while they fit, big integers when they do not.
//!
//! 2/3 ≥ 2/3 holds, 1/3 · 3 is 1, and nothing ever wraps or rounds. A value is always in lowest
//! terms with a positive denominator, and it is big only when it does not fit into machine
//! integers, so equal values have equal representations.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::{Mode, small};

/// An exact rational number.
///
/// ```
/// use carepact::Exact;
/// let third = Exact::ratio(1, 3).expect("not a division by zero");
/// assert_eq!(&third * &Exact::from(3), Exact::from(1));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Exact(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small { n: i64, d: i64 },
    Big(Arc<BigRational>),
}

impl Default for Exact {
    fn default() -> Exact {
        Exact::ZERO
    }
}

impl Exact {
    /// The number 0.
    pub const ZERO: Exact = Exact(Repr::Small { n: 0, d: 1 });
    /// The number 1.
    pub const ONE: Exact = Exact(Repr::Small { n: 1, d: 1 });

    /// `n` divided by `d`; nothing when `d` is 0.
    pub fn ratio(n: i128, d: i128) -> Option<Exact> {
        (d != 0).then(|| Exact::reduced(n, d))
    }

    /// `n / d` with `d` not 0, brought to lowest terms.
    fn reduced(n: i128, d: i128) -> Exact {
        let g = gcd(n.unsigned_abs(), d.unsigned_abs());
        if let (Ok(g), true) = (i128::try_from(g), g > 0) {
            let (n, d) = if d < 0 { (n.checked_neg(), d.checked_neg()) } else { (Some(n), Some(d)) };
            if let (Some(n), Some(d)) = (n, d)
                && let (Ok(n), Ok(d)) = (i64::try_from(n / g), i64::try_from(d / g))
            {
                return Exact(Repr::Small { n, d });
            }
        }
        Exact::from_big(BigRational::new(BigInt::from(n), BigInt::from(d)))
    }

    fn small((n, d): small::Small) -> Exact {
        Exact(Repr::Small { n, d })
    }

    /// Numerator and denominator, when both are machine integers.
    fn as_small(&self) -> Option<small::Small> {
        match &self.0 {
            Repr::Small { n, d } => Some((*n, *d)),
            Repr::Big(_) => None,
        }
    }

    /// What two fractions of machine integers give, when they are such, and it is one.
    fn of_small(
        &self,
        other: &Exact,
        give: impl FnOnce(small::Small, small::Small) -> Option<small::Small>,
    ) -> Option<Exact> {
        give(self.as_small()?, other.as_small()?).map(Exact::small)
    }

    fn from_big(value: BigRational) -> Exact {
        match (value.numer().to_i64(), value.denom().to_i64()) {
            (Some(n), Some(d)) => Exact(Repr::Small { n, d }),
            (Some(_) | None, _) => Exact(Repr::Big(Arc::new(value))),
        }
    }

    fn big(&self) -> BigRational {
        match &self.0 {
            Repr::Small { n, d } => BigRational::new_raw(BigInt::from(*n), BigInt::from(*d)),
            Repr::Big(value) => (**value).clone(),
        }
    }

    /// `mantissa` divided by 10 to the power of `scale`.
    pub fn scaled(mantissa: i128, scale: u32) -> Exact {
        match 10i128.checked_pow(scale) {
            Some(power) => Exact::reduced(mantissa, power),
            None => Exact::from_big(BigRational::new(BigInt::from(mantissa), BigInt::from(10).pow(scale))),
        }
    }

    /// True for 0.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small { n: 0, .. })
    }

    /// −1, 0 or 1.
    pub fn sign(&self) -> i32 {
        match &self.0 {
            Repr::Small { n, .. } if *n < 0 => -1,
            Repr::Small { n, .. } => i32::from(*n > 0),
            Repr::Big(value) if value.is_negative() => -1,
            Repr::Big(_) => 1,
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Exact {
        if self.sign() < 0 { -self } else { self.clone() }
    }

    /// `self / divisor`; nothing when the divisor is 0.
    pub fn checked_div(&self, divisor: &Exact) -> Option<Exact> {
        if divisor.is_zero() {
            return None;
        }
        let quotient = self.of_small(divisor, small::quotient);
        Some(quotient.unwrap_or_else(|| Exact::from_big(self.big() / divisor.big())))
    }

    /// The greatest whole number that is not above this one.
    pub fn floor(&self) -> Exact {
        match &self.0 {
            Repr::Small { d: 1, .. } => self.clone(),
            Repr::Small { n, d } => Exact::from(Integer::div_floor(n, d)),
            Repr::Big(value) => Exact::from_big(value.floor()),
        }
    }

    /// True when the number has no fraction.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Repr::Small { d, .. } => *d == 1,
            Repr::Big(value) => value.is_integer(),
        }
    }

    /// The number as a machine integer, when it is whole and fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small { n, d: 1 } => Some(*n),
            Repr::Small { .. } | Repr::Big(_) => None,
        }
    }

    /// Numerator and denominator in lowest terms, the denominator positive.
    pub fn parts(&self) -> (BigInt, BigInt) {
        let big = self.big();
        (big.numer().clone(), big.denom().clone())
    }

    /// How many bits numerator and denominator need together: the cost of computing with it.
    pub fn bits(&self) -> u64 {
        match &self.0 {
            Repr::Small { n, d } => u64::from(
                (i64::BITS - n.unsigned_abs().leading_zeros())
                    + (i64::BITS - d.unsigned_abs().leading_zeros()),
            ),
            Repr::Big(value) => value.numer().bits() + value.denom().bits(),
        }
    }

    /// The greatest number that divides both a whole number of times; 0 stands for "any".
    pub fn common_step(&self, other: &Exact) -> Exact {
        if self.is_zero() {
            return other.abs();
        }
        if other.is_zero() {
            return self.abs();
        }
        if let Some(step) = self.of_small(other, small::common_step) {
            return step;
        }
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        Exact::from_big(BigRational::new((a * &d).gcd(&(c * &b)), b * d))
    }

    /// The nearest multiple of a quantum, where machine integers do.
    pub(super) fn rounded_small(&self, quantum: &Exact, mode: Mode) -> Option<Exact> {
        self.of_small(quantum, |own, quantum| small::rounded(own, quantum, mode))
    }

    /// The lesser of two numbers.
    pub fn lesser<'a>(&'a self, other: &'a Exact) -> &'a Exact {
        if other < self { other } else { self }
    }

    /// The greater of two numbers.
    pub fn greater<'a>(&'a self, other: &'a Exact) -> &'a Exact {
        if other > self { other } else { self }
    }
}

/// Numerator and denominator as big integers, borrowed where they are.
struct Long<'a> {
    n: Cow<'a, BigInt>,
    d: Cow<'a, BigInt>,
}

impl Exact {
    fn long(&self) -> Long<'_> {
        match &self.0 {
            Repr::Small { n, d } => Long { n: Cow::Owned(BigInt::from(*n)), d: Cow::Owned(BigInt::from(*d)) },
            Repr::Big(value) => Long { n: Cow::Borrowed(value.numer()), d: Cow::Borrowed(value.denom()) },
        }
    }
}

/// The sum of two numbers in lowest terms, itself in lowest terms. The divisor that the denominators
/// have in common is all that can cancel (Knuth, The Art of Computer Programming, 4.5.1), so long
/// sums only ever meet short divisors.
fn long_sum(x: &Long<'_>, y: &Long<'_>) -> Exact {
    let common = long_gcd(&x.d, &y.d);
    if common == BigInt::from(1) {
        let n = &*x.n * &*y.d + &*y.n * &*x.d;
        return Exact::from_big(BigRational::new_raw(n, &*x.d * &*y.d));
    }
    let n = &*x.n * (&*y.d / &common) + &*y.n * (&*x.d / &common);
    let cancels = long_gcd(&n, &common);
    let d = (&*x.d / &common) * (&*y.d / &cancels);
    Exact::from_big(BigRational::new_raw(n / cancels, d))
}

/// Greatest common divisor of big integers, not both 0: the longer one is first brought to the
/// length of the shorter, and machine integers finish where they can.
fn long_gcd(a: &BigInt, b: &BigInt) -> BigInt {
    let (long, short) = if a.bits() < b.bits() { (b, a) } else { (a, b) };
    if short.is_zero() {
        return long.abs();
    }
    let rest = long % short;
    match (rest.magnitude().to_u128(), short.magnitude().to_u128()) {
        (Some(rest), Some(short)) => BigInt::from(gcd(short, rest)),
        (Some(_) | None, _) => short.gcd(&rest),
    }
}

/// Greatest common divisor: with 64-bit steps as soon as the operands allow, since 128-bit
/// division is slow.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(small_a), Ok(small_b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(small_a.gcd(&small_b));
        }
        (a, b) = (b, a % b);
    }
    a
}

impl From<i64> for Exact {
    fn from(n: i64) -> Exact {
        Exact(Repr::Small { n, d: 1 })
    }
}

impl Add for &Exact {
    type Output = Exact;
    fn add(self, other: &Exact) -> Exact {
        self.of_small(other, small::sum).unwrap_or_else(|| long_sum(&self.long(), &other.long()))
    }
}

impl Sub for &Exact {
    type Output = Exact;
    fn sub(self, other: &Exact) -> Exact {
        self + &-other
    }
}

impl Mul for &Exact {
    type Output = Exact;
    fn mul(self, other: &Exact) -> Exact {
        self.of_small(other, small::product).unwrap_or_else(|| Exact::from_big(self.big() * other.big()))
    }
}

impl Neg for &Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        match &self.0 {
            Repr::Small { n, d } => n
                .checked_neg()
                .map_or_else(|| Exact::from_big(-self.big()), |n| Exact(Repr::Small { n, d: *d })),
            Repr::Big(value) => Exact::from_big(-&**value),
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Exact) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small { n: a, d: b }, Repr::Small { n: c, d }) => small::compare((*a, *b), (*c, *d)),
            (Repr::Small { .. } | Repr::Big(_), _) => {
                let (a, b) = (self.long(), other.long());
                (&*a.n * &*b.d).cmp(&(&*b.n * &*a.d))
            }
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, |total, value| &total + &value)
    }
}

impl<'a> std::iter::Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, |total, value| &total + value)
    }
}

impl fmt::Display for Exact {
    /// A finite decimal as it is; otherwise as many places as are asked for (6 when none are),
    /// cut off and followed by `…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finite = self.decimal_places();
        let places = finite.unwrap_or_else(|| f.precision().unwrap_or(6));
        let sign = if self.sign() < 0 { "-" } else { "" };
        let dots = if finite.is_some() { "" } else { "…" };
        // All digits at once, without the point.
        let digits = match (&self.0, 10u128.checked_pow(u32::try_from(places).unwrap_or(u32::MAX))) {
            (Repr::Small { n, d }, Some(power)) if places <= 18 => {
                (u128::from(n.unsigned_abs()) * power / u128::from(d.unsigned_abs())).to_string()
            }
            (Repr::Small { .. } | Repr::Big(_), _) => {
                let (n, d) = self.parts();
                let power = BigInt::from(10).pow(u32::try_from(places).unwrap_or(u32::MAX));
                (n.abs() * power / d).to_string()
            }
        };
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let point = if places == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}{dots}")
    }
}

/// Most decimal places of a number that is written as a finite decimal.
const DECIMAL_PLACES_MAX: usize = 28;

impl Exact {
    /// Decimal places of the number, when it is a finite decimal of at most 28.
    pub fn decimal_places(&self) -> Option<usize> {
        let (twos, fives) = match &self.0 {
            Repr::Small { d, .. } => {
                let twos = d.trailing_zeros() as usize;
                let (rest, fives) = without_fives(d >> twos, |rest| (rest % 5 == 0).then(|| rest / 5));
                (rest == 1).then_some((twos, fives))?
            }
            Repr::Big(value) => {
                let twos = value.denom().trailing_zeros().and_then(|twos| usize::try_from(twos).ok())?;
                let (rest, fives) = without_fives(value.denom() >> twos, |rest: &BigInt| {
                    let (quotient, left) = rest.div_rem(&BigInt::from(5));
                    left.is_zero().then_some(quotient)
                });
                (rest == BigInt::from(1)).then_some((twos, fives))?
            }
        };
        Some(twos.max(fives)).filter(|places| *places <= DECIMAL_PLACES_MAX)
    }
}

/// A number without its factors 5, of which more than are ever written need not be known.
fn without_fives<T>(mut number: T, fifth: impl Fn(&T) -> Option<T>) -> (T, usize) {
    let mut fives = 0;
    while fives <= DECIMAL_PLACES_MAX
        && let Some(rest) = fifth(&number)
    {
        number = rest;
        fives += 1;
    }
    (number, fives)
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, d) = self.parts();
        write!(f, "{n}/{d}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_are_exact() {
        let third = Exact::reduced(1, 3);
        assert_eq!(&(&third + &third) + &third, Exact::ONE);
        assert_eq!(third.to_string(), "0.333333…");
    }

    #[test]
    fn overflow_goes_to_big_integers_and_back() {
        let large = Exact::from(i64::MAX);
        let square = &large * &large;
        assert!(matches!(square.0, Repr::Big(_)));
        assert_eq!(square.checked_div(&large), Some(large.clone()));
        assert_eq!(-&-&Exact::from(i64::MIN), Exact::from(i64::MIN));
    }

    #[test]
    fn floor_goes_down_below_zero() {
        assert_eq!(Exact::reduced(-7, 2).floor(), Exact::from(-4));
        assert_eq!(Exact::reduced(-7, 2).to_string(), "-3.5");
    }

    #[test]
    fn the_common_step_of_a_half_and_a_third_is_a_sixth() {
        assert_eq!(Exact::reduced(1, 2).common_step(&Exact::reduced(1, 3)), Exact::reduced(1, 6));
    }

    /// Numbers at the ends of machine integers, fractions with and without divisors in common, and one
    /// that fits into none.
    fn samples() -> Vec<Exact> {
        let parts =
            [0, 1, -1, 2, -6, 7, 100, -14_237, 3_037_000_499, i128::from(i64::MAX), i128::from(i64::MIN)];
        let under = [1, 3, 4, 100, 12_000, i128::from(i64::MAX)];
        let all = parts.iter().flat_map(|n| under.map(|d| Exact::reduced(*n, d)));
        all.chain([Exact::scaled(1, 40), &Exact::from(i64::MAX) * &Exact::from(-7)]).collect()
    }

    #[test]
    fn short_fractions_give_what_long_ones_give() {
        let zero = BigRational::from(BigInt::from(0));
        for a in samples() {
            for b in samples() {
                let (x, y) = (a.big(), b.big());
                assert_eq!(&a + &b, Exact::from_big(&x + &y), "{a:?} + {b:?}");
                assert_eq!(&a * &b, Exact::from_big(&x * &y), "{a:?} · {b:?}");
                assert_eq!(a.cmp(&b), x.cmp(&y), "{a:?} against {b:?}");
                assert_eq!(a.sign(), i32::from(x > zero) - i32::from(x < zero), "{a:?}");
                if y == zero {
                    assert_eq!(a.checked_div(&b), None);
                    continue;
                }
                assert_eq!(a.checked_div(&b), Some(Exact::from_big(&x / &y)), "{a:?} ÷ {b:?}");
                let step = a.common_step(&b);
                let whole = |of: &Exact| of.checked_div(&step).is_some_and(|multiple| multiple.is_whole());
                assert!(step.sign() > 0 && whole(&a) && whole(&b), "{step:?} of {a:?} and {b:?}");
                if y > zero {
                    // The multiple below is no further away than one quantum.
                    let below = a.rounded(&b, Mode::Floor);
                    let rest = &x - below.big();
                    assert!(rest >= zero && rest < y, "{a:?} down to {b:?}: {below:?}");
                    assert!(below.checked_div(&b).is_some_and(|multiple| multiple.is_whole()));
                }
            }
        }
    }
}
