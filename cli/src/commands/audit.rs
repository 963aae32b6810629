//! `carepact audit`: what a contract does, proved before any data.

use carepact::analyse::Budget;

use super::beside;
use crate::answer::{Answer, Refusal};
use crate::audit::arguments::{AuditArguments, AuditFormat};
use crate::audit::{html, json, text};

/// Finds what there is to find.
pub fn run(arguments: &AuditArguments) -> Answer {
    let (model, facts) = match beside(&arguments.beside) {
        Ok(found) => found,
        Err(refusal) if arguments.format == AuditFormat::Json => return refusal.json(),
        Err(refusal) => return refusal.text(),
    };
    let findings = model.audit(facts.as_ref(), Budget { nodes: arguments.budget });
    match arguments.format {
        AuditFormat::Text => Answer::fine(text::text(&findings)),
        AuditFormat::Json => Answer::json(&json::json(&findings)),
        AuditFormat::Html => match html::provenance(&arguments.beside) {
            // Sections on what is found besides, such as warnings on the design, go into the list.
            Ok(provenance) => Answer::fine(html::audit(&findings, Vec::new(), provenance)),
            Err(problem) => Refusal::of(problem).text(),
        },
    }
}
