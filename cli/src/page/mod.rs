//! A report as one page of HTML: nothing is loaded, nothing runs, it prints on A4 and is read by who
//! cannot see it: headings in order, tables with their headings, and no meaning in colour alone.
//!
//! All texts go through the template and are escaped there; only charts, which are drawn here, are not.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, HtmlEscape, Value as Markup};
use serde_json::{Value, json};

use crate::table::{Column, Table};

/// What a page is filled in with.
const TEMPLATE: &str = include_str!("page.html");

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What it is about, in a line.
    pub about: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// What it rests on: a name and a value each.
    pub provenance: Vec<(String, String)>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What its figures mean.
    pub words: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// What stands in a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading within the section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Points, one below the other.
    Points(Vec<String>),
    /// A table.
    Table(Grid),
    /// A chart, as SVG drawn by us.
    Chart(String),
}

/// A table with headings.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// What the table shows.
    pub caption: String,
    /// The heading of each column.
    pub head: Vec<String>,
    /// True for columns of amounts.
    right: Vec<bool>,
    /// Its rows; the first cell is the heading of its row.
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table for people with other headings. A first cell that a text leaves empty because it is the
    /// same as above is filled in: each row is read by itself.
    pub fn new(caption: &str, head: &[&str], (table, skipped): (&Table, usize)) -> Grid {
        let right = table.columns().iter().map(|column| *column == Column::Right).collect();
        let mut rows: Vec<Vec<String>> = table.rows().skip(skipped).map(<[String]>::to_vec).collect();
        let mut above = String::new();
        for row in &mut rows {
            match row.first_mut() {
                Some(first) if first.is_empty() => *first = above.clone(),
                Some(first) => above.clone_from(first),
                None => {}
            }
        }
        let head = head.iter().map(ToString::to_string).collect();
        Grid { caption: caption.to_string(), head, right, rows }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn json(&self) -> Value {
        let head = self.head.iter().zip(&self.right);
        let head = head.map(|(text, right)| json!({ "text": text, "right": right }));
        let cells = |row: &Vec<String>| {
            let cells = row.iter().zip(&self.right);
            cells.map(|(text, right)| json!({ "text": text, "right": right })).collect::<Vec<_>>()
        };
        json!({
            "kind": "table", "caption": self.caption, "head": head.collect::<Vec<_>>(),
            "rows": self.rows.iter().map(cells).collect::<Vec<_>>(),
        })
    }
}

impl Block {
    fn json(&self) -> Value {
        match self {
            Block::Heading(text) => json!({ "kind": "heading", "text": text }),
            Block::Paragraph(text) => json!({ "kind": "paragraph", "text": text }),
            Block::Points(points) => json!({ "kind": "points", "points": points }),
            Block::Table(grid) => grid.json(),
            Block::Chart(svg) => json!({ "kind": "chart", "svg": svg }),
        }
    }
}

impl Page {
    /// The page as HTML.
    pub fn html(&self) -> String {
        let mut environment = Environment::new();
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.expect("the usual marks of blocks"));
        environment.add_filter("marked", marked);
        environment.add_template("page.html", TEMPLATE).expect("the template is well formed");
        let sections = self.sections.iter().enumerate().map(|(index, section)| {
            let blocks: Vec<Value> = section.blocks.iter().map(Block::json).collect();
            let id = format!("section-{}", index + 1);
            json!({ "id": id, "title": section.title, "words": section.words, "blocks": blocks })
        });
        let filled = json!({
            "title": self.title, "about": self.about, "sections": sections.collect::<Vec<_>>(),
            "provenance": self.provenance,
        });
        let template = environment.get_template("page.html").expect("the template was added");
        template.render(Serde(&filled)).expect("every name of the template is given")
    }
}

/// A text, escaped, in which what stands between two backticks is marked as code.
fn marked(text: &str) -> Markup {
    let escaped = HtmlEscape(text).to_string();
    let pieces: Vec<&str> = escaped.split('`').collect();
    let last = pieces.len() - 1;
    let mut out = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        match (index % 2, index == last) {
            (0, _) => out.push_str(piece),
            // A backtick that no other one answers stays one.
            (_, true) => out.push_str(&format!("`{piece}")),
            (_, false) => out.push_str(&format!("<code>{piece}</code>")),
        }
    }
    Markup::from_safe_string(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_empty_first_cells_are_filled_in() {
        let mut table = Table::new(&[Column::Left, Column::Right]);
        table.row(["<b>", "1.00"]);
        table.row(["", "2.00"]);
        let grid = Grid::new("Amounts", &["Party", "Amount"], (&table, 0));
        let section =
            Section { title: "A & B".to_string(), blocks: vec![Block::Table(grid)], ..Section::default() };
        let page = Page {
            title: "<script>".to_string(),
            about: String::new(),
            sections: vec![section],
            provenance: vec![("Contract".to_string(), "abc".to_string())],
        };
        let html = page.html();
        assert!(!html.contains("<script") && !html.contains("<b>") && html.contains("A &amp; B"));
        assert_eq!(html.matches("<th scope=\"row\">&lt;b&gt;</th>").count(), 2, "{html}");
        assert_eq!(html.matches("<th scope=\"col\"").count(), 2);
    }

    #[test]
    fn names_between_backticks_are_code_and_everything_is_escaped() {
        let marks = |text: &str| marked(text).to_string();
        assert_eq!(marks("`a<b` and `c`"), "<code>a&lt;b</code> and <code>c</code>");
        assert_eq!(marks("one ` alone"), "one ` alone");
        assert_eq!(marks("`a` and ` alone"), "<code>a</code> and ` alone");
    }
}
