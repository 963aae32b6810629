//! Fractions of machine integers, in lowest terms with a positive denominator.
//!
//! What can cancel is taken out before anything is multiplied (Knuth, The Art of Computer Programming,
//! 4.5.1), so results come out in lowest terms, hardly a product is longer than a machine integer, and
//! no long number is ever divided. Where a result does not fit there is none, and long numbers take over.

use std::cmp::Ordering;

use num_integer::Integer;

use super::Mode;

/// Numerator and denominator.
pub(super) type Small = (i64, i64);

/// Greatest common divisor of two numbers; 0 only of two zeros.
fn gcd(a: u64, b: u64) -> u64 {
    let (long, short) = if a < b { (b, a) } else { (a, b) };
    if short <= 1 {
        return if short == 0 { long } else { 1 };
    }
    // Denominators are mostly short, and one division brings a long numerator to their length.
    match long % short {
        0 => short,
        rest => short.gcd(&rest),
    }
}

/// Greatest common divisor of two numbers of which one is a denominator; it is none longer than that.
fn shared(a: i64, denominator: i64) -> i64 {
    if denominator == 1 {
        return 1;
    }
    i64::try_from(gcd(a.unsigned_abs(), denominator.unsigned_abs())).expect("it divides a denominator")
}

/// The sum.
pub(super) fn sum((a, b): Small, (c, d): Small) -> Option<Small> {
    if b == d {
        let n = a.checked_add(c)?;
        let cancels = shared(n, b);
        return Some((n / cancels, b / cancels));
    }
    // A whole number beside a fraction in lowest terms leaves nothing that cancels.
    if b == 1 {
        return Some((a.checked_mul(d)?.checked_add(c)?, d));
    }
    if d == 1 {
        return Some((c.checked_mul(b)?.checked_add(a)?, b));
    }
    let common = shared(b, d);
    let (own, other) = (b / common, d / common);
    let n = i128::from(a) * i128::from(other) + i128::from(c) * i128::from(own);
    if common == 1 {
        return Some((i64::try_from(n).ok()?, b.checked_mul(d)?));
    }
    if let Ok(n) = i64::try_from(n) {
        let cancels = shared(n, common);
        return Some((n / cancels, own.checked_mul(d / cancels)?));
    }
    let rest = i64::try_from(n % i128::from(common)).ok()?;
    let cancels = shared(rest, common);
    Some((i64::try_from(n / i128::from(cancels)).ok()?, own.checked_mul(d / cancels)?))
}

/// The product.
pub(super) fn product((a, b): Small, (c, d): Small) -> Option<Small> {
    let (x, y) = (shared(a, d), shared(c, b));
    Some(((a / x).checked_mul(c / y)?, (b / y).checked_mul(d / x)?))
}

/// The quotient, by a number that is not 0.
pub(super) fn quotient((a, b): Small, (c, d): Small) -> Option<Small> {
    let inverse = if c < 0 { (d.checked_neg()?, c.checked_neg()?) } else { (d, c) };
    product((a, b), inverse)
}

/// Which of two is the greater.
pub(super) fn compare((a, b): Small, (c, d): Small) -> Ordering {
    if b == d {
        return a.cmp(&c);
    }
    (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)))
}

/// The greatest number of which both are whole multiples; neither is 0.
pub(super) fn common_step((a, b): Small, (c, d): Small) -> Option<Small> {
    let n = gcd(a.unsigned_abs(), c.unsigned_abs());
    let d = if b == d { d } else { (b / shared(b, d)).checked_mul(d)? };
    Some((i64::try_from(n).ok()?, d))
}

/// The nearest multiple of a quantum above 0.
pub(super) fn rounded((a, b): Small, quantum: Small, mode: Mode) -> Option<Small> {
    let (c, d) = quantum;
    let (n, m) = (a.checked_mul(d)?, b.checked_mul(c)?);
    let (below, rest) = (n.div_euclid(m), n.rem_euclid(m));
    // Twice the rest against the whole, without doubling what may not be doubled.
    let half = rest.cmp(&(m - rest));
    let up = rest != 0
        && match mode {
            Mode::HalfAway => half.is_gt() || (half.is_eq() && n > 0),
            Mode::HalfUp => half.is_ge(),
            Mode::HalfEven => half.is_gt() || (half.is_eq() && below % 2 != 0),
            Mode::Down => n < 0,
            Mode::Floor => false,
            Mode::Ceiling => true,
        };
    product((below.checked_add(i64::from(up))?, 1), quantum)
}
