//! Requests with their counts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{
    Actor, Lang, Permit, RecordId, Subject, Verb, actor,
    task::{AssignmentState, Outcome, Standing, TaskAction, TaskState, next},
};
use linli_store::{
    ReadTx, StoreError,
    tables::{AssignmentQuery, Progress, Task, TaskQuery},
};

use super::{
    basis,
    model::{BasisView, Body, Population, TaskCounts, TaskView},
};
use crate::{Engine, Problem, home::Todo, register::moment};

/// What is kept in a request's body.
pub fn body(task: &Task) -> Result<Body, Problem> {
    serde_json::from_value(task.body.clone()).map_err(Problem::internal)
}

/// The title of a request.
pub(crate) fn title_of(task: &Task) -> Result<String, Problem> {
    body(task).map(|body| body.title)
}

/// Requests with their bodies.
pub(crate) fn bodies(tasks: Vec<Task>) -> Result<Vec<(Task, Body)>, Problem> {
    tasks.into_iter().map(|task| body(&task).map(|body| (task, body))).collect()
}

/// Whether a request is seen by whoever holds a permit: drafts only by their author, those that wait by author and
/// approvers, the others by everybody whose area they concern.
pub fn is_seen(task: &Task, permit: &Permit) -> bool {
    let own = task.by == permit.account();
    match task.state {
        TaskState::Draft | TaskState::Rejected => own,
        TaskState::Submitted => own || permit.scope().covers(&task.area),
        TaskState::Open | TaskState::Closed => true,
    }
}

/// Who `actor` is to a request.
pub fn standing(engine: &Engine, actor: &Actor, task: &Task) -> Standing {
    let manage = actor::permit(actor, &engine.catalogue().roles, Verb::Manage, Subject::Tasks);
    Standing { author: task.by == actor.account, manager: manage.is_ok_and(|permit| permit.scope().covers(&task.area)) }
}

/// Adds rows of progress up.
pub fn counts<'a>(
    rows: impl IntoIterator<Item = &'a Progress>,
    deadline: Option<Date>,
    over: bool,
    today: Date,
) -> TaskCounts {
    let mut counts = TaskCounts::default();
    for row in rows {
        counts.assigned += row.count;
        match row.state {
            AssignmentState::Open => {
                counts.open += row.count;
                if !over && deadline.is_some_and(|day| day < today) {
                    counts.overdue += row.count;
                }
            }
            AssignmentState::Unreachable => counts.unreachable += row.count,
            AssignmentState::Complaint => {}
            AssignmentState::Done => {
                counts.done += row.count;
                match row.outcome {
                    Some(Outcome::NoChange) => counts.no_change += row.count,
                    Some(Outcome::Changed | Outcome::Answered | Outcome::Moved) => counts.changed += row.count,
                    _ => {}
                }
            }
        }
    }
    counts
}

/// Views of requests, with the counts of one's own scope by one statement.
pub fn views(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    permit: &Permit,
    tasks: Vec<Task>,
) -> Result<Vec<TaskView>, Problem> {
    let ids: Vec<RecordId> = tasks.iter().map(|task| task.id).collect();
    let (mut progress, mut complaints) = (BTreeMap::<RecordId, Vec<Progress>>::new(), BTreeMap::<RecordId, u64>::new());
    if !ids.is_empty() {
        let query = AssignmentQuery { tasks: ids.clone(), ..AssignmentQuery::default() };
        for row in tx.assignment_progress(permit, &query, false)? {
            progress.entry(row.task).or_default().push(row);
        }
        for (task, _, count) in tx.complaint_counts(permit, &ids)? {
            *complaints.entry(task).or_default() += count;
        }
    }
    let mut views = Vec::with_capacity(tasks.len());
    for task in tasks {
        let rows = progress.remove(&task.id).unwrap_or_default();
        views.push(view(engine, tx, actor, task, &rows, complaints.get(&ids[views.len()]).copied())?);
    }
    Ok(views)
}

/// The view of one request.
pub fn one(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    permit: &Permit,
    task: Task,
) -> Result<TaskView, Problem> {
    let mut views = views(engine, tx, actor, permit, vec![task])?;
    views.pop().ok_or_else(|| StoreError::Corrupt("the view of a task was lost".into()).into())
}

