//! What a contract should say and does not: what counts when data are missing, and how a contested amount
//! is settled.

use super::Warning;
use super::look::{Look, listed};
use crate::source::{Place, rules};

/// All warnings of these rules.
pub fn warnings(look: &Look<'_>) -> Vec<Warning> {
    let mut found: Vec<Warning> = without_rule(look).into_iter().collect();
    if look.contract.disputes.is_none() {
        let text = "nothing says how a contested amount is settled".to_string();
        found.push(look.about(&rules::NO_DISPUTE_RULE, Place::start(), Vec::new(), text));
    }
    found
}

/// The measures behind lines that say nothing of missing data.
fn without_rule(look: &Look<'_>) -> Option<Warning> {
    let measures = look.contract.document.root().get("measures");
    let is_silent =
        |name: &str| measures.and_then(|all| all.get(name)).is_some_and(|m| m.get("missing").is_none());
    let read = |name: &str| look.plan.facts().iter().any(|spec| spec.measure == name);
    let silent: Vec<String> = look
        .contract
        .measures
        .iter()
        .map(|measure| measure.name.clone())
        .filter(|name| is_silent(name) && read(name))
        .collect();
    let first = silent.first().and_then(|name| look.measure(name))?;
    let text = format!("nothing says what counts when {} {} missing", listed(&silent), is_or_are(&silent));
    Some(look.about(&rules::NO_MISSING_DATA_RULE, first.place.clone(), silent.clone(), text))
}

fn is_or_are(names: &[String]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}
