//! Files of the field: read in every dialect that they come in, and written as others read them.

pub mod cells;
pub mod codes;
pub mod identifiers;
pub mod sheet;
pub mod text;
pub mod workbook;

pub use sheet::{Sheet, Table};
