//! Runs a batch, block after block.

use super::admitted::{Spaced, check, check_grid};
use super::block::{BLOCK, Block, Column, Kept, Results, Run};
use super::exactly::{ExactLane, Tables};
use super::program::{Program, Stage};
use super::{Batch, Columns, Mismatch, Rows, wide};

const WHOLE: &str = "a whole block";

impl Batch<'_> {
    /// Computes all scenarios: result `i` of output `j` goes to `out[j][i]`.
    ///
    /// # Errors
    /// When a column reaches beyond what the batch was compiled for, or the columns do not match;
    /// nothing is written then.
    pub fn run(&self, columns: &Columns<'_>, out: &mut [&mut [i64]]) -> Result<(), Mismatch> {
        let count = columns.count();
        self.admit_results(out, count)?;
        self.admit(columns.extent(), count, &|column| (columns.column(column), 1))?;
        self.compute(count, &|column| columns.column(column), &[], out);
        Ok(())
    }

    /// Computes lanes that are admitted: columns of facts first, then those of statistics.
    pub(super) fn compute<'c>(
        &self,
        count: usize,
        column: &dyn Fn(usize) -> &'c [i64],
        tables: &Tables,
        out: &mut [&mut [i64]],
    ) {
        let mut runner = Runner::new(self, tables);
        let all = self.inputs().len() + self.program.given.columns;
        let whole = count - count % BLOCK;
        for first in (0..whole).step_by(BLOCK) {
            let block = first..first + BLOCK;
            let next = first + BLOCK..whole.min(first + 2 * BLOCK);
            (0..all).for_each(|input| warm(&column(input)[next.clone()]));
            let inputs = (0..all).map(|input| &column(input)[block.clone()]);
            let inputs: Vec<Column<'_>> = inputs.map(|column| column.try_into().expect(WHOLE)).collect();
            let results = out.iter_mut().map(|column| &mut column[block.clone()]);
            let mut results: Vec<Results<'_>> =
                results.map(|column| column.try_into().expect(WHOLE)).collect();
            runner.block(&inputs, &mut results);
        }
        if whole < count {
            // What fills the last block up is admissible: the last scenario again.
            let filled = |input: usize| -> [i64; BLOCK] {
                let column = column(input);
                std::array::from_fn(|lane| column[(whole + lane).min(count - 1)])
            };
            let inputs: Vec<[i64; BLOCK]> = (0..all).map(filled).collect();
            let mut results = vec![[0; BLOCK]; out.len()];
            runner.block(&inputs.iter().collect::<Vec<_>>(), &mut results.iter_mut().collect::<Vec<_>>());
            for (column, result) in out.iter_mut().zip(&results) {
                column[whole..].copy_from_slice(&result[..count - whole]);
            }
        }
    }

    /// Computes all scenarios: result `j` of scenario `i` goes to `out[i · outputs + j]`.
    ///
    /// # Errors
    /// When a column reaches beyond what the batch was compiled for, or the rows do not match;
    /// nothing is written then.
    pub fn run_rows(&self, rows: &Rows<'_>, out: &mut [i64]) -> Result<(), Mismatch> {
        let (count, width, outputs) = (rows.count(), rows.width, self.units().len());
        if out.len() != count * outputs {
            return Err(Mismatch::Results { found: out.len(), expected: count * outputs });
        }
        self.admit(rows.extent(), count, &|column| (&rows.rows[column.min(rows.rows.len())..], width))?;
        let mut columns = vec![[0; BLOCK]; width];
        let mut results = vec![[0; BLOCK]; outputs];
        let mut runner = Runner::new(self, &[]);
        for first in (0..count).step_by(BLOCK) {
            let here = BLOCK.min(count - first);
            for lane in 0..BLOCK {
                let row = first + lane.min(here - 1);
                let row = &rows.rows[row * width..(row + 1) * width];
                for (column, value) in columns.iter_mut().zip(row) {
                    column[lane] = *value;
                }
            }
            let inputs: Vec<Column<'_>> = columns.iter().collect();
            runner.block(&inputs, &mut results.iter_mut().collect::<Vec<_>>());
            let out = &mut out[first * outputs..(first + here) * outputs];
            for (lane, row) in out.chunks_exact_mut(outputs.max(1)).enumerate() {
                for (value, result) in row.iter_mut().zip(&results) {
                    *value = result[lane];
                }
            }
        }
        Ok(())
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

    pub(super) fn admit_results(&self, out: &[&mut [i64]], count: usize) -> Result<(), Mismatch> {
        if out.len() != self.units().len() {
            return Err(Mismatch::Columns { found: out.len(), expected: self.units().len() });
        }
        match out.iter().position(|column| column.len() != count) {
            Some(column) => Err(Mismatch::Length { column, found: out[column].len(), expected: count }),
            None => Ok(()),
        }
    }
}

/// Reads a number of every cache line, so that the next block need not wait for memory.
fn warm(column: &[i64]) {
    let touched = column.iter().step_by(8).fold(0, |all, n| all ^ n);
    std::hint::black_box(touched);
}

/// What is kept from one block to the next.
struct Runner<'b> {
    batch: &'b Batch<'b>,
    kept: Kept,
    arch: pulp::Arch,
    exactly: Option<ExactLane<'b>>,
}

impl<'b> Runner<'b> {
    fn new(batch: &'b Batch<'b>, tables: &'b Tables) -> Runner<'b> {
        let Program { narrow_slots, pair_slots, wide_slots, exactly, .. } = &batch.program;
        let kept = Kept {
            narrow: vec![[0.0; BLOCK]; *narrow_slots],
            pairs: vec![([0.0; BLOCK], [0; BLOCK]); *pair_slots],
            wide: vec![[0; BLOCK]; *wide_slots],
        };
        let nodes = exactly.iter().map(|(node, _)| *node);
        let exactly = (!exactly.is_empty()).then(|| ExactLane::new(batch, nodes, tables));
        Runner { batch, kept, arch: pulp::Arch::new(), exactly }
    }

    fn block<'c>(&mut self, inputs: &[Column<'c>], outputs: &mut [Results<'c>]) {
        let mut block = Block { inputs, kept: &mut self.kept, outputs };
        for stage in &self.batch.program.stages {
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
