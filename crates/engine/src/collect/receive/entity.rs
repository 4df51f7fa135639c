//! Planned changes of an answer → records, by the rules of the registers and within the reach of whoever sent it.
//!
//! Nothing here fails an answer: what cannot be applied is an outcome and a flag. Only the store's own troubles are errors.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, AreaPath, Catalogue, Entity, Label, Permit, Record, RecordId, Source, Subject, Values, Verb, actor,
    record::{NewRecord, SourceKind},
    rules,
};
use linli_store::{UniqueHit, WriteError, WriteTx};

use super::{
    super::answer::{EntityOutcome, EntityResult, Flag},
    branch::{self, Basis},
    keep::raced,
    prepare::Planned,
};
use crate::{Engine, Problem, entity, register};

/// What a change became.
pub(super) struct Applied {
    pub outcome: EntityOutcome,
    /// Where its record stands.
    pub place: Option<(String, AreaPath)>,
}

/// Applies the changes of one answer.
pub(super) struct Applier<'a> {
    pub engine: &'a Engine,
    pub actor: &'a Actor,
    pub catalogue: &'a Catalogue,
    /// `instanceID` of the answer.
    pub instance: &'a str,
    pub form: RecordId,
    /// Area of new records that nothing else places.
    pub default_area: Option<AreaPath>,
    /// What the answer before this edit said.
    pub before: BTreeMap<(String, RecordId), Values>,
    pub flags: Vec<Flag>,
}

