//! Households a worker: where the State Council's 300–400 is not met, people see it here.

use linli_domain::{Actor, AreaPath, Subject, Verb, actor};
use linli_store::ReadTx;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

use super::people::{Held, People};
use crate::{Engine, Problem, area::AreaRef};

/// Households a worker in an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BurdenView {
    /// Households with records.
    pub households: u64,
    /// Accounts with a worker's role in the area.
    pub workers: u64,
    /// Households a worker; `null` without workers.
    pub households_per_worker: Option<u64>,
    /// Least households a worker should have.
    pub target_min: u32,
    /// Most households a worker should have.
    pub target_max: u32,
    /// Above this a community is overburdened.
    pub overburdened: u32,
    /// Workers needed at the most households each.
    pub needed_min: u64,
    /// Workers needed at the least households each.
    pub needed_max: u64,
    /// Workers missing for [`Self::needed_min`].
    pub gap: u64,
    /// The areas directly below, most burdened first; at most 20.
    pub by_area: Vec<BurdenOfArea>,
}

/// Households a worker in an area below.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BurdenOfArea {
    /// Area.
    pub area: AreaRef,
    /// Households with records.
    pub households: u64,
    /// Workers.
    pub workers: u64,
    /// Households a worker.
    pub households_per_worker: Option<u64>,
}

/// Households a worker; `None` where no households are held.
pub fn burden(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    people: &People,
    area: &AreaPath,
    held: Held,
) -> Result<Option<BurdenView>, Problem> {
    let (Some(register), Some(households)) = (&people.households, held.households.filter(|count| *count > 0)) else {
        return Ok(None);
    };
    let places = worker_places(engine, tx, area)?;
    let depth = area.ancestry().len() + 1;
    let mut below: BTreeMap<AreaPath, u64> = BTreeMap::new();
    for (_, place, count) in register.count_by(tx, area, &[], Some(depth))? {
        if let Some(place) = place.filter(|place| place != area) {
            *below.entry(place).or_default() += count;
        }
    }
    let mut by_area = Vec::new();
    for (place, households) in below {
        let workers = places.values().filter(|held| held.iter().any(|one| place.covers(one))).count() as u64;
        let area = engine.area_ref(tx, &place)?;
        by_area.push(BurdenOfArea { area, households, workers, households_per_worker: per(households, workers) });
    }
    by_area.sort_by_key(|one| std::cmp::Reverse(one.households_per_worker.unwrap_or(one.households)));
    by_area.truncate(20);
    let (config, workers) = (&engine.config.workers, places.len() as u64);
    let needed_min = households.div_ceil(u64::from(config.most.max(1)));
    Ok(Some(BurdenView {
        households,
        workers,
        households_per_worker: per(households, workers),
        target_min: config.fewest,
        target_max: config.most,
        overburdened: config.overburdened,
        needed_min,
        needed_max: households.div_ceil(u64::from(config.fewest.max(1))),
        gap: needed_min.saturating_sub(workers),
        by_area,
    }))
}

fn per(households: u64, workers: u64) -> Option<u64> {
    (workers > 0).then(|| (households + workers / 2) / workers)
}

/// Where the accounts with a worker's role work, by account: counted only, nobody is shown.
pub(crate) fn worker_places(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    area: &AreaPath,
) -> Result<BTreeMap<String, BTreeSet<AreaPath>>, Problem> {
    let program = Actor { name: "home".into(), ..Engine::operator() };
    let permit = actor::permit(&program, &engine.catalogue().roles, Verb::Read, Subject::Accounts)?.within(area);
    let mut places: BTreeMap<String, BTreeSet<AreaPath>> = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = tx.list_accounts(&permit, after.as_deref(), 500)?;
        let last = page.len() < 500;
        for (account, grants) in page {
            let works = grants
                .into_iter()
                .filter(|grant| engine.config.workers.roles.contains(&grant.role) && area.covers(&grant.area));
            let works: BTreeSet<AreaPath> = works.map(|grant| grant.area).collect();
            if !works.is_empty() && !account.disabled {
                places.insert(account.login.clone(), works);
            }
            after = Some(account.login);
        }
        if last {
            return Ok(places);
        }
    }
}
