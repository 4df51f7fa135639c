//! Offline updates that came before the one they follow: they wait, and are applied as soon as it has come.

use std::collections::BTreeMap;

use linli_domain::{Actor, Entity, Label, Record, Subject, Value, Verb};
use linli_store::{WriteTx, tables::HeldUpdate};
use serde_json::json;

use super::{
    super::answer::{Detail, EntityOutcome, EntityResult, Flag},
    branch::{self, Basis, HOLD_DAYS},
    entity::{Applied, Applier},
    prepare::Planned,
};
use crate::{Engine, Problem, register};

impl Applier<'_> {
    /// Lets an update wait for the one before it.
    pub(super) fn hold(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        planned: &Planned,
    ) -> Result<Applied, Problem> {
        let (Some(branch), Some(base)) = (&planned.branch, planned.base) else {
            let message = Label::new(
                "更新缺少离线版本信息,没有写入。",
                "The update lacks its offline version; it was not applied.",
            );
            return Ok(self.refused(planned, register, "entity_unknown", message));
        };
        let kinds = |name: &String| register.field(name).map(|field| field.kind.clone());
        let values: serde_json::Map<String, serde_json::Value> = planned
            .values
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.to_json(&kinds(name)?))))
            .collect();
        tx.hold_update(&HeldUpdate {
            record: planned.id,
            branch: branch.clone(),
            base,
            instance: self.instance.to_owned(),
            entity: register.name.clone(),
            form: self.form,
            until: tx.now().plus_seconds(HOLD_DAYS * 86_400),
            account: self.actor.account,
            name: self.actor.name.clone(),
            detail: json!({ "list": planned.list, "trunk": planned.trunk, "path": planned.path, "values": values }),
        })?;
        let message = Label::new("等待同一部手机更早的更新。", "Waits for an earlier update of the same phone.");
        let outcome = EntityOutcome {
            list: planned.list.clone(),
            entity: register.name.clone(),
            id: Some(planned.id),
            title: planned.label.clone().unwrap_or_default(),
            result: EntityResult::Held,
            message,
        };
        Ok(Applied { outcome, place: None })
    }

    /// Applies updates of a record that waited for the one that was just applied.
    pub(super) fn release(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        mut record: Record,
    ) -> Result<(), Problem> {
        loop {
            let waiting = tx.held_updates(record.id)?;
            let mut next = None;
            for update in waiting {
                let trunk = update.detail["trunk"].as_i64();
                let basis = branch::basis(tx, record.id, Some(update.base), trunk, Some(&update.branch))?;
                if basis != Basis::Missing {
                    next = Some(update);
                    break;
                }
            }
            let Some(update) = next else { return Ok(()) };
            record = self.apply_held(tx, register, record, &update)?;
        }
    }

    /// Applies an update that waited, in the name of whoever sent it, and takes it off the list.
    pub fn apply_held(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        record: Record,
        update: &HeldUpdate,
    ) -> Result<Record, Problem> {
        tx.release_update(update)?;
        let planned = planned_again(register, update);
        let sender = sender(tx, update)?;
        let mut theirs = Applier {
            engine: self.engine,
            actor: &sender,
            catalogue: self.catalogue,
            instance: &update.instance,
            form: update.form,
            default_area: None,
            before: BTreeMap::new(),
            flags: Vec::new(),
        };
        let Some(permit) = theirs.permit(Verb::Edit, register).filter(|permit| permit.scope().covers(&record.path))
        else {
            return Ok(record);
        };
        let basis = branch::basis(tx, record.id, planned.base, planned.trunk, planned.branch.as_deref())?;
        let version = match basis {
            Basis::Version(version) => Some(version),
            // It waited too long: what the branch began with is the best that is known.
            Basis::Missing | Basis::Current => planned.trunk,
        };
        let base = match version.filter(|version| *version < record.version) {
            Some(version) => tx.record_version(&permit, &register.name, record.id, version)?,
            None => None,
        };
        let values = planned.values.clone();
        // Not `update`: what waits behind it is released by the loop that called.
        let alone = Planned { branch: None, ..planned.clone() };
        let applied = theirs.change(tx, &permit, register, &alone, record, base, values)?;
        let flags = std::mem::take(&mut theirs.flags);
        note(self.engine, tx, &update.instance, applied.outcome, flags)?;
        let everywhere = register::own_permit(self.engine, self.actor, Verb::Read, register)?;
        let after = tx.record(&everywhere, &register.name, update.record)?.ok_or_else(Problem::no_record)?;
        tx.put_branch(update.record, &update.branch, update.base, after.version)?;
        Ok(after)
    }
}

fn planned_again(register: &Entity, update: &HeldUpdate) -> Planned {
    let empty = serde_json::Map::new();
    let values = update.detail["values"].as_object().unwrap_or(&empty);
    let read = values.iter().filter_map(|(name, json)| {
        let field = register.field(name)?;
        Some((name.clone(), Value::from_json(json, &field.kind)?))
    });
    Planned {
        list: update.detail["list"].as_str().unwrap_or_default().to_owned(),
        entity: update.entity.clone(),
        id: update.record,
        create: false,
        update: true,
        base: Some(update.base),
        trunk: update.detail["trunk"].as_i64(),
        branch: Some(update.branch.clone()),
        label: None,
        values: read.collect(),
        area: None,
        path: update.detail["path"].as_str().unwrap_or_default().to_owned(),
        asked: BTreeMap::new(),
    }
}

/// Whoever sent an update that waited, with what they may do now.
fn sender(tx: &mut WriteTx<'_>, update: &HeldUpdate) -> Result<Actor, Problem> {
    let grants = tx.grants_of(update.account)?;
    Ok(Actor { account: update.account, name: update.name.clone(), grants, operator: false })
}

/// Says beside the answer what became of its update, now that it was applied.
fn note(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    instance: &str,
    outcome: EntityOutcome,
    flags: Vec<Flag>,
) -> Result<(), Problem> {
    let everywhere = engine.permit(&Engine::operator(), Verb::Edit, Subject::Responses)?;
    let Some(mut answer) = tx.submission(&everywhere, instance, false)? else { return Ok(()) };
    let mut detail = Detail::of(&answer)?;
    let waited = |one: &&mut EntityOutcome| one.id == outcome.id && one.result == EntityResult::Held;
    if let Some(found) = detail.entities.iter_mut().find(waited) {
        *found = outcome;
    }
    detail.flags.extend(flags);
    answer.flags = i64::try_from(detail.flags.len()).unwrap_or(i64::MAX);
    answer.detail = detail.json()?;
    Ok(tx.set_submission(&everywhere, &answer)?)
}
