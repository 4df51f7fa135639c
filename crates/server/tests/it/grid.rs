//! The map's areas, and what is suggested for a report.

use linli_domain::RecordId;
use linli_engine::{
    Engine,
    grid::{import_outlines, learn},
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};

use crate::{
    case_kit::{act, act_for, fresh, report, seen, unit},
    world::{ANGUANG, STREET, World, ZHAOLIN},
};

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

#[tokio::test]
async fn a_resident_reports_without_an_account_and_follows_it() {
    let world = World::start().await;
    import(&world, outlines(&[(ANGUANG, [126.6, 45.7, 126.7, 45.8])])).await.unwrap();
    let nobody = world.nobody();
    let client = fresh();
    let body = json!({ "text": "井盖坏了,很危险", "kind": "0109", "danger": true, "phone": "13812345678",
        "place": { "lat": 45.75, "lon": 126.65, "text": "3号楼前" }, "client_id": client });
    let taken = nobody.post(&format!("/api/public/report/{STREET}"), body.clone()).expect(201).await;
    let again = nobody.post(&format!("/api/public/report/{STREET}"), body).expect(201).await;
    assert_eq!(taken, again, "sent twice counts once");
    let path =
        format!("/api/public/cases/{}?code={}", taken["number"].as_str().unwrap(), taken["code"].as_str().unwrap());
    let shown = nobody.get(&path).expect(200).await;
    assert_eq!(
        (&shown["state"], &shown["area"]["code"]),
        (&json!("待核实"), &json!(ANGUANG)),
        "where its place lies: {shown}"
    );
    assert!(!shown.to_string().contains("13812345678"));
    assert_eq!(shown["actions"], json!(["withdraw"]));
    let send = |path: &str, name: &'static str| {
        let part = Part::bytes(vec![0xff, 0xd8, 0xff]).file_name(name).mime_str("image/jpeg").unwrap();
        let url = format!("{}{}", world.url, path.replace('?', "/files?"));
        reqwest::Client::new().post(url).header("x-linli", "1").multipart(Form::new().part("file", part)).send()
    };
    for _ in 0..2 {
        assert_eq!(send(&path, "现场.jpg").await.unwrap().status(), 200, "the same again is kept once");
    }
    let number: RecordId = {
        let who = crate::case_kit::actor(&world, "street").await;
        let case =
            linli_engine::flow::by_number(&world.engine, &who, taken["number"].as_str().unwrap().into()).await.unwrap();
        assert_eq!((case.files.len(), case.files[0].name.as_str()), (1, "现场.jpg"));
        case.case.id
    };
    assert_eq!(send(&path.replace("code=", "code=X"), "a.jpg").await.unwrap().status(), 404);
    act(&world, "street", number, "reject", json!({ "reject_reason": "repeated" })).await.unwrap();
    assert_eq!(send(&path, "b.jpg").await.unwrap().status(), 409, "what is over takes nothing more");
    for (area, code) in [("230102000000", 404), ("999", 404)] {
        nobody
            .post(&format!("/api/public/report/{area}"), json!({ "text": "x", "client_id": fresh() }))
            .expect(code)
            .await;
    }
    let bad = |body: Json| nobody.post(&format!("/api/public/report/{STREET}"), body);
    bad(json!({ "text": "  ", "client_id": fresh() })).expect(422).await;
    bad(json!({ "text": "x", "kind": "9999", "client_id": fresh() })).expect(422).await;
    bad(json!({ "text": "x", "place": { "lat": 200.0, "lon": 1.0, "text": "" }, "client_id": fresh() }))
        .expect(422)
        .await;
}

#[tokio::test]
async fn an_event_is_verified_dispatched_handled_checked_and_closed() {
    let world = World::start().await;
    let water = unit(&world, "供排水集团", "井盖、下水").await;
    let made = report(&world, "community", ZHAOLIN, json!({ "text": "井盖碎了" }), None).await;
    let id = made.case.id;
    assert!(
        act(&world, "street", id, "dispatch", json!({})).await.is_err(),
        "nothing is dispatched before it is filed"
    );
    act(&world, "community", id, "verify", json!({ "kind": "0109" })).await.unwrap();
    act(&world, "community", id, "file", json!({})).await.unwrap();
    let sent = act_for(&world, "street", id, "dispatch", json!({}), Some(water)).await.unwrap();
    assert_eq!(sent.case.state.name, "dispatched");
    let clock = sent.clocks.iter().find(|clock| clock.name == "handle").unwrap();
    let left = clock.left_seconds.unwrap();
    assert!((12 * 3_600 - 60..=12 * 3_600).contains(&left), "a broken cover is handled within twelve hours: {left}");
    let department = world.signed_in("department").await;
    assert!(department.get("/api/grid/suggest?text=x").send().await.status() == 403);
    assert!(seen(&world, "department", id).await.is_err(), "a department sees only what it was called to");
    let path = format!("/api/records/network/unit/{water}");
    world.signed_in("street").await.get(&path).expect(200).await;
    let engine = world.engine.clone();
    let account = crate::case_kit::actor(&world, "department").await.account;
    let home = STREET.to_owned();
    engine
        .store
        .write::<_, linli_engine::Problem>(move |tx| Ok(tx.put_members(&home, water, &[account])?))
        .await
        .unwrap();
    assert!(seen(&world, "department", id).await.is_ok());
    act(&world, "department", id, "handle", json!({ "result": "已更换井盖" })).await.unwrap();
    act(&world, "community", id, "check", json!({ "checked_ok": true })).await.unwrap();
    let closed = act(&world, "community", id, "close", json!({})).await.unwrap();
    assert_eq!(closed.case.state.phase, "done");
}

