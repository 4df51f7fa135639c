//! A visit comes in. It counts once, whatever the network does, and what can be written is written even if another part
//! contradicts somebody else's change.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use linli_domain::{
    Actor, Entity, Lang, Permit, Record, RecordId, Source, Timestamp, Value, Values, Verb, actor, record::SourceKind,
    task::Outcome,
};
use linli_store::{
    UniqueHit, WriteTx,
    tables::{Completion, Confirmed, Conflict, ConflictKind, ConflictState, Visit},
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    look::{fields, members_of},
    merge::{Contradiction, VisitConflict, VisitConflictField, settle, since},
    model::{NewVisit, VisitChange, VisitDone, VisitResult, check, moment_of},
};
use crate::{
    Engine, Problem, ProblemKind, entity,
    register::{checked, read_values},
    task,
};

/// Takes a visit in: the same `client_id` with the same content is answered as before.
pub async fn send(engine: &Engine, actor: &Actor, visit: NewVisit) -> Result<VisitDone, Problem> {
    check(&visit)?;
    let at = moment_of(&visit.at)?.min(engine.now());
    let hash: [u8; 32] = Sha256::digest(serde_json::to_vec(&visit).map_err(Problem::internal)?).into();
    let asked = Arc::new((engine.clone(), actor.clone(), visit));
    for _ in 0..TRIES {
        let asked = asked.clone();
        let answer = engine.store.write(move |tx| {
            let (engine, actor, visit) = &*asked;
            if let Some(kept) = tx.visit(actor.account, visit.client_id)? {
                if kept.hash != hash {
                    return Err(other_content());
                }
                return serde_json::from_value(kept.answer).map_err(Problem::internal);
            }
            Receiving { engine, actor, visit, at, hash }.run(tx)
        });
        match answer.await {
            // Nothing of it was kept; what the other sent is seen now.
            Err(problem) if problem.code == RACED => {}
            answer => return answer,
        }
    }
    // It is never seen: the id belongs to somebody else's visit.
    Err(other_content())
}

/// How often a visit is tried that met itself, sent from another tab (several writers on PostgreSQL).
const TRIES: usize = 8;

/// Code of [`raced`].
const RACED: &str = "visit.raced";

fn raced() -> Problem {
    Problem::new(
        ProblemKind::Busy,
        RACED,
        "同一次走访正从多处提交,请稍后重试。",
        "The same visit is being sent from several places; please try again in a moment.",
    )
    .with("retry_after", json!(1))
}

fn other_content() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "visit.other_content",
        "同一个走访编号(client_id)已用于另一份内容。请换一个新的编号。",
        "This client_id was used for another visit. Use a new one.",
    )
}

struct Receiving<'a> {
    engine: &'a Engine,
    actor: &'a Actor,
    visit: &'a NewVisit,
    at: Timestamp,
    hash: [u8; 32],
}

/// What a visit saw of a record: fields that hold.
struct Seen {
    record: Record,
    except: BTreeSet<String>,
}

