//! Reading rows.

use rusqlite::{Connection, Params, Row};

use super::problems::{Outcome, failed};

/// All rows that a query gives.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Outcome<Vec<T>> {
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let rows = statement.query_map(parameters, read).map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}
