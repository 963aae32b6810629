//! Recomputes everything that a book says of itself, and names every entry that is not as it was written.
//!
//! It trusts no trigger and no index: tables are read as a whole, every row is hashed into the entry that
//! it names, and the log is followed hash by hash. Who rewrites the file to its end, all hashes with it,
//! leaves no trace inside; a hash of the log that was noted elsewhere finds that too.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::Book;
use super::cell::{ContentHash, hash};
use super::log::{Entry, NO_HASH};
use super::problems::{Outcome, failed};
use super::schema::{ENTRY_COLUMNS, Piece, TABLES, Table, pieces};

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The entry, or nothing where it is the file as a whole.
    pub entry: Option<i64>,
    /// What is wrong.
    pub what: String,
}

/// Most messages of the database about its pages.
const PAGE_MESSAGES_MAX: usize = 10;

struct Verifying<'b> {
    connection: &'b Connection,
    findings: Vec<Finding>,
}

impl Book {
    /// Everything that is not as it was written: what concerns the file as a whole, then entry by entry.
    /// `noted` is the number and hash of an entry that were noted elsewhere.
    ///
    /// # Errors
    /// When somebody is writing and does not end, or the file cannot be read.
    pub fn verify(&self, noted: Option<(i64, &str)>) -> Outcome<Vec<Finding>> {
        // One transaction, so that what others write meanwhile is not seen by halves.
        let transaction = self.connection.unchecked_transaction().map_err(failed)?;
        let mut verifying = Verifying { connection: &transaction, findings: Vec::new() };
        verifying.pages();
        verifying.schema().map_err(failed)?;
        let entries = verifying.entries();
        verifying.chain(&entries);
        verifying.ends(&entries, noted);
        let rows = verifying.rows();
        verifying.hold(&entries, rows);
        verifying.rules();
        let mut findings = verifying.findings;
        findings.sort();
        findings.dedup();
        Ok(findings)
    }
}

