//! Versions of a record and what changed in each.

use std::collections::BTreeMap;

use linli_domain::{
    Permit, Record, RecordId, Source, Timestamp, Value,
    record::{FieldChange, Version},
};

use crate::{
    ReadTx, StoreError,
    dialect::{Val, quoted},
    schema::{
        EntityPlan, Storage,
        values::{change, full_record, meta},
    },
    sql::filter::push_scope,
    tx::{LOOK, permitted},
};

/// A version as it is stored.
pub(crate) struct Snapshot {
    pub(crate) record: Record,
    /// Hashes of the sealed fields: two values can be compared without being opened.
    hashes: BTreeMap<String, Vec<u8>>,
    change: String,
    until: Timestamp,
}

impl ReadTx<'_> {
    /// All versions, newest first. Empty when the record is absent or outside the scope.
    pub fn history(&mut self, permit: &Permit, entity: &str, id: RecordId) -> Result<Vec<Version>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let versions = snapshots(self, permit, plan, id)?;
        let mut history = Vec::with_capacity(versions.len());
        let mut before: Option<&Snapshot> = None;
        for version in &versions {
            history.push(Version {
                version: version.record.version,
                since: version.record.since,
                until: version.until,
                by: version.record.by.clone(),
                source: version.record.source.clone(),
                change: change(&version.change),
                fields: changes(plan, before, version),
            });
            before = Some(version);
        }
        history.reverse();
        Ok(history)
    }

    /// For each known field: where its value came from, since when, and by whom.
    pub fn field_sources(
        &mut self,
        permit: &Permit,
        entity: &str,
        id: RecordId,
    ) -> Result<BTreeMap<String, (Source, Timestamp, String)>, StoreError> {
        permitted(permit, entity, LOOK)?;
        let schema = self.schema.clone();
        let plan = schema.plan(entity)?;
        let versions = snapshots(self, permit, plan, id)?;
        let mut sources = BTreeMap::new();
        let mut before: Option<&Snapshot> = None;
        for version in &versions {
            let record = &version.record;
            for changed in changes(plan, before, version) {
                if changed.new.is_null() || changed.field.starts_with('@') {
                    sources.remove(&changed.field);
                } else {
                    sources.insert(changed.field, (record.source.clone(), record.since, record.by.clone()));
                }
            }
            before = Some(version);
        }
        Ok(sources)
    }
}

/// All versions of a record that stands in the scope now, oldest first.
pub(crate) fn snapshots(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    plan: &EntityPlan,
    id: RecordId,
) -> Result<Vec<Snapshot>, StoreError> {
    let mut sql = tx.sql(format!("SELECT {} FROM {} WHERE id = ", plan.all, quoted(&plan.table)));
    sql.bind(Val::Id(id.0)).push(" AND ");
    push_scope(&mut sql, "path", permit.scope());
    let Some(current) = tx.first(&sql, |row| snapshot(row, plan, Timestamp::FOREVER))? else {
        return Ok(Vec::new());
    };
    let mut sql = tx.sql(format!("SELECT {}, until FROM {} WHERE id = ", plan.all, quoted(&plan.past)));
    sql.bind(Val::Id(id.0)).push(" ORDER BY version");
    let last = plan.columns.len();
    let mut versions = tx.rows(&sql, |row| snapshot(row, plan, Timestamp(row.int(last)?)))?;
    versions.push(current);
    Ok(versions)
}

fn snapshot(row: &crate::dialect::Row<'_>, plan: &EntityPlan, until: Timestamp) -> Result<Snapshot, StoreError> {
    let mut hashes = BTreeMap::new();
    for field in plan.fields.iter().filter(|field| field.is_sealed()) {
        if let Some(hash) = row.maybe_bytes(field.first + 1)? {
            hashes.insert(field.field.name.clone(), hash);
        }
    }
    Ok(Snapshot { record: full_record(row, plan)?, hashes, change: row.text(meta("change"))?, until })
}

/// What changed from one version to the next; everything known, for the first.
fn changes(plan: &EntityPlan, before: Option<&Snapshot>, after: &Snapshot) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut note = |field: &str, old: Value, new: Value, differs: bool| {
        if differs {
            changes.push(FieldChange { field: field.to_owned(), old, new });
        }
    };
    for field in &plan.fields {
        let name = field.field.name.as_str();
        if matches!(field.storage, Storage::Sealed { .. }) {
            let mask = |version: &Snapshot| version.record.masked.get(name).map_or(Value::Null, Value::text);
            let hash = |version: &Snapshot| version.hashes.get(name).cloned();
            note(name, before.map_or(Value::Null, mask), mask(after), before.and_then(hash) != hash(after));
        } else {
            let old = before.map_or(Value::Null, |version| version.record.value(name).clone());
            let new = after.record.value(name).clone();
            let differs = old != new;
            note(name, old, new, differs);
        }
    }
    if let Some(before) = before {
        let (old, new) = (&before.record, &after.record);
        let place = |record: &Record| Value::text(record.path.as_str());
        note("@area", place(old), place(new), old.path != new.path);
        let end = |record: &Record| record.ended.as_ref().map_or(Value::Null, |ended| Value::text(&ended.reason));
        note("@ended", end(old), end(new), old.ended != new.ended);
    }
    changes
}
