//! The log: entries that each carry the hash of what they wrote and of the entry before.

use rusqlite::{Connection, Row, Transaction, params};

use super::Book;
use super::cell::{Cell, ContentHash, hash, hash_of_texts};
use super::moment::{Moment, Stamp};
use super::problems::{Outcome, TIME, failed, refuse};
use super::schema::{ENTRY_COLUMNS, TABLES, table};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// The book was begun.
    Begun,
    /// A version of the contract.
    Contract,
    /// A set of observations.
    Observations,
    /// A statement.
    Statement,
    /// Payments of a file.
    Payments,
    /// An approval.
    Approval,
    /// The state of a line.
    LineState,
    /// The state of a month.
    Period,
}

impl EntryKind {
    /// The word of the log.
    pub fn word(self) -> &'static str {
        match self {
            EntryKind::Begun => "book",
            EntryKind::Contract => "contract",
            EntryKind::Observations => "observations",
            EntryKind::Statement => "statement",
            EntryKind::Payments => "payments",
            EntryKind::Approval => "approval",
            EntryKind::LineState => "line",
            EntryKind::Period => "period",
        }
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1.
    pub number: i64,
    /// When it was made.
    pub at: String,
    /// Who made it.
    pub by: String,
    /// What it is.
    pub kind: String,
    /// The hash of what it wrote.
    pub content: String,
    /// The hash of the entry before; of the first, 64 zeros.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
}

/// What stands for the hash before the first entry.
pub(super) const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Entry {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
        Ok(Entry {
            number: row.get(0)?,
            at: row.get(1)?,
            by: row.get(2)?,
            kind: row.get(3)?,
            content: row.get(4)?,
            previous: row.get(5)?,
            hash: row.get(6)?,
        })
    }

    /// The hash that it must have.
    pub fn due_hash(&self) -> String {
        let number = self.number.to_string();
        let texts = [&number, &self.at, &self.by, &self.kind, &self.content, &self.previous];
        hash_of_texts("carepact book entry 1", &texts.map(String::as_str))
    }
}

/// The last entry of a book.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<Option<Entry>> {
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry ORDER BY number DESC LIMIT 1");
    connection.prepare(&sql)?.query_map([], Entry::read)?.next().transpose()
}

/// An entry that is being written. Nothing of it is in the book until it is finished.
pub(super) struct Writing<'b> {
    /// Reads see what stood before.
    pub transaction: Transaction<'b>,
    /// The number that the entry will have.
    pub number: i64,
    /// When it is made.
    pub at: String,
    stamp: Stamp,
    kind: EntryKind,
    previous: String,
    /// Rows by table.
    rows: Vec<Vec<(i64, Vec<Cell>)>>,
}

impl<'b> Writing<'b> {
    /// Begins an entry: from here on nobody else can write.
    pub fn begin(book: &'b mut Book, stamp: &Stamp, kind: EntryKind) -> Outcome<Writing<'b>> {
        let behavior = rusqlite::TransactionBehavior::Immediate;
        let transaction = book.connection.transaction_with_behavior(behavior).map_err(failed)?;
        let before = last(&transaction).map_err(failed)?;
        let after = before.as_ref().map(|entry| Moment::parse(&entry.at)).transpose()?;
        let at = match (stamp.at, after) {
            (Some(at), Some(after)) if at < after => {
                let found = format!("the last entry was made at {after}, which is after {at}");
                return refuse(&TIME, found, "give a time that is not before it, or leave --at out");
            }
            (Some(at), _) => at,
            // Clocks of two computers differ by some seconds; the log goes forward all the same.
            (None, after) => after.map_or(Moment::now(), |after| after.max(Moment::now())),
        };
        Ok(Writing {
            transaction,
            number: before.as_ref().map_or(1, |entry| entry.number + 1),
            at: at.to_string(),
            stamp: stamp.clone(),
            kind,
            previous: before.map_or(NO_HASH.to_string(), |entry| entry.hash),
            rows: TABLES.iter().map(|_| Vec::new()).collect(),
        })
    }

    /// Adds a row of a table: the cells of its own columns, in their order.
    pub fn add<const N: usize>(&mut self, name: &str, cells: [Cell; N]) -> Outcome<()> {
        let place = table(name);
        assert_eq!(TABLES[place].columns.len(), N, "a row of {name} has a cell for each column");
        let row = match self.rows[place].last() {
            Some((row, _)) => row + 1,
            None => self.next(name, "row")?,
        };
        let cells = [Cell::Whole(self.number)].into_iter().chain(cells).collect();
        self.rows[place].push((row, cells));
        Ok(())
    }

    /// The number after the greatest of a column.
    pub fn next(&self, table: &str, column: &str) -> Outcome<i64> {
        let sql = format!("SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}");
        self.transaction.query_row(&sql, [], |row| row.get(0)).map_err(failed)
    }

    /// Keeps bytes under their hash, once.
    pub fn store(&mut self, bytes: &[u8]) -> Outcome<String> {
        let hash = hash(bytes);
        let stored = "SELECT EXISTS (SELECT 1 FROM content WHERE hash = ?1)";
        let stored: bool = self.transaction.query_row(stored, [&hash], |row| row.get(0)).map_err(failed)?;
        let own = Cell::Text(hash.clone());
        let here = self.rows[table("content")].iter().any(|(_, cells)| cells.contains(&own));
        if !stored && !here {
            self.add("content", [own, Cell::Bytes(bytes.to_vec())])?;
        }
        Ok(hash)
    }

    /// Writes the entry and all its rows. When this returns, they are on the disk.
    pub fn finish(self) -> Outcome<Entry> {
        let mut content = ContentHash::new();
        for (table, rows) in TABLES.iter().zip(&self.rows) {
            rows.iter().for_each(|(row, cells)| content.cells(table.name, *row, cells));
        }
        let mut entry = Entry {
            number: self.number,
            at: self.at,
            by: self.stamp.by,
            kind: self.kind.word().to_string(),
            content: content.finish(),
            previous: self.previous,
            hash: String::new(),
        };
        entry.hash = entry.due_hash();
        write(&self.transaction, &entry, &self.rows).map_err(failed)?;
        self.transaction.commit().map_err(failed)?;
        Ok(entry)
    }
}

fn write(to: &Connection, entry: &Entry, tables: &[Vec<(i64, Vec<Cell>)>]) -> rusqlite::Result<()> {
    let sql = format!("INSERT INTO entry ({ENTRY_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    let Entry { number, at, by, kind, content, previous, hash } = entry;
    to.execute(&sql, params![number, at, by, kind, content, previous, hash])?;
    for (table, rows) in TABLES.iter().zip(tables).filter(|(_, rows)| !rows.is_empty()) {
        let places: Vec<String> = (1..=table.columns.len() + 2).map(|place| format!("?{place}")).collect();
        let sql =
            format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.column_names(), places.join(", "));
        let mut insert = to.prepare(&sql)?;
        for (row, cells) in rows {
            let row = [Cell::Whole(*row)];
            insert.execute(rusqlite::params_from_iter(row.iter().chain(cells)))?;
        }
    }
    Ok(())
}

impl Book {
    /// All entries, from the first.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn log(&self) -> Outcome<Vec<Entry>> {
        let sql = format!("SELECT {ENTRY_COLUMNS} FROM entry ORDER BY number");
        self.all(&sql, [], Entry::read)
    }
}
