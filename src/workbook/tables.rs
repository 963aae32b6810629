//! The sheets of the calculation and of what the contract agrees.

use super::calculation::{Calculation, ROWS_BEFORE, Row};
use super::number::Known;
use super::sheet::{Cell, Sheet, Style};
use super::sums::short;
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

/// The sheet of parameters with the numbers that cannot be changed in it.
pub(super) fn parameters(mut sheet: Sheet, calculation: &Calculation<'_>) -> Sheet {
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
