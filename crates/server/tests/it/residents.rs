//! Residents without an account: what they read, apply for and are told, and what they never learn.

use linli_engine::flow;
use serde_json::{Value as Json, json};

use crate::{
    case_kit::{act, actor, fresh},
    service::elder,
    world::{ANGUANG, World, ZHAOLIN, identity},
};

#[tokio::test]
async fn a_resident_applies_from_a_phone_and_learns_nothing_of_the_register() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    elder(&community).await;
    let nobody = world.nobody();
    let apply = |name: &str, identity: &str| {
        let person = json!({ "name": name, "identity_number": identity, "phone": "13987654321" });
        nobody.post(
            "/api/public/service/applications",
            json!({ "item": "MZ-03", "person": person, "area": ZHAOLIN, "values": { "bank_account": "6217000012345678" },
                "materials": { "account": "paper" }, "channel": "phone", "client_id": fresh() }),
        )
    };
    let known = apply("王德福", &identity("19400105", 13)).expect(201).await;
    let unknown = apply("赵不在", &identity("19400105", 15)).expect(201).await;
    let keys = |one: &Json| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&known), keys(&unknown), "the answer does not tell who is registered");
    assert_eq!(known["lacking"], unknown["lacking"], "nor what data know of them");
    let followed = |one: &Json| {
        let (number, code) = (one["number"].as_str().unwrap(), one["code"].as_str().unwrap());
        nobody.get(&format!("/api/public/cases/{number}?code={code}"))
    };
    let told = |page: &Json| page["told"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    let (a, b) = (followed(&known).expect(200).await, followed(&unknown).expect(200).await);
    assert_eq!((told(&a), told(&b)), (vec![json!("item_title")], vec![json!("item_title")]));
    let by_number = |one: &Json| one["number"].as_str().unwrap().to_owned();
    let who = actor(&world, "community").await;
    let known = flow::by_number(&world.engine, &who, by_number(&known)).await.unwrap();
    let unknown = flow::by_number(&world.engine, &who, by_number(&unknown)).await.unwrap();
    assert_eq!((known.links.len(), unknown.links.len()), (1, 0), "the desk sees whose file it is");
    assert_eq!(known.channel, "resident");
    nobody
        .post(
            "/api/public/service/applications",
            json!({ "item": "MZ-03", "person": { "name": "甲" }, "area": ZHAOLIN,
            "channel": "phone", "client_id": fresh() }),
        )
        .expect(422)
        .await;
    let wrong = nobody
        .get(&format!("/api/public/cases/{}?code=WRONGCOD", known.case.number))
        .refused(404, "case.not_found")
        .await;
    let absent = nobody.get("/api/public/cases/BJ-1999-000001?code=WRONGCOD").refused(404, "case.not_found").await;
    assert_eq!(wrong["detail"], absent["detail"], "a wrong code is answered like a wrong number");
    let mut last = 404;
    for _ in 0..30 {
        last = nobody.get("/api/public/cases/BJ-1999-000001?code=WRONGCOD").send().await.status().as_u16();
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "guessing is stopped early");
}

