//! Outlines of areas: imported from GeoJSON, answered as GeoJSON, and drawn as tiles where nobody has any.

use std::io::Read;

use linli_domain::{Actor, Area, Label, Subject, Verb, tiles};
use linli_store::{ReadTx, tables::Outline};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::geo::{bounds, polygons, square};
use crate::{Engine, Problem, ProblemKind};

/// Most bytes of a file of outlines.
const FILE_BYTES: u64 = 256 << 20;
/// Side of a schematic tile in degrees; the map stands around 0° N 0° E, where nobody takes it for a real place.
pub const TILE: f64 = 0.01;
/// Share of a tile that is drawn; the rest is the gap to the next.
const DRAWN: f64 = 0.94;
/// Properties that may hold an area's code, in order.
const CODES: [&str; 4] = ["code", "area", "adcode", "id"];

/// What became of a file of outlines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OutlineReport {
    /// Features in the file.
    pub features: u64,
    /// Outlines kept.
    pub kept: u64,
    /// Features that were not, and why.
    pub notes: Vec<OutlineNote>,
}

/// A feature that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutlineNote {
    /// Position in the file, from 1.
    pub feature: u64,
    /// Code it names, if it does.
    pub code: Option<String>,
    /// Why.
    pub message: Label,
}

/// Takes outlines in from a GeoJSON FeatureCollection whose features name an area in `properties.code`. An outline that is
/// there is replaced. Blocks the thread.
pub fn import_outlines(engine: &Engine, actor: &Actor, reader: impl Read) -> Result<OutlineReport, Problem> {
    let permit = engine.permit(actor, Verb::Import, Subject::Areas)?;
    let mut text = String::new();
    reader.take(FILE_BYTES + 1).read_to_string(&mut text).map_err(|_| not_geojson())?;
    if text.len() as u64 > FILE_BYTES {
        return Err(Problem::too_large(&Label::new("文件", "The file"), "256 MB"));
    }
    let file: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| not_geojson())?;
    drop(text);
    let features = match (file.get("type").and_then(Json::as_str), file.get("features").and_then(Json::as_array)) {
        (Some("FeatureCollection"), Some(features)) => features,
        _ => return Err(not_geojson()),
    };
    let mut report = OutlineReport { features: features.len() as u64, ..OutlineReport::default() };
    let mut found = Vec::new();
    for (number, feature) in (1..).zip(features) {
        match outline_of(feature) {
            Ok(outline) => found.push((number, outline)),
            Err((code, message)) => report.notes.push(OutlineNote { feature: number, code, message }),
        }
    }
    let entry_of = engine.clone();
    let actor = actor.clone();
    let (kept, notes) = engine.store.write_blocking::<_, Problem>(move |tx| {
        let (mut kept, mut notes) = (Vec::new(), Vec::new());
        for (number, outline) in &found {
            let area = tx.area(&outline.code)?.filter(|area| permit.scope().covers(&area.path));
            if area.is_some() {
                kept.push(outline.clone());
            } else {
                let message = Label::new("没有这个区划,或不在您的范围内", "there is no such area within your scope");
                notes.push(OutlineNote { feature: *number, code: Some(outline.code.clone()), message });
            }
        }
        tx.put_outlines(&permit, &kept)?;
        let detail = json!({ "kept": kept.len(), "refused": notes.len() });
        tx.audit(entry_of.audit_entry(&actor, "import", "areas", "outlines", None, detail))?;
        Ok((kept.len() as u64, notes))
    })?;
    report.kept = kept;
    report.notes.extend(notes);
    report.notes.sort_by_key(|note| note.feature);
    Ok(report)
}

fn not_geojson() -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "outline.not_geojson",
        "文件不是 GeoJSON FeatureCollection(UTF-8,WGS 84)。",
        "The file is not a GeoJSON FeatureCollection (UTF-8, WGS 84).",
    )
}

