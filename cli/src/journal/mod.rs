//! `journal` and `balances`: what a statement means for a ledger.

pub mod arguments;
