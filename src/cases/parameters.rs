//! A contract with other terms: whole tables, curves or the term, as a case gives them.
//!
//! The text is replaced as written, so numbers stay as they are and the rest keeps its lines.

use super::PARAMETER;
use super::read::Case;
use crate::contract::shape::Reports;
use crate::source::{Document, Json, did_you_mean};

/// Sections of a contract whose entries can be replaced by name.
const SECTIONS: [&str; 2] = ["tables", "curves"];

/// The text of a contract with the parameters of a case; what replaces nothing is reported.
pub(super) fn replaced(contract: &Document, cases: &Document, case: &Case, reports: &mut Reports) -> String {
    let parameters = case.json.get("parameters").map_or(&[][..], Json::members);
    let mut changes = Vec::new();
    for (name, value) in parameters {
        match entry(contract, name) {
            Some(old) => {
                let from = old.place.at;
                changes.push((from..from + contract.written(old).len(), cases.written(value)));
            }
            None => {
                let remedy = did_you_mean(name, names(contract)).map_or_else(
                    || "name a table or curve of the contract, or `term`".to_string(),
                    |near| format!("did you mean `{near}`?"),
                );
                let found = format!("the contract has no table or curve `{name}`");
                reports.add(&PARAMETER, &value.key_place(), found, remedy);
            }
        }
    }
    // From the last to the first, so that earlier places stay where they are.
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = contract.text().to_string();
    for (range, new) in changes {
        text.replace_range(range, new);
    }
    text
}

fn entry<'d>(contract: &'d Document, name: &str) -> Option<&'d Json> {
    let root = contract.root();
    let by_name = || SECTIONS.iter().find_map(|section| root.get(section)?.get(name));
    if name == "term" { root.get(name) } else { by_name() }
}

fn names(contract: &Document) -> impl Iterator<Item = &str> {
    let sections = SECTIONS.iter().filter_map(|section| contract.root().get(section));
    sections.flat_map(Json::members).map(|(name, _)| name.as_str()).chain(["term"])
}
