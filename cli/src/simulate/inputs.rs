//! The files of a simulation: the scenario file and the baseline.

use std::path::Path;

use carepact::scenario::{ScenarioFile, read};
use carepact::{Diagnostic, Document, Observations};

use super::arguments::DrawArguments;
use crate::answer::Refusal;
use crate::observations::Unread;
use crate::{files, observations};

/// Reads a scenario file that must be without problems.
pub fn scenario_file(file: &Path) -> Result<ScenarioFile, Refusal> {
    let text = files::read_text(file).map_err(Refusal::of)?;
    match read(&text) {
        (Some(read), problems) if problems.is_empty() => Ok(read),
        (_, problems) => {
            let document = Some(Box::new(Document::unread(&text)));
            Err(Refusal { name: files::name(file), document, problems })
        }
    }
}

/// Problems that were found when a scenario file was held against a contract.
pub fn in_scenarios(file: &Path, read: &ScenarioFile, problems: Vec<Diagnostic>) -> Refusal {
    Refusal { name: files::name(file), document: Some(Box::new(read.document.clone())), problems }
}

/// Reads the baseline.
pub fn baseline(arguments: &DrawArguments) -> Result<Observations, Refusal> {
    observations::read(&arguments.observations, None).map_err(|unread| match unread {
        Unread::Files(problems) | Unread::Mapping(problems) => {
            Refusal { name: String::new(), document: None, problems }
        }
    })
}
