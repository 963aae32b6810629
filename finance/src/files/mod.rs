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
pub mod references;
pub mod sheet;
pub mod text;
pub mod workbook;

pub use sheet::{Sheet, Table};

/// The moment in UTC, for commands that were not told one.
pub fn moment() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Reads a moment that is given, such as `2026-12-15T09:00:00`, or a day; it is kept as it is written.
///
/// # Errors
/// What would be right, in words.
pub fn moment_given(text: &str) -> Result<String, String> {
    let is_civil = text.parse::<jiff::civil::DateTime>().is_ok();
    let is_known = is_civil || text.parse::<jiff::Timestamp>().is_ok();
    is_known.then(|| text.to_string()).ok_or_else(|| "write it as 2026-12-15T09:00:00".to_string())
}
