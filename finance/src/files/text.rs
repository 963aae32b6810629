//! Rows of text separated by commas, semicolons or tabs, in the encodings that spreadsheets save.
//!
//! Rows are counted as a spreadsheet counts them: blank rows count, and a cell that holds a line break does
//! not begin a new row.

use std::borrow::Cow;

use carepact::Diagnostic;
use csv::{ByteRecord, ReaderBuilder};

use super::codes::{ENCODING, QUOTES, in_row, problem};

/// Bytes that Windows-1252 leaves open.
const OPEN: [u8; 5] = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

/// The text of a file in UTF-8.
pub fn decoded(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        // The mark at the beginning decides between the two orders of bytes.
        let (text, _, wrong) = encoding_rs::UTF_16LE.decode(&bytes);
        return if wrong {
            let found = format!("{name} begins as UTF-16 and is not");
            Err(problem(&ENCODING, found, "in Excel, save the file as `CSV UTF-8`"))
        } else {
            Ok(text.into_owned().into_bytes())
        };
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return in_utf8_or_windows(name, rest.to_vec());
    }
    in_utf8_or_windows(name, bytes)
}

fn in_utf8_or_windows(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    if std::str::from_utf8(&bytes).is_ok() {
        return Ok(bytes);
    }
    let mixed = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if mixed || bytes.iter().any(|byte| OPEN.contains(byte)) {
        let first = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
        let row = bytes[..first].iter().filter(|byte| **byte == b'\n').count() + 1;
        let found = "the text is neither UTF-8 nor Windows-1252".to_string();
        return Err(in_row(&ENCODING, (name, row), None, found, "in Excel, save the file as `CSV UTF-8`"));
    }
    let text: Cow<'_, str> = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0;
    Ok(text.into_owned().into_bytes())
}

/// The rows of a text with their numbers.
pub struct TextRows<'f> {
    name: &'f str,
    bytes: &'f [u8],
    reader: csv::Reader<&'f [u8]>,
    record: ByteRecord,
    row: usize,
    start: usize,
    /// True when a cell of the last row holds a line break.
    breaks: bool,
}

impl<'f> TextRows<'f> {
    /// The rows of UTF-8 text.
    pub fn new(name: &'f str, bytes: &'f [u8], delimiter: u8) -> TextRows<'f> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter);
        let (reader, record) = (builder.from_reader(bytes), ByteRecord::new());
        TextRows { name, bytes, reader, record, row: 0, start: 0, breaks: false }
    }

    /// The number of the row that comes next.
    pub fn next_row(&self) -> Option<usize> {
        let more = self.start < self.bytes.len();
        more.then(|| self.row + 1 + blank_rows(self.bytes, self.start))
    }

    /// Goes to the next row; its number.
    pub fn advance(&mut self) -> Option<usize> {
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        self.row += 1 + blank_rows(self.bytes, self.start);
        self.start = usize::try_from(self.reader.position().byte()).unwrap_or(self.bytes.len());
        let breaks = |cell: &[u8]| cell.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        self.breaks = self.record.iter().any(breaks);
        Some(self.row)
    }

    /// The cells of the row.
    pub fn cells(&self) -> Vec<&str> {
        // The text was decoded as a whole, and separators are of one byte.
        self.record.iter().map(|cell| std::str::from_utf8(cell).unwrap_or_default()).collect()
    }

    /// A quotation mark that is never closed makes one cell of the rest of the file.
    pub fn refuse_open_quote(&self) -> Result<(), Diagnostic> {
        let open = self.bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        if open && self.breaks {
            let found = "a quotation mark opens a cell here and is never closed".to_string();
            return Err(in_row(&QUOTES, (self.name, self.row), None, found, "close it, or take it out"));
        }
        Ok(())
    }
}

/// The separators, the one that stands most often in the first line first.
pub fn delimiters(bytes: &[u8]) -> [u8; 3] {
    let header = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
    let count = |separator: u8| header.unwrap_or_default().iter().filter(|byte| **byte == separator).count();
    let mut all = [b',', b';', b'\t'];
    // The first of equals stays first, which is the comma.
    all.sort_by_key(|separator| std::cmp::Reverse(count(*separator)));
    all
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

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<usize> {
        let mut rows = TextRows::new("data.csv", text.as_bytes(), b',');
        std::iter::from_fn(|| rows.advance()).collect()
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        assert_eq!(numbers("a,b\n1,2\n3,4"), [1, 2, 3]);
        assert_eq!(numbers("a,b\r\n1,2\r\n3,4\r\n"), [1, 2, 3]);
        assert_eq!(numbers("a,b\n\n1,2\n\n\n3,4\n\n"), [1, 3, 6]);
        assert_eq!(numbers("a,b\r\n\r\n1,2\r\n\r\n\r\n3,4\r\n"), [1, 3, 6]);
        assert_eq!(numbers("a,b\n\"1\nand\n\",2\n3,4\n"), [1, 2, 3]);
        assert_eq!(numbers("\n\na,b\n1,2\n"), [3, 4]);
        assert_eq!(numbers("a,b\r1,2\r\r3,4\r"), [1, 2, 4]);
    }

    #[test]
    fn the_separator_is_the_one_of_the_header() {
        assert_eq!(delimiters(b"measure;period;value\na,b;c")[0], b';');
        assert_eq!(delimiters(b"\nmeasure\tperiod\n")[0], b'\t');
        assert_eq!(delimiters(b"measure,period\n")[0], b',');
        assert_eq!(delimiters(b"measure")[0], b',');
        assert_eq!(delimiters(b"")[0], b',');
    }

    #[test]
    fn encodings_are_told_apart() {
        let text =
            |bytes: &[u8]| decoded("data.csv", bytes.to_vec()).map(|text| String::from_utf8(text).unwrap());
        assert_eq!(text(b"\xef\xbb\xbfcaf\xc3\xa9").unwrap(), "café");
        assert_eq!(text(b"caf\xe9, \x80 5, \xa35").unwrap(), "café, € 5, £5");
        assert_eq!(text(b"\xff\xfea\0,\0\xa3\0").unwrap(), "a,£");
        assert_eq!(text(b"\xfe\xff\0a\0,\0\xa3").unwrap(), "a,£");
        // Both encodings in one file, and a byte that Windows-1252 does not have.
        assert!(text(b"caf\xc3\xa9,caf\xe9").is_err() && text(b"a\x81").is_err());
    }
}
