//! Observation files: comma, semicolon or tab separated text as spreadsheets save it.
//!
//! Rows are counted as a spreadsheet counts them: the header is row 1, blank rows count, and a
//! cell that holds a line break does not begin a new row. Cells are passed on as they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carepact::source::{Code, Location};
use carepact::wide::Mapping;
use carepact::{Diagnostic, Observations};
use csv::{ByteRecord, ReaderBuilder};

use crate::files::{self, ENCODING, QUOTES};

/// Why observations could not be read.
#[derive(Debug)]
pub enum Unread {
    /// Problems of files.
    Files(Vec<Diagnostic>),
    /// Problems of the mapping, held against the files.
    Mapping(Vec<Diagnostic>),
}

/// How wide tables are read, and the column that names the holder.
type Wide<'w> = Option<(&'w Mapping<'w>, &'w str)>;

/// Reads all files; the problems of all files when there are any.
pub fn read(files: &[PathBuf], wide: Wide<'_>) -> Result<Observations, Unread> {
    let mut observations = Observations::new();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let added =
            files::read(file).and_then(|bytes| add(&mut observations, file, &bytes, (wide, &mut seen)));
        problems.extend(added.err());
    }
    if !problems.is_empty() {
        return Err(Unread::Files(problems));
    }
    let unseen = wide.map_or(Vec::new(), |(mapping, _)| mapping.unseen(&seen));
    if unseen.is_empty() { Ok(observations) } else { Err(Unread::Mapping(unseen)) }
}

/// The headings of a table that holds no observations, and its rows with their numbers.
pub type Table = (Vec<String>, Vec<(usize, Vec<String>)>);

/// Reads a table that holds no observations.
pub fn table(file: &Path) -> Result<Table, Diagnostic> {
    table_of(file, &files::read(file)?)
}

/// Reads a table that holds no observations from the bytes of a file.
pub fn table_of(file: &Path, bytes: &[u8]) -> Result<Table, Diagnostic> {
    refuse_other_formats(file, bytes)?;
    let mut rows = Rows::new(file, bytes);
    let own = |cells: Vec<&str>| cells.into_iter().map(|cell| cell.trim().to_string()).collect();
    let headings = rows.next()?.map_or(Vec::new(), |(_, cells)| own(cells));
    let mut all = Vec::new();
    while let Some((row, cells)) = rows.next()? {
        all.push((row, own(cells)));
    }
    rows.refuse_open_quote()?;
    Ok((headings, all))
}

/// Adds the rows of a file that was read before.
pub fn add_rows(observations: &mut Observations, file: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    add(observations, file, bytes, (None, &mut BTreeSet::new()))
}

/// Adds the rows of a file to observations, one by one as they are read.
fn add(
    observations: &mut Observations,
    file: &Path,
    bytes: &[u8],
    (wide, seen): (Wide<'_>, &mut BTreeSet<String>),
) -> Result<(), Diagnostic> {
    refuse_other_formats(file, bytes)?;
    let mut rows = Rows::new(file, bytes);
    let headings: Vec<String> = match rows.next()? {
        Some((_, cells)) => cells.into_iter().map(str::to_string).collect(),
        None => Vec::new(),
    };
    let name = files::name(file);
    if let Some((mapping, for_each)) = wide.filter(|(_, for_each)| Mapping::is_wide(&headings, for_each)) {
        let mut table = mapping.table(observations, &name, &headings, (for_each, seen));
        while let Some((row, cells)) = rows.next()? {
            table.add(row, &cells);
        }
        return rows.refuse_open_quote();
    }
    let mut table = observations.table(&name, &headings);
    while let Some((row, cells)) = rows.next()? {
        table.add(row, &cells);
    }
    rows.refuse_open_quote()
}

/// The rows of a file, the header first, with their numbers.
struct Rows<'f> {
    file: &'f Path,
    bytes: &'f [u8],
    reader: csv::Reader<&'f [u8]>,
    record: ByteRecord,
    headings: Option<ByteRecord>,
    row: usize,
    start: usize,
    /// True when a cell of the last row holds a line break.
    breaks: bool,
}

impl<'f> Rows<'f> {
    fn new(file: &'f Path, bytes: &'f [u8]) -> Rows<'f> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(delimiter(bytes));
        let (reader, record) = (builder.from_reader(bytes), ByteRecord::new());
        Rows { file, bytes, reader, record, headings: None, row: 0, start: 0, breaks: false }
    }

    /// The next row and its cells.
    fn next(&mut self) -> Result<Option<(usize, Vec<&str>)>, Diagnostic> {
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return Ok(None);
        }
        self.row += 1 + blank_rows(self.bytes, self.start);
        self.start = usize::try_from(self.reader.position().byte()).unwrap_or(self.bytes.len());
        let breaks = |cell: &[u8]| cell.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        self.breaks = self.record.iter().any(breaks);
        if self.headings.is_none() {
            self.headings = Some(self.record.clone());
        }
        let cells = self.record.iter().enumerate().map(|(index, bytes)| {
            std::str::from_utf8(bytes).map_err(|_| {
                let heading = self.headings.as_ref().and_then(|headings| headings.get(index));
                let heading = heading.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let found =
                    format!("the cell `{}` is not UTF-8", String::from_utf8_lossy(bytes).escape_debug());
                let remedy = "in Excel, save the file as `CSV UTF-8`";
                in_row(&ENCODING, self.file, self.row, heading, found, remedy)
            })
        });
        Ok(Some((self.row, cells.collect::<Result<_, _>>()?)))
    }

    /// A quotation mark that is never closed makes one cell of the rest of the file.
    fn refuse_open_quote(&self) -> Result<(), Diagnostic> {
        let open = self.bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        if open && self.breaks {
            let found = "a quotation mark opens a cell here and is never closed".to_string();
            return Err(in_row(&QUOTES, self.file, self.row, None, found, "close it, or take it out"));
        }
        Ok(())
    }
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

    fn read_text(text: &[u8]) -> Result<(), Diagnostic> {
        add(&mut Observations::new(), Path::new("data.csv"), text, (None, &mut BTreeSet::new()))
    }

    fn numbers(text: &str) -> Vec<usize> {
        let mut rows = Rows::new(Path::new("data.csv"), text.as_bytes());
        let mut numbers = Vec::new();
        while let Some((row, _)) = rows.next().unwrap() {
            numbers.push(row);
        }
        numbers
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
        let problem = read_text(b"measure,period,note\na,b,c\nc,d,caf\xe9\n").unwrap_err();
        let column = Some("note".to_string());
        assert_eq!(problem.location, Location::Data { file: "data.csv".into(), row: 3, column });
    }

    #[test]
    fn an_open_quotation_mark_is_refused() {
        assert!(read_text(b"measure,period\n1,\"x\n2,y\n").is_err());
        assert!(read_text(b"measure,period\n1,5\" pipe\n2,y\n").is_ok());
    }
}
