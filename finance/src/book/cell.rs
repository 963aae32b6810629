//! Cells of the database, and how they are hashed: every cell with its type and length, so that no two
//! different rows have the same bytes.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use sha2::{Digest, Sha256};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Nothing,
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(whole: i64) -> Cell {
        Cell::Whole(whole)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Cell {
        Cell::Whole(i64::from(flag))
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Nothing, Into::into)
    }
}

impl Cell {
    fn as_value(&self) -> ValueRef<'_> {
        match self {
            Cell::Nothing => ValueRef::Null,
            Cell::Whole(whole) => ValueRef::Integer(*whole),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.as_value()))
    }
}

/// What an entry wrote, as a hash that grows row by row.
#[derive(Debug, Clone)]
pub(super) struct ContentHash(Sha256);

impl ContentHash {
    pub fn new() -> ContentHash {
        ContentHash(Sha256::new_with_prefix(b"carepact book content 1\n"))
    }

    /// Adds a row of a table.
    pub fn row<'v>(&mut self, table: &str, row: i64, cells: impl Iterator<Item = ValueRef<'v>>) {
        self.part(b't', table.as_bytes());
        self.part(b'r', &row.to_be_bytes());
        for cell in cells {
            match cell {
                ValueRef::Null => self.part(b'0', b""),
                ValueRef::Integer(whole) => self.part(b'i', &whole.to_be_bytes()),
                // No entry writes one.
                ValueRef::Real(_) => self.part(b'f', b""),
                ValueRef::Text(text) => self.part(b's', text),
                ValueRef::Blob(bytes) => self.part(b'b', bytes),
            }
        }
    }

    /// Adds a row that is to be written.
    pub fn cells(&mut self, table: &str, row: i64, cells: &[Cell]) {
        self.row(table, row, cells.iter().map(Cell::as_value));
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update([kind]);
        self.0.update(length.to_be_bytes());
        self.0.update(bytes);
    }

    /// The hash of all rows.
    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// SHA-256 of bytes, as 64 hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of texts, each with its length.
pub(super) fn hash_of_texts(kind: &str, texts: &[&str]) -> String {
    let mut bytes = format!("{kind}\n").into_bytes();
    for text in texts {
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    hash(&bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn cells_that_differ_in_type_or_border_differ_in_hash() {
        let of = |cells: &[Cell]| {
            let mut hash = ContentHash::new();
            hash.cells("line", 1, cells);
            hash.finish()
        };
        assert_ne!(of(&["ab".into(), "c".into()]), of(&["a".into(), "bc".into()]));
        assert_ne!(of(&[Cell::Nothing]), of(&["".into()]));
        assert_ne!(of(&["1".into()]), of(&[1.into()]));
        assert_ne!(hash_of_texts("k", &["a", "bc"]), hash_of_texts("k", &["ab", "c"]));
    }
}
