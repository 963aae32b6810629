//! Pairs: a float that is near a whole number, and the lower 64 bits of that number.
//!
//! The float says where the number is to within a known error below 2⁶⁰; among the numbers there, the
//! lower bits tell which one it is. Sums and products of both parts are what vectors are good at, so
//! numbers up to some 2¹¹⁰ cost a few operations more than floats do.

use super::block::{Vector, WIDTH, integers};
use super::program::PairTerm;
use super::remainder::is_negative;
use crate::plan::Pick;

/// Floats that are near, and the lower bits.
#[derive(Clone, Copy)]
pub(super) struct Pairs {
    pub(super) near: Vector,
    pub(super) bits: [i64; WIDTH],
}

impl Pairs {
    /// The same number in every scenario.
    #[inline(always)]
    pub(super) fn constant((near, bits): (f64, i64)) -> Pairs {
        Pairs { near: [near; WIDTH], bits: [bits; WIDTH] }
    }

    /// Floats that are whole numbers below 2⁵¹.
    #[inline(always)]
    pub(super) fn of_floats(near: Vector) -> Pairs {
        Pairs { near, bits: integers(&near) }
    }

    /// Factor × number.
    #[inline(always)]
    pub(super) fn scaled(&self, term: &PairTerm) -> Pairs {
        let mut scaled = *self;
        for lane in 0..WIDTH {
            scaled.near[lane] *= term.near;
            scaled.bits[lane] = scaled.bits[lane].wrapping_mul(term.bits);
        }
        scaled
    }

    #[inline(always)]
    pub(super) fn add(&mut self, other: &Pairs) {
        for lane in 0..WIDTH {
            self.near[lane] += other.near[lane];
            self.bits[lane] = self.bits[lane].wrapping_add(other.bits[lane]);
        }
    }

    #[inline(always)]
    pub(super) fn times(&self, other: &Pairs) -> Pairs {
        let mut product = *self;
        for lane in 0..WIDTH {
            product.near[lane] *= other.near[lane];
            product.bits[lane] = product.bits[lane].wrapping_mul(other.bits[lane]);
        }
        product
    }

    /// −1 (all bits) for a number below 0, else 0; the floats are off by no more than `error`.
    #[inline(always)]
    pub(super) fn signs(&self, error: f64) -> [i64; WIDTH] {
        let mut signs = [0; WIDTH];
        for lane in 0..WIDTH {
            let decides = if self.near[lane].abs() > error {
                self.near[lane].to_bits().cast_signed()
            } else {
                self.bits[lane]
            };
            signs[lane] = is_negative(decides);
        }
        signs
    }

    /// The lesser or greater of two numbers, whose floats differ from them by less than `error`
    /// together.
    #[inline(always)]
    pub(super) fn pick(&self, other: &Pairs, pick: Pick, error: f64) -> Pairs {
        let mut difference = *self;
        for lane in 0..WIDTH {
            difference.near[lane] -= other.near[lane];
            difference.bits[lane] = difference.bits[lane].wrapping_sub(other.bits[lane]);
        }
        let is_less = difference.signs(error);
        let mut picked = *self;
        for lane in 0..WIDTH {
            let keep = match pick {
                Pick::Least => is_less[lane] != 0,
                Pick::Greatest => is_less[lane] == 0,
            };
            picked.near[lane] = if keep { self.near[lane] } else { other.near[lane] };
            picked.bits[lane] = if keep { self.bits[lane] } else { other.bits[lane] };
        }
        picked
    }

    /// One of two numbers, by a flag.
    #[inline(always)]
    pub(super) fn either(flag: &Vector, then: &Pairs, otherwise: &Pairs) -> Pairs {
        let mut chosen = *otherwise;
        for lane in 0..WIDTH {
            let is_set = flag[lane] > 0.0;
            chosen.near[lane] = if is_set { then.near[lane] } else { otherwise.near[lane] };
            chosen.bits[lane] = if is_set { then.bits[lane] } else { otherwise.bits[lane] };
        }
        chosen
    }
}
