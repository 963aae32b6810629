//! Runs a batch, block after block.

use std::borrow::Cow;
use std::iter;

use super::admitted::{Spaced, check, check_grid};
use super::ahead::{Ahead, Stretch};
use super::block::{Block, Kept, Run, WIDTH};
use super::columns::{Chunks, Column, Columns, Room};
use super::exactly::{ExactLane, Tables};
use super::program::{Program, Stage};
use super::{Batch, Mismatch, wide};

impl Batch<'_> {
    /// Computes all scenarios: result `i` of output `j` goes to `out[j][i]`. There is room for 32 bits where
    /// the batch's [`Batch::extent`] of the output fits into them.
    ///
    /// # Errors
    /// When a column reaches beyond what the batch was compiled for, results could be larger than there is
    /// room for, or the columns do not match; nothing is written then.
    pub fn run<'r>(
        &self,
        columns: &Columns<'_>,
        out: impl IntoIterator<Item: Into<Room<'r>>>,
    ) -> Result<(), Mismatch> {
        let count = columns.count();
        let mut out: Vec<Room<'r>> = out.into_iter().map(Into::into).collect();
        self.admit_results(&out, count)?;
        self.admit(columns.extent(), count, &|input| (columns.all()[input], 1))?;
        self.compute(count, columns.all(), &[], &mut out);
        Ok(())
    }

    /// Computes lanes that are admitted: columns of facts first, then those of statistics.
    pub(super) fn compute(
        &self,
        count: usize,
        columns: &[Column<'_>],
        tables: &Tables,
        out: &mut [Room<'_>],
    ) {
        let chunks = self.program.chunks;
        let mut runner = Runner::new(self, chunks, columns, tables);
        let facts: Vec<Chunks<'_>> = columns.iter().map(|column| column.chunks()).collect();
        let whole = count - count % WIDTH;
        for first in (0..whole).step_by(chunks * WIDTH) {
            let next = first + chunks * WIDTH;
            let next = next.min(whole)..whole.min(next + chunks * WIDTH);
            let read = columns.iter().map(|column| Stretch::facts(*column, next.clone()));
            let written = out.iter().map(|room| Stretch::results(room, next.clone()));
            runner.ahead.expect(read.chain(written));
            let chunks = chunks.min((whole - first) / WIDTH);
            runner.block((first / WIDTH, chunks), &facts, out);
        }
        if whole < count {
            // What fills the last chunk up is admissible: the last scenario again.
            let filled: Vec<Filled> =
                columns.iter().map(|column| Filled::new(*column, whole, count)).collect();
            let facts: Vec<Chunks<'_>> = filled.iter().map(Filled::chunks).collect();
            let mut results = vec![[0; WIDTH]; out.len()];
            let mut rooms: Vec<Room<'_>> = results.iter_mut().map(|column| Room::Whole64(column)).collect();
            runner.ahead.expect(iter::empty());
            runner.block((0, 1), &facts, &mut rooms);
            for (room, result) in out.iter_mut().zip(&results) {
                room.write(whole, &result[..count - whole]);
            }
        }
    }

    /// Refuses what the batch was not compiled for, or what the contract does not admit.
    pub(super) fn admit<'n>(
        &self,
        extent: &[(i64, i64)],
        count: usize,
        column: &dyn Fn(usize) -> Spaced<'n>,
    ) -> Result<(), Mismatch> {
        let inputs = self.inputs();
        if extent.len() != inputs.len() {
            return Err(Mismatch::Columns { found: extent.len(), expected: inputs.len() });
        }
        for (place, ((least, most), input)) in extent.iter().zip(inputs).enumerate() {
            if least <= most && (*least < input.least || *most > input.most) {
                return Err(Mismatch::OutOfRange { column: place, least: *least, most: *most });
            }
            check_grid(place, input, count, column(place))?;
        }
        check(&self.program.ratios, count, column)
    }

    pub(super) fn admit_results(&self, out: &[Room<'_>], count: usize) -> Result<(), Mismatch> {
        if out.len() != self.units().len() {
            return Err(Mismatch::Columns { found: out.len(), expected: self.units().len() });
        }
        for (output, (room, (least, most))) in out.iter().zip(self.extent()).enumerate() {
            if room.len() != count {
                return Err(Mismatch::Length { column: output, found: room.len(), expected: count });
            }
            let fits = i32::try_from(*least).is_ok() && i32::try_from(*most).is_ok();
            if matches!(room, Room::Whole32(_)) && !fits {
                return Err(Mismatch::Room { output, least: *least, most: *most });
            }
        }
        Ok(())
    }
}

/// The last scenarios of a column, the very last one again and again up to a whole chunk.
enum Filled {
    Whole64([i64; WIDTH]),
    Whole32([i32; WIDTH]),
}

impl Filled {
    fn new(column: Column<'_>, first: usize, count: usize) -> Filled {
        let scenario = |lane: usize| (first + lane).min(count - 1);
        match column {
            Column::Whole64(numbers) => Filled::Whole64(std::array::from_fn(|lane| numbers[scenario(lane)])),
            Column::Whole32(numbers) => Filled::Whole32(std::array::from_fn(|lane| numbers[scenario(lane)])),
        }
    }

    fn chunks(&self) -> Chunks<'_> {
        match self {
            Filled::Whole64(numbers) => Chunks::Whole64(std::slice::from_ref(numbers)),
            Filled::Whole32(numbers) => Chunks::Whole32(std::slice::from_ref(numbers)),
        }
    }
}

