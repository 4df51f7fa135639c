//! Registers: create, edit, history, as of a day, end, merge.

use serde_json::json;

use crate::world::{ANGUANG, HOUSEHOLDS, RESIDENTS, World, ZHAOLIN, at, identity};

const DAY: i64 = 86_400;

#[tokio::test]
async fn a_record_is_made_in_normal_form_with_what_follows_from_it() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let number = identity("19560312", 21);
    let values = json!({ "name": " 赵 丽华 ", "identity_number": number.to_lowercase(), "phone": "138 0451 0001" });
    let made = community.register(ZHAOLIN, values).await;
    assert_eq!((made["version"].as_i64(), made["title"].as_str()), (Some(1), Some("赵丽华")));
    assert_eq!(
        (made["values"]["birth_date"].as_str(), made["values"]["sex"].as_str()),
        (Some("1956-03-12"), Some("1"))
    );
    assert_eq!(made["area"]["full_name"], "哈尔滨市 / 道里区 / 兆麟街道 / 兆麟社区居委会");
    let (read, tag) = community.get(&at(&made)).expect_tagged(200).await;
    assert_eq!((read, tag.as_str()), (made, "\"1\""));
    for query in
        ["q=赵", "q=zlh", "q=13804510001", &format!("q={number}"), "filter=sex:1", "filter=birth_date:..1960-01-01"]
    {
        let found = community.get(&format!("{RESIDENTS}?{query}")).expect(200).await;
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{query}");
    }
    let facets = community.get(&format!("{RESIDENTS}/facets?field=sex")).expect(200).await;
    assert_eq!(facets["items"], json!([{ "value": "1", "count": 1 }]));
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let values = json!({ "identity_number": "230102195603120000", "sex": "7", "nonsense": 1 });
    let problem =
        community.post(RESIDENTS, json!({ "area": ZHAOLIN, "values": values })).refused(422, "record.invalid").await;
    assert_eq!(problem["fields"][0]["field"], "nonsense");
    let values = json!({ "identity_number": "230102195603120000", "sex": "7" });
    let problem =
        community.post(RESIDENTS, json!({ "area": ZHAOLIN, "values": values })).refused(422, "record.invalid").await;
    let mut fields: Vec<&str> =
        problem["fields"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    assert!(fields.contains(&"name") && fields.contains(&"identity_number") && fields.contains(&"sex"), "{problem}");
    assert!(!problem.to_string().contains("230102195603120000"));
    let street = json!({ "area": "230102001000", "values": { "name": "王五" } });
    world.signed_in("street").await.post(RESIDENTS, street).refused(422, "record.area").await;
}

#[tokio::test]
async fn the_same_request_sent_twice_counts_once() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let body =
        json!({ "area": ZHAOLIN, "values": { "name": "吴敏", "birth_date": "1990-01-01", "phone": "13804510009" } });
    let send = |body: &serde_json::Value| community.post(RESIDENTS, body.clone()).header("idempotency-key", "k-1");
    let first = send(&body).expect(201).await;
    let second = send(&body).expect(201).await;
    assert_eq!(first, second);
    assert_eq!(community.get(&format!("{RESIDENTS}/count")).expect(200).await["count"], 1);
    let other = json!({ "area": ZHAOLIN, "values": { "name": "另一人" } });
    send(&other).refused(422, "idempotency.other_content").await;
    let long = community.post(RESIDENTS, other).header("idempotency-key", &"k".repeat(101));
    long.refused(422, "request.parameter").await;
}

#[tokio::test]
async fn a_stale_edit_is_told_both_versions() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let made = community.register(ZHAOLIN, json!({ "name": "郑和" })).await;
    let edit = |values: serde_json::Value| community.patch(&at(&made), json!({ "values": values }));
    edit(json!({ "occupation": "司机" })).refused(428, "record.if_match_required").await;
    let (second, tag) = edit(json!({ "occupation": "司机" })).header("if-match", "\"1\"").expect_tagged(200).await;
    assert_eq!((second["version"].as_i64(), tag.as_str()), (Some(2), "\"2\""));
    let stale = edit(json!({ "occupation": "教师" })).header("if-match", "\"1\"").refused(409, "record.stale").await;
    assert_eq!(stale["current"]["values"]["occupation"], "司机");
    assert_eq!(stale["current"]["version"], 2);
    assert_eq!(stale["current"]["area"]["code"], ZHAOLIN);
    assert_eq!(stale["current"]["area"]["full_name"], made["area"]["full_name"]);
    assert_eq!(stale["yours"]["values"]["occupation"], "教师");
    let same = edit(json!({ "occupation": "司机" })).header("if-match", "\"2\"").expect(200).await;
    assert_eq!(same["version"], 2, "no change, no version");
}

