//! Units: their names, and which accounts act for them.

use std::collections::BTreeMap;

use linli_domain::{Actor, RecordId, Subject, Verb};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::UNIT;
use crate::{Engine, Problem, entity, register::title_of};

/// Accounts that act for a unit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersInput {
    /// Their ids, instead of those who did.
    #[schema(value_type = Vec<String>)]
    pub accounts: Vec<RecordId>,
}

/// An account that acts for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Login.
    pub login: String,
}

/// Accounts that act for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MembersView {
    /// They.
    pub items: Vec<MemberView>,
}

/// Most accounts of a unit.
const MOST: usize = 200;

/// Names of units that have not ended. A unit's name is no secret: whoever sees a case sees who handles it.
pub(super) fn names(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    ids: &[RecordId],
) -> Result<BTreeMap<RecordId, String>, Problem> {
    let catalogue = engine.catalogue();
    let Some(register) = catalogue.entities.get(UNIT).filter(|_| !ids.is_empty()) else { return Ok(BTreeMap::new()) };
    let permit = engine.permit_entity(&Engine::operator(), Verb::Read, register)?;
    let records = tx.records(&permit, UNIT, ids)?;
    let living = records.into_iter().filter(|record| record.ended.is_none());
    Ok(living.map(|record| (record.id, title_of(&catalogue, register, &record))).collect())
}

/// Accounts that act for a unit that the actor may read.
pub async fn members(engine: &Engine, actor: &Actor, unit: RecordId) -> Result<MembersView, Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, Verb::Read, entity(&catalogue, UNIT)?)?;
    engine
        .store
        .read(move |tx| {
            tx.record(&permit, UNIT, unit)?.ok_or_else(Problem::no_record)?;
            view(tx, unit)
        })
        .await
}

/// Says which accounts act for a unit (manage accounts over the unit's area; the accounts must lie in one's scope).
pub async fn put_members(
    engine: &Engine,
    actor: &Actor,
    unit: RecordId,
    input: MembersInput,
) -> Result<MembersView, Problem> {
    let catalogue = engine.catalogue();
    let read = engine.permit_entity(actor, Verb::Read, entity(&catalogue, UNIT)?)?;
    let manage = engine.permit(actor, Verb::Manage, Subject::Accounts)?;
    if input.accounts.len() > MOST {
        let what = linli_domain::Label::new("单位的账号数量", "The number of accounts of a unit");
        return Err(Problem::too_large(&what, &MOST.to_string()));
    }
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let record = tx.record(&read, UNIT, unit)?.ok_or_else(Problem::no_record)?;
            if !manage.scope().covers(&record.path) {
                return Err(Problem::outside_scope(record.path.as_str()));
            }
            for account in &input.accounts {
                let grants = tx.grants_of(*account)?;
                let known = tx.account(*account)?.is_some();
                if !known || !(actor2.operator || grants.iter().any(|grant| manage.scope().covers(&grant.area))) {
                    return Err(Problem::no_account());
                }
            }
            tx.put_members(&record.home, unit, &input.accounts)?;
            let detail = json!({ "members": input.accounts });
            tx.audit(engine2.audit_entry(
                &actor2,
                "members",
                UNIT,
                unit.to_string(),
                Some(record.path.clone()),
                detail,
            ))?;
            view(tx, unit)
        })
        .await
}

fn view(tx: &mut ReadTx<'_>, unit: RecordId) -> Result<MembersView, Problem> {
    let mut items = Vec::new();
    for id in tx.members_of(unit)? {
        if let Some(account) = tx.account(id)? {
            items.push(MemberView { id, name: account.name, login: account.login });
        }
    }
    Ok(MembersView { items })
}
