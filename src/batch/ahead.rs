//! What the next block reads and writes is asked for while this one is computed, so that it need not wait
//! for memory: columns are more streams than a processor follows on its own.

use std::ops::Range;

use branches::{prefetch_read_data, prefetch_write_data};

use super::columns::{Column, Room};

const CACHE_LINE: usize = 64;
/// Numbers of 64 bits in a stretch of rows: eight lines.
pub(super) const OF_ROWS: usize = 64;

/// A part of memory by its address alone; nothing is read through it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    start: *const u8,
    lines: usize,
    to_be_written: bool,
}

impl Stretch {
    /// Numbers to be read.
    pub(super) fn read<T>(numbers: &[T]) -> Stretch {
        let lines = size_of_val(numbers).div_ceil(CACHE_LINE);
        Stretch { start: numbers.as_ptr().cast(), lines, to_be_written: false }
    }

    /// Room to be written.
    pub(super) fn written<T>(room: &[T]) -> Stretch {
        Stretch { to_be_written: true, ..Stretch::read(room) }
    }

    /// Some scenarios of a column of facts.
    pub(super) fn facts(column: Column<'_>, scenarios: Range<usize>) -> Stretch {
        match column {
            Column::Whole64(numbers) => Stretch::read(numbers.get(scenarios).unwrap_or_default()),
            Column::Whole32(numbers) => Stretch::read(numbers.get(scenarios).unwrap_or_default()),
        }
    }

    /// Some scenarios of a column of results.
    pub(super) fn results(room: &Room<'_>, scenarios: Range<usize>) -> Stretch {
        match room {
            Room::Whole64(room) => Stretch::written(room.get(scenarios).unwrap_or_default()),
            Room::Whole32(room) => Stretch::written(room.get(scenarios).unwrap_or_default()),
        }
    }

    #[inline(always)]
    fn ask(self) {
        for line in 0..self.lines {
            let line = self.start.wrapping_add(line.wrapping_mul(CACHE_LINE));
            if self.to_be_written {
                prefetch_write_data::<_, 0>(line);
            } else {
                prefetch_read_data::<_, 0>(line);
            }
        }
    }
}

/// What is asked for step by step: a few lines at a time, since a processor waits with more of them than it
/// has places for.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    stretches: Vec<Stretch>,
    /// How many stretches have been asked for.
    asked: usize,
    /// Steps of a block, and how many of them are done.
    steps: usize,
    done: usize,
}

impl Ahead {
    /// Blocks of so many steps.
    pub(super) fn new(steps: usize) -> Ahead {
        Ahead { steps, ..Ahead::default() }
    }

    /// What the next block reads and writes, in stretches of some ten lines.
    pub(super) fn expect(&mut self, stretches: impl Iterator<Item = Stretch>) {
        self.stretches.clear();
        self.stretches.extend(stretches);
        (self.asked, self.done) = (0, 0);
    }

    /// Asks for the share of a step.
    #[inline(always)]
    pub(super) fn step(&mut self) {
        self.done = self.done.wrapping_add(1);
        let due = self.stretches.len().wrapping_mul(self.done).checked_div(self.steps).unwrap_or(0);
        for stretch in self.stretches.get(self.asked..due).unwrap_or_default() {
            stretch.ask();
        }
        self.asked = due;
    }
}
