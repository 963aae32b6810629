//! Observations as reported: rows of text that keep where they came from.
//!
//! Nothing is interpreted here beyond the headings; `bind` holds the rows against a contract.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::source::{Diagnostic, Location, catalogue};

/// Columns of an observation file that are not axes.
pub const COLUMNS: [&str; 7] =
    ["measure", "period", "numerator", "denominator", "value", "submission", "note"];

/// Most rows of all files together.
pub const ROWS_MAX: usize = 10_000_000;

/// One row. Texts that stand in many rows are kept once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The file it came from.
    pub file: Arc<str>,
    /// The row as a spreadsheet counts it; the header is row 1.
    pub row: usize,
    /// The heading that the figure stands under, when it is not `value` or that of a part.
    pub heading: Option<Arc<str>>,
    /// The measure.
    pub measure: Arc<str>,
    /// The key of the period.
    pub period: Arc<str>,
    /// Axis and member in the order of the columns; empty cells are left out.
    pub members: Vec<(Arc<str>, Arc<str>)>,
    /// The value, or nothing.
    pub value: Box<str>,
    /// The numerator of a ratio, or nothing.
    pub numerator: Box<str>,
    /// The denominator of a ratio, or nothing.
    pub denominator: Box<str>,
    /// `flex`, `freeze` or nothing.
    pub submission: Arc<str>,
}

impl Row {
    /// The member on an axis, when its cell is not empty.
    pub fn member(&self, axis: &str) -> Option<&str> {
        self.members.iter().find(|(known, _)| &**known == axis).map(|(_, member)| &**member)
    }
}

/// Observations of one or more files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observations {
    rows: Vec<Row>,
    axes: BTreeMap<Arc<str>, Arc<str>>,
    texts: Texts,
    problems: Vec<Diagnostic>,
}

/// Texts, each kept once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn once(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let own: Arc<str> = Arc::from(text);
        self.0.insert(own.clone());
        own
    }
}

/// What a column of a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Measure,
    Period,
    Numerator,
    Denominator,
    Value,
    Submission,
    Axis(Arc<str>),
    NotRead,
}

/// A table of text whose rows are added one by one.
#[derive(Debug)]
pub struct Table<'o> {
    observations: &'o mut Observations,
    file: Arc<str>,
    /// Nothing when the table lacks a column that it must have.
    columns: Option<Vec<Column>>,
}

impl Observations {
    /// No observations yet.
    pub fn new() -> Observations {
        Observations::default()
    }

    /// Adds a table of text: its headings, and records with the row each stands in; see
    /// [`Observations::table`].
    pub fn add_table<'r>(
        &mut self,
        file: &str,
        headings: &[String],
        records: impl IntoIterator<Item = (usize, &'r [String])>,
    ) {
        let mut table = self.table(file, headings);
        for (row, record) in records {
            table.add(row, record);
        }
    }

