//! `export`: a statement as files that others read.

pub mod arguments;
pub mod parquet;
