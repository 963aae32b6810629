//! The tables of a book. What is declared here makes the database, and is what `verify` holds it
//! against: tables, indexes, and triggers that refuse every change of what was written.

use rusqlite::Connection;

/// Marks a database as a book: `care` as a number.
pub(super) const APPLICATION: i64 = 0x6361_7265;
/// The form of the tables.
pub(super) const FORM: i64 = 1;

/// A table whose rows are written by entries.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns beside `row` and `entry`, with their types.
    pub columns: &'static [(&'static str, &'static str)],
}

const TEXT: &str = "TEXT NOT NULL";
const WHOLE: &str = "INTEGER NOT NULL";
const TEXT_OR_NOTHING: &str = "TEXT";

/// All tables beside that of the entries, in the order in which their rows are hashed.
pub(super) static TABLES: [Table; 15] = [
    Table { name: "book", columns: &[("title", TEXT), ("engine", TEXT)] },
    Table { name: "content", columns: &[("hash", TEXT), ("bytes", "BLOB NOT NULL")] },
    Table {
        name: "contract",
        columns: &[("version", WHOLE), ("file", TEXT), ("hash", TEXT), ("contract", TEXT), ("title", TEXT)],
    },
    Table {
        name: "observations",
        columns: &[
            ("number", WHOLE),
            ("file", TEXT),
            ("hash", TEXT),
            ("submission", TEXT),
            ("received", TEXT),
        ],
    },
    Table {
        name: "statement",
        columns: &[
            ("number", WHOLE),
            ("contract", WHOLE),
            ("contract_hash", TEXT),
            ("engine", TEXT),
            ("period", TEXT_OR_NOTHING),
            ("as_of", TEXT),
            ("text", TEXT),
            ("json", TEXT),
        ],
    },
    Table { name: "restates", columns: &[("statement", WHOLE), ("earlier", WHOLE)] },
    Table { name: "input", columns: &[("statement", WHOLE), ("observations", WHOLE), ("hash", TEXT)] },
    Table {
        name: "line",
        columns: &[
            ("statement", WHOLE),
            ("id", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("clause", TEXT),
            ("type", TEXT),
            ("period", TEXT),
            ("month", TEXT),
            ("amount", TEXT),
            ("status", TEXT),
            ("data", TEXT),
            ("due", TEXT_OR_NOTHING),
            ("payable", WHOLE),
        ],
    },
    Table {
        name: "restated",
        columns: &[
            ("statement", WHOLE),
            ("id", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("clause", TEXT),
            ("earlier", TEXT_OR_NOTHING),
            ("later", TEXT_OR_NOTHING),
            ("difference", TEXT),
            ("payable", WHOLE),
        ],
    },
    Table {
        name: "cause",
        columns: &[
            ("statement", WHOLE),
            ("id", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("kind", TEXT),
            ("what", TEXT),
            ("earlier", TEXT),
            ("later", TEXT),
            ("alone", TEXT_OR_NOTHING),
        ],
    },
    Table {
        name: "posting",
        columns: &[
            ("statement", WHOLE),
            ("id", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("type", TEXT),
            ("month", TEXT),
            ("amount", TEXT),
        ],
    },
    Table {
        name: "payment",
        columns: &[
            ("number", WHOLE),
            ("hash", TEXT),
            ("file", TEXT),
            ("file_row", WHOLE),
            ("reference", TEXT),
            ("paid", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("amount", TEXT),
            ("month", TEXT),
            ("note", TEXT),
        ],
    },
    Table {
        name: "approval",
        columns: &[("statement", WHOLE), ("prepared_by", TEXT), ("approved_by", TEXT)],
    },
    Table {
        name: "line_state",
        columns: &[
            ("statement", WHOLE),
            ("id", TEXT),
            ("payer", TEXT),
            ("payee", TEXT),
            ("state", TEXT),
            ("amount", TEXT),
            ("reason", TEXT),
            ("answer_by", TEXT_OR_NOTHING),
        ],
    },
    Table { name: "period", columns: &[("month", TEXT), ("state", TEXT), ("reason", TEXT)] },
];

/// The columns of an entry.
pub(super) const ENTRY_COLUMNS: &str = "number, at, who, kind, content, previous, hash";

impl Table {
    /// The columns of a row, `row` first.
    pub fn column_names(&self) -> String {
        let own = self.columns.iter().map(|(name, _)| *name);
        ["row", "entry"].into_iter().chain(own).collect::<Vec<_>>().join(", ")
    }
}

/// The place of a table among all.
pub(super) fn table(name: &str) -> usize {
    TABLES.iter().position(|table| table.name == name).expect("tables are named as declared")
}

/// A piece of the database: its kind, its name, and how it is made.
pub(super) type Piece = (&'static str, String, String);

/// Everything that a book is made of.
pub(super) fn pieces() -> Vec<Piece> {
    let entry = "CREATE TABLE entry (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, \
                 kind TEXT NOT NULL, content TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT";
    let mut pieces = vec![("table", "entry".to_string(), entry.to_string())];
    for table in &TABLES {
        let columns: Vec<String> =
            table.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        let name = table.name;
        let sql = format!(
            "CREATE TABLE {name} (row INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES entry (number), {}) STRICT",
            columns.join(", ")
        );
        pieces.push(("table", name.to_string(), sql));
        let index = format!("{name}_of_entry");
        pieces.push(("index", index.clone(), format!("CREATE INDEX {index} ON {name} (entry)")));
    }
    for (table, column) in [("content", "hash"), ("line", "statement"), ("posting", "month")] {
        let index = format!("{table}_by_{column}");
        pieces.push(("index", index.clone(), format!("CREATE INDEX {index} ON {table} ({column})")));
    }
    let keys = TABLES.iter().map(|table| (table.name, "row")).chain([("entry", "number")]);
    pieces.extend(keys.flat_map(|(table, key)| guards(table, key)));
    pieces
}

/// The triggers that keep the rows of a table. The third is against `INSERT OR REPLACE`, which deletes
/// without asking the second.
fn guards(table: &str, key: &str) -> [Piece; 3] {
    let guard = |name: &str, when: &str| {
        let name = format!("{table}_is_{name}");
        let refusal = "SELECT RAISE(ABORT, 'a book is append only: what was written stays')";
        let sql = format!("CREATE TRIGGER {name} BEFORE {when} BEGIN {refusal}; END");
        ("trigger", name, sql)
    };
    let there = format!("INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})");
    [
        guard("not_changed", &format!("UPDATE ON {table}")),
        guard("not_deleted", &format!("DELETE ON {table}")),
        guard("not_replaced", &there),
    ]
}

/// Makes the tables of a new book.
pub(super) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .execute_batch(&format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORM};"))?;
    pieces().iter().try_for_each(|(_, _, sql)| connection.execute_batch(sql))
}
