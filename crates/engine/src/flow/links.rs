//! Records that a case is about.

use linli_domain::{Actor, RecordId, Verb};
use linli_store::{ReadTx, tables::CaseLink};
use serde_json::json;

use super::{act, get, model::CaseDetail, open::audit, who::Who};
use crate::{Engine, Problem, entity};

pub use super::input::CaseLinkInput as LinkInput;

/// Links a record that the actor may read to a case that they see.
pub async fn link(engine: &Engine, actor: &Actor, id: RecordId, input: LinkInput) -> Result<CaseDetail, Problem> {
    change(engine, actor, id, input, true).await
}

/// Unlinks a record.
pub async fn unlink(engine: &Engine, actor: &Actor, id: RecordId, input: LinkInput) -> Result<CaseDetail, Problem> {
    change(engine, actor, id, input, false).await
}

async fn change(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    input: LinkInput,
    link: bool,
) -> Result<CaseDetail, Problem> {
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let who = Who::of(&engine2, tx, &actor2)?;
            let live = act::seen(&engine2, tx, &who.reader, id)?;
            readable(&engine2, tx, &actor2, &input.entity, input.id)?;
            if link {
                let link =
                    CaseLink { entity: input.entity.clone(), record: input.id, at: tx.now(), by: actor2.account };
                tx.put_case_link(&live.case, &link)?;
            } else if !tx.drop_case_link(&live.case, &input.entity, input.id)? {
                return Err(Problem::no_record());
            }
            let detail = json!({ "entity": input.entity, "record": input.id });
            audit(&engine2, tx, &actor2, &live.case, if link { "link" } else { "unlink" }, detail)
        })
        .await?;
    get(engine, actor, id).await
}

/// Refuses a record that is not there, or that the actor may not read.
pub(super) fn readable(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    name: &str,
    id: RecordId,
) -> Result<(), Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, Verb::Read, entity(&catalogue, name)?)?;
    tx.record(&permit, name, id)?.map(|_| ()).ok_or_else(Problem::no_record)
}