#[tokio::test]
async fn a_mask_sent_back_changes_nothing() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let made = community.register(ZHAOLIN, json!({ "name": "冯巩", "phone": "13804510001" })).await;
    let values = json!({ "phone": made["masked"]["phone"], "occupation": "演员" });
    let edited = community.patch(&at(&made), json!({ "values": values })).header("if-match", "\"1\"").expect(200).await;
    assert_eq!(edited["masked"]["phone"], made["masked"]["phone"]);
    let found = community.get(&format!("{RESIDENTS}?q=13804510001")).expect(200).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn history_and_as_of_tell_what_was() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let made = community.register(ZHAOLIN, json!({ "name": "陈红", "occupation": "学生" })).await;
    world.clock.advance(10 * DAY);
    let community = world.signed_in("community").await;
    let values = json!({ "values": { "occupation": "医生", "phone": "13804510002" } });
    community.patch(&at(&made), values).header("if-match", "\"1\"").expect(200).await;
    let history = community.get(&format!("{}/history", at(&made))).expect(200).await;
    let newest = &history["items"][0];
    assert_eq!((newest["version"].as_i64(), newest["change"].as_str()), (Some(2), Some("edited")));
    let change = newest["fields"].as_array().unwrap().iter().find(|one| one["field"] == "occupation").unwrap();
    assert_eq!((change["old"].as_str(), change["new"].as_str()), (Some("学生"), Some("医生")));
    assert!(!history.to_string().contains("13804510002"));
    let then = community.get(&format!("{}?as_of=2026-11-25", at(&made))).expect(200).await;
    assert_eq!(then["values"]["occupation"], "学生");
    let listed = community.get(&format!("{RESIDENTS}?as_of=2026-11-25&filter=occupation:学生")).expect(200).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    community.get(&format!("{}?as_of=2026-11-01", at(&made))).refused(404, "record.not_found").await;
    let sources = community.get(&format!("{}/sources", at(&made))).expect(200).await;
    assert_eq!(sources["occupation"]["source"]["kind"], "edit");
    assert_ne!(sources["occupation"]["at"], sources["name"]["at"]);
}

#[tokio::test]
async fn records_end_and_come_back() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let number = identity("19700101", 31);
    let made = community.register(ZHAOLIN, json!({ "name": "沈安", "identity_number": number })).await;
    let end = format!("{}/end", at(&made));
    community.post(&end, json!({ "on": "2027-01-01", "reason": "???" })).refused(422, "record.invalid").await;
    let catalogue = community.get("/api/catalogue").expect(200).await;
    let lists = catalogue["code_lists"].as_array().unwrap();
    let reasons = lists.iter().find(|one| one["name"] == "people/person_end_reason").unwrap();
    let reason = reasons["codes"][0]["code"].clone();
    let ended = community.post(&end, json!({ "on": "2026-11-20", "reason": reason })).expect(200).await;
    assert_eq!(ended["ended"]["on"], "2026-11-20");
    assert_eq!(community.get(RESIDENTS).expect(200).await["items"], json!([]));
    let shown = community.get(&format!("{RESIDENTS}?ended=true")).expect(200).await;
    assert_eq!(shown["items"].as_array().unwrap().len(), 1);
    let edit = community.patch(&at(&made), json!({ "values": { "name": "沈平" } })).header("if-match", "\"2\"");
    edit.refused(409, "record.ended").await;
    let back = community.post(&format!("{}/reopen", at(&made)), json!({})).expect(200).await;
    assert!(back["ended"].is_null());
    let again =
        json!({ "area": ZHAOLIN, "values": { "name": "沈安安", "identity_number": number }, "confirm_new": true });
    let taken = community.post(RESIDENTS, again).refused(409, "record.taken").await;
    assert_eq!(taken["holder"], made["id"]);
}

#[tokio::test]
async fn somebody_who_may_be_known_is_offered_first() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let known = community
        .register(ZHAOLIN, json!({ "name": "韩梅梅", "birth_date": "1985-05-05", "phone": "13804510003" }))
        .await;
    let like = json!({ "name": "韩梅梅", "birth_date": "1985-05-05" });
    let asked = community
        .post(RESIDENTS, json!({ "area": ZHAOLIN, "values": like }))
        .refused(409, "record.possible_duplicates")
        .await;
    assert_eq!(asked["candidates"][0]["record"]["id"], known["id"]);
    assert!(asked["candidates"][0]["score"].as_f64().unwrap() > 0.5);
    assert!(asked["candidates"][0]["reasons"][0].is_string());
    let other = json!({ "name": "李雷", "birth_date": "1985-05-05" });
    community.post(RESIDENTS, json!({ "area": ZHAOLIN, "values": other })).expect(201).await;
    let twin = community.register(ZHAOLIN, like).await;
    let found = community.get(&format!("{}/duplicates", at(&twin))).expect(200).await;
    assert_eq!(found["items"][0]["record"]["id"], known["id"]);
}

