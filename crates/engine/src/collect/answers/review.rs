//! An answer is accepted, or returned to be corrected.

use linli_domain::{Actor, Label, Subject, Verb};
use linli_store::tables::SubmissionState;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    super::answer::{Detail, Review},
    detail::{ResponseDetail, view},
    no_answer,
};
use crate::{Engine, FieldProblem, Problem, ProblemKind, register::moment};

/// Letters of a note.
pub(super) const NOTE: usize = 2_000;

/// What a reviewer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Good.
    Accepted,
    /// To be corrected.
    Returned,
}

/// A review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewInput {
    /// `accepted` or `returned`.
    pub state: Verdict,
    /// Why; required when it is returned.
    #[serde(default)]
    pub note: String,
}

/// Reviews an answer; the review and its audit entry are one transaction.
pub async fn review(
    engine: &Engine,
    actor: &Actor,
    instance: String,
    input: ReviewInput,
) -> Result<ResponseDetail, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Responses)?;
    let note = note_of(&input.note, input.state == Verdict::Returned)?;
    let (state, change) = match input.state {
        Verdict::Accepted => (SubmissionState::Accepted, "accepted"),
        Verdict::Returned => (SubmissionState::Returned, "returned"),
    };
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let mut found = tx.submission(&permit, &instance, false)?.ok_or_else(no_answer)?;
            if found.state == SubmissionState::Replaced {
                return Err(replaced(found.replaced_by.as_deref()));
            }
            let mut detail = Detail::of(&found)?;
            detail.note.clone_from(&note);
            detail.reviews.push(Review {
                at: moment(tx.now()),
                by: actor.name.clone(),
                change: change.to_owned(),
                note: note.clone(),
            });
            (found.state, found.detail) = (state, detail.json()?);
            tx.set_submission(&permit, &found)?;
            let told = json!({ "state": change, "form": found.form });
            tx.audit(engine2.audit_entry(
                &actor,
                "review",
                "responses",
                &found.instance,
                Some(found.path.clone()),
                told,
            ))?;
            view(&engine2, tx, &permit, &found)
        })
        .await
}

/// A note within its length, and there when it must be.
pub(super) fn note_of(note: &str, required: bool) -> Result<String, Problem> {
    let note = note.trim();
    let message = match note.chars().count() {
        0 if required => Label::new("请写明原因。", "Say why."),
        letters if letters > NOTE => Label::new("说明最多 2,000 字。", "At most 2,000 characters."),
        _ => return Ok(note.to_owned()),
    };
    Err(Problem::invalid("response.note", vec![FieldProblem::new("note", "required", message)]))
}

/// Another answer took its place.
pub(super) fn replaced(by: Option<&str>) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "submission.replaced",
        "这份答卷已被一份更正取代,请处理最新的一份。",
        "A correction took the place of this answer; go on with the newest one.",
    )
    .with("replaced_by", json!(by))
}
