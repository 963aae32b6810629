//! Writes a workbook of the engine as an XLSX file: column widths, number formats, frozen heads, print
//! areas, names of inputs. What stands in the cells is the engine's.

mod float;
mod look;

use carepact::Workbook;
use carepact::workbook::{Cell, Content, Sheet, Shown, Style};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, Workbook as File, Worksheet, XlsxError,
};

use look::{Looks, is_number};

/// What stands beside a formula, for viewers that do not calculate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Results {
    /// What the formula gives.
    Worked,
    /// 0, so that whoever reads anything else has calculated.
    Nought,
}

/// A4, as XLSX counts sizes of paper.
const A4: u8 = 9;

/// Heights of rows in points: of the title, and of heads that may need two lines.
const TITLE_HEIGHT: u32 = 24;
const HEADING_HEIGHT: u32 = 28;

/// The XLSX file of a workbook, with so many decimal places for money.
///
/// # Errors
/// When a sheet is larger than XLSX allows.
pub fn xlsx(workbook: &Workbook, places: u32, results: Results) -> Result<Vec<u8>, XlsxError> {
    let mut file = File::new();
    // The same contract and data give the same bytes, so the file does not say when it was written.
    let always = ExcelDateTime::from_ymd(2000, 1, 1)?;
    file.set_properties(&DocProperties::new().set_creation_datetime(&always));
    let looks = Looks::new(places);
    for sheet in &workbook.sheets {
        write(file.add_worksheet(), sheet, &looks, results)?;
    }
    for (name, cell) in &workbook.names {
        file.define_name(name.as_str(), &format!("={cell}"))?;
    }
    file.save_to_buffer()
}

fn write(to: &mut Worksheet, sheet: &Sheet, looks: &Looks, results: Results) -> Result<(), XlsxError> {
    to.set_name(sheet.name)?;
    for (column, width) in (0..).zip(&sheet.widths) {
        to.set_column_width(column, *width)?;
    }
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            write_cell(to, (row, column), cell, (format_of(sheet, (row, column), cell, looks), results))?;
        }
    }
    to.set_row_height(0, TITLE_HEIGHT)?;
    to.set_row_height(sheet.head.saturating_sub(1), HEADING_HEIGHT)?;
    print_setup(to, sheet)
}

/// The look of a cell; heads stand where the numbers below them do.
fn format_of<'l>(sheet: &Sheet, (row, column): (u32, u16), cell: &Cell, looks: &'l Looks) -> &'l Format {
    let below = sheet.rows.iter().skip(usize::try_from(row).unwrap_or(0) + 1);
    let mut below = below.filter_map(|cells| cells.get(usize::from(column)));
    let mut numbers =
        || below.find(|cell| cell.content != Content::Empty).is_some_and(|cell| is_number(cell.style));
    if cell.style == Style::Heading && column > 0 && numbers() {
        looks.heading_of_numbers()
    } else {
        looks.of(cell.style)
    }
}

/// Heads stay in sight and are printed on every page; a page is A4, landscape, as wide as the sheet.
fn print_setup(to: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let last_row = u32::try_from(sheet.rows.len().max(1)).unwrap_or(u32::MAX) - 1;
    let last_column = u16::try_from(sheet.widths.len().max(1)).unwrap_or(u16::MAX) - 1;
    let last_printed = sheet.printed.max(1) - 1;
    to.set_freeze_panes(sheet.head, sheet.side)?;
    to.set_repeat_rows(sheet.head.saturating_sub(1), sheet.head.saturating_sub(1))?;
    to.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    to.set_print_area(0, 0, last_row, last_printed)?;
    to.set_footer("&L&A&RPage &P of &N");
    if sheet.filter && last_row >= sheet.head {
        to.autofilter(sheet.head - 1, 0, last_row, last_column)?;
    }
    Ok(())
}

fn write_cell(
    to: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    (format, results): (&Format, Results),
) -> Result<(), XlsxError> {
    match &cell.content {
        Content::Empty => to.write_blank(row, column, format).map(|_| ()),
        Content::Text(text) => to.write_string_with_format(row, column, text, format).map(|_| ()),
        Content::Number(value) => float::write(to, (row, column), value, format),
        Content::Formula(formula, shown) => {
            let result = match (results, shown) {
                (Results::Worked, Shown::Number(value)) => float::digits(value),
                (Results::Worked, Shown::Text(text)) => text.clone(),
                (Results::Nought, Shown::Number(_) | Shown::Text(_)) => "0".to_string(),
            };
            let formula = Formula::new(formula).set_result(result);
            to.write_formula_with_format(row, column, formula, format).map(|_| ())
        }
    }
}
