//! Sheets of workbooks (XLSX, XLS, XLSB, ODS) as rows of text.

use std::io::Cursor;

use calamine::{Data, Reader};
use carepact::Diagnostic;

use super::codes::{SHEET, problem};

/// Rows of a sheet with their numbers.
pub type SheetRows = Vec<(usize, Vec<String>)>;

/// True for the first bytes of a workbook.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

/// The rows of a sheet: the first, or the one with this name.
pub fn rows(name: &str, bytes: Vec<u8>, sheet: Option<&str>) -> Result<SheetRows, Diagnostic> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let found = format!("{name} is no workbook that can be read: {error}");
        problem(&SHEET, found, "open it in a spreadsheet and save it as XLSX or as `CSV UTF-8`")
    };
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let sheets = book.sheet_names();
    let wanted = match sheet {
        Some(sheet) => sheets.iter().find(|known| known.as_str() == sheet),
        None => sheets.first(),
    };
    let Some(wanted) = wanted else {
        let found = format!("{name} has no sheet `{}`", sheet.unwrap_or_default());
        return Err(problem(&SHEET, found, &format!("its sheets are: {}", sheets.join(", "))));
    };
    let range = book.worksheet_range(wanted).map_err(|error| unreadable(&error))?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let left = index(first_column);
    let row = |(at, cells): (usize, &[Data])| {
        let blank = std::iter::repeat_n(String::new(), left);
        (index(first_row) + at + 1, blank.chain(cells.iter().map(text)).collect())
    };
    Ok(range.rows().enumerate().map(row).collect())
}

/// A cell as text, numbers with the fifteen digits that a spreadsheet keeps, dates in ISO.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(&format!("{number:.14e}")),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_string(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) {
                date
            } else {
                format!("{date}T{hour:02}:{minute:02}:{second:02}")
            }
        }
    }
}

/// `1.20000000000000e2` as `120`.
fn plain(scientific: &str) -> String {
    let (sign, unsigned) = scientific.strip_prefix('-').map_or(("", scientific), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_string();
    }
    let exponent: i32 = exponent.parse().unwrap_or(0);
    match usize::try_from(exponent) {
        Ok(before) if digits.len() <= before + 1 => format!("{sign}{digits:0<width$}", width = before + 1),
        Ok(before) => format!("{sign}{}.{}", &digits[..=before], &digits[before + 1..]),
        Err(_) => {
            let noughts = usize::try_from(-exponent - 1).unwrap_or(0);
            format!("{sign}0.{}{digits}", "0".repeat(noughts))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_out() {
        let of = |scientific: &str| plain(scientific);
        assert_eq!(of("1.20000000000000e2"), "120");
        assert_eq!(of("-1.23450000000000e1"), "-12.345");
        assert_eq!(of("6.74000000000000e-1"), "0.674");
        assert_eq!(of("5.00000000000000e-3"), "0.005");
        assert_eq!(of("0.00000000000000e0"), "0");
        assert_eq!(of("1.00000000000000e6"), "1000000");
    }

    #[test]
    fn a_number_has_the_digits_that_a_spreadsheet_keeps() {
        // One tenth and two tenths are 0.30000000000000004 in a computer, and 0.3 in a spreadsheet.
        let sum: calamine::Data = serde_json::from_str::<serde_json::Value>("0.30000000000000004")
            .ok()
            .and_then(|value| value.as_f64())
            .map(Data::Float)
            .unwrap();
        assert_eq!(text(&sum), "0.3");
    }
}
