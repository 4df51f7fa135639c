//! Who sees what: a department only what it was called to, nobody who rated.

use serde_json::json;

use crate::{
    flow_kit::{CASES, client, dispatched, handler, incident, of, offered, replay_all, world},
    world::{ANGUANG, ZHAOLIN},
};

#[tokio::test]
async fn a_department_sees_only_what_it_was_called_to() {
    let world = world().await;
    let community = world.signed_in("community").await;
    let (unit, department) = handler(&world, "chengguan").await;
    let other = community.opens("没有派给它", json!({})).await;
    let case = dispatched(&world, "派给它", &[&unit], json!({})).await;
    let seen = department.get(CASES).expect(200).await;
    let titles: Vec<&str> = seen["items"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(titles, [case["id"].as_str().unwrap()]);
    department.get(&of(&other, "")).refused(404, "case.not_found").await;
    department
        .get(&format!("{CASES}/number/{}", other["number"].as_str().unwrap()))
        .refused(404, "case.not_found")
        .await;
    let comment = json!({ "text": "看看", "client_id": client("x") });
    department.post(&of(&other, "/comments"), comment).refused(404, "case.not_found").await;
    department.act(&other, "verify", json!({})).refused(404, "case.not_found").await;
    let board = department.get(&format!("{CASES}/board?flow=works/incident")).expect(200).await;
    let counts = board["columns"].as_array().unwrap().iter().map(|column| column["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 1, "{board}");
    let case = department.act(&case, "report", json!({})).expect(200).await;
    assert_eq!(department.sees(&case).await["mine"], false, "what it was called to it goes on seeing");
    assert_eq!(department.get(&format!("{CASES}?box=todo")).expect(200).await["items"].as_array().unwrap().len(), 0);
    assert_eq!(department.get(&format!("{CASES}?box=called")).expect(200).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_community_sees_its_own_and_what_it_opened() {
    let world = world().await;
    let (community, neighbour) = (world.signed_in("community").await, world.signed_in("neighbour").await);
    let case = community.opens("本社区", json!({})).await;
    neighbour.get(&of(&case, "")).refused(404, "case.not_found").await;
    assert_eq!(neighbour.get(CASES).expect(200).await["items"].as_array().unwrap().len(), 0);
    let street = world.signed_in("street").await;
    let theirs = street.opens("街道开的", json!({ "area": ANGUANG })).await;
    assert!(offered(&neighbour.sees(&theirs).await).contains(&"verify"));
    community.get(&of(&theirs, "")).refused(404, "case.not_found").await;
    let opened = street.get(&format!("{CASES}?box=opened")).expect(200).await;
    assert_eq!(opened["items"].as_array().unwrap().len(), 1);
    assert_eq!(street.get(&format!("{CASES}?area={ZHAOLIN}")).expect(200).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_phone_is_shown_to_those_who_work_on_the_case_and_masked_to_others() {
    let world = world().await;
    let (unit, department) = handler(&world, "chengguan").await;
    world.account("leader", "network/district", "230102000000").await;
    let more = json!({ "values": { "kind": "lamp", "phone": "13800001234" } });
    let case = dispatched(&world, "路灯", &[&unit], more).await;
    assert_eq!(department.sees(&case).await["values"]["phone"], "13800001234");
    let community = world.signed_in("community").await;
    assert_eq!(community.sees(&case).await["values"]["phone"], "13800001234", "who opened it");
    world.account("other", "network/community", ZHAOLIN).await;
    let seen = world.signed_in("other").await.sees(&case).await;
    assert!(seen["values"]["phone"].is_null(), "{seen}");
    assert_eq!(seen["masked"]["phone"], "138****1234");
    assert!(!seen.to_string().contains("13800001234"), "the history does not tell either");
}

#[tokio::test]
async fn a_rating_is_given_once_and_nobody_is_told_by_whom() {
    let world = world().await;
    let (unit, department) = handler(&world, "chengguan").await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let case = dispatched(&world, "路灯", &[&unit], json!({})).await;
    let case = department.act(&case, "report", json!({})).expect(200).await;
    community.act(&case, "rate", json!({ "values": { "score": 1 } })).refused(409, "case.state").await;
    let case = community.act(&case, "close", json!({ "values": { "checked": true } })).expect(200).await;
    department.act(&case, "rate", json!({ "values": { "score": 5 } })).refused(403, "case.not_yours").await;
    community.act(&case, "rate", json!({ "values": { "score": 6 } })).refused(422, "case.fields").await;
    let bad = json!({ "values": { "score": 1, "comment": "等了三天" } });
    let rated = community.act(&case, "rate", bad).expect(200).await;
    community.act(&rated, "rate", json!({ "values": { "score": 5 } })).refused(409, "case.rated").await;
    let seen = department.sees(&case).await;
    assert!(seen["rating"].is_null() && seen["ratings"].as_array().unwrap().is_empty(), "{seen}");
    let last = seen["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["action"]["name"].as_str(), last["by"].as_str()), (Some("rate"), Some("评价人(保密)")));
    assert!(last["note"].is_null() && !seen.to_string().contains("等了三天"));
    let seen = street.sees(&case).await;
    assert_eq!((seen["rating"].as_u64(), seen["ratings"][0]["comment"].as_str()), (Some(1), Some("等了三天")));
    let log = world.signed_in("city").await.get("/api/audit?subject=works/incident&action=rate").expect(200).await;
    assert_eq!(log["items"][0]["name"], "评价人(保密)", "the log does not tell either: {log}");
    // A bad one opens a call-back at the street, once.
    let called = street.get(&format!("{CASES}?flow=works/call_back&box=todo")).expect(200).await;
    assert_eq!(called["items"].as_array().unwrap().len(), 1, "{called}");
    assert_eq!(called["items"][0]["title"], format!("回访 {}", case["number"].as_str().unwrap()));
    let again = street.act(&street.sees(&case).await, "reopen", json!({})).expect(200).await;
    assert!(again["rating"].is_null(), "a new handling has no rating yet");
    replay_all(&world).await;
}

#[tokio::test]
async fn links_name_only_records_that_one_may_read() {
    let world = world().await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let resident = community.register(ZHAOLIN, json!({ "name": "王芳" })).await;
    let link = json!({ "entity": "people/resident", "id": resident["id"] });
    let case = community.post(CASES, incident("求助", json!({ "links": [link] }))).expect(201).await;
    assert_eq!(case["links"][0]["title"], "王芳");
    let stranger = world.signed_in("neighbour").await.register(ANGUANG, json!({ "name": "李明" })).await;
    let far = json!({ "entity": "people/resident", "id": stranger["id"] });
    community.post(&of(&case, "/links"), far.clone()).refused(404, "record.not_found").await;
    street.post(&of(&case, "/links"), far.clone()).expect(200).await;
    assert_eq!(community.sees(&case).await["links"].as_array().unwrap().len(), 1, "the other lies elsewhere");
    street.delete_with(&of(&case, "/links"), far.clone()).expect(200).await;
    street.delete_with(&of(&case, "/links"), far).refused(404, "record.not_found").await;
}

#[tokio::test]
async fn members_of_a_unit_are_said_by_who_manages_its_accounts() {
    let world = world().await;
    let (unit, department) = handler(&world, "chengguan").await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let members = street.get(&format!("/api/units/{unit}/members")).expect(200).await;
    assert_eq!(members["items"][0]["login"], "chengguan");
    let none = json!({ "accounts": [] });
    community.put(&format!("/api/units/{unit}/members"), none.clone()).refused(403, "auth.denied").await;
    let ghost = json!({ "accounts": [client("ghost")] });
    street.put(&format!("/api/units/{unit}/members"), ghost).refused(404, "account.not_found").await;
    street.put(&format!("/api/units/{unit}/members"), none).expect(200).await;
    let case = dispatched(&world, "路灯", &[&unit], json!({})).await;
    department.get(&of(&case, "")).refused(404, "case.not_found").await;
}
