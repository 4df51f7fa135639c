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
use crate::{Engine, Problem};

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
