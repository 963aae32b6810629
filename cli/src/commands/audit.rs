//! `carepact audit`: what a contract does, proved before any data.

use carepact::analyse::Budget;

use super::beside;
use crate::answer::Answer;
use crate::arguments::Format;
use crate::audit::arguments::AuditArguments;
use crate::audit::{json, text};

/// Finds what there is to find.
pub fn run(arguments: &AuditArguments) -> Answer {
    let (model, facts) = match beside(&arguments.beside) {
        Ok(found) => found,
        Err(refusal) if arguments.format == Format::Json => return refusal.json(),
        Err(refusal) => return refusal.text(),
    };
    let findings = model.audit(facts.as_ref(), Budget { nodes: arguments.budget });
    match arguments.format {
        Format::Text => Answer::fine(text::text(&findings)),
        Format::Json => Answer::json(&json::json(&findings)),
    }
}
