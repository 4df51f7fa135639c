//! Tables as data, before a dialect makes text of them.

/// Type of a column. Four are enough: flags, dates as text, and codes all fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) enum ColumnType {
    Int,
    Text,
    Bytes,
    Id,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: ColumnType,
    pub(crate) required: bool,
}

impl Column {
    pub(crate) fn required(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind, required: true }
    }

    pub(crate) fn open(name: impl Into<String>, kind: ColumnType) -> Self {
        Self { name: name.into(), kind, required: false }
    }
}

/// An index. Its name holds a digest of its columns, so that a changed index is a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) unique: bool,
    /// Condition of the rows it holds, as SQL; empty for all.
    pub(crate) only: String,
}

/// How a table lies on the nodes of a distributed database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Spread {
    /// Split by a column of its key.
    By(&'static str),
    /// Whole on every node.
    Everywhere,
    /// On the coordinator only.
    #[default]
    Local,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) key: Vec<String>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) spread: Spread,
    /// Rows stored in the key's order (SQLite: `WITHOUT ROWID`): right for small rows that are found by key.
    pub(crate) clustered: bool,
}

#[cfg(test)]
impl Table {
    pub(crate) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }
}
