//! `print`: the statement of one party as a page.

pub mod arguments;
