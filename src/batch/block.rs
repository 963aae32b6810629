//! The steps of a block in floats: each a pass over the numbers of the block, a few vectors at once.
//!
//! Everything here is inlined into one function that is compiled for each kind of processor, so that
//! loops over arrays become wide vectors. Comparisons are written out, since those of floats with
//! their rules for what is no number cost twice as much; there is none here.

use super::program::{Place, Step, TermCode};
use super::remainder;
use crate::plan::Pick;

/// Scenarios of a block: as many as stay in the first cache with all that is kept of them.
pub(super) const BLOCK: usize = 128;
/// Numbers that are worked on together.
pub(super) const WIDTH: usize = 32;

/// 1.5 · 2⁵²: a float of this size has no fraction, so adding and taking it away rounds.
pub(super) const SHIFT: f64 = 6_755_399_441_055_744.0;
const SHIFT_BITS: i64 = 0x4338_0000_0000_0000;

pub(super) type Vector = [f64; WIDTH];
pub(super) type Column<'c> = &'c [i64; BLOCK];

/// What is kept of a block.
pub(super) struct Kept {
    pub(super) narrow: Vec<[f64; BLOCK]>,
    pub(super) wide: Vec<[i128; BLOCK]>,
}

/// The facts of a block, and where its results go.
pub(super) struct Block<'b, 'c> {
    pub(super) inputs: &'b [Column<'c>],
    pub(super) kept: &'b mut Kept,
    pub(super) outputs: &'b mut [[i64; BLOCK]],
}

/// Steps in floats that follow one another, for one block.
pub(super) struct Run<'r, 'b, 'c> {
    pub(super) steps: &'r [Step],
    pub(super) block: &'r mut Block<'b, 'c>,
}

impl pulp::NullaryFnOnce for Run<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Run { steps, block } = self;
        for step in steps {
            match step {
                Step::Sum { constant, terms, to } => sum(block, *constant, terms, *to),
                Step::Pieces { x, cuts, lines, to } => pieces(block, *x, (cuts, lines), *to),
                Step::Extreme { pick, terms, to } => extreme(block, *pick, terms, *to),
                Step::Select { condition, then, otherwise, to } => {
                    select(block, *condition, (*then, *otherwise), *to);
                }
                Step::Remainder { x, over, ratio, mode, to } => {
                    for at in chunks() {
                        let over = over.map(|over| block.fetch(over, at));
                        let rounded = remainder::rounded(&block.fetch(*x, at), over.as_ref(), *ratio, *mode);
                        block.store(*to, at, &rounded);
                    }
                }
                Step::Store { from, to } => {
                    for at in chunks() {
                        let x = block.fetch(*from, at);
                        block.store(*to, at, &x);
                    }
                }
                Step::Wide { .. } | Step::Split { .. } | Step::Exactly { .. } => {
                    unreachable!("no step in floats")
                }
            }
        }
    }
}

fn chunks() -> impl Iterator<Item = usize> {
    (0..BLOCK / WIDTH).map(|chunk| chunk * WIDTH)
}

/// A stretch of a column.
#[inline(always)]
fn stretch<T>(column: &[T; BLOCK], at: usize) -> &[T; WIDTH] {
    column[at..at + WIDTH].try_into().expect("a chunk has its width")
}

/// Whole numbers below 2⁵¹ as floats.
#[inline(always)]
fn floats(column: &[i64; WIDTH]) -> Vector {
    let mut x = [0.0; WIDTH];
    for lane in 0..WIDTH {
        x[lane] = f64::from_bits(column[lane].wrapping_add(SHIFT_BITS).cast_unsigned()) - SHIFT;
    }
    x
}

/// Floats that are whole numbers below 2⁵¹ as integers.
#[inline(always)]
pub(super) fn integers(x: &Vector) -> [i64; WIDTH] {
    let mut n = [0; WIDTH];
    for lane in 0..WIDTH {
        n[lane] = (x[lane] + SHIFT).to_bits().cast_signed().wrapping_sub(SHIFT_BITS);
    }
    n
}

impl Block<'_, '_> {
    #[inline(always)]
    fn fetch(&self, place: Place, at: usize) -> Vector {
        match place {
            Place::Input(column) => floats(stretch(self.inputs[column], at)),
            Place::Narrow(slot) => *stretch(&self.kept.narrow[slot], at),
            Place::Wide(_) | Place::Output(_) => unreachable!("what is read in floats is kept in floats"),
        }
    }

    #[inline(always)]
    fn store(&mut self, place: Place, at: usize, x: &Vector) {
        match place {
            Place::Narrow(slot) => self.kept.narrow[slot][at..at + WIDTH].copy_from_slice(x),
            Place::Output(column) => self.outputs[column][at..at + WIDTH].copy_from_slice(&integers(x)),
            Place::Input(_) | Place::Wide(_) => unreachable!("a step in floats writes floats"),
        }
    }
}

/// Forms of a term; terms of one form follow one another.
const INPUT: u8 = 1;
const LIMITS: u8 = 2;
const TIMES: u8 = 4;
const ROUNDING: u8 = 8;
const FACTOR: u8 = 16;

