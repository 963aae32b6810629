//! What payments were based on, where files say so.

use std::path::PathBuf;

use carepact::{AsOf, Model, Observations};
use carepact_finance::attribution::Ground;

use super::arguments::ExpectedArguments;
use crate::answer::Refusal;
use crate::commands::compile;
use crate::observations::{self, Unread};

/// A contract, figures and their submission; what is not said is as it is now.
pub struct Expected {
    observations: Option<Observations>,
    model: Option<Model>,
    as_of: Option<AsOf>,
}

impl Expected {
    /// Reads what the command line names; problems are told beside the contract of what is due.
    pub fn read(given: &ExpectedArguments, model: &Model, name: &str) -> Result<Expected, Refusal> {
        let observations = match &given.expected_observations[..] {
            [] => None,
            files => Some(observed(files, model, name)?),
        };
        let model = given.expected_contract.as_deref().map(compile).transpose()?;
        Ok(Expected { observations, model, as_of: given.expected_as_of.map(AsOf::from) })
    }

    /// What was expected, beside what is due now.
    pub fn ground<'g>(&'g self, now: Ground<'g>) -> Ground<'g> {
        Ground {
            model: self.model.as_ref().unwrap_or(now.model),
            observations: self.observations.as_ref().unwrap_or(now.observations),
            as_of: self.as_of.unwrap_or(now.as_of),
        }
    }
}

/// Reads observations row by row.
pub fn observed(files: &[PathBuf], model: &Model, name: &str) -> Result<Observations, Refusal> {
    observations::read(files, None).map_err(|unread| match unread {
        Unread::Files(problems) | Unread::Mapping(problems) => {
            Refusal::in_contract(name.to_string(), model.contract(), problems)
        }
    })
}
