//! Taking an import back: what it made ends with the reason `undone`, what it changed gets a version equal to the one
//! before. What was changed since is listed and not touched.

use linli_domain::{
    Entity, Permit, Record, RecordId, Source, Value,
    record::{Condition, Ended, ListQuery, SourceKind},
};
use linli_store::{StoreError, WriteError, WriteTx, tables::BatchState};
use serde_json::json;

use super::{
    apply::{load, memo},
    build::Task,
    model::{Kept, Undone},
    view::Detail,
};
use crate::{Engine, Problem, events, views::Text};

/// A record an import touched.
#[derive(Debug, Clone)]
struct Touched {
    /// Number of the permit.
    part: usize,
    /// Register.
    entity: String,
    /// Record.
    id: RecordId,
    /// Version before; `None` when the import made it.
    before: Option<i64>,
    /// Whether it was hung on another area.
    moved: bool,
    /// Row of the sheet.
    row: u32,
}

/// Records taken back in one transaction.
const AT_ONCE: usize = 500;

/// What became of one record.
enum Fate {
    Ended,
    Restored,
    Already,
    Kept(Text),
}

/// Takes a batch back. Safe to run again after it broke off.
pub fn undo(engine: &Engine, task: &Task, permits: &[(String, Permit)]) -> Result<Undone, Problem> {
    let batch = load(engine, task, &permits[0].1)?;
    if batch.state == BatchState::Undone {
        return Ok(memo(&batch).undo.unwrap_or_default());
    }
    if !matches!(batch.state, BatchState::Applied | BatchState::Failed) {
        return Err(super::not_in_state("只有已写入的导入才能撤销", "only an import that was written can be undone"));
    }
    let mut touched = touched(engine, task, permits)?;
    // Persons before households before dwellings: a home that is still lived in is seen.
    touched.sort_by_key(|one| (one.part, one.row));
    let mut undone = Undone::default();
    let mut done: usize = 0;
    while done < touched.len() {
        let some: Vec<Touched> = touched[done..(done + AT_ONCE).min(touched.len())].to_vec();
        done += some.len();
        let (permits, catalogue, batch) = (permits.to_vec(), engine.catalogue(), task.batch);
        let fates = engine.store.write_blocking::<_, Problem>(move |tx| {
            let mut fates = Vec::with_capacity(some.len());
            for one in &some {
                let entity = crate::entity(&catalogue, &one.entity)?;
                let referring = referring(&catalogue, &permits, &one.entity);
                fates.push((one.clone(), take_back(tx, &permits[one.part].1, entity, &referring, batch, one)?));
            }
            Ok(fates)
        })?;
        for (one, fate) in fates {
            match fate {
                Fate::Ended => undone.ended += 1,
                Fate::Restored => undone.restored += 1,
                Fate::Already => {}
                Fate::Kept(reason) => {
                    undone.kept.push(Kept { entity: one.entity, id: one.id.to_string(), row: one.row, reason });
                }
            }
        }
    }
    finish(engine, task, &permits[0].1, undone)
}

/// Everything a batch made or changed, from its rows.
fn touched(engine: &Engine, task: &Task, permits: &[(String, Permit)]) -> Result<Vec<Touched>, Problem> {
    let part_of = permits.iter().enumerate().map(|(part, (name, _))| (name.clone(), part));
    let part_of: std::collections::HashMap<String, usize> = part_of.collect();
    let (id, main) = (task.batch, task.entity.clone());
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut touched = Vec::new();
        tx.batch_rows(id, None, 0, u32::MAX, &mut |row| {
            let detail = Detail::read(&row.detail);
            let number = u32::try_from(row.row_no).unwrap_or_default();
            if let (Some(did), Some(id)) = (&detail.did, row.record) {
                let moved = did == "moved";
                touched.push(Touched {
                    part: 0,
                    entity: main.clone(),
                    id,
                    before: row.version_before,
                    moved,
                    row: number,
                });
            }
            for also in detail.also {
                if let Some(part) = part_of.get(&also.entity) {
                    let one = Touched {
                        part: *part,
                        entity: also.entity,
                        id: also.id,
                        before: also.before,
                        moved: false,
                        row: number,
                    };
                    touched.push(one);
                }
            }
            Ok(())
        })?;
        Ok(touched)
    })
}

