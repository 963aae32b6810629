//! The commands, one file each, and what several of them do first.

pub mod audit;
pub mod book;
pub mod check;
pub mod compare;
pub mod completions;
pub mod describe;
pub mod diagnostics;
pub mod diff;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod import;
pub mod journal;
pub mod luck;
pub mod names;
pub mod new;
pub mod plan;
pub mod print;
pub mod reconcile;
pub mod restate;
pub mod schema;
pub mod simulate;
pub mod solve;
pub mod sweep;
pub mod verify;

use std::path::{Path, PathBuf};

use carepact::wide::Mapping;
use carepact::{Document, Facts, Model, Observations, Request};

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

/// Files of observations, and how tables with a row for each holder are read.
pub struct Tables<'a> {
    /// The contract.
    pub contract: &'a Path,
    /// The files.
    pub observations: &'a [PathBuf],
    /// The column that names the holder.
    pub for_each: Option<&'a str>,
    /// Which measure each column observes.
    pub mapping: Option<&'a Path>,
    /// The period that is stated.
    pub period: Option<&'a str>,
}

/// Reads the mapping of wide tables, when there are any.
fn mapping<'m>(model: &'m Model, tables: &Tables<'_>) -> Result<Option<Mapping<'m>>, Refusal> {
    if tables.for_each.is_none() {
        return Ok(None);
    }
    let (contract, period) = (model.contract(), tables.period);
    let (file, read) = match tables.mapping {
        None => (tables.contract, Mapping::plain(contract, period)),
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

/// Reads observations, those of wide tables by their mapping.
pub fn observed(model: &Model, tables: &Tables<'_>) -> Result<Observations, Refusal> {
    let mapping = mapping(model, tables)?;
    let read = observations::read(tables.observations, mapping.as_ref().zip(tables.for_each));
    match (read, tables.mapping) {
        (Ok(observations), _) => Ok(observations),
        (Err(Unread::Files(problems)), _) | (Err(Unread::Mapping(problems)), None) => {
            Err(Refusal::in_contract(files::name(tables.contract), model.contract(), problems))
        }
        (Err(Unread::Mapping(problems)), Some(file)) => {
            let document = files::read_text(file).ok().map(|text| Box::new(Document::unread(&text)));
            Err(Refusal { name: files::name(file), document, problems })
        }
    }
}

/// Reads a contract and observations, and binds them.
pub fn prepare(
    arguments: &StatementArguments,
    names: Names<'_>,
    progress: &Progress,
) -> Result<Prepared, Refusal> {
    let model = compile_with(&arguments.contract, names)?;
    progress.begin("reading and binding");
    let facts = bound(arguments, &arguments.observations, &model)?;
    Ok(Prepared { model, facts })
}

/// Reads observations and binds them to a contract, for the period that is asked for.
pub fn bound(
    arguments: &StatementArguments,
    observations: &[PathBuf],
    model: &Model,
) -> Result<Facts, Refusal> {
    let tables = Tables {
        contract: &arguments.contract,
        observations,
        for_each: arguments.for_each.as_deref(),
        mapping: arguments.mapping.as_deref(),
        period: arguments.period.as_deref(),
    };
    let observed = observed(model, &tables)?;
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    model.bind(&observed, &request).map_err(|problems| {
        Refusal::in_contract(files::name(&arguments.contract), model.contract(), problems.0)
    })
}

/// A contract, and what it is looked at beside.
pub struct Standing {
    /// The compiled contract.
    pub model: Model,
    /// The baseline, where there is one.
    pub facts: Option<Facts>,
    /// Of a contract for many holders, the place of the holder that is looked at.
    pub holder: usize,
}

/// Reads a contract, and a baseline where there is one.
pub fn beside(arguments: &BaselineArguments) -> Result<Standing, Refusal> {
    let model = compile(&arguments.contract)?;
    if arguments.baseline.is_empty() {
        return Ok(Standing { model, facts: None, holder: 0 });
    }
    let refuse =
        |problems| Refusal::in_contract(files::name(&arguments.contract), model.contract(), problems);
    let observations = match observations::read(&arguments.baseline, None) {
        Ok(observations) => observations,
        Err(Unread::Files(problems) | Unread::Mapping(problems)) => return Err(refuse(problems)),
    };
    let request = Request { period: arguments.period.clone(), as_of: arguments.as_of.into() };
    let facts = model.bind(&observations, &request).map_err(|problems| refuse(problems.0))?;
    let holder = crate::workbook::holder(&facts, arguments.holder.as_deref()).map_err(Refusal::of)?;
    Ok(Standing { model, facts: Some(facts), holder: holder.unwrap_or(0) })
}