fn view(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    task: Task,
    rows: &[Progress],
    complaints: Option<u64>,
) -> Result<TaskView, Problem> {
    let body = body(&task)?;
    let area = engine.area_ref(tx, &task.area)?;
    let asked_area = match &body.population_area {
        Some(code) if *code != area.code => match tx.area(code)? {
            Some(found) => engine.area_ref(tx, &found.path)?,
            None => area.clone(),
        },
        _ => area.clone(),
    };
    let item = match body.basis {
        Some(item) => basis::named(engine, tx, item)?,
        None => None,
    };
    let today = engine.now().china_date();
    let counts = counts(rows, task.deadline, task.state == TaskState::Closed, today);
    let who = standing(engine, actor, &task);
    let actions = TaskAction::ALL.into_iter().filter(|action| next(task.state, *action, who).is_some());
    Ok(TaskView {
        minutes: counts.assigned * u64::from(body.seconds) / 60,
        actions: actions.map(|action| action.name().to_owned()).collect(),
        id: task.id,
        number: task.number,
        title: body.title,
        kind: body.kind,
        form: body.form,
        fields: body.fields,
        issuer: body.issuer,
        basis: BasisView { item, text: body.basis_text },
        purpose: body.purpose,
        deadline: task.deadline,
        expires: task.expires,
        state: task.state.name().to_owned(),
        approval: body.approval,
        population: Population { entity: body.entity, area: asked_area, filters: body.filters, fill: body.fill },
        counts,
        questions: body.questions,
        already_held: body.already_held,
        complaints: complaints.unwrap_or_default(),
        assigning: task.state == TaskState::Open && task.assigned.as_deref() != Some(Task::ASSIGNED),
        area,
        created: moment(task.created),
        by: task.by_name,
    })
}

/// What waits on the home page: requests to approve, assignments that are open, complaints to answer.
pub(crate) fn todo(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    area: &linli_domain::AreaPath,
) -> Result<Vec<Todo>, Problem> {
    let mut todo = Vec::new();
    let (lang, today) = (engine.lang, engine.now().china_date());
    if let Ok(permit) = engine.permit(actor, Verb::Manage, Subject::Tasks) {
        let permit = permit.within(area);
        let waiting = TaskQuery {
            states: vec![TaskState::Submitted],
            not_by: Some(actor.account),
            limit: 20,
            ..TaskQuery::default()
        };
        for (task, body) in bodies(tx.tasks(&permit, &waiting)?)? {
            todo.push(Todo {
                kind: "approval".into(),
                title: match lang {
                    Lang::Zh => format!("采集任务“{}”待审批({})", body.title, body.issuer),
                    Lang::En => format!("The request \"{}\" of {} waits for approval", body.title, body.issuer),
                },
                link: Some(format!("/tasks/{}", task.id)),
                count: 1,
                at: Some(moment(task.created)),
            });
        }
        let open = tx.complaints(&permit, Some("open"), 1_000)?.len() as u64;
        if open > 0 {
            let title = match lang {
                Lang::Zh => format!("{open} 条“无依据任务”反映待答复"),
                Lang::En => format!("{open} complaints about requests without licence wait for an answer"),
            };
            todo.push(Todo {
                kind: "complaint".into(),
                title,
                link: Some("/tasks/complaints".into()),
                count: open,
                at: None,
            });
        }
    }
    let Ok(permit) = engine.permit(actor, Verb::Read, Subject::Tasks) else { return Ok(todo) };
    let permit = permit.within(area);
    let query = TaskQuery { states: vec![TaskState::Open], above: true, limit: 50, ..TaskQuery::default() };
    let tasks = bodies(tx.tasks(&permit, &query)?)?;
    if tasks.is_empty() {
        return Ok(todo);
    }
    let query = AssignmentQuery {
        tasks: tasks.iter().map(|(task, _)| task.id).collect(),
        states: vec![AssignmentState::Open, AssignmentState::Unreachable],
        ..AssignmentQuery::default()
    };
    let mut open: BTreeMap<RecordId, u64> = BTreeMap::new();
    for row in tx.assignment_progress(&permit, &query, false)? {
        *open.entry(row.task).or_default() += row.count;
    }
    for (task, body) in tasks {
        let Some(count) = open.get(&task.id).copied() else { continue };
        let day = task.deadline.map(|day| day.to_string()).unwrap_or_default();
        let late = task.deadline.is_some_and(|day| day < today);
        let title = match lang {
            Lang::Zh if late => format!("“{}”还有 {count} 户(人)未完成,已超过期限 {day}", body.title),
            Lang::Zh if task.reminded.is_some() => format!("提醒:“{}”还有 {count} 户(人),期限 {day}", body.title),
            Lang::Zh => format!("“{}”还有 {count} 户(人),期限 {day}", body.title),
            Lang::En if late => format!("\"{}\": {count} still open, due on {day}, overdue", body.title),
            Lang::En if task.reminded.is_some() => format!("Reminder: \"{}\": {count} open, due on {day}", body.title),
            Lang::En => format!("\"{}\": {count} open, due on {day}", body.title),
        };
        let at = task.reminded.or(task.approved).map(moment);
        todo.push(Todo { kind: "task".into(), title, link: Some(format!("/tasks/{}", task.id)), count, at });
    }
    Ok(todo)
}
