//! Sheets as data: rows of cells with text, numbers and formulas, and how they look.

use crate::num::Exact;

/// What a formula gives: viewers that do not calculate show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A number.
    Number(Exact),
    /// A text.
    Text(String),
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// A text, which is never taken for a formula.
    Text(String),
    /// A number.
    Number(Exact),
    /// A formula, which begins with `=`, and what it gives.
    Formula(String, Shown),
}

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// The title of a sheet.
    Title,
    /// A sentence above a table.
    Note,
    /// The head of a section.
    Section,
    /// The head of a column.
    Heading,
    /// Text.
    Text,
    /// Text that may need several lines.
    Wrapped,
    /// A cell that may be changed.
    Input,
    /// Money in the major unit of the currency.
    Amount,
    /// A sum of money.
    Total,
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// A number as it is.
    Plain,
    /// A check that must say that all is well.
    Check,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it.
    pub content: Content,
    /// What it looks like.
    pub style: Style,
}

impl Cell {
    /// An empty cell.
    pub fn empty() -> Cell {
        Cell { content: Content::Empty, style: Style::Text }
    }

    /// Text; nothing where it is empty.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::styled(text, Style::Text)
    }

    /// Text that looks like something; nothing where it is empty.
    pub fn styled(text: impl Into<String>, style: Style) -> Cell {
        let text: String = text.into();
        let content = if text.is_empty() { Content::Empty } else { Content::Text(text) };
        Cell { content, style }
    }

    /// A number.
    pub fn number(value: &Exact, style: Style) -> Cell {
        Cell { content: Content::Number(value.clone()), style }
    }

    /// A formula without its `=`, and the number that it gives.
    pub fn formula(formula: &str, value: &Exact, style: Style) -> Cell {
        Cell { content: Content::Formula(format!("={formula}"), Shown::Number(value.clone())), style }
    }

    /// A formula without its `=`, and the text that it gives.
    pub fn words(formula: &str, text: &str, style: Style) -> Cell {
        Cell { content: Content::Formula(format!("={formula}"), Shown::Text(text.to_string())), style }
    }
}

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// The width of each column, in characters.
    pub widths: Vec<u32>,
    /// How many rows stay in sight, and are printed on every page.
    pub head: u32,
    /// How many columns stay in sight.
    pub side: u16,
    /// How many columns are printed; the others are for the screen.
    pub printed: u16,
    /// True when the rows below the head can be filtered.
    pub filter: bool,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A sheet with a title, sentences and the heads of its columns, which stay in sight.
    pub(super) fn new(name: &'static str, title: &str, notes: &[String], columns: &[(&str, u32)]) -> Sheet {
        let mut rows = vec![vec![Cell::styled(title, Style::Title)]];
        rows.extend(notes.iter().map(|note| vec![Cell::styled(note.as_str(), Style::Note)]));
        rows.push(Vec::new());
        rows.push(columns.iter().map(|(heading, _)| Cell::styled(*heading, Style::Heading)).collect());
        let head = u32::try_from(rows.len()).unwrap_or(0);
        let widths = columns.iter().map(|(_, width)| *width).collect();
        let printed = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        Sheet { name, widths, head, side: 0, printed, filter: true, rows }
    }

    /// The number of the next row, counted from 1 as spreadsheets do.
    pub(super) fn next_row(&self) -> usize {
        self.rows.len() + 1
    }
}
