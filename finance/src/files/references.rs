//! A column of references, where ten digits may have the check digit of an NHS number by chance.
//!
//! One number of ten digits in eleven has it. So where somebody says that references are not people, such
//! numbers are read; but not numbers that are written as NHS numbers are, in groups of 3, 3 and 4, and not a
//! column in which more of them have the check digit than chance lets be.

use carepact::Diagnostic;

use super::codes::{PATIENT, problem};
use super::identifiers;

/// The option that says it, which is named to whoever is refused.
pub const OPTION: &str = "--references-are-not-people";

/// Numbers with the check digit from which they are compared with those that lack it. Five that have it, and
/// fewer that do not, come by chance in less than one file in a thousand: of nine, 126 choices of five times
/// one in eleven to the fifth is 0.0008.
const TOO_MANY: usize = 5;

/// Looks at the cells of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct References {
    /// Where the column is.
    pub column: usize,
    /// True where somebody said that references are not people.
    said: bool,
    ten_digits: usize,
    checked: usize,
}

impl References {
    /// A column of references.
    pub fn new(column: usize, said: bool) -> References {
        References { column, said, ten_digits: 0, checked: 0 }
    }

    /// True for a cell that is read; `is_number` says that it has the check digit.
    pub fn reads(&mut self, cell: &str, is_number: bool) -> bool {
        if self.said && identifiers::has_ten_digits(cell) {
            self.ten_digits += 1;
            self.checked += usize::from(is_number);
        }
        !is_number || (self.said && !identifiers::grouped_number_in(cell))
    }

    /// What to do about a reference that is refused.
    pub fn remedy(&self) -> String {
        if self.said {
            return "write it without spaces or hyphens, if it is no NHS number".to_string();
        }
        format!(
            "give payments without what identifies people; where references are numbers of ten digits, of which \
             one in eleven has such a check digit by chance, and no people, say {OPTION}"
        )
    }

    /// How many were read that have the check digit.
    pub fn read(&self) -> usize {
        self.checked
    }

    /// Refuses a column of NHS numbers, whatever was said of it.
    pub fn refuse_too_many(&self, name: &str) -> Result<(), Diagnostic> {
        if self.checked < TOO_MANY || self.checked * 2 <= self.ten_digits {
            return Ok(());
        }
        let found = format!(
            "{name}: {} of {} references of ten digits have the check digit of an NHS number; by chance it is one in \
             eleven",
            self.checked, self.ten_digits
        );
        Err(problem(&PATIENT, found, "give payments with references that are not people"))
    }
}
