//! What changed between two contracts, laid out for people and for tools.

pub mod arguments;
pub mod html;
pub mod json;
pub mod text;

use std::path::Path;

use carepact::Model;
use carepact::analyse::{Comparison, Effect, Moved};
use carepact::describe::Change;
use carepact::source::Place;

use crate::files;

/// What was found.
pub struct Found<'m> {
    /// The two contracts, with their files.
    pub before: (&'m Path, &'m Model),
    /// The second.
    pub after: (&'m Path, &'m Model),
    /// What is written differently.
    pub changes: Vec<Change>,
    /// For each stated period what both come to.
    pub stated: Vec<(String, Vec<Moved>)>,
    /// Both joined.
    pub comparison: Comparison<'m>,
    /// The bounds of what the change comes to.
    pub effects: Vec<Effect>,
}

/// `contract.json:41`
fn place((file, model): (&Path, &Model), place: &Place) -> String {
    let (line, _) = place.line_column(model.contract().document.text());
    format!("{}:{line}", files::name(file))
}
