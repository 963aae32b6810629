//! `carepact audit`: what a contract does, proved before any data.

use carepact::analyse::Budget;

use super::{Standing, beside};
use crate::answer::{Answer, Refusal};
use crate::audit::arguments::{AuditArguments, AuditFormat};
use crate::audit::{design, html, json, text};

/// Finds what there is to find.
pub fn run(arguments: &AuditArguments) -> Answer {
    let Standing { model, facts, holder } = match beside(&arguments.beside) {
        Ok(found) => found,
        Err(refusal) if arguments.format == AuditFormat::Json => return refusal.json(),
        Err(refusal) => return refusal.text(),
    };
    let findings = model.audit_of(facts.as_ref(), holder, Budget { nodes: arguments.budget });
    match arguments.format {
        AuditFormat::Text => Answer::fine(text::text(&findings)),
        AuditFormat::Json => Answer::json(&json::json(&findings)),
        AuditFormat::Html => match html::provenance(&arguments.beside) {
            Ok(provenance) => Answer::fine(html::audit(&findings, design::sections(&findings), provenance)),
            Err(problem) => Refusal::of(problem).text(),
        },
    }
}
