//! The page of `docs/reference/` on published schemes: what is held against which cases, and what is not.

use super::results::Results;

/// A contract with the results of its cases.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// The contract's file, from the root of the repository.
    pub contract: String,
    /// The results of its cases.
    pub results: Results,
}

/// The page.
pub fn page(_schemes: &[Scheme]) -> String {
    String::new()
}
