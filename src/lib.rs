//! carepact
pub mod calendar;
pub mod contract;
pub mod formula;
pub mod num;
pub mod plan;
pub mod source;
pub mod unit;
pub use num::{Exact, Mode};
