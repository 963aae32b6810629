//! A statement as CSV: one row for each line, for spreadsheets.
//!
//! A text cell that a spreadsheet would take for a formula begins with an apostrophe. Amounts
//! are plain decimals and stay numbers.

use carepact::Statement;
use carepact::statement::StatementLine;
use csv::Writer;

use super::{member_ids, member_titles, plain};

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

/// The statement.
pub fn of(statement: &Statement<'_>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let rows = statement.lines().iter().map(|line| row(statement, line));
    for row in [HEADINGS.map(str::to_string)].into_iter().chain(rows) {
        writer.write_record(&row).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("cells are text")
}

fn row(statement: &Statement<'_>, line: &StatementLine) -> [String; 20] {
    let contract = statement.model().contract();
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_string();
    [
        text(&contract.id),
        line.number.to_string(),
        text(&line.id),
        text(&line.clause),
        text(&line.title),
        text(line.kind),
        text(line.line_type.words()),
        text(&line.period),
        text(&member_ids(line).join(":")),
        text(&member_titles(line).join(", ")),
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

/// A text that no spreadsheet takes for a formula.
fn text(cell: &str) -> String {
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
