//! One connection, whichever database it leads to.

use super::{Dialect, Each, Row, Val, postgres, sqlite};
use crate::{StoreError, schema::insert::Insert};

/// A connection, owned by one thread.
pub(crate) enum Conn {
    Sqlite(sqlite::Lite),
    Postgres(Box<postgres::Pg>),
}

impl Conn {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(pg) => pg.dialect(),
        }
    }

    /// Runs a statement and answers how many rows it touched.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(lite) => lite.execute(sql, params),
            Self::Postgres(pg) => pg.execute(sql, params),
        }
    }

    /// Inserts the rows of each set by few statements; answers how many were new.
    pub(crate) fn insert_all(&mut self, sets: &[(&Insert, Vec<Vec<Val>>)]) -> Result<u64, StoreError> {
        match self {
            // A statement of one row needs no journal of its own, and its many rows no round trips.
            Self::Sqlite(lite) => {
                let mut new = 0;
                for (insert, rows) in sets {
                    new += lite.insert(insert.text(1), rows)?;
                }
                Ok(new)
            }
            Self::Postgres(pg) => {
                let most = pg.dialect().max_params();
                let mut statements = Vec::new();
                for (insert, rows) in sets {
                    let mut at = 0;
                    while at < rows.len() {
                        let size = insert.step(rows.len() - at, most);
                        let params: Vec<&Val> = rows[at..at + size].iter().flatten().collect();
                        statements.push((insert.text(size), params));
                        at += size;
                    }
                }
                pg.execute_all(&statements)
            }
        }
    }

    /// Runs statements one after the other, in one round trip where there is one; answers how many rows they touched in all.
    pub(crate) fn execute_all(&mut self, statements: &[(&str, Vec<Val>)]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(lite) => {
                let mut touched = 0;
                for (sql, params) in statements {
                    touched += lite.execute(sql, params)?;
                }
                Ok(touched)
            }
            Self::Postgres(pg) => {
                let statements: Vec<(&str, Vec<&Val>)> =
                    statements.iter().map(|(sql, params)| (*sql, params.iter().collect())).collect();
                pg.execute_all(&statements)
            }
        }
    }

    /// Runs a statement and makes the transaction durable.
    pub(crate) fn execute_and_commit(&mut self, sql: &str, params: &[Val]) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => {
                lite.execute(sql, params)?;
                lite.command("COMMIT")
            }
            Self::Postgres(pg) => pg.execute_and_commit(sql, params),
        }
    }

    /// Runs a query and hands each row to `each`, streamed.
    pub(crate) fn query(&mut self, sql: &str, params: &[Val], each: Each<'_>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.query(sql, params, each),
            Self::Postgres(pg) => pg.query(sql, params, each),
        }
    }

    /// The rows of a query, each made into a `T`.
    pub(crate) fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Val],
        mut make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.query(sql, params, &mut |row| {
            rows.push(make(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a query.
    pub(crate) fn first<T>(
        &mut self,
        sql: &str,
        params: &[Val],
        make: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, params, make)?.into_iter().next())
    }

    /// The only number of a query.
    pub(crate) fn number(&mut self, sql: &str, params: &[Val]) -> Result<i64, StoreError> {
        Ok(self.first(sql, params, |row| row.int(0))?.unwrap_or_default())
    }

    /// Runs statements without parameters, one after the other.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.batch(sql),
            Self::Postgres(pg) => pg.batch(sql),
        }
    }

    /// Sends transaction commands with the next statement, sparing a round trip where there is one.
    pub(crate) fn command(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.command(sql),
            Self::Postgres(pg) => {
                pg.defer(sql);
                Ok(())
            }
        }
    }

    /// Begins a snapshot that nothing is written in.
    pub(crate) fn begin_read(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.command("BEGIN DEFERRED"),
            Self::Postgres(pg) => {
                pg.defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                Ok(())
            }
        }
    }

    /// Begins a transaction.
    pub(crate) fn begin_write(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.command("BEGIN IMMEDIATE"),
            Self::Postgres(pg) => {
                pg.defer("BEGIN");
                Ok(())
            }
        }
    }

    /// Makes the transaction durable.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(lite) => lite.command("COMMIT"),
            Self::Postgres(pg) => pg.commit(),
        }
    }

    /// Drops the transaction. Never fails: a connection that cannot roll back has nothing to lose.
    pub(crate) fn rollback(&mut self) {
        match self {
            Self::Sqlite(lite) => lite.rollback(),
            Self::Postgres(pg) => pg.rollback(),
        }
    }

    /// Whether the engine itself dropped the transaction (SQLite does on a full disk).
    pub(crate) fn lost_transaction(&self) -> bool {
        match self {
            Self::Sqlite(lite) => lite.is_autocommit(),
            Self::Postgres(pg) => pg.is_closed(),
        }
    }

    /// A number that changes with every table of a SQLite file, as of the snapshot. SQLite is told which index to read by, so
    /// it must be one of that snapshot.
    pub(crate) fn schema_mark(&mut self) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(_) => self.first("PRAGMA schema_version", &[], |row| row.int(0)),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Connects again when the connection broke.
    pub(crate) fn revive(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(pg) => pg.revive(),
        }
    }
}