impl Receiving<'_> {
    fn run(&self, tx: &mut WriteTx<'_>) -> Result<VisitDone, Problem> {
        let catalogue = self.engine.catalogue();
        let register = entity(&catalogue, &self.visit.entity)?;
        let permit = self.engine.permit_entity(self.actor, Verb::Edit, register)?;
        let name = register.name.as_str();
        let record = tx.record(&permit, name, self.visit.id)?.ok_or_else(Problem::no_record)?;
        let mut seen: BTreeMap<RecordId, Seen> = BTreeMap::new();
        let stale: BTreeSet<String> = since(tx, &permit, name, record.id, self.visit.version)?.into_keys().collect();
        let mut order = vec![record.id];
        seen.insert(record.id, Seen { record: record.clone(), except: stale });
        let relation = members_of(&catalogue, register);
        if let Some(relation) = relation
            && let Ok(permit) = self.engine.permit_entity(self.actor, Verb::Edit, entity(&catalogue, &relation.entity)?)
        {
            for member in tx.related(&permit, relation, &record, 200)? {
                order.push(member.id);
                seen.insert(member.id, Seen { record: member, except: BTreeSet::new() });
            }
        }
        let mut results: BTreeMap<RecordId, VisitResult> = BTreeMap::new();
        for change in &self.visit.changes {
            if !order.contains(&change.id) {
                order.push(change.id);
            }
            let result = self.change(tx, change, &mut seen)?;
            results.insert(change.id, result);
        }
        let results = order.into_iter().map(|id| results.remove(&id).unwrap_or_else(|| unchanged(id))).collect();
        let done = VisitDone { visit_id: self.visit.client_id, results };
        self.keep(tx, &permit, &record, &done)?;
        if self.visit.outcome.confirms() {
            let looked = match self.visit.assignment {
                Some(id) => task::fields_asked_at(self.engine, tx, self.actor, id)?,
                None => None,
            };
            let looked = fields(&catalogue, register, relation, looked.as_deref());
            self.confirm(tx, seen, &looked)?;
        }
        self.complete(tx, &done)?;
        Ok(done)
    }

    fn change(
        &self,
        tx: &mut WriteTx<'_>,
        change: &VisitChange,
        seen: &mut BTreeMap<RecordId, Seen>,
    ) -> Result<VisitResult, Problem> {
        let (catalogue, lang) = (self.engine.catalogue(), self.engine.lang);
        let Some(register) = catalogue.entities.get(&change.entity) else {
            return Ok(refused(change.id, &Problem::no_entity(&change.entity), lang));
        };
        let permit = match self.engine.permit_entity(self.actor, Verb::Edit, register) {
            Ok(permit) => permit,
            Err(problem) => return Ok(refused(change.id, &problem, lang)),
        };
        let Some(record) = tx.record(&permit, &register.name, change.id)? else {
            return Ok(refused(change.id, &Problem::no_record(), lang));
        };
        if record.ended.is_some() {
            return Ok(refused(change.id, &linli_store::WriteError::Ended.into(), lang));
        }
        let asked = match read_values(register, &change.values) {
            Ok(values) => values,
            Err(fields) => return Ok(refused(change.id, &Problem::invalid("record.invalid", fields), lang)),
        };
        let known = unmasked(&record, asked);
        let meanwhile = since(tx, &permit, &register.name, change.id, change.version)?;
        let (write, conflicts) = settle(self.engine, register, &record, &meanwhile, &known);
        let except = meanwhile.keys().cloned().chain(conflicts.iter().map(|one| one.field.field.clone()));
        let mut except: BTreeSet<String> = except.filter(|name| !write.contains_key(name)).collect();
        let (write, errors) = checked(self.engine, &catalogue, register, &record, &write);
        let refusal = if errors.is_empty() {
            self.taken(tx, &permit, register, change.id, &write)?
        } else {
            Some(Problem::invalid("record.invalid", errors))
        };
        let mut result = unchanged(change.id);
        let mut held = record.clone();
        if let Some(problem) = refusal {
            result = refused(change.id, &problem, lang);
            except.extend(known.keys().cloned());
        } else {
            let source = Source { kind: SourceKind::Visit, reference: self.visit.client_id.to_string() };
            held = tx.update(&permit, &register.name, change.id, record.version, &write, &source)?;
            if held.version != record.version {
                result.result = "updated".into();
            }
        }
        if !conflicts.is_empty() {
            result.result = "conflict".into();
            self.queue(tx, &permit, &held, &conflicts)?;
            let fields: Vec<VisitConflictField> = conflicts.into_iter().map(|one| one.field).collect();
            result.message = Some(conflict_message(&fields, lang));
            result.conflict = Some(VisitConflict { fields });
        }
        seen.entry(change.id)
            .and_modify(|seen| seen.except.extend(except.iter().cloned()))
            .or_insert(Seen { record: held, except });
        Ok(result)
    }

    /// Puts what contradicts into the queue where somebody decides.
    fn queue(
        &self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        record: &Record,
        conflicts: &[Contradiction],
    ) -> Result<(), Problem> {
        let conflict = Conflict {
            id: self.engine.ids.next(),
            home: record.home.clone(),
            path: record.path.clone(),
            entity: record.entity.clone(),
            record: record.id,
            kind: ConflictKind::Hard,
            state: ConflictState::Open,
            instance: None,
            form: None,
            at: tx.now(),
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            detail: json!({ "fields": conflicts.iter().map(Contradiction::kept).collect::<Vec<_>>() }),
            resolved_by: None,
            resolved_at: None,
        };
        Ok(tx.put_conflict(permit, &conflict)?)
    }

    /// Whether a unique value is another's: told before anything is written, so that the rest of the visit is kept.
    fn taken(
        &self,
        tx: &mut WriteTx<'_>,
        permit: &Permit,
        register: &Entity,
        id: RecordId,
        changes: &Values,
    ) -> Result<Option<Problem>, Problem> {
        for field in register.fields.iter().filter(|field| field.unique) {
            let Some(value) = changes.get(&field.name).and_then(Value::as_text) else { continue };
            let problem = match tx.find_by_unique(permit, &register.name, &field.name, value)? {
                UniqueHit::Here(holder) if holder != id => Problem::taken(&field.name, Some(holder)),
                UniqueHit::Elsewhere => Problem::taken(&field.name, None),
                _ => continue,
            };
            return Ok(Some(problem));
        }
        Ok(None)
    }

    fn keep(&self, tx: &mut WriteTx<'_>, permit: &Permit, record: &Record, done: &VisitDone) -> Result<(), Problem> {
        let visit = Visit {
            home: record.home.clone(),
            id: self.visit.client_id,
            path: record.path.clone(),
            entity: record.entity.clone(),
            record: record.id,
            at: self.at,
            received: tx.now(),
            outcome: self.visit.outcome,
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            assignment: self.visit.assignment,
            hash: self.hash,
            note: self.visit.note.clone(),
            answer: serde_json::to_value(done).map_err(Problem::internal)?,
        };
        if !tx.put_visit(permit, &visit)? {
            return Err(raced());
        }
        let updated = done.results.iter().filter(|one| one.result == "updated").count();
        let detail = json!({ "outcome": self.visit.outcome.name(), "visit": visit.id, "updated": updated });
        let (name, id) = (&record.entity, record.id.to_string());
        tx.audit(self.engine.audit_entry(self.actor, "visit", name, id, Some(record.path.clone()), detail))?;
        Ok(())
    }

    /// Notes which fields somebody has seen to hold.
    fn confirm(
        &self,
        tx: &mut WriteTx<'_>,
        seen: BTreeMap<RecordId, Seen>,
        looked: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), Problem> {
        for Seen { record, except } in seen.into_values() {
            let Some(fields) = looked.get(&record.entity).filter(|_| record.ended.is_none()) else { continue };
            let catalogue = self.engine.catalogue();
            let permit = self.engine.permit_entity(self.actor, Verb::Edit, entity(&catalogue, &record.entity)?)?;
            let row = Confirmed {
                fields: fields.iter().filter(|name| !except.contains(*name)).cloned().collect(),
                home: record.home,
                entity: record.entity,
                record: record.id,
                path: record.path,
                at: self.at,
                visit: self.visit.client_id,
                outcome: self.visit.outcome,
                by_name: self.actor.name.clone(),
            };
            tx.put_confirmed(&permit, &[row])?;
        }
        Ok(())
    }

    /// Marks the assignment done. One of another record, or out of reach, changes nothing: the visit stands by itself.
    fn complete(&self, tx: &mut WriteTx<'_>, done: &VisitDone) -> Result<(), Problem> {
        let Some(assignment) = self.visit.assignment else { return Ok(()) };
        let roles = &self.engine.catalogue().roles;
        let Ok(permit) = actor::permit(self.actor, roles, Verb::Read, linli_domain::Subject::Tasks) else {
            return Ok(());
        };
        let about = tx.assignment(&permit, assignment)?.map(|one| one.record);
        if !about.is_some_and(|record| done.results.iter().any(|one| one.id == record)) {
            return Ok(());
        }
        let changed = done.results.iter().any(|one| one.result == "updated" || one.result == "conflict");
        let outcome = match self.visit.outcome {
            Outcome::Changed if !changed => Outcome::NoChange,
            outcome => outcome,
        };
        let completion = Completion {
            state: outcome.state(),
            outcome: Some(outcome),
            at: self.at,
            by: self.actor.account,
            by_name: self.actor.name.clone(),
            instance: None,
            seconds: self.visit.seconds.map(|seconds| i64::from(seconds.min(7_200))),
            note: None,
        };
        task::complete_in(tx, permit.scope(), assignment, &completion)?;
        Ok(())
    }
}

