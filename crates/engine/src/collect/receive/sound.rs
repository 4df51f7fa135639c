//! What of a change is sound: by the rules of the register, by who holds unique values, by what may be referred to, and
//! where a new record may stand. What is not sound is flagged and left out.

use linli_domain::{
    Area, AreaPath, Entity, FieldKind, Label, Permit, RecordId, Value, Values, Verb,
    rules::{self, FieldError},
};
use linli_store::{UniqueHit, WriteTx};

use super::{
    super::answer::Flag,
    entity::{Applier, taken},
    prepare::Planned,
};
use crate::{Problem, area, entity};

impl Applier<'_> {
    /// Runs a rule over values until it has nothing to say about single fields any more: each field it complains about is
    /// flagged and left out. What is left is about the record as a whole, or about fields that were not sent.
    pub(super) fn settled(
        &mut self,
        planned: &Planned,
        register: &Entity,
        mut values: Values,
        rule: impl Fn(&Values) -> (Values, Vec<FieldError>),
    ) -> (Values, Vec<FieldError>) {
        loop {
            let (normal, errors) = rule(&values);
            let sent: Vec<FieldError> =
                errors.iter().filter(|error| values.contains_key(&error.field)).cloned().collect();
            if sent.is_empty() {
                return (normal, errors);
            }
            for error in sent {
                values.remove(&error.field);
                let path = planned.asked.get(&error.field).unwrap_or(&planned.path);
                let label = register.field(&error.field).map(|field| field.label.clone()).unwrap_or_default();
                self.flags.push(Flag {
                    path: path.clone(),
                    kind: "entity_field".into(),
                    label: label.zh.clone(),
                    message: Label::new(
                        format!("{}:{}(未写入登记册)", label.zh, error.message.zh),
                        format!("{}: {} (the register was not changed)", label.en, error.message.en),
                    ),
                });
            }
        }
    }

    /// The first unique value of a new record that is held already, and by whom.
    pub(super) fn holder(
        &self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        values: &Values,
    ) -> Result<Option<(String, UniqueHit)>, Problem> {
        for field in register.fields.iter().filter(|field| field.unique) {
            let Some(value) = values.get(&field.name).filter(|value| !value.is_null()) else { continue };
            let Ok(Value::Text(clear)) = rules::normal_value(self.catalogue, field, value) else { continue };
            let hit = tx.find_by_unique(permit, &register.name, &field.name, &clear)?;
            if hit != UniqueHit::Free {
                return Ok(Some((field.name.clone(), hit)));
            }
        }
        Ok(None)
    }

    /// Leaves out unique values that another record holds.
    pub(super) fn drop_taken(
        &mut self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        planned: &Planned,
        own: RecordId,
        changes: &mut Values,
    ) -> Result<(), Problem> {
        for field in register.fields.iter().filter(|field| field.unique) {
            let Some(value) = changes.get(&field.name) else { continue };
            let Ok(Value::Text(clear)) = rules::normal_value(self.catalogue, field, value) else { continue };
            let hit = tx.find_by_unique(permit, &register.name, &field.name, &clear)?;
            if hit == UniqueHit::Free || hit == UniqueHit::Here(own) {
                continue;
            }
            changes.remove(&field.name);
            let message = taken(register, &field.name);
            let path = planned.asked.get(&field.name).unwrap_or(&planned.path);
            self.flags.push(Flag::new(path, "entity_taken", message.zh, message.en));
        }
        Ok(())
    }

    /// Leaves out references to records that do not exist or are out of reach.
    pub(super) fn drop_unreachable_refs(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        planned: &Planned,
        values: &mut Values,
    ) -> Result<(), Problem> {
        for field in &register.fields {
            let (FieldKind::Ref { entity: name }, Some(Value::Ref(id))) = (&field.kind, values.get(&field.name)) else {
                continue;
            };
            let other = entity(self.catalogue, name)?;
            let found = match self.permit(Verb::Read, other) {
                Some(permit) => tx.record(&permit, name, *id)?,
                None => None,
            };
            if found.is_none() {
                values.remove(&field.name);
                let path = planned.asked.get(&field.name).unwrap_or(&planned.path);
                self.flags.push(Flag::new(
                    path,
                    "entity_reference",
                    format!("“{}”所指的记录不存在或不在您的管理范围内,未写入。", field.label.zh),
                    format!("\"{}\" names a record that does not exist or is outside your scope.", field.label.en),
                ));
            }
        }
        Ok(())
    }

    /// Where a new record stands: the area the answer names, else that of the record it belongs to, else the answer's own.
    pub(super) fn place(
        &self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        planned: &Planned,
        values: &Values,
    ) -> Result<Option<Area>, Problem> {
        let named = match &planned.area {
            Some(code) => tx.area(code)?,
            None => None,
        };
        let found = match named {
            Some(area) => Some(area),
            None => match self.parent_area(tx, register, values)?.or_else(|| self.default_area.clone()) {
                Some(path) => tx.area_at(&path)?,
                None => None,
            },
        };
        let today = self.engine.now().china_date();
        Ok(found.filter(|area| {
            let rank = area::level(self.catalogue, &area.kind).map_or(0, |level| level.rank);
            let fits = match register.area_kinds.is_empty() {
                true => rank >= area::COMMUNITY_RANK,
                false => register.area_kinds.contains(&area.kind),
            };
            fits && area.valid_to.is_none_or(|last| last >= today) && permit.scope().covers(&area.path)
        }))
    }

    pub(super) fn parent_area(
        &self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        values: &Values,
    ) -> Result<Option<AreaPath>, Problem> {
        for field in &register.fields {
            let (FieldKind::Ref { entity: name }, Some(Value::Ref(id))) = (&field.kind, values.get(&field.name)) else {
                continue;
            };
            let Some(permit) = self.permit(Verb::Read, entity(self.catalogue, name)?) else { continue };
            if let Some(record) = tx.record(&permit, name, *id)? {
                return Ok(Some(record.path));
            }
        }
        Ok(None)
    }
}
