//! The job that makes the assignments of an approved request: one for each record of its population, in chunks, each with
//! the place it got to in the same transaction. A process that dies, or a job that runs twice, makes none twice.

use linli_domain::{Record, RecordId, Verb, task::AssignmentState};
use linli_store::{
    StoreError,
    tables::{Assignment, Task},
};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    own_permit,
    population::{self, Records},
    view,
};
use crate::{Engine, Problem};

/// Name of the job.
pub const JOB: &str = "task_assign";

/// Records of one chunk.
const CHUNK: usize = 1_000;

/// Makes what is missing of the assignments of the request in `payload`.
pub fn run(engine: &Engine, payload: &Json) -> Result<(), Problem> {
    let id = payload["task"].as_str().and_then(|id| id.parse::<RecordId>().ok());
    let id = id.ok_or_else(|| Problem::internal("a job without its task"))?;
    while step(engine, id)? {}
    Ok(())
}

/// One chunk; answers whether there is more.
fn step(engine: &Engine, id: RecordId) -> Result<bool, Problem> {
    let handle = engine.clone();
    let chunk = engine.store.read_blocking::<_, Problem>(move |tx| {
        let looking = linli_domain::actor::permit(
            &Engine::operator(),
            &handle.catalogue().roles,
            Verb::Read,
            linli_domain::Subject::Tasks,
        )?;
        let Some(task) = tx.task(&looking, id)?.filter(waits) else { return Ok(None) };
        let body = view::body(&task)?;
        let permit = population::own_permit(&handle, &task.area, &body)?;
        let from = task.assigned.clone().unwrap_or_default();
        let (records, next) = match population::records(&handle, tx, &permit, task.by, &task.area, &body)? {
            Records::Query(mut query) => {
                query.after = Some(from.clone()).filter(|after| !after.is_empty());
                query.limit = 1_000;
                let page = tx.list(&permit, &query)?;
                (page.records, page.next)
            }
            Records::Ids(ids, _) => {
                let at = from.parse::<usize>().unwrap_or_default();
                let part: Vec<RecordId> = ids.iter().skip(at).take(CHUNK).copied().collect();
                let next = (at + part.len() < ids.len()).then(|| (at + part.len()).to_string());
                let found = tx.records(&permit, &body.entity, &part)?;
                (found.into_iter().filter(|record| record.ended.is_none()).collect(), next)
            }
        };
        Ok(Some((task, records, next)))
    })?;
    let Some((task, records, next)) = chunk else { return Ok(false) };
    let more = next.is_some();
    let assignments: Vec<Assignment> = records.iter().map(|record| assignment(&task, record)).collect();
    let permit = own_permit(engine, Verb::Manage, &task.area)?;
    let kept = Task { assigned: Some(next.unwrap_or_else(|| Task::ASSIGNED.to_owned())), ..task.clone() };
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let now = tx.task(&permit, task.id)?.ok_or_else(|| StoreError::Corrupt("a task that was there".into()))?;
        // Another process went on, or somebody closed it: the chunk is theirs, or nobody's.
        if !waits(&now) || now.assigned != task.assigned {
            return Ok(());
        }
        tx.put_assignments(&permit, &assignments)?;
        tx.put_task(&permit, &Task { assigned: kept.assigned.clone(), ..now })?;
        Ok(())
    })?;
    Ok(more)
}

fn waits(task: &Task) -> bool {
    task.state == linli_domain::task::TaskState::Open && task.assigned.as_deref().is_some_and(|at| at != Task::ASSIGNED)
}

/// The assignment of a record: its id follows from request and record.
pub fn assignment(task: &Task, record: &Record) -> Assignment {
    Assignment {
        home: record.home.clone(),
        id: assignment_id(task.id, record.id),
        task: task.id,
        entity: record.entity.clone(),
        record: record.id,
        path: record.path.clone(),
        state: AssignmentState::Open,
        outcome: None,
        done: None,
        by: None,
        by_name: None,
        instance: None,
        seconds: None,
        note: None,
    }
}

/// Id of the assignment of a record to a request.
pub fn assignment_id(task: RecordId, record: RecordId) -> RecordId {
    let hash = Sha256::new().chain_update(task.0.as_bytes()).chain_update(record.0.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    RecordId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
