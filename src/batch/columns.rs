//! Columns of facts, with the least and the most of each: a batch is exact only for numbers that it
//! was compiled for, so nothing is run that was not looked at. And room for columns of results.

use std::ops::Range;

use super::Mismatch;
use super::block::WIDTH;

/// A column of whole numbers: of 64 bits, or of 32, which take half the memory and half the time to read
/// from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column<'c> {
    /// Integers of 64 bits.
    Whole64(&'c [i64]),
    /// Integers of 32 bits.
    Whole32(&'c [i32]),
}

impl<'c> Column<'c> {
    /// How many numbers.
    pub fn len(&self) -> usize {
        match self {
            Column::Whole64(numbers) => numbers.len(),
            Column::Whole32(numbers) => numbers.len(),
        }
    }

    /// True without any number.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a scenario.
    #[inline]
    pub fn at(&self, scenario: usize) -> i64 {
        match self {
            Column::Whole64(numbers) => numbers[scenario],
            Column::Whole32(numbers) => numbers[scenario].into(),
        }
    }

    /// The column from a scenario on.
    pub(super) fn from(self, first: usize) -> Column<'c> {
        match self {
            Column::Whole64(numbers) => Column::Whole64(&numbers[first.min(numbers.len())..]),
            Column::Whole32(numbers) => Column::Whole32(&numbers[first.min(numbers.len())..]),
        }
    }

    /// The numbers of some scenarios, in 64 bits.
    pub(super) fn copied(&self, scenarios: Range<usize>) -> Vec<i64> {
        match self {
            Column::Whole64(numbers) => numbers[scenarios].to_vec(),
            Column::Whole32(numbers) => numbers[scenarios].iter().map(|n| i64::from(*n)).collect(),
        }
    }

    /// The column in whole chunks.
    pub(super) fn chunks(self) -> Chunks<'c> {
        match self {
            Column::Whole64(numbers) => Chunks::Whole64(numbers.as_chunks().0),
            Column::Whole32(numbers) => Chunks::Whole32(numbers.as_chunks().0),
        }
    }

    /// The least and the most number.
    pub(super) fn extent(&self) -> (i64, i64) {
        match self {
            Column::Whole64(numbers) => extent(numbers.iter()),
            Column::Whole32(numbers) => extent(numbers.iter()),
        }
    }
}

/// A column cut into chunks, so that to find one takes one comparison.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chunks<'c> {
    Whole64(&'c [[i64; WIDTH]]),
    Whole32(&'c [[i32; WIDTH]]),
}

impl Chunks<'_> {
    /// The number of a lane of a chunk.
    pub(super) fn at(&self, chunk: usize, lane: usize) -> i64 {
        match self {
            Chunks::Whole64(chunks) => chunks[chunk][lane],
            Chunks::Whole32(chunks) => chunks[chunk][lane].into(),
        }
    }
}

/// Facts of many scenarios, a column for each input of a batch.
#[derive(Debug, Clone)]
pub struct Columns<'c> {
    columns: Vec<Column<'c>>,
    extent: Vec<(i64, i64)>,
    count: usize,
}

impl<'c> Columns<'c> {
    /// Looks through columns of the same length: slices of integers, or [`Column`]s where some have 32 bits
    /// and others 64.
    ///
    /// # Errors
    /// When their lengths differ.
    pub fn new<C: Into<Column<'c>> + Copy>(columns: &[C]) -> Result<Columns<'c>, Mismatch> {
        let columns: Vec<Column<'c>> = columns.iter().map(|column| (*column).into()).collect();
        let count = columns.first().map_or(0, Column::len);
        if let Some(column) = columns.iter().position(|column| column.len() != count) {
            return Err(Mismatch::Length { column, found: columns[column].len(), expected: count });
        }
        let extent = columns.iter().map(Column::extent).collect();
        Ok(Columns { columns, extent, count })
    }

    /// How many scenarios; without any column there is just one.
    pub fn count(&self) -> usize {
        if self.columns.is_empty() { 1 } else { self.count }
    }

    /// The least and the most of each column.
    pub fn extent(&self) -> &[(i64, i64)] {
        &self.extent
    }

    pub(super) fn all(&self) -> &[Column<'c>] {
        &self.columns
    }
}