#[inline(always)]
fn form(term: &TermCode) -> u8 {
    let flag = |is: bool, bit: u8| if is { bit } else { 0 };
    flag(matches!(term.x, Place::Input(_)), INPUT)
        | flag(term.limits.is_some(), LIMITS)
        | flag(term.times.is_some(), TIMES)
        | flag(term.rounding.is_some(), ROUNDING)
        | flag(term.factor != 1.0, FACTOR)
}

#[inline(always)]
fn sum(block: &mut Block<'_, '_>, constant: f64, terms: &[TermCode], to: Place) {
    for at in chunks() {
        let mut total = [constant; WIDTH];
        for terms in terms.chunk_by(|a, b| form(a) == form(b)) {
            add_form(block, terms, at, &mut total);
        }
        block.store(to, at, &total);
    }
}

/// One loop for each form, without a branch inside.
#[inline(always)]
fn add_form(block: &Block<'_, '_>, terms: &[TermCode], at: usize, total: &mut Vector) {
    macro_rules! forms {
        ($($form:literal)*) => {
            match form(&terms[0]) {
                $($form => add::<$form>(block, terms, at, total),)*
                _ => unreachable!("a form has five bits"),
            }
        };
    }
    forms!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
}

#[inline(always)]
fn add<const FORM: u8>(block: &Block<'_, '_>, terms: &[TermCode], at: usize, total: &mut Vector) {
    for term in terms {
        let mut x = match (FORM & INPUT != 0, term.x) {
            (true, Place::Input(column)) => floats(stretch(block.inputs[column], at)),
            (false, Place::Narrow(slot)) => *stretch(&block.kept.narrow[slot], at),
            (_, Place::Input(_) | Place::Narrow(_) | Place::Wide(_) | Place::Output(_)) => {
                unreachable!("the form says where a term is kept")
            }
        };
        if FORM & LIMITS != 0
            && let Some(limits) = term.limits
        {
            for x in &mut x {
                let line = *x * limits.factor + limits.shift;
                let line = if line < limits.least { limits.least } else { line };
                *x = if line > limits.most { limits.most } else { line };
            }
        }
        if FORM & TIMES != 0
            && let Some(times) = term.times
        {
            let times = block.fetch(times, at);
            for lane in 0..WIDTH {
                x[lane] *= times[lane];
            }
        }
        if FORM & ROUNDING != 0
            && let Some(rounding) = term.rounding
        {
            for x in &mut x {
                *x = (*x * rounding + SHIFT) - SHIFT;
            }
        }
        for lane in 0..WIDTH {
            total[lane] += if FORM & FACTOR != 0 { x[lane] * term.factor } else { x[lane] };
        }
    }
}

#[inline(always)]
fn pieces(block: &mut Block<'_, '_>, x: Place, (cuts, lines): (&[f64], &[(f64, f64)]), to: Place) {
    for at in chunks() {
        let x = block.fetch(x, at);
        let mut y = [0.0; WIDTH];
        for lane in 0..WIDTH {
            y[lane] = x[lane] * lines[0].0 + lines[0].1;
        }
        for (cut, line) in cuts.iter().zip(&lines[1..]) {
            for lane in 0..WIDTH {
                let beyond = x[lane] * line.0 + line.1;
                y[lane] = if x[lane] < *cut { y[lane] } else { beyond };
            }
        }
        block.store(to, at, &y);
    }
}

#[inline(always)]
fn extreme(block: &mut Block<'_, '_>, pick: Pick, terms: &[(f64, Place)], to: Place) {
    for at in chunks() {
        let mut best = block.fetch(terms[0].1, at);
        best.iter_mut().for_each(|x| *x *= terms[0].0);
        for (factor, place) in &terms[1..] {
            let x = block.fetch(*place, at);
            match pick {
                Pick::Least => {
                    for lane in 0..WIDTH {
                        let x = x[lane] * factor;
                        best[lane] = if x < best[lane] { x } else { best[lane] };
                    }
                }
                Pick::Greatest => {
                    for lane in 0..WIDTH {
                        let x = x[lane] * factor;
                        best[lane] = if x > best[lane] { x } else { best[lane] };
                    }
                }
            }
        }
        block.store(to, at, &best);
    }
}

#[inline(always)]
fn select(block: &mut Block<'_, '_>, condition: Place, either: ((f64, Place), (f64, Place)), to: Place) {
    let ((then_factor, then), (otherwise_factor, otherwise)) = either;
    for at in chunks() {
        let (flag, then, otherwise) =
            (block.fetch(condition, at), block.fetch(then, at), block.fetch(otherwise, at));
        let mut y = [0.0; WIDTH];
        for lane in 0..WIDTH {
            let (yes, no) = (then[lane] * then_factor, otherwise[lane] * otherwise_factor);
            y[lane] = if flag[lane] > 0.0 { yes } else { no };
        }
        block.store(to, at, &y);
    }
}
