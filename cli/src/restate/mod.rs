//! A restatement, printed.

pub mod arguments;
pub mod csv;
pub mod differences;
