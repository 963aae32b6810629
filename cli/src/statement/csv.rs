//! A statement as CSV: one row for each line and figure, for spreadsheets.
//!
//! A text cell that a spreadsheet would take for a formula begins with an apostrophe. Amounts
//! are plain decimals and stay numbers.

use std::io::{self, Write};

use carepact::Statement;
use carepact::statement::{Figure, StatementLine};
use csv::Writer;

use super::holders::by_holder;
use super::parts::Parts;
use super::{decimal, member_ids, member_titles, plain};

const HEADINGS: [&str; 20] = [
    "contract",
    "number",
    "id",
    "clause",
    "title",
    "kind",
    "type",
    "period",
    "members",
    "member_titles",
    "payer",
    "payee",
    "through",
    "amount",
    "currency",
    "status",
    "counts",
    "payable",
    "data",
    "due",
];

/// What follows for figures, where the contract shows some.
const HEADINGS_OF_FIGURES: [&str; 3] = ["quantity", "value", "unit"];

/// Writes the statement.
pub fn write<'p>(parts: &'p Parts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let figures = !parts.model.plan().figures().is_empty();
    let mut headings = HEADINGS.map(str::to_string).to_vec();
    headings.extend(HEADINGS_OF_FIGURES.iter().filter(|_| figures).map(ToString::to_string));
    out.write_all(&rows([headings].into_iter()))?;
    let of_part = |part: &Statement<'p>| {
        let each = by_holder(part).into_iter().flat_map(|own| {
            let lines = own.lines.iter().map(|line| {
                let mut row = line_row(part, line);
                row.resize(row.len() + if figures { HEADINGS_OF_FIGURES.len() } else { 0 }, String::new());
                row
            });
            lines.chain(own.figures.iter().map(|figure| figure_row(part, figure))).collect::<Vec<_>>()
        });
        rows(each)
    };
    parts.each(&of_part, &mut |rows| out.write_all(&rows))
}

/// Rows as they stand in the file.
pub fn rows(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).expect("memory takes every row");
    }
    writer.into_inner().expect("memory takes every row")
}

fn line_row(statement: &Statement<'_>, line: &StatementLine) -> Vec<String> {
    let contract = statement.model().contract();
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_string();
    vec![
        text(&contract.id),
        line.number.to_string(),
        text(&line.id),
        text(&line.clause),
        text(&line.title),
        text(line.kind),
        text(line.line_type.words()),
        text(&line.period),
        text(&member_ids(&line.members, line.holder.as_deref()).join(":")),
        text(&member_titles(&line.members).join(", ")),
        text(&line.payer),
        text(&line.payee),
        text(line.through.as_deref().unwrap_or_default()),
        plain(statement, &line.amount),
        text(&contract.currency),
        text(line.status),
        yes(line.live),
        yes(line.payable),
        text(line.data.word()),
        line.due.map_or(String::new(), |due| due.to_string()),
    ]
}

/// A figure is no amount that somebody owes: its value has a column of its own.
fn figure_row(statement: &Statement<'_>, figure: &Figure) -> Vec<String> {
    let mut row = vec![String::new(); HEADINGS.len() + HEADINGS_OF_FIGURES.len()];
    let mut set = |heading: &str, cell: String| {
        let headings = HEADINGS.iter().chain(&HEADINGS_OF_FIGURES);
        for (known, to) in headings.zip(&mut row) {
            if *known == heading {
                to.clone_from(&cell);
            }
        }
    };
    set("contract", text(&statement.model().contract().id));
    set("id", text(&figure.id));
    set("title", text(&figure.title));
    set("type", "figure".to_string());
    set("period", text(figure.period.as_deref().unwrap_or_default()));
    set("members", text(&member_ids(&figure.members, figure.holder.as_deref()).join(":")));
    set("member_titles", text(&member_titles(&figure.members).join(", ")));
    set("counts", "no".to_string());
    set("payable", "no".to_string());
    set("quantity", text(&figure.quantity));
    set("value", figure.value.as_ref().map_or(String::new(), decimal));
    set("unit", text(&figure.unit));
    row
}

/// A text that no spreadsheet takes for a formula.
pub fn text(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_string() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_are_neutralised() {
        assert_eq!(super::text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(super::text("a-b"), "a-b");
    }
}
