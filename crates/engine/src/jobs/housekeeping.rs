//! Forgets what is of no more use: expired sessions, old idempotency keys, questionnaires begun and
//! never sent, old notices. Asks for itself again.

use serde_json::Value as Json;

use crate::{Engine, Problem, collect::public};

/// Name of the job.
pub const NAME: &str = "housekeeping";

const EVERY_SECONDS: i64 = 3_600;
const IDEMPOTENCY_SECONDS: i64 = 7 * 86_400;

/// Runs once and asks for the next run.
pub fn run(engine: &Engine, _payload: &Json) -> Result<(), Problem> {
    let now = engine.now();
    let keep = i64::from(engine.config.notify.keep_days) * 86_400;
    engine.store.write_blocking(move |tx| {
        tx.drop_expired_sessions(now)?;
        tx.forget_once(now.plus_seconds(-IDEMPOTENCY_SECONDS))?;
        tx.forget_link_drafts(now.plus_seconds(-public::DRAFT_SECONDS))?;
        tx.forget_notices(now.plus_seconds(-keep))?;
        tx.forget_outgoing(now.plus_seconds(-keep))?;
        tx.enqueue(NAME, &Json::Null, now.plus_seconds(EVERY_SECONDS))?;
        Ok(())
    })
}
