//! Observation files: comma, semicolon or tab separated text as spreadsheets save it.
//!
//! Rows are counted as a spreadsheet counts them: the header is row 1, blank rows count, and a
//! cell that holds a line break does not begin a new row. Cells are passed on as they are.

use std::path::{Path, PathBuf};

use carepact::source::{Code, Location};
use carepact::{Diagnostic, Observations};
use csv::{ByteRecord, ReaderBuilder};

use crate::files::{self, ENCODING, QUOTES};

/// Reads all files; the problems of all files when there are any.
pub fn read(files: &[PathBuf]) -> Result<Observations, Vec<Diagnostic>> {
    let mut observations = Observations::new();
    let mut problems = Vec::new();
    for file in files {
        match files::read(file).and_then(|bytes| rows(file, &bytes)) {
            Ok(rows) => add(&mut observations, file, &rows),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(observations) } else { Err(problems) }
}

/// A row and its cells.
type Row = (usize, Vec<String>);

fn add(observations: &mut Observations, file: &Path, rows: &[Row]) {
    let (headings, records) = rows.split_first().map_or((&[][..], &[][..]), |((_, head), rest)| (head, rest));
    let records = records.iter().map(|(row, cells)| (*row, cells.as_slice()));
    observations.add_table(&files::name(file), headings, records);
}

/// The rows of a file, the header first.
fn rows(file: &Path, bytes: &[u8]) -> Result<Vec<Row>, Diagnostic> {
    refuse_other_formats(file, bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(bytes)).from_reader(bytes);
    let mut rows = Vec::new();
    let mut record = ByteRecord::new();
    let mut row = 0;
    let mut start = 0;
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        row += 1 + blank_rows(bytes, start);
        start = usize::try_from(reader.position().byte()).unwrap_or(bytes.len());
        rows.push((row, cells(file, row, &record, rows.first())?));
    }
    refuse_open_quote(file, bytes, &rows)?;
    Ok(rows)
}

/// The separator that stands most often in the header.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
    let count = |separator: u8| header.unwrap_or_default().iter().filter(|byte| **byte == separator).count();
    // The last of equals wins, which is the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

/// Blank rows from here on, which the reader passes over without a word.
fn blank_rows(bytes: &[u8], start: usize) -> usize {
    let mut rest = &bytes[start.min(bytes.len())..];
    if start > 0 && bytes[start - 1] == b'\r' {
        // The second half of the line break that ended the last row.
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    let mut blank = 0;
    while let Some(after) = ["\r\n", "\n", "\r"].iter().find_map(|end| rest.strip_prefix(end.as_bytes())) {
        rest = after;
        blank += 1;
    }
    blank
}

fn cells(
    file: &Path,
    row: usize,
    record: &ByteRecord,
    head: Option<&Row>,
) -> Result<Vec<String>, Diagnostic> {
    let cell = |(index, bytes): (usize, &[u8])| {
        std::str::from_utf8(bytes).map(str::to_string).map_err(|_| {
            let heading = head.and_then(|(_, headings)| headings.get(index)).cloned();
            let found = format!("the cell `{}` is not UTF-8", String::from_utf8_lossy(bytes).escape_debug());
            in_row(&ENCODING, file, row, heading, found, "in Excel, save the file as `CSV UTF-8`")
        })
    };
    record.iter().enumerate().map(cell).collect()
}

/// Workbooks and UTF-16 have a name of their own, so that the remedy can be exact.
fn refuse_other_formats(file: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let format = if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        "a workbook"
    } else if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        "text in UTF-16"
    } else {
        return Ok(());
    };
    let found = format!("{} is {format}, not a CSV file", files::name(file));
    Err(files::problem(&ENCODING, found, "open it in a spreadsheet and save it as `CSV UTF-8`"))
}

/// A quotation mark that is never closed makes one cell of the rest of the file.
fn refuse_open_quote(file: &Path, bytes: &[u8], rows: &[Row]) -> Result<(), Diagnostic> {
    let Some((row, cells)) = rows.last() else { return Ok(()) };
    let open = bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
    if open && cells.iter().any(|cell| cell.contains(['\n', '\r'])) {
        let found = "a quotation mark opens a cell here and is never closed".to_string();
        return Err(in_row(&QUOTES, file, *row, None, found, "close it, or take it out"));
    }
    Ok(())
}

fn in_row(
    code: &'static Code,
    file: &Path,
    row: usize,
    column: Option<String>,
    found: String,
    remedy: &str,
) -> Diagnostic {
    let location = Location::Data { file: files::name(file), row, column };
    Diagnostic { code, location, found, remedy: remedy.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<usize> {
        let rows = rows(Path::new("data.csv"), text.as_bytes()).unwrap();
        rows.iter().map(|(row, _)| *row).collect()
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        assert_eq!(numbers("a,b\n1,2\n3,4"), [1, 2, 3]);
        assert_eq!(numbers("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3]);
        assert_eq!(numbers("a,b\n\n1,2\n\n\n3,4\n\n"), [1, 3, 6]);
        assert_eq!(numbers("a,b\r\n\r\n1,2\r\n\r\n\r\n3,4\r\n"), [1, 3, 6]);
        assert_eq!(numbers("a,b\n\"1\nand\n\",2\n3,4\n"), [1, 2, 3]);
        assert_eq!(numbers("\n\na,b\n1,2\n"), [3, 4]);
        assert_eq!(numbers("\u{feff}a,b\r1,2\r\r3,4\r"), [1, 2, 4]);
    }

    #[test]
    fn the_separator_is_the_one_of_the_header() {
        assert_eq!(delimiter(b"measure;period;value\na,b;c"), b';');
        assert_eq!(delimiter(b"\nmeasure\tperiod\n"), b'\t');
        assert_eq!(delimiter(b"measure,period\n"), b',');
        assert_eq!(delimiter(b"measure"), b',');
        assert_eq!(delimiter(b""), b',');
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_with_row_and_column() {
        let problem = rows(Path::new("data.csv"), b"measure,note\na,b\nc,caf\xe9\n").unwrap_err();
        let column = Some("note".to_string());
        assert_eq!(problem.location, Location::Data { file: "data.csv".into(), row: 3, column });
    }

    #[test]
    fn an_open_quotation_mark_is_refused() {
        assert!(rows(Path::new("data.csv"), b"a,note\n1,\"x\n2,y\n").is_err());
        assert!(rows(Path::new("data.csv"), b"a,note\n1,5\" pipe\n2,y\n").is_ok());
    }
}
