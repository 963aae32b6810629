//! The sheets of the calculation and of what the contract agrees.

use super::calculation::{Calculation, ROWS_BEFORE, Row};
use super::number::Known;
use super::sheet::{Cell, Sheet, Style};
use super::sums::short;
use crate::Model;
use crate::num::Exact;

const COLUMNS: [(&str, u32); 13] = [
    ("What", 42),
    ("For", 24),
    ("Rule", 38),
    ("Value", 20),
    ("Unit", 13),
    ("Whole number", 20),
    ("Over", 13),
    ("In steps of", 12),
    ("Nearest", 20),
    ("Left over", 16),
    ("Size, or error", 18),
    ("Sure", 7),
    ("Place in the contract", 50),
];

/// The columns up to the step.
const PRINTED: u16 = 8;

/// The calculation.
pub(super) fn calculation(calculation: &Calculation<'_>) -> Sheet {
    let notes = [
        "Each row is one step. Its value is the whole number, over the divisor where there is one, times the step."
            .to_string(),
        "Whole numbers of up to 15 digits are exact in every spreadsheet; so what is rounded is decided between \
         whole numbers: “Nearest” is a guess, “Left over” what it leaves, and the whole number is put right by it."
            .to_string(),
        "“Size” is the largest number on the way. Rows without a whole number are decimals, and “error” is how far \
         off they may be."
            .to_string(),
        "“Sure” is 1 where the row and all that it reads cannot be wrong.".to_string(),
    ];
    let mut sheet = Sheet::new("Calculation", "Calculation, step by step", &notes, &COLUMNS);
    sheet.side = 1;
    sheet.printed = PRINTED;
    assert_eq!(sheet.rows.len(), ROWS_BEFORE, "rows stand where formulas look for them");
    for row in &calculation.rows {
        let (size, sure) = (worked(Some(&row.size), Style::Plain), worked(Some(&row.sure), Style::Whole));
        let cells = [
            worked(Some(&row.decimal), Style::Number),
            worked(row.whole.as_ref(), Style::Whole),
            worked(row.over.as_ref(), Style::Whole),
        ];
        let between = [worked(row.nearest.as_ref(), Style::Whole), worked(row.left.as_ref(), Style::Plain)];
        sheet.rows.push(row_of(row, cells, between, [size, sure]));
    }
    sheet
}

/// Cells in the order of the columns.
fn row_of(
    row: &Row,
    [decimal, whole, over]: [Cell; 3],
    [nearest, left]: [Cell; 2],
    last: [Cell; 2],
) -> Vec<Cell> {
    let label = &row.label;
    let [size, sure] = last;
    vec![
        Cell::text(label.what.as_str()),
        Cell::text(label.context.as_str()),
        Cell::text(label.rule.as_str()),
        decimal,
        Cell::text(label.unit.as_str()),
        whole,
        over,
        Cell::text(row.unit.as_ref().map_or_else(String::new, short)),
        nearest,
        left,
        size,
        sure,
        Cell::text(label.place.as_str()),
    ]
}

fn worked(known: Option<&Known>, style: Style) -> Cell {
    known.map_or_else(Cell::empty, |known| Cell::formula(&known.formula, &known.value, style))
}

/// What the contract agrees: its tables as written, then the numbers that the calculation reads.
pub(super) fn parameters(model: &Model, calculation: &Calculation<'_>) -> Sheet {
    let notes = [
        "The first table holds the tables of the contract as they are written. Where a formula multiplies by a \
         number, its rule says which."
            .to_string(),
        "The second holds the agreed numbers that the calculation reads as cells, and amounts that follow from \
         agreed numbers alone."
            .to_string(),
        "To change an agreed number, change the contract and write the workbook again: many formulas hold several \
         of them in one."
            .to_string(),
        "“Place” is where it stands in the contract.".to_string(),
    ];
    let mut sheet = Sheet::new("Parameters", "Parameters: what was agreed", &notes, &COLUMNS);
    sheet.side = 1;
    sheet.printed = PRINTED;
    sheet.filter = false;
    sheet.rows.push(vec![Cell::styled("Tables of the contract", Style::Section)]);
    sheet.rows.extend(as_written(model));
    sheet.rows.push(Vec::new());
    let what = "Agreed numbers of the calculation, and amounts that follow from agreed numbers alone";
    sheet.rows.push(vec![Cell::styled(what, Style::Section)]);
    assert_eq!(sheet.rows.len(), calculation.rows_before_agreed, "rows stand where formulas look for them");
    for row in &calculation.agreed {
        let fixed = |value: Option<&Known>, style: Style| {
            value.map_or_else(Cell::empty, |known| Cell::number(&known.value, style))
        };
        let cells = [
            fixed(Some(&row.decimal), Style::Number),
            fixed(row.whole.as_ref(), Style::Whole),
            Cell::empty(),
        ];
        let error = Cell::formula(
            &format!("2E-14*ABS(D{})", sheet.next_row()),
            &(&super::number::relative_error() * &row.decimal.value.abs()),
            Style::Plain,
        );
        let sure = Cell::number(&Exact::ONE, Style::Whole);
        sheet.rows.push(row_of(row, cells, [Cell::empty(), Cell::empty()], [error, sure]));
    }
    sheet
}

/// How many rows of the sheet stand before the agreed numbers.
pub(super) fn rows_before_agreed(model: &Model) -> usize {
    ROWS_BEFORE + as_written(model).len() + 3
}

/// The tables of the contract, a row for each cell.
fn as_written(model: &Model) -> Vec<Vec<Cell>> {
    let contract = model.contract();
    let mut rows = Vec::new();
    for table in &contract.tables {
        for column in &table.columns {
            let mut push = |members: &str, value: &Exact| {
                let name = column.name.as_ref().map_or(String::new(), |name| format!(".{name}"));
                let title = table.title.as_ref().map_or(String::new(), |title| format!(": {title}"));
                let unit = if column.unit.is_pure() { String::new() } else { column.unit.to_string() };
                let mut cells = vec![
                    Cell::text(format!("{}{name}{title}", table.name)),
                    Cell::text(members),
                    Cell::text("agreed, as written"),
                    Cell::number(value, Style::Number),
                    Cell::text(unit),
                ];
                cells.extend((cells.len()..COLUMNS.len() - 1).map(|_| Cell::empty()));
                cells.push(Cell::text(&*table.place.pointer));
                rows.push(cells);
            };
            for (members, value) in &column.cells {
                let names = table.by.iter().zip(members);
                let names = names.map(|(axis, member)| contract.member_name(*axis, *member));
                push(&names.collect::<Vec<_>>().join(", "), value);
            }
            let stands = table.by.is_empty() || !column.cells.is_empty();
            if let Some(value) = column.otherwise.as_ref().filter(|_| stands) {
                push(if table.by.is_empty() { "" } else { "all others" }, value);
            }
        }
    }
    rows
}
