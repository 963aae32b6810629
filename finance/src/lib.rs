//! carepact for finance teams: what is due, what was paid, and why they differ.
//!
//! The engine states a contract; this crate keeps what was stated in a book, holds payments against it, and
//! writes the files a finance team already uses. It reads files and a database; the engine does not.

pub mod attribution;
pub mod book;
pub mod disclosure;
pub mod files;
pub mod journal;
pub mod printed;
pub mod reconcile;
pub mod restatement;
pub mod workbook;
