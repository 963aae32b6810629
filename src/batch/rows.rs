//! Rows in and rows out: turned into columns block by block, and back.

use super::ahead::{OF_ROWS, Stretch};
use super::columns::{Chunks, Column, Room, Rows};
use super::run::Runner;
use super::{Batch, Mismatch, block};

/// Scenarios of a block: few enough for its rows, its columns and the rows of the next to stay in the first
/// cache. The number is known when this is compiled, so that no place is checked.
const BLOCK: usize = 48;
const CHUNKS: usize = BLOCK / block::WIDTH;

impl Batch<'_> {
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
        let numbers = Column::Whole64(rows.rows);
        self.admit(rows.extent(), count, &|column| (numbers.from(column), width))?;
        let mut facts = Facts::new(self);
        let mut results = vec![[0; BLOCK]; outputs];
        let mut runner = Runner::new(self, CHUNKS, &facts.columns(), &[]);
        for first in (0..count).step_by(BLOCK) {
            let here = BLOCK.min(count - first);
            facts.take(&rows.rows[first * width..(first + here) * width], width);
            let next = (first + here)..count.min(first + 2 * BLOCK);
            let read = rows.rows[next.start * width..next.end * width].chunks(OF_ROWS).map(Stretch::read);
            let written = out[next.start * outputs..next.end * outputs].chunks(OF_ROWS).map(Stretch::written);
            runner.ahead.expect(read.chain(written));
            let mut room: Vec<Room<'_>> = results.iter_mut().map(|column| Room::Whole64(column)).collect();
            let columns: Vec<Chunks<'_>> = facts.columns().into_iter().map(Column::chunks).collect();
            runner.block((0, CHUNKS), &columns, &mut room);
            let out = &mut out[first * outputs..(first + here) * outputs];
            for (lane, row) in (0..BLOCK).zip(out.chunks_exact_mut(outputs.max(1))) {
                for (value, result) in row.iter_mut().zip(&results) {
                    *value = result[lane];
                }
            }
        }
        Ok(())
    }
}

/// The facts of a block in columns: of 32 bits, which take less of the first cache, and of 64 where they
/// do not fit.
struct Facts {
    short: Vec<[i32; BLOCK]>,
    long: Vec<(usize, [i64; BLOCK])>,
}

impl Facts {
    fn new(batch: &Batch<'_>) -> Facts {
        let fits = |n: i64| i32::try_from(n).is_ok();
        let long = batch.inputs().iter().enumerate();
        let long = long.filter(|(_, input)| !(fits(input.least) && fits(input.most)));
        Facts {
            short: vec![[0; BLOCK]; batch.inputs().len()],
            long: long.map(|(column, _)| (column, [0; BLOCK])).collect(),
        }
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let mut columns: Vec<Column<'_>> = self.short.iter().map(|column| Column::Whole32(column)).collect();
        for (place, column) in &self.long {
            columns[*place] = Column::Whole64(column);
        }
        columns
    }

    /// Takes up to a block of rows; what fills it up is admissible: the last row again.
    #[allow(clippy::cast_possible_truncation, reason = "what does not fit is taken in 64 bits")]
    fn take(&mut self, rows: &[i64], width: usize) {
        let last = rows.rchunks_exact(width).take(1).cycle();
        for (lane, row) in (0..BLOCK).zip(rows.chunks_exact(width).chain(last)) {
            for (column, value) in self.short.iter_mut().zip(row) {
                column[lane] = *value as i32;
            }
            for (place, column) in &mut self.long {
                column[lane] = row[*place];
            }
        }
    }
}
