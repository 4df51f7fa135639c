//! The map's areas, and what is suggested for a report.

use linli_engine::{Engine, grid::import_outlines};
use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, STREET, World, ZHAOLIN};

fn outlines(features: &[(&str, [f64; 4])]) -> Vec<u8> {
    let feature = |(code, [west, south, east, north]): &(&str, [f64; 4])| {
        json!({ "type": "Feature", "properties": { "code": code }, "geometry": { "type": "Polygon", "coordinates": [[
            [west, south], [east, south], [east, north], [west, north], [west, south]]] } })
    };
    let features: Vec<Json> = features.iter().map(feature).collect();
    json!({ "type": "FeatureCollection", "features": features }).to_string().into_bytes()
}

async fn import(world: &World, bytes: Vec<u8>) -> Result<linli_engine::grid::OutlineReport, linli_engine::Problem> {
    let engine = world.engine.clone();
    tokio::task::spawn_blocking(move || import_outlines(&engine, &Engine::operator(), &bytes[..])).await.unwrap()
}

#[tokio::test]
async fn areas_nobody_drew_are_tiles_and_drawn_ones_are_as_drawn() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let path = format!("/api/areas/geojson?parent={STREET}");
    let tiles = street.get(&path).expect(200).await;
    assert_eq!((&tiles["type"], &tiles["schematic"]), (&json!("FeatureCollection"), &json!(true)));
    let features = tiles["features"].as_array().unwrap();
    assert_eq!((features.len(), &features[0]["properties"]["code"]), (2, &json!(ZHAOLIN)));
    assert_eq!(features[0]["geometry"]["coordinates"][0].as_array().unwrap().len(), 5);
    assert_ne!(features[0]["geometry"], features[1]["geometry"]);
    assert_eq!(tiles, street.get(&path).expect(200).await, "the same every time");

    let report =
        import(&world, outlines(&[(ZHAOLIN, [126.6, 45.7, 126.7, 45.8]), ("999", [1.0, 1.0, 2.0, 2.0])])).await;
    let report = report.unwrap();
    assert_eq!((report.features, report.kept, report.notes.len()), (2, 1, 1));
    let drawn = street.get(&path).expect(200).await;
    assert_eq!(drawn["schematic"], false);
    assert_eq!(drawn["features"][0]["geometry"]["coordinates"][0][0], json!([126.6, 45.7]));
    assert_eq!(drawn["features"][1]["geometry"], Json::Null, "what nobody drew has no place among drawn ones");

    let neighbour = world.signed_in("neighbour").await;
    let own = neighbour.get(&path).expect(200).await;
    assert_eq!(own["features"][0]["properties"]["code"], ANGUANG, "one's own only");
    neighbour.get("/api/areas/geojson?parent=230102002000").refused(404, "area.not_found").await;
}

#[tokio::test]
async fn a_file_that_is_no_geojson_changes_nothing_and_says_so() {
    let world = World::start().await;
    for bytes in [&b"not json"[..], b"{}", b"[]", b"{\"type\":\"FeatureCollection\"}", b"\xff\xfe"] {
        assert_eq!(import(&world, bytes.to_vec()).await.unwrap_err().code, "outline.not_geojson");
    }
    let endless = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(import(&world, endless.into_bytes()).await.is_err(), "nesting without end is refused, not followed");
}
