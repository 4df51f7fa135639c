//! What is kept of draws: whom was drawn, so that nobody is drawn twice.

use linli_domain::{Actor, RecordId};
use linli_store::{ReadTx, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    CAMPAIGN,
    campaign::Campaign,
    sample::{Drawn, Person},
};
use crate::{Engine, Problem, ProblemKind};

/// What is kept of a draw: whom was drawn, never which link they got.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub drawn: Drawn,
    pub people: Vec<RecordId>,
}

/// Beginning of the settings that hold a campaign's draws.
pub(super) fn prefix(campaign: RecordId) -> String {
    format!("survey/draw/{campaign}/")
}

pub(super) fn kept(tx: &mut ReadTx<'_>, campaign: RecordId) -> Result<Vec<Kept>, Problem> {
    let held = tx.settings(&prefix(campaign))?;
    held.into_iter().map(|(_, body)| serde_json::from_value(body).map_err(Problem::internal)).collect()
}

/// The draws of a campaign.
pub(super) fn draws(tx: &mut ReadTx<'_>, campaign: RecordId) -> Result<Vec<Drawn>, Problem> {
    Ok(kept(tx, campaign)?.into_iter().map(|one| one.drawn).collect())
}

/// A draw of a campaign.
pub(super) fn held(tx: &mut ReadTx<'_>, campaign: RecordId, draw: &str) -> Result<Kept, Problem> {
    let held = tx.setting(&format!("{}{draw}", prefix(campaign)))?.ok_or_else(|| {
        Problem::new(ProblemKind::NotFound, "survey.no_draw", "没有这次抽样。", "There is no such draw.")
    })?;
    serde_json::from_value(held).map_err(Problem::internal)
}

/// Keeps what became of a draw.
pub(super) fn keep_again(tx: &mut WriteTx<'_>, campaign: RecordId, kept: &Kept) -> Result<(), Problem> {
    let body = serde_json::to_value(kept).map_err(Problem::internal)?;
    tx.put_setting(&format!("{}{}", prefix(campaign), kept.drawn.id), &body)?;
    Ok(())
}

/// Keeps what was drawn.
pub(super) fn keep(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    campaign: &Campaign,
    drawn: &Drawn,
    people: &[Person],
) -> Result<(), Problem> {
    let body = Kept { drawn: drawn.clone(), people: people.iter().map(|one| one.id).collect() };
    let key = format!("{}{}", prefix(campaign.record.id), drawn.id);
    tx.put_setting(&key, &serde_json::to_value(&body).map_err(Problem::internal)?)?;
    let told = json!({ "draw": drawn.id, "level": drawn.level, "mode": drawn.mode, "size": drawn.size, "seed": drawn.seed,
        "strata": drawn.by });
    let area = Some(campaign.record.path.clone());
    tx.audit(engine.audit_entry(actor, "sample", CAMPAIGN, campaign.record.id.to_string(), area, told))?;
    Ok(())
}
