//! carepact under uncertainty: what a contract does when its outcomes are not known yet.
//!
//! Draws are floats until they are rounded to the grid of their measure; every payment is then
//! exact, as the engine evaluates it.

pub mod luck;