#[tokio::test]
async fn an_item_tells_anybody_what_it_asks_and_whoever_is_declined_why() {
    let world = World::start().await;
    let nobody = world.nobody();
    let item = nobody.get("/api/public/service/items/MZ-03").expect(200).await;
    assert_eq!(item["fields"][1]["name"], "bank_account");
    let by_data = |name: &str| {
        let all = item["materials"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap()["by_data"].clone()
    };
    assert_eq!((by_data("alive"), by_data("account")), (json!(true), json!(false)));
    let relations = item["codes"]["service/relation_to_applicant"].as_array().unwrap();
    assert!(relations.iter().any(|one| one["code"] == "worker"), "{relations:?}");
    let rental = nobody.get("/api/public/service/items/ZJ-01").expect(200).await;
    for field in rental["fields"].as_array().unwrap() {
        let list = field["kind"]["list"].as_str();
        assert!(list.is_none_or(|list| !rental["codes"][list].as_array().unwrap().is_empty()), "{field}");
    }
    nobody.get("/api/public/service/items/XX-99").refused(404, "service.no_item").await;

    let person = json!({ "name": "赵不在", "identity_number": identity("19400105", 15), "phone": "13987654321" });
    let helper = json!({ "name": "赵女儿", "phone": "13912345678", "relation": "family" });
    let asked = json!({ "item": "MZ-03", "person": person, "area": ZHAOLIN, "by_proxy": helper, "channel": "phone",
        "values": { "bank_account": "6217000012345678" }, "materials": {}, "client_id": fresh() });
    let made = nobody.post("/api/public/service/applications", asked).expect(201).await;
    assert_eq!(made["lacking"], json!(["银行卡(社保卡金融账户)"]), "what no data can show is asked for at once");
    let who = actor(&world, "community").await;
    let number = made["number"].as_str().unwrap();
    let case = flow::by_number(&world.engine, &who, number.to_owned()).await.unwrap();
    act(&world, "community", case.case.id, "decline", json!({})).await.unwrap();
    let page = nobody.get(&format!("/api/public/cases/{number}?code={}", made["code"].as_str().unwrap()));
    let page = page.expect(200).await;
    let last = page["steps"].as_array().unwrap().last().unwrap();
    assert_eq!((&page["phase"], &last["note"]), (&json!("cancelled"), &json!("说明")));
}

#[tokio::test]
async fn a_resident_takes_a_number_on_the_way_sees_the_place_and_is_called_at_the_counter() {
    let world = World::start().await;
    let (community, nobody) = (world.signed_in("community").await, world.nobody());
    let before = community.post("/api/service/queue", json!({ "area": ZHAOLIN })).expect(201).await;
    let asked = json!({ "area": ZHAOLIN, "item": "MZ-03", "client_id": fresh() });
    let mine = nobody.post("/api/public/service/queue", asked.clone()).expect(201).await;
    assert_eq!((&mine["number"], &mine["ahead"], &mine["state"]), (&json!(2), &json!(1), &json!("waiting")));
    let again = nobody.post("/api/public/service/queue", asked).expect(201).await;
    assert_eq!(again["id"], mine["id"], "a lost answer costs no second number");
    let path = format!("/api/public/service/queue/{}", mine["id"].as_str().unwrap());
    let step = |id: &Json, step: &str| {
        community.post(&format!("/api/service/queue/{}/{step}", id.as_str().unwrap()), json!({}))
    };
    step(&before["id"], "call").expect(200).await;
    assert_eq!(nobody.get(&path).expect(200).await["ahead"], 0);
    let desk = community.get(&format!("/api/service/desk?area={ZHAOLIN}")).expect(200).await;
    assert_eq!(desk["queue"][1]["item"], "MZ-03", "the counter sees what they come for");
    step(&mine["id"], "call").expect(200).await;
    let called = nobody.get(&path).expect(200).await;
    assert_eq!((&called["state"], called["called"].is_string()), (&json!("called"), true));

    let other = json!({ "area": ZHAOLIN, "client_id": fresh() });
    let other = nobody.post("/api/public/service/queue", other).expect(201).await;
    let path = format!("/api/public/service/queue/{}", other["id"].as_str().unwrap());
    assert_eq!(nobody.call(reqwest::Method::DELETE, &path, None).expect(200).await["state"], "skipped");
    nobody.get(&format!("/api/public/service/queue/{}", fresh())).refused(404, "service.no_ticket").await;
    let district = json!({ "area": "230102000000", "client_id": fresh() });
    nobody.post("/api/public/service/queue", district).expect(404).await;
}

#[tokio::test]
async fn at_the_communitys_door_everybody_finds_the_worker_of_their_grid() {
    let world = World::start().await;
    let city = world.signed_in("city").await;
    let made = |kind: &'static str, parent: String, name: &'static str| {
        let body = json!({ "parent": parent, "kind": kind, "name": name });
        let call = city.post("/api/areas", body);
        async move { call.expect(201).await["code"].as_str().unwrap().to_owned() }
    };
    let estate = made("estate", ANGUANG.to_owned(), "安广小区").await;
    let grid = made("grid", estate, "安广第一网格").await;
    world.account("anguang_worker", "network/grid", &grid).await;
    let card = world.nobody().get(&format!("/api/public/office/{ANGUANG}")).expect(200).await;
    let workers = card["workers"].as_array().unwrap();
    assert!(card["worker"].is_null() && workers.iter().any(|one| one["grid"] == "安广第一网格"), "{card}");
    let own = world.nobody().get(&format!("/api/public/office/{grid}")).expect(200).await;
    assert_eq!((&own["worker"]["grid"], &own["workers"]), (&json!("安广第一网格"), &json!([])));
}
