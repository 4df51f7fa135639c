//! What assignments come to.

use linli_domain::{
    Actor, RecordId, Scope,
    task::{AssignmentState, Outcome},
};
use linli_store::{
    StoreError, WriteTx,
    tables::{Assignment, Completion},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{AssignmentView, assignments, looking, no_assignment};
use crate::{Engine, Idempotency, Problem, visit::moment_of};

/// Marks an assignment within `scope` as done (or not reached), in the transaction that brings the visit or the answer.
/// `None` when there is none in the scope: what came in stands by itself. The same twice changes nothing.
pub fn complete_in(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    assignment: RecordId,
    done: &Completion,
) -> Result<Option<Assignment>, StoreError> {
    tx.complete_assignment(scope, assignment, done)
}

/// What came of an assignment without a visit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeInput {
    /// `unreachable`.
    pub outcome: String,
    /// What the worker wrote.
    #[serde(default)]
    pub note: Option<String>,
    /// When, by the phone's clock, RFC 3339.
    pub at: String,
}

/// Notes that nobody was there.
pub async fn outcome(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    input: OutcomeInput,
    once: Option<Idempotency>,
) -> Result<AssignmentView, Problem> {
    let permit = looking(engine, actor)?;
    if input.outcome != "unreachable" {
        return Err(Problem::parameter(
            "outcome",
            "这里只能登记“未见到人”(unreachable);其他结果请通过走访或表单提交。",
            "Only `unreachable` is noted here; other outcomes come with a visit or a form.",
        ));
    }
    let at = moment_of(&input.at)?.min(engine.now());
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .write_once(actor, once, move |tx| {
            let done = Completion {
                state: AssignmentState::Unreachable,
                outcome: Some(Outcome::Absent),
                at,
                by: actor2.account,
                by_name: actor2.name.clone(),
                instance: None,
                seconds: None,
                note: input.note.clone(),
            };
            let one = complete_in(tx, permit.scope(), id, &done)?.ok_or_else(no_assignment)?;
            let detail = json!({ "outcome": "absent" });
            let area = Some(one.path.clone());
            tx.audit(engine2.audit_entry(&actor2, "unreachable", "tasks", id.to_string(), area, detail))?;
            let tasks = tx.tasks_named(&permit, &[one.task])?;
            let view = assignments::views(&engine2, tx, &actor2, &tasks, vec![one])?.pop();
            view.ok_or_else(no_assignment)
        })
        .await
}
