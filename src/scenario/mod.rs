//! Scenarios: what is not known yet, said as distributions about a baseline.
//!
//! A scenario file names measures of a contract and how their observations may come out. It is read
//! here, held against a contract and its baseline, and comes out as a list of [`Drawn`] numbers with
//! exact parameters. Nothing is drawn here: that needs floats, and is done by `carepact-scenarios`.
//!
//! A level is worked out in this order: its distribution (relative to the baseline where it says so),
//! the trend over the years, shocks that multiply, shocks that add, its own limits. Chance then makes
//! the observed number of it, which is brought into the range and onto the grid of the measure.

mod baseline;
mod correlate;
mod fields;
mod fits;
mod holders;
mod keys;
mod levels;
mod names;
mod prepare;
mod prepared;
mod read;
mod spread;
mod thresholds;

pub use fields::{PAGES, SCENARIOS};
pub use prepare::{prepare, prepare_changed};
pub use prepared::{Correlated, Drawn, Level, Moved, Prepared, ShockDraw, Target, Threshold};
pub use read::{Correlation, Draw, Movement, ScenarioFile, Shock, Word, read};
pub use spread::{Chance, Distribution, Relation, Spread};

use crate::contract::schema_of;

/// The JSON Schema of scenario files.
pub fn schema() -> serde_json::Value {
    schema_of(&SCENARIOS, "carepact scenarios")
}
