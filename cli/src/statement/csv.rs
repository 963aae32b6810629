//! A statement as CSV: one row for each line and figure, for spreadsheets.
//!
//! A text cell that a spreadsheet would take for a formula begins with an apostrophe. Amounts
//! are plain decimals and stay numbers.

use std::borrow::Cow;
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

/// The cells of a row.
type Row<'a> = Vec<Cow<'a, str>>;

/// Writes the statement.
pub fn write<'p>(parts: &'p Parts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let figures = !parts.model.plan().figures().is_empty();
    let headings = HEADINGS.iter().chain(HEADINGS_OF_FIGURES.iter().filter(|_| figures));
    out.write_all(&rows([headings.collect::<Vec<_>>()].into_iter()))?;
    let of_part = |part: &Statement<'p>| {
        let mut writer = Writer::from_writer(Vec::new());
        for own in by_holder(part) {
            for line in own.lines {
                let mut row = line_row(part, line);
                row.extend(HEADINGS_OF_FIGURES.iter().filter(|_| figures).map(|_| Cow::Borrowed("")));
                write_row(&mut writer, &row);
            }
            own.figures.iter().for_each(|figure| write_row(&mut writer, &figure_row(part, figure)));
        }
        bytes(writer)
    };
    parts.each(&of_part, &mut |rows| out.write_all(&rows))
}

fn write_row(writer: &mut Writer<Vec<u8>>, row: &[impl AsRef<str>]) {
    writer.write_record(row.iter().map(AsRef::as_ref).map(str::as_bytes)).expect("memory takes every row");
}

fn bytes(writer: Writer<Vec<u8>>) -> Vec<u8> {
    writer.into_inner().expect("memory takes every row")
}

/// Rows as they stand in the file.
pub fn rows<C: AsRef<str>>(rows: impl Iterator<Item = Vec<C>>) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    rows.for_each(|row| write_row(&mut writer, &row));
    bytes(writer)
}

fn line_row<'a>(statement: &'a Statement<'_>, line: &'a StatementLine) -> Row<'a> {
    let contract = statement.model().contract();
    let yes = |yes: bool| Cow::Borrowed(if yes { "yes" } else { "no" });
    vec![
        cell(&contract.id),
        Cow::Owned(line.number.to_string()),
        cell(&line.id),
        cell(&line.clause),
        cell(&line.title),
        cell(line.kind),
        cell(line.line_type.words()),
        cell(&line.period),
        Cow::Owned(text(&member_ids(&line.members, line.holder.as_deref()).join(":"))),
        Cow::Owned(text(&member_titles(&line.members).join(", "))),
        cell(&line.payer),
        cell(&line.payee),
        cell(line.through.as_deref().unwrap_or_default()),
        Cow::Owned(plain(statement, &line.amount)),
        cell(&contract.currency),
        cell(line.status),
        yes(line.live),
        yes(line.payable),
        cell(line.data.word()),
        Cow::Owned(line.due.map_or(String::new(), |due| due.to_string())),
    ]
}

/// A figure is no amount that somebody owes: its value has a column of its own.
fn figure_row<'a>(statement: &'a Statement<'_>, figure: &'a Figure) -> Row<'a> {
    let empty = Cow::Borrowed("");
    let own = |heading: &str| match heading {
        "contract" => cell(&statement.model().contract().id),
        "id" => cell(&figure.id),
        "title" => cell(&figure.title),
        "type" => Cow::Borrowed("figure"),
        "period" => cell(figure.period.as_deref().unwrap_or_default()),
        "members" => Cow::Owned(text(&member_ids(&figure.members, figure.holder.as_deref()).join(":"))),
        "member_titles" => Cow::Owned(text(&member_titles(&figure.members).join(", "))),
        "counts" | "payable" => Cow::Borrowed("no"),
        "quantity" => cell(&figure.quantity),
        "value" => Cow::Owned(figure.value.as_ref().map_or(String::new(), decimal)),
        "unit" => cell(&figure.unit),
        _ => empty.clone(),
    };
    HEADINGS.iter().chain(&HEADINGS_OF_FIGURES).map(|heading| own(heading)).collect()
}

/// A text that no spreadsheet takes for a formula.
pub fn text(cell_text: &str) -> String {
    cell(cell_text).into_owned()
}

fn cell(text: &str) -> Cow<'_, str> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_are_neutralised() {
        assert_eq!(super::text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(super::text("a-b"), "a-b");
    }
}
