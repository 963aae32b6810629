//! Columns of facts, with the least and the most of each: a batch is exact only for numbers that it
//! was compiled for, so nothing is run that was not looked at.

use super::Mismatch;

/// Facts of many scenarios, a column for each input of a batch.
#[derive(Debug, Clone)]
pub struct Columns<'c> {
    columns: Vec<&'c [i64]>,
    extent: Vec<(i64, i64)>,
    count: usize,
}

impl<'c> Columns<'c> {
    /// Looks through columns of the same length.
    ///
    /// # Errors
    /// When their lengths differ.
    pub fn new(columns: &[&'c [i64]]) -> Result<Columns<'c>, Mismatch> {
        let count = columns.first().map_or(0, |column| column.len());
        if let Some(column) = columns.iter().position(|column| column.len() != count) {
            return Err(Mismatch::Length { column, found: columns[column].len(), expected: count });
        }
        let extent = columns.iter().map(|column| extent(column.iter())).collect();
        Ok(Columns { columns: columns.to_vec(), extent, count })
    }

    /// How many scenarios; without any column there is just one.
    pub fn count(&self) -> usize {
        if self.columns.is_empty() { 1 } else { self.count }
    }

    /// The least and the most of each column.
    pub fn extent(&self) -> &[(i64, i64)] {
        &self.extent
    }

    pub(super) fn column(&self, input: usize) -> &'c [i64] {
        self.columns[input]
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
fn extent<'n>(numbers: impl Iterator<Item = &'n i64>) -> (i64, i64) {
    let join = |(least, most): (i64, i64), n: &i64| (least.min(*n), most.max(*n));
    numbers.fold((i64::MAX, i64::MIN), join)
}
