//! Imports: look, start writing, go on after a crash, take back.

use linli_domain::{Actor, Permit, RecordId, Subject, Verb};
use linli_store::tables::{Batch, BatchState};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    apply::{self, Until, memo},
    build, check,
    model::{Import, ImportState, Progress},
    undo as taking_back, view,
};
use crate::{Engine, Problem, register::moment, sheet::parts::Parts};

/// Name of the job that writes an import.
pub const JOB: &str = "import.apply";

/// What the job needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Work {
    batch: RecordId,
    actor: Actor,
}

/// A batch within the importer's scope, whatever its register.
pub fn batch(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Batch, Problem> {
    let permits = import_permits(engine, actor)?;
    engine.store.read_blocking::<_, Problem>(move |tx| {
        for permit in &permits {
            if let Some(batch) = tx.batch(permit, id)? {
                return Ok(batch);
            }
        }
        Err(super::no_import())
    })
}

/// Permits to import, one for each register the actor may import into.
fn import_permits(engine: &Engine, actor: &Actor) -> Result<Vec<Permit>, Problem> {
    let catalogue = engine.catalogue();
    let permits = catalogue.entities.values().map(|entity| engine.permit_entity(actor, Verb::Import, entity));
    let (good, bad): (Vec<_>, Vec<_>) = permits.partition(Result::is_ok);
    match bad.into_iter().next() {
        Some(Err(denied)) if good.is_empty() => Err(denied),
        _ => Ok(good.into_iter().flatten().collect()),
    }
}

/// An import.
pub fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Import, Problem> {
    view(engine, &batch(engine, actor, id)?)
}

/// Recent imports within the scope, newest first.
pub fn list(engine: &Engine, actor: &Actor, limit: u32) -> Result<Vec<Import>, Problem> {
    let permits = import_permits(engine, actor)?;
    let mut batches = engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut batches = Vec::new();
        for permit in &permits {
            batches.extend(tx.batches(permit, limit)?);
        }
        Ok(batches)
    })?;
    batches.sort_by(|a, b| b.created.cmp(&a.created).then(b.id.cmp(&a.id)));
    batches.truncate(limit as usize);
    batches.iter().map(|batch| view(engine, batch)).collect()
}

/// A batch as it is shown.
pub fn view(engine: &Engine, batch: &Batch) -> Result<Import, Problem> {
    let memo = memo(batch);
    let area = batch.area.clone();
    let (engine_, path) = (engine.clone(), area);
    let area = engine.store.read_blocking::<_, Problem>(move |tx| Ok(engine_.area_ref(tx, &path)?))?;
    let state = match batch.state {
        BatchState::Staged if memo.checked => ImportState::Checked,
        BatchState::Staged => ImportState::Matching,
        BatchState::Applying => ImportState::Applying,
        BatchState::Applied => ImportState::Applied,
        BatchState::Undone => ImportState::Undone,
        BatchState::Failed => ImportState::Failed,
    };
    let done = usize::try_from(batch.progress).unwrap_or_default();
    Ok(Import {
        id: batch.id.to_string(),
        state,
        file_name: batch.file_name.clone(),
        entity: batch.entity.clone(),
        area,
        created: moment(batch.created),
        by: batch.by_name.clone(),
        sheets: memo.sheets,
        chosen: memo.chosen,
        counts: serde_json::from_value(batch.counts.clone()).ok(),
        progress: Progress { done, total: memo.total },
        unknown_areas: memo.unknown_areas,
        result: (batch.progress > 0).then_some(memo.result),
        undo: memo.undo,
        failure: memo.failure.as_ref().map(view::text),
    })
}

