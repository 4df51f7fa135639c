//! A public answer arrives: taken in like any other, in the name of nobody, within the link's area, and counted against
//! its token and quota in the same transaction.

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_store::tables::{Link, LinkKind};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{NAME, code, draft::code_of, limit::Rate, open, state::closed};
use crate::{
    Engine, Problem, ProblemKind,
    collect::receive::{self, Incoming, LinkUse, Origin},
};

/// Answers through one token of an open link.
const OPEN: Rate = Rate { burst: 300.0, per_second: 20.0 };
/// Posts of a one-time token: each may be repeated where the net is bad.
const ONE_TIME: Rate = Rate { burst: 20.0, per_second: 0.2 };
/// Symbols of a reference.
const SYMBOLS: usize = 8;

/// What whoever answered is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Thanks {
    /// Short reference of the answer.
    pub reference: String,
}

/// The reference of an answer: the same whenever the same answer is sent.
pub(in crate::collect) fn reference(link: RecordId, instance: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(link.0.as_bytes());
    hash.update(instance.as_bytes());
    code(&hash.finalize(), SYMBOLS)
}

/// Whether the body of a post through `token` is worth receiving: the link exists and is not asked too often.
pub async fn admit(engine: &Engine, token: &str) -> Result<Link, Problem> {
    let (_, link, _) = open::find(engine, token).await?;
    let rate = if link.kind == LinkKind::Open { OPEN } else { ONE_TIME };
    engine.limits.take(&format!("token {token}"), rate, 1.0, engine.now())?;
    Ok(link)
}

/// Takes a public answer in. The same again is answered alike; a second one through a one-time token is refused.
pub async fn submit(
    engine: &Engine,
    token: &str,
    link: Link,
    resume: Option<String>,
    incoming: Incoming,
) -> Result<Thanks, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Create, Subject::Responses)?.within(&link.area);
    // Nobody: without grants no register can be read or written, whatever the answer asks for.
    let nobody = Actor { account: RecordId(uuid::Uuid::nil()), name: NAME.into(), grants: Vec::new(), operator: false };
    let used = LinkUse {
        token: token.to_owned(),
        link: link.id,
        form: link.form,
        area: link.area.clone(),
        resume: code_of(&link, token, resume.as_deref()),
    };
    let incoming = Incoming { assignment: None, draft: false, ..incoming };
    let kept = receive::receive_as(engine, &nobody, permit, incoming, Origin::Link(used)).await;
    let (answer, _) = kept.map_err(|problem| match (problem.kind, problem.code) {
        (ProblemKind::Denied, "form.closed") | (ProblemKind::NotFound, "form.not_found") => closed(),
        _ => problem,
    })?;
    Ok(Thanks { reference: reference(link.id, &answer.instance) })
}
