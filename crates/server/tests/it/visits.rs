//! Visits: one tap "no change", only what has changed, once whatever the network does, and nothing silently overwritten.

use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, HOUSEHOLDS, Person, World, ZHAOLIN, at, identity};

const DAY: i64 = 86_400;

/// A household with two members: (household, residents).
async fn family(person: &Person) -> (Json, [Json; 2]) {
    let values = json!({ "head_name": "何强", "address": "幸福路1号", "contact_phone": "13804510004" });
    let house = person.post(HOUSEHOLDS, json!({ "area": ZHAOLIN, "values": values })).expect(201).await;
    let member = |name: &str| json!({ "name": name, "household": house["id"], "occupation": "教师" });
    let members = [person.register(ZHAOLIN, member("何强")).await, person.register(ZHAOLIN, member("何小强")).await];
    (house, members)
}

fn visit(record: &Json, number: u8, outcome: &str, changes: Json) -> Json {
    json!({
        "client_id": format!("00000000-0000-4000-8000-0000000000{number:02x}"), "entity": record["entity"],
        "id": record["id"], "version": 1, "outcome": outcome, "changes": changes, "at": "2026-11-23T09:30:00+08:00",
    })
}

fn change(record: &Json, version: i64, values: Json) -> Json {
    json!({ "entity": record["entity"], "id": record["id"], "version": version, "values": values })
}

fn result<'a>(done: &'a Json, record: &Json) -> &'a Json {
    done["results"].as_array().unwrap().iter().find(|one| one["id"] == record["id"]).unwrap()
}

fn screen(record: &Json) -> String {
    at(record).replace("/api/records/", "/api/visits/")
}

#[tokio::test]
async fn one_tap_confirms_the_household_and_everybody_in_it() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, members) = family(&community).await;
    let shown = community.get(&screen(&house)).expect(200).await;
    assert_eq!(shown["members"].as_array().unwrap().len(), 2);
    assert_eq!(shown["last"], Json::Null);
    let looked = shown["fields"]["people/household"].as_array().unwrap();
    assert!(looked.contains(&json!("address")) && !looked.contains(&json!("contact_phone")), "{shown}");
    assert_eq!(shown["sources"][house["id"].as_str().unwrap()]["address"]["kind"], "edit");
    world.clock.advance(DAY);
    let community = world.signed_in("community").await;
    let mut tap = visit(&house, 1, "no_change", json!([]));
    tap["at"] = json!("2026-11-24T09:30:00+08:00");
    let done = community.post("/api/visits", tap).expect(201).await;
    assert!(done["results"].as_array().unwrap().iter().all(|one| one["result"] == "unchanged"), "{done}");
    for record in [&house, &members[0], &members[1]] {
        let seen = community.get(&at(record)).expect(200).await;
        assert_eq!(seen["confirmed"]["at"], "2026-11-24T01:30:00Z", "{seen}");
        assert_eq!(seen["version"], 1, "nothing was written to the record");
    }
    let sources = community.get(&format!("{}/sources", at(&house))).expect(200).await;
    assert_eq!(sources["address"]["confirmed"]["by"], "测试community");
    let again = community.get(&screen(&house)).expect(200).await;
    assert_eq!(
        (again["last"]["outcome"].as_str(), again["last"]["by"].as_str()),
        (Some("no_change"), Some("测试community"))
    );
    let home = community.get("/api/home").expect(200).await;
    let share = home["figures"].as_array().unwrap().iter().find(|one| one["key"] == "confirmed").unwrap();
    assert_eq!(share["value"], 100);
}

#[tokio::test]
async fn the_same_visit_sent_twice_counts_once() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, members) = family(&community).await;
    let sent = visit(&house, 1, "changed", json!([change(&members[0], 1, json!({ "occupation": "医生" }))]));
    let first = community.post("/api/visits", sent.clone()).expect(201).await;
    let second = community.post("/api/visits", sent).expect(201).await;
    assert_eq!(first, second);
    assert_eq!(result(&first, &members[0])["result"], "updated");
    assert_eq!(community.get(&at(&members[0])).expect(200).await["version"], 2);
    let other = visit(&house, 1, "absent", json!([]));
    community.post("/api/visits", other).refused(409, "visit.other_content").await;
    let (a, b) = tokio::join!(
        community.post("/api/visits", visit(&house, 2, "no_change", json!([]))).expect(201),
        community.post("/api/visits", visit(&house, 2, "no_change", json!([]))).expect(201)
    );
    assert_eq!(a, b, "two tabs with the same queue");
}

