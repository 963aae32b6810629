//! What changed, as a page.

use carepact::describe::Change;

use super::{Found, text};
use crate::files;
use crate::page::{Block, Grid, Page, Section};
use crate::table::{Column, Table};

/// The page; `provenance` is what it rests on.
pub fn html(found: &Found<'_>, provenance: Vec<(String, String)>) -> String {
    let (before, after) = (found.before.1.contract(), found.after.1.contract());
    let about = format!(
        "What is different in “{}” ({}) beside “{}” ({}), who gains and loses by it, and the least and most \
         that it can come to.",
        after.title,
        files::name(found.after.0),
        before.title,
        files::name(found.before.0)
    );
    let mut sections = vec![changes(found)];
    for (period, moved) in &found.stated {
        let head = ["Of", "Before", "After", "Change"];
        let grid =
            Grid::new("Both contracts with the same observations", &head, (&text::amounts(found, moved), 1));
        let blocks = vec![Block::Paragraph(text::sentence(found, moved)), Block::Table(grid)];
        let title = format!("Who gains and who loses, {period}");
        sections.push(Section { title, words: text::STATED.to_string(), blocks });
    }
    sections.push(bounds(found));
    Page { title: format!("From {} to {}", before.id, after.id), about, sections, provenance }.html()
}

fn changes(found: &Found<'_>) -> Section {
    let mut blocks: Vec<Block> = found.changes.iter().flat_map(|change| described(found, change)).collect();
    if blocks.is_empty() {
        blocks.push(Block::Paragraph("Nothing.".to_string()));
    }
    let words = "In the words in which the contracts describe themselves. Notes and sources are left out.";
    Section { title: "What changed".to_string(), words: words.to_string(), blocks }
}

/// A heading, the places, and the words before and after, side by side.
fn described(found: &Found<'_>, change: &Change) -> Vec<Block> {
    let (heading, places) = text::heading(found, change);
    let mut table = Table::new(&[Column::Left, Column::Left]);
    for line in &change.lines {
        let words = |side: &Option<String>| {
            side.as_ref().map_or_else(|| "–".to_string(), |words| words.trim().to_string())
        };
        table.cells(vec![words(&line.before), words(&line.after)]);
    }
    let grid = Grid::new(&places, &["Before", "After"], (&table, 0));
    let rest = if grid.is_empty() { Block::Paragraph(places) } else { Block::Table(grid) };
    vec![Block::Heading(heading), rest]
}

fn bounds(found: &Found<'_>) -> Section {
    let head = ["Of", "Period", "Least", "Attained", "Most", "Attained"];
    let effects = Grid::new("Least and most", &head, (&text::effects(found), 1));
    let nearest = Grid::new(
        crate::audit::text::NEAREST,
        &["Of", "Period", "End", "Nearest found"],
        (&text::nearest(found), 0),
    );
    let mut blocks: Vec<Block> =
        [effects, nearest].into_iter().filter(|grid| !grid.is_empty()).map(Block::Table).collect();
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(text::NO_CHANGE.to_string()));
    }
    blocks.extend(text::apart(found).map(Block::Paragraph));
    let title = "Least and most that the change comes to".to_string();
    Section { title, words: text::BOUNDS.to_string(), blocks }
}
