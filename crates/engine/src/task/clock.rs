//! The hourly job of requests: reminders before a deadline, and the end of what has expired.

use linli_domain::{
    Subject, Verb, actor,
    task::{AssignmentState, TaskState},
};
use linli_store::tables::{AssignmentQuery, Task, TaskQuery};
use serde_json::{Value as Json, json};

use super::{assign, bodies, own_permit};
use crate::{Engine, Problem, events};

/// Name of the job.
pub const NAME: &str = "task_clock";

const EVERY_SECONDS: i64 = 3_600;

/// Runs once and asks for the next run.
pub fn run(engine: &Engine, _payload: &Json) -> Result<(), Problem> {
    let now = engine.now();
    let today = now.china_date();
    for (task, mut body) in bodies(open(engine)?)? {
        let over = task.expires.is_some_and(|last| last < today);
        let due = task.deadline.filter(|_| !over && remind(engine, &task));
        if !over && due.is_none() {
            continue;
        }
        let permit = own_permit(engine, Verb::Manage, &task.area)?;
        let query = AssignmentQuery {
            tasks: vec![task.id],
            states: vec![AssignmentState::Open, AssignmentState::Unreachable],
            ..AssignmentQuery::default()
        };
        body.expired = over;
        let kept = serde_json::to_value(&body).map_err(Problem::internal)?;
        let handle = engine.clone();
        engine.store.write_blocking::<_, Problem>(move |tx| {
            let Some(mut held) = tx.task(&permit, task.id)?.filter(|held| held.state == TaskState::Open) else {
                return Ok(());
            };
            let waiting: u64 = tx.assignment_progress(&permit, &query, false)?.iter().map(|row| row.count).sum();
            if over {
                held.state = TaskState::Closed;
                held.body = kept.clone();
            } else if waiting > 0 {
                held.reminded = Some(now);
            } else {
                return Ok(());
            }
            tx.put_task(&permit, &held)?;
            let action = if over { "expire" } else { "remind" };
            let area = Some(held.area.clone());
            let detail = json!({ "open": waiting });
            tx.audit(handle.audit_entry(&Engine::operator(), action, "tasks", &held.number, area, detail))?;
            if !over {
                let told = json!({ "task": held.id, "mark": now.china_date().to_string() });
                events::emit(tx, "task.reminded", &told)?;
            }
            Ok(())
        })?;
    }
    engine.store.write_blocking(move |tx| {
        tx.enqueue(NAME, &Json::Null, now.plus_seconds(EVERY_SECONDS))?;
        Ok(())
    })
}

/// Goes on with assignments that a process left behind when it died. Called when a server starts.
pub fn resume(engine: &Engine) -> Result<(), Problem> {
    let left: Vec<Task> =
        open(engine)?.into_iter().filter(|task| task.assigned.as_deref() != Some(Task::ASSIGNED)).collect();
    let now = engine.now();
    engine.store.write_blocking(move |tx| {
        for task in &left {
            tx.enqueue(assign::JOB, &json!({ "task": task.id }), now)?;
        }
        Ok(())
    })
}

fn open(engine: &Engine) -> Result<Vec<Task>, Problem> {
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, Subject::Tasks)?;
    engine.store.read_blocking::<_, Problem>(move |tx| {
        let query = TaskQuery { states: vec![TaskState::Open], limit: 10_000, ..TaskQuery::default() };
        Ok(tx.tasks(&permit, &query)?)
    })
}

/// Whether a request is due so soon that its workers are reminded, and were not yet.
fn remind(engine: &Engine, task: &Task) -> bool {
    let today = engine.now().china_date();
    let days = i64::from(engine.config.burden.remind_days);
    let first = task.deadline.and_then(|day| day.checked_sub(jiff::Span::new().days(days)).ok());
    first.is_some_and(|first| today >= first && task.reminded.is_none_or(|last| last.china_date() < first))
}
