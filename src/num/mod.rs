//! Numbers: exact rationals, decimals at the boundary, rounding by name, splits that add up.
//!
//! Lowest layer; imports nothing of the crate.

mod apportion;
mod decimal;
mod exact;
mod piecewise;
mod range;
mod rounding;
mod small;

pub use apportion::{Division, Residue, apportion};
pub use decimal::DecimalError;
pub use exact::Exact;
pub use piecewise::{Breakpoint, Line, Piecewise};
pub use range::Range;
pub use rounding::Mode;
