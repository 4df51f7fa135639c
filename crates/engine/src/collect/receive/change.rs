//! A record is changed: what was sent, what it was based on and what is held are merged field by field.

use linli_domain::{
    Entity, Label, Permit, Record, Value, Values,
    catalogue::Sensitivity,
    merging::{self, Clash},
    rules,
};
use linli_store::{
    WriteTx,
    tables::{Conflict, ConflictKind, ConflictState},
};
use serde_json::json;

use super::{
    super::answer::{EntityResult, Flag},
    entity::{Applied, Applier, written},
    prepare::Planned,
};
use crate::{Problem, register};

impl Applier<'_> {
    /// Changes a record in reach.
    #[expect(clippy::too_many_arguments, reason = "a change is from (held, base, values) of (register, planned)")]
    pub(super) fn change(
        &mut self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        planned: &Planned,
        held: Record,
        base: Option<Record>,
        mut values: Values,
    ) -> Result<Applied, Problem> {
        for field in register.fields.iter().filter(|field| field.sensitivity == Sensitivity::Sensitive) {
            // A phone is never shown a sensitive value: blank means "not asked again", not "forget it".
            if values.get(&field.name).is_some_and(Value::is_null) {
                values.remove(&field.name);
            }
        }
        self.normalise(register, &mut values);
        let current = comparable(&held);
        // A correction is compared with the answer it corrects, whatever the record was at then.
        let earlier = self.before.get(&(register.name.clone(), held.id)).cloned();
        let corrected = earlier.map(|mut earlier| {
            self.normalise(register, &mut earlier);
            over(&current, earlier)
        });
        let merges = corrected.is_none() && base.is_some();
        let shown = corrected.or_else(|| base.as_ref().map(comparable));
        let merged = merging::merge(shown.as_ref(), &current, &values);
        let clashes = merged.clashes;
        let mut changes = merged.apply;
        self.drop_taken(tx, permit, register, planned, held.id, &mut changes)?;
        let today = self.engine.now().china_date();
        let known = |name: &str| held.masked.contains_key(name);
        let (normal, errors) = self.settled(planned, register, changes, |changes| {
            rules::validate_edit(self.catalogue, &register.name, &held.values, &known, changes, today)
        });
        let message = errors.into_iter().next().map(|error| error.message);
        let before = held.version;
        let record = match message {
            None if !normal.is_empty() => {
                written(tx.update(permit, &register.name, held.id, held.version, &normal, &self.source()))?
            }
            _ => held,
        };
        if let (Some(branch), Some(base)) = (&planned.branch, planned.base) {
            tx.put_branch(record.id, branch, base, record.version)?;
        }
        let kind = if clashes.is_empty() { ConflictKind::Soft } else { ConflictKind::Hard };
        if !clashes.is_empty() || (merges && record.version != before) {
            self.queue(tx, permit, register, &record, kind, &clashes)?;
        }
        let place = Some((record.home.clone(), record.path.clone()));
        let (result, message) = match (message, clashes.is_empty(), record.version == before) {
            (Some(message), ..) => (EntityResult::Refused, message),
            (None, false, _) => (EntityResult::Conflict, clash_message(register, &clashes)),
            (None, true, true) => (EntityResult::Unchanged, Label::default()),
            (None, true, false) => (EntityResult::Updated, Label::default()),
        };
        match result {
            EntityResult::Refused => {
                self.flags.push(Flag::new(&planned.path, "entity_invalid", &message.zh, &message.en));
            }
            EntityResult::Conflict => {
                self.flags.push(Flag::new(&planned.path, "entity_conflict", &message.zh, &message.en));
            }
            _ => {}
        }
        let outcome = self.outcome(planned, register, &record, result, message);
        if planned.branch.is_some() {
            self.release(tx, register, record)?;
        }
        Ok(Applied { outcome, place })
    }

    /// Values as the register would keep them, so that another way of writing is no change. What the register refuses
    /// stays as it is: the rules say why later.
    fn normalise(&self, register: &Entity, values: &mut Values) {
        for (name, value) in values.iter_mut() {
            let normal = register.field(name).map(|field| rules::normal_value(self.catalogue, field, value));
            if let Some(Ok(normal)) = normal {
                *value = normal;
            }
        }
    }

    fn queue(
        &self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        record: &Record,
        kind: ConflictKind,
        clashes: &[Clash],
    ) -> Result<(), Problem> {
        let now = tx.now();
        let fields: Vec<serde_json::Value> = clashes
            .iter()
            .map(|clash| {
                let told = |value: &Value| told(register, &clash.field, value);
                json!({ "field": clash.field, "base": told(&clash.base), "current": told(&clash.current),
                    "submitted": told(&clash.submitted), "current_by": record.by,
                    "current_at": register::moment(record.since) })
            })
            .collect();
        // Changes of different fields were merged: nobody need decide, but it can be looked up.
        let merged = kind == ConflictKind::Soft;
        let conflict = Conflict {
            id: self.engine.ids.next(),
            home: record.home.clone(),
            path: record.path.clone(),
            entity: record.entity.clone(),
            record: record.id,
            kind,
            state: if merged { ConflictState::Resolved } else { ConflictState::Open },
            instance: Some(self.instance.to_owned()),
            form: Some(self.form),
            at: now,
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            detail: json!({ "fields": fields }),
            resolved_by: merged.then(|| "系统".to_owned()),
            resolved_at: merged.then_some(now),
        };
        tx.put_conflict(permit, &conflict)?;
        Ok(())
    }
}

fn clash_message(register: &Entity, clashes: &[Clash]) -> Label {
    let names = |zh: bool| {
        let label = |clash: &Clash| {
            register.field(&clash.field).map(|field| if zh { field.label.zh.clone() } else { field.label.en.clone() })
        };
        clashes.iter().filter_map(label).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
    };
    Label::new(
        format!("与他人的修改冲突,保留现有内容,待处理:{}。", names(true)),
        format!("In conflict with somebody else's change; what is held stays until decided: {}.", names(false)),
    )
}

/// Values to compare with: a sensitive one by its mask, which no sent value equals.
fn comparable(record: &Record) -> Values {
    let mut values = record.values.clone();
    values.extend(record.masked.iter().map(|(name, mask)| (name.clone(), Value::text(mask.clone()))));
    values
}

/// What an edit is compared with: what the answer before it said, and for all else what is held.
fn over(current: &Values, earlier: Values) -> Values {
    let mut values = current.clone();
    values.extend(earlier);
    values
}

/// A value as the queue keeps it.
fn told(register: &Entity, field: &str, value: &Value) -> serde_json::Value {
    register.field(field).map_or(serde_json::Value::Null, |field| value.to_json(&field.kind))
}