#[tokio::test]
async fn suggestions_start_with_words_and_are_learned_from_closed_cases() {
    let world = World::start().await;
    let heat = unit(&world, "供热公司", "暖气、供热").await;
    let street = world.signed_in("street").await;
    let ask = |text: &str| street.get(&format!("/api/grid/suggest?text={text}&area={ZHAOLIN}"));
    let first = ask("家里暖气不热").expect(200).await;
    assert_eq!((&first["basis"], &first["accuracy"]), (&json!("keywords"), &Json::Null));
    assert_eq!(first["kind"][0]["code"], "0603");
    assert_eq!(first["unit"][0]["id"], json!(heat));
    assert_eq!(ask("乱七八糟的话").expect(200).await["kind"], json!([]), "no word, no guess");

    // Neighbours of this street say "冻手" for cold rooms; no word list knows that.
    for number in 0..34 {
        let (text, kind) = match number % 3 {
            0 => (format!("{number}号楼屋里冻手,老人受不了"), "0603"),
            1 => (format!("{number}号楼门前有人乱停车"), "0505"),
            _ => (format!("{number}号楼垃圾没人收"), "0102"),
        };
        let made = report(&world, "community", ZHAOLIN, json!({ "text": text }), None).await;
        act(&world, "community", made.case.id, "handle_on_site", json!({ "kind": kind, "result": "已处理" }))
            .await
            .unwrap();
        act(&world, "community", made.case.id, "close", json!({})).await.unwrap();
    }
    let engine = world.engine.clone();
    tokio::task::spawn_blocking(move || learn::run(&engine, &Json::Null)).await.unwrap().unwrap();
    let learned = ask("屋里冻手").expect(200).await;
    assert_eq!((&learned["basis"], &learned["cases"]), (&json!("learned"), &json!(34)));
    assert_eq!(learned["kind"][0]["code"], "0603");
    assert!(learned["accuracy"].as_f64().unwrap() > 0.9);
    let other = street.get("/api/grid/suggest?text=屋里冻手").expect(200).await;
    assert_eq!(other["basis"], "keywords", "a street learns from its own cases");
    let open = report(&world, "community", ZHAOLIN, json!({ "text": "屋里冻手" }), None).await;
    let shown = seen(&world, "community", open.case.id).await.unwrap();
    assert_eq!(shown["suggestions"]["kind"][0]["code"], "0603", "the case's page has them: {}", shown["suggestions"]);
}

#[tokio::test]
async fn what_lies_near_is_found_by_class_distance_and_age() {
    let world = World::start().await;
    let values = |kind: &str| json!({ "text": "坏了", "kind": kind });
    let near = report(&world, "community", ZHAOLIN, values("0109"), Some((45.75, 126.65))).await;
    report(&world, "community", ZHAOLIN, values("0110"), Some((45.75, 126.65))).await;
    report(&world, "community", ZHAOLIN, values("0109"), Some((45.76, 126.65))).await;
    let street = world.signed_in("street").await;
    let path = "/api/grid/near?kind=0109&lat=45.7501&lon=126.65";
    let found = street.get(path).expect(200).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found["items"][0]["number"], &found["items"][0]["metres"]), (&json!(near.case.number), &json!(11)));
    street.get("/api/grid/near?kind=0109&lat=95&lon=1").expect(422).await;
    world.clock.advance(8 * 86_400);
    let street = world.signed_in("street").await;
    assert_eq!(street.get(path).expect(200).await["items"], json!([]), "after a week it is another");
}

#[tokio::test]
async fn the_map_shows_cases_in_their_areas_tile_or_where_they_are() {
    let world = World::start().await;
    let made =
        report(&world, "community", ZHAOLIN, json!({ "text": "坏了", "kind": "0109" }), Some((45.75, 126.65))).await;
    report(&world, "neighbour", ANGUANG, json!({ "text": "坏了", "kind": "0110" }), None).await;
    let street = world.signed_in("street").await;
    let path = format!("/api/grid/map?area={STREET}");
    let schematic = street.get(&path).expect(200).await;
    assert_eq!((&schematic["schematic"], &schematic["total"]), (&json!(true), &json!(2)));
    let areas = street.get(&format!("/api/areas/geojson?parent={STREET}")).expect(200).await;
    for feature in schematic["features"].as_array().unwrap() {
        let [lon, lat] = [0, 1].map(|at| feature["geometry"]["coordinates"][at].as_f64().unwrap());
        let tile = areas["features"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["properties"]["code"] == feature["properties"]["area"]);
        let ring = tile.unwrap()["geometry"]["coordinates"][0].as_array().unwrap().clone();
        let [west, south, east, north] =
            [&ring[0][0], &ring[0][1], &ring[2][0], &ring[2][1]].map(|one| one.as_f64().unwrap());
        assert!(west < lon && lon < east && south < lat && lat < north, "{feature}");
    }
    import(&world, outlines(&[(ZHAOLIN, [126.6, 45.7, 126.7, 45.8])])).await.unwrap();
    let drawn = street.get(&path).expect(200).await;
    let find = |number: &str| {
        drawn["features"].as_array().unwrap().iter().find(|one| one["properties"]["number"] == number).unwrap().clone()
    };
    assert_eq!(find(&made.case.number)["geometry"]["coordinates"], json!([126.65, 45.75]));
    assert_eq!(street.get(&format!("{path}&state=closed")).expect(200).await["total"], 0);
    let neighbour = world.signed_in("neighbour").await;
    assert_eq!(neighbour.get("/api/grid/map").expect(200).await["total"], 1, "one's own only");
    street.get(&format!("{path}&from=yesterday")).expect(422).await;
}
