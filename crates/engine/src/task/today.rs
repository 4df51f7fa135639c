//! What a worker's phone shows in the morning.

use linli_domain::{
    Actor, RecordId,
    task::{AssignmentState, TaskState},
};
use linli_store::tables::{AssignmentQuery, Task, TaskQuery};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AssignmentView, assignments,
    model::{TaskCounts, TaskForm},
    view,
};
use crate::{Engine, Problem, access, area::AreaRef};

/// A worker's day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Today {
    /// Whose.
    pub worker: Worker,
    /// Assignments in one's areas, open ones first; at most 2,000.
    pub assignments: Vec<AssignmentView>,
    /// Forms that may be answered.
    pub forms: Vec<TodayForm>,
    /// Requests of the assignments.
    pub tasks: Vec<TodayTask>,
}

/// Whose day it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Worker {
    /// Name.
    pub name: String,
    /// Area.
    pub area: AreaRef,
}

/// A form on the phone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TodayForm {
    /// Id.
    pub id: String,
    /// The form's own id.
    pub form_id: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// Hash of the form.
    pub hash: String,
    /// Questions.
    pub questions: u32,
}

/// A request on the phone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TodayTask {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// `form` or `visit`.
    pub kind: String,
    /// Form that is to be answered.
    pub form: Option<TaskForm>,
    /// Day it is due.
    pub deadline: Option<String>,
    /// What the answers are for.
    pub purpose: String,
    /// Basis.
    pub basis: String,
    /// Department that issues it.
    pub issuer: String,
    /// How far one's own are.
    pub counts: TaskCounts,
}

/// Most assignments on a phone.
const MOST: u32 = 2_000;

/// One's day: assignments of one's areas, the requests they belong to, the forms that may be answered.
pub async fn today(engine: &Engine, actor: &Actor) -> Result<Today, Problem> {
    let permit = super::looking(engine, actor)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let own = access::home_of(&actor.grants).cloned();
            let own = own.ok_or_else(|| Problem::no_area(""))?;
            let worker = Worker { name: actor.name.clone(), area: engine2.area_ref(tx, &own)? };
            let query = TaskQuery { states: vec![TaskState::Open], above: true, limit: 500, ..TaskQuery::default() };
            let tasks: Vec<Task> = tx.tasks(&permit, &query)?;
            let forms = super::form::open(&engine2, tx, &actor)?;
            if tasks.is_empty() {
                return Ok(Today { worker, assignments: Vec::new(), forms, tasks: Vec::new() });
            }
            let ids: Vec<RecordId> = tasks.iter().map(|task| task.id).collect();
            let open = AssignmentQuery {
                tasks: ids.clone(),
                states: vec![AssignmentState::Open, AssignmentState::Unreachable],
                limit: MOST,
                ..AssignmentQuery::default()
            };
            let mut found = tx.assignments(&permit, &open)?;
            let left = MOST.saturating_sub(u32::try_from(found.len()).unwrap_or(MOST));
            if left > 0 {
                let done = vec![AssignmentState::Done, AssignmentState::Complaint];
                found.extend(tx.assignments(&permit, &AssignmentQuery { states: done, limit: left, ..open.clone() })?);
            }
            let asked = AssignmentQuery { tasks: ids, ..AssignmentQuery::default() };
            let rows = tx.assignment_progress(&permit, &asked, false)?;
            let day = engine2.now().china_date();
            let mut briefs = Vec::new();
            for task in &tasks {
                let rows: Vec<_> = rows.iter().filter(|row| row.task == task.id).collect();
                if rows.is_empty() {
                    continue;
                }
                let body = view::body(task)?;
                let brief = assignments::brief(&engine2, tx, task, &body)?;
                briefs.push(TodayTask {
                    id: task.id,
                    title: brief.title,
                    kind: brief.kind,
                    form: body.form,
                    deadline: brief.deadline,
                    purpose: brief.purpose,
                    basis: brief.basis,
                    issuer: body.issuer,
                    counts: view::counts(rows, task.deadline, false, day),
                });
            }
            let assignments = assignments::views(&engine2, tx, &actor, &tasks, found)?;
            Ok(Today { worker, assignments, forms, tasks: briefs })
        })
        .await
}
