//! Parameters and rows, the same for every database.

use uuid::Uuid;

use super::{postgres, sqlite};
use crate::{StoreError, schema::table::ColumnType};

/// A parameter or a column's value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Val {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
}

impl Val {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Text, or nothing.
    pub(crate) fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// A row of an answer. Columns are asked for by position.
pub(crate) enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    pub(crate) fn int(&self, at: usize) -> Result<i64, StoreError> {
        self.maybe_int(at)?.ok_or_else(|| missing(at))
    }

    pub(crate) fn text(&self, at: usize) -> Result<String, StoreError> {
        self.maybe_text(at)?.ok_or_else(|| missing(at))
    }

    pub(crate) fn bytes(&self, at: usize) -> Result<Vec<u8>, StoreError> {
        self.maybe_bytes(at)?.ok_or_else(|| missing(at))
    }

    pub(crate) fn id(&self, at: usize) -> Result<Uuid, StoreError> {
        self.maybe_id(at)?.ok_or_else(|| missing(at))
    }

    pub(crate) fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::Sqlite(row) => row.get(at).map_err(sqlite::error),
            Self::Postgres(row) => row.try_get(at).map_err(postgres::error),
        }
    }

    pub(crate) fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite(row) => row.get(at).map_err(sqlite::error),
            Self::Postgres(row) => row.try_get(at).map_err(postgres::error),
        }
    }

    pub(crate) fn maybe_bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Sqlite(row) => row.get(at).map_err(sqlite::error),
            Self::Postgres(row) => row.try_get(at).map_err(postgres::error),
        }
    }

    pub(crate) fn maybe_id(&self, at: usize) -> Result<Option<Uuid>, StoreError> {
        match self {
            Self::Sqlite(row) => {
                let bytes: Option<[u8; 16]> = row.get(at).map_err(sqlite::error)?;
                Ok(bytes.map(Uuid::from_bytes))
            }
            Self::Postgres(row) => row.try_get(at).map_err(postgres::error),
        }
    }

    /// The value of a column of a known type.
    pub(crate) fn value(&self, at: usize, kind: ColumnType) -> Result<Val, StoreError> {
        Ok(match kind {
            ColumnType::Int => self.maybe_int(at)?.map_or(Val::Null, Val::Int),
            ColumnType::Text => self.maybe_text(at)?.map_or(Val::Null, Val::Text),
            ColumnType::Bytes => self.maybe_bytes(at)?.map_or(Val::Null, Val::Bytes),
            ColumnType::Id => self.maybe_id(at)?.map_or(Val::Null, Val::Id),
        })
    }
}

fn missing(at: usize) -> StoreError {
    StoreError::Corrupt(format!("column {at} of an answer is empty"))
}

/// What is done with each row of an answer.
pub(crate) type Each<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>;
