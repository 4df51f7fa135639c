//! Records, their versions and sources, and list queries: the language `engine` and `store` speak.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{area::AreaPath, clock::Timestamp, expr::TypedExpr, ids::RecordId, value::Value};

/// Values by field name. A field that is absent is unknown ([`Value::Null`]).
pub type Values = BTreeMap<String, Value>;

/// Where a version of a record came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Sort of source.
    pub kind: SourceKind,
    /// What exactly: import batch id, form submission id, share message id; empty for an edit.
    pub reference: String,
}

/// Sorts of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Typed in the console.
    Edit,
    /// An office's ledger.
    Import,
    /// A form's submission.
    Form,
    /// A visit on which only what had changed was typed.
    Visit,
    /// Shared by another system.
    Share,
    /// The undoing of an import.
    Undo,
    /// Two records became one.
    Merge,
    /// Synthetic data of the demo city.
    Demo,
}

impl SourceKind {
    /// Name as stored and shown in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Form => "form",
            Self::Visit => "visit",
            Self::Share => "share",
            Self::Undo => "undo",
            Self::Merge => "merge",
            Self::Demo => "demo",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Edit, Self::Import, Self::Form, Self::Visit, Self::Share, Self::Undo, Self::Merge, Self::Demo]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A record as it is now, or as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Namespaced entity.
    pub entity: String,
    /// Id, kept for life, also through moves and merges.
    pub id: RecordId,
    /// Code of the community (or owning area): first column of every key.
    pub home: String,
    /// Area it hangs on.
    pub path: AreaPath,
    /// Version, from 1.
    pub version: i64,
    /// Since when this version holds.
    pub since: Timestamp,
    /// When the first version was made.
    pub created: Timestamp,
    /// Who made this version.
    pub by: String,
    /// Where this version came from.
    pub source: Source,
    /// Set when the record has ended.
    pub ended: Option<Ended>,
    /// Values of all fields but the sensitive ones.
    pub values: Values,
    /// Masked text of the sensitive fields that are known, `identity_number` → `230102********1234`.
    pub masked: BTreeMap<String, String>,
}

impl Record {
    /// Value of a field that is not sensitive.
    pub fn value(&self, field: &str) -> &Value {
        self.values.get(field).unwrap_or(&Value::Null)
    }
}

/// How a record ended. Records are never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Day it ended.
    pub on: Date,
    /// Reason: a code of the entity's list of end reasons, or `merged` / `undone`.
    pub reason: String,
    /// The record it was merged into.
    pub merged_into: Option<RecordId>,
}

/// A record to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Namespaced entity.
    pub entity: String,
    /// Id chosen by the caller.
    pub id: RecordId,
    /// Code of the community (or owning area).
    pub home: String,
    /// Area it hangs on.
    pub path: AreaPath,
    /// Values, sensitive ones in clear; checked and normalised by the caller.
    pub values: Values,
}

/// What happened in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// First version.
    Created,
    /// Fields changed.
    Edited,
    /// Hung on another area.
    Moved,
    /// Ended.
    Ended,
    /// Living again.
    Reopened,
}

/// One version of a record, for its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Version, from 1.
    pub version: i64,
    /// Since when.
    pub since: Timestamp,
    /// Until when; [`Timestamp::FOREVER`] for the current one.
    pub until: Timestamp,
    /// Who.
    pub by: String,
    /// From where.
    pub source: Source,
    /// What happened.
    pub change: Change,
    /// Per field: old → new. Sensitive values are masked.
    pub fields: Vec<FieldChange>,
}

/// Old and new value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Field, or `@area` for a move and `@ended` for an end.
    pub field: String,
    /// Before.
    pub old: Value,
    /// After.
    pub new: Value,
}

/// A condition on one field of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Field is one of these (for `Codes` fields: holds one of these).
    In(String, Vec<Value>),
    /// Field lies between, both ends included; `None` is open.
    Between(String, Value, Value),
    /// Text field begins with this.
    Prefix(String, String),
    /// Field is known (`true`) or unknown.
    Known(String, bool),
    /// A sensitive field equals this clear value (looked up through its keyed hash).
    Exact(String, String),
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery {
    /// Namespaced entity.
    pub entity: String,
    /// Only within this area.
    pub area: Option<AreaPath>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// A typed CEL filter that must hold as well.
    pub filter: Option<TypedExpr>,
    /// What was typed into the search box: name prefix, pinyin initials, or the exact value of a sensitive field.
    pub search: Option<String>,
    /// Whether ended records are shown too.
    pub with_ended: bool,
    /// Field and whether descending. Empty: newest first.
    pub sort: Vec<(String, bool)>,
    /// Continue after this cursor ([`Page::next`]).
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// The list as it was at this moment.
    pub as_of: Option<Timestamp>,
}

impl ListQuery {
    /// The first 50 living records of an entity, newest first.
    pub fn of(entity: impl Into<String>) -> Self {
        Self {
            entity: entity.into(),
            area: None,
            conditions: Vec::new(),
            filter: None,
            search: None,
            with_ended: false,
            sort: Vec::new(),
            after: None,
            limit: 50,
            as_of: None,
        }
    }
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Records.
    pub records: Vec<Record>,
    /// Cursor of the next page, `None` at the end.
    pub next: Option<String>,
}
