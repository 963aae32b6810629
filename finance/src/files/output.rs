//! Tables as others read them: CSV and XLSX, amounts as numbers, text never as a formula.

use std::collections::BTreeMap;

use carepact::{Diagnostic, Exact};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::cells::neutral;
use super::codes::{SHEET, problem};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// An amount of money with two decimal places.
    Amount(Exact),
    /// Nothing.
    Empty,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// What it is called.
    pub name: String,
    /// Its headings.
    pub headings: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// The cell as it stands in a CSV file.
    pub fn plain(&self) -> String {
        match self {
            Cell::Text(text) => neutral(text).into_owned(),
            Cell::Amount(amount) => amount.plain(2),
            Cell::Empty => String::new(),
        }
    }
}

impl Grid {
    /// A table without rows.
    pub fn new(name: &str, headings: &[&str]) -> Grid {
        let headings = headings.iter().map(|heading| (*heading).to_string()).collect();
        Grid { name: name.to_string(), headings, rows: Vec::new() }
    }

    /// The table as CSV.
    pub fn csv(&self) -> Vec<u8> {
        csv(&self.headings, self.rows.iter().map(|row| row.iter().map(Cell::plain).collect()))
    }
}

/// Rows as CSV, as they are.
pub fn csv(headings: &[String], rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrote = "memory takes every row";
    writer.write_record(headings).expect(wrote);
    rows.for_each(|row| writer.write_record(&row).expect(wrote));
    writer.into_inner().expect(wrote)
}

/// Tables as a workbook, a sheet for each.
pub fn xlsx(grids: &[Grid]) -> Result<Vec<u8>, Diagnostic> {
    written(grids).map_err(|error| {
        let found = format!("the workbook cannot be made: {error}");
        problem(&SHEET, found, "write CSV instead; a sheet holds at most 1,048,576 rows")
    })
}

fn written(grids: &[Grid]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let heading = Format::new().set_bold().set_border_bottom(rust_xlsxwriter::FormatBorder::Thin);
    let money = Format::new().set_num_format("#,##0.00;[Red]-#,##0.00");
    for grid in grids {
        let sheet = book.add_worksheet();
        sheet.set_name(&grid.name)?;
        sheet.set_freeze_panes(1, 0)?;
        let mut widths: BTreeMap<u16, usize> = BTreeMap::new();
        for (column, text) in (0..).zip(&grid.headings) {
            sheet.write_string_with_format(0, column, text, &heading)?;
            widths.insert(column, text.chars().count());
        }
        for (row, cells) in (1..).zip(&grid.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Cell::Text(text) => sheet.write_string(row, column, neutral(text).as_ref())?,
                    // Fifteen digits are what a workbook keeps of a number.
                    Cell::Amount(amount) => match number(&amount.plain(2)).and_then(|n| n.as_f64()) {
                        Some(number) => sheet.write_number_with_format(row, column, number, &money)?,
                        None => sheet.write_string(row, column, amount.plain(2))?,
                    },
                    Cell::Empty => continue,
                };
                let width = widths.entry(column).or_default();
                *width = (*width).max(cell.plain().chars().count());
            }
        }
        for (column, width) in widths {
            sheet.set_column_width(column, u16::try_from(width.clamp(8, 60)).unwrap_or(60) + 2)?;
        }
        sheet.set_landscape();
        sheet.set_paper_size(9);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
    }
    book.save_to_buffer()
}

/// An amount as a number of a workbook; nothing where it has more digits than that keeps.
fn number(plain: &str) -> Option<serde_json::Number> {
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 { None } else { serde_json::from_str(plain).ok() }
}
