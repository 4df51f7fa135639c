//! What the registers already hold in the area of a ledger, read once and kept lean: only the fields the ledger talks of.

use std::collections::{BTreeMap, HashMap};

use linli_domain::{
    AreaPath, Entity, FieldKind, Permit, Record, RecordId, Timestamp, Value, Values,
    record::{ListQuery, SourceKind},
};
use linli_store::{ReadTx, StoreError, tx::Clear};

/// A record as far as a ledger is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Id.
    pub id: RecordId,
    /// Community.
    pub home: String,
    /// Area it hangs on.
    pub path: AreaPath,
    /// Version.
    pub version: i64,
    /// Since when this version holds.
    pub since: Timestamp,
    /// Sort of source of this version.
    pub source: SourceKind,
    /// Values of the fields asked for, sensitive ones in clear.
    pub values: Values,
}

impl Known {
    /// The lean form of a record.
    pub fn of(entity: &Entity, record: Record, clear: &Clear, fields: &[&str]) -> Self {
        let Record { id, home, path, version, since, source, mut values, .. } = record;
        values.retain(|field, value| !value.is_null() && fields.contains(&field.as_str()));
        for (name, text) in clear {
            if let Some(field) = entity.field(name).filter(|_| fields.contains(&name.as_str())) {
                values.insert(name.clone(), typed(&field.kind, text));
            }
        }
        Self { id, home, path, version, since, source: source.kind, values }
    }

    /// A value.
    pub fn value(&self, field: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.values.get(field).unwrap_or(&NULL)
    }

    /// The text of a text-like value.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.value(field).as_text()
    }
}

/// The typed value of a sensitive field, whose clear form is text.
pub fn typed(kind: &FieldKind, text: &str) -> Value {
    if kind.is_text() {
        return Value::text(text);
    }
    let json = match kind {
        FieldKind::Bool => serde_json::Value::Bool(text == "true"),
        FieldKind::Integer { .. } | FieldKind::Money => text.parse::<i64>().map_or(serde_json::Value::Null, Into::into),
        FieldKind::Codes { .. } => text.split('|').filter(|code| !code.is_empty()).collect::<Vec<_>>().into(),
        _ => serde_json::Value::from(text),
    };
    Value::from_json(&json, kind).unwrap_or_default()
}

/// All living records of one entity within an area.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// Records.
    pub records: Vec<Known>,
    by_id: HashMap<RecordId, usize>,
    by_unique: BTreeMap<String, HashMap<String, usize>>,
}

impl Register {
    /// Reads the records of an entity within an area; `fields` is what will be looked at.
    pub fn load(
        tx: &mut ReadTx<'_>,
        permit: &Permit,
        entity: &Entity,
        area: &AreaPath,
        fields: &[&str],
    ) -> Result<Self, StoreError> {
        let mut query = ListQuery::of(&entity.name);
        query.area = Some(area.clone());
        let mut register = Self::default();
        tx.scan_plain(permit, &query, &mut |record, clear| {
            register.add(entity, Known::of(entity, record, &clear, fields));
            Ok(())
        })?;
        Ok(register)
    }

    /// Adds a record.
    pub fn add(&mut self, entity: &Entity, known: Known) -> usize {
        let at = self.records.len();
        self.by_id.insert(known.id, at);
        for field in entity.fields.iter().filter(|field| field.unique) {
            if let Some(text) = known.text(&field.name) {
                self.by_unique.entry(field.name.clone()).or_default().insert(text.to_owned(), at);
            }
        }
        self.records.push(known);
        at
    }

    /// The record with an id.
    pub fn find(&self, id: RecordId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The record that holds a unique value.
    pub fn holder(&self, field: &str, value: &str) -> Option<usize> {
        self.by_unique.get(field)?.get(value).copied()
    }
}