#[tokio::test]
async fn another_field_is_merged_and_the_same_field_is_a_conflict_with_both_values() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, members) = family(&community).await;
    let edit = json!({ "values": { "occupation": "司机" } });
    community.patch(&at(&members[0]), edit).header("if-match", "\"1\"").expect(200).await;
    let changes = json!([
        change(&members[0], 1, json!({ "occupation": "医生", "employer": "市一院" })),
        change(&members[1], 1, json!({ "occupation": "学生" })),
    ]);
    let done = community.post("/api/visits", visit(&house, 1, "changed", changes)).expect(201).await;
    let conflict = result(&done, &members[0]);
    assert_eq!(conflict["result"], "conflict");
    let label = conflict["conflict"]["fields"][0]["label"].as_str().unwrap();
    assert!(conflict["message"].as_str().unwrap().contains(label), "the worker is told which: {conflict}");
    let field = &conflict["conflict"]["fields"][0];
    assert_eq!(
        (field["base"].as_str(), field["current"].as_str(), field["submitted"].as_str()),
        (Some("教师"), Some("司机"), Some("医生"))
    );
    let now = community.get(&at(&members[0])).expect(200).await;
    assert_eq!(
        (now["values"]["occupation"].as_str(), now["values"]["employer"].as_str()),
        (Some("司机"), Some("市一院"))
    );
    assert_eq!(now["source"]["kind"], "visit");
    assert_eq!(result(&done, &members[1])["result"], "updated");
    let queue = community.get("/api/collect/conflicts?state=open").expect(200).await;
    let waiting = &queue["items"][0];
    assert_eq!(
        (waiting["record"]["id"].as_str(), &waiting["fields"][0]["submitted"]),
        (members[0]["id"].as_str(), &json!("医生"))
    );
    let decide = format!("/api/collect/conflicts/{}", waiting["id"].as_str().unwrap());
    community.post(&decide, json!({ "fields": { "occupation": "submitted" } })).expect(200).await;
    assert_eq!(community.get(&at(&members[0])).expect(200).await["values"]["occupation"], "医生");
    let edit = json!({ "values": { "occupation": "司机" } });
    community.patch(&at(&members[0]), edit).header("if-match", "\"4\"").expect(200).await;
    let same = visit(&house, 2, "changed", json!([change(&members[0], 1, json!({ "occupation": "司机" }))]));
    let done = community.post("/api/visits", same).expect(201).await;
    assert_eq!(result(&done, &members[0])["result"], "unchanged", "both say the same");
}

#[tokio::test]
async fn what_cannot_be_written_is_told_and_the_rest_is_kept() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, members) = family(&community).await;
    let number = identity("19700101", 31);
    community.register(ZHAOLIN, json!({ "name": "沈安", "identity_number": number })).await;
    let elsewhere = world.signed_in("neighbour").await.register(ANGUANG, json!({ "name": "外人" })).await;
    let changes = json!([
        change(&members[0], 1, json!({ "identity_number": number })),
        change(&members[1], 1, json!({ "sex": "7" })),
        change(&house, 1, json!({ "address": "幸福路2号" })),
        change(&elsewhere, 1, json!({ "occupation": "医生" })),
    ]);
    let done = community.post("/api/visits", visit(&house, 1, "changed", changes)).expect(201).await;
    for refused in [&members[0], &members[1], &elsewhere] {
        let one = result(&done, refused);
        assert_eq!(one["result"], "refused", "{done}");
        assert!(one["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert_eq!(result(&done, &house)["result"], "updated");
    assert!(!done.to_string().contains(&number));
    assert_eq!(community.get(&at(&house)).expect(200).await["values"]["address"], "幸福路2号");
    assert!(world.engine.store.verify().unwrap().faults.is_empty());
}

#[tokio::test]
async fn nobody_there_confirms_nothing() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, _) = family(&community).await;
    community.post("/api/visits", visit(&house, 1, "absent", json!([]))).expect(201).await;
    assert_eq!(community.get(&at(&house)).expect(200).await["confirmed"], Json::Null);
    assert_eq!(community.get(&screen(&house)).expect(200).await["last"]["outcome"], "absent");
}

#[tokio::test]
async fn a_clock_that_runs_ahead_does_not_confirm_the_future() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, _) = family(&community).await;
    let mut sent = visit(&house, 1, "no_change", json!([]));
    sent["at"] = json!("2031-01-01T00:00:00Z");
    community.post("/api/visits", sent).expect(201).await;
    let seen = community.get(&at(&house)).expect(200).await;
    assert!(seen["confirmed"]["at"].as_str().unwrap().starts_with("2026-11-23"), "{seen}");
}

#[tokio::test]
async fn what_is_wrong_with_a_visit_is_told() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let (house, members) = family(&community).await;
    let odd = visit(&house, 1, "no_change", json!([change(&members[0], 1, json!({ "occupation": "医生" }))]));
    community.post("/api/visits", odd).refused(422, "request.parameter").await;
    let mut when = visit(&house, 1, "no_change", json!([]));
    when["at"] = json!("昨天");
    community.post("/api/visits", when).refused(422, "request.parameter").await;
    let tap = visit(&house, 1, "no_change", json!([]));
    world.signed_in("neighbour").await.post("/api/visits", tap.clone()).refused(404, "record.not_found").await;
    world.signed_in("department").await.post("/api/visits", tap).refused(403, "auth.denied").await;
}