    /// Begins a table of text whose rows are then added one by one.
    ///
    /// Headings are `measure`, `period`, an axis or party that is many, `numerator`,
    /// `denominator`, `value`, `submission`, and `note`, which is not read. A byte-order mark
    /// and spaces around cells are taken away. Problems are kept and reported with all others.
    pub fn table(&mut self, file: &str, headings: &[impl AsRef<str>]) -> Table<'_> {
        let file: Arc<str> = Arc::from(file);
        let headings: Vec<&str> = headings.iter().map(|heading| clean(heading.as_ref())).collect();
        for (i, heading) in headings.iter().enumerate() {
            if !heading.is_empty() && headings[..i].contains(heading) {
                let remedy = "rename or remove one column";
                self.report(&file, 1, Some(heading), "the heading stands twice", remedy);
            }
        }
        for needed in ["measure", "period"] {
            if !headings.contains(&needed) {
                let found = format!("there is no column `{needed}`");
                self.report(&file, 1, None, &found, "add it to the first row");
                return Table { observations: self, file, columns: None };
            }
        }
        let columns = headings.into_iter().map(|heading| self.column(heading, &file)).collect();
        Table { observations: self, file, columns: Some(columns) }
    }

    fn column(&mut self, heading: &str, file: &Arc<str>) -> Column {
        match heading {
            "measure" => Column::Measure,
            "period" => Column::Period,
            "value" => Column::Value,
            "numerator" => Column::Numerator,
            "denominator" => Column::Denominator,
            "submission" => Column::Submission,
            "note" | "" => Column::NotRead,
            axis => {
                let axis = self.texts.once(axis);
                self.axes.insert(axis.clone(), file.clone());
                Column::Axis(axis)
            }
        }
    }

    /// Adds a row that is known to be one; false when there are too many.
    pub fn add_row(&mut self, row: Row) -> bool {
        if self.rows.len() >= ROWS_MAX {
            self.report(&row.file, row.row, None, "too many rows", "split the data by period");
            return false;
        }
        self.rows.push(row);
        true
    }

    /// A text that stands in many rows, kept once.
    pub fn text(&mut self, text: &str) -> Arc<str> {
        self.texts.once(text)
    }

    /// Keeps a problem, to be reported with all others.
    pub fn add_problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
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
        self.rows.push(Row { value: Box::from(value), ..row });
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
        self.rows.push(Row { numerator: Box::from(numerator), denominator: Box::from(denominator), ..row });
    }

    fn in_memory(&mut self, measure: &str, period: &str, members: &[(&str, &str)]) -> Row {
        let members = members.iter().map(|(axis, member)| (self.texts.once(axis), self.texts.once(member)));
        let members = members.collect();
        Row {
            file: self.texts.once("observation"),
            row: self.rows.len() + 1,
            heading: None,
            measure: self.texts.once(measure),
            period: self.texts.once(period),
            members,
            value: Box::default(),
            numerator: Box::default(),
            denominator: Box::default(),
            submission: self.texts.once(""),
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

impl Table<'_> {
    /// Adds a record and the row it stands in; rows without any text are passed over.
    pub fn add(&mut self, row: usize, record: &[impl AsRef<str>]) {
        let Some(columns) = &self.columns else { return };
        let blank = |cells: &[_]| cells.iter().all(|cell: &_| is_blank(cell));
        if blank(record) {
            return;
        }
        if record.len() > columns.len() && !blank(&record[columns.len()..]) {
            let found = format!("{} cells under {} headings", record.len(), columns.len());
            let remedy = "check commas and quotation marks in this row";
            self.observations.report(&self.file, row, None, &found, remedy);
            return;
        }
        let texts = &mut self.observations.texts;
        let empty = texts.once("");
        let mut parsed = Row {
            file: self.file.clone(),
            row,
            heading: None,
            measure: empty.clone(),
            period: empty.clone(),
            members: Vec::new(),
            value: Box::default(),
            numerator: Box::default(),
            denominator: Box::default(),
            submission: empty,
        };
        for (column, cell) in columns.iter().zip(record) {
            let cell = clean(cell.as_ref());
            if cell.is_empty() {
                continue;
            }
            match column {
                Column::Measure => parsed.measure = texts.once(cell),
                Column::Period => parsed.period = texts.once(cell),
                Column::Value => parsed.value = Box::from(cell),
                Column::Numerator => parsed.numerator = Box::from(cell),
                Column::Denominator => parsed.denominator = Box::from(cell),
                Column::Submission => parsed.submission = texts.once(cell),
                Column::Axis(axis) => parsed.members.push((axis.clone(), texts.once(cell))),
                Column::NotRead => {}
            }
        }
        if !self.observations.add_row(parsed) {
            // One report is enough.
            self.columns = None;
        }
    }
}

fn is_blank(cell: &impl AsRef<str>) -> bool {
    clean(cell.as_ref()).is_empty()
}

/// A cell without what spreadsheets leave around it: byte-order marks, spaces of all kinds.
pub(crate) fn clean(cell: &str) -> &str {
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
        assert_eq!((data.rows().len(), row.row, row.member("segment").unwrap()), (1, 2, "a"));
    }

    #[test]
    fn a_table_without_its_columns_is_reported() {
        assert_eq!(table(&["measure", "value"], &[&["a", "1"]]).problems().len(), 1);
        assert_eq!(table(&["measure", "period", "period"], &[]).problems().len(), 1);
        assert_eq!(table(&["measure", "period"], &[&["a", "2026", "1"]]).problems().len(), 1);
    }
}
