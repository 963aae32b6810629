//! `import`: published files as observations of a contract.

pub mod arguments;
