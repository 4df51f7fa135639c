//! The tree over HTTP.

use serde_json::json;

use crate::world::{ANGUANG, RESIDENTS, STREET, World, XINYANG, ZHAOLIN, at};

#[tokio::test]
async fn one_sees_the_tree_within_ones_scope() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let tops = street.get("/api/areas").expect(200).await;
    assert_eq!(tops["items"][0]["code"], STREET);
    assert_eq!(tops["items"][0]["has_children"], true);
    let below = street.get(&format!("/api/areas?parent={STREET}")).expect(200).await;
    assert_eq!(below["items"].as_array().unwrap().len(), 2);
    street.get(&format!("/api/areas?parent={XINYANG}")).refused(404, "area.not_found").await;
    let one = street.get(&format!("/api/areas/{ZHAOLIN}")).expect(200).await;
    assert_eq!(one["full_name"], "哈尔滨市 / 道里区 / 兆麟街道 / 兆麟社区居委会");
    assert_eq!(one["ancestry"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn areas_are_found_by_name_initials_and_code() {
    let world = World::start().await;
    let city = world.signed_in("city").await;
    for (asked, found) in [("安广", ANGUANG), ("agsq", ANGUANG), ("230102002001", XINYANG), ("xysq", XINYANG)] {
        let items = city.get(&format!("/api/areas/search?q={asked}")).expect(200).await;
        assert_eq!(items["items"][0]["code"], found, "{asked}: {items}");
    }
    let neighbour = world.signed_in("neighbour").await;
    let none = neighbour.get("/api/areas/search?q=新阳").expect(200).await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn the_tree_is_managed_below_the_community() {
    let world = World::start().await;
    let (street, community) = (world.signed_in("street").await, world.signed_in("community").await);
    let grid = json!({ "parent": ZHAOLIN, "kind": "grid", "name": "第一网格" });
    let grid = community.post("/api/areas", grid).expect(201).await;
    assert_eq!(grid["code"], format!("{ZHAOLIN}001"));
    let code = grid["code"].as_str().unwrap();
    let second = json!({ "parent": ZHAOLIN, "kind": "grid", "name": "第二网格" });
    assert_eq!(community.post("/api/areas", second).expect(201).await["code"], format!("{ZHAOLIN}002"));
    let unit = json!({ "parent": code, "kind": "unit", "name": "1单元" });
    street.post("/api/areas", unit).refused(422, "area.kind").await;
    let above = json!({ "parent": STREET, "kind": "community", "name": "新社区" });
    street.post("/api/areas", above).refused(409, "area.statistical").await;

    let renamed = street.patch(&format!("/api/areas/{code}"), json!({ "name": "兆麟第一网格" })).expect(200).await;
    assert_eq!(
        (renamed["name"].as_str(), renamed["names"][1]["name"].as_str()),
        (Some("兆麟第一网格"), Some("第一网格"))
    );
    let resident = community.register(code, json!({ "name": "王秀英" })).await;
    let to = format!("/api/areas/{code}/move");
    let ahead = json!({ "parent": ANGUANG, "from": "2026-12-01" });
    street.post(&to, ahead).refused(422, "request.parameter").await;
    let before_it_was = json!({ "parent": ANGUANG, "from": "2020-01-01" });
    street.post(&to, before_it_was).refused(422, "request.parameter").await;
    let moved = street.post(&to, json!({ "parent": ANGUANG })).expect(200).await;
    assert_eq!(moved["parent"], ANGUANG);
    assert_eq!(moved["places"], json!([]), "made and moved on one day: it never was anywhere else");
    community.get(&at(&resident)).refused(404, "record.not_found").await;
    let neighbour = world.signed_in("neighbour").await;
    assert_eq!(neighbour.get(&at(&resident)).expect(200).await["area"]["name"], "兆麟第一网格");

    world.clock.advance(10 * 86_400);
    let (street, community) = (world.signed_in("street").await, world.signed_in("community").await);
    let back = street.post(&to, json!({ "parent": ZHAOLIN, "from": "2026-12-01" })).expect(200).await;
    let place = &back["places"][0];
    assert_eq!(
        (&place["parent"], &place["from"], &place["to"]),
        (&json!(ANGUANG), &json!("2026-11-23"), &json!("2026-11-30"))
    );
    assert!(place["full_name"].as_str().unwrap().contains("安广"), "{place}");
    street.post(&to, json!({ "parent": ANGUANG, "from": "2026-11-25" })).refused(422, "request.parameter").await;
    community.get(&at(&resident)).expect(200).await;
    let moved = street.post(&to, json!({ "parent": ANGUANG })).expect(200).await;
    assert_eq!(moved["places"].as_array().unwrap().len(), 2, "{moved}");
    let neighbour = world.signed_in("neighbour").await;

    let close = format!("/api/areas/{code}/close");
    street.post(&close, json!({ "last_day": "2026-12-03" })).refused(409, "area.in_use").await;
    let end = json!({ "on": "2026-11-20", "reason": "moved_away" });
    let reasons = neighbour.get("/api/catalogue").expect(200).await;
    let list = reasons["code_lists"].as_array().unwrap().iter().find(|one| one["name"] == "people/person_end_reason");
    let reason = list.unwrap()["codes"][0]["code"].clone();
    let end = json!({ "on": end["on"], "reason": reason });
    neighbour.post(&format!("{}/end", at(&resident)), end).expect(200).await;
    let closed = street.post(&close, json!({ "last_day": "2026-12-03" })).expect(200).await;
    assert_eq!(closed["valid_to"], "2026-12-03");
    world.clock.advance(2 * 86_400);
    let street = world.signed_in("street").await;
    let late = json!({ "area": code, "values": { "name": "李四" } });
    street.post(RESIDENTS, late).refused(422, "record.area").await;
}
