//! GeoJSON geometries (RFC 7946) as far as areas need them, and the area a point lies in.

use linli_domain::{Area, near::Point};
use linli_store::ReadTx;
use serde_json::{Value as Json, json};

use crate::Problem;

/// Most corners of one area's outline.
const CORNERS: usize = 200_000;
/// Units of a degree that coordinates are kept in.
pub const UNITS: f64 = 1e7;

/// A polygon: its outer ring, then its holes.
pub type Polygon = Vec<Vec<Point>>;

/// Polygons of a Polygon or MultiPolygon; else what is wrong, in both languages.
pub fn polygons(geometry: &Json) -> Result<Vec<Polygon>, (String, String)> {
    let wrong = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    let coordinates = geometry.get("coordinates").and_then(Json::as_array);
    let coordinates = coordinates.ok_or_else(|| wrong("没有坐标(coordinates)", "there are no coordinates"))?;
    let polygons: Option<Vec<Polygon>> = match geometry.get("type").and_then(Json::as_str) {
        Some("Polygon") => polygon(coordinates).map(|polygon| vec![polygon]),
        Some("MultiPolygon") => coordinates.iter().map(|part| polygon(part.as_array()?)).collect(),
        _ => return Err(wrong("须为 Polygon 或 MultiPolygon", "must be a Polygon or MultiPolygon")),
    };
    let polygons = polygons.ok_or_else(|| {
        wrong(
            "坐标须为 [经度, 纬度],每个环至少 4 点且首尾相同",
            "coordinates are [longitude, latitude]; a ring has at least 4 points, the last like the first",
        )
    })?;
    let corners: usize = polygons.iter().flatten().map(Vec::len).sum();
    if polygons.is_empty() || corners > CORNERS {
        return Err(wrong("轮廓为空或点数过多(上限 200,000)", "the outline is empty or has more than 200,000 points"));
    }
    Ok(polygons)
}

fn polygon(rings: &[Json]) -> Option<Polygon> {
    let rings: Polygon = rings.iter().map(|ring| ring_of(ring.as_array()?)).collect::<Option<_>>()?;
    (!rings.is_empty()).then_some(rings)
}

fn ring_of(points: &[Json]) -> Option<Vec<Point>> {
    let ring: Vec<Point> = points
        .iter()
        .map(|point| {
            let pair = point.as_array()?;
            Point::new(pair.get(1)?.as_f64()?, pair.first()?.as_f64()?)
        })
        .collect::<Option<_>>()?;
    (ring.len() >= 4 && ring.first() == ring.last()).then_some(ring)
}

/// West, south, east, north in units of 10^-7 degrees.
pub fn bounds(polygons: &[Polygon]) -> [i64; 4] {
    let mut bounds = [i64::MAX, i64::MAX, i64::MIN, i64::MIN];
    for point in polygons.iter().flatten().flatten() {
        let (lat, lon) = (units(point.lat), units(point.lon));
        bounds = [bounds[0].min(lon), bounds[1].min(lat), bounds[2].max(lon), bounds[3].max(lat)];
    }
    bounds
}

/// Degrees in units of 10^-7.
pub fn units(degrees: f64) -> i64 {
    (degrees * UNITS).round() as i64
}

/// Whether a point lies in one of the polygons and in none of its holes.
pub fn holds(polygons: &[Polygon], point: Point) -> bool {
    polygons.iter().any(|rings| {
        let mut rings = rings.iter();
        rings.next().is_some_and(|outer| point.within(outer)) && !rings.any(|hole| point.within(hole))
    })
}

/// The deepest area whose outline holds a point; none when nobody drew one there.
pub fn area_of(tx: &mut ReadTx<'_>, point: Point) -> Result<Option<Area>, Problem> {
    let mut found: Option<Area> = None;
    for outline in tx.outlines_around(units(point.lat), units(point.lon))? {
        let geometry: Json = serde_json::from_str(&outline.body).map_err(Problem::internal)?;
        let Ok(drawn) = polygons(&geometry) else { continue };
        if !holds(&drawn, point) {
            continue;
        }
        let Some(area) = tx.area(&outline.code)? else { continue };
        let depth = |area: &Area| area.path.as_str().matches('/').count();
        if found.as_ref().is_none_or(|held| depth(held) < depth(&area)) {
            found = Some(area);
        }
    }
    Ok(found)
}

/// A square of the schematic map as a ring.
pub fn square(west: f64, south: f64, side: f64) -> Json {
    let (east, north) = (west + side, south + side);
    json!({
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn a_hole_is_not_part_of_an_area() {
        let drawn = polygons(&json!({ "type": "Polygon", "coordinates": [
            [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]],
            [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]],
        ] }))
        .unwrap();
        assert!(holds(&drawn, at(1.0, 1.0)) && !holds(&drawn, at(5.0, 5.0)) && !holds(&drawn, at(20.0, 5.0)));
        assert_eq!(bounds(&drawn), [0, 0, 100_000_000, 100_000_000]);
    }

    #[test]
    fn what_is_no_outline_is_refused() {
        for geometry in [
            json!(null),
            json!({ "type": "Point", "coordinates": [1, 2] }),
            json!({ "type": "Polygon", "coordinates": [] }),
            json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]] }),
            json!({ "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]] }),
            json!({ "type": "Polygon", "coordinates": [[[0, 0], [181, 0], [1, 1], [0, 0]]] }),
            json!({ "type": "Polygon", "coordinates": [[["a", 0], [1, 0], [1, 1], ["a", 0]]] }),
        ] {
            assert!(polygons(&geometry).is_err(), "{geometry}");
        }
    }
}