/// Masks that were sent back as they were shown are no changes.
fn unmasked(record: &Record, values: Values) -> Values {
    let shown =
        |name: &str, value: &Value| record.masked.get(name).is_some_and(|mask| value.as_text() == Some(mask.as_str()));
    values.into_iter().filter(|(name, value)| !shown(name, value)).collect()
}

fn unchanged(id: RecordId) -> VisitResult {
    VisitResult { id, result: "unchanged".into(), message: None, conflict: None }
}

fn refused(id: RecordId, problem: &Problem, lang: Lang) -> VisitResult {
    VisitResult { id, result: "refused".into(), message: Some(problem.text(lang).to_owned()), conflict: None }
}

/// Names the fields: the worker may still stand at the door and ask.
fn conflict_message(fields: &[VisitConflictField], lang: Lang) -> String {
    let by = |one: &VisitConflictField| match lang {
        Lang::Zh => format!("{}({}已改)", one.label, one.current_by),
        Lang::En => format!("{} (changed by {})", one.label, one.current_by),
    };
    let names: Vec<String> = fields.iter().map(by).collect();
    match lang {
        Lang::Zh => format!("与他人的修改冲突,保留现有内容,待处理:{}。其余修改已保存。", names.join("、")),
        Lang::En => format!(
            "In conflict with somebody else's change; what is held stays until decided: {}. The rest is saved.",
            names.join(", ")
        ),
    }
}
