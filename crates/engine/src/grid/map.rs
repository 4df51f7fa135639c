//! Cases on the map: as points where they are; on the schematic map as points within the tile of their area; by grid when there
//! are too many.

use std::collections::BTreeMap;

use linli_domain::{Actor, Area, Lang, Timestamp, flow::Flow, tiles};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};
use serde_json::{Value as Json, json};

use super::{
    FLOW, geo,
    near::point,
    outline::{TILE, corner},
};
use crate::{Engine, Problem, area, flow, register::moment};

/// Most points; more are told by area.
const POINTS: usize = 5_000;

/// Which cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapFilter {
    /// Code of the area whose parts are drawn.
    pub area: Option<String>,
    /// Flow; grid events when absent.
    pub flow: Option<String>,
    /// Only in these states.
    pub states: Vec<String>,
    /// Only those that are not over, or only those that are.
    pub open: Option<bool>,
    /// Opened at or after.
    pub from: Option<Timestamp>,
    /// Opened before.
    pub until: Option<Timestamp>,
}

/// Cases as a GeoJSON FeatureCollection, that the actor may see.
pub async fn map(engine: &Engine, actor: &Actor, filter: MapFilter) -> Result<Json, Problem> {
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let who = flow::Who::of(&engine2, tx, &actor)?;
            let permit = engine2.permit(&actor, linli_domain::Verb::Read, linli_domain::Subject::Areas)?;
            let here = filter.area.as_deref().map(|code| area::in_scope(tx, permit.scope(), code)).transpose()?;
            let query = CaseQuery {
                flows: vec![filter.flow.clone().unwrap_or_else(|| FLOW.to_owned())],
                states: filter.states.clone(),
                open: filter.open,
                area: here.as_ref().map(|area| area.path.clone()),
                from: filter.from,
                until: filter.until,
                limit: 5_000,
                ..CaseQuery::default()
            };
            let total = tx.count_cases(&who.reader, &query)?;
            let parts = match &here {
                Some(here) => tx.area_children(permit.scope(), Some(&here.code), engine2.now().china_date())?,
                None => tx.area_children(permit.scope(), None, engine2.now().china_date())?,
            };
            let parts: Vec<Area> = parts.into_iter().map(|node| node.area).collect();
            let plan = Plan::of(tx, parts)?;
            let features = if total as usize > POINTS {
                by_area(tx, &who, &query, &plan)?
            } else {
                points(&engine2, tx, &who, &query, &plan)?
            };
            Ok(json!({
                "type": "FeatureCollection",
                "schematic": plan.schematic,
                "clustered": total as usize > POINTS,
                "total": total,
                "features": features,
            }))
        })
        .await
}

/// The areas that are drawn and where each stands.
struct Plan {
    parts: Vec<Area>,
    tiles: Vec<tiles::Tile>,
    schematic: bool,
}

impl Plan {
    fn of(tx: &mut ReadTx<'_>, parts: Vec<Area>) -> Result<Self, Problem> {
        let codes: Vec<&str> = parts.iter().map(|part| part.code.as_str()).collect();
        let schematic = tx.outlines(&codes)?.is_empty();
        Ok(Self { tiles: tiles::layout(parts.len()), schematic, parts })
    }

    /// The part a case lies in.
    fn part(&self, case: &Case) -> Option<(usize, &Area)> {
        self.parts.iter().enumerate().find(|(_, part)| part.path.covers(&case.area))
    }

    /// Where a case is drawn: west to east, south to north.
    fn place(&self, case: &Case) -> Option<[f64; 2]> {
        if !self.schematic {
            return point(case).map(|point| [point.lon, point.lat]);
        }
        let (at, _) = self.part(case)?;
        let (west, south) = corner(*self.tiles.get(at)?);
        let (across, up) = scatter(case.id.0.as_bytes());
        Some([west + TILE * (0.1 + 0.8 * across), south + TILE * (0.1 + 0.8 * up)])
    }

