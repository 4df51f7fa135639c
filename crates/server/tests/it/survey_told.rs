//! How one-time links reach people, whose forms a campaign names, and what its suggestions are taken for.

use std::time::Duration;

use linli_engine::{Engine, collect::form};
use linli_pack::PackFiles;
use serde_json::{Value as Json, json};

use crate::{
    flow_kit::client,
    survey_field::calamine_text,
    survey_kit::{CAMPAIGNS, FORM, TWELVE, campaign, residents},
    world::{ANGUANG, Person, STREET, World, ZHAOLIN},
};

/// Waits until a person is told of a questionnaire.
async fn told(person: &Person) -> Json {
    for _ in 0..100 {
        let page = person.get("/api/notices").expect(200).await;
        let found = page["items"].as_array().unwrap().iter().find(|one| one["kind"] == "survey").cloned();
        if let Some(found) = found {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody was told")
}

#[tokio::test]
async fn a_campaign_names_a_form_of_a_pack_as_everything_of_packs_is_named() {
    let world = World::start().await;
    let engine = world.engine.clone();
    let mut files = PackFiles::new();
    files.insert("survey/forms/resident.md", &FORM.replace("wishes2026", "resident"));
    tokio::task::spawn_blocking(move || form::install_shipped(&engine, &Engine::operator(), &files).unwrap())
        .await
        .unwrap();
    let street = world.signed_in("street").await;
    let make = |form: &str| {
        json!({ "area": STREET, "values": { "name": "满意度", "purpose": "了解", "opens_on": "2026-11-20",
            "closes_on": "2026-12-20", "frame": "register", "resident_form": form } })
    };
    for (name, found) in [("survey/resident", true), ("resident", true), ("party/resident", false)] {
        let made = street.post(CAMPAIGNS, make(name)).expect(201).await;
        let view = street.get(&format!("/api/surveys/{}", made["id"].as_str().unwrap())).expect(200).await;
        assert_eq!(view["levels"][0]["form_id"].is_string(), found, "{name}: {view}");
    }
}

#[tokio::test]
async fn workers_of_each_community_are_told_of_its_own_link_and_nobody_else_is() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({ "community_form": "wishes2026" })).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");
    let draw = json!({ "level": "community", "mode": "links", "strata": [] });
    let drawn = street.post(&at("sample"), draw).expect(201).await;
    let invite = at(&format!("draws/{}/invite", drawn["id"].as_str().unwrap()));
    let community = world.signed_in("community").await;
    community.post(&invite, json!({})).refused(403, "auth.denied").await;

    let invited = street.post(&invite, json!({})).expect(200).await;
    assert_eq!((&invited["told"], &invited["answered"], &invited["unreached"]), (&json!(2), &json!(0), &json!([])));
    let (one, other) = (told(&community).await, told(&world.signed_in("neighbour").await).await);
    let address = |notice: &Json| notice["link"].as_str().unwrap().to_owned();
    assert!(address(&one).starts_with("/q/") && address(&one) != address(&other), "{one} {other}");
    assert!(one["title"].as_str().unwrap().contains("请填写调研问卷"), "{one}");
    let token = address(&one).replace("/q/", "");
    let open = world.nobody().get(&format!("/api/public/{token}")).expect(200).await;
    assert_eq!(open["state"], "open", "the address leads to the questionnaire: {open}");
    let own = street.get("/api/notices").expect(200).await;
    assert!(own["items"].as_array().unwrap().iter().all(|one| one["kind"] != "survey"), "{own}");
    let progress = street.get(&at("progress")).expect(200).await;
    assert!(progress["draws"][0]["invited_at"].is_string(), "{progress}");
    street.post(&at("draws/nothing/invite"), json!({})).refused(404, "survey.no_draw").await;
}

#[tokio::test]
async fn messages_go_to_those_with_a_number_each_with_a_link_of_their_own_and_once() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({})).await;
    residents(&street, ZHAOLIN, &TWELVE).await;
    let draw = json!({ "level": "resident", "size": 12, "strata": ["sex"], "mode": "links" });
    let drawn = street.post(&format!("/api/surveys/{id}/sample"), draw).expect(201).await;
    let path = format!("/api/surveys/{id}/draws/{}/messages.xlsx", drawn["id"].as_str().unwrap());
    world.signed_in("community").await.post(&path, json!({})).refused(403, "auth.denied").await;
    let answer = street.post(&path, json!({})).send().await;
    assert_eq!(answer.status(), 200);
    let cells = calamine_text(&answer.bytes().await.unwrap());
    let links: Vec<&str> =
        cells.iter().filter_map(|cell| cell.split_once("/q/")?.1.split_whitespace().next()).collect();
    let different: std::collections::BTreeSet<&&str> = links.iter().collect();
    assert_eq!((links.len(), different.len()), (11, 11), "one of the twelve has no number: {cells:?}");
    assert!(cells.iter().any(|cell| cell == "13800000001"), "whole numbers, to be sent to: {cells:?}");
    assert!(!cells.iter().any(|cell| cell.contains("甲一")), "no names: {cells:?}");
    let again = street.post(&path, json!({})).refused(409, "survey.messages_taken").await;
    assert!(again["at"].is_string(), "{again}");
    let city = world.signed_in("city").await;
    let audit = city.get("/api/audit?action=reveal&limit=50").expect(200).await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 11, "each number is in the log: {audit}");
}

#[tokio::test]
async fn suggestions_are_listed_by_campaign_with_a_topic_proposed_for_new_ones() {
    let world = World::start().await;
    let (_, street, _, id) = campaign(&world, json!({})).await;
    let texts = [("小区停车位不够,建议增加停车位", true), ("停车位不够用", true), ("希望公布办事电话", false)];
    let mut made = Vec::new();
    for (number, (text, own)) in texts.iter().enumerate() {
        let mut values = json!({ "text": text, "came_by": "questionnaire" });
        if *own {
            values["campaign"] = json!(id);
        }
        let area = if *own { ZHAOLIN } else { ANGUANG };
        let body = json!({ "flow": "survey/suggestion", "area": area,
            "client_id": client(&format!("told {number}")), "values": values });
        made.push(street.post("/api/cases", body).expect(201).await);
    }
    let path = format!("/api/surveys/{id}/suggestions");
    let found = street.get(&path).expect(200).await;
    assert_eq!((&found["total"], &found["basis"], &found["accuracy"]), (&json!(2), &json!("keywords"), &Json::Null));
    let one = &found["items"][0];
    assert_eq!((&one["proposed"][0]["code"], &one["may_classify"]), (&json!("environment"), &json!(true)), "{one}");
    assert_eq!(found["groups"][0]["items"].as_array().unwrap().len(), 2, "{found}");
    let all = street.get(&format!("{path}?all=true")).expect(200).await;
    assert_eq!(all["total"], 3, "with the one that names no survey");

    let act = json!({ "version": one["version"], "client_id": client("told topic"),
        "values": { "topic": one["proposed"][0]["code"] } });
    let id = one["id"].as_str().unwrap();
    street.post(&format!("/api/cases/{id}/actions/classify"), act).expect(200).await;
    let now = street.get(&path).expect(200).await;
    let classified = now["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone();
    assert_eq!((&classified["topic"], &classified["proposed"]), (&json!("environment"), &json!([])), "{classified}");
    let neighbour = world.signed_in("neighbour").await;
    let theirs = neighbour.get(&format!("{path}?all=true")).expect(200).await;
    assert_eq!(
        (&theirs["total"], &theirs["items"][0]["may_classify"]),
        (&json!(1), &json!(false)),
        "their own, to be classified by the street: {theirs}"
    );
}
