//! Names of the contract that stand on the command line: quantities to show, columns of a table.
//! They are looked up before any data are read.

use std::path::Path;

use carepact::source::{Code, Location, Severity, did_you_mean};
use carepact::{Diagnostic, Model};

use super::compile;
use crate::answer::Refusal;
use crate::files;

/// A quantity that is not there.
pub static UNKNOWN_QUANTITY: Code = Code {
    name: "unknown-quantity",
    severity: Severity::Error,
    rule: "what is shown beside the lines of a statement is a quantity of the contract",
};

/// What the command line names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// Quantities to show.
    pub shown: &'a [String],
    /// Columns of a table; where they are quantities, these are shown.
    pub columns: &'a [String],
    /// A line, or a figure of a quantity that is then shown.
    pub line: Option<&'a str>,
}

/// Reads and compiles a contract so that it shows what is named.
pub fn compile_with(file: &Path, names: Names<'_>) -> Result<Model, Refusal> {
    let model = compile(file)?;
    let refusal =
        |model: &Model, problems| Refusal::in_contract(files::name(file), model.contract(), problems);
    let unknown: Vec<Diagnostic> = names.shown.iter().filter_map(|name| unknown(&model, name)).collect();
    if !unknown.is_empty() {
        return Err(refusal(&model, unknown));
    }
    let model = showing(model, names).map_err(|(model, problems)| refusal(&model, problems))?;
    match model.check_columns(names.columns) {
        Err(problems) if !names.columns.is_empty() => Err(refusal(&model, problems.0)),
        Ok(()) | Err(_) => Ok(model),
    }
}

fn unknown(model: &Model, name: &str) -> Option<Diagnostic> {
    let quantities = || model.contract().quantities.iter().map(|quantity| quantity.name.as_str());
    if quantities().any(|known| known == name) {
        return None;
    }
    let remedy = did_you_mean(name, quantities()).map_or_else(
        || "name a quantity, or write one that is what you want to see".to_string(),
        |near| format!("did you mean `{near}`?"),
    );
    let found = format!("there is no quantity `{name}`");
    Some(Diagnostic { code: &UNKNOWN_QUANTITY, location: Location::Request, found, remedy })
}

/// The model with every named quantity among its figures.
fn showing(model: Model, names: Names<'_>) -> Result<Model, (Box<Model>, Vec<Diagnostic>)> {
    let all = names.shown.iter().chain(names.columns).map(String::as_str).chain(names.line);
    let mut contract = model.contract().clone();
    let mut changed = false;
    for name in all.map(|name| name.split(':').next().unwrap_or_default()) {
        let is_figure = model.plan().figures().iter().any(|figure| figure.quantity == name);
        changed |= !is_figure && contract.show(name);
    }
    if !changed {
        return Ok(model);
    }
    contract.compile().map_err(|problems| (Box::new(model), problems.0))
}
