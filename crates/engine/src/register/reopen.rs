//! Makes an ended record live again. One that was merged takes its references back, and the record that swallowed it is
//! as it was before, unless somebody has changed it since.

use linli_domain::{
    Actor, Record, RecordId, Source, Value, Values, Verb,
    record::{Condition, Ended, ListQuery, SourceKind},
};
use linli_store::WriteTx;
use serde_json::{Value as Json, json};

use super::{RecordView, Viewer, merge, own_permit, refused, stale};
use crate::{Engine, Idempotency, Problem, entity};

/// Reopens a record; `version` is checked when it is given.
pub async fn reopen(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    version: Option<i64>,
    once: Option<Idempotency>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::End, register)?;
    let viewer = Viewer::new(engine, actor, register);
    let (engine2, actor2, name) = (engine.clone(), actor.clone(), name.to_owned());
    engine
        .write_once(actor, once, move |tx| {
            let register = entity(&catalogue, &name)?;
            let record = tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            if version.is_some_and(|version| version != record.version) {
                return Err(stale(&viewer, tx, register, record, &Json::Null));
            }
            let undone = match &record.ended {
                Some(Ended { merged_into: Some(into), .. }) => {
                    Some(unmerge(&engine2, &actor2, tx, &name, &record, *into)?)
                }
                _ => None,
            };
            let source = Source { kind: SourceKind::Edit, reference: String::new() };
            let record = tx
                .reopen(&permit, &name, id, record.version, &source)
                .map_err(|error| refused(&viewer, tx, register, error, &Json::Null))?;
            let detail = json!({ "unmerged": undone });
            let area = Some(record.path.clone());
            tx.audit(engine2.audit_entry(&actor2, "reopen", &name, id.to_string(), area, detail))?;
            Ok(viewer.view(tx, register, record)?)
        })
        .await
}

/// Takes a merge back; answers what was done.
fn unmerge(
    engine: &Engine,
    actor: &Actor,
    tx: &mut WriteTx<'_>,
    name: &str,
    gone: &Record,
    into: RecordId,
) -> Result<Json, Problem> {
    let catalogue = engine.catalogue();
    let merge_id = gone.source.reference.clone();
    let source = Source { kind: SourceKind::Undo, reference: merge_id.clone() };
    let mut references = 0;
    for (many, field) in merge::referring(&catalogue, name) {
        let permit = own_permit(engine, actor, Verb::Merge, many)?;
        let mut query = ListQuery {
            conditions: vec![Condition::In(field.to_owned(), vec![Value::Ref(into)])],
            limit: 200,
            ..ListQuery::of(&many.name)
        };
        loop {
            let page = tx.list(&permit, &query)?;
            for record in page.records.iter().filter(|record| is_of(record, &merge_id)) {
                let change = Values::from([(field.to_owned(), Value::Ref(gone.id))]);
                tx.update(&permit, &many.name, record.id, record.version, &change, &source)?;
                references += 1;
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
    }
    let register = entity(&catalogue, name)?;
    let permit = own_permit(engine, actor, Verb::Edit, register)?;
    let swallower = tx.record(&permit, name, into)?.filter(|record| is_of(record, &merge_id) && record.version > 1);
    let restored = swallower.is_some();
    if let Some(record) = swallower {
        tx.unwind_to(&permit, name, into, record.version - 1, &source)?;
    }
    Ok(json!({ "from": into, "references": references, "values_restored": restored }))
}

fn is_of(record: &Record, merge_id: &str) -> bool {
    record.source.kind == SourceKind::Merge && record.source.reference == merge_id
}
