//! What the next block reads and writes is asked for while this one is computed, so that it need not wait
//! for memory: columns are more streams than a processor follows on its own.

use std::ops::Range;

use branches::{prefetch_read_data, prefetch_write_data};

use super::columns::{Column, Room};

const CACHE_LINE: usize = 64;

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
    fn ask(self, lines: Range<usize>) {
        for line in lines {
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
    /// All lines, and how many of them have been asked for.
    lines: usize,
    asked: usize,
    /// The next line: its stretch, and its place there.
    next: (usize, usize),
    /// Steps of a block, and how many of them are done.
    steps: usize,
    done: usize,
}

impl Ahead {
    /// Blocks of so many steps.
    pub(super) fn new(steps: usize) -> Ahead {
        Ahead { steps, ..Ahead::default() }
    }

    /// What the next block reads and writes.
    pub(super) fn expect(&mut self, stretches: impl Iterator<Item = Stretch>) {
        self.stretches.clear();
        self.stretches.extend(stretches);
        self.lines = self.stretches.iter().map(|stretch| stretch.lines).sum();
        (self.asked, self.next, self.done) = (0, (0, 0), 0);
    }

    /// Asks for the share of a step.
    #[inline(always)]
    pub(super) fn step(&mut self) {
        self.done = self.done.wrapping_add(1);
        let due = self.lines.wrapping_mul(self.done).checked_div(self.steps).unwrap_or(0);
        while self.asked < due {
            let Some(stretch) = self.stretches.get(self.next.0) else { return };
            let (from, end) =
                (self.next.1, stretch.lines.min(self.next.1.wrapping_add(due.wrapping_sub(self.asked))));
            stretch.ask(from..end);
            self.asked = self.asked.wrapping_add(end.wrapping_sub(from));
            self.next =
                if end == stretch.lines { (self.next.0.wrapping_add(1), 0) } else { (self.next.0, end) };
        }
    }
}
