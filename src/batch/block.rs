//! The steps of a block in floats: each a pass over the numbers of the block, a few vectors at once.
//!
//! Everything here is inlined into one function that is compiled for each kind of processor, so that
//! loops over arrays become wide vectors. Comparisons are written out, since those of floats with
//! their rules for what is no number cost twice as much; there is none here.

use super::pair::Pairs;
use super::program::form::{FACTOR, INPUT, LIMITS, ROUNDING, TIMES};
use super::program::{PairOp, PairTerm, Place, Step, TermCode, Terms};
use super::remainder;
use crate::plan::Pick;

/// Scenarios of a block: as many as stay in the first cache with all that is kept of them.
pub(super) const BLOCK: usize = 96;
/// Numbers that are worked on together.
pub(super) const WIDTH: usize = 16;

/// 1.5 · 2⁵²: a float of this size has no fraction, so adding and taking it away rounds.
pub(super) const SHIFT: f64 = 6_755_399_441_055_744.0;
const SHIFT_BITS: i64 = 0x4338_0000_0000_0000;

pub(super) type Vector = [f64; WIDTH];
pub(super) type Column<'c> = &'c [i64; BLOCK];
pub(super) type Results<'c> = &'c mut [i64; BLOCK];

/// What is kept of a block.
pub(super) struct Kept {
    pub(super) narrow: Vec<[f64; BLOCK]>,
    pub(super) pairs: Vec<([f64; BLOCK], [i64; BLOCK])>,
    pub(super) wide: Vec<[i128; BLOCK]>,
}

/// The facts of a block, and where its results go.
pub(super) struct Block<'b, 'c> {
    pub(super) inputs: &'b [Column<'c>],
    pub(super) kept: &'b mut Kept,
    pub(super) outputs: &'b mut [Results<'c>],
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
                Step::Sum { constant, terms, to, also } => sum(block, *constant, terms, (*to, *also)),
                Step::Pieces { x, cuts, lines, to } => pieces(block, *x, (cuts, lines), *to),
                Step::Extreme { pick, terms, to } => extreme(block, *pick, terms, *to),
                Step::Select { condition, then, otherwise, to } => {
                    select(block, *condition, (*then, *otherwise), *to);
                }
                Step::Remainder { x, over, ratio, mode, to } => {
                    for at in chunks() {
                        let over = over.map(|over| block.fetch(over, at));
                        let size = block.fetch_pairs(x.0, at);
                        let rounded = remainder::rounded((&size, x.1), over.as_ref(), *ratio, *mode);
                        block.store(*to, at, &rounded);
                    }
                }
                Step::Pair { op, error, to } => pair(block, op, *error, *to),
                Step::Store { from, to } => {
                    for at in chunks() {
                        let x = block.fetch(*from, at);
                        block.store(*to, at, &x);
                    }
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
pub(super) fn floats(column: &[i64; WIDTH]) -> Vector {
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
            Place::Pair(_) | Place::Wide(_) | Place::Output(_) => {
                unreachable!("what is read in floats is kept in floats")
            }
        }
    }

    #[inline(always)]
    fn fetch_pairs(&self, place: Place, at: usize) -> Pairs {
        match place {
            Place::Pair(slot) => {
                let (near, bits) = &self.kept.pairs[slot];
                Pairs { near: *stretch(near, at), bits: *stretch(bits, at) }
            }
            Place::Input(column) => {
                let bits = stretch(self.inputs[column], at);
                Pairs { near: floats(bits), bits: *bits }
            }
            Place::Narrow(_) | Place::Wide(_) | Place::Output(_) => Pairs::of_floats(self.fetch(place, at)),
        }
    }

    #[inline(always)]
    fn store_pairs(&mut self, place: Place, at: usize, x: &Pairs) {
        match place {
            Place::Pair(slot) => {
                let (near, bits) = &mut self.kept.pairs[slot];
                near[at..at + WIDTH].copy_from_slice(&x.near);
                bits[at..at + WIDTH].copy_from_slice(&x.bits);
            }
            // A number below 2⁵¹, or a result, is its lower bits.
            Place::Narrow(slot) => self.kept.narrow[slot][at..at + WIDTH].copy_from_slice(&floats(&x.bits)),
            Place::Output(column) => self.outputs[column][at..at + WIDTH].copy_from_slice(&x.bits),
            Place::Input(_) | Place::Wide(_) => unreachable!("a step in pairs writes pairs"),
        }
    }

    #[inline(always)]
    fn store(&mut self, place: Place, at: usize, x: &Vector) {
        match place {
            Place::Narrow(slot) => self.kept.narrow[slot][at..at + WIDTH].copy_from_slice(x),
            Place::Output(column) => self.outputs[column][at..at + WIDTH].copy_from_slice(&integers(x)),
            Place::Input(_) | Place::Pair(_) | Place::Wide(_) => {
                unreachable!("a step in floats writes floats")
            }
        }
    }
}

#[inline(always)]
fn sum(block: &mut Block<'_, '_>, constant: f64, terms: &[Terms], (to, also): (Place, Option<Place>)) {
    for at in chunks() {
        let mut total = [constant; WIDTH];
        for terms in terms {
            add_form(block, terms, at, &mut total);
        }
        if let Some(also) = also {
            block.store(also, at, &total);
        }
        block.store(to, at, &total);
    }
}

/// One loop for each form, without a branch inside.
#[inline(always)]
fn add_form(block: &Block<'_, '_>, terms: &Terms, at: usize, total: &mut Vector) {
    macro_rules! forms {
        ($($form:literal)*) => {
            match terms.form {
                $($form => add::<$form>(block, &terms.terms, at, total),)*
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
            (_, Place::Input(_) | Place::Narrow(_) | Place::Pair(_) | Place::Wide(_) | Place::Output(_)) => {
                unreachable!("the form says where a term is kept")
            }
        };
        if FORM & LIMITS != 0 {
            let limits = term.limits;
            for x in &mut x {
                let line = *x * limits.factor + limits.shift;
                let line = if line < limits.least { limits.least } else { line };
                *x = if line > limits.most { limits.most } else { line };
            }
        }
        if FORM & TIMES != 0 {
            let times = block.fetch(term.times, at);
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

#[inline(always)]
fn pair(block: &mut Block<'_, '_>, op: &PairOp, error: f64, to: Place) {
    for at in chunks() {
        let scaled = |term: &PairTerm| block.fetch_pairs(term.x, at).scaled(term);
        let result = match op {
            PairOp::Sum { constant, terms } => {
                let mut total = Pairs::constant(*constant);
                for term in terms {
                    total.add(&scaled(term));
                }
                total
            }
            PairOp::Product(x, y) => block.fetch_pairs(*x, at).times(&block.fetch_pairs(*y, at)),
            PairOp::Clamp { x, shift, least, most } => {
                let mut line = scaled(x);
                line.add(&Pairs::constant(*shift));
                let from_below = line.pick(&Pairs::constant(*least), Pick::Greatest, error);
                from_below.pick(&Pairs::constant(*most), Pick::Least, error)
            }
            PairOp::Extreme { pick, terms } => {
                let mut best = scaled(&terms[0]);
                for term in &terms[1..] {
                    best = best.pick(&scaled(term), *pick, error);
                }
                best
            }
            PairOp::Select { condition, then, otherwise } => {
                Pairs::either(&block.fetch(*condition, at), &scaled(then), &scaled(otherwise))
            }
        };
        block.store_pairs(to, at, &result);
    }
}