/// Asks for a compared import to be written; a job does it.
pub fn start(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Import, Problem> {
    let found = batch(engine, actor, id)?;
    let permit = engine.permit(actor, Verb::Import, Subject::Entity(found.entity.clone()))?;
    let work = serde_json::to_value(Work { batch: id, actor: actor.clone() }).map_err(Problem::internal)?;
    let batch = engine.store.write_blocking::<_, Problem>(move |tx| {
        let mut batch = tx.batch(&permit, id)?.ok_or_else(super::no_import)?;
        match batch.state {
            BatchState::Applying | BatchState::Applied => return Ok(batch),
            BatchState::Staged | BatchState::Failed if memo(&batch).checked => {}
            BatchState::Staged => {
                return Err(super::not_in_state("请先确认列对应并比对", "confirm the columns and compare first"));
            }
            _ => return Err(super::not_in_state("这次导入已经撤销", "the import was taken back")),
        }
        batch.state = BatchState::Applying;
        tx.put_batch(&batch)?;
        let now = tx.now();
        tx.enqueue(JOB, &work, now)?;
        Ok(batch)
    })?;
    view(engine, &batch)
}

/// The job: writes what is left of an import. Safe to run twice and side by side.
pub fn apply_job(engine: &Engine, payload: &Json) -> Result<(), Problem> {
    let work: Work = serde_json::from_value(payload.clone()).map_err(Problem::internal)?;
    match run(engine, &work.actor, work.batch, Until::default(), &mut |_| {}) {
        Ok(()) => Ok(()),
        Err(problem) if problem.code == "import.overtaken" => Ok(()),
        Err(problem) if problem.kind == crate::ProblemKind::Busy || problem.kind == crate::ProblemKind::Full => {
            Err(problem)
        }
        Err(problem) => fail(engine, &work, &problem),
    }
}

fn fail(engine: &Engine, work: &Work, problem: &Problem) -> Result<(), Problem> {
    let mut found = batch(engine, &work.actor, work.batch)?;
    let mut kept = memo(&found);
    kept.failure = Some(problem.message.clone());
    found.mapping = serde_json::to_value(&kept).map_err(Problem::internal)?;
    found.state = BatchState::Failed;
    tracing::warn!(batch = %work.batch, %problem, "an import stopped");
    super::stage::save(engine, found, None)
}

/// Writes what is left of an import that is in the state `applying`.
pub fn run(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    until: Until,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Problem> {
    let found = batch(engine, actor, id)?;
    if found.state != BatchState::Applying {
        return Ok(());
    }
    let catalogue = engine.catalogue();
    let entity = crate::entity(&catalogue, &found.entity)?;
    let parts = Parts::of(&catalogue, entity);
    let task = check::task(&found, actor);
    let kept = memo(&found);
    let chosen = kept.chosen.clone().unwrap_or_default();
    let mapping = check::read_mapping(&catalogue, &parts, &chosen)?;
    let mut given = check::decisions(engine, id)?;
    given.written = kept.written;
    let given = check::with_history(engine, &task, &found, &chosen, given)?;
    let book = check::book_of(engine, &found)?;
    let (mut plan, permits) = check::compare(engine, &catalogue, &task, book, &chosen, &mapping, &given)?;
    apply::apply(engine, &task, &permits, &mut plan, &given, until, progress)?;
    Ok(())
}

/// Takes an import back.
pub fn undo(engine: &Engine, actor: &Actor, id: RecordId) -> Result<Import, Problem> {
    let found = batch(engine, actor, id)?;
    let catalogue = engine.catalogue();
    let mut parts = Parts::of(&catalogue, crate::entity(&catalogue, &found.entity)?);
    let task = check::task(&found, actor);
    // Homes may hang on the area itself or above what the file was for; the whole scope of the importer counts.
    build::permits(engine, &task, &mut parts)?;
    let permits = parts
        .list
        .iter()
        .map(|part| Ok((part.entity.name.clone(), engine.permit_entity(actor, Verb::Import, part.entity)?)))
        .collect::<Result<Vec<_>, Problem>>()?;
    taking_back::undo(engine, &task, &permits)?;
    get(engine, actor, id)
}

/// Goes on with imports that a process left behind when it died; with `file_hash`, only those of that file. Called when a
/// server starts and before a file is imported again. A live process that writes one of them notices and leaves it.
pub fn resume_all(engine: &Engine, file_hash: Option<&str>) -> Result<usize, Problem> {
    let permits = import_permits(engine, &Engine::operator())?;
    let asked = file_hash.map(str::to_owned);
    let (batches, jobs) = engine.store.read_blocking::<_, Problem>(move |tx| {
        let mut batches = Vec::new();
        for permit in &permits {
            batches.extend(tx.batches(permit, LOOKED_AT)?);
        }
        let asked = |batch: &Batch| asked.as_ref().is_none_or(|hash| batch.file_hash == *hash);
        batches.retain(|batch| batch.state == BatchState::Applying && asked(batch));
        let jobs = if batches.is_empty() { Vec::new() } else { tx.jobs(1_000)? };
        Ok((batches, jobs))
    })?;
    let mut resumed = 0;
    for batch in batches {
        let work = jobs
            .iter()
            .filter(|job| job.job == JOB)
            .filter_map(|job| serde_json::from_value::<Work>(job.payload.clone()).ok())
            .find(|work| work.batch == batch.id);
        // An import of the command line has no job: the operator goes on in the name of who began.
        let actor = work.map_or_else(
            || Actor { account: batch.by, name: batch.by_name.clone(), ..Engine::operator() },
            |work| work.actor,
        );
        match run(engine, &actor, batch.id, Until::default(), &mut |_| {}) {
            Ok(()) => resumed += 1,
            Err(problem) if problem.code == "import.overtaken" => {}
            Err(problem) => tracing::warn!(batch = %batch.id, %problem, "an import could not be resumed"),
        }
    }
    Ok(resumed)
}

/// Batches looked at when one is searched for.
pub(super) const LOOKED_AT: u32 = 500;
