//! Reads which warnings on the design are meant: of the contract, and of a clause.

use super::model::{Contract, Silence};
use super::shape::Reports;
use crate::source::{Json, catalogue, did_you_mean, rules};

/// Reads the silences.
pub fn silences(root: &Json, contract: &mut Contract, reports: &mut Reports) {
    silences_of(root, None, contract, reports);
    for (name, clause) in root.get("clauses").map_or(&[][..], Json::members) {
        silences_of(clause, Some(name), contract, reports);
    }
}

fn silences_of(json: &Json, clause: Option<&String>, contract: &mut Contract, reports: &mut Reports) {
    for (key, reason) in json.get("silenced").map_or(&[][..], Json::members) {
        let place = reason.key_place();
        let (name, of) = key.split_once(':').map_or((key.as_str(), None), |(name, of)| (name, Some(of)));
        let rule = rules::find(name).filter(|rule| **rule != rules::IDLE_SILENCE);
        let Some(rule) = rule else {
            let known = rules::ALL.iter().filter(|rule| ***rule != rules::IDLE_SILENCE);
            let remedy = did_you_mean(name, known.map(|rule| rule.name)).map_or_else(
                || "`carepact diagnostics` lists the rules".to_string(),
                |near| format!("did you mean `{near}`?"),
            );
            let found = format!("no rule `{name}` that could be silenced");
            reports.add(&catalogue::SILENCE, &place, found, remedy);
            continue;
        };
        // A text of another form has been reported.
        let Some(reason) = reason.text() else { continue };
        if reason.trim().is_empty() {
            let found = format!("`{name}` is silenced without a reason");
            reports.add(
                &catalogue::SILENCE,
                &place,
                found,
                "write why it is meant, for whoever reads it later",
            );
            continue;
        }
        contract.silences.push(Silence {
            rule,
            of: of.map(str::to_string),
            clause: clause.cloned(),
            reason: reason.trim().to_string(),
            place,
        });
    }
}
