//! A step and what it does.

use linli_domain::{Entity, Field, Label};

use crate::{
    MigrationClass,
    schema::{names, table::Column},
};

/// One step.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) class: MigrationClass,
    pub(crate) sql: String,
    pub(crate) table: String,
    pub(crate) rows: u64,
    pub(crate) why: Label,
    pub(crate) action: Action,
    /// Entity, for steps that go row by row.
    pub(crate) entity: String,
}

/// What a step does.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// Runs its text inside the migration's transaction.
    Sql,
    /// Runs its text by itself, so that nobody waits for it.
    Alone,
    /// Only the Catalogue changes.
    Nothing,
    /// Claims the values of a field that became unique.
    Claim(String),
    /// Gives up the claims of a field.
    Unclaim(String),
    /// Keeps the values of a field in other columns.
    Convert {
        /// The field before.
        was: Box<Field>,
        /// Its name.
        field: String,
    },
    /// Makes sure that values fit a narrower type.
    Fit(String),
    /// Drops a table or column, or retires it.
    Drop(String),
}

impl Step {
    /// A statement that adds something.
    pub(crate) fn sql(sql: String, table: &str, rows: u64, why: &Label) -> Self {
        Self {
            class: MigrationClass::Additive,
            sql,
            table: table.to_owned(),
            rows,
            why: why.clone(),
            action: Action::Sql,
            entity: String::new(),
        }
    }

    /// An index built or dropped while others read and write.
    pub(crate) fn index(sql: String, table: &str, rows: u64, why: &Label) -> Self {
        Self { action: Action::Alone, ..Self::sql(sql, table, rows, why) }
    }

    /// Work that goes row by row.
    pub(crate) fn doing(sql: String, entity: &Entity, rows: u64, why: Label, action: Action) -> Self {
        let table = names::table(&entity.name);
        Self {
            class: MigrationClass::Rewrite,
            action,
            entity: entity.name.clone(),
            ..Self::sql(sql, &table, rows, &why)
        }
    }
}

/// Name under which an old column is kept while its values are carried over to new ones.
pub(crate) fn kept_as(column: &Column, new: &[Column]) -> String {
    let clashes = new.iter().any(|other| other.name == column.name && other.kind != column.kind);
    if clashes { format!("{}__was", column.name) } else { column.name.clone() }
}
