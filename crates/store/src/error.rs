//! What can go wrong.

use linli_domain::{Record, RecordId};

/// Why the store could not do what was asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// Too many writes are waiting; try again in a moment (HTTP 503 with `Retry-After`).
    #[error("too many writes are waiting")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The permit does not fit the call: a programming error.
    #[error("the permit does not allow this call: {0}")]
    NotPermitted(String),
    /// The disk is full. Nothing that was acknowledged is lost; nothing of the failed write is kept.
    #[error("the disk is full")]
    Full,
    /// Reading or writing the disk failed.
    #[error("input/output error: {0}")]
    Io(String),
    /// The database cannot be reached, or the connection broke.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The query names an unknown entity or field, or compares what cannot be compared.
    #[error("bad query: {0}")]
    Query(String),
    /// The Catalogue cannot be made into tables.
    #[error("the catalogue cannot be stored: {0}")]
    Schema(String),
    /// The migration has steps of a class that was not allowed.
    #[error("the migration needs the permission `{0:?}`")]
    MigrationClass(crate::types::MigrationClass),
    /// Data stand in the way of a migration: the reason names field and rows.
    #[error("data stand in the way: {0}")]
    InTheWay(String),
    /// The keys are not those the data were written with.
    #[error("these are not the keys the data were written with")]
    WrongKeys,
    /// The database or an archive is damaged.
    #[error("damaged: {0}")]
    Corrupt(String),
    /// The closure panicked; its changes were rolled back.
    #[error("the operation panicked")]
    Panicked,
    /// Two transactions got into each other's way; the store retries these itself.
    #[error("conflict with another transaction")]
    Conflict,
    /// A fixed table refused a second row with the same key (a login that is taken, an area that exists).
    #[error("already there: {0}")]
    Exists(String),
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(String),
}

impl StoreError {
    pub(crate) fn query(message: impl Into<String>) -> Self {
        Self::Query(message.into())
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// Who holds a unique value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A record within the permit's scope.
    Here(RecordId),
    /// A record elsewhere; more is not said.
    Elsewhere,
}

/// Why a write was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// No such record, or it lies outside the scope.
    #[error("no such record")]
    NotFound,
    /// The record would lie outside the scope.
    #[error("the area is outside the scope")]
    OutOfScope,
    /// Someone changed the record meanwhile.
    #[error("the record was changed meanwhile")]
    Stale {
        /// The record as it is now.
        current: Box<Record>,
    },
    /// A `unique` field's value is held by another living record.
    #[error("`{field}` is taken")]
    Taken {
        /// Field.
        field: String,
        /// Who holds it.
        holder: Holder,
        /// The record that was to be written.
        id: RecordId,
    },
    /// There is a record with this id already.
    #[error("a record with this id exists")]
    Exists(RecordId),
    /// The record is ended (for an edit) or not ended (for a reopening).
    #[error("the record has ended, or has not")]
    Ended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
