//! Accounts and what they may be granted.

use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, PASSWORD, STREET, World, XINYANG, ZHAOLIN};

fn new(login: &str, role: &str, area: &str) -> Json {
    json!({ "login": login, "name": "新人", "password": PASSWORD, "grants": [{ "role": role, "area": area }] })
}

#[tokio::test]
async fn nobody_grants_more_than_they_hold() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    street.post("/api/accounts", new("worker", "network/community", ZHAOLIN)).expect(201).await;
    world.signed_in("worker").await;
    let elsewhere = new("far", "network/community", XINYANG);
    let denied = street.post("/api/accounts", elsewhere).refused(403, "auth.outside_scope").await;
    assert!(denied["missing"]["area"].is_string());
    let above = new("boss", "network/city", "230100000000");
    street.post("/api/accounts", above).refused(403, "auth.outside_scope").await;
    let beyond = new("boss", "network/admin", STREET);
    let denied = street.post("/api/accounts", beyond).refused(403, "auth.beyond_own").await;
    assert_eq!(denied["missing"]["subject"], "packs");
    let community = world.signed_in("community").await;
    let denied = community.post("/api/accounts", new("x1", "network/grid", ZHAOLIN)).refused(403, "auth.denied").await;
    assert_eq!(denied["missing"]["verb"], "manage");
    assert!(denied["detail"].as_str().unwrap().contains("街道工作人员"), "{denied}");
}

#[tokio::test]
async fn a_level_appoints_workers_below_it_without_holding_what_they_do() {
    let world = World::start().await;
    let city = world.signed_in("city").await;
    // The city neither edits nor imports residents; community workers do.
    let made = city.post("/api/accounts", new("worker", "network/community", ZHAOLIN)).expect(201).await;
    world.signed_in("worker").await.register(ZHAOLIN, json!({ "name": "王五" })).await;
    let denied =
        city.post("/api/accounts", new("root", "network/admin", "230100000000")).refused(403, "auth.beyond_own");
    assert_eq!(denied.await["missing"]["role"], "network/admin");
    let grantable = city.get("/api/session").expect(200).await["grantable_roles"].clone();
    assert!(grantable.as_array().unwrap().contains(&json!("network/community")), "{grantable}");
    assert!(!grantable.as_array().unwrap().contains(&json!("network/admin")), "{grantable}");

    world.account("district", "network/district", "230102000000").await;
    let district = world.signed_in("district").await;
    let id = made["id"].as_str().unwrap();
    let grants = json!({ "grants": [{ "role": "network/grid", "area": ZHAOLIN }] });
    district.patch(&format!("/api/accounts/{id}"), grants).expect(200).await;
    let above = new("boss", "network/city", "230102000000");
    district.post("/api/accounts", above).refused(403, "auth.beyond_own").await;
    let outside = new("far", "network/street", "230100000000");
    district.post("/api/accounts", outside).refused(403, "auth.outside_scope").await;
}

#[tokio::test]
async fn nobody_appoints_themselves() {
    let world = World::start().await;
    world.account("district", "network/district", "230102000000").await;
    let district = world.signed_in("district").await;
    let own = district.get("/api/session").expect(200).await["account"]["id"].as_str().unwrap().to_owned();
    let both = json!({ "grants": [
        { "role": "network/district", "area": "230102000000" }, { "role": "network/community", "area": ZHAOLIN }
    ] });
    let denied = district.patch(&format!("/api/accounts/{own}"), both).refused(403, "auth.beyond_own").await;
    assert_eq!(denied["missing"]["role"], "network/community");
}

#[tokio::test]
async fn an_administrator_signs_a_lost_device_out_everywhere() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let (phone, desk) = (world.signed_in("community").await, world.signed_in("community").await);
    let id = street.get("/api/accounts?q=community").expect(200).await["items"][0]["id"].as_str().unwrap().to_owned();
    street.patch(&format!("/api/accounts/{id}"), json!({ "sign_out": true })).expect(200).await;
    phone.get("/api/session").refused(401, "auth.required").await;
    desk.get("/api/session").refused(401, "auth.required").await;
    world.signed_in("community").await.get("/api/session").expect(200).await;
    let log = street.get("/api/audit?action=edit&subject=accounts").expect(200).await;
    assert!(log["items"][0]["detail"].to_string().contains("sign_out"), "{log}");
}

