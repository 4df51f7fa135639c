//! GeoJSON (RFC 7946): one feature for each place of an answer, with the answer's other values as properties. Answers
//! without a place are features without geometry, so that none is lost.

use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::{Answers, book, table::List};
use crate::{Problem, collect::answer::state_name, register::moment};

/// Writes the file.
pub(super) fn write<W: Write>(
    of: &mut Answers<'_, '_>,
    list: &List,
    watermark: &str,
    mut out: W,
) -> Result<(), Problem> {
    let lang = of.engine.lang;
    let io = |error: std::io::Error| book(error.into());
    let mark = json!(watermark);
    write!(out, "{{\"type\":\"FeatureCollection\",\"watermark\":{mark},\"features\":[").map_err(io)?;
    let mut first = true;
    of.each(&mut |_, one, answer| {
        let mut properties = Map::new();
        properties.insert("instance_id".into(), json!(one.instance));
        properties.insert("received".into(), json!(moment(one.received)));
        properties.insert("state".into(), json!(state_name(one)));
        let mut places = Vec::new();
        let rows = answer.tables.iter().find(|table| table.repeat == list.repeat).map(|table| &table.rows);
        for (path, value) in rows.into_iter().flatten().flat_map(|row| &row.values) {
            let Some(question) = list.questions.iter().find(|question| question.path == *path) else { continue };
            let hidden = answer.shape.mask(path).is_some();
            match geometry(&question.r#type, value).filter(|_| !hidden) {
                Some(place) => places.push((question.name.clone(), place)),
                None => drop(properties.insert(question.name.clone(), json!(answer.shape.shown(path, value, lang)))),
            }
        }
        // Places within repeats stand for the answer too.
        for (path, value) in answer.values() {
            let Some(question) = answer.shape.question(path).filter(|one| one.repeat) else { continue };
            let hidden = answer.shape.mask(path).is_some();
            if let Some(place) = geometry(&question.r#type, value).filter(|_| !hidden) {
                places.push((question.name.clone(), place));
            }
        }
        if places.is_empty() {
            places.push((String::new(), Json::Null));
        }
        for (name, geometry) in places {
            let mut properties = properties.clone();
            if !name.is_empty() {
                properties.insert("question".into(), json!(name));
            }
            let feature = json!({ "type": "Feature", "geometry": geometry, "properties": properties });
            let comma = if std::mem::take(&mut first) { "" } else { "," };
            write!(out, "{comma}\n{feature}").map_err(io)?;
        }
        Ok(())
    })?;
    out.write_all(b"\n]}\n").and_then(|()| out.flush()).map_err(io)
}

/// The geometry of a place; `None` for other types and for what is no place.
fn geometry(kind: &str, value: &str) -> Option<Json> {
    let points = || value.split(';').filter(|one| !one.trim().is_empty()).map(position).collect::<Option<Vec<_>>>();
    match kind {
        "geopoint" => Some(json!({ "type": "Point", "coordinates": position(value)? })),
        "geotrace" => {
            let points = points().filter(|points| points.len() >= 2)?;
            Some(json!({ "type": "LineString", "coordinates": points }))
        }
        "geoshape" => {
            let mut points = points().filter(|points| points.len() >= 3)?;
            if points.first() != points.last() {
                points.push(points[0].clone());
            }
            Some(json!({ "type": "Polygon", "coordinates": [points] })).filter(|_| points_of_ring(value) >= 3)
        }
        _ => None,
    }
}

/// Different points of a ring.
fn points_of_ring(value: &str) -> usize {
    let mut seen: Vec<&str> = value.split(';').map(str::trim).filter(|one| !one.is_empty()).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// `latitude longitude altitude accuracy` → longitude, latitude (and altitude when it is known).
fn position(text: &str) -> Option<Vec<f64>> {
    let numbers: Vec<f64> = text.split_whitespace().map_while(|one| one.parse().ok()).collect();
    let [latitude, longitude, rest @ ..] = numbers.as_slice() else { return None };
    if !(-90.0..=90.0).contains(latitude) || !(-180.0..=180.0).contains(longitude) {
        return None;
    }
    let mut position = vec![*longitude, *latitude];
    position.extend(rest.first().filter(|altitude| altitude.is_finite() && **altitude != 0.0));
    Some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_longitude_first() {
        assert_eq!(geometry("geopoint", "45.75 126.65 0 5").unwrap()["coordinates"], json!([126.65, 45.75]));
        let trace = geometry("geotrace", "45 126 1 0; 46 127 2 0;").unwrap();
        assert_eq!(trace["coordinates"], json!([[126.0, 45.0, 1.0], [127.0, 46.0, 2.0]]));
    }

    #[test]
    fn a_ring_is_closed_and_what_is_no_place_is_none() {
        let shape = geometry("geoshape", "0 0;0 1;1 1").unwrap();
        assert_eq!(shape["coordinates"][0].as_array().unwrap().len(), 4);
        for (kind, value) in [
            ("geopoint", "95 10"),
            ("geopoint", "x"),
            ("geotrace", "1 1"),
            ("geoshape", "0 0;0 1;0 0"),
            ("text", "1 1"),
        ] {
            assert_eq!(geometry(kind, value), None, "{kind} {value}");
        }
    }
}
