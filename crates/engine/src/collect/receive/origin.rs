//! How an answer comes: from its sender, as a correction by a reviewer, through a public link, or with what is done to a case.

use linli_domain::{Actor, AreaPath, RecordId, Timestamp};
use linli_store::{
    WriteTx,
    tables::{LinkKind, NewAudit, Submission},
};
use serde_json::json;

use super::prepare::Prepared;
use crate::{
    Engine, Problem, ProblemKind,
    collect::{
        answer::{Detail, Review},
        public,
    },
    register::moment,
};

/// How an answer comes.
#[derive(Debug, Clone)]
pub(in crate::collect) enum Origin {
    /// From whoever answered.
    Sender,
    /// From a reviewer, who says why.
    Correction {
        /// Why.
        note: String,
    },
    /// Through a public link.
    Link(LinkUse),
    /// With what is done to a case.
    Case {
        /// The form that is asked there: its pack and name.
        form: (String, String),
        /// Area of the case.
        area: AreaPath,
    },
}

/// The use of a public link.
#[derive(Debug, Clone)]
pub(in crate::collect) struct LinkUse {
    /// Token its holder has.
    pub token: String,
    /// Link.
    pub link: RecordId,
    /// Form it is for.
    pub form: RecordId,
    /// Area its answers belong to.
    pub area: AreaPath,
    /// Code of what was begun, which is forgotten now.
    pub resume: Option<String>,
}

impl Origin {
    /// Takes off what may not come this way: a public answer belongs to the link's form and corrects nothing.
    pub(super) fn restrict(&self, prepared: &mut Prepared) -> Result<(), Problem> {
        let fits = match self {
            Self::Sender | Self::Correction { .. } => return Ok(()),
            Self::Link(link) => prepared.form.id == link.form,
            Self::Case { form: (pack, name), .. } => {
                prepared.form.pack.as_ref() == Some(pack) && prepared.form.form_id == *name
            }
        };
        if !fits {
            return Err(Problem::new(
                ProblemKind::Invalid,
                "submission.other_form",
                "答卷不属于这份问卷。",
                "The answer belongs to another form.",
            ));
        }
        prepared.deprecated_id = None;
        prepared.assignment = None;
        Ok(())
    }

    /// Where answers that come this way are marked to be from.
    pub(super) fn source(&self) -> Option<String> {
        match self {
            Self::Link(link) => Some(format!("link:{}", link.link)),
            Self::Case { .. } => Some("case".to_owned()),
            Self::Sender | Self::Correction { .. } => None,
        }
    }

    /// Uses up what the way costs, in the transaction that keeps the answer: a token its one answer, a link a place.
    pub(super) fn claim(&self, tx: &mut WriteTx<'_>, instance: &str) -> Result<(), Problem> {
        let Self::Link(used) = self else { return Ok(()) };
        let (link, token) = tx.link_of_token(&used.token)?.ok_or_else(public::no_link)?;
        public::refuse_unless_open(&link, &token, tx.now())?;
        let reference = public::reference(used.link, instance);
        if link.kind == LinkKind::OneTime && !tx.use_link_token(&used.token, &reference)? {
            return Err(public::used(token.reference.as_deref()));
        }
        if !tx.take_place(link.id)? {
            return Err(public::full());
        }
        if let Some(code) = &used.resume {
            tx.drop_link_draft(code)?;
        }
        Ok(())
    }

    /// Notes beside the answer what is particular about how it came.
    pub(super) fn describe(&self, detail: &mut Detail, actor: &Actor, now: Timestamp) {
        let Self::Correction { note } = self else { return };
        detail.note.clone_from(note);
        detail.reviews.push(Review {
            at: moment(now),
            by: actor.name.clone(),
            change: "edited".into(),
            note: note.clone(),
        });
    }

    /// The audit entry of a correction.
    pub(super) fn audit(&self, engine: &Engine, actor: &Actor, kept: &Submission) -> Option<NewAudit> {
        let Self::Correction { .. } = self else { return None };
        let detail = json!({ "form": kept.form, "replaces": kept.replaces });
        Some(engine.audit_entry(actor, "edit", "responses", &kept.instance, Some(kept.path.clone()), detail))
    }
}