/// Registers whose records may refer to records of `entity`: (permit, register, field).
fn referring(
    catalogue: &linli_domain::Catalogue,
    permits: &[(String, Permit)],
    entity: &str,
) -> Vec<(Permit, String, String)> {
    let refers = |field: &linli_domain::Field| matches!(&field.kind, linli_domain::FieldKind::Ref { entity: to } if to == entity);
    permits
        .iter()
        .filter_map(|(name, permit)| {
            let field = catalogue.entities.get(name)?.fields.iter().find(|field| refers(field))?;
            Some((permit.clone(), name.clone(), field.name.clone()))
        })
        .collect()
}

fn take_back(
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    entity: &Entity,
    referring: &[(Permit, String, String)],
    batch: RecordId,
    one: &Touched,
) -> Result<Fate, Problem> {
    let source = Source { kind: SourceKind::Undo, reference: batch.to_string() };
    let Some(record) = tx.record(permit, &entity.name, one.id)? else {
        return Ok(kept("已不在您的管理范围内", "no longer within your scope"));
    };
    if record.source == source {
        return Ok(Fate::Already);
    }
    let by_batch = record.source.kind == SourceKind::Import && record.source.reference == batch.to_string();
    if !by_batch {
        return Ok(kept("导入之后又有人修改过", "was changed after the import"));
    }
    match one.before {
        Some(version) => {
            let back = tx.unwind_to(permit, &entity.name, one.id, version, &source)?;
            if one.moved {
                move_back(tx, permit, &back, version, &source)?;
            }
            Ok(Fate::Restored)
        }
        None if record.ended.is_some() => Ok(Fate::Already),
        None => end(tx, permit, &record, referring, &source),
    }
}

/// Hangs a record on the area it hung on in an earlier version.
fn move_back(
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    record: &Record,
    version: i64,
    source: &Source,
) -> Result<(), Problem> {
    let history = tx.history(permit, &record.entity, record.id)?;
    let Some(then) = history.iter().find(|one| one.version == version) else { return Ok(()) };
    let Some(old) = tx.record_as_of(permit, &record.entity, record.id, then.since)? else { return Ok(()) };
    if old.path == record.path {
        return Ok(());
    }
    let Some(area) = tx.area_at(&old.path)? else { return Ok(()) };
    tx.relocate(permit, &record.entity, record.id, record.version, &area.home, &area.path, source)?;
    Ok(())
}

fn end(
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    record: &Record,
    referring: &[(Permit, String, String)],
    source: &Source,
) -> Result<Fate, Problem> {
    for (permit, entity, field) in referring {
        let mut query = ListQuery::of(entity);
        query.conditions.push(Condition::In(field.clone(), vec![Value::Ref(record.id)]));
        if tx.count(permit, &query)? > 0 {
            return Ok(kept(
                "导入之后登记的其他记录还在使用它",
                "records registered after the import still refer to it",
            ));
        }
    }
    let ended = Ended { on: tx.now().china_date(), reason: "undone".into(), merged_into: None };
    match tx.end(permit, &record.entity, record.id, record.version, &ended, source) {
        Ok(_) => Ok(Fate::Ended),
        Err(WriteError::Store(error)) => Err(StoreError::into(error)),
        Err(error) => Err(error.into()),
    }
}

fn kept(zh: &str, en: &str) -> Fate {
    Fate::Kept(Text { zh: zh.into(), en: en.into() })
}

fn finish(engine: &Engine, task: &Task, permit: &Permit, undone: Undone) -> Result<Undone, Problem> {
    let (permit, task, answer) = (permit.clone(), task.clone(), undone.clone());
    let (engine, store) = (engine.clone(), engine.store.clone());
    store.write_blocking::<_, Problem>(move |tx| {
        let mut batch = tx.batch(&permit, task.batch)?.ok_or_else(super::no_import)?;
        let mut kept = memo(&batch);
        kept.undo = Some(undone.clone());
        batch.mapping = serde_json::to_value(&kept).map_err(StoreError::from)?;
        batch.state = BatchState::Undone;
        tx.put_batch(&batch)?;
        let detail = json!({ "ended": undone.ended, "restored": undone.restored, "kept": undone.kept.len() });
        let (id, area) = (task.batch.to_string(), Some(task.area.clone()));
        tx.audit(engine.audit_entry(&task.actor, "import.undo", &task.entity, id, area, detail))?;
        events::emit(tx, "import.undone", &json!({ "batch": task.batch, "entity": task.entity }))?;
        Ok(())
    })?;
    Ok(answer)
}