/// Room for a column of results, in integers of 64 bits, or of 32 where all results are sure to fit:
/// see [`super::Batch::extent`].
#[derive(Debug, PartialEq, Eq)]
pub enum Room<'r> {
    /// Integers of 64 bits.
    Whole64(&'r mut [i64]),
    /// Integers of 32 bits.
    Whole32(&'r mut [i32]),
}

/// What is a column, or room for one.
macro_rules! columns_of {
    ($number:ty, $whole:ident) => {
        impl<'c> From<&'c [$number]> for Column<'c> {
            fn from(numbers: &'c [$number]) -> Column<'c> {
                Column::$whole(numbers)
            }
        }

        impl<'c> From<&'c Vec<$number>> for Column<'c> {
            fn from(numbers: &'c Vec<$number>) -> Column<'c> {
                Column::$whole(numbers)
            }
        }

        impl<'r> From<&'r mut [$number]> for Room<'r> {
            fn from(room: &'r mut [$number]) -> Room<'r> {
                Room::$whole(room)
            }
        }

        impl<'r> From<&'r mut &mut [$number]> for Room<'r> {
            fn from(room: &'r mut &mut [$number]) -> Room<'r> {
                Room::$whole(room)
            }
        }

        impl<'r> From<&'r mut Vec<$number>> for Room<'r> {
            fn from(room: &'r mut Vec<$number>) -> Room<'r> {
                Room::$whole(room)
            }
        }
    };
}

columns_of!(i64, Whole64);
columns_of!(i32, Whole32);

impl<'r> From<&'r mut Room<'_>> for Room<'r> {
    fn from(room: &'r mut Room<'_>) -> Room<'r> {
        match room {
            Room::Whole64(room) => Room::Whole64(room),
            Room::Whole32(room) => Room::Whole32(room),
        }
    }
}

impl Room<'_> {
    /// For how many results.
    pub fn len(&self) -> usize {
        match self {
            Room::Whole64(room) => room.len(),
            Room::Whole32(room) => room.len(),
        }
    }

    /// True without any room.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A part of it.
    pub(super) fn part(&mut self, scenarios: Range<usize>) -> Room<'_> {
        match self {
            Room::Whole64(room) => Room::Whole64(&mut room[scenarios]),
            Room::Whole32(room) => Room::Whole32(&mut room[scenarios]),
        }
    }

    /// Writes results, which are within its bounds.
    pub(super) fn write(&mut self, first: usize, results: &[i64]) {
        let part = first..first + results.len();
        match self {
            Room::Whole64(room) => room[part].copy_from_slice(results),
            Room::Whole32(room) => {
                for (place, result) in room[part].iter_mut().zip(results) {
                    *place = i32::try_from(*result).expect("a result is within its bounds");
                }
            }
        }
    }
}

/// Facts of many scenarios, scenario by scenario.
#[derive(Debug, Clone)]
pub struct Rows<'r> {
    pub(super) rows: &'r [i64],
    pub(super) width: usize,
    extent: Vec<(i64, i64)>,
}

impl<'r> Rows<'r> {
    /// Looks through rows of `width` numbers each.
    ///
    /// # Errors
    /// When the last row is not whole.
    pub fn new(rows: &'r [i64], width: usize) -> Result<Rows<'r>, Mismatch> {
        if width == 0 || !rows.len().is_multiple_of(width) {
            let found = rows.len().checked_rem(width).unwrap_or(0);
            return Err(Mismatch::Columns { found, expected: width });
        }
        let extent = (0..width).map(|column| extent(rows.iter().skip(column).step_by(width)));
        Ok(Rows { rows, width, extent: extent.collect() })
    }

    /// How many scenarios.
    pub fn count(&self) -> usize {
        self.rows.len() / self.width
    }

    /// The least and the most of each column.
    pub fn extent(&self) -> &[(i64, i64)] {
        &self.extent
    }
}

/// The least and the most; of nothing, a range that nothing exceeds.
fn extent<'n, N: Into<i64> + Ord + Copy + 'n>(mut numbers: impl Iterator<Item = &'n N>) -> (i64, i64) {
    let Some(first) = numbers.next() else { return (i64::MAX, i64::MIN) };
    let join = |(least, most): (N, N), n: &N| (least.min(*n), most.max(*n));
    let (least, most) = numbers.fold((*first, *first), join);
    (least.into(), most.into())
}
