//! Who an action can choose.

use linli_domain::{
    Actor, AreaPath, RecordId, Subject, Verb, actor,
    flow::{PartyKey, PartyKind},
    record::ListQuery,
};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{UNIT, live::Live, no_case, who::Who};
use crate::{Engine, Problem, register::title_of};

/// A unit that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitCandidate {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Kind of unit, in words.
    pub kind: String,
    /// Cases that wait for it.
    pub open_cases: u64,
}

/// An account that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountCandidate {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
}

/// A role over an area that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleCandidate {
    /// Namespaced role.
    pub role: String,
    /// Code of the area.
    pub area: String,
    /// Both in words.
    pub label: String,
}

/// Who an action can choose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = CaseCandidates)]
pub struct Candidates {
    /// Units.
    pub units: Vec<UnitCandidate>,
    /// Accounts.
    pub accounts: Vec<AccountCandidate>,
    /// Roles over areas.
    pub roles: Vec<RoleCandidate>,
}

/// Who an action can choose.
pub type CandidatesView = Candidates;

/// Most candidates of a sort.
const MOST: u32 = 500;

/// Who the action of a case can choose: units and accounts of the case's areas and those above, by name.
pub async fn candidates(engine: &Engine, actor: &Actor, id: RecordId, action: String) -> Result<Candidates, Problem> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let store = engine.store.clone();
    store
        .read(move |tx| {
            let who = Who::of(&engine, tx, &actor)?;
            let case = tx.case(&who.reader, id)?.ok_or_else(no_case)?;
            let live = Live::of(&engine, tx, case)?;
            let party = live.flow.action(&action).and_then(|action| action.assign.as_deref());
            let Some(party) = party.and_then(|name| live.flow.party(name)) else { return Ok(Candidates::default()) };
            let mut found = Candidates::default();
            match &party.kind {
                PartyKind::Unit => found.units = units(&engine, tx, &live)?,
                PartyKind::Account => found.accounts = accounts(&engine, tx, &live, None)?,
                PartyKind::Role { role, .. } => {
                    found.roles = roles(&engine, tx, &live, role)?;
                    found.accounts = accounts(&engine, tx, &live, Some(role))?;
                    found.units = units(&engine, tx, &live)?;
                }
                PartyKind::Opener | PartyKind::SubjectPerson => {}
            }
            Ok(found)
        })
        .await
}

/// Units that have their home in one of the case's areas or above: what lies elsewhere does not serve it.
fn units(engine: &Engine, tx: &mut ReadTx<'_>, live: &Live) -> Result<Vec<UnitCandidate>, Problem> {
    let catalogue = engine.catalogue();
    let Some(register) = catalogue.entities.get(UNIT) else { return Ok(Vec::new()) };
    let above = live.case.area.ancestry();
    // From the street down, everything; above it, what hangs on the areas themselves.
    let street = live.state.core.places.get("street").map(|code| engine.area_place(tx, code)).transpose()?.flatten();
    let permit = engine.permit_entity(&Engine::operator(), Verb::Read, register)?;
    let top = above.get(1).or(above.first()).cloned();
    let query = ListQuery { area: top, limit: 1_000, ..ListQuery::of(UNIT) };
    let records = tx.list(&permit, &query)?.records;
    let serves = |path: &AreaPath| above.contains(path) || street.as_ref().is_some_and(|street| street.covers(path));
    let records: Vec<_> = records.into_iter().filter(|record| serves(&record.path)).take(MOST as usize).collect();
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    let open: std::collections::BTreeMap<RecordId, u64> = tx.open_by_unit(&ids)?.into_iter().collect();
    let labels = crate::sheet::show::Labels::of(&catalogue);
    let mut units: Vec<UnitCandidate> = records
        .iter()
        .map(|record| UnitCandidate {
            id: record.id,
            name: title_of(&catalogue, register, record),
            kind: register
                .field("unit_kind")
                .map(|field| labels.text(field, record.value("unit_kind"), engine.lang))
                .unwrap_or_default(),
            open_cases: open.get(&record.id).copied().unwrap_or_default(),
        })
        .collect();
    units.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(units)
}

/// Accounts with a grant over the case's area; those with a role only, when one is named.
fn accounts(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    live: &Live,
    role: Option<&str>,
) -> Result<Vec<AccountCandidate>, Problem> {
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Read, Subject::Accounts)?;
    let above = live.case.area.ancestry();
    let from = above.get(2).or(above.last()).cloned().unwrap_or_else(|| live.case.area.clone());
    let permit = permit.within(&from);
    let (mut found, mut after): (Vec<AccountCandidate>, Option<String>) = (Vec::new(), None);
    loop {
        let page = tx.list_accounts(&permit, after.as_deref(), 200)?;
        let last = page.len() < 200;
        for (account, grants) in page {
            after = Some(account.login.clone());
            let over =
                |grant: &actor::Grant| grant.area.covers(&live.case.area) && role.is_none_or(|role| grant.role == role);
            if !account.disabled && grants.iter().any(over) {
                found.push(AccountCandidate { id: account.id, name: account.name });
            }
        }
        if last || found.len() >= MOST as usize {
            found.sort_by(|a, b| a.name.cmp(&b.name));
            return Ok(found);
        }
    }
}

/// The role over each of the case's areas.
fn roles(engine: &Engine, tx: &mut ReadTx<'_>, live: &Live, role: &str) -> Result<Vec<RoleCandidate>, Problem> {
    let catalogue = engine.catalogue();
    let label = catalogue.roles.get(role).map(|role| role.label.text(engine.lang).to_owned()).unwrap_or_default();
    let mut found = Vec::new();
    for area in tx.area_ancestry(&live.case.area)? {
        let key = PartyKey::Role { role: role.to_owned(), area: area.code.clone() };
        let taken = live.state.core.parties.iter().any(|party| party.key == key);
        if !taken {
            found.push(RoleCandidate {
                role: role.to_owned(),
                area: area.code,
                label: format!("{} {label}", area.name),
            });
        }
    }
    Ok(found)
}
