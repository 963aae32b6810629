//! The problems of files, as diagnostics with a name, a rule and a remedy.

use carepact::Diagnostic;
use carepact::source::{Code, Location, Severity};

/// Text in an encoding that cannot be told.
pub static ENCODING: Code = Code {
    name: "file-encoding",
    severity: Severity::Error,
    rule: "contracts are text in UTF-8; data files are a workbook or text in UTF-8, UTF-16 or Windows-1252, \
           one of them throughout",
};

/// A row that cannot be told apart from the next.
pub static QUOTES: Code = Code {
    name: "file-quotes",
    severity: Severity::Error,
    rule: "a quotation mark that opens a cell is closed; the rest of the file would be read as that cell",
};

/// A row that goes beyond the headings.
pub static CELLS: Code = Code {
    name: "file-cells",
    severity: Severity::Error,
    rule: "a row has no more cells than there are headings; what stands beyond them would be lost",
};

/// A workbook that cannot be read, or lacks the sheet.
pub static SHEET: Code = Code {
    name: "file-sheet",
    severity: Severity::Error,
    rule: "of a workbook the first sheet is read, or the one that is named: `file.xlsx#Sheet`",
};

/// A file about people.
pub static PATIENT: Code = Code {
    name: "patient-identifier",
    severity: Severity::Error,
    rule: "data are counts and totals; a file with patient identifiers is not read, and nothing of it is kept \
           or shown",
};

/// A file that lacks columns of its layout.
pub static LAYOUT: Code = Code {
    name: "file-layout",
    severity: Severity::Error,
    rule: "a file of a published layout has the columns of that layout, in any order and case",
};

/// A field that breaks a rule of its layout.
pub static FIELD: Code = Code {
    name: "file-field",
    severity: Severity::Error,
    rule: "every field keeps the rules of its layout: filled where it must be, of its length, one of its codes",
};

/// A suppressed figure.
pub static SUPPRESSED: Code = Code {
    name: "file-suppressed",
    severity: Severity::Error,
    rule: "a suppressed figure is not a number; it is never read as 0",
};

/// Totals that differ.
pub static CONTROL: Code = Code {
    name: "control-total",
    severity: Severity::Error,
    rule: "detail files, aggregate and invoice come to the same total",
};

/// A mapping that cannot be used.
pub static MAPPING: Code = Code {
    name: "file-mapping",
    severity: Severity::Error,
    rule: "a mapping says of each row what it becomes, with columns and names that are there",
};

/// The diagnostics of files.
pub static CODES: [&Code; 10] =
    [&ENCODING, &QUOTES, &CELLS, &SHEET, &PATIENT, &LAYOUT, &FIELD, &SUPPRESSED, &CONTROL, &MAPPING];

/// A problem with a file as a whole, or with what is asked of it.
pub fn problem(code: &'static Code, found: String, remedy: &str) -> Diagnostic {
    Diagnostic { code, location: Location::Request, found, remedy: remedy.to_string() }
}

/// A problem in a row of a file, counted as a spreadsheet counts.
pub fn in_row(
    code: &'static Code,
    (file, row): (&str, usize),
    column: Option<&str>,
    found: String,
    remedy: &str,
) -> Diagnostic {
    let location = Location::Data { file: file.to_string(), row, column: column.map(str::to_string) };
    Diagnostic { code, location, found, remedy: remedy.to_string() }
}
