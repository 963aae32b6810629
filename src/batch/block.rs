//! The steps of a block in floats: each a pass over the numbers of the block, a few vectors at once.
//!
//! Everything here is inlined into one function that is compiled for each kind of processor, so that
//! loops over arrays become wide vectors. Comparisons are written out, since those of floats with
//! their rules for what is no number cost twice as much; there is none here.

use super::ahead::Ahead;
use super::columns::{Chunks, Room};
use super::pair::Pairs;
use super::program::form::{INPUT, SHORT};
use super::program::{At, PairOp, PairTerm, Place, Step};
use super::{remainder, sums};
use crate::plan::Pick;

/// Numbers that are worked on together, a few vectors; a block is a number of such chunks.
pub(super) const WIDTH: usize = 16;

/// 1.5 · 2⁵²: a float of this size has no fraction, so adding and taking it away rounds.
pub(super) const SHIFT: f64 = 6_755_399_441_055_744.0;
const SHIFT_BITS: i64 = 0x4338_0000_0000_0000;

pub(super) type Vector = [f64; WIDTH];

/// What is kept of a block: of each place all chunks, one after the other.
pub(super) struct Kept {
    pub(super) narrow: Vec<Vector>,
    pub(super) pairs: Vec<Pairs>,
    pub(super) wide: Vec<[i128; WIDTH]>,
}

impl Kept {
    /// Room for so many slots of each kind, and the scratch of sums.
    pub(super) fn new((narrow, pairs, wide): (usize, usize, usize), chunks: usize) -> Kept {
        Kept {
            narrow: vec![[0.0; WIDTH]; narrow * chunks + chunks + 1],
            pairs: vec![Pairs::constant((0.0, 0)); pairs * chunks],
            wide: vec![[0; WIDTH]; wide * chunks],
        }
    }

    /// Where sums that are not complete are kept, a total for each chunk; after them a constant.
    #[inline(always)]
    pub(super) fn scratch(&self, chunks: usize) -> usize {
        self.narrow.len().wrapping_sub(chunks).wrapping_sub(1)
    }
}

/// Neighbouring scenarios: the columns of facts, from chunk `first` on, and where their results go.
pub(super) struct Block<'b, 'c, 'r> {
    pub(super) inputs: &'b [Chunks<'c>],
    pub(super) kept: &'b mut Kept,
    pub(super) outputs: &'b mut [Room<'r>],
    pub(super) first: usize,
    pub(super) chunks: usize,
    /// True for sums form by form, false for chunk by chunk.
    pub(super) by_form: bool,
    pub(super) ahead: &'b mut Ahead,
}

/// Steps in floats that follow one another, for one block.
pub(super) struct Run<'s, 'b, 'c, 'r> {
    pub(super) steps: &'s [Step],
    pub(super) block: &'s mut Block<'b, 'c, 'r>,
}

impl pulp::NullaryFnOnce for Run<'_, '_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Run { steps, block } = self;
        for step in steps {
            block.ahead.step();
            match step {
                Step::Sum { constant, terms, to, also } => sums::sum(block, *constant, terms, (*to, *also)),
                Step::Pieces { x, cuts, lines, to } => pieces(block, *x, (cuts, lines), *to),
                Step::Extreme { pick, terms, to } => extreme(block, *pick, terms, *to),
                Step::Select { condition, then, otherwise, to } => {
                    select(block, *condition, (*then, *otherwise), *to);
                }
                Step::Remainder { x, over, ratio, mode, to } => {
                    for chunk in 0..block.chunks {
                        let over = over.map(|over| block.fetch(over, chunk));
                        let size = block.fetch_pairs(x.0, chunk);
                        let rounded = remainder::rounded((&size, x.1), over.as_ref(), *ratio, *mode);
                        block.store(*to, chunk, &rounded);
                    }
                }
                Step::Pair { op, error, to } => pair(block, op, *error, *to),
                Step::Store { from, to } => {
                    for chunk in 0..block.chunks {
                        let x = block.fetch(*from, chunk);
                        block.store(*to, chunk, &x);
                    }
                }
            }
        }
    }
}

