//! Lays out plain text: headings, wrapped paragraphs, aligned tables. Knows no contract.
//!
//! Lines are at most [`WIDTH`] characters, except where one word or a table of many columns is wider.

/// Characters in a line.
const WIDTH: usize = 100;

/// Least width of a column whose cells are wrapped to make a table fit.
const COLUMN_LEAST: usize = 16;

/// A text that is being written.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
}

/// A cell, and the side on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words, at the left.
    Text(String),
    /// A number, at the right.
    Number(String),
}

impl Cell {
    /// What stands in it.
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Number(text) => text,
        }
    }
}

impl Page {
    /// The title of the text.
    pub fn title(&mut self, text: &str) {
        self.underlined(text, "=");
    }

    /// The heading of a section.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.underlined(text, "-");
    }

    /// An empty line, unless there is one.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A wrapped paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.hanging("", "", text);
    }

    /// A wrapped entry: `mark` before its first line, the others as far in as the first.
    pub fn entry(&mut self, mark: &str, text: &str) {
        self.hanging(mark, &" ".repeat(width(mark)), text);
    }

    /// A table with a line below its head, when it has one. Cells are wrapped where it would be too wide.
    pub fn table(&mut self, indent: usize, head: &[String], rows: &[Vec<Cell>]) {
        let is_number = |column: usize| {
            rows.iter().any(|row| row.get(column).is_some_and(|cell| matches!(cell, Cell::Number(_))))
        };
        let heads: Vec<Cell> = head
            .iter()
            .enumerate()
            .map(|(i, text)| if is_number(i) { Cell::Number(text.clone()) } else { Cell::Text(text.clone()) })
            .collect();
        let most = (COLUMN_LEAST..WIDTH + 1).step_by(4).rev().find(|most| {
            let widths = widths(&heads, rows, *most);
            indent + widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= WIDTH
        });
        let most = most.unwrap_or(COLUMN_LEAST);
        let widths = widths(&heads, rows, most);
        if head.iter().any(|text| !text.is_empty()) {
            self.row(indent, &widths, &heads, most);
            let rules = widths.iter().map(|width| Cell::Text("-".repeat(*width))).collect::<Vec<_>>();
            self.row(indent, &widths, &rules, WIDTH);
        }
        for row in rows {
            self.row(indent, &widths, row, most);
        }
    }

    /// The text, ending in one line break.
    pub fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }

    fn row(&mut self, indent: usize, widths: &[usize], cells: &[Cell], most: usize) {
        let columns: Vec<Vec<String>> = cells.iter().map(|cell| wrapped(cell.text(), most)).collect();
        for line in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
            let mut out = " ".repeat(indent);
            for ((column, cell), width) in columns.iter().zip(cells).zip(widths) {
                let text = column.get(line).map_or("", String::as_str);
                out.push_str(&padded(text, *width, matches!(cell, Cell::Number(_))));
                out.push_str("  ");
            }
            self.line(&out);
        }
    }

    fn hanging(&mut self, first: &str, others: &str, text: &str) {
        for (i, line) in wrapped(text, WIDTH.saturating_sub(width(first))).iter().enumerate() {
            self.line(&format!("{}{line}", if i == 0 { first } else { others }));
        }
    }

    fn underlined(&mut self, text: &str, rule: &str) {
        self.line(text);
        self.line(&rule.repeat(width(text)));
        self.gap();
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }
}

/// The widths of columns whose cells are wrapped at `most`.
fn widths(heads: &[Cell], rows: &[Vec<Cell>], most: usize) -> Vec<usize> {
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).chain(heads.get(column));
        let lines = cells.flat_map(|cell| wrapped(cell.text(), most));
        lines.map(|line| width(&line)).max().unwrap_or(0)
    };
    (0..heads.len()).map(widest).collect()
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, to: usize, right: bool) -> String {
    let space = " ".repeat(to.saturating_sub(width(text)));
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}

/// The text in lines, cut at spaces; always at least one line.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is a line");
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= most {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_string());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_the_right() {
        let mut page = Page::default();
        let row = |name: &str, number: &str| vec![Cell::Text(name.into()), Cell::Number(number.into())];
        page.table(2, &["band".into(), "£".into()], &[row("moderate", "2,400"), row("severe", "20")]);
        assert_eq!(
            page.finish(),
            "  band          £\n  --------  -----\n  moderate  2,400\n  severe       20\n"
        );
    }

    #[test]
    fn entries_hang() {
        let mut page = Page::default();
        page.entry("1. ", &"word ".repeat(30));
        let text = page.finish();
        assert!(text.starts_with("1. word") && text.contains("\n   word"), "{text}");
        assert!(text.lines().all(|line| width(line) <= WIDTH));
    }
}
