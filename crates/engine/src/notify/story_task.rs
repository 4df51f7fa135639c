//! Collection tasks: those who may approve hear of a request, its author of the decision, workers of a reminder.

use std::collections::BTreeSet;

use linli_domain::{
    AreaPath, Label, RecordId, Subject, Verb, actor,
    task::{AssignmentState, TaskState},
};
use linli_store::{
    ReadTx,
    tables::{AssignmentQuery, Heard, Task},
};
use serde_json::json;

use super::story::{Story, id, text};
use crate::{Engine, Problem, task::title_of};

pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, heard: &Heard) -> Result<Option<Story>, Problem> {
    let Some(found) = id(&heard.payload, "task") else { return Ok(None) };
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, Subject::Tasks)?;
    let Some(task) = tx.task(&permit, found)? else { return Ok(None) };
    let (title, by) = (title_of(&task)?, id(&heard.payload, "by"));
    let mark = text(&heard.payload, "mark").unwrap_or_default();
    let (to, said) = match heard.event.as_str() {
        "task.submitted" => {
            let except = |who: &RecordId| Some(*who) != by && *who != task.by;
            let managers = managers(engine, tx, &task.area)?;
            let said =
                Label::new(format!("采集任务“{title}”待审批"), format!("The request \"{title}\" waits for approval"));
            (managers.into_iter().filter(except).collect(), said)
        }
        "task.decided" => {
            let said = if task.state == TaskState::Rejected {
                Label::new(format!("采集任务“{title}”被退回"), format!("The request \"{title}\" was sent back"))
            } else {
                Label::new(format!("采集任务“{title}”已批准"), format!("The request \"{title}\" was approved"))
            };
            (vec![task.by], said)
        }
        _ => {
            let said = Label::new(
                format!("采集任务“{title}”即将到期,还有未完成的"),
                format!("The request \"{title}\" is due soon, and not all of it is done"),
            );
            (workers(engine, tx, &task)?, said)
        }
    };
    let outside = match heard.event.as_str() {
        "task.submitted" => Label::new("一项采集任务待审批", "A request waits for approval"),
        "task.decided" => Label::new("一项采集任务已审批", "A request was decided on"),
        _ => Label::new("一项采集任务即将到期", "A request is due soon"),
    };
    let due = task.deadline.map(|day| day.to_string()).unwrap_or_default();
    let text = Label::new(format!("{} · 期限 {due}", task.number), format!("{} · due {due}", task.number));
    Ok(Some(Story {
        key: format!("{}:{}:{mark}", heard.event, task.id),
        kind: "task",
        urgent: false,
        area: Some(task.area),
        to,
        title: said,
        title_outside: Some(outside),
        text,
        link: format!("/tasks/{}", task.id),
        data: json!({ "task": task.id, "number": task.number, "state": task.state.name(), "deadline": due }),
    }))
}

/// Accounts that may approve requests of an area.
fn managers(engine: &Engine, tx: &mut ReadTx<'_>, area: &AreaPath) -> Result<Vec<RecordId>, Problem> {
    let catalogue = engine.catalogue();
    let manages = catalogue.roles.values().filter(|role| {
        role.allow.iter().any(|allow| allow.on.matches(&Subject::Tasks) && allow.verbs.contains(&Verb::Manage))
    });
    let roles: Vec<&str> = manages.map(|role| role.name.as_str()).collect();
    Ok(tx.accounts_over(&roles, area)?)
}

/// Workers of the places where assignments are open.
fn workers(engine: &Engine, tx: &mut ReadTx<'_>, task: &Task) -> Result<Vec<RecordId>, Problem> {
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Manage, Subject::Tasks)?;
    let query = AssignmentQuery {
        tasks: vec![task.id],
        states: vec![AssignmentState::Open, AssignmentState::Unreachable],
        ..AssignmentQuery::default()
    };
    let places: BTreeSet<AreaPath> =
        tx.assignment_progress(&permit, &query, true)?.into_iter().filter_map(|row| row.path).collect();
    let roles: Vec<&str> = engine.config.workers.roles.iter().map(String::as_str).collect();
    let mut found = BTreeSet::new();
    for place in &places {
        found.extend(tx.accounts_over(&roles, place)?);
    }
    Ok(found.into_iter().collect())
}