fn outline_of(feature: &Json) -> Result<Outline, (Option<String>, Label)> {
    let properties = feature.get("properties").unwrap_or(&Json::Null);
    let code = CODES.iter().find_map(|name| match properties.get(name)? {
        Json::String(code) => Some(code.trim().to_owned()).filter(|code| !code.is_empty()),
        Json::Number(code) => Some(code.to_string()),
        _ => None,
    });
    let Some(code) = code else {
        let message = Label::new("缺少 properties.code(区划代码)", "properties.code (the area's code) is missing");
        return Err((None, message));
    };
    let geometry = feature.get("geometry").unwrap_or(&Json::Null);
    match polygons(geometry) {
        Ok(drawn) => {
            let body = json!({ "type": geometry["type"], "coordinates": geometry["coordinates"] }).to_string();
            Ok(Outline { code, body, bounds: bounds(&drawn) })
        }
        Err((zh, en)) => Err((Some(code), Label::new(zh, en))),
    }
}

/// The areas directly below `parent` (the tops of one's scope without one) as GeoJSON: as drawn; as schematic tiles when
/// none of them is. Where some are drawn, the others have no geometry.
pub async fn areas_geojson(engine: &Engine, actor: &Actor, parent: Option<String>) -> Result<Json, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Areas)?;
    let today = engine.now().china_date();
    engine
        .store
        .read(move |tx| {
            if let Some(code) = &parent {
                let area = tx.area(code)?.ok_or_else(|| Problem::no_area(code))?;
                let leads = permit.scope().covers(&area.path)
                    || permit.within(&area.path).scope() != &linli_domain::Scope::Areas(Vec::new());
                if !leads {
                    return Err(Problem::no_area(code));
                }
            }
            let nodes = tx.area_children(permit.scope(), parent.as_deref(), today)?;
            collection(tx, nodes.into_iter().map(|node| node.area).collect())
        })
        .await
}

/// Areas as a FeatureCollection.
pub fn collection(tx: &mut ReadTx<'_>, areas: Vec<Area>) -> Result<Json, Problem> {
    let codes: Vec<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    let drawn = tx.outlines(&codes)?;
    let schematic = drawn.is_empty();
    let tiles = tiles::layout(areas.len());
    let mut features = Vec::with_capacity(areas.len());
    for (area, tile) in areas.iter().zip(tiles) {
        let outline = drawn.iter().find(|outline| outline.code == area.code);
        let geometry = match outline {
            Some(outline) => serde_json::from_str(&outline.body).map_err(Problem::internal)?,
            None if schematic => tile_geometry(tile),
            None => Json::Null,
        };
        features.push(json!({
            "type": "Feature",
            "id": area.code,
            "geometry": geometry,
            "properties": { "code": area.code, "name": area.name, "kind": area.kind },
        }));
    }
    Ok(json!({ "type": "FeatureCollection", "schematic": schematic, "features": features }))
}

/// West and south of a tile in degrees.
pub fn corner(tile: tiles::Tile) -> (f64, f64) {
    (tile.column as f64 * TILE, -((tile.row + 1) as f64) * TILE)
}

fn tile_geometry(tile: tiles::Tile) -> Json {
    let (west, south) = corner(tile);
    let gap = TILE * (1.0 - DRAWN) / 2.0;
    square(west + gap, south + gap, TILE * DRAWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_names_its_area_and_is_a_polygon() {
        let ring = json!([[[126.6, 45.7], [126.7, 45.7], [126.7, 45.8], [126.6, 45.7]]]);
        let feature =
            |code: Json| json!({ "properties": code, "geometry": { "type": "Polygon", "coordinates": ring } });
        let kept = outline_of(&feature(json!({ "code": " 230103013001 " }))).unwrap();
        assert_eq!((kept.code.as_str(), kept.bounds[0]), ("230103013001", 1_266_000_000));
        assert_eq!(outline_of(&feature(json!({ "adcode": 230_103 }))).unwrap().code, "230103");
        assert_eq!(outline_of(&feature(json!({}))).unwrap_err().0, None);
        let point = json!({ "properties": { "code": "1" }, "geometry": { "type": "Point", "coordinates": [1, 2] } });
        assert_eq!(outline_of(&point).unwrap_err().0.as_deref(), Some("1"));
    }

    #[test]
    fn tiles_stand_beside_and_below_each_other() {
        assert_eq!(corner(tiles::Tile { column: 0, row: 0 }), (0.0, -TILE));
        assert_eq!(corner(tiles::Tile { column: 2, row: 1 }), (2.0 * TILE, -2.0 * TILE));
    }
}