impl Applier<'_> {
    pub(super) fn permit(&self, verb: Verb, entity: &Entity) -> Option<Permit> {
        let subject = Subject::Entity(entity.name.clone());
        actor::permitted(self.actor, &self.catalogue.roles, verb, subject)
    }

    pub(super) fn source(&self) -> Source {
        Source { kind: SourceKind::Form, reference: self.instance.to_owned() }
    }

    /// Applies one change.
    pub fn apply(&mut self, tx: &mut WriteTx<'_>, planned: &Planned) -> Result<Applied, Problem> {
        let register = entity(self.catalogue, &planned.entity)?;
        let everywhere = register::own_permit(self.engine, self.actor, Verb::Read, register)?;
        let held = tx.record(&everywhere, &planned.entity, planned.id)?;
        match held {
            // Created and updated at once, or an edit of the answer that made it.
            Some(held) if planned.update || self.before.contains_key(&(planned.entity.clone(), planned.id)) => {
                self.update(tx, register, planned, held)
            }
            Some(_) => {
                let message = Label::new(
                    "登记册中已有这个编号的记录,没有重复新建。",
                    "A record with this id exists; none was made.",
                );
                Ok(self.refused(planned, register, "entity_exists", message))
            }
            None if planned.create => self.create(tx, register, planned),
            None if planned.branch.is_some() => self.hold(tx, register, planned),
            None => {
                let message = Label::new("登记册中没有这条记录。", "There is no such record.");
                Ok(self.refused(planned, register, "entity_unknown", message))
            }
        }
    }

    fn create(&mut self, tx: &mut WriteTx<'_>, register: &Entity, planned: &Planned) -> Result<Applied, Problem> {
        let Some(permit) = self.permit(Verb::Create, register) else { return Ok(self.denied(planned, register)) };
        let mut values = planned.values.clone();
        match self.holder(tx, &permit, register, &values)? {
            Some((_, UniqueHit::Here(known))) => return self.known_already(tx, register, planned, known),
            Some((field, UniqueHit::Elsewhere)) => {
                let message = taken(register, &field);
                return Ok(self.refused(planned, register, "entity_taken", message));
            }
            _ => {}
        }
        self.drop_unreachable_refs(tx, register, planned, &mut values)?;
        let Some(place) = self.place(tx, &permit, register, planned, &values)? else {
            let message = Label::new(
                "无法确定新记录所在的社区或网格(或它不在您的管理范围内),没有新建。",
                "The community or grid of the new record is not known, or is outside your scope; it was not made.",
            );
            return Ok(self.refused(planned, register, "entity_area", message));
        };
        let today = self.engine.now().china_date();
        let (normal, errors) = self.settled(planned, register, values, |values| {
            rules::validate_record(self.catalogue, &register.name, values, today)
        });
        if let Some(error) = errors.into_iter().next() {
            return Ok(self.refused(planned, register, "entity_invalid", error.message));
        }
        let new = NewRecord {
            entity: register.name.clone(),
            id: planned.id,
            home: place.home,
            path: place.path,
            values: normal,
        };
        let record = written(tx.insert(&permit, &new, &self.source()))?;
        let place = Some((record.home.clone(), record.path.clone()));
        let outcome = self.outcome(planned, register, &record, EntityResult::Created, Label::default());
        self.release(tx, register, record)?;
        Ok(Applied { outcome, place })
    }

    /// Somebody with that identity number is registered in reach: it is them, not somebody new.
    fn known_already(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        planned: &Planned,
        known: RecordId,
    ) -> Result<Applied, Problem> {
        self.flags.push(Flag::new(
            &planned.path,
            "entity_known",
            format!("“{}”中已登记同一身份,已更新原记录,没有重复新建。", register.label.zh),
            format!("\"{}\" holds the same identity: that record was updated, none was made.", register.label.en),
        ));
        let everywhere = register::own_permit(self.engine, self.actor, Verb::Read, register)?;
        let Some(held) = tx.record(&everywhere, &register.name, known)? else {
            return Ok(self.refused(planned, register, "entity_unknown", Label::default()));
        };
        let same = Planned { id: known, base: None, trunk: None, branch: None, ..planned.clone() };
        self.update(tx, register, &same, held)
    }

    fn update(
        &mut self,
        tx: &mut WriteTx<'_>,
        register: &Entity,
        planned: &Planned,
        held: Record,
    ) -> Result<Applied, Problem> {
        let Some(permit) = self.permit(Verb::Edit, register) else { return Ok(self.denied(planned, register)) };
        if !permit.scope().covers(&held.path) {
            let message = Label::new(
                "这条记录不在您的管理范围内,没有修改。",
                "This record is outside your scope; it was not changed.",
            );
            return Ok(self.refused(planned, register, "entity_outside_scope", message));
        }
        if held.ended.is_some() {
            let message = Label::new("这条记录已注销,没有修改。", "This record has ended; it was not changed.");
            return Ok(self.refused(planned, register, "entity_ended", message));
        }
        let basis = branch::basis(tx, held.id, planned.base, planned.trunk, planned.branch.as_deref())?;
        let base = match basis {
            Basis::Missing => return self.hold(tx, register, planned),
            // A correction still names the version its first answer was based on, which that answer has changed since:
            // it is compared with what the answer before it said.
            _ if self.before.contains_key(&(register.name.clone(), held.id)) => None,
            Basis::Current => None,
            Basis::Version(version) if version >= held.version => None,
            Basis::Version(version) => tx.record_version(&permit, &register.name, held.id, version)?,
        };
        let mut values = planned.values.clone();
        self.drop_unreachable_refs(tx, register, planned, &mut values)?;
        self.change(tx, &permit, register, planned, held, base, values)
    }

    pub(super) fn outcome(
        &self,
        planned: &Planned,
        register: &Entity,
        record: &Record,
        result: EntityResult,
        message: Label,
    ) -> EntityOutcome {
        EntityOutcome {
            list: planned.list.clone(),
            entity: register.name.clone(),
            id: Some(record.id),
            title: register::title_of(self.catalogue, register, record),
            result,
            message,
        }
    }

    pub(super) fn denied(&mut self, planned: &Planned, register: &Entity) -> Applied {
        let message = Label::new(
            format!("您没有修改“{}”的权限,没有写入。", register.label.zh),
            format!("You may not change \"{}\"; it was not applied.", register.label.en),
        );
        self.refused(planned, register, "entity_denied", message)
    }

    /// Not applied. What is outside the reach of the sender is not named.
    pub(super) fn refused(&mut self, planned: &Planned, register: &Entity, kind: &str, message: Label) -> Applied {
        self.flags.push(Flag::new(&planned.path, kind, &message.zh, &message.en));
        let outcome = EntityOutcome {
            list: planned.list.clone(),
            entity: register.name.clone(),
            id: Some(planned.id),
            title: planned.label.clone().unwrap_or_default(),
            result: EntityResult::Refused,
            message,
        };
        Applied { outcome, place: None }
    }
}

/// A write that was checked beforehand. That it fails all the same means that others write the same at this moment: the
/// sender tries again.
pub(super) fn written<T>(outcome: Result<T, WriteError>) -> Result<T, Problem> {
    outcome.map_err(|error| match error {
        WriteError::Store(error) => error.into(),
        WriteError::Stale { .. } | WriteError::Taken { .. } | WriteError::Exists(_) => raced(),
        other => other.into(),
    })
}

pub(super) fn taken(register: &Entity, field: &str) -> Label {
    let label = register.field(field).map(|field| field.label.clone()).unwrap_or_default();
    Label::new(
        format!("“{}”已被另一条记录使用,没有写入。请核对。", label.zh),
        format!("Another record has this \"{}\"; it was not applied. Check it.", label.en),
    )
}
