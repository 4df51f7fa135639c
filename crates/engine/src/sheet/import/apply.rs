//! Writing a compared ledger: chunk after chunk, each one durable transaction that also records its rows and how far the
//! batch is. A process that dies in between leaves a batch in the state `applying`; going on from its progress makes
//! neither gaps nor repeats, since ids follow from the rows.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc},
    thread,
};

use linli_domain::{Permit, RecordId, Source, Verb, record::SourceKind};
use linli_store::{
    StoreError, WriteError, WriteTx,
    tables::{Batch, BatchState, RowOutcome},
};
use serde_json::json;

use super::{
    build::Task,
    chunks::{Chunk, Chunks, Update},
    model::{Applied, Memo, Progress},
    plan::{Finding, Given, Plan},
    view::Detail,
};
use crate::{Engine, Problem, events};

/// Why a chunk was not written.
enum Refusal {
    /// One of its new or changed records cannot be; the chunk is tried again without it.
    Record(RecordId, Finding),
    /// Somebody else goes on with the batch, or took it back.
    Overtaken,
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Where a test lets the work break off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Until {
    /// Stop after so many chunks of this run, as if the process had died.
    pub chunks: Option<usize>,
}

/// Writes what is left of a batch and answers what was done in all; the plan's values are used up.
pub fn apply(
    engine: &Engine,
    task: &Task,
    permits: &[Permit],
    plan: &mut Plan<'_>,
    given: &Given,
    until: Until,
    progress: &mut dyn FnMut(Progress),
) -> Result<Applied, Problem> {
    let catalogue = engine.catalogue();
    let batch = load(engine, task, &permits[0])?;
    let begun = usize::try_from(batch.progress).unwrap_or_default();
    let mut applied = memo(&batch).result;
    let total = plan.rows.len();
    let means = Means::of(engine, task, permits, plan)?;
    let mut chunks = Chunks::new(&catalogue, plan, given, engine.now().china_date());
    let written = thread::scope(|scope| {
        // One chunk is made while the one before it is written.
        let (send, made) = mpsc::sync_channel::<Chunk>(0);
        let chunks = &mut chunks;
        scope.spawn(move || {
            let mut from = begun;
            while let Some(chunk) = chunks.chunk(from) {
                from = chunk.to;
                if send.send(chunk).is_err() {
                    break;
                }
            }
        });
        for (number, chunk) in made.into_iter().enumerate() {
            if until.chunks.is_some_and(|most| number >= most) {
                return Ok(false);
            }
            let to = chunk.to;
            let more = write(engine, &means, chunk, applied)?;
            add(&mut applied, more);
            progress(Progress { done: to, total });
        }
        Ok::<bool, Problem>(true)
    })?;
    if written {
        finish(engine, task, &permits[0], applied)?;
    }
    Ok(applied)
}

fn add(sum: &mut Applied, more: Applied) {
    sum.created += more.created;
    sum.changed += more.changed;
    sum.homes_created += more.homes_created;
    sum.homes_changed += more.homes_changed;
    sum.left += more.left;
}

/// Reads a batch for its importer.
pub fn load(engine: &Engine, task: &Task, permit: &Permit) -> Result<Batch, Problem> {
    let (permit, id) = (permit.clone(), task.batch);
    engine.store.read_blocking::<_, Problem>(move |tx| tx.batch(&permit, id)?.ok_or_else(super::no_import))
}

/// What is remembered of a batch beside its own columns.
pub fn memo(batch: &Batch) -> Memo {
    serde_json::from_value(batch.mapping.clone()).unwrap_or_default()
}

/// With what chunks are written.
#[derive(Clone)]
struct Means {
    /// Permits by part, for the area of the import.
    permits: Vec<Permit>,
    /// For the importer's whole scope: a record that moves here leaves another area.
    wide: Permit,
    /// Registers by part.
    names: Vec<String>,
    /// Source of what is written.
    source: Source,
    /// Batch.
    batch: RecordId,
}

impl Means {
    fn of(engine: &Engine, task: &Task, permits: &[Permit], plan: &Plan<'_>) -> Result<Self, Problem> {
        Ok(Self {
            permits: permits.to_vec(),
            wide: engine.permit_entity(&task.actor, Verb::Import, plan.ledger.parts.main())?,
            names: plan.ledger.parts.list.iter().map(|part| part.entity.name.clone()).collect(),
            source: Source { kind: SourceKind::Import, reference: task.batch.to_string() },
            batch: task.batch,
        })
    }
}

/// Writes a chunk; records that cannot be written are left out one by one, told in their rows.
fn write(engine: &Engine, means: &Means, chunk: Chunk, before: Applied) -> Result<Applied, Problem> {
    let mut chunk = Arc::new(chunk);
    loop {
        let (means, piece) = (means.clone(), chunk.clone());
        let answer = engine.store.write_blocking(move |tx| {
            write_chunk(tx, &means, &piece, before)?;
            Ok::<Applied, Refusal>(piece.applied)
        });
        match answer {
            Ok(applied) => return Ok(applied),
            Err(Refusal::Record(record, finding)) => leave_out(Arc::make_mut(&mut chunk), record, &finding)?,
            Err(Refusal::Overtaken) => return Err(super::overtaken()),
            Err(Refusal::Store(error)) => return Err(error.into()),
        }
    }
}

fn write_chunk(tx: &mut WriteTx<'_>, means: &Means, chunk: &Chunk, before: Applied) -> Result<(), Refusal> {
    let permits = &means.permits;
    let mut batch = tx.batch(&permits[0], means.batch)?.ok_or(Refusal::Overtaken)?;
    if batch.state != BatchState::Applying || usize::try_from(batch.progress) != Ok(chunk.from) {
        return Err(Refusal::Overtaken);
    }
    // What others refer to comes first: dwellings, households, persons.
    for (part, records) in chunk.creates.iter().rev() {
        tx.insert_many(&permits[*part], records, &means.source)
            .map_err(|error| refusal(error, records.first().map(|one| one.id)))?;
    }
    for update in &chunk.updates {
        if let Err(error) = change(tx, means, update) {
            match error {
                WriteError::Stale { .. } | WriteError::NotFound | WriteError::Ended => {
                    return Err(Refusal::Record(update.id, changed_meanwhile()));
                }
                other => return Err(refusal(other, Some(update.id))),
            }
        }
    }
    tx.put_batch_rows(means.batch, &chunk.rows)?;
    let mut sum = before;
    add(&mut sum, chunk.applied);
    let mut kept = memo(&batch);
    kept.result = sum;
    batch.mapping = serde_json::to_value(&kept).map_err(StoreError::from)?;
    batch.progress = i64::try_from(chunk.to).unwrap_or(i64::MAX);
    tx.put_batch(&batch)?;
    Ok(())
}

fn change(tx: &mut WriteTx<'_>, means: &Means, update: &Update) -> Result<(), WriteError> {
    let (entity, source) = (&means.names[update.part], &means.source);
    let permit = if update.moves.is_some() { &means.wide } else { &means.permits[update.part] };
    let mut version = update.version;
    if !update.changes.is_empty() {
        version = tx.update(permit, entity, update.id, version, &update.changes, source)?.version;
    }
    if let Some((home, path)) = &update.moves {
        tx.relocate(permit, entity, update.id, version, home, path, source)?;
    }
    Ok(())
}

fn refusal(error: WriteError, record: Option<RecordId>) -> Refusal {
    match error {
        WriteError::Store(error) => Refusal::Store(error),
        WriteError::Taken { field, id, .. } => {
            let finding = Finding {
                field: Some(field),
                ..Finding::row(
                    "import.taken_meanwhile",
                    "刚刚有另一条记录登记了同样的号码，请核对",
                    "another record with the same number was registered a moment ago; check it",
                )
            };
            Refusal::Record(id, finding)
        }
        WriteError::Exists(id) => Refusal::Record(id, changed_meanwhile()),
        _ => record.map_or(Refusal::Overtaken, |id| Refusal::Record(id, changed_meanwhile())),
    }
}

fn changed_meanwhile() -> Finding {
    Finding::row(
        "import.changed_meanwhile",
        "比对之后这条记录又被修改，未写入；请重新比对",
        "the record was changed after the comparison and was not written; compare again",
    )
}

/// Takes a record out of a chunk and tells it in its row.
fn leave_out(chunk: &mut Chunk, record: RecordId, finding: &Finding) -> Result<(), Problem> {
    let mut found = false;
    for (part, records) in &mut chunk.creates {
        let before = records.len();
        records.retain(|one| one.id != record);
        if records.len() < before {
            found = true;
            if *part == 0 { chunk.applied.created -= 1 } else { chunk.applied.homes_created -= 1 }
        }
    }
    let updates: HashMap<RecordId, usize> = chunk.updates.iter().map(|update| (update.id, update.part)).collect();
    if let Some(part) = updates.get(&record) {
        found = true;
        if *part == 0 {
            chunk.applied.changed -= 1
        } else {
            chunk.applied.homes_changed -= 1
        }
        chunk.updates.retain(|update| update.id != record);
    }
    if !found {
        return Err(Problem::internal(format_args!("the refused record {record} is not in the chunk")));
    }
    for row in &mut chunk.rows {
        let mut detail = Detail::read(&row.detail);
        detail.also.retain(|also| also.id != record);
        if row.record == Some(record) {
            row.outcome = RowOutcome::Conflict;
            detail.did = None;
            detail.findings.push(finding.clone());
            chunk.applied.left += 1;
        } else if detail.also.len() == Detail::read(&row.detail).also.len() {
            continue;
        }
        row.detail = serde_json::to_value(detail).map_err(Problem::internal)?;
    }
    Ok(())
}

/// The last transaction: the batch is applied, audited, told.
fn finish(engine: &Engine, task: &Task, permit: &Permit, applied: Applied) -> Result<(), Problem> {
    let (permit, task, store) = (permit.clone(), task.clone(), engine.store.clone());
    let engine = engine.clone();
    store.write_blocking::<_, Problem>(move |tx| {
        let mut batch = tx.batch(&permit, task.batch)?.ok_or_else(super::no_import)?;
        if batch.state != BatchState::Applying {
            return Ok(());
        }
        batch.state = BatchState::Applied;
        tx.put_batch(&batch)?;
        let detail = json!({ "file": batch.file_name, "applied": applied });
        let (id, area) = (task.batch.to_string(), Some(task.area.clone()));
        tx.audit(engine.audit_entry(&task.actor, "import", &task.entity, id, area, detail))?;
        events::emit(tx, "import.applied", &json!({ "batch": task.batch, "entity": task.entity }))?;
        Ok(())
    })
}
