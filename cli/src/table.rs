//! Tables of text: columns that line up, two spaces between them, no rules to draw.
//!
//! At most one column gives way when a table is wider than the page: its cells are cut and end
//! in `…`, or go on in the lines below. Amounts and names are never cut.

/// Characters of a page.
pub const PAGE: usize = 110;

/// Least width of the column that gives way.
const NARROWEST: usize = 24;

/// How the cells of a column stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// To the left.
    Left,
    /// To the left; cut when the page is too narrow.
    Cut,
    /// To the left; goes on in the lines below when the page is too narrow.
    Flow,
    /// To the right: amounts and counts.
    Right,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Cells(Vec<String>),
    /// A text across all columns.
    Across(String),
    /// A line under the amounts of the columns that the next row sums up.
    Rule,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[Column]) -> Table {
        Table { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row of cells.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.cells(cells.iter().map(ToString::to_string).collect());
    }

    /// Adds a row of cells.
    pub fn cells(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for each column");
        self.rows.push(Row::Cells(cells.iter().map(|cell| clean(cell)).collect()));
    }

    /// Adds a text across all columns, wrapped where it is too long; an empty one is a blank row.
    pub fn across(&mut self, text: &str) {
        self.rows.push(Row::Across(wrapped(text, PAGE, 4)));
    }

    /// Adds a line under the amounts that the next row sums up.
    pub fn rule(&mut self) {
        self.rows.push(Row::Rule);
    }

    /// How its columns stand.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its rows of cells.
    pub fn rows(&self) -> impl Iterator<Item = &[String]> {
        self.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => Some(cells.as_slice()),
            Row::Across(_) | Row::Rule => None,
        })
    }

    /// The table as text.
    pub fn text(&self) -> String {
        let widths = self.widths();
        let mut out = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let line = match row {
                Row::Across(text) => text.clone(),
                Row::Cells(cells) => self.line(cells, &widths),
                Row::Rule => self.line(&self.rule_cells(index + 1, &widths), &widths),
            };
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.columns.len()];
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(length(cell));
            }
        }
        let used = widths.iter().filter(|width| **width > 0).map(|width| width + 2).sum::<usize>();
        let over = used.saturating_sub(PAGE + 2);
        let gives_way = |column: &Column| matches!(column, Column::Cut | Column::Flow);
        if let Some(cut) = self.columns.iter().position(gives_way) {
            widths[cut] = widths[cut].min(widths[cut].saturating_sub(over).max(NARROWEST));
        }
        widths
    }

    /// A row, in as many lines as the column that flows needs.
    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let flows = self.columns.iter().position(|column| *column == Column::Flow);
        let Some(flows) = flows.filter(|at| length(&cells[*at]) > widths[*at]) else {
            return self.one_line(cells, widths);
        };
        let lines = wrapped(&cells[flows], widths[flows], 0);
        let mut rows = Vec::new();
        for (index, piece) in lines.lines().enumerate() {
            let mut row = if index == 0 { cells.to_vec() } else { vec![String::new(); cells.len()] };
            row[flows] = piece.to_string();
            rows.push(self.one_line(&row, widths).trim_end().to_string());
        }
        rows.join("\n")
    }

    /// A column without any text takes no room.
    fn one_line(&self, cells: &[String], widths: &[usize]) -> String {
        let shown = self.columns.iter().zip(cells).zip(widths).filter(|(_, width)| **width > 0);
        let parts = shown.map(|((column, cell), width)| match column {
            Column::Left | Column::Flow => pad(cell, *width, false),
            Column::Cut => pad(&cut(cell, *width), *width, false),
            Column::Right => pad(cell, *width, true),
        });
        parts.collect::<Vec<_>>().join("  ")
    }

    fn rule_cells(&self, next: usize, widths: &[usize]) -> Vec<String> {
        let sums = match self.rows.get(next) {
            Some(Row::Cells(cells)) => cells.clone(),
            Some(Row::Across(_) | Row::Rule) | None => vec![String::new(); self.columns.len()],
        };
        let of = |((column, width), sum): ((&Column, &usize), &String)| match column {
            Column::Right if !sum.is_empty() => "-".repeat(*width),
            Column::Left | Column::Cut | Column::Flow | Column::Right => String::new(),
        };
        self.columns.iter().zip(widths).zip(&sums).map(of).collect()
    }
}

/// Words in lines of at most `width` characters; the first keeps its indent, later ones have theirs.
pub fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let text = clean(text);
    let mut line = " ".repeat(length(&text) - length(text.trim_start()));
    for word in text.split_whitespace() {
        // A sign of per cent stays with its number.
        let stays = word.starts_with('%');
        if !stays && !line.trim().is_empty() && length(&line) + 1 + length(word) > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// Without control characters, which could move the cursor or break the row.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_string();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn pad(text: &str, width: usize, right: bool) -> String {
    let room = " ".repeat(width.saturating_sub(length(text)));
    if right { room + text } else { text.to_string() + &room }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&[Column::Left, Column::Right]);
        table.row(["core", "1.00"]);
        table.row(["outcomes", "-12.50"]);
        table.rule();
        table.row(["", "-11.50"]);
        assert_eq!(table.text(), "core        1.00\noutcomes  -12.50\n          ------\n          -11.50\n");
    }

    #[test]
    fn only_one_column_is_cut() {
        let mut table = Table::new(&[Column::Cut, Column::Left]);
        let (long, name) = ("long ".repeat(30), "n".repeat(60));
        table.row([&long, &name]);
        let text = table.text();
        assert!(text.contains('…') && text.contains(&name) && length(text.trim_end()) <= PAGE);
    }

    #[test]
    fn what_flows_goes_on_below_and_loses_nothing() {
        let mut table = Table::new(&[Column::Left, Column::Flow, Column::Right]);
        let long = (1..=40).map(|n| format!("name{n:02}")).collect::<Vec<_>>().join(", ");
        table.row(["party", &long, "1.00"]);
        let text = table.text();
        assert!(text.lines().count() > 1 && text.lines().all(|line| length(line) <= PAGE), "{text}");
        assert!((1..=40).all(|n| text.contains(&format!("name{n:02}"))) && !text.contains('…'));
        assert!(text.lines().next().is_some_and(|line| line.ends_with("1.00")));
    }

    #[test]
    fn text_is_wrapped_at_words_and_holds_no_control_characters() {
        assert_eq!(wrapped("one two three", 7, 2), "one two\n  three");
        assert_eq!(clean("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
