//! A flow's file changes while cases are open: they finish on theirs, or are moved where a plan says.

use linli_engine::install;
use linli_store::MigrationClass;
use serde_json::{Value as Json, json};

use crate::{
    flow_kit::{dispatched, handler, offered, pack, replay_all, world},
    world::{World, catalogue, packs},
};

/// Installs the pack with a changed incident.
async fn change_file(world: &World, change: impl Fn(&str) -> String) {
    let mut files = pack();
    for (path, text) in &mut files {
        if *path == "works/flows/incident.toml" {
            *text = change(text);
        }
    }
    let (store, wanted) = (world.engine.store.clone(), catalogue(&files));
    tokio::task::spawn_blocking(move || store.migrate(wanted, MigrationClass::Rewrite).unwrap()).await.unwrap();
}

fn newer(text: &str) -> String {
    let text = text.replace("version = \"1\"", "version = \"2\"");
    text.replace("\"dispatched\"", "\"handling\"")
}

#[tokio::test]
async fn cases_finish_on_the_version_they_were_opened_by() {
    let world = world().await;
    let (unit, department) = handler(&world, "chengguan").await;
    let old = dispatched(&world, "旧", &[&unit], json!({})).await;
    change_file(&world, newer).await;
    let new = dispatched(&world, "新", &[&unit], json!({})).await;
    assert_eq!((new["state"]["name"].as_str(), new["flow_version"].as_str()), (Some("handling"), Some("2")));
    let seen = department.sees(&old).await;
    assert_eq!((seen["state"]["label"].as_str(), seen["flow_version"].as_str()), (Some("处置中"), Some("1")));
    assert!(offered(&seen).contains(&"report"));
    let seen = department.act(&seen, "report", json!({})).expect(200).await;
    assert_eq!(seen["state"]["name"], "handled");
}

#[tokio::test]
async fn a_changed_file_without_a_new_version_is_not_installed_over_open_cases() {
    let world = world().await;
    let install = async |change: fn(&str) -> String| {
        let mut files = linli_pack::read_dir(&packs()).unwrap();
        for (path, text) in pack() {
            let changed = if path == "works/flows/incident.toml" { change(&text) } else { text };
            files.insert(path, &changed);
        }
        let engine = world.engine.clone();
        let run = move || install::migrate(&engine, &files, MigrationClass::Rewrite).map(|_| ());
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    let shorter = |text: &str| text.replace("\"5 working days\"", "\"3 working days\"");
    install(shorter).await.unwrap();
    world.signed_in("community").await.opens("在办", json!({})).await;
    let refused = install(|text| text.to_owned()).await.unwrap_err();
    assert_eq!(refused.code, "flow.version_used");
    assert!(refused.message.zh.contains("works/incident"), "{refused}");
    install(shorter).await.unwrap();
    install(|text| text.replace("version = \"1\"", "version = \"1b\"")).await.unwrap();
}

#[tokio::test]
async fn cases_are_moved_where_the_plan_says_and_none_is_stranded() {
    let world = world().await;
    let (unit, department) = handler(&world, "chengguan").await;
    let (community, street, city) =
        (world.signed_in("community").await, world.signed_in("street").await, world.signed_in("city").await);
    let waiting = community.opens("待核实", json!({})).await;
    let old = dispatched(&world, "处置中", &[&unit], json!({})).await;
    change_file(&world, newer).await;
    world.account("root", "network/admin", "230100000000").await;
    let root = world.signed_in("root").await;
    let plan = city.get("/api/flows/works/incident/migration-plan").expect(200).await;
    assert_eq!(plan["cases"], 2);
    let states: Vec<(&str, Option<&str>)> = plan["states"]
        .as_array()
        .unwrap()
        .iter()
        .map(|state| (state["from"].as_str().unwrap(), state["to"].as_str()))
        .collect();
    assert_eq!(states, [("dispatched", None), ("reported", Some("reported"))]);
    let migrate = |map: Json| json!({ "from_version": "1", "map": map });
    let path = "/api/flows/works/incident/migrate";
    street.post(path, migrate(json!({}))).refused(403, "auth.denied").await;
    let stranded = root.post(path, migrate(json!({}))).refused(422, "flow.unmapped").await;
    assert_eq!(stranded["fields"][0]["field"], "map.dispatched");
    assert_eq!(community.sees(&waiting).await["flow_version"], "1", "nothing moved");
    let left = root.post(path, migrate(json!({ "dispatched": "handling" }))).expect(200).await;
    assert_eq!(left["cases"], 0);
    let seen = department.sees(&old).await;
    assert_eq!((seen["state"]["name"].as_str(), seen["mine"].as_bool()), (Some("handling"), Some(true)));
    let kept = &seen["clock"]["due"];
    assert_eq!(kept, &old["clock"]["due"], "its clock goes on");
    department.act(&seen, "report", json!({})).expect(200).await;
    assert_eq!(community.sees(&waiting).await["flow_version"], "2");
    root.post(path, json!({ "from_version": "2" })).refused(422, "request.parameter").await;
    replay_all(&world).await;
}

#[tokio::test]
async fn a_flow_is_shown_whole_for_its_diagram() {
    let world = world().await;
    let community = world.signed_in("community").await;
    let flows = community.get("/api/flows").expect(200).await;
    let incident =
        flows["items"].as_array().unwrap().iter().find(|flow| flow["name"] == "works/incident").unwrap().clone();
    assert_eq!(incident["permissions"], json!(["read", "create"]));
    assert_eq!(incident["open"]["fields"].as_array().unwrap().len(), 3);
    let whole = community.get("/api/flows/works/incident").expect(200).await;
    let urge = whole["actions"].as_array().unwrap().iter().find(|action| action["name"] == "urge").unwrap().clone();
    assert_eq!(urge["from"], json!(["reported", "filed", "dispatched", "handled"]), "* is written out");
    assert_eq!(whole["clocks"][0]["limit_text"]["zh"], "5个工作日");
    community.get("/api/flows/works/none").refused(404, "flow.not_found").await;
}
