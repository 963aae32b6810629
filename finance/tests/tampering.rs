//! Whoever changes a book is found: every cell of every table, rows taken away, added and swapped, with
//! the triggers out of the way and put back afterwards.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use carepact_finance::book::{Book, LineState, Month, MonthState, Said, Submission, WAIT};
use common::{begin, payments, people, restated, stamp, state};
use rusqlite::Connection;

/// A book that has two rows in every table, beside the one that has only one.
fn full_book(name: &str) -> PathBuf {
    let (file, mut book) = begin(name);
    let (by, other) = (stamp("A. Preparer", "2026-05-01"), stamp("B. Approver", "2026-05-02"));
    let other_text = common::CONTRACT.replace("12.00", "12.50");
    let bytes = other_text.as_bytes();
    book.add_contract(("second.json", bytes), common::model(&other_text).contract(), &by).unwrap();
    book.add_observations(("may.csv", b"people may"), Submission::Freeze, None, &by).unwrap();
    let (first, second) = (people(&[]), people(&[("2026-04", "110")]));
    state(&mut book, &first, "2026-04", None, &by).unwrap();
    book.add_payments(("paid.csv", b"a, b"), &payments(&["a", "b"]), None, &by).unwrap();
    let by = stamp("A. Preparer", "2026-06-01");
    book.set_month(&Month::parse("2026-06").unwrap(), MonthState::Open, "", &by).unwrap();
    book.approve(1, &other.clone_at("2026-06-01")).unwrap();
    let difference = restated(&first, &second, "2026-04");
    state(&mut book, &second, "2026-04", Some((&[1], &difference)), &by).unwrap();
    book.approve(2, &other.clone_at("2026-06-01")).unwrap();
    for (state, reason) in [(LineState::Contested, "the count"), (LineState::Agreed, "")] {
        let (statement, line) = book.find_line(Some(2), "one:2026-04").unwrap();
        let said = Said { state, amount: None, reason, answer_by: Some("2026-06-15") };
        book.say((statement, &line), said, &by).unwrap();
    }
    book.set_month(&Month::parse("2026-06").unwrap(), MonthState::SoftClosed, "", &by).unwrap();
    assert_eq!(book.verify(None).unwrap(), []);
    file
}

trait CloneAt {
    fn clone_at(&self, at: &str) -> Self;
}

impl CloneAt for carepact_finance::book::Stamp {
    fn clone_at(&self, at: &str) -> Self {
        stamp(&self.by, at)
    }
}

/// The copy of a book that is changed.
fn copy_of(book: &Path) -> PathBuf {
    book.with_extension("changed")
}

/// Changes a copy of a book without its triggers, puts them back, and gives the entries that are named.
fn named(book: &Path, change: &str) -> BTreeSet<Option<i64>> {
    let copy = copy_of(book);
    fs::copy(book, &copy).unwrap();
    let connection = Connection::open(&copy).unwrap();
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF").unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(triggers.len(), 48, "three for each of sixteen tables");
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    connection.execute_batch(change).unwrap_or_else(|error| panic!("{change}: {error}"));
    for (_, sql) in &triggers {
        connection.execute_batch(sql).unwrap();
    }
    drop(connection);
    let findings = Book::open(&copy, WAIT).unwrap().verify(None).unwrap();
    findings.into_iter().map(|finding| finding.entry).collect()
}

/// A table: its name, its key, the key and entry of each row, and its columns with their types.
type Found = (String, &'static str, Vec<(i64, i64)>, Vec<(String, String)>);

/// All tables of a book.
fn tables(book: &Path) -> Vec<Found> {
    let connection = Connection::open(book).unwrap();
    let text = |sql: &str| -> Vec<(String, String)> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let names = text("SELECT name, name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    let all = names.into_iter().map(|(name, _)| {
        let (key, of) = if name == "entry" { ("number", "number") } else { ("row", "entry") };
        let mut statement =
            connection.prepare(&format!("SELECT {key}, {of} FROM {name} ORDER BY 1")).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let rows = rows.map(Result::unwrap).collect();
        let columns = text(&format!("SELECT name, type FROM pragma_table_info('{name}')"));
        (name, key, rows, columns)
    });
    all.collect()
}

