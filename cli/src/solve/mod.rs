//! Solve: the arguments, the search, and its report.

pub mod arguments;
pub mod csv;
pub mod find;
pub mod json;
pub mod text;
