//! The contract read back in plain English, so that a contract manager sees what was understood.
//!
//! Everything is said from the typed contract, never from its notes: a note moves no money. Titles and
//! references to paragraphs are repeated, so that a clause can be laid beside the paper it came from.
//!
//! A formula such as `5% * paid(services)` is read back as 5% × what is paid under “services”. To add a
//! function, add its words to the table in `functions`.
//!
//! Invariants: the same contract gives the same bytes; no kind of clause is known here by name.

mod agreed;
mod areas;
mod changes;
mod clauses;
mod curves;
mod formulas;
mod functions;
mod head;
mod layout;
mod numbers;
mod observed;
mod outlook;
mod parties;
mod quantities;
mod reads;
mod risk;
mod words;

#[cfg(test)]
mod tests;

pub use areas::{AREAS, Area, Cover, areas};
pub use changes::{Change, Line, Standing, changes};
pub use risk::{AtRisk, sector_table};

use crate::contract::Contract;
use layout::Page;
use words::Words;

/// The contract in plain English.
///
/// Sections: head, parties, lists, what is observed, agreed numbers, curves, quantities, clauses, groups,
/// money at risk by sector, and the ten areas of integration. A section without content is left out.
pub fn describe(contract: &Contract) -> String {
    let words = Words::new(contract);
    let mut page = Page::default();
    head::head(&words, &mut page);
    head::parties(&words, &mut page);
    observed::lists(&words, &mut page);
    observed::measures(&words, &mut page);
    agreed::tables(&words, &mut page);
    curves::curves(&words, &mut page);
    quantities::quantities(&words, &mut page);
    clauses::clauses(&words, &mut page);
    clauses::groups(&words, &mut page);
    outlook::sectors(&words, &mut page);
    outlook::ten_areas(&words, &mut page);
    page.finish()
}
