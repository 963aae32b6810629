//! The files of a simulation: the scenario file and the baseline.

use std::path::Path;

use carepact::scenario::{ScenarioFile, Word, read};
use carepact::{Diagnostic, Document, Model, Observations};

use super::arguments::DrawArguments;
use crate::answer::Refusal;
use crate::commands::{Tables, observed};
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

/// Reads the baseline; tables with a row for each holder as the contract names their columns.
pub fn baseline(
    (contract, model): (&Path, &Model),
    arguments: &DrawArguments,
    period: Option<&Word>,
) -> Result<Observations, Refusal> {
    if arguments.for_each.is_some() {
        let of_file = period.map(|(key, _)| key.as_str());
        let tables = Tables {
            contract,
            observations: &arguments.observations,
            for_each: arguments.for_each.as_deref(),
            mapping: arguments.mapping.as_deref(),
            period: arguments.period.as_deref().or(of_file),
        };
        return observed(model, &tables);
    }
    observations::read(&arguments.observations, None).map_err(|unread| match unread {
        Unread::Files(problems) | Unread::Mapping(problems) => {
            Refusal { name: String::new(), document: None, problems }
        }
    })
}
