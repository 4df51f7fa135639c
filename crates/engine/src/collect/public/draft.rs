//! Save and continue: what was begun is kept sealed, under the token of a one-time link or under a code of its own.

use linli_store::tables::{Link, LinkKind};
use linli_xform::{instance::Instance, tree::Limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{code, open};
use crate::{Engine, Problem, ProblemKind, register::moment};

/// Bytes of what was begun.
const BYTES: usize = 1 << 20;
/// Symbols of a code: 60 bits.
const SYMBOLS: usize = 12;
/// Seconds after which what was begun and never sent is forgotten.
pub const KEPT_SECONDS: i64 = 30 * 86_400;

/// What is to be saved.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftInput {
    /// Instance XML.
    pub instance: String,
    /// Code that was given when it was saved before; open links only.
    #[serde(default)]
    pub resume: Option<String>,
}

/// What was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedDraft {
    /// What to continue with: the token of a one-time link, a code of an open one.
    pub resume: String,
    /// When.
    pub at: String,
}

/// Under what something begun is kept; `None` when an open link's visitor has no code.
pub(super) fn code_of(link: &Link, token: &str, resume: Option<&str>) -> Option<String> {
    match link.kind {
        LinkKind::OneTime => Some(token.to_owned()),
        LinkKind::Open => resume.map(|code| code.trim().to_uppercase()).filter(|code| !code.is_empty()),
    }
}

/// Saves what was begun.
pub async fn save(engine: &Engine, token: &str, input: DraftInput) -> Result<SavedDraft, Problem> {
    let (form, link, known) = open::find(engine, token).await?;
    open::refuse_shut(engine, &form, &link, &known)?;
    let limits = Limits { bytes: BYTES, ..Limits::default() };
    let read = Instance::parse_within(input.instance.as_bytes(), limits);
    if !read.is_ok_and(|instance| instance.form_id() == form.form_id) {
        return Err(Problem::new(
            ProblemKind::Invalid,
            "link.draft",
            "暂存的内容不属于这份问卷,或过大。",
            "What is to be saved does not belong to this questionnaire, or is too large.",
        ));
    }
    let held = code_of(&link, token, input.resume.as_deref());
    let fresh = code(&engine.random_bytes::<8>(), SYMBOLS);
    let one_time = link.kind == LinkKind::OneTime;
    engine
        .store
        .write(move |tx| {
            // A code that was not given out for this link is not taken: another is.
            let known = match &held {
                Some(code) if one_time => Some(code.clone()),
                Some(code) => tx.link_draft(code)?.filter(|(of, ..)| *of == link.id).map(|_| code.clone()),
                None => None,
            };
            let resume = known.unwrap_or_else(|| fresh.clone());
            tx.put_link_draft(&resume, link.id, &input.instance)?;
            Ok(SavedDraft { resume, at: moment(tx.now()) })
        })
        .await
}
