//! Open events of the same class near by: whoever reports sees that somebody did already.

use linli_domain::{Actor, Subject, Verb, near::Point};
use linli_store::tables::{Case, CaseQuery};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FLOW, geo};
use crate::{
    Engine, Problem,
    flow::{self, CaseView},
};

/// Looked at when the flow says nothing: metres and days.
const USUAL: (u32, u32) = (60, 7);
/// Most shown.
const SHOWN: usize = 20;
/// Metres of a degree of latitude, a little less, so that the box is rather too large.
const DEGREE: f64 = 110_000.0;

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct NearQuery {
    /// Only of this class.
    pub kind: Option<String>,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
}

/// An event near by.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NearCase {
    /// The event.
    #[serde(flatten)]
    pub case: CaseView,
    /// How far away.
    pub metres: u32,
}

/// Events near by.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NearItems {
    /// The nearest first.
    pub items: Vec<NearCase>,
}

/// Open events near a place that the actor may see, as far and as long ago as the flow says.
pub async fn near(engine: &Engine, actor: &Actor, query: NearQuery) -> Result<NearItems, Problem> {
    engine.permit(actor, Verb::Create, Subject::Flow(FLOW.into()))?;
    let here = Point::new(query.lat, query.lon)
        .ok_or_else(|| Problem::parameter("lat", "坐标不正确。", "These are no coordinates."))?;
    let rule = engine.catalogue().flows.get(FLOW).and_then(|flow| flow.duplicates.clone());
    let (metres, days) = rule.map_or(USUAL, |rule| (rule.metres, rule.days));
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let who = flow::Who::of(&engine2, tx, &actor)?;
            let since = engine2.now().plus_seconds(-i64::from(days) * 86_400);
            let asked = CaseQuery {
                flows: vec![FLOW.into()],
                open: Some(true),
                kind: query.kind.clone(),
                from: Some(since),
                within: Some(around(here, f64::from(metres))),
                limit: 500,
                ..CaseQuery::default()
            };
            let found = tx.cases(&who.reader, &asked)?;
            let far = |case: &Case| Some(here.metres_to(point(case)?));
            let mut close: Vec<(u32, Case)> = found
                .into_iter()
                .filter_map(|case| {
                    let away = far(&case).filter(|away| *away <= f64::from(metres))?;
                    Some((away.round() as u32, case))
                })
                .collect();
            close.sort_by_key(|(away, case)| (*away, case.id));
            close.truncate(SHOWN);
            let (distances, cases): (Vec<u32>, Vec<Case>) = close.into_iter().unzip();
            let views = flow::views(&engine2, tx, &who, cases)?;
            let items = views.into_iter().zip(distances).map(|(case, metres)| NearCase { case, metres });
            Ok(NearItems { items: items.collect() })
        })
        .await
}

/// Where a case is.
pub(super) fn point(case: &Case) -> Option<Point> {
    Point::new(case.lat? as f64 / geo::UNITS, case.lon? as f64 / geo::UNITS)
}

/// South, west, north, east of a square around a place, in units of 10^-7 degrees.
fn around(here: Point, metres: f64) -> [i64; 4] {
    let (up, across) = (metres / DEGREE, metres / (DEGREE * here.lat.to_radians().cos().max(0.01)));
    [here.lat - up, here.lon - across, here.lat + up, here.lon + across].map(geo::units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_holds_the_circle() {
        let here = Point::new(45.75, 126.65).unwrap();
        let [south, west, north, east] = around(here, 60.0).map(|units| units as f64 / geo::UNITS);
        for (lat, lon) in [(south, 126.65), (north, 126.65), (45.75, west), (45.75, east)] {
            let away = here.metres_to(Point::new(lat, lon).unwrap());
            assert!((60.0..63.0).contains(&away), "{away}");
        }
    }
}
