//! A file of rows, text or workbook, ready to be read from its header on.
//!
//! Every cell is looked at for patient identifiers before anything else sees it; a file that has one is
//! refused by place alone.

use carepact::Diagnostic;

use super::codes::{CELLS, PATIENT, in_row};
use super::references::References;
use super::text::{TextRows, decoded, delimiters};
use super::workbook::{self, SheetRows};
use super::{cells, identifiers};

/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 30;

/// Whether a row, by its number and cells, is the header.
pub type IsHeader<'h> = dyn FnMut(usize, &[&str]) -> bool + 'h;

/// A file of rows.
pub struct Sheet {
    name: String,
    kind: Kind,
}

enum Kind {
    Text { bytes: Vec<u8>, delimiter: u8 },
    Rows(SheetRows),
}

/// The headings of a table, and its rows with their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What the file is called.
    pub file: String,
    /// The headings, clean.
    pub headings: Vec<String>,
    /// Rows that are not blank, clean, each as long as the headings.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// A file of rows from its bytes: the first sheet of a workbook or the one that is named, or text.
    pub fn open(name: &str, bytes: Vec<u8>, sheet: Option<&str>) -> Result<Sheet, Diagnostic> {
        let name = name.to_string();
        if workbook::is_workbook(&bytes) || sheet.is_some() {
            let rows = workbook::rows(&name, bytes, sheet)?;
            return Ok(Sheet { name, kind: Kind::Rows(rows) });
        }
        let bytes = decoded(&name, bytes)?;
        let delimiter = delimiters(&bytes)[0];
        Ok(Sheet { name, kind: Kind::Text { bytes, delimiter } })
    }

    /// True for a sheet of a workbook.
    pub fn is_workbook(&self) -> bool {
        matches!(self.kind, Kind::Rows(_))
    }

    /// The rows from the header on. The header is the first of the first rows for which `is_header` holds, by
    /// whichever separator it shows; without one it is the first row.
    pub fn rows(&mut self, is_header: &dyn Fn(&[&str]) -> bool) -> Result<Rows<'_>, Diagnostic> {
        self.rows_below((None, HEADER_WITHIN), &mut |_, cells| is_header(cells))
    }

    /// The rows from the header on, by a separator that is known, with the header among so many first rows.
    pub fn rows_below(
        &mut self,
        (separator, within): (Option<u8>, usize),
        is_header: &mut IsHeader<'_>,
    ) -> Result<Rows<'_>, Diagnostic> {
        let separators = match (&mut self.kind, separator) {
            (Kind::Text { delimiter, .. }, Some(known)) => {
                *delimiter = known;
                vec![known]
            }
            (Kind::Text { bytes, .. }, None) => delimiters(bytes).to_vec(),
            (Kind::Rows(_), _) => vec![b','],
        };
        let mut header = None;
        for separator in separators {
            if let Some(row) = self.header_at((separator, within), is_header) {
                if let Kind::Text { delimiter, .. } = &mut self.kind {
                    *delimiter = separator;
                }
                header = Some(row);
                break;
            }
        }
        let mut rows = Rows { name: &self.name, cells: self.all(), begun: false, header, references: None };
        rows.pass_over_titles()?;
        Ok(rows)
    }

    fn header_at(&self, (separator, within): (u8, usize), is_header: &mut IsHeader<'_>) -> Option<usize> {
        match &self.kind {
            Kind::Text { bytes, .. } => {
                let mut rows = TextRows::new(&self.name, bytes, separator);
                (0..within).find_map(|_| {
                    let row = rows.advance()?;
                    is_header(row, &rows.cells()).then_some(row)
                })
            }
            Kind::Rows(rows) => rows.iter().take(within).find_map(|(row, cells)| {
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                is_header(*row, &cells).then_some(*row)
            }),
        }
    }

    fn all(&self) -> Cells<'_> {
        match &self.kind {
            Kind::Text { bytes, delimiter } => Cells::Text(TextRows::new(&self.name, bytes, *delimiter)),
            Kind::Rows(rows) => Cells::Rows { rows, at: None },
        }
    }

    /// The whole table, clean.
    pub fn table(&mut self, is_header: &dyn Fn(&[&str]) -> bool) -> Result<Table, Diagnostic> {
        let file = self.name.clone();
        let mut rows = self.rows(is_header)?;
        let clean = |cells: Vec<&str>| cells.into_iter().map(cells::clean).collect::<Vec<String>>();
        let headings = rows.next()?.map_or(Vec::new(), |(_, cells)| clean(cells));
        let mut all = Vec::new();
        while let Some((row, cells)) = rows.next()? {
            let mut cells = clean(cells);
            if cells.iter().any(|cell| !cell.is_empty()) {
                cells.resize(headings.len().max(cells.len()), String::new());
                all.push((row, cells));
            }
        }
        rows.refuse_open_quote()?;
        Ok(Table { file, headings, rows: all })
    }
}