/// A stretch of a column, to be written.
#[inline(always)]
fn room<T>(column: &mut [T], at: usize) -> &mut [T; WIDTH] {
    column[at..].first_chunk_mut().expect("a chunk has its width")
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

/// Whole numbers of 32 bits as floats.
#[inline(always)]
pub(super) fn short_floats(column: &[i32; WIDTH]) -> Vector {
    let mut x = [0.0; WIDTH];
    for lane in 0..WIDTH {
        x[lane] = column[lane].into();
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

/// Floats that are whole numbers of 32 bits as such: the lower bits of what adding leaves.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "a result is within its bounds")]
fn short_integers(x: &Vector) -> [i32; WIDTH] {
    let mut n = [0; WIDTH];
    for lane in 0..WIDTH {
        n[lane] = (x[lane] + SHIFT).to_bits().cast_signed() as i32;
    }
    n
}

/// What can be read of one chunk in floats; a copy that stays in registers, which a block behind references
/// does not.
#[derive(Clone, Copy)]
pub(super) struct View<'b, 'c> {
    inputs: &'b [Chunks<'c>],
    in_column: usize,
    narrow: &'b [Vector],
    chunk: usize,
    chunks: usize,
}

impl View<'_, '_> {
    #[inline(always)]
    pub(super) fn fetch(self, place: Place) -> Vector {
        match place {
            Place::Input(column) => match self.inputs[column.index()] {
                Chunks::Whole64(chunks) => floats(&chunks[self.in_column]),
                Chunks::Whole32(chunks) => short_floats(&chunks[self.in_column]),
            },
            Place::Narrow(slot) => self.slot(slot),
            Place::Pair(_) | Place::Wide(_) | Place::Output(_) => {
                unreachable!("what is read in floats is kept in floats")
            }
        }
    }

    #[inline(always)]
    fn slot(self, slot: At) -> Vector {
        self.narrow[slot.index().wrapping_mul(self.chunks).wrapping_add(self.chunk)]
    }

    /// What a term of a form reads.
    #[inline(always)]
    pub(super) fn term<const FORM: u8>(self, place: Place) -> Vector {
        match (FORM & INPUT != 0, place) {
            (false, Place::Narrow(slot)) => self.slot(slot),
            (true, Place::Input(column)) => match (FORM & SHORT != 0, self.inputs[column.index()]) {
                (false, Chunks::Whole64(chunks)) => floats(&chunks[self.in_column]),
                (true, Chunks::Whole32(chunks)) => short_floats(&chunks[self.in_column]),
                (_, Chunks::Whole64(_) | Chunks::Whole32(_)) => {
                    unreachable!("the form says how wide a column is")
                }
            },
            (_, Place::Input(_) | Place::Narrow(_) | Place::Pair(_) | Place::Wide(_) | Place::Output(_)) => {
                unreachable!("the form says where a term is kept")
            }
        }
    }
}

impl Block<'_, '_, '_> {
    /// Where a chunk of this place is kept.
    #[inline(always)]
    pub(super) fn slot(&self, slot: At, chunk: usize) -> usize {
        slot.index().wrapping_mul(self.chunks).wrapping_add(chunk)
    }

    /// Where a chunk is in a column.
    #[inline(always)]
    pub(super) fn in_column(&self, chunk: usize) -> usize {
        self.first.wrapping_add(chunk)
    }

    /// The first scenario of a chunk.
    #[inline(always)]
    fn scenario(&self, chunk: usize) -> usize {
        self.in_column(chunk).wrapping_mul(WIDTH)
    }

    /// What can be read of a chunk.
    #[inline(always)]
    pub(super) fn view(&self, chunk: usize) -> View<'_, '_> {
        View {
            inputs: self.inputs,
            in_column: self.in_column(chunk),
            narrow: &self.kept.narrow,
            chunk,
            chunks: self.chunks,
        }
    }

    /// Facts of any size.
    #[inline(always)]
    pub(super) fn whole_facts(&self, column: At, chunk: usize) -> [i64; WIDTH] {
        let mut whole = [0; WIDTH];
        match self.inputs[column.index()] {
            Chunks::Whole64(chunks) => whole = chunks[self.in_column(chunk)],
            Chunks::Whole32(chunks) => {
                let numbers = &chunks[self.in_column(chunk)];
                for lane in 0..WIDTH {
                    whole[lane] = numbers[lane].into();
                }
            }
        }
        whole
    }

    /// Results, within their bounds.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "a result is within its bounds")]
    pub(super) fn write(&mut self, column: At, chunk: usize, results: &[i64; WIDTH]) {
        let at = self.scenario(chunk);
        match &mut self.outputs[column.index()] {
            Room::Whole64(column) => *room(column, at) = *results,
            Room::Whole32(column) => {
                let room = room(column, at);
                for lane in 0..WIDTH {
                    room[lane] = results[lane] as i32;
                }
            }
        }
    }

    #[inline(always)]
    pub(super) fn fetch(&self, place: Place, chunk: usize) -> Vector {
        self.view(chunk).fetch(place)
    }

    #[inline(always)]
    fn fetch_pairs(&self, place: Place, chunk: usize) -> Pairs {
        match place {
            Place::Pair(slot) => self.kept.pairs[self.slot(slot, chunk)],
            Place::Input(column) => {
                Pairs { near: self.fetch(place, chunk), bits: self.whole_facts(column, chunk) }
            }
            Place::Narrow(_) | Place::Wide(_) | Place::Output(_) => {
                Pairs::of_floats(self.fetch(place, chunk))
            }
        }
    }

    #[inline(always)]
    fn store_pairs(&mut self, place: Place, chunk: usize, x: &Pairs) {
        match place {
            Place::Pair(slot) => {
                let slot = self.slot(slot, chunk);
                self.kept.pairs[slot] = *x;
            }
            // A number below 2⁵¹, or a result, is its lower bits.
            Place::Narrow(_) => self.store(place, chunk, &floats(&x.bits)),
            Place::Output(column) => self.write(column, chunk, &x.bits),
            Place::Input(_) | Place::Wide(_) => unreachable!("a step in pairs writes pairs"),
        }
    }

    #[inline(always)]
    pub(super) fn store(&mut self, place: Place, chunk: usize, x: &Vector) {
        match place {
            Place::Narrow(slot) => {
                let slot = self.slot(slot, chunk);
                self.kept.narrow[slot] = *x;
            }
            Place::Output(column) => {
                let at = self.scenario(chunk);
                match &mut self.outputs[column.index()] {
                    Room::Whole64(column) => *room(column, at) = integers(x),
                    Room::Whole32(column) => *room(column, at) = short_integers(x),
                }
            }
            Place::Input(_) | Place::Pair(_) | Place::Wide(_) => {
                unreachable!("a step in floats writes floats")
            }
        }
    }
}

#[inline(always)]
fn pieces(block: &mut Block<'_, '_, '_>, x: Place, (cuts, lines): (&[f64], &[(f64, f64)]), to: Place) {
    for chunk in 0..block.chunks {
        let x = block.fetch(x, chunk);
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
        block.store(to, chunk, &y);
    }
}

#[inline(always)]
fn extreme(block: &mut Block<'_, '_, '_>, pick: Pick, terms: &[(f64, Place)], to: Place) {
    for chunk in 0..block.chunks {
        let mut best = block.fetch(terms[0].1, chunk);
        best.iter_mut().for_each(|x| *x *= terms[0].0);
        for (factor, place) in &terms[1..] {
            let x = block.fetch(*place, chunk);
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
        block.store(to, chunk, &best);
    }
}

#[inline(always)]
fn select(block: &mut Block<'_, '_, '_>, condition: Place, either: ((f64, Place), (f64, Place)), to: Place) {
    let ((then_factor, then), (otherwise_factor, otherwise)) = either;
    for chunk in 0..block.chunks {
        let (flag, then, otherwise) =
            (block.fetch(condition, chunk), block.fetch(then, chunk), block.fetch(otherwise, chunk));
        let mut y = [0.0; WIDTH];
        for lane in 0..WIDTH {
            let (yes, no) = (then[lane] * then_factor, otherwise[lane] * otherwise_factor);
            y[lane] = if flag[lane] > 0.0 { yes } else { no };
        }
        block.store(to, chunk, &y);
    }
}

#[inline(always)]
fn pair(block: &mut Block<'_, '_, '_>, op: &PairOp, error: f64, to: Place) {
    for chunk in 0..block.chunks {
        let result = match op {
            PairOp::Sum { constant, terms } => {
                let mut total = Pairs::constant(*constant);
                for term in terms {
                    total.add(&scaled(block, term, chunk));
                }
                total
            }
            PairOp::Product(x, y) => block.fetch_pairs(*x, chunk).times(&block.fetch_pairs(*y, chunk)),
            PairOp::Clamp { x, shift, least, most } => {
                let mut line = scaled(block, x, chunk);
                line.add(&Pairs::constant(*shift));
                let from_below = line.pick(&Pairs::constant(*least), Pick::Greatest, error);
                from_below.pick(&Pairs::constant(*most), Pick::Least, error)
            }
            PairOp::Extreme { pick, terms } => {
                let mut best = scaled(block, &terms[0], chunk);
                for term in &terms[1..] {
                    best = best.pick(&scaled(block, term, chunk), *pick, error);
                }
                best
            }
            PairOp::Select { condition, then, otherwise } => {
                let (then, otherwise) = (scaled(block, then, chunk), scaled(block, otherwise, chunk));
                Pairs::either(&block.fetch(*condition, chunk), &then, &otherwise)
            }
        };
        block.store_pairs(to, chunk, &result);
    }
}

/// A factor times a number; a function and no closure, which would be compiled without wide vectors.
#[inline(always)]
fn scaled(block: &Block<'_, '_, '_>, term: &PairTerm, chunk: usize) -> Pairs {
    block.fetch_pairs(term.x, chunk).scaled(term)
}
