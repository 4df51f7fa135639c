//! Offline updates that waited five days for the one before them are applied without it: a phone that lost an answer must
//! not keep the others back for ever.

use std::collections::BTreeMap;

use linli_domain::Verb;
use linli_store::tables::HeldUpdate;
use serde_json::Value as Json;

use super::entity::Applier;
use crate::{Engine, Problem, entity, register};

/// Name of the job.
pub const JOB: &str = "collect.overdue";

const EVERY_SECONDS: i64 = 3_600;
const BATCH: u32 = 200;
/// Days after which nobody comes back to a branch.
const BRANCH_DAYS: i64 = 180;
/// Days after which what was begun under a public link is forgotten.
const DRAFT_DAYS: i64 = 60;

/// Runs once and asks for the next run.
pub fn run(engine: &Engine, _payload: &Json) -> Result<(), Problem> {
    loop {
        let now = engine.now();
        let overdue = engine.store.read_blocking::<_, Problem>(move |tx| Ok(tx.overdue_updates(now, BATCH)?))?;
        if overdue.is_empty() {
            break;
        }
        for update in overdue {
            apply(engine, update)?;
        }
    }
    let now = engine.now();
    engine.store.write_blocking(move |tx| {
        tx.forget_branches(now.plus_seconds(-BRANCH_DAYS * 86_400))?;
        tx.forget_link_drafts(now.plus_seconds(-DRAFT_DAYS * 86_400))?;
        tx.enqueue(JOB, &Json::Null, now.plus_seconds(EVERY_SECONDS))?;
        Ok(())
    })
}

fn apply(engine: &Engine, update: HeldUpdate) -> Result<(), Problem> {
    let (engine2, operator) = (engine.clone(), Engine::operator());
    engine.store.write_blocking(move |tx| {
        let catalogue = engine2.catalogue();
        let Ok(register) = entity(&catalogue, &update.entity) else {
            return Ok(tx.release_update(&update)?);
        };
        let everywhere = register::own_permit(&engine2, &operator, Verb::Read, register)?;
        let held = tx.record(&everywhere, &update.entity, update.record)?;
        let Some(record) = held.filter(|record| record.ended.is_none()) else {
            // Its record was never made, or has ended: the answer stays, the register has nothing to change.
            return Ok(tx.release_update(&update)?);
        };
        let mut applier = Applier {
            engine: &engine2,
            actor: &operator,
            catalogue: &catalogue,
            instance: &update.instance,
            form: update.form,
            default_area: None,
            before: BTreeMap::new(),
            flags: Vec::new(),
        };
        let after = applier.apply_held(tx, register, record, &update)?;
        applier.release(tx, register, after)?;
        Ok(())
    })
}
