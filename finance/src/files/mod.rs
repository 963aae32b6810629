//! Files of the field: read in every dialect that they come in, and written as others read them.

pub mod acm;
pub mod cells;
pub mod codes;
pub mod control;
pub mod export;
pub mod identifiers;
pub mod import;
pub mod layout;
pub mod mapping;
pub mod output;
pub mod sheet;
pub mod text;
pub mod workbook;

pub use sheet::{Sheet, Table};

/// The moment in UTC, for commands that were not told one.
pub fn moment() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
