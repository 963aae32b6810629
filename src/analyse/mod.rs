//! What a contract does, proved before any data: readings of the plan as intervals and as responses.
//!
//! Knows nodes and lines, not kinds of clause. A bound is sound for every admissible observation; where
//! it is not tight, the finding says so. `docs/internals/analysis.md` states each rule and its limits.

mod exposure;
mod response;
mod search;
mod subject;
mod sums;
mod variables;

pub use exposure::{Analysis, End, Exposure};
pub use search::Budget;
pub use subject::{Subject, periods, subjects};
pub use variables::{Source, Variable, Variables};

use crate::Model;

impl Model {
    /// Makes the model ready to be analysed.
    pub fn analysis(&self, budget: Budget) -> Analysis<'_> {
        Analysis::new(self, budget)
    }
}
