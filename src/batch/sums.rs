//! Sums of a block: one loop for each form that terms can have, with the parts of a term in it.

use super::block::{Block, SHIFT, Vector, View, WIDTH};
use super::program::form::{FACTOR, LIMITS, ROUNDING, TIMES};
use super::program::{Place, TermCode, Terms};

/// Calls the loop of a form, which has no branch inside.
macro_rules! of_form {
    ($terms:expr, $add:ident($($argument:expr),*)) => {
        of_form!($terms, $add($($argument),*),
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
            33 35 37 39 41 43 45 47 49 51 53 55 57 59 61 63)
    };
    ($terms:expr, $add:ident $arguments:tt, $($form:literal)*) => {
        match $terms.form {
            $($form => of_form!(@ $add $form $arguments, &$terms.terms),)*
            _ => unreachable!("a form has six bits, and only columns have a width"),
        }
    };
    (@ $add:ident $form:literal ($($argument:expr),*), $terms:expr) => {
        $add::<$form>($($argument,)* $terms)
    };
}

/// A sum in either order, by which is faster for the program.
#[inline(always)]
pub(super) fn sum(block: &mut Block<'_, '_, '_>, constant: f64, terms: &[Terms], to: (Place, Option<Place>)) {
    if block.by_form { by_form(block, constant, terms, to) } else { by_chunk(block, constant, terms, to) }
}

/// Chunk by chunk, the total in registers.
#[inline(always)]
fn by_chunk(
    block: &mut Block<'_, '_, '_>,
    constant: f64,
    terms: &[Terms],
    (to, also): (Place, Option<Place>),
) {
    for chunk in 0..block.chunks {
        let mut total = [constant; WIDTH];
        for terms in terms {
            of_form!(terms, add_to_chunk(block.view(chunk), &mut total));
        }
        if let Some(also) = also {
            block.store(also, chunk, &total);
        }
        block.store(to, chunk, &total);
    }
}

#[inline(always)]
fn add_to_chunk<const FORM: u8>(view: View<'_, '_>, total: &mut Vector, terms: &[TermCode]) {
    for term in terms {
        add_term::<FORM>(view, term, total);
    }
}

/// Sums begin with the constant, which is kept beside the scratch of the block, and go on where terms of
/// the form before left them, all chunks of one form before the next: in a long program the jump to the loop
/// of a form is not foreseen and takes longer than to store and load a total.
#[inline(always)]
fn by_form(
    block: &mut Block<'_, '_, '_>,
    constant: f64,
    terms: &[Terms],
    (to, also): (Place, Option<Place>),
) {
    let scratch = block.kept.scratch(block.chunks);
    let (mut from, last) = (Totals { at: scratch + block.chunks, step: 0 }, terms.len().saturating_sub(1));
    block.kept.narrow[from.at] = [constant; WIDTH];
    // Operands are read before a total is written, but not by forms that are still to come.
    let end = match (to, also, terms) {
        (Place::Narrow(slot), None, [_, ..]) => block.slot(slot, 0),
        (Place::Input(_) | Place::Narrow(_) | Place::Pair(_) | Place::Wide(_) | Place::Output(_), _, _) => {
            scratch
        }
    };
    for (place, terms) in terms.iter().enumerate() {
        let to = if place == last { end } else { scratch };
        of_form!(terms, add(block, from, to));
        from = Totals { at: to, step: 1 };
    }
    if from.step == 1 && end != scratch {
        return;
    }
    for chunk in 0..block.chunks {
        let total = block.kept.narrow[from.at_chunk(chunk)];
        if let Some(also) = also {
            block.store(also, chunk, &total);
        }
        block.store(to, chunk, &total);
    }
}

/// Where the totals of chunks are; without a step all are the same.
#[derive(Clone, Copy)]
struct Totals {
    at: usize,
    step: usize,
}

impl Totals {
    #[inline(always)]
    fn at_chunk(self, chunk: usize) -> usize {
        self.at.wrapping_add(chunk.wrapping_mul(self.step))
    }
}

#[inline(always)]
fn add<const FORM: u8>(block: &mut Block<'_, '_, '_>, from: Totals, to: usize, terms: &[TermCode]) {
    for chunk in 0..block.chunks {
        let mut total = block.kept.narrow[from.at_chunk(chunk)];
        for term in terms {
            add_term::<FORM>(block.view(chunk), term, &mut total);
        }
        block.kept.narrow[to.wrapping_add(chunk)] = total;
    }
}

#[inline(always)]
fn add_term<const FORM: u8>(view: View<'_, '_>, term: &TermCode, total: &mut Vector) {
    let mut x = view.term::<FORM>(term.x);
    if FORM & LIMITS != 0 {
        let limits = term.limits;
        for x in &mut x {
            let line = *x * limits.factor + limits.shift;
            let line = if line < limits.least { limits.least } else { line };
            *x = if line > limits.most { limits.most } else { line };
        }
    }
    if FORM & TIMES != 0 {
        let times = view.fetch(term.times);
        for lane in 0..WIDTH {
            x[lane] *= times[lane];
        }
    }
    if FORM & ROUNDING != 0 {
        for x in &mut x {
            *x = (*x * term.rounding + SHIFT) - SHIFT;
        }
    }
    for lane in 0..WIDTH {
        total[lane] += if FORM & FACTOR != 0 { x[lane] * term.factor } else { x[lane] };
    }
}
