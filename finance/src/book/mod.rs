//! The book: one file that keeps what was agreed, observed, stated, paid and decided, and never changes it.
//!
//! Every entry of its log carries the hash of the rows that it wrote and of the entry before it. Tables take
//! no change and no deletion; what was changed all the same is found by [`Book::verify`]. An entry is in the
//! book as a whole once it was confirmed, or not at all.

mod cell;
mod inputs;
mod line_states;
mod log;
mod moment;
mod payments;
mod periods;
mod postings;
mod problems;
mod read;
mod schema;
mod statements;
mod verify;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Params, Row};

pub use cell::hash;
pub use inputs::{ContractVersion, ObservationSet, Submission};
pub use line_states::{LineName, LineState, Said, Stand};
pub use log::{Entry, EntryKind};
pub use moment::{Moment, Stamp, date};
pub use payments::{KnownOfPayments, Payment, PaymentFile, PaymentRow};
pub use periods::{Month, MonthState, Standing};
pub use postings::{PostedLine, Posting, PostingType};
pub use problems::{CODES, CONTENT, Outcome, UNKNOWN, problem};
pub use statements::{Approval, Issue, NewStatement, Rendered, StatedLine, StatementRecord};
pub use verify::Finding;

use log::Writing;
use problems::{FILE, failed, refuse};

/// An open book.
#[derive(Debug)]
pub struct Book {
    connection: Connection,
}

/// How long to wait for somebody else who writes.
pub const WAIT: Duration = Duration::from_secs(10);

impl Book {
    /// Begins a book in a file that is not there yet, or is empty.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(file: &Path, title: &str, stamp: &Stamp) -> Outcome<Entry> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
        settle(&connection, WAIT).map_err(failed)?;
        schema::create(&connection).map_err(failed)?;
        let mut book = Book { connection };
        let mut writing = Writing::begin(&mut book, stamp, EntryKind::Begun)?;
        writing.add("book", [title.into(), ENGINE.into()])?;
        writing.finish()
    }

    /// Opens a book. What a writer that was killed left half done is taken back.
    ///
    /// # Errors
    /// When the file is no book, or of another form.
    pub fn open(file: &Path, wait: Duration) -> Outcome<Book> {
        let remedy = "name a book, or begin one with `carepact book new`";
        let name = file.display();
        if !file.is_file() {
            return refuse(&FILE, format!("{name} is not there"), remedy);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
        settle(&connection, wait).map_err(failed)?;
        let number = |what: &str| connection.pragma_query_value(None, what, |row| row.get::<_, i64>(0));
        match (number("application_id"), number("user_version")) {
            (Ok(schema::APPLICATION), Ok(schema::FORM)) => Ok(Book { connection }),
            (Ok(schema::APPLICATION), Ok(form)) => {
                let found =
                    format!("{name} is a book of form {form}; this carepact knows form {}", schema::FORM);
                refuse(&FILE, found, "use the version of carepact that began it, or a later one")
            }
            (Ok(_), _) => refuse(&FILE, format!("{name} is no book"), remedy),
            (Err(error), _) if is_busy(&error) => Err(failed(error)),
            (Err(error), _) => refuse(&FILE, format!("{name} cannot be read as a book: {error}"), remedy),
        }
    }

    /// The title of the book.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn title(&self) -> Outcome<String> {
        self.connection.query_row("SELECT title FROM book", [], |row| row.get(0)).map_err(failed)
    }

    /// The last entry.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn head(&self) -> Outcome<Option<Entry>> {
        log::last(&self.connection).map_err(failed)
    }

    /// The bytes that were kept under a hash.
    ///
    /// # Errors
    /// When there are none, or they are no longer those.
    pub fn content(&self, wanted: &str) -> Outcome<Vec<u8>> {
        let sql = "SELECT bytes FROM content WHERE hash = ?1";
        let bytes: Vec<u8> = self.connection.query_row(sql, [wanted], |row| row.get(0)).map_err(failed)?;
        if hash(&bytes) == wanted {
            Ok(bytes)
        } else {
            let found = format!("the content {wanted} was changed");
            refuse(
                &problems::CHANGED,
                found,
                "`carepact book verify` names what was changed; go back to a copy",
            )
        }
    }

    fn all<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Vec<T>> {
        read::all(&self.connection, sql, parameters, read)
    }
}

/// The version of the engine that works out statements.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");

/// How a connection writes: every confirmed entry is on the disk, also after the power failed; in one file,
/// which may lie on a shared drive.
fn settle(connection: &Connection, wait: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(wait)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA synchronous = EXTRA; \
         PRAGMA trusted_schema = OFF;",
    )
}

fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    error.sqlite_error_code().is_some_and(|code| [DatabaseBusy, DatabaseLocked].contains(&code))
}
