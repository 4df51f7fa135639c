//! Everything of weight leaves a trace.

use serde_json::json;

use crate::world::{World, XINYANG, ZHAOLIN, at, identity};

#[tokio::test]
async fn a_reveal_states_its_purpose_and_is_audited() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let number = identity("19560312", 21);
    let resident = community.register(ZHAOLIN, json!({ "name": "赵丽华", "identity_number": number })).await;
    assert!(resident["masked"]["identity_number"].as_str().unwrap().contains('*'), "{resident}");
    assert!(!resident.to_string().contains(&number), "the number is nowhere in the answer");
    let reveal = format!("{}/reveal", at(&resident));
    community
        .post(&reveal, json!({ "field": "identity_number", "purpose": " " }))
        .refused(422, "request.parameter")
        .await;
    community.post(&reveal, json!({ "field": "name", "purpose": "核对" })).refused(422, "request.parameter").await;
    let shown =
        community.post(&reveal, json!({ "field": "identity_number", "purpose": "办理高龄津贴" })).expect(200).await;
    assert_eq!(shown["value"], number);
    let department = world.signed_in("department").await;
    let asked = json!({ "field": "identity_number", "purpose": "核对" });
    department.post(&reveal, asked).refused(403, "auth.denied").await;

    let street = world.signed_in("street").await;
    let log = street.get("/api/audit?action=reveal").expect(200).await;
    let entry = &log["items"][0];
    assert_eq!(entry["reference"], resident["id"]);
    assert_eq!(entry["address"], "127.0.0.1");
    assert!(entry["detail"].to_string().contains("办理高龄津贴"), "{entry}");
    assert!(!log.to_string().contains(&number));
    community.get("/api/audit").refused(403, "auth.denied").await;
}

#[tokio::test]
async fn writes_sign_ins_and_denials_are_audited_within_scope() {
    let world = World::start().await;
    world.account("far", "network/community", XINYANG).await;
    let far = world.signed_in("far").await;
    far.register(XINYANG, json!({ "name": "远处的人" })).await;
    let community = world.signed_in("community").await;
    community.register(ZHAOLIN, json!({ "name": "近处的人" })).await;
    community.get("/api/accounts").refused(403, "auth.denied").await;
    let street = world.signed_in("street").await;
    let mut actions = Vec::new();
    for _ in 0..50 {
        let log = street.get("/api/audit?limit=200").expect(200).await;
        let items = log["items"].as_array().unwrap().clone();
        assert!(items.iter().all(|one| one["name"] != "测试far"), "{log}");
        actions = items.iter().filter_map(|one| one["action"].as_str().map(str::to_owned)).collect();
        if actions.iter().any(|one| one == "denied") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for action in ["sign_in", "create", "denied"] {
        assert!(actions.iter().any(|one| one == action), "no {action} in {actions:?}");
    }
    let first = street.get("/api/audit?limit=1").expect(200).await;
    let next = first["next"].as_str().unwrap();
    let second = street.get(&format!("/api/audit?limit=1&after={next}")).expect(200).await;
    assert_ne!(first["items"][0]["seq"], second["items"][0]["seq"]);
    assert!(world.engine.store.verify().unwrap().faults.is_empty());
}
