//! Submit, approve, reject, close, remind.

use linli_domain::{
    Actor, Label, RecordId, Subject, Verb,
    task::{Lack, Licence, TaskAction, TaskState, lacks, next},
};
use linli_store::{WriteTx, tables::Task};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    assign, basis, form,
    model::{ApprovalView, Body, TaskView},
    population, preview, view,
};
use crate::{Engine, FieldProblem, Problem, ProblemKind, events, register::moment};

/// A decision with a note.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionNote {
    /// Why, or what to keep in mind.
    pub note: Option<String>,
}

/// The state of a request after an action of `actor`; `None` where it cannot be done.
pub fn stand(engine: &Engine, actor: &Actor, task: &Task, action: TaskAction) -> Option<TaskState> {
    next(task.state, action, view::standing(engine, actor, task))
}

/// The problem of an action that does not fit the state, or is not this person's to do.
pub fn refused(task: &Task) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "task.state",
        "任务当前状态下不能这样操作,或须由他人操作(自己提交的任务不能自己审批)。",
        "This cannot be done to the task as it stands, or not by you: nobody approves what they wrote themselves.",
    )
    .with("state", json!(task.state.name()))
}

/// Sends a request for approval. One without basis, purpose, deadline and end cannot be sent.
pub async fn submit(engine: &Engine, actor: &Actor, id: RecordId) -> Result<TaskView, Problem> {
    decide(engine, actor, id, TaskAction::Submit, |engine, tx, actor, task, body| {
        complete(engine, tx, actor, task, body)?;
        body.approval = None;
        Ok(())
    })
    .await
}

/// Approves a request: its assignments are made by a job. Approving what one has approved changes nothing.
pub async fn approve(engine: &Engine, actor: &Actor, id: RecordId, note: DecisionNote) -> Result<TaskView, Problem> {
    decide(engine, actor, id, TaskAction::Approve, move |engine, tx, actor, task, body| {
        // The day may have passed, or the item been struck, since it was sent.
        complete(engine, tx, &author(task), task, body)?;
        decided(tx, actor, body, &note);
        task.approved = Some(tx.now());
        task.assigned = Some(String::new());
        let now = tx.now();
        tx.enqueue(assign::JOB, &json!({ "task": task.id }), now)?;
        Ok(())
    })
    .await
}

/// Sends a request back with a reason.
pub async fn reject(engine: &Engine, actor: &Actor, id: RecordId, note: DecisionNote) -> Result<TaskView, Problem> {
    if note.note.as_deref().is_none_or(|note| note.trim().is_empty()) {
        return Err(Problem::parameter("note", "请写明退回原因。", "Say why it is sent back."));
    }
    decide(engine, actor, id, TaskAction::Reject, move |_, tx, actor, _, body| {
        decided(tx, actor, body, &note);
        Ok(())
    })
    .await
}

/// Ends a request.
pub async fn close(engine: &Engine, actor: &Actor, id: RecordId) -> Result<TaskView, Problem> {
    decide(engine, actor, id, TaskAction::Close, |_, _, _, _, _| Ok(())).await
}

/// Puts a reminder on the home pages of those whose assignments are open: once a day at most.
pub async fn remind(engine: &Engine, actor: &Actor, id: RecordId) -> Result<TaskView, Problem> {
    decide(engine, actor, id, TaskAction::Remind, |_, tx, _, task, _| {
        let now = tx.now();
        if task.reminded.is_some_and(|last| last.china_date() == now.china_date()) {
            return Err(Problem::new(
                ProblemKind::Conflict,
                "task.reminded_today",
                "今天已提醒过一次,不再重复提醒。",
                "There was a reminder today already; one a day is enough.",
            ));
        }
        task.reminded = Some(now);
        Ok(())
    })
    .await
}

async fn decide(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    action: TaskAction,
    change: impl Fn(&Engine, &mut WriteTx<'_>, &Actor, &mut Task, &mut Body) -> Result<(), Problem> + Send + 'static,
) -> Result<TaskView, Problem> {
    let verb = if action == TaskAction::Submit { Verb::Create } else { Verb::Read };
    engine.permit(actor, verb, Subject::Tasks)?;
    let looking = super::looking(engine, actor)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let mut task = super::task(tx, &looking, id)?;
            let mut body = view::body(&task)?;
            let Some(state) = stand(&engine2, &actor2, &task, action) else {
                // Sent twice: the answer of the first time.
                let again = action == TaskAction::Approve
                    && task.state == TaskState::Open
                    && body.decided_by == Some(actor2.account);
                return if again { view::one(&engine2, tx, &actor2, &looking, task) } else { Err(refused(&task)) };
            };
            change(&engine2, tx, &actor2, &mut task, &mut body)?;
            task.state = state;
            task.body = serde_json::to_value(&body).map_err(Problem::internal)?;
            tx.put_task(&super::own_permit(&engine2, Verb::Manage, &task.area)?, &task)?;
            let detail = json!({ "state": state.name() });
            let area = Some(task.area.clone());
            tx.audit(engine2.audit_entry(&actor2, action.name(), "tasks", &task.number, area, detail))?;
            tell(tx, &actor2, &task, action)?;
            view::one(&engine2, tx, &actor2, &looking, task)
        })
        .await
}

