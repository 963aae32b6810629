//! The contract document: its declared form, and what was read from it.
//!
//! Knows JSON and names; knows neither the plan nor any data, and computes nothing.

mod coordinates;
pub mod curve;
pub mod fields;
pub mod kinds;
mod lookup;
mod model;
mod read;
mod read_axes;
mod read_clauses;
mod read_curves;
mod read_measures;
mod read_silences;
mod read_tables;
mod schema;
pub mod shape;

pub use coordinates::Coordinates;
pub use model::*;
pub use read::{RESERVED, read};
pub use read_tables::{brief, combinations, nested};
pub use schema::{schema, schema_of};