#[test]
fn every_changed_cell_is_found_and_its_entry_named() {
    let book = full_book("cells.book");
    let mut tried = 0;
    for (table, key, rows, columns) in tables(&book) {
        let (row, entry) = *rows.last().unwrap();
        for (column, kind) in &columns {
            let value = match kind.as_str() {
                "INTEGER" if column == key => format!("{column} + 1000"),
                "INTEGER" => format!("COALESCE({column}, 0) + 1"),
                "BLOB" => format!("CAST({column} || x'00' AS BLOB)"),
                _ => format!("COALESCE({column}, '') || 'x'"),
            };
            let change = format!("UPDATE {table} SET {column} = {value} WHERE {key} = {row}");
            let named = named(&book, &change);
            assert!(named.contains(&Some(entry)), "{change}: {named:?} without {entry}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried} cells were changed");
}

#[test]
fn rows_taken_away_added_and_swapped_are_found() {
    let book = full_book("rows.book");
    for (table, key, rows, columns) in tables(&book) {
        for (row, entry) in &rows {
            let change = format!("DELETE FROM {table} WHERE {key} = {row}");
            let named = named(&book, &change);
            assert!(named.contains(&Some(*entry)), "{change}: {named:?} without {entry}");
        }
        let (row, entry) = *rows.last().unwrap();
        let others: Vec<&str> =
            columns.iter().map(|(name, _)| name.as_str()).filter(|name| *name != key).collect();
        let others = others.join(", ");
        let change =
            format!("INSERT INTO {table} ({others}) SELECT {others} FROM {table} WHERE {key} = {row}");
        // A copy of an entry has a number of its own.
        let due = if table == "entry" { entry + 1 } else { entry };
        let found = named(&book, &change);
        assert!(found.contains(&Some(due)), "{change}: {found:?} without {due}");
        if let [(one, first), .., (two, second)] = rows[..] {
            let swap = format!(
                "UPDATE {table} SET {key} = -1 WHERE {key} = {one}; UPDATE {table} SET {key} = {one} WHERE {key} = {two}; \
                 UPDATE {table} SET {key} = {two} WHERE {key} = -1"
            );
            let found = named(&book, &swap);
            assert!(found.contains(&Some(first)) && found.contains(&Some(second)), "{swap}: {found:?}");
        } else {
            assert!(["book", "restates"].contains(&table.as_str()), "{table} has two rows");
        }
    }
}

#[test]
fn who_takes_the_end_away_or_writes_it_anew_is_found() {
    let book = full_book("end.book");
    let (last, hash) = {
        let entry = Book::open(&book, WAIT).unwrap().head().unwrap().unwrap();
        (entry.number, entry.hash)
    };
    let with_rows: Vec<String> = tables(&book)
        .iter()
        .map(|(table, _, _, columns)| {
            let of = if columns[0].0 == "number" && table == "entry" { "number" } else { "entry" };
            format!("DELETE FROM {table} WHERE {of} = {last};")
        })
        .collect();
    assert!(named(&book, &with_rows.join(" ")).contains(&Some(last)));
    // Whoever also sets the count of the database back leaves no trace inside; a noted hash finds it.
    let without_trace = format!("{} UPDATE sqlite_sequence SET seq = {}", with_rows.join(" "), last - 1);
    assert_eq!(named(&book, &without_trace), BTreeSet::new());
    let shortened = Book::open(&copy_of(&book), WAIT).unwrap();
    let findings = shortened.verify(Some((last, &hash))).unwrap();
    assert_eq!(findings.iter().map(|finding| finding.entry).collect::<Vec<_>>(), [Some(last)]);
    let whole = Book::open(&book, WAIT).unwrap();
    assert_eq!(whole.verify(Some((last, &hash))).unwrap(), []);
    assert_eq!(whole.verify(Some((last, "0000"))).unwrap().len(), 1);
}

#[test]
fn what_was_written_takes_no_change() {
    let book = full_book("append.book");
    let connection = Connection::open(&book).unwrap();
    for (table, key, rows, columns) in tables(&book) {
        let column = &columns.last().unwrap().0;
        let (row, _) = rows[0];
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        for change in [
            format!("UPDATE {table} SET {column} = {column} WHERE {key} = {row}"),
            format!("DELETE FROM {table} WHERE {key} = {row}"),
            format!(
                "INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table} WHERE {key} = {row}"
            ),
            format!("REPLACE INTO {table} ({names}) SELECT {names} FROM {table} WHERE {key} = {row}"),
        ] {
            let refused = connection.execute_batch(&change).unwrap_err().to_string();
            assert!(refused.contains("append only"), "{change}: {refused}");
        }
    }
    drop(connection);
    assert_eq!(Book::open(&book, WAIT).unwrap().verify(None).unwrap(), []);
}

#[test]
fn missing_triggers_and_damaged_pages_are_found() {
    let book = full_book("schema.book");
    let connection = Connection::open(&book).unwrap();
    connection.execute_batch("DROP TRIGGER payment_is_not_changed").unwrap();
    drop(connection);
    let findings = Book::open(&book, WAIT).unwrap().verify(None).unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].entry, findings[0].what.as_str()),
        (None, "the trigger payment_is_not_changed is missing")
    );
    // A letter of a name in the file, without any database.
    let mut bytes = fs::read(&book).unwrap();
    let at = bytes.windows(11).rposition(|part| part == b"B. Approver").unwrap();
    bytes[at] = b'C';
    fs::write(&book, bytes).unwrap();
    let findings = Book::open(&book, WAIT).unwrap().verify(None).unwrap();
    assert!(findings.iter().any(|finding| finding.entry.is_some()), "{findings:?}");
}