impl Verifying<'_> {
    fn note(&mut self, entry: Option<i64>, what: String) {
        self.findings.push(Finding { entry, what });
    }

    /// What the database says of its own pages.
    fn pages(&mut self) {
        let messages = self.connection.prepare("PRAGMA integrity_check(10)").and_then(|mut statement| {
            let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(rows.take(PAGE_MESSAGES_MAX).filter_map(Result::ok).collect::<Vec<_>>())
        });
        match messages {
            Ok(messages) => messages
                .into_iter()
                .filter(|message| message != "ok")
                .for_each(|message| self.note(None, format!("the file is damaged: {message}"))),
            Err(error) => self.note(None, format!("the file is damaged: {error}")),
        }
    }

    /// Tables, indexes and triggers are those of a new book, and there is nothing else.
    fn schema(&mut self) -> rusqlite::Result<()> {
        let sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        let mut statement = self.connection.prepare(sql)?;
        let found = statement.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let found: Vec<_> = found.collect::<rusqlite::Result<_>>()?;
        let due = pieces();
        for (kind, name, sql) in &due {
            match found.iter().find(|(_, known, _)| known == name) {
                None => self.note(None, format!("the {kind} {name} is missing")),
                Some((_, _, known)) if known.as_deref() != Some(sql) => {
                    self.note(None, format!("the {kind} {name} was changed"));
                }
                Some(_) => {}
            }
        }
        let known = |name: &str| due.iter().any(|piece: &Piece| piece.1 == name);
        for (kind, name, _) in found.iter().filter(|(_, name, _)| !known(name)) {
            self.note(None, format!("the {kind} {name} is no part of a book"));
        }
        Ok(())
    }

    /// All entries that can be read; who cannot be is named.
    fn entries(&mut self) -> BTreeMap<i64, Entry> {
        let numbers: rusqlite::Result<Vec<i64>> =
            self.connection.prepare("SELECT number FROM entry NOT INDEXED").and_then(|mut statement| {
                let rows = statement.query_map([], |row| row.get(0))?;
                rows.collect()
            });
        let numbers = numbers.unwrap_or_else(|error| {
            self.note(None, format!("the log cannot be read: {error}"));
            Vec::new()
        });
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry WHERE number = ?1");
        let mut entries = BTreeMap::new();
        for number in numbers {
            match self.connection.query_row(&sql, [number], Entry::read) {
                Ok(entry) => {
                    entries.insert(number, entry);
                }
                Err(error) => self.note(Some(number), format!("the entry cannot be read: {error}")),
            }
        }
        entries
    }

    /// Every entry has the hash of what it says, and follows on the one before.
    fn chain(&mut self, entries: &BTreeMap<i64, Entry>) {
        let mut before: Option<&Entry> = None;
        for (number, entry) in entries {
            let expected = before.map_or(1, |before| before.number + 1);
            for missing in expected..*number {
                self.note(Some(missing), "the entry is missing".to_string());
            }
            if entry.hash != entry.due_hash() {
                self.note(
                    Some(*number),
                    "the entry was changed: its hash is not that of what it says".to_string(),
                );
            }
            // A changed entry before is named itself; this one still follows on what it was.
            let follows = match before {
                None => entry.previous == NO_HASH,
                Some(before) => entry.previous == before.hash || entry.previous == before.due_hash(),
            };
            if expected == *number && !follows {
                let what = "the entry does not follow on the one before: one of the two was changed";
                self.note(Some(*number), what.to_string());
                if let Some(before) = before {
                    self.note(Some(before.number), "the next entry does not follow on this one".to_string());
                }
            }
            before = Some(entry);
        }
    }

    /// The log ends where the database counted to, and holds the entry that was noted.
    fn ends(&mut self, entries: &BTreeMap<i64, Entry>, noted: Option<(i64, &str)>) {
        let last = entries.keys().next_back().copied().unwrap_or(0);
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'entry'";
        let counted: i64 = self.connection.query_row(sql, [], |row| row.get(0)).unwrap_or(0);
        for missing in (last + 1)..=counted {
            self.note(Some(missing), "the entry is missing".to_string());
        }
        if counted < last {
            let what = format!("the database counted {counted} entries, the log has {last}");
            self.note(Some(last), what);
        }
        if let Some((number, wanted)) = noted {
            match entries.get(&number) {
                None => self.note(Some(number), "the entry that was noted is missing".to_string()),
                Some(entry) if !entry.hash.starts_with(wanted) => {
                    self.note(Some(number), "the entry is not the one that was noted".to_string());
                }
                Some(_) => {}
            }
        }
    }

    /// What every entry wrote, hashed row by row.
    fn rows(&mut self) -> BTreeMap<i64, (ContentHash, &'static str)> {
        let mut written = BTreeMap::new();
        for table in &TABLES {
            if let Err(error) = self.table(table, &mut written) {
                self.note(None, format!("the table {} cannot be read: {error}", table.name));
            }
        }
        written
    }

    fn table(
        &mut self,
        table: &'static Table,
        written: &mut BTreeMap<i64, (ContentHash, &'static str)>,
    ) -> rusqlite::Result<()> {
        let sql = format!("SELECT {} FROM {} NOT INDEXED ORDER BY row", table.column_names(), table.name);
        let mut statement = self.connection.prepare(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        let mut contents = Vec::new();
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            let entry: i64 = match row.get_ref(1)? {
                ValueRef::Integer(entry) => entry,
                ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => 0,
            };
            let cells: Vec<ValueRef<'_>> =
                (1..columns).map(|column| row.get_ref(column)).collect::<rusqlite::Result<_>>()?;
            if let ("content", [_, ValueRef::Text(name), ValueRef::Blob(bytes)]) = (table.name, &cells[..])
                && hash(bytes).as_bytes() != *name
            {
                contents.push(entry);
            }
            let (content, _) = written.entry(entry).or_insert_with(|| (ContentHash::new(), table.name));
            content.row(table.name, number, cells.into_iter());
        }
        for entry in contents {
            self.note(Some(entry), "a content that it took in is not that of its hash".to_string());
        }
        Ok(())
    }

    /// Every entry wrote what its hash says, and every row was written by an entry.
    fn hold(&mut self, entries: &BTreeMap<i64, Entry>, mut rows: BTreeMap<i64, (ContentHash, &'static str)>) {
        for (number, entry) in entries {
            let content = rows.remove(number).map_or_else(ContentHash::new, |(content, _)| content);
            if content.finish() != entry.content {
                let what =
                    format!("what it wrote ({}) was changed, or rows were added or taken away", entry.kind);
                self.note(Some(*number), what);
            }
        }
        for (number, (_, table)) in rows {
            self.note(
                Some(number),
                format!("rows name this entry, which is not in the log; the first in {table}"),
            );
        }
    }
}

/// What an entry must not say, however well it is hashed: a query that gives such entries, and why.
const RULES: [(&str, &str); 4] = [
    (
        "SELECT a.entry FROM approval a JOIN statement s ON s.number = a.statement JOIN entry e ON e.number = s.entry \
         WHERE a.prepared_by <> e.who",
        "it names somebody else as who prepared the statement",
    ),
    (
        "SELECT entry FROM approval WHERE lower(trim(prepared_by)) = lower(trim(approved_by))",
        "who prepared the statement approved it",
    ),
    (
        "SELECT p.entry FROM posting p JOIN period l ON l.month = p.month AND l.state = 'locked' \
         WHERE p.entry > l.entry",
        "it posts in a month that was locked",
    ),
    (
        "SELECT p.entry FROM period p JOIN period l ON l.month = p.month AND l.state = 'locked' \
         WHERE p.entry > l.entry",
        "it gives a locked month another state",
    ),
];

impl Verifying<'_> {
    /// Entries that carepact does not write, made by other means with the right hashes.
    fn rules(&mut self) {
        for (sql, what) in RULES {
            let entries = self.connection.prepare(sql).and_then(|mut statement| {
                let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            });
            match entries {
                Ok(entries) => entries.into_iter().for_each(|entry| self.note(Some(entry), what.to_string())),
                Err(error) => self.note(None, format!("the rules cannot be held against the book: {error}")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::log::Writing;
    use crate::book::{EntryKind, Moment, Stamp, schema};

    #[test]
    fn an_entry_that_no_command_makes_is_found_although_it_is_well_hashed() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        let mut book = Book { connection };
        let by = Stamp::new("Ada", Some(Moment::parse("2026-04-01").unwrap())).unwrap();
        let mut writing = Writing::begin(&mut book, &by, EntryKind::Begun).unwrap();
        writing.add("book", ["Example".into(), "0".into()]).unwrap();
        writing.finish().unwrap();
        for state in ["locked", "open"] {
            let mut writing = Writing::begin(&mut book, &by, EntryKind::Period).unwrap();
            writing.add("period", ["2026-04".into(), state.into(), "".into()]).unwrap();
            writing.finish().unwrap();
        }
        let mut writing = Writing::begin(&mut book, &by, EntryKind::Approval).unwrap();
        writing.add("approval", [1.into(), "Ada".into(), " ada".into()]).unwrap();
        writing.finish().unwrap();
        let due = [
            Finding { entry: Some(3), what: "it gives a locked month another state".to_string() },
            Finding { entry: Some(4), what: "who prepared the statement approved it".to_string() },
        ];
        assert_eq!(book.verify(None).unwrap(), due);
    }

    #[test]
    fn a_book_is_made_of_what_it_is_held_against() {
        let connection = Connection::open_in_memory().unwrap();
        schema::create(&connection).unwrap();
        let mut verifying = Verifying { connection: &connection, findings: Vec::new() };
        verifying.pages();
        verifying.schema().unwrap();
        assert_eq!(verifying.findings, []);
        connection.execute_batch("DROP TRIGGER line_is_not_changed; CREATE TABLE extra (a)").unwrap();
        verifying.schema().unwrap();
        let said: Vec<&str> = verifying.findings.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            said,
            ["the trigger line_is_not_changed is missing", "the table extra is no part of a book"]
        );
    }
}
