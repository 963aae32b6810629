//! Documents with places, and diagnostics as data.
//!
//! Knows JSON, not contracts. Nothing here prints or reads a file.

pub mod catalogue;
mod diagnostic;
mod document;
pub mod rules;

pub use catalogue::Code;
pub use diagnostic::{Diagnostic, Location, Problems, Severity, did_you_mean};
pub use document::{Document, Json, Kind, Place, Span};
pub use rules::{Concern, Rule};
