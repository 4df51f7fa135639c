//! Two records that are one: chosen values, references that follow, one transaction, all history kept.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Catalogue, Entity, FieldKind, Record, RecordId, Source, Value, Values, Verb,
    catalogue::Sensitivity,
    record::{Condition, Ended, ListQuery, SourceKind},
    rules,
};
use linli_store::WriteTx;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{RecordView, Viewer, errors_to_fields, own_permit, refused, stale};
use crate::{Engine, Idempotency, Problem, ProblemKind, entity};

/// Which of two values stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// That of the record that stays.
    This,
    /// That of the record that ends.
    Other,
}

/// What to merge into a record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRecords {
    /// The record that ends.
    #[schema(value_type = String)]
    pub other: RecordId,
    /// Values to choose; where nothing is chosen this record's value stays, and what it lacks comes from the other.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, Keep>)]
    pub keep: BTreeMap<String, Keep>,
}

/// Merges another record into this one.
pub async fn merge(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    version: Option<i64>,
    input: MergeRecords,
    once: Option<Idempotency>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Merge, register)?;
    let viewer = Viewer::new(engine, actor, register);
    if id == input.other {
        return Err(Problem::parameter("other", "不能与自己合并。", "A record cannot be merged with itself."));
    }
    if let Some(unknown) = input.keep.keys().find(|field| register.field(field).is_none()) {
        return Err(Problem::no_field(name, unknown));
    }
    let (engine2, actor2, name, merge_id) = (engine.clone(), actor.clone(), name.to_owned(), engine.ids.next());
    engine
        .write_once(actor, once, move |tx| {
            let register = entity(&catalogue, &name)?;
            let this = tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            let other = tx.record(&permit, &name, input.other)?.ok_or_else(Problem::no_record)?;
            if version.is_some_and(|version| version != this.version) {
                return Err(stale(&viewer, tx, register, this, &Json::Null));
            }
            if this.ended.is_some() || other.ended.is_some() {
                return Err(ended());
            }
            let source = Source { kind: SourceKind::Merge, reference: merge_id.to_string() };
            let chosen = chosen(&engine2, &actor2, tx, register, &this, &other, &input.keep)?;
            let gone = Ended { on: engine2.now().china_date(), reason: "merged".into(), merged_into: Some(id) };
            tx.end(&permit, &name, other.id, other.version, &gone, &source)?;
            let chosen = checked(&engine2, &catalogue, register, &this, &chosen)?;
            let kept = tx
                .update(&permit, &name, id, this.version, &chosen, &source)
                .map_err(|error| refused(&viewer, tx, register, error, &Json::Null))?;
            let moved = follow(&engine2, &actor2, tx, &catalogue, &name, other.id, id, &source)?;
            let detail = json!({ "other": other.id, "fields": chosen.keys().collect::<Vec<_>>(), "references": moved });
            let area = Some(kept.path.clone());
            tx.audit(engine2.audit_entry(&actor2, "merge", &name, id.to_string(), area, detail))?;
            Ok(viewer.view(tx, register, kept)?)
        })
        .await
}

fn ended() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "record.ended",
        "其中一条记录已注销,不能合并。如需合并,请先恢复。",
        "One of the records has ended and cannot be merged. Reopen it first.",
    )
}

/// Values that come from the other record. Sensitive ones are read in clear to be moved, which is audited as such.
fn chosen(
    engine: &Engine,
    actor: &Actor,
    tx: &mut WriteTx<'_>,
    register: &Entity,
    this: &Record,
    other: &Record,
    keep: &BTreeMap<String, Keep>,
) -> Result<Values, Problem> {
    let reveal = own_permit(engine, actor, Verb::Reveal, register)?;
    let mut chosen = Values::new();
    for field in &register.fields {
        let name = &field.name;
        let sensitive = field.sensitivity == Sensitivity::Sensitive;
        let (has, other_has) = match sensitive {
            true => (this.masked.contains_key(name), other.masked.contains_key(name)),
            false => (!this.value(name).is_null(), !other.value(name).is_null()),
        };
        let from_other = match keep.get(name) {
            Some(Keep::This) => false,
            Some(Keep::Other) => true,
            None => !has && other_has,
        };
        // What is filled from another field follows that field.
        if !from_other || (field.derive.is_some() && keep.get(name).is_none()) {
            continue;
        }
        let value = match (sensitive, other_has) {
            (_, false) => Value::Null,
            (false, true) => other.value(name).clone(),
            (true, true) => {
                let purpose = "合并记录 merge";
                Value::Text(tx.reveal(&reveal, &register.name, other.id, name, purpose, engine.address())?)
            }
        };
        chosen.insert(name.clone(), value);
    }
    Ok(chosen)
}

fn checked(
    engine: &Engine,
    catalogue: &Catalogue,
    register: &Entity,
    this: &Record,
    chosen: &Values,
) -> Result<Values, Problem> {
    let held = |name: &str| this.masked.contains_key(name);
    let today = engine.now().china_date();
    let (chosen, errors) = rules::validate_edit(catalogue, &register.name, &this.values, &held, chosen, today);
    if errors.is_empty() { Ok(chosen) } else { Err(Problem::invalid("record.invalid", errors_to_fields(errors))) }
}

/// References to `from` become references to `to`, wherever they stand; answers how many.
#[expect(clippy::too_many_arguments, reason = "from one record to another, for one merge")]
pub(super) fn follow(
    engine: &Engine,
    actor: &Actor,
    tx: &mut WriteTx<'_>,
    catalogue: &Catalogue,
    name: &str,
    from: RecordId,
    to: RecordId,
    source: &Source,
) -> Result<u64, Problem> {
    let mut moved = 0;
    for (many, field) in referring(catalogue, name) {
        let permit = own_permit(engine, actor, Verb::Merge, many)?;
        let query = ListQuery {
            conditions: vec![Condition::In(field.to_owned(), vec![Value::Ref(from)])],
            limit: 200,
            ..ListQuery::of(&many.name)
        };
        loop {
            let page = tx.list(&permit, &query)?.records;
            for record in &page {
                let change = Values::from([(field.to_owned(), Value::Ref(to))]);
                tx.update(&permit, &many.name, record.id, record.version, &change, source)?;
                moved += 1;
            }
            if page.len() < 200 {
                break;
            }
        }
    }
    Ok(moved)
}

/// Every field of every register that refers to records of `name`.
pub(super) fn referring<'a>(catalogue: &'a Catalogue, name: &'a str) -> impl Iterator<Item = (&'a Entity, &'a str)> {
    let fields = catalogue.entities.values().flat_map(|many| many.fields.iter().map(move |field| (many, field)));
    fields
        .filter(move |(_, field)| matches!(&field.kind, FieldKind::Ref { entity } if entity == name))
        .map(|(many, field)| (many, field.name.as_str()))
}
