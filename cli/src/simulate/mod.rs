//! Simulations: run on several threads, printed, saved and put together again. All numbers come from
//! `carepact-scenarios`; here they are laid out.

pub mod csv;
pub mod json;
pub mod merge;
pub mod provenance;
pub mod replay;
pub mod report;
pub mod run;
pub mod text;