#[tokio::test]
async fn only_accounts_in_scope_are_listed() {
    let world = World::start().await;
    world.account("far", "network/community", XINYANG).await;
    let street = world.signed_in("street").await;
    let listed = street.get("/api/accounts").expect(200).await;
    let logins: Vec<&str> =
        listed["items"].as_array().unwrap().iter().filter_map(|one| one["login"].as_str()).collect();
    assert_eq!(logins, ["community", "neighbour", "street"]);
    let city = world.signed_in("city").await;
    let far = city.get("/api/accounts?q=far").expect(200).await;
    let id = far["items"][0]["id"].as_str().unwrap();
    street.get(&format!("/api/accounts/{id}")).refused(404, "account.not_found").await;
    let narrowed = street.get(&format!("/api/accounts?area={ANGUANG}")).expect(200).await;
    assert_eq!(narrowed["items"].as_array().unwrap().len(), 1);
    let first = street.get("/api/accounts?limit=1").expect(200).await;
    let next =
        street.get(&format!("/api/accounts?limit=2&after={}", first["next"].as_str().unwrap())).expect(200).await;
    assert_eq!(next["items"][0]["login"], "neighbour");
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let world = World::start().await;
    let (street, community) = (world.signed_in("street").await, world.signed_in("community").await);
    community.get("/api/session").expect(200).await;
    let id = street.get("/api/accounts?q=community").expect(200).await["items"][0]["id"].as_str().unwrap().to_owned();
    street.patch(&format!("/api/accounts/{id}"), json!({ "disabled": true })).expect(200).await;
    community.get("/api/session").refused(401, "auth.required").await;
    let enter = json!({ "login": "community", "password": PASSWORD });
    world.nobody().post("/api/session", enter).refused(403, "auth.disabled").await;
    let own = street.get("/api/accounts?q=street").expect(200).await["items"][0]["id"].as_str().unwrap().to_owned();
    street.patch(&format!("/api/accounts/{own}"), json!({ "disabled": true })).refused(409, "account.self").await;
}

#[tokio::test]
async fn a_changed_grant_holds_at_once() {
    let world = World::start().await;
    let (street, neighbour) = (world.signed_in("street").await, world.signed_in("neighbour").await);
    neighbour.get(&format!("/api/areas/{ZHAOLIN}")).refused(404, "area.not_found").await;
    let found = street.get("/api/accounts?q=neighbour").expect(200).await;
    let id = found["items"][0]["id"].as_str().unwrap();
    let grants = json!({ "grants": [{ "role": "network/community", "area": ZHAOLIN }] });
    street.patch(&format!("/api/accounts/{id}"), grants).expect(200).await;
    neighbour.get(&format!("/api/areas/{ZHAOLIN}")).expect(200).await;
    neighbour.get(&format!("/api/areas/{ANGUANG}")).refused(404, "area.not_found").await;
}

#[tokio::test]
async fn bad_accounts_are_told_all_that_is_wrong() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let empty = json!({ "login": "a b", "name": "", "password": null, "grants": [] });
    let problem = street.post("/api/accounts", empty).refused(422, "account.invalid").await;
    let fields: Vec<&str> =
        problem["fields"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
    assert_eq!(fields, ["login", "name", "grants", "password"]);
    street.post("/api/accounts", new("COMMUNITY", "network/community", ZHAOLIN)).refused(409, "account.taken").await;
    let weak = json!({ "login": "weak", "name": "弱", "password": "123", "grants": [{ "role": "network/grid", "area": ZHAOLIN }] });
    street.post("/api/accounts", weak).refused(422, "password.weak").await;
}
