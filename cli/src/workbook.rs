//! The statement as a workbook: an XLSX file in which every amount is a formula.

use std::path::Path;

use carepact::source::{Code, Location, Severity, did_you_mean};
use carepact::{Diagnostic, Facts, Model, Workbook};
use carepact_finance::workbook::{Results, xlsx};
use sha2::{Digest, Sha256};

use crate::answer::{Answer, grouped, plural};
use crate::arguments::{EvaluateArguments, is_standard_input};
use crate::files;
use crate::progress::Progress;

/// A holder that is not there.
pub static UNKNOWN_HOLDER: Code = Code {
    name: "unknown-holder",
    severity: Severity::Error,
    rule: "a workbook, and what outcomes do, is that of one holder, who is in the data; other contracts have none",
};

/// Most lines that are named one by one; the workbook names all.
const NAMED_MAX: usize = 10;

/// Writes the workbook, and says which lines it cannot vouch for.
pub fn write(
    (model, facts): (&Model, &Facts),
    arguments: &EvaluateArguments,
    progress: &Progress,
    file: &Path,
) -> Result<Answer, Vec<Diagnostic>> {
    files::refuse_existing(file).map_err(|problem| vec![problem])?;
    let holder = holder(facts, arguments.holder.as_deref()).map_err(|problem| vec![problem])?;
    progress.begin("writing formulas");
    let workbook = model.workbook(facts, holder, &about(arguments));
    let bytes = xlsx(&workbook, model.contract().minor_places, Results::Worked);
    let bytes = bytes.map_err(|error| vec![files::unwritable(file, &error)])?;
    files::write_new(file, &bytes).map_err(|problem| vec![problem])?;
    let mut answer = Answer::fine(written(file, &workbook));
    answer.err = unsure(&workbook);
    Ok(answer)
}

/// The place of a holder in the data.
pub fn holder(facts: &Facts, name: Option<&str>) -> Result<Option<usize>, Diagnostic> {
    let Some(name) = name else { return Ok(None) };
    let holders = || facts.lanes.iter().filter_map(|lane| lane.holder.as_deref());
    holders().position(|known| known == name).map(Some).ok_or_else(|| {
        let remedy = did_you_mean(name, holders()).map_or_else(
            || "name a holder that the observations name".to_string(),
            |near| format!("did you mean `{near}`?"),
        );
        let found = format!("the data have no holder `{name}`");
        Diagnostic { code: &UNKNOWN_HOLDER, location: Location::Request, found, remedy }
    })
}

/// The files that were read, with the SHA-256 of what is in them; standard input cannot be read twice.
fn about(arguments: &EvaluateArguments) -> Vec<(String, String)> {
    let statement = &arguments.statement;
    let observations = statement.observations.iter().map(|file| ("Observations file", file));
    let mapping = statement.mapping.iter().map(|file| ("Mapping file", file));
    let mut about = Vec::new();
    for (what, file) in
        [("Contract file", &statement.contract)].into_iter().chain(observations).chain(mapping)
    {
        about.push((what.to_string(), files::name(file)));
        let hash = if is_standard_input(file) { None } else { files::read(file).ok() };
        about.extend(hash.map(|bytes| ("its SHA-256".to_string(), hex(&Sha256::digest(&bytes)))));
    }
    about
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(file: &Path, workbook: &Workbook) -> String {
    let lines = plural(workbook.lines, "line");
    let sure = workbook.lines - workbook.unsure.len();
    let sure = match workbook.unsure.len() {
        0 => "a spreadsheet works out every one to the penny".to_string(),
        _ => format!("a spreadsheet works out {} of them to the penny without doubt", grouped(sure)),
    };
    let mut out = format!("{} is written: {lines}; {sure}\n", file.display());
    if let Some((holder, all)) = &workbook.one_of {
        let all = grouped(*all);
        out.push_str(&format!(
            "its lines are those of {holder}, one of {all}; figures over all of them stand as numbers\n"
        ));
    }
    if !workbook.terms_may_change {
        out.push_str(
            "agreed numbers cannot be changed in it: a rule of the contract needs one to be fixed\n",
        );
    }
    out
}

/// Lines that a spreadsheet may work out wrongly, with the reason.
fn unsure(workbook: &Workbook) -> String {
    let mut out = String::new();
    for unsure in workbook.unsure.iter().take(NAMED_MAX) {
        out.push_str(&format!("not guaranteed: {} ({}): {}\n", unsure.line, unsure.parties, unsure.reason));
    }
    let more = workbook.unsure.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        out.push_str(&format!("not guaranteed: {more} more; the sheet “Checks” names them\n"));
    }
    out
}
