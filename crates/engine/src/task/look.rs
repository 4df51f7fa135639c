//! Boxes of requests, and one request.

use linli_domain::{Actor, RecordId, Subject, Verb, task::TaskState};
use linli_store::tables::{AssignmentQuery, TaskQuery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{looking, model::TaskView, view};
use crate::{Engine, Problem};

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Box_ {
    /// With assignments in one's areas.
    Mine,
    /// Written by oneself.
    Issued,
    /// That wait for one's approval.
    Approve,
    /// All that concern one's areas.
    #[default]
    All,
}

/// A page of requests.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TaskPage {
    /// Newest first.
    pub items: Vec<TaskView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A page of requests.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    which: Box_,
    state: Option<String>,
    after: Option<String>,
    limit: u32,
) -> Result<TaskPage, Problem> {
    let looking = looking(engine, actor)?;
    let mut states = match state.as_deref() {
        None | Some("") => Vec::new(),
        Some(name) => vec![TaskState::from_name(name).ok_or_else(|| {
            Problem::parameter("state", format!("没有状态“{name}”。"), format!("There is no state `{name}`."))
        })?],
    };
    let after = after.map(|after| after.parse::<RecordId>().map_err(|_| Problem::bad_cursor())).transpose()?;
    let mut permit = looking.clone();
    let mut query = TaskQuery { above: true, after, ..TaskQuery::default() };
    match which {
        Box_::Mine if states.is_empty() => states = vec![TaskState::Open, TaskState::Closed],
        Box_::Issued => query.by = Some(actor.account),
        Box_::Approve => {
            permit = engine.permit(actor, Verb::Manage, Subject::Tasks)?;
            states = vec![TaskState::Submitted];
            (query.not_by, query.above) = (Some(actor.account), false);
        }
        Box_::Mine | Box_::All => {}
    }
    query.states = states;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let mut kept = Vec::new();
            // What is not seen is passed over, page by page, until this one is full.
            loop {
                query.limit = limit + 1;
                let found = tx.tasks(&permit, &query)?;
                let last = found.len() <= limit as usize;
                query.after = found.last().map(|task| task.id);
                let mut seen: Vec<_> = found.into_iter().filter(|task| view::is_seen(task, &looking)).collect();
                if which == Box_::Mine && !seen.is_empty() {
                    let ids = seen.iter().map(|task| task.id).collect();
                    let asked = AssignmentQuery { tasks: ids, ..AssignmentQuery::default() };
                    let rows = tx.assignment_progress(&looking, &asked, false)?;
                    seen.retain(|task| rows.iter().any(|row| row.task == task.id));
                }
                kept.extend(seen);
                if last || kept.len() > limit as usize {
                    break;
                }
            }
            let more = kept.len() > limit as usize;
            kept.truncate(limit as usize);
            let next = kept.last().filter(|_| more).map(|task| task.id.to_string());
            Ok(TaskPage { items: view::views(&engine2, tx, &actor, &looking, kept)?, next })
        })
        .await
}

/// One request.
pub async fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<TaskView, Problem> {
    let looking = looking(engine, actor)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let task = super::task(tx, &looking, id)?;
            view::one(&engine2, tx, &actor, &looking, task)
        })
        .await
}
