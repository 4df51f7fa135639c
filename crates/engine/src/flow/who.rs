//! Who somebody is: a reader of cases, and a party of one.

use std::collections::BTreeSet;

use linli_domain::{
    Actor, AreaPath, RecordId, Subject, Verb, actor,
    flow::{CaseState, Flow, PartyKey, PartyKind, Standing, key_of},
};
use linli_store::{
    ReadTx, StoreError,
    tables::{Case, CaseReader, Seek},
};

use crate::{Engine, Problem};

/// Somebody with the units they act for.
#[derive(Debug, Clone)]
pub struct Who {
    /// The account.
    pub actor: Actor,
    /// Units they act for.
    pub units: Vec<RecordId>,
    /// What they may see.
    pub reader: CaseReader,
}

impl Who {
    /// Somebody who asks.
    pub fn of(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor) -> Result<Self, Problem> {
        let units = if actor.operator { Vec::new() } else { tx.units_of(actor.account)? };
        let reader = if actor.operator { system_reader(engine)? } else { reader(engine, actor, &units)? };
        Ok(Self { actor: actor.clone(), units, reader })
    }

    /// Who they are to a case.
    pub fn standing(
        &self,
        engine: &Engine,
        tx: &mut ReadTx<'_>,
        flow: &Flow,
        case: &Case,
        state: &CaseState,
    ) -> Result<Standing, Problem> {
        let actor = &self.actor;
        let mut rows = BTreeSet::new();
        for (at, party) in state.core.parties.iter().enumerate() {
            if self.acts_for(engine, tx, &party.key)? {
                rows.insert(at);
            }
        }
        let mut roles = BTreeSet::new();
        for party in flow.parties.iter().filter(|party| matches!(party.kind, PartyKind::Role { .. })) {
            if let Some(key) = key_of(party, &state.core)
                && self.acts_for(engine, tx, &key)?
            {
                roles.insert(party.name.clone());
            }
        }
        let manages = self.manages(engine, flow);
        let above = match state.core.places.get("community") {
            Some(code) => engine.area_place(tx, code)?,
            None => Some(case.area.clone()),
        };
        let above = above.as_ref().and_then(AreaPath::parent).unwrap_or_else(|| case.area.clone());
        Ok(Standing {
            account: actor.account,
            name: actor.name.clone(),
            rows,
            roles,
            opener: case.by == actor.account && !case.by.0.is_nil(),
            manager: manages.as_ref().is_some_and(|permit| permit.scope().covers(&case.area)),
            superior: manages.as_ref().is_some_and(|permit| permit.scope().covers(&above)),
            system: false,
        })
    }

    fn manages(&self, engine: &Engine, flow: &Flow) -> Option<linli_domain::Permit> {
        actor::permitted(&self.actor, &engine.catalogue().roles, Verb::Manage, Subject::Flow(flow.name.clone()))
    }

    /// Whether they act for a party.
    pub(super) fn acts_for(&self, engine: &Engine, tx: &mut ReadTx<'_>, key: &PartyKey) -> Result<bool, StoreError> {
        Ok(match key {
            PartyKey::Account(account) => *account == self.actor.account && !account.0.is_nil(),
            PartyKey::Unit(unit) => self.units.contains(unit),
            PartyKey::Person(_) => false,
            PartyKey::Role { role, area } => {
                let held: Vec<&AreaPath> =
                    self.actor.grants.iter().filter(|grant| grant.role == *role).map(|grant| &grant.area).collect();
                if held.is_empty() {
                    return Ok(false);
                }
                engine.area_place(tx, area)?.is_some_and(|place| held.iter().any(|grant| grant.covers(&place)))
            }
        })
    }
}

/// What `actor`, who acts for `units`, may see: flows they may read or manage, what they opened, what they are a party of.
pub fn reader(engine: &Engine, actor: &Actor, units: &[RecordId]) -> Result<CaseReader, Problem> {
    let catalogue = engine.catalogue();
    let mut permits = Vec::new();
    for flow in catalogue.flows.keys() {
        let subject = || Subject::Flow(flow.clone());
        let read = actor::permitted(actor, &catalogue.roles, Verb::Read, subject());
        permits.extend(read.or_else(|| actor::permitted(actor, &catalogue.roles, Verb::Manage, subject())));
    }
    let mut seeks = vec![Seek::Key(format!("a:{}", actor.account))];
    seeks.extend(units.iter().map(|unit| Seek::Key(format!("u:{unit}"))));
    let roles = |grant: &&actor::Grant| {
        let named = |flow: &Flow| {
            let of_role = |party: &linli_domain::flow::Party| matches!(&party.kind, PartyKind::Role { role, .. } if *role == grant.role);
            flow.parties.iter().any(of_role)
        };
        catalogue.flows.values().any(named)
    };
    let granted = actor.grants.iter().filter(roles);
    let mut parts: Vec<Seek> = granted.map(|grant| Seek::Role(grant.role.clone(), grant.area.clone())).collect();
    parts.sort();
    parts.dedup();
    seeks.extend(parts);
    Ok(CaseReader::new(actor.account, &permits, seeks)?)
}

/// The program's own eyes: every case.
pub fn system_reader(engine: &Engine) -> Result<CaseReader, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Manage, Subject::System)?;
    Ok(CaseReader::system(&permit)?)
}