    /// The middle of a part: of its tile, or of what lies in it.
    fn middle(&self, at: usize, cases: &[[f64; 2]]) -> Option<[f64; 2]> {
        if self.schematic {
            let (west, south) = corner(*self.tiles.get(at)?);
            return Some([west + TILE / 2.0, south + TILE / 2.0]);
        }
        let count = cases.len() as f64;
        let sum = cases.iter().fold([0.0, 0.0], |sum, place| [sum[0] + place[0], sum[1] + place[1]]);
        (!cases.is_empty()).then(|| [sum[0] / count, sum[1] / count])
    }
}

/// Two shares between 0 and 1 that depend on an id alone, evenly spread.
fn scatter(id: &[u8; 16]) -> (f64, f64) {
    let mixed = id
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let share = |bits: u64| (bits & 0xffff) as f64 / 65_536.0;
    (share(mixed >> 8), share(mixed >> 40))
}

fn points(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    who: &flow::Who,
    query: &CaseQuery,
    plan: &Plan,
) -> Result<Vec<Json>, Problem> {
    let (catalogue, now) = (engine.catalogue(), engine.now());
    let definition = query.flows.first().and_then(|name| catalogue.flows.get(name));
    let cases = tx.cases(&who.reader, query)?;
    let feature = |case: &Case| {
        let place = plan.place(case);
        let overdue = !case.is_over() && case.due.is_some_and(|due| due < now);
        json!({
            "type": "Feature",
            "id": case.id,
            "geometry": place.map(|place| json!({ "type": "Point", "coordinates": place })),
            "properties": {
                "id": case.id,
                "number": case.number,
                "title": case.body.title,
                "kind": case.kind,
                "state": case.state,
                "state_label": state_label(definition, &case.state, engine.lang),
                "phase": case.phase,
                "overdue": overdue,
                "opened": moment(case.opened),
                "due": case.due.map(moment),
                "area": plan.part(case).map(|(_, part)| part.code.clone()),
                "lat": case.lat.map(|lat| lat as f64 / geo::UNITS),
                "lon": case.lon.map(|lon| lon as f64 / geo::UNITS),
            },
        })
    };
    Ok(cases.iter().map(feature).collect())
}

fn state_label(flow: Option<&Flow>, state: &str, lang: Lang) -> String {
    let known = flow.and_then(|flow| flow.state(state));
    known.map_or_else(|| state.to_owned(), |state| state.label.text(lang).to_owned())
}

/// One feature an area with how many there are, from a sample of places where the areas are drawn.
fn by_area(tx: &mut ReadTx<'_>, who: &flow::Who, query: &CaseQuery, plan: &Plan) -> Result<Vec<Json>, Problem> {
    let mut places: BTreeMap<usize, Vec<[f64; 2]>> = BTreeMap::new();
    for case in tx.cases(&who.reader, query)? {
        if let (Some((at, _)), Some(place)) = (plan.part(&case), plan.place(&case)) {
            places.entry(at).or_default().push(place);
        }
    }
    let mut features = Vec::new();
    for (at, part) in plan.parts.iter().enumerate() {
        let count = tx.count_cases(&who.reader, &CaseQuery { area: Some(part.path.clone()), ..query.clone() })?;
        if count == 0 {
            continue;
        }
        let middle = plan.middle(at, places.get(&at).map(Vec::as_slice).unwrap_or_default());
        features.push(json!({
            "type": "Feature",
            "id": part.code,
            "geometry": middle.map(|place| json!({ "type": "Point", "coordinates": place })),
            "properties": { "area": part.code, "name": part.name, "count": count, "cluster": true },
        }));
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_scatter_over_their_tile_and_each_keeps_its_place() {
        let ids: Vec<[u8; 16]> = (0..200_u128).map(|number| uuid::Uuid::from_u128(number).into_bytes()).collect();
        let places: Vec<(f64, f64)> = ids.iter().map(scatter).collect();
        assert!(places.iter().all(|(a, b)| (0.0..1.0).contains(a) && (0.0..1.0).contains(b)));
        let left = places.iter().filter(|(across, _)| *across < 0.5).count();
        assert!((60..140).contains(&left), "{left}");
        assert_eq!(scatter(&ids[7]), places[7]);
    }
}
