//! Quantities as sentences.

use super::layout::Page;
use super::numbers::{capital, listed};
use super::words::Words;
use crate::calendar::PeriodKind;
use crate::contract::Quantity;

/// Formulas with a name.
pub fn quantities(words: &Words<'_>, page: &mut Page) {
    if words.contract.quantities.is_empty() {
        return;
    }
    page.heading("Quantities");
    for quantity in &words.contract.quantities {
        page.entry("- ", &sentence(words, quantity));
    }
}

/// A quantity in a sentence.
pub fn sentence(words: &Words<'_>, quantity: &Quantity) -> String {
    let start = capital(&words.entry(&quantity.name, quantity.title.as_deref()));
    let each = quantity.per.map(|per| match per {
        PeriodKind::Term => "over the whole term".to_string(),
        PeriodKind::Month | PeriodKind::Quarter | PeriodKind::Year => format!("each {}", per.word()),
    });
    let by = Some(words.each(&quantity.by)).filter(|by| !by.is_empty()).map(|by| format!("for {by}"));
    let when: Vec<String> = each.into_iter().chain(by).collect();
    let when = if when.is_empty() { String::new() } else { format!(", {}", listed(&when, "and")) };
    let formula = words.formula(&quantity.is, quantity.per);
    let holds = quantity.must_hold.as_ref().map_or(String::new(), |remedy| {
        format!(" Data of which it does not hold are refused: {}.", remedy.trim_end_matches('.'))
    });
    format!("{start}{when}: {formula}.{holds}")
}