/// So many steps, and the jumps to their loops are foreseen by a processor that has seen a few blocks.
const FORESEEN: usize = 256;

/// Steps in floats of a block.
fn steps(stages: &[Stage]) -> usize {
    let floats = stages.iter().map(|stage| match stage {
        Stage::Floats(steps) => steps.len(),
        Stage::Wide { .. } | Stage::Split { .. } | Stage::Exactly { .. } => 0,
    });
    floats.sum()
}

/// What is kept from one block to the next.
pub(super) struct Runner<'b> {
    batch: &'b Batch<'b>,
    stages: Cow<'b, [Stage]>,
    kept: Kept,
    by_form: bool,
    /// What the block after the one to be computed reads and writes.
    pub(super) ahead: Ahead,
    arch: pulp::Arch,
    exactly: Option<ExactLane<'b>>,
}

impl<'b> Runner<'b> {
    /// For blocks of up to so many chunks, from columns of these widths.
    pub(super) fn new(
        batch: &'b Batch<'b>,
        chunks: usize,
        columns: &[Column<'_>],
        tables: &'b Tables,
    ) -> Runner<'b> {
        let Program { stages, narrow_slots, pair_slots, wide_slots, exactly, .. } = &batch.program;
        let kept = Kept::new((*narrow_slots, *pair_slots, *wide_slots), chunks);
        let nodes = exactly.iter().map(|(node, _)| *node);
        let exactly = (!exactly.is_empty()).then(|| ExactLane::new(batch, nodes, tables));
        let is_short = |column: usize| matches!(columns[column], Column::Whole32(_));
        let stages = if (0..columns.len()).any(is_short) {
            stages.iter().map(|stage| stage.of_widths(&is_short)).collect()
        } else {
            Cow::Borrowed(&stages[..])
        };
        let steps = steps(&stages);
        let (by_form, ahead) = (steps > FORESEEN, Ahead::new(steps));
        Runner { batch, stages, kept, by_form, ahead, arch: pulp::Arch::new(), exactly }
    }

    /// Computes so many chunks from the first one on.
    pub(super) fn block(
        &mut self,
        (first, chunks): (usize, usize),
        inputs: &[Chunks<'_>],
        outputs: &mut [Room<'_>],
    ) {
        let (by_form, ahead) = (self.by_form, &mut self.ahead);
        let mut block = Block { inputs, kept: &mut self.kept, outputs, first, chunks, by_form, ahead };
        for stage in &*self.stages {
            match stage {
                Stage::Floats(steps) => self.arch.dispatch(Run { steps, block: &mut block }),
                Stage::Wide { op, to } => wide::run(op, &mut block, *to),
                Stage::Split { total, weights, mode, residue, to } => {
                    wide::split(&mut block, (*total, weights), (*mode, *residue), to);
                }
                Stage::Exactly { to } => {
                    if let Some(exactly) = &mut self.exactly {
                        exactly.run(&self.batch.program.exactly, &mut block, to);
                    }
                }
            }
        }
    }
}
