//! Sort orders and cursors: a page continues after the sort values of the last row, so that rows made meanwhile neither
//! repeat nor hide others.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Sql;
use crate::{
    StoreError,
    dialect::{Row, Val},
    schema::{EntityPlan, FieldPlan, Storage, table::ColumnType},
};

/// A column to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Quoted.
    pub(crate) column: String,
    pub(crate) kind: ColumnType,
    pub(crate) descending: bool,
}

/// A sort order; the id comes last and makes it total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) keys: Vec<Key>,
}

/// Values of the sort keys of the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "i")]
    Int(i64),
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "u")]
    Id(Uuid),
}

impl Order {
    /// The order a list asks for; newest first when it asks for none.
    pub(crate) fn of(plan: &EntityPlan, sort: &[(String, bool)]) -> Result<Self, StoreError> {
        let mut keys = Vec::new();
        for (name, descending) in sort {
            keys.extend(keys_of(plan.field(name)?, *descending)?);
        }
        let descending = keys.first().is_none_or(|key| key.descending);
        keys.push(Key { column: "\"id\"".into(), kind: ColumnType::Id, descending });
        Ok(Self { keys })
    }

    /// Along an index of text columns, from the first on.
    pub(crate) fn along(columns: &[&String]) -> Self {
        let text = |column: &&String| Key { column: (*column).clone(), kind: ColumnType::Text, descending: false };
        let id = Key { column: "\"id\"".into(), kind: ColumnType::Id, descending: false };
        Self { keys: columns.iter().map(text).chain([id]).collect() }
    }

    /// Whether it is by id alone.
    pub(crate) fn is_by_id(&self) -> bool {
        self.keys.len() == 1
    }

    /// Whether an index begins with all its keys, so that a list can be walked along it.
    pub(crate) fn is_indexed(&self, plan: &EntityPlan) -> bool {
        let names: Vec<&str> = self.keys.iter().map(|key| key.column.trim_matches('"')).collect();
        let same_direction = self.keys.windows(2).all(|pair| pair[0].descending == pair[1].descending);
        same_direction && plan.indexes.iter().any(|index| index.columns == names)
    }

    /// `ORDER BY …`, nulls before everything else.
    pub(crate) fn push(&self, sql: &mut Sql, unindexed: bool) {
        sql.push(" ORDER BY ");
        for (at, key) in self.keys.iter().enumerate() {
            let column = if unindexed && at == 0 && key.kind == ColumnType::Id {
                sql.dialect.unindexed_id(&key.column)
            } else {
                key.column.clone()
            };
            sql.push(if at > 0 { ", " } else { "" }).push(&column);
            sql.push(if key.descending { " DESC NULLS LAST" } else { " ASC NULLS FIRST" });
        }
    }

    /// Columns that a cursor is made of, for the end of a `SELECT`.
    pub(crate) fn columns(&self) -> String {
        self.keys.iter().map(|key| key.column.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Reads the cursor of a row whose sort columns begin at `at`.
    pub(crate) fn cursor(&self, row: &Row<'_>, at: usize) -> Result<Cursor, StoreError> {
        let mut parts = Vec::with_capacity(self.keys.len());
        for (offset, key) in self.keys.iter().enumerate() {
            parts.push(match row.value(at + offset, key.kind)? {
                Val::Null | Val::Bytes(_) => Part::Null,
                Val::Int(number) => Part::Int(number),
                Val::Text(text) => Part::Text(text),
                Val::Id(id) => Part::Id(id),
            });
        }
        Ok(Cursor(parts))
    }

    /// Appends ` AND` the rows after a cursor.
    pub(crate) fn push_after(&self, sql: &mut Sql, cursor: &Cursor) -> Result<(), StoreError> {
        if cursor.0.len() != self.keys.len() || !self.keys.iter().zip(&cursor.0).all(|(key, part)| part.fits(key.kind))
        {
            return Err(StoreError::query("the cursor belongs to another list"));
        }
        // An index can start at the first key; the rest decides among its equals.
        if let (Some(key), Some(part)) = (self.keys.first(), cursor.0.first())
            && !key.descending
            && *part != Part::Null
        {
            sql.push(" AND ").push(&key.column).push(" >= ").bind(part.value());
        }
        if let (Some(key), Some(part)) = (self.keys.first(), cursor.0.first())
            && key.kind == ColumnType::Id
            && key.descending
        {
            sql.push(" AND ").push(&key.column).push(" <= ").bind(part.value());
        }
        sql.push(" AND (");
        for depth in 0..self.keys.len() {
            sql.push(if depth > 0 { " OR (" } else { "(" });
            for (key, part) in self.keys.iter().zip(&cursor.0).take(depth) {
                sql.push(&key.column);
                match part {
                    Part::Null => sql.push(" IS NULL"),
                    known => sql.push(" = ").bind(known.value()),
                };
                sql.push(" AND ");
            }
            let (key, part) = (&self.keys[depth], &cursor.0[depth]);
            match (part, key.descending) {
                (Part::Null, false) => sql.push(&key.column).push(" IS NOT NULL"),
                (Part::Null, true) => sql.push("1 = 0"),
                (known, false) => sql.push(&key.column).push(" > ").bind(known.value()),
                (known, true) => {
                    sql.push("(").push(&key.column).push(" < ").bind(known.value());
                    sql.push(" OR ").push(&key.column).push(" IS NULL)")
                }
            };
            sql.push(")");
        }
        sql.push(")");
        Ok(())
    }
}

fn keys_of(field: &FieldPlan, descending: bool) -> Result<Vec<Key>, StoreError> {
    let text = |column: &String| Key { column: column.clone(), kind: ColumnType::Text, descending };
    match &field.storage {
        Storage::Open { column, kind } => Ok(vec![Key { column: column.clone(), kind: *kind, descending }]),
        Storage::Name { column, initials } => Ok(vec![text(initials), text(column)]),
        Storage::Sealed { .. } => {
            Err(StoreError::query(format!("`{}` is sensitive: a list cannot be sorted by it", field.field.name)))
        }
    }
}

impl Part {
    fn value(&self) -> Val {
        match self {
            Self::Null => Val::Null,
            Self::Int(number) => Val::Int(*number),
            Self::Text(text) => Val::Text(text.clone()),
            Self::Id(id) => Val::Id(*id),
        }
    }

    fn fits(&self, kind: ColumnType) -> bool {
        match self {
            Self::Null => kind != ColumnType::Id,
            Self::Int(_) => kind == ColumnType::Int,
            Self::Text(_) => kind == ColumnType::Text,
            Self::Id(_) => kind == ColumnType::Id,
        }
    }
}

impl Cursor {
    pub(crate) fn to_text(&self) -> Result<String, StoreError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self)?))
    }

    pub(crate) fn from_text(text: &str) -> Result<Self, StoreError> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| StoreError::query("the cursor cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_a_forged_one_is_refused() {
        let cursor = Cursor(vec![Part::Text("张".into()), Part::Null, Part::Id(Uuid::nil())]);
        assert_eq!(Cursor::from_text(&cursor.to_text().unwrap()).unwrap(), cursor);
        assert!(Cursor::from_text("%%%").is_err());
    }
}
