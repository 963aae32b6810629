//! Observations as reported: rows of text that keep where they came from.
//!
//! Nothing is interpreted here beyond the headings; `bind` holds the rows against a contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Diagnostic, Location, catalogue};

/// Columns of an observation file that are not axes.
pub const COLUMNS: [&str; 7] =
    ["measure", "period", "numerator", "denominator", "value", "submission", "note"];

/// Most rows of all files together.
pub const ROWS_MAX: usize = 10_000_000;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file it came from.
    pub file: Arc<str>,
    /// The row as a spreadsheet counts it; the header is row 1.
    pub row: usize,
    /// The measure.
    pub measure: String,
    /// The key of the period.
    pub period: String,
    /// Member by axis; empty cells are left out.
    pub members: BTreeMap<Arc<str>, String>,
    /// The value, or nothing.
    pub value: String,
    /// The numerator of a ratio, or nothing.
    pub numerator: String,
    /// The denominator of a ratio, or nothing.
    pub denominator: String,
    /// `flex`, `freeze` or nothing.
    pub submission: String,
}

/// Observations of one or more files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observations {
    rows: Vec<Row>,
    axes: BTreeMap<Arc<str>, Arc<str>>,
    problems: Vec<Diagnostic>,
}

impl Observations {
    /// No observations yet.
    pub fn new() -> Observations {
        Observations::default()
    }

    /// Adds a table of text: its headings, and records with the row each stands in.
    ///
    /// Headings are `measure`, `period`, an axis or party that is many, `numerator`,
    /// `denominator`, `value`, `submission`, and `note`, which is not read. A byte-order mark
    /// and spaces around cells are taken away. Problems are kept and reported with all others.
    pub fn add_table<'r>(
        &mut self,
        file: &str,
        headings: &[String],
        records: impl IntoIterator<Item = (usize, &'r [String])>,
    ) {
        let file: Arc<str> = Arc::from(file);
        let headings: Vec<Arc<str>> = headings.iter().map(|heading| Arc::from(clean(heading))).collect();
        for (i, heading) in headings.iter().enumerate() {
            if !heading.is_empty() && headings[..i].contains(heading) {
                self.report(
                    &file,
                    1,
                    Some(heading),
                    "the heading stands twice",
                    "rename or remove one column",
                );
            }
            if !heading.is_empty() && !COLUMNS.contains(&&**heading) {
                self.axes.insert(heading.clone(), file.clone());
            }
        }
        for needed in ["measure", "period"] {
            if !headings.iter().any(|heading| &**heading == needed) {
                self.report(
                    &file,
                    1,
                    None,
                    &format!("there is no column `{needed}`"),
                    "add it to the first row",
                );
                return;
            }
        }
        for (row, record) in records {
            if self.rows.len() >= ROWS_MAX {
                self.report(&file, row, None, "too many rows", "split the data by period");
                return;
            }
            if record.iter().any(|cell| !clean(cell).is_empty()) {
                self.add_record(&file, &headings, row, record);
            }
        }
    }

    fn add_record(&mut self, file: &Arc<str>, headings: &[Arc<str>], row: usize, record: &[String]) {
        if record.len() > headings.len()
            && record[headings.len()..].iter().any(|cell| !clean(cell).is_empty())
        {
            let found = format!("{} cells under {} headings", record.len(), headings.len());
            self.report(file, row, None, &found, "check commas and quotation marks in this row");
            return;
        }
        let mut parsed = Row {
            file: file.clone(),
            row,
            measure: String::new(),
            period: String::new(),
            members: BTreeMap::new(),
            value: String::new(),
            numerator: String::new(),
            denominator: String::new(),
            submission: String::new(),
        };
        for (heading, cell) in headings.iter().zip(record) {
            let cell = clean(cell).to_string();
            match &**heading {
                "measure" => parsed.measure = cell,
                "period" => parsed.period = cell,
                "value" => parsed.value = cell,
                "numerator" => parsed.numerator = cell,
                "denominator" => parsed.denominator = cell,
                "submission" => parsed.submission = cell,
                "note" | "" => {}
                _ if cell.is_empty() => {}
                _ => {
                    parsed.members.insert(heading.clone(), cell);
                }
            }
        }
        self.rows.push(parsed);
    }

    fn report(&mut self, file: &Arc<str>, row: usize, column: Option<&str>, found: &str, remedy: &str) {
        let location = Location::Data { file: file.to_string(), row, column: column.map(str::to_string) };
        let (found, remedy) = (found.to_string(), remedy.to_string());
        self.problems.push(Diagnostic { code: &catalogue::DATA_FORMAT, location, found, remedy });
    }

    /// Adds one observation without a file.
    ///
    /// ```
    /// use carepact::Observations;
    /// let mut observations = Observations::new();
    /// observations.add_value("registered", "2026/27Q1", &[("segment", "complex")], "6000");
    /// observations.add_ratio("outcome", "2026/27", &[("indicator", "C01")], "2629", "3900");
    /// ```
    pub fn add_value(&mut self, measure: &str, period: &str, members: &[(&str, &str)], value: &str) {
        let row = self.in_memory(measure, period, members);
        self.rows.push(Row { value: value.to_string(), ..row });
    }

    /// Adds one ratio without a file.
    pub fn add_ratio(
        &mut self,
        measure: &str,
        period: &str,
        members: &[(&str, &str)],
        numerator: &str,
        denominator: &str,
    ) {
        let row = self.in_memory(measure, period, members);
        self.rows.push(Row { numerator: numerator.to_string(), denominator: denominator.to_string(), ..row });
    }

    fn in_memory(&self, measure: &str, period: &str, members: &[(&str, &str)]) -> Row {
        Row {
            file: Arc::from("observation"),
            row: self.rows.len() + 1,
            measure: measure.to_string(),
            period: period.to_string(),
            members: members.iter().map(|(axis, member)| (Arc::from(*axis), (*member).to_string())).collect(),
            value: String::new(),
            numerator: String::new(),
            denominator: String::new(),
            submission: String::new(),
        }
    }

    /// The rows in the order given.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Headings that are no columns of their own, and the file that has each.
    pub fn axes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.axes.iter().map(|(axis, file)| (&**axis, &**file))
    }

    /// Problems with the tables themselves.
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }
}

/// A cell without what spreadsheets leave around it: byte-order marks, spaces of all kinds.
fn clean(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' || c == '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headings: &[&str], rows: &[&[&str]]) -> Observations {
        let own = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_string()).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| own(row)).collect();
        let mut observations = Observations::new();
        observations.add_table(
            "data.csv",
            &own(headings),
            rows.iter().enumerate().map(|(i, r)| (i + 2, r.as_slice())),
        );
        observations
    }

    #[test]
    fn rows_keep_where_they_came_from() {
        let data = table(
            &["\u{feff}measure", "period", "segment", "value"],
            &[&["list", "2026/27", " a\u{a0}", "5"], &["", "", "", ""]],
        );
        let row = &data.rows()[0];
        assert_eq!((data.rows().len(), row.row, row.members["segment"].as_str()), (1, 2, "a"));
    }

    #[test]
    fn a_table_without_its_columns_is_reported() {
        assert_eq!(table(&["measure", "value"], &[&["a", "1"]]).problems().len(), 1);
        assert_eq!(table(&["measure", "period", "period"], &[]).problems().len(), 1);
        assert_eq!(table(&["measure", "period"], &[&["a", "2026", "1"]]).problems().len(), 1);
    }
}
