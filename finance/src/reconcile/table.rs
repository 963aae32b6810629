//! Tables out of CSV files and workbooks, all cells as text, with the row of each as a spreadsheet counts it.

use std::borrow::Cow;
use std::io::Cursor;

use calamine::{Data, Range, Reader, open_workbook_auto_from_rs};
use carepact::Diagnostic;
use csv::{ReaderBuilder, StringRecord};

use super::problem::{PAYMENTS_FILE, in_row, problem};

/// A file as it was read.
pub(super) enum Table<'b> {
    /// Text with separators.
    Text(Cow<'b, str>),
    /// A sheet of a workbook.
    Sheet(Range<Data>),
}

/// What is done with each row; false when no more are wanted.
pub(super) type EachRow<'r> = dyn FnMut(usize, &[&str]) -> bool + 'r;

/// Separators that are tried when none is given.
pub(super) const SEPARATORS: [u8; 3] = *b",;\t";

impl<'b> Table<'b> {
    /// Reads a file: a workbook, or text in UTF-8, UTF-16 or Windows-1252.
    pub fn open(name: &str, bytes: &'b [u8], sheet: Option<&str>) -> Result<Table<'b>, Diagnostic> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Self::workbook(name, bytes, sheet);
        }
        if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
            return Ok(Table::Text(encoding.decode_without_bom_handling(&bytes[mark..]).0));
        }
        Ok(Table::Text(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            // What is not UTF-8 was saved by a spreadsheet on Windows.
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
        }))
    }

    fn workbook(name: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Table<'b>, Diagnostic> {
        let refuse = |error: &dyn std::fmt::Display| {
            let found = format!("{name} cannot be read as a workbook: {error}");
            problem(&PAYMENTS_FILE, found, "open it in a spreadsheet and save it again, without a password")
        };
        let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| refuse(&error))?;
        let names = workbook.sheet_names();
        let wanted = sheet.map(str::to_string).or_else(|| names.first().cloned()).unwrap_or_default();
        if !names.contains(&wanted) {
            let found = format!("{name} has no sheet `{wanted}`");
            return Err(problem(&PAYMENTS_FILE, found, &format!("name one of {}", names.join(", "))));
        }
        workbook.worksheet_range(&wanted).map(Table::Sheet).map_err(|error| refuse(&error))
    }

    /// The separators that may be those of the file; of a sheet none matters.
    pub fn separators(&self, given: Option<u8>) -> Vec<u8> {
        match (self, given) {
            (Table::Sheet(_), _) => vec![b','],
            (Table::Text(_), Some(separator)) => vec![separator],
            (Table::Text(_), None) => SEPARATORS.to_vec(),
        }
    }

    /// Goes through the rows that hold anything.
    pub fn each_row(&self, name: &str, separator: u8, row: &mut EachRow<'_>) -> Result<(), Diagnostic> {
        match self {
            Table::Text(text) => each_record(name, text, separator, row),
            Table::Sheet(range) => {
                let first = range.start().map_or(0, |(first, _)| first as usize);
                for (index, cells) in range.rows().enumerate() {
                    let texts: Vec<Cow<'_, str>> = cells.iter().map(text).collect();
                    let cells: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
                    if cells.iter().any(|cell| !cell.is_empty()) && !row(first + index + 1, &cells) {
                        break;
                    }
                }
                Ok(())
            }
        }
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn each_record(name: &str, text: &str, separator: u8, row: &mut EachRow<'_>) -> Result<(), Diagnostic> {
    let bytes = text.as_bytes();
    let mut builder = ReaderBuilder::new();
    let mut reader = builder.has_headers(false).flexible(true).delimiter(separator).from_reader(bytes);
    let mut record = StringRecord::new();
    // Line breaks before the record, and how many of them stand inside cells and begin no row.
    let (mut start, mut before, mut inside) = (0, 0, 0);
    while reader.read_record(&mut record).unwrap_or(false) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len()).min(bytes.len());
        let chunk = &bytes[start..end];
        let held = record.iter().map(|cell| newlines(cell.as_bytes())).sum::<usize>();
        inside += held;
        let number = before + newlines(chunk.trim_ascii_end()) + 1 - inside;
        before += newlines(chunk);
        start = end;
        if held > 0 && end == bytes.len() && bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
            let found = "a quotation mark opens a cell here and is never closed".to_string();
            return Err(in_row(&PAYMENTS_FILE, (name, number), None, found, "close it, or take it out"));
        }
        let cells: Vec<&str> = record.iter().collect();
        if cells.iter().any(|cell| !cell.is_empty()) && !row(number, &cells) {
            break;
        }
    }
    Ok(())
}

/// The text of a cell of a sheet: dates as ISO dates, numbers as decimals.
fn text(cell: &Data) -> Cow<'_, str> {
    match cell {
        Data::Empty => Cow::Borrowed(""),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cow::Borrowed(text),
        Data::Int(number) => Cow::Owned(number.to_string()),
        // A spreadsheet holds 24955200.10 as the nearest binary number; six places are what was meant.
        Data::Float(number) => {
            let text = format!("{number:.6}");
            Cow::Owned(text.trim_end_matches('0').trim_end_matches('.').to_string())
        }
        Data::Bool(truth) => Cow::Borrowed(if *truth { "TRUE" } else { "FALSE" }),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cow::Owned(format!("{year:04}-{month:02}-{day:02}"))
        }
        Data::Error(error) => Cow::Owned(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let table = Table::open("x.csv", text.as_bytes(), None).unwrap();
        table
            .each_row("x.csv", b',', &mut |row, cells| {
                found.push((row, cells.join("|")));
                true
            })
            .unwrap();
        found
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let rows = |text: &str| numbers(text).into_iter().map(|(row, _)| row).collect::<Vec<_>>();
        assert_eq!(rows("a,b\n1,2\n3,4"), [1, 2, 3]);
        assert_eq!(rows("a,b\r\n\r\n1,2\r\n\r\n\r\n3,4\r\n"), [1, 3, 6]);
        assert_eq!(rows("a,b\n\"1\nand\n\",2\n3,4\n"), [1, 2, 3]);
        assert_eq!(rows("\n\na,b\n,\n1,2\n"), [3, 5]);
    }

    #[test]
    fn encodings_are_told_apart() {
        let read = |bytes: &[u8]| match Table::open("x", bytes, None).unwrap() {
            Table::Text(text) => text.into_owned(),
            Table::Sheet(_) => String::new(),
        };
        assert_eq!(read(b"\xef\xbb\xbf\xc2\xa35"), "£5");
        assert_eq!(read(b"\xa35"), "£5");
        assert_eq!(read(b"\xff\xfe\xa3\x00\x35\x00"), "£5");
    }

    #[test]
    fn an_open_quotation_mark_is_refused() {
        let table = Table::open("x.csv", b"a,b\n1,\"x\n2,y\n", None).unwrap();
        assert!(table.each_row("x.csv", b',', &mut |_, _| true).is_err());
    }
}
