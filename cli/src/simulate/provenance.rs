//! What a result rests on: SHA-256 of every file, and the version of carepact.

use std::path::{Path, PathBuf};

use carepact::Diagnostic;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::files;

/// What a result rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Of the contract.
    pub contract: String,
    /// Of the scenario file.
    pub scenarios: String,
    /// Of the files of the baseline, one after the other; of nothing when there is none.
    pub data: String,
    /// The version of carepact.
    pub version: String,
}

impl Provenance {
    /// Of these files.
    pub fn of(contract: &Path, scenarios: &Path, data: &[PathBuf]) -> Result<Provenance, Diagnostic> {
        Ok(Provenance {
            contract: hash([contract])?,
            scenarios: hash([scenarios])?,
            data: hash(data.iter().map(PathBuf::as_path))?,
            version: env!("CARGO_PKG_VERSION").to_string(),
        })
    }

    /// For tools.
    pub fn json(&self) -> Value {
        json!({ "contract_sha256": self.contract, "scenarios_sha256": self.scenarios,
            "data_sha256": self.data, "version": self.version })
    }

    /// Reads what [`Provenance::json`] wrote.
    pub fn from_json(json: &Value) -> Option<Provenance> {
        let text = |field: &str| Some(json.get(field)?.as_str()?.to_string());
        Some(Provenance {
            contract: text("contract_sha256")?,
            scenarios: text("scenarios_sha256")?,
            data: text("data_sha256")?,
            version: text("version")?,
        })
    }
}

/// SHA-256 of files, one after the other.
pub fn hash<'f>(files: impl IntoIterator<Item = &'f Path>) -> Result<String, Diagnostic> {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(files::read(file)?);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
