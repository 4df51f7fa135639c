//! Who a request is about: a filter over a register, or the records that a filled template lacks something of.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{AreaPath, Permit, RecordId, Verb, record::ListQuery};
use linli_store::ReadTx;

use super::model::Body;
use crate::{
    Engine, Problem, ProblemKind,
    register::{ListFilter, list_query},
    sheet::fill::model::Memo,
};

/// Who a request is about.
pub enum Records {
    /// The records of a list.
    Query(Box<ListQuery>),
    /// These records, and of how many of them each element is missing.
    Ids(Vec<RecordId>, BTreeMap<String, u64>),
}

/// The population of a request within `area`. `permit` reads the register.
pub fn records(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    author: RecordId,
    area: &AreaPath,
    body: &Body,
) -> Result<Records, Problem> {
    let catalogue = engine.catalogue();
    let register = crate::entity(&catalogue, &body.entity)?;
    let within = place(tx, area, body)?;
    if let Some(fill) = &body.fill {
        let id = fill.id.parse::<RecordId>().map_err(|_| no_fill())?;
        let memo = memo_of(tx, author, id)?.ok_or_else(no_fill)?;
        return Ok(gaps(&memo, body));
    }
    let filter = ListFilter { filters: body.filters.clone(), limit: 200, ..ListFilter::default() };
    let query = list_query(tx, permit, &catalogue, register, &filter)?;
    Ok(Records::Query(Box::new(ListQuery { area: Some(within), sort: Vec::new(), limit: 1_000, ..query })))
}

/// The area of the population: the request's own, or one below it.
pub fn place(tx: &mut ReadTx<'_>, area: &AreaPath, body: &Body) -> Result<AreaPath, Problem> {
    let Some(code) = &body.population_area else { return Ok(area.clone()) };
    let path = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path;
    if area.covers(&path) {
        return Ok(path);
    }
    Err(Problem::parameter(
        "population",
        "采集对象的区域须在任务区域之内。",
        "The population must lie within the area of the task.",
    ))
}

/// What an account's fill is.
pub(crate) fn memo_of(tx: &mut ReadTx<'_>, account: RecordId, id: RecordId) -> Result<Option<Memo>, Problem> {
    let kept = tx.setting(&format!("fill/{account}/{id}"))?;
    kept.map(|kept| serde_json::from_value(kept).map_err(Problem::internal)).transpose()
}

/// Records that a filled template lacks one of the asked elements of (of any, when none are named).
fn gaps(memo: &Memo, body: &Body) -> Records {
    let asked = |element: &String| body.fields.is_empty() || body.fields.contains(element);
    let (mut ids, mut missing) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<RecordId>>::new());
    for gap in memo.gaps.iter().filter(|gap| gap.entity == body.entity && asked(&gap.element)) {
        ids.extend(gap.records.iter().copied());
        missing.entry(gap.element.clone()).or_default().extend(gap.records.iter().copied());
    }
    let missing = missing.into_iter().map(|(element, records)| (element, records.len() as u64)).collect();
    Records::Ids(ids.into_iter().collect(), missing)
}

fn no_fill() -> Problem {
    Problem::new(ProblemKind::NotFound, "fill.not_found", "没有找到这次填表。", "There is no such fill.")
}

/// The program's own permit to read the register of a request within its area, once it is approved.
pub fn own_permit(engine: &Engine, area: &AreaPath, body: &Body) -> Result<Permit, Problem> {
    let catalogue = engine.catalogue();
    let register = crate::entity(&catalogue, &body.entity)?;
    Ok(engine.permit_entity(&Engine::operator(), Verb::Read, register)?.within(area))
}
