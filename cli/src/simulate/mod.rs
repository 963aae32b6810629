//! Simulations: run on several threads, printed, saved and put together again. All numbers come from
//! `carepact-scenarios`; here they are laid out.

pub mod arguments;
pub mod comparison;
pub mod csv;
pub mod holders;
pub mod inputs;
pub mod json;
pub mod layout;
pub mod merge;
mod parquet;
pub mod provenance;
pub mod raw;
pub mod replay;
pub mod report;
pub mod run;
pub mod text;
