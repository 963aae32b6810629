//! Diagnostics as data: a named code, a place, what was found, the rule and the remedy.
//!
//! Nothing is printed here; the same data are shown as text with an excerpt, as JSON for tools
//! and in forms that highlight the pointer.

use std::fmt;

use super::catalogue::Code;
use super::document::{Document, Place};

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The contract or the data cannot be used.
    Error,
    /// It can be used; a careful reader would look here.
    Warning,
}

impl Severity {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// In the contract document.
    Document(Place),
    /// In a row of an observation file; the header is row 1. The column when one cell is meant.
    Data {
        /// The file's name as given.
        file: String,
        /// The row as a spreadsheet counts it.
        row: usize,
        /// The column's heading.
        column: Option<String>,
    },
    /// In what was asked for, or in the data as a whole.
    Request,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The entry of the catalogue: name, severity and rule.
    pub code: &'static Code,
    /// Where.
    pub location: Location,
    /// What was found there.
    pub found: String,
    /// What to do about it.
    pub remedy: String,
}

/// Problems that stopped the work, with the warnings that came before them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Diagnostic>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{}[{}]: {}", problem.code.severity.word(), problem.code.name, problem.found)?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// True for an error, false for a warning.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }

    /// The byte of the document at which it is; 0 for problems elsewhere, which so come first.
    pub fn at(&self) -> usize {
        match &self.location {
            Location::Document(place) => place.at,
            Location::Data { .. } | Location::Request => 0,
        }
    }

    /// The diagnostic as a person reads it, with an excerpt of the document.
    ///
    /// `name` is what the document is called; `document` may be missing when it could not be read.
    pub fn text(&self, name: &str, document: Option<&Document>) -> String {
        let mut out = String::new();
        let head = format!("{}[{}]: {}", self.code.severity.word(), self.code.name, self.found);
        match &self.location {
            Location::Document(place) => {
                let (line, column) = place.line_column(document.map_or("", Document::text));
                out.push_str(&format!("{name}:{line}:{column}: {head}\n"));
                if let Some(document) = document {
                    out.push_str(&excerpt(document.text(), place, line, column));
                }
                if let Some(formula) = place.formula {
                    out.push_str(&format!(
                        "   = at: {}, column {} of the formula\n",
                        place.pointer,
                        formula.start + 1
                    ));
                } else if !place.pointer.is_empty() {
                    out.push_str(&format!("   = at: {}\n", place.pointer));
                }
            }
            Location::Data { file, row, column } => {
                let column = column.as_ref().map_or(String::new(), |column| format!(", column {column}"));
                out.push_str(&format!("{file}: row {row}{column}: {head}\n"));
            }
            Location::Request => out.push_str(&format!("{head}\n")),
        }
        out.push_str(&format!("   = rule: {}\n   = help: {}\n", self.code.rule, self.remedy));
        out
    }

    /// The diagnostic for tools.
    pub fn json(&self, name: &str, document: Option<&Document>) -> serde_json::Value {
        let place = match &self.location {
            Location::Document(place) => {
                let (line, column) = place.line_column(document.map_or("", Document::text));
                serde_json::json!({ "file": name, "line": line, "column": column, "pointer": &*place.pointer,
                    "formula_column": place.formula.map(|formula| formula.start + 1) })
            }
            Location::Data { file, row, column } => {
                serde_json::json!({ "file": file, "row": row, "column_name": column })
            }
            Location::Request => serde_json::Value::Null,
        };
        serde_json::json!({ "code": self.code.name, "severity": self.code.severity.word(), "place": place,
            "found": self.found, "rule": self.code.rule, "remedy": self.remedy })
    }
}

fn excerpt(text: &str, place: &Place, line: usize, column: usize) -> String {
    let Some(source) = text.lines().nth(line - 1) else { return String::new() };
    // A long line is shown around the place, so that the marker stays in sight.
    let characters: Vec<char> = source.chars().collect();
    let start = (column - 1).saturating_sub(60).min(characters.len());
    let shown: String = characters[start..].iter().take(120).collect();
    let width = place.length.clamp(1, 120usize.saturating_sub(column - 1 - start).max(1));
    let indent = " ".repeat(column - 1 - start);
    format!("{line:>5} | {}\n      | {indent}{}\n", shown.trim_end(), "^".repeat(width))
}

/// Words of `known` that are close to `word`, for "did you mean".
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = (word.chars().count() / 3).max(1);
    let near = known.into_iter().filter(|k| *k != word).map(|k| (distance(word, k), k));
    near.filter(|(d, _)| *d <= limit).min_by_key(|(d, _)| *d).map(|(_, k)| k.to_string())
}

/// Edits (insert, delete, replace, swap of neighbours counted as two) between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_are_offered() {
        let known = ["measures", "tables", "curves"];
        assert_eq!(did_you_mean("meassures", known).as_deref(), Some("measures"));
        assert_eq!(did_you_mean("clauses", known), None);
    }
}
