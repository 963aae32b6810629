//! Warnings on the design, muted clauses, overlap and dilution as sections of a page.

use carepact::analyse::Findings;
use carepact::lint::{Review, Warning, review};

use super::warnings;
use crate::page::{Block, Grid, Section};
use crate::table::Table;

/// What rules say of the design, and what stands behind them.
pub fn sections(findings: &Findings<'_>) -> Vec<Section> {
    let model = findings.analysis.model;
    let review = review(findings);
    let overlaps = grid(
        "What one event moves",
        &["Event", "Outcome", "Where the data stand", "At most", "Clauses"],
        &warnings::overlaps(&review, findings),
    );
    let muted = grid(
        "Muted clauses",
        &["Outcome", "Party", "Clause", "Muted, for each", "By, and where"],
        &warnings::muted(&review, findings),
    );
    let worth = grid(
        "Worth of each outcome, with ! below 0.25 % of income",
        &["Party", "Outcome", "Worth", "Of income", "Little"],
        &warnings::worth(&review, model),
    );
    let numbers = grid(
        "Effective number of outcomes",
        &["Party", "Outcomes", "Effective number"],
        &warnings::numbers(&review),
    );
    vec![
        section(warnings::TITLE, warnings::WORDS, of_rules(&review, findings)),
        section(warnings::MUTED_TITLE, warnings::MUTED_WORDS, vec![muted]),
        section(warnings::OVERLAP_TITLE, warnings::OVERLAP_WORDS, vec![overlaps]),
        section(warnings::WORTH_TITLE, warnings::WORTH_WORDS, vec![worth, numbers]),
    ]
}

fn section(title: &str, words: &str, blocks: Vec<Block>) -> Section {
    Section { title: title.to_string(), words: words.to_string(), blocks }
}

/// A table whose first row are the headings of the text; a sentence where it has no other.
fn grid(caption: &str, head: &[&str], table: &Table) -> Block {
    let grid = Grid::new(caption, head, (table, 1));
    if grid.is_empty() { Block::Paragraph("None.".to_string()) } else { Block::Table(grid) }
}

/// How many warnings there are, those that nobody has explained, and those that are meant, with reasons.
fn of_rules(review: &Review, findings: &Findings<'_>) -> Vec<Block> {
    let document = &findings.analysis.model.contract().document;
    let said = |warning: &Warning, words: &str| {
        let (line, _) = warning.line_column(document);
        let rule = warning.rule;
        format!("{} ({}), line {line}: {}. {words}", rule.name, rule.concern.word(), warning.found)
    };
    let open = review.open().map(|warning| said(warning, &format!("Remedy: {}.", warning.rule.remedy)));
    let meant = review.explained().map(|(warning, reason)| said(warning, &format!("Meant: {reason}.")));
    let (open, meant): (Vec<String>, Vec<String>) = (open.collect(), meant.collect());
    let mut blocks = vec![Block::Paragraph(warnings::summary(review))];
    for (heading, points) in [("Unexplained", open), ("Explained in the contract", meant)] {
        if !points.is_empty() {
            blocks.extend([Block::Heading(heading.to_string()), Block::Points(points)]);
        }
    }
    blocks
}