#[tokio::test]
async fn two_records_become_one_and_two_again() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let house = |name: &str| json!({ "area": ZHAOLIN, "values": { "head_name": name } });
    let stays = community.post(HOUSEHOLDS, house("何强")).expect(201).await;
    let goes = community.post(HOUSEHOLDS, house("何 強")).expect(201).await;
    let member = community.register(ZHAOLIN, json!({ "name": "何小强", "household": goes["id"] })).await;
    assert_eq!(member["refs"]["household"]["id"], goes["id"]);
    let edit = json!({ "values": { "household_number": "H-9", "contact_phone": "13804510004" } });
    community.patch(&at(&goes), edit).header("if-match", "\"1\"").expect(200).await;

    let merge = json!({ "other": goes["id"], "keep": { "head_name": "this" } });
    let one = community.post(&format!("{}/merge", at(&stays)), merge).expect(200).await;
    assert_eq!(
        (one["values"]["head_name"].as_str(), one["values"]["household_number"].as_str()),
        (Some("何强"), Some("H-9"))
    );
    assert!(one["masked"]["contact_phone"].is_string());
    let gone = community.get(&at(&goes)).expect(200).await;
    assert_eq!(gone["ended"]["merged_into"], stays["id"]);
    let followed = community.get(&at(&member)).expect(200).await;
    assert_eq!(followed["values"]["household"], stays["id"]);
    let related = community.get("/api/catalogue").expect(200).await;
    let household =
        related["entities"].as_array().unwrap().iter().find(|one| one["name"] == "people/household").unwrap();
    let relation = household["relations"][0]["id"].as_str().unwrap();
    let members = community.get(&format!("{}/related/{relation}", at(&stays))).expect(200).await;
    assert_eq!(members["items"][0]["id"], member["id"]);
    community.get(&format!("{}/related/nobody", at(&stays))).refused(404, "relation.not_found").await;

    community.post(&format!("{}/reopen", at(&goes)), json!({})).expect(200).await;
    assert_eq!(community.get(&at(&member)).expect(200).await["values"]["household"], goes["id"]);
    let alone = community.get(&at(&stays)).expect(200).await;
    assert!(alone["values"].get("household_number").is_none(), "{alone}");
    let itself = json!({ "other": stays["id"] });
    community.post(&format!("{}/merge", at(&stays)), itself).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn a_unique_number_moves_with_a_merge() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let number = identity("19650505", 41);
    let stays = community.register(ZHAOLIN, json!({ "name": "吕布" })).await;
    let goes = community.register(ZHAOLIN, json!({ "name": "吕不", "identity_number": number })).await;
    let one = community.post(&format!("{}/merge", at(&stays)), json!({ "other": goes["id"] })).expect(200).await;
    assert!(one["masked"]["identity_number"].is_string(), "{one}");
    let found = community.get(&format!("{RESIDENTS}?q={number}")).expect(200).await;
    assert_eq!(found["items"][0]["id"], stays["id"]);
    assert!(world.engine.store.verify().unwrap().faults.is_empty());
}

#[tokio::test]
async fn records_move_to_another_community_with_their_past() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let made = street.register(ZHAOLIN, json!({ "name": "施耐" })).await;
    let moved = street.patch(&at(&made), json!({ "area": ANGUANG })).header("if-match", "\"1\"").expect(200).await;
    assert_eq!(moved["area"]["code"], ANGUANG);
    let history = street.get(&format!("{}/history", at(&made))).expect(200).await;
    assert_eq!(history["items"][0]["change"], "moved");
    world.signed_in("neighbour").await.get(&at(&made)).expect(200).await;
    world.signed_in("community").await.get(&at(&made)).refused(404, "record.not_found").await;
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    for name in ["甲一", "乙二", "丙三", "丁四", "戊五"] {
        community.register(ZHAOLIN, json!({ "name": name })).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = community.get(&format!("{RESIDENTS}?limit=2&sort=-name{after}")).expect(200).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn the_catalogue_is_sent_once() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (catalogue, tag) = community.get("/api/catalogue").expect_tagged(200).await;
    let resident =
        catalogue["entities"].as_array().unwrap().iter().find(|one| one["name"] == "people/resident").unwrap();
    assert!(resident["permissions"].as_array().unwrap().contains(&json!("merge")));
    assert_eq!(resident["label"]["zh"], "居民");
    community.get("/api/catalogue").header("if-none-match", &tag).expect(304).await;
}
