//! The commands, one file each, and what several of them do first.

pub mod check;
pub mod completions;
pub mod describe;
pub mod diagnostics;
pub mod evaluate;
pub mod explain;
pub mod new;
pub mod plan;
pub mod schema;

use std::path::Path;

use carepact::{Facts, Model, Request};

use crate::answer::Refusal;
use crate::arguments::StatementArguments;
use crate::progress::Progress;
use crate::{files, observations};

/// A contract and the facts that are stated.
pub struct Prepared {
    /// The compiled contract.
    pub model: Model,
    /// The observations bound to it.
    pub facts: Facts,
}

/// Reads and compiles a contract.
pub fn compile(file: &Path) -> Result<Model, Refusal> {
    let text = files::read_text(file).map_err(Refusal::of)?;
    let checked = carepact::check(&text);
    checked.model.ok_or(Refusal {
        name: files::name(file),
        document: checked.document.map(Box::new),
        problems: checked.problems,
    })
}

/// Reads a contract and observations, and binds them.
pub fn prepare(arguments: &StatementArguments, progress: &Progress) -> Result<Prepared, Refusal> {
    let model = compile(&arguments.contract)?;
    let refuse = |problems| Refusal {
        name: files::name(&arguments.contract),
        document: Some(Box::new(model.contract().document.clone())),
        problems,
    };
    progress.begin("reading");
    let observations = observations::read(&arguments.observations).map_err(refuse)?;
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    progress.begin("binding");
    let facts = model.bind(&observations, &request).map_err(|problems| refuse(problems.0))?;
    Ok(Prepared { model, facts })
}
