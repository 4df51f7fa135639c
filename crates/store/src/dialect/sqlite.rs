//! SQLite: one file in WAL mode, one writer, many readers.

use std::path::Path;

use rusqlite::{
    Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use super::{Each, Row, Val};
use crate::StoreError;

/// As much of a file as SQLite maps at most.
const MAPPED_BYTES: u32 = 2_147_418_112;

/// A connection to a SQLite file.
pub(crate) struct Lite {
    connection: Connection,
}

impl Lite {
    /// Opens the connection that writes; makes the file when it is absent.
    pub(crate) fn writer(file: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(file).map_err(error)?;
        // WAL with FULL: a commit returns after its log record is on the disk.
        let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;
            PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA mmap_size = 0;
            PRAGMA wal_autocheckpoint = 32768; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
            PRAGMA journal_size_limit = 67108864;";
        connection.execute_batch(pragmas).map_err(error)?;
        keep_plans(&connection)?;
        connection.set_prepared_statement_cache_capacity(512);
        Ok(Self { connection })
    }

    /// Opens a connection that can only read.
    pub(crate) fn reader(file: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(file, flags).map_err(error)?;
        let pragmas = "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000; PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16384; PRAGMA trusted_schema = OFF;";
        connection.execute_batch(pragmas).map_err(error)?;
        keep_plans(&connection)?;
        connection.set_prepared_statement_cache_capacity(256);
        let mut reader = Self { connection };
        reader.map_file(true)?;
        Ok(reader)
    }

    /// Opens the connection that carries the log over to the file beside the writer, which then seldom has to.
    pub(crate) fn checkpointer(file: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(file).map_err(error)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA busy_timeout = 0;").map_err(error)?;
        Ok(Self { connection })
    }

    /// Carries over what can be without waiting for anybody.
    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        let run = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        run.map_err(error)
    }

    /// The connection itself, for the online backup.
    pub(crate) fn raw(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Val]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        let touched = statement.execute(rusqlite::params_from_iter(params)).map_err(error)?;
        Ok(touched as u64)
    }

    /// Runs a statement for each row; answers how many rows it touched in all.
    pub(crate) fn insert(&mut self, sql: &str, rows: &[Vec<Val>]) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        let mut touched = 0;
        for row in rows {
            touched += statement.execute(rusqlite::params_from_iter(row)).map_err(error)?;
        }
        Ok(touched as u64)
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Val], each: Each<'_>) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(error)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            each(&Row::Sqlite(row))?;
        }
        Ok(())
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(error)
    }

    pub(crate) fn command(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql).map_err(error)?.execute([]).map_err(error)?;
        Ok(())
    }

    /// Reads the file through memory it is mapped to, or page by page. Not inside a transaction.
    pub(crate) fn map_file(&mut self, mapped: bool) -> Result<(), StoreError> {
        let bytes = if mapped { MAPPED_BYTES } else { 0 };
        self.batch(&format!("PRAGMA mmap_size = {bytes}"))
    }

    pub(crate) fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(failure) = self.command("ROLLBACK")
        {
            tracing::error!(%failure, "a transaction could not be rolled back");
        }
    }

    pub(crate) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }
}

/// A prepared statement keeps its plan. Otherwise SQLite, which has samples of each index, compiles a statement again whenever a
/// parameter changes that the samples speak of: a quarter of a transition's processor time.
fn keep_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    Ok(())
}

impl ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Id(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

/// What SQLite said, in our words.
#[expect(clippy::needless_pass_by_value, reason = "used as `map_err(error)`")]
pub(crate) fn error(error: rusqlite::Error) -> StoreError {
    let message = error.to_string();
    let Some(code) = error.sqlite_error() else {
        return StoreError::Database(message);
    };
    match code.code {
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            StoreError::Io(message)
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt(message),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Conflict,
        ErrorCode::ConstraintViolation => StoreError::Exists(message),
        _ => StoreError::Database(message),
    }
}
