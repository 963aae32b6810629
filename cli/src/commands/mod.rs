//! The commands, one file each, and what several of them do first.

pub mod audit;
pub mod check;
pub mod compare;
pub mod completions;
pub mod describe;
pub mod diagnostics;
pub mod diff;
pub mod evaluate;
pub mod explain;
pub mod luck;
pub mod names;
pub mod new;
pub mod plan;
pub mod schema;
pub mod simulate;
pub mod solve;
pub mod sweep;
pub mod verify;

use std::path::Path;

use carepact::wide::Mapping;
use carepact::{Document, Facts, Model, Request};

use self::names::{Names, compile_with};
use crate::answer::Refusal;
use crate::arguments::StatementArguments;
use crate::audit::arguments::BaselineArguments;
use crate::observations::Unread;
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

/// Reads the mapping of wide tables, when there are any.
fn mapping<'m>(model: &'m Model, arguments: &StatementArguments) -> Result<Option<Mapping<'m>>, Refusal> {
    if arguments.for_each.is_none() {
        return Ok(None);
    }
    let (contract, period) = (model.contract(), arguments.period.as_deref());
    let (file, read) = match &arguments.mapping {
        None => (&arguments.contract, Mapping::plain(contract, period)),
        Some(file) => {
            let text = files::read_text(file).map_err(Refusal::of)?;
            (file, Mapping::parse(contract, &text, period))
        }
    };
    read.map(Some).map_err(|unread| Refusal {
        name: files::name(file),
        document: Some(Box::new(unread.document)),
        problems: unread.problems.0,
    })
}

/// Reads a contract and observations, and binds them.
pub fn prepare(
    arguments: &StatementArguments,
    names: Names<'_>,
    progress: &Progress,
) -> Result<Prepared, Refusal> {
    let model = compile_with(&arguments.contract, names)?;
    let refuse =
        |problems| Refusal::in_contract(files::name(&arguments.contract), model.contract(), problems);
    let mapping = mapping(&model, arguments)?;
    progress.begin("reading");
    let wide = mapping.as_ref().zip(arguments.for_each.as_deref());
    let read = observations::read(&arguments.observations, wide);
    let observations = match (read, &arguments.mapping) {
        (Ok(observations), _) => observations,
        (Err(Unread::Files(problems)), _) | (Err(Unread::Mapping(problems)), None) => {
            return Err(refuse(problems));
        }
        (Err(Unread::Mapping(problems)), Some(file)) => {
            let document = files::read_text(file).ok().map(|text| Box::new(Document::unread(&text)));
            return Err(Refusal { name: files::name(file), document, problems });
        }
    };
    drop(mapping);
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    progress.begin("binding");
    let facts = model.bind(&observations, &request).map_err(|problems| refuse(problems.0))?;
    Ok(Prepared { model, facts })
}

/// Reads a contract, and a baseline where there is one.
pub fn beside(arguments: &BaselineArguments) -> Result<(Model, Option<Facts>), Refusal> {
    let model = compile(&arguments.contract)?;
    if arguments.baseline.is_empty() {
        return Ok((model, None));
    }
    let refuse =
        |problems| Refusal::in_contract(files::name(&arguments.contract), model.contract(), problems);
    let observations = match observations::read(&arguments.baseline, None) {
        Ok(observations) => observations,
        Err(Unread::Files(problems) | Unread::Mapping(problems)) => return Err(refuse(problems)),
    };
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    let facts = model.bind(&observations, &request).map_err(|problems| refuse(problems.0))?;
    Ok((model, Some(facts)))
}