impl Table {
    /// The table, when no row has more cells than there are headings: most often a comma within an amount,
    /// since `24,955,200.00` is three cells.
    ///
    /// # Errors
    /// The rows that have.
    pub fn within_headings(self) -> Result<Table, Diagnostic> {
        let width = self.headings.len();
        let beyond = |cells: &[String]| cells.iter().skip(width).any(|cell| !cell.is_empty());
        let rows = self.rows.iter().filter(|(_, cells)| beyond(cells)).map(|(row, _)| *row);
        let rows: Vec<usize> = rows.collect();
        let Some(first) = rows.first() else { return Ok(self) };
        let more = match rows.len() {
            1 => String::new(),
            all => format!(", here and in {} more of its rows", all - 1),
        };
        let found = format!("there are more cells than headings{more}");
        let remedy = "put amounts with commas between quotation marks";
        Err(in_row(&CELLS, (&self.file, *first), None, found, remedy))
    }

    /// The column with this heading, whatever its case, with spaces or underscores.
    pub fn column(&self, heading: &str) -> Option<usize> {
        let wanted = identifiers::letters(heading);
        self.headings.iter().position(|known| identifiers::letters(known) == wanted)
    }
}

/// True for a row that has all these headings, whatever their case, with spaces or underscores.
pub fn has_headings(cells: &[&str], needed: &[&str]) -> bool {
    let words: Vec<String> = cells.iter().map(|cell| identifiers::letters(cell)).collect();
    needed.iter().all(|needed| words.contains(&identifiers::letters(needed)))
}

enum Cells<'s> {
    Text(TextRows<'s>),
    Rows { rows: &'s SheetRows, at: Option<usize> },
}

impl Cells<'_> {
    fn advance(&mut self) -> Option<usize> {
        match self {
            Cells::Text(rows) => rows.advance(),
            Cells::Rows { rows, at } => {
                let next = at.map_or(0, |at| at + 1);
                *at = Some(next);
                rows.get(next).map(|(row, _)| *row)
            }
        }
    }

    fn cells(&self) -> Vec<&str> {
        match self {
            Cells::Text(rows) => rows.cells(),
            Cells::Rows { rows, at } => {
                let row = at.and_then(|at| rows.get(at));
                row.map_or(Vec::new(), |(_, cells)| cells.iter().map(String::as_str).collect())
            }
        }
    }
}

/// The rows of a file from its header on, looked at for patient identifiers.
pub struct Rows<'s> {
    name: &'s str,
    cells: Cells<'s>,
    /// True when the header was read.
    begun: bool,
    header: Option<usize>,
    references: Option<References>,
}

