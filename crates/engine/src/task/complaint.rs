//! "This request has no licence": a worker says so with one tap, and whoever manages the area answers. Their name is shown
//! to nobody but themselves.

use linli_domain::{
    Actor, Permit, RecordId, Subject, Verb,
    task::{AssignmentState, Outcome},
};
use linli_store::{
    ReadTx,
    tables::{Complaint, Completion, Task},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{AssignmentView, assignments, looking, no_assignment, view};
use crate::{Engine, Idempotency, Problem, ProblemKind, area::AreaRef, register::moment};

/// Why a request should have no licence.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoLicence {
    /// In the worker's words.
    pub note: String,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Request.
    pub task: ComplaintTask,
    /// Department that issued it.
    pub issuer: String,
    /// Area: the community, so that nobody is told by their grid.
    pub area: AreaRef,
    /// What was written.
    pub note: String,
    /// When.
    pub at: String,
    /// `open`, `upheld`, `dismissed`.
    pub state: String,
    /// What was answered.
    pub answer: Option<String>,
    /// Whether it is one's own.
    pub own: bool,
}

/// A request by its title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComplaintTask {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
}

/// Complaints.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ComplaintItems {
    /// Newest first.
    pub items: Vec<ComplaintView>,
}

/// An answer to a complaint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerComplaint {
    /// `upheld` or `dismissed`.
    pub state: String,
    /// Why.
    pub note: String,
}

/// Says that the request of an assignment has no licence. Nobody is asked until that is decided; said twice, it counts once.
pub async fn complain(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    input: NoLicence,
    once: Option<Idempotency>,
) -> Result<AssignmentView, Problem> {
    let permit = looking(engine, actor)?;
    let note = text(&input.note, "请写明为什么认为这项任务没有依据。", "Say why the request has no licence.")?;
    let (engine2, actor2, complaint) = (engine.clone(), actor.clone(), engine.ids.next());
    engine
        .write_once(actor, once, move |tx| {
            let mut one = tx.assignment(&permit, id)?.ok_or_else(no_assignment)?;
            let tasks = tx.tasks_named(&permit, &[one.task])?;
            let task = tasks.first().ok_or_else(super::no_task)?;
            if tx.open_complaint_at(id)?.is_none() {
                let done = Completion {
                    state: AssignmentState::Complaint,
                    outcome: None::<Outcome>,
                    at: tx.now(),
                    by: actor2.account,
                    by_name: String::new(),
                    instance: None,
                    seconds: None,
                    note: None,
                };
                let kept = Complaint {
                    id: complaint,
                    task: task.id,
                    assignment: id,
                    area: one.path.clone(),
                    issuer: view::body(task)?.issuer,
                    note: note.clone(),
                    at: tx.now(),
                    by: actor2.account,
                    state: "open".into(),
                    answer: None,
                    answered_by: None,
                    answered: None,
                };
                tx.put_complaint(&permit, &kept)?;
                one = tx.complete_assignment(permit.scope(), id, &done)?.ok_or_else(no_assignment)?;
            }
            assignments::views(&engine2, tx, &actor2, &tasks, vec![one])?.pop().ok_or_else(no_assignment)
        })
        .await
}

fn text(note: &str, zh: &str, en: &str) -> Result<String, Problem> {
    let note: String = note.trim().chars().take(2_000).collect();
    if note.is_empty() { Err(Problem::parameter("note", zh, en)) } else { Ok(note) }
}

/// Complaints one answers, or one's own.
pub async fn list(engine: &Engine, actor: &Actor, state: Option<String>) -> Result<ComplaintItems, Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Tasks).or_else(|_| looking(engine, actor))?;
    if state.as_deref().is_some_and(|state| !["open", "upheld", "dismissed"].contains(&state)) {
        return Err(Problem::parameter(
            "state",
            "状态只能是 open、upheld 或 dismissed。",
            "The state is open, upheld or dismissed.",
        ));
    }
    let (engine2, account) = (engine.clone(), actor.account);
    engine
        .store
        .read(move |tx| {
            let found = tx.complaints(&permit, state.as_deref(), 500)?;
            let ids: Vec<RecordId> = found.iter().map(|one| one.task).collect();
            let tasks = tx.tasks_named(&permit, &ids)?;
            let mut items = Vec::with_capacity(found.len());
            for one in found {
                items.push(shown(&engine2, tx, account, &tasks, one)?);
            }
            Ok(ComplaintItems { items })
        })
        .await
}

fn shown(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    account: RecordId,
    tasks: &[Task],
    one: Complaint,
) -> Result<ComplaintView, Problem> {
    let title = match tasks.iter().find(|task| task.id == one.task) {
        Some(task) => view::body(task)?.title,
        None => String::new(),
    };
    let own = one.by == account;
    let above = tx.area_ancestry(&one.area)?;
    let community = above.iter().find(|area| area.kind == "community").map_or(&one.area, |area| &area.path);
    Ok(ComplaintView {
        id: one.id,
        task: ComplaintTask { id: one.task, title },
        issuer: one.issuer,
        area: engine.area_ref(tx, if own { &one.area } else { community })?,
        note: one.note,
        at: moment(one.at),
        state: one.state,
        answer: one.answer,
        own,
    })
}

/// Answers a complaint: upheld, nobody is asked; dismissed, the assignment is open again.
pub async fn answer(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    input: AnswerComplaint,
) -> Result<ComplaintView, Problem> {
    let permit: Permit = engine.permit(actor, Verb::Manage, Subject::Tasks)?;
    if input.state != "upheld" && input.state != "dismissed" {
        return Err(Problem::parameter(
            "state",
            "答复只能是 upheld(成立)或 dismissed(不成立)。",
            "The answer is upheld or dismissed.",
        ));
    }
    let note = text(&input.note, "请写明答复内容。", "Write an answer.")?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let mut one = tx.complaint(&permit, id)?.ok_or_else(no_complaint)?;
            let tasks = tx.tasks_named(&permit, &[one.task])?;
            if one.state != "open" {
                let again = one.state == input.state && one.answer.as_deref() == Some(note.as_str());
                return if again { shown(&engine2, tx, actor2.account, &tasks, one) } else { Err(answered()) };
            }
            if tasks.first().is_some_and(|task| task.by == actor2.account) {
                return Err(own_task());
            }
            one.state.clone_from(&input.state);
            one.answer = Some(note.clone());
            (one.answered_by, one.answered) = (Some(actor2.name.clone()), Some(tx.now()));
            tx.put_complaint(&permit, &one)?;
            if one.state == "dismissed" {
                tx.reopen_assignment(&permit, one.assignment)?;
            }
            let detail = json!({ "state": one.state });
            let area = Some(one.area.clone());
            tx.audit(engine2.audit_entry(&actor2, "answer", "complaint", id.to_string(), area, detail))?;
            shown(&engine2, tx, actor2.account, &tasks, one)
        })
        .await
}

fn no_complaint() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "complaint.not_found",
        "没有找到这条反映,或它不在您的范围内。",
        "There is no such complaint, or it is outside your scope.",
    )
}

fn answered() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "complaint.answered",
        "这条反映已经答复。",
        "This complaint has been answered already.",
    )
}

fn own_task() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "complaint.own_task",
        "反映的是您自己发起的任务,须由他人答复。",
        "The complaint is about your own request: somebody else must answer it.",
    )
}
