//! Changes that were made upon an older version, field by field: another field is merged, the same field is a conflict
//! that somebody decides. Nothing that a worker typed is lost or silently overwritten.

use std::collections::BTreeMap;

use linli_domain::{
    Entity, Permit, Record, RecordId, Value, Values,
    catalogue::Sensitivity,
    record::{FieldChange, Version},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::{Engine, Problem, register::moment};

/// Fields that somebody else changed meanwhile to something else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitConflict {
    /// Which, with both values.
    pub fields: Vec<VisitConflictField>,
}

/// A field that two people changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitConflictField {
    /// Field.
    pub field: String,
    /// Its label in the language of the page.
    pub label: String,
    /// What both saw before; sensitive values masked.
    #[schema(value_type = Object)]
    pub base: Json,
    /// What it is now.
    #[schema(value_type = Object)]
    pub current: Json,
    /// What was sent; `null` for sensitive values, which are not repeated.
    #[schema(value_type = Object)]
    pub submitted: Json,
    /// Who changed it.
    pub current_by: String,
    /// When.
    pub current_at: String,
}

/// What changed since a version, by field: what it was then, and who changed it last.
pub type Since = BTreeMap<String, (Value, String, String)>;

/// A field that cannot be written: as answers show it, and what was sent, for whoever decides.
pub struct Contradiction {
    /// As answers show it.
    pub field: VisitConflictField,
    /// What was sent, sensitive or not: it is only kept sealed.
    pub sent: Json,
}

impl Contradiction {
    /// As the queue of conflicts keeps it.
    pub fn kept(&self) -> Json {
        let field = &self.field;
        json!({
            "field": field.field, "base": field.base, "current": field.current, "submitted": self.sent,
            "current_by": field.current_by, "current_at": field.current_at,
        })
    }
}

/// What became of a record's fields after `version`. A version that the record never had changes nothing back.
pub fn since(tx: &mut ReadTx<'_>, permit: &Permit, entity: &str, id: RecordId, version: i64) -> Result<Since, Problem> {
    let mut since = Since::new();
    // Newest first: the last value that was replaced is what both saw.
    for Version { version: made, by, since: at, fields, .. } in tx.history(permit, entity, id)? {
        if made <= version {
            break;
        }
        for FieldChange { field, old, .. } in fields {
            let seen = since.entry(field).or_insert_with(|| (Value::Null, by.clone(), moment(at)));
            seen.0 = old;
        }
    }
    Ok(since)
}

/// What can be written of `changes`, and what contradicts somebody else's change.
pub fn settle(
    engine: &Engine,
    register: &Entity,
    current: &Record,
    since: &Since,
    changes: &Values,
) -> (Values, Vec<Contradiction>) {
    let (mut write, mut conflicts) = (Values::new(), Vec::new());
    for (name, value) in changes {
        let Some((base, by, at)) = since.get(name) else {
            write.insert(name.clone(), value.clone());
            continue;
        };
        let Some(field) = register.field(name) else { continue };
        let sealed = field.sensitivity == Sensitivity::Sensitive;
        if !sealed && current.value(name) == value {
            continue;
        }
        // Masked text stands for sensitive values of any kind.
        let json = |value: &Value| match value {
            Value::Text(text) => Json::String(text.clone()),
            value => value.to_json(&field.kind),
        };
        let now = match current.masked.get(name) {
            Some(mask) => Json::String(mask.clone()),
            None => json(current.value(name)),
        };
        let sent = value.to_json(&field.kind);
        let field = VisitConflictField {
            field: name.clone(),
            label: field.label.text(engine.lang).to_owned(),
            base: json(base),
            current: now,
            submitted: if sealed { Json::Null } else { json(value) },
            current_by: by.clone(),
            current_at: at.clone(),
        };
        conflicts.push(Contradiction { field, sent });
    }
    (write, conflicts)
}