/// Lets those hear of it whom it concerns.
fn tell(tx: &mut WriteTx<'_>, actor: &Actor, task: &Task, action: TaskAction) -> Result<(), Problem> {
    let event = match action {
        TaskAction::Submit => "task.submitted",
        TaskAction::Approve | TaskAction::Reject => "task.decided",
        TaskAction::Remind => "task.reminded",
        _ => return Ok(()),
    };
    let mark = if action == TaskAction::Remind { tx.now().china_date().to_string() } else { moment(tx.now()) };
    Ok(events::emit(tx, event, &json!({ "task": task.id, "by": actor.account, "mark": mark }))?)
}

fn decided(tx: &WriteTx<'_>, actor: &Actor, body: &mut Body, note: &DecisionNote) {
    let note = note.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    body.approval = Some(ApprovalView { by: actor.name.clone(), at: moment(tx.now()), note });
    body.decided_by = Some(actor.account);
}

/// The author as far as an approval needs them: whose fill the population may be.
fn author(task: &Task) -> Actor {
    Actor { account: task.by, name: task.by_name.clone(), ..Engine::operator() }
}

/// Refuses a request that lacks something, and notes what it costs.
pub fn complete(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    task: &Task,
    body: &mut Body,
) -> Result<(), Problem> {
    let today = engine.now().china_date();
    let basis = match body.basis {
        Some(item) => basis::licenses(engine, tx, item, &task.area, today)?,
        None => false,
    };
    let licence = Licence { basis, purpose: &body.purpose, deadline: task.deadline, expires: task.expires };
    let mut fields: Vec<FieldProblem> = lacks(&licence, today).into_iter().map(lacking).collect();
    if body.kind == "form" {
        let form = body.form.as_ref().and_then(|form| form.id.parse().ok());
        let brief = match form {
            Some(id) => form::published(engine, tx, id)?,
            None => None,
        };
        match brief {
            Some(brief) => body.form = Some(brief.form),
            None => fields.push(lack("form", "请选择一份已发布的表单。", "Choose a published form.")),
        }
    } else if body.fields.is_empty() {
        fields.push(lack("fields", "请选择走访要核对的数据元。", "Choose what the visit looks at."));
    }
    if body.entity.is_empty() {
        fields.push(lack("population", "请选择采集对象。", "Choose who is asked about."));
        return Err(incomplete(fields));
    }
    let permit = population::own_permit(engine, &task.area, body)?;
    let reader = Actor { operator: true, ..actor.clone() };
    let cost = preview::cost(engine, tx, &reader, &permit, task.by, &task.area, body)?;
    if cost.records == 0 {
        fields.push(lack("population", "没有符合条件的采集对象。", "Nobody fits the population."));
    }
    if !fields.is_empty() {
        return Err(incomplete(fields));
    }
    body.questions = cost.questions;
    body.already_held = u32::try_from(cost.held.len()).unwrap_or(u32::MAX);
    body.seconds = cost.seconds;
    Ok(())
}

fn lack(field: &str, zh: &str, en: &str) -> FieldProblem {
    FieldProblem::new(field, "required", Label::new(zh, en))
}

fn lacking(lack_of: Lack) -> FieldProblem {
    match lack_of {
        Lack::Basis => lack(
            "basis",
            "请引用责任清单中有效、且适用于本区域的一项作为依据。",
            "Cite an item of a responsibility list that is in force for this area.",
        ),
        Lack::Purpose => lack("purpose", "请写明采集目的。", "State what the answers are for."),
        Lack::Deadline => lack("deadline", "请写明完成期限。", "State by when."),
        Lack::DeadlinePast => lack("deadline", "完成期限已过。", "The deadline is over."),
        Lack::Expires => lack("expires", "请写明任务有效期(到期自动终止)。", "State when the licence ends."),
        Lack::ExpiresBeforeDeadline => {
            lack("expires", "有效期不能早于完成期限或今天。", "The licence cannot end before the deadline or today.")
        }
    }
}

fn incomplete(fields: Vec<FieldProblem>) -> Problem {
    Problem::invalid("task.incomplete", fields)
}
