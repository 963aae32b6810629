//! What the tests share: reading shipped contracts and data, and asking a statement.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod batch;
pub mod benchmark;

use std::path::{Path, PathBuf};

use carepact::statement::{LineType, Statement, StatementLine};
use carepact::{Exact, Model, Observations};

/// A path in the repository.
pub fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The text of a file of the repository.
pub fn text(relative: &str) -> String {
    std::fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

/// Compiles a contract, or fails with its problems as a user sees them.
pub fn compile(name: &str, text: &str) -> Model {
    let checked = carepact::check(text);
    let problems: Vec<String> =
        checked.problems.iter().map(|problem| problem.text(name, checked.document.as_ref())).collect();
    checked.model.unwrap_or_else(|| panic!("{name} does not compile:\n{}", problems.join("\n")))
}

/// Observations from CSV text.
pub fn observations(name: &str, csv_text: &str) -> Observations {
    let mut observations = Observations::new();
    add_csv(&mut observations, name, csv_text);
    observations
}

/// Adds CSV text to observations.
pub fn add_csv(observations: &mut Observations, name: &str, csv_text: &str) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv_text.as_bytes());
    let own = |record: &csv::StringRecord| record.iter().map(str::to_string).collect::<Vec<_>>();
    let headings = own(reader.headers().expect("a header"));
    let records: Vec<Vec<String>> = reader.records().map(|record| own(&record.expect("a record"))).collect();
    observations.add_table(name, &headings, records.iter().enumerate().map(|(i, r)| (i + 2, r.as_slice())));
}

/// All files below a folder of the repository with this ending, sorted.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![path(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let relative = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("below the repository");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// All shipped contracts, without the case files beside them.
pub fn contracts() -> Vec<String> {
    let beside = |file: &String| file.ends_with(".cases.json") || file.ends_with(".mapping.json");
    files("contracts", ".json").into_iter().filter(|file| !beside(file)).collect()
}

/// The lines of one type.
pub fn lines<'s>(
    statement: &'s Statement<'_>,
    line_type: LineType,
) -> impl Iterator<Item = &'s StatementLine> {
    statement.lines().iter().filter(move |line| line.line_type == line_type)
}

/// Parses an amount of a fixture.
pub fn amount(text: &str) -> Exact {
    Exact::parse(text).unwrap_or_else(|error| panic!("{error}"))
}
