//! Observation files: text as spreadsheets save it, or a sheet of a workbook.
//!
//! The files are read by the finance crate, which also refuses those with patient identifiers. Cells are
//! passed on as they are, but for headings in another case and months that a workbook took for dates.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carepact::calendar::Date;
use carepact::observe::COLUMNS;
use carepact::wide::Mapping;
use carepact::{Diagnostic, Observations};
use carepact_finance::files::{Sheet, cells, sheet};

use crate::files;

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
            open(file).and_then(|mut sheet| add(&mut observations, file, &mut sheet, (wide, &mut seen)));
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
    table_in(open(file)?)
}

fn table_in(mut sheet: Sheet) -> Result<Table, Diagnostic> {
    let mut rows = sheet.rows(&|_| true)?;
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
    let mut sheet = Sheet::open(&files::name(file), bytes.to_vec(), None)?;
    add(observations, file, &mut sheet, (None, &mut BTreeSet::new()))
}

/// A file of rows; `file.xlsx#Sheet` names a sheet of a workbook, unless a file has that very name.
pub fn open(file: &Path) -> Result<Sheet, Diagnostic> {
    let name = files::name(file);
    let with_sheet = name.rsplit_once('#').filter(|_| !file.exists());
    match with_sheet {
        Some((book, sheet)) => Sheet::open(&name, files::read(Path::new(book))?, Some(sheet)),
        None => Sheet::open(&name, files::read(file)?, None),
    }
}

/// Adds the rows of a file to observations, one by one as they are read.
fn add(
    observations: &mut Observations,
    file: &Path,
    sheet: &mut Sheet,
    (wide, seen): (Wide<'_>, &mut BTreeSet<String>),
) -> Result<(), Diagnostic> {
    let in_workbook = sheet.is_workbook();
    let of_holders = |cells: &[&str]| wide.is_some_and(|(_, for_each)| Mapping::is_wide(cells, for_each));
    let is_header = |cells: &[&str]| sheet::has_headings(cells, &["measure", "period"]) || of_holders(cells);
    let mut rows = sheet.rows(&is_header)?;
    let header = rows.next()?.map_or(Vec::new(), |(_, cells)| cells);
    let headings: Vec<String> = header.into_iter().map(known).collect();
    let name = files::name(file);
    if let Some((mapping, for_each)) = wide.filter(|(_, for_each)| Mapping::is_wide(&headings, for_each)) {
        let mut table = mapping.table(observations, &name, &headings, (for_each, seen));
        while let Some((row, cells)) = rows.next()? {
            table.add(row, &cells);
        }
        return rows.refuse_open_quote();
    }
    let period = headings.iter().position(|heading| heading == "period").filter(|_| in_workbook);
    let mut table = observations.table(&name, &headings);
    while let Some((row, mut cells)) = rows.next()? {
        if let Some(cell) = period.and_then(|period| cells.get_mut(period)) {
            *cell = month_of(cell);
        }
        table.add(row, &cells);
    }
    rows.refuse_open_quote()
}

/// A heading as the engine knows it, where it is one of its own written in another case.
fn known(heading: &str) -> String {
    let clean = cells::clean(heading);
    let own = COLUMNS.iter().find(|known| known.eq_ignore_ascii_case(&clean));
    own.map_or_else(|| heading.to_string(), |known| (*known).to_string())
}

/// Spreadsheets make the first of April of `2026-04`.
fn month_of(cell: &str) -> &str {
    match Date::parse(cell) {
        Some(date) if date.day == 1 => &cell[.."2026-04".len()],
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &[u8]) -> Result<Observations, Diagnostic> {
        let mut observations = Observations::new();
        let mut sheet = Sheet::open("data.csv", text.to_vec(), None)?;
        let file = Path::new("data.csv");
        add(&mut observations, file, &mut sheet, (None, &mut BTreeSet::new())).map(|()| observations)
    }

    #[test]
    fn headings_may_be_in_another_case_and_below_titles() {
        let read =
            read_text(b"Returns of the trust\n\nMeasure,PERIOD,segment,Value\na,2026-04,b,1\n").unwrap();
        let row = &read.rows()[0];
        assert_eq!((row.row, &*row.measure, row.member("segment"), &*row.value), (4, "a", Some("b"), "1"));
        assert!(read.problems().is_empty());
    }

    #[test]
    fn an_open_quotation_mark_is_refused() {
        assert!(read_text(b"measure,period\n1,\"x\n2,y\n").is_err());
        assert!(read_text(b"measure,period\n1,5\" pipe\n2,y\n").is_ok());
    }

    #[test]
    fn a_month_that_became_a_date_is_a_month_again() {
        assert_eq!(
            [month_of("2026-04-01"), month_of("2026-04-02"), month_of("2026/27")],
            ["2026-04", "2026-04-02", "2026/27"]
        );
    }
}
