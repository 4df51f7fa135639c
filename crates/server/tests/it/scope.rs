//! A community worker never sees another community's resident, by any route.

use serde_json::json;

use crate::world::{ANGUANG, HOUSEHOLDS, RESIDENTS, World, ZHAOLIN, at, identity};

#[tokio::test]
async fn another_communitys_resident_is_seen_by_no_route() {
    let world = World::start().await;
    let (community, neighbour) = (world.signed_in("community").await, world.signed_in("neighbour").await);
    let number = identity("19880808", 11);
    let household = json!({ "area": ANGUANG, "values": { "head_name": "钱进" } });
    let household = neighbour.post(HOUSEHOLDS, household).expect(201).await;
    let values =
        json!({ "name": "钱进", "identity_number": number, "phone": "13804510001", "household": household["id"] });
    let resident = neighbour.register(ANGUANG, values).await;
    let place = at(&resident);

    for path in ["", "/history", "/sources", "/duplicates", "?as_of=2026-11-23"] {
        community.get(&format!("{place}{path}")).refused(404, "record.not_found").await;
    }
    community.get(&format!("{}/related/members", at(&household))).expect(404).await;
    let edit = community.patch(&place, json!({ "values": { "name": "别人" } })).header("if-match", "\"1\"");
    edit.refused(404, "record.not_found").await;
    let own = community.register(ZHAOLIN, json!({ "name": "孙立" })).await;
    let merge = json!({ "other": resident["id"] });
    community.post(&format!("{}/merge", at(&own)), merge).refused(404, "record.not_found").await;
    let reveal = json!({ "field": "phone", "purpose": "核对" });
    community.post(&format!("{place}/reveal"), reveal).refused(404, "record.not_found").await;
    community.post(&format!("{place}/reopen"), json!({})).refused(404, "record.not_found").await;

    for query in
        ["", "?q=钱进", "?q=qj", "?q=13804510001", "?filter=phone:13804510001", "?filter=name:钱进", "?ended=true"]
    {
        let listed = community.get(&format!("{RESIDENTS}{query}")).expect(200).await;
        assert!(!listed.to_string().contains("钱进"), "{query}: {listed}");
    }
    let asked = format!("?filter=identity_number:{number}");
    assert_eq!(community.get(&format!("{RESIDENTS}{asked}")).expect(200).await["items"], json!([]));
    assert_eq!(community.get(&format!("{RESIDENTS}/count")).expect(200).await["count"], 1);
    let denied = community.get(&format!("{RESIDENTS}?area={ANGUANG}")).refused(403, "auth.outside_scope").await;
    assert_eq!(denied["missing"]["area"], ANGUANG);
    let there = json!({ "area": ANGUANG, "values": { "name": "周全" } });
    community.post(RESIDENTS, there).refused(403, "auth.outside_scope").await;
    let away = community.patch(&at(&own), json!({ "area": ANGUANG })).header("if-match", "\"1\"");
    away.refused(403, "auth.outside_scope").await;

    let same = json!({ "area": ZHAOLIN, "values": { "name": "钱进", "identity_number": number }, "confirm_new": true });
    let taken = community.post(RESIDENTS, same).refused(409, "record.taken").await;
    assert!(taken.get("holder").is_none(), "who holds it elsewhere is not said: {taken}");
    assert!(
        community.get("/api/home").expect(200).await["figures"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["key"] != "residents" || one["value"] == 1)
    );

    let street = world.signed_in("street").await;
    street.get(&place).expect(200).await;
    assert_eq!(street.get(&format!("{RESIDENTS}/count")).expect(200).await["count"], 2);
}

#[tokio::test]
async fn a_denial_says_what_is_missing_in_the_language_of_the_page() {
    let world = World::start().await;
    let department = world.signed_in("department").await;
    let new = json!({ "area": ZHAOLIN, "values": { "name": "赵一" } });
    let zh = department.post(RESIDENTS, new.clone()).refused(403, "auth.denied").await;
    assert_eq!(
        (zh["missing"]["verb"].as_str(), zh["missing"]["subject"].as_str()),
        (Some("create"), Some("people/resident"))
    );
    assert!(zh["detail"].as_str().unwrap().contains("社区工作者"), "{zh}");
    let en = department.post(RESIDENTS, new).header("accept-language", "en-GB").refused(403, "auth.denied").await;
    assert!(en["detail"].as_str().unwrap().contains("Community worker"), "{en}");
}
