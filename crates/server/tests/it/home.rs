//! The staff home page shows what is there.

use serde_json::{Value as Json, json};

use crate::world::{HOUSEHOLDS, World, ZHAOLIN};

fn figure(home: &Json, key: &str) -> Json {
    let figures = home["figures"].as_array().unwrap();
    figures.iter().find(|one| one["key"] == key).map_or(Json::Null, |one| one["value"].clone())
}

#[tokio::test]
async fn figures_come_from_registers_and_open_to_their_rows() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let empty = community.get("/api/home").expect(200).await;
    assert_eq!((figure(&empty, "residents"), &empty["burden"]), (json!(0), &Json::Null));
    community.post(HOUSEHOLDS, json!({ "area": ZHAOLIN, "values": { "head_name": "马超" } })).expect(201).await;
    community.register(ZHAOLIN, json!({ "name": "马超", "birth_date": "1950-06-01" })).await;
    community.register(ZHAOLIN, json!({ "name": "马超", "birth_date": "1950-06-01" })).await;
    community.register(ZHAOLIN, json!({ "name": "马小超", "birth_date": "2010-06-01", "phone": "13804510005" })).await;
    let home = community.get("/api/home").expect(200).await;
    assert_eq!(home["area"]["code"], ZHAOLIN);
    assert_eq!(figure(&home, "households"), 1);
    assert_eq!(figure(&home, "residents"), 3);
    assert_eq!(figure(&home, "aged_60"), 2);
    assert_eq!(home["burden"]["workers"], 1);
    assert_eq!(home["burden"]["households_per_worker"], 1);
    let todo = home["todo"].as_array().unwrap();
    assert!(todo.iter().any(|one| one["kind"] == "duplicate" && one["count"] == 2), "{home}");
    let phones = todo.iter().find(|one| one["kind"] == "gap" && one["link"].as_str().unwrap().contains("phone:!"));
    assert_eq!(phones.unwrap()["count"], 2, "{home}");
    community.get("/api/home?area=230102001002").refused(404, "area.not_found").await;
}

#[tokio::test]
async fn too_many_households_a_worker_lead_to_the_accounts_only_those_who_may_open_them() {
    let mut config = linli_engine::Config::default();
    config.workers.overburdened = 1;
    let world = World::with(config).await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    for name in ["马超", "马岱", "马腾", "马铁", "马休"] {
        community.post(HOUSEHOLDS, json!({ "area": ZHAOLIN, "values": { "head_name": name } })).expect(201).await;
    }
    let burden = |home: Json| home["todo"].as_array().unwrap().iter().find(|one| one["kind"] == "burden").cloned();
    let seen = burden(community.get("/api/home").expect(200).await).expect("too many households");
    assert_eq!(seen["link"], Json::Null, "{seen}");
    let seen = burden(street.get("/api/home").expect(200).await).expect("too many households");
    assert_eq!(seen["link"], "/accounts");
}

#[tokio::test]
async fn the_system_page_is_for_those_who_run_it() {
    let world = World::start().await;
    let city = world.signed_in("city").await;
    let system = city.get("/api/system").expect(200).await;
    assert_eq!((&system["last_backup"], &system["pending_migration"]), (&Json::Null, &Json::Null));
    assert_eq!((system["areas"].as_u64(), system["packs"][0]["id"].as_str()), (Some(8), Some("network")));
    world.signed_in("community").await.get("/api/system").refused(403, "auth.denied").await;
}