impl Rows<'_> {
    /// Says which column has references, and whether somebody said that they are not people.
    pub fn references_in(&mut self, column: usize, not_people: bool) {
        self.references = Some(References::new(column, not_people));
    }

    /// How many references were read although they have the check digit of an NHS number.
    ///
    /// # Errors
    /// When they are too many for chance.
    pub fn references_read(&self) -> Result<usize, Diagnostic> {
        let Some(references) = &self.references else { return Ok(0) };
        references.refuse_too_many(self.name)?;
        Ok(references.read())
    }

    /// Titles above the header are looked at and passed over.
    fn pass_over_titles(&mut self) -> Result<(), Diagnostic> {
        let Some(header) = self.header else { return Ok(()) };
        // The row before the header is the last that is passed over, so that `next` gives the header.
        let mut probe = 0;
        while probe + 1 < header {
            match self.peeked() {
                Some(row) if row < header => {
                    self.cells.advance();
                    refuse_numbers((self.name, row), &self.cells.cells(), None)?;
                    probe = row;
                }
                Some(_) | None => break,
            }
        }
        Ok(())
    }

    /// The number of the row that comes next.
    fn peeked(&mut self) -> Option<usize> {
        match &mut self.cells {
            Cells::Text(rows) => rows.next_row(),
            Cells::Rows { rows, at } => rows.get(at.map_or(0, |at| at + 1)).map(|(row, _)| *row),
        }
    }

    /// The next row and its cells, the header first.
    #[allow(clippy::should_implement_trait, reason = "it lends the cells, which an iterator cannot")]
    pub fn next(&mut self) -> Result<Option<(usize, Vec<&str>)>, Diagnostic> {
        let Some(row) = self.cells.advance() else { return Ok(None) };
        if !self.begun {
            let headings = self.cells.cells();
            if let Some(column) = identifiers::column(&headings) {
                let found = format!("column {} is one of patient identifiers", letter(column));
                return Err(refused((self.name, row), found));
            }
            self.begun = true;
        }
        let cells = self.cells.cells();
        refuse_numbers((self.name, row), &cells, self.references.as_mut())?;
        Ok(Some((row, cells)))
    }

    /// A quotation mark that is never closed makes one cell of the rest of the file.
    pub fn refuse_open_quote(&self) -> Result<(), Diagnostic> {
        match &self.cells {
            Cells::Text(rows) => rows.refuse_open_quote(),
            Cells::Rows { .. } => Ok(()),
        }
    }
}

/// Refuses a row with an NHS number by its place alone.
fn refuse_numbers(
    place: (&str, usize),
    cells: &[&str],
    mut references: Option<&mut References>,
) -> Result<(), Diagnostic> {
    for (column, cell) in cells.iter().enumerate() {
        let is_number = identifiers::number_in(cell);
        let mut remedy = None;
        if let Some(references) = references.as_mut().filter(|references| references.column == column) {
            if references.reads(cell, is_number) {
                continue;
            }
            remedy = Some(references.remedy());
        } else if !is_number {
            continue;
        }
        let found = format!("a cell in column {} holds an NHS number by its check digit", letter(column));
        let refused = refused(place, found);
        return Err(Diagnostic { remedy: remedy.unwrap_or(refused.remedy), ..refused });
    }
    Ok(())
}

fn refused(place: (&str, usize), found: String) -> Diagnostic {
    let remedy = "give totals without the columns that identify people; a whole amount of ten digits is \
                  written with its pence";
    in_row(&PATIENT, place, None, found, remedy)
}

/// The letter of a column, as a spreadsheet names it.
fn letter(column: usize) -> String {
    let mut name = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &[u8]) -> Result<Table, Diagnostic> {
        let is_header = |cells: &[&str]| has_headings(cells, &["measure", "period"]);
        Sheet::open("data.csv", text.to_vec(), None)?.table(&is_header)
    }

    #[test]
    fn the_header_is_found_below_titles_and_by_any_separator() {
        let found =
            table("Trust, M8, freeze, 2026\n\nMEASURE;Period;v\na;2026-04;1\n;;\n".as_bytes()).unwrap();
        assert_eq!(found.headings, ["MEASURE", "Period", "v"]);
        assert_eq!(found.rows, [(4, vec!["a".to_string(), "2026-04".to_string(), "1".to_string()])]);
        let found = table(b"sep=;\nmeasure;period\na;b\n").unwrap();
        assert_eq!(found.rows[0].0, 3);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letter), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn identifiers_are_refused_by_place_alone() {
        let number = "9434765919";
        for text in [
            format!("measure,period\na,{number}\n"),
            format!("report for {number}\nmeasure,period\na,b\n"),
            format!("measure,period,{number}\na,b,c\n"),
        ] {
            let refused = table(text.as_bytes()).unwrap_err();
            assert_eq!(refused.code.name, "patient-identifier");
            assert!(!format!("{refused:?}").contains(number));
        }
        assert!(table(b"measure,period,NHS_Number\na,b,c\n").is_err());
    }
}
