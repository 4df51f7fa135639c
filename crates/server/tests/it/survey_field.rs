//! Whom to ask, and phone interviews: quotas, draws, one number for one interviewer.

use std::collections::HashSet;

use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use crate::{
    collect_kit::Studio,
    flow_kit::client,
    survey_kit::{CAMPAIGNS, Said, TWELVE, campaign, residents},
    world::{STREET, World, ZHAOLIN},
};

#[tokio::test]
async fn a_sample_is_drawn_by_strata_once_each_and_its_links_are_anonymous() {
    let world = World::start().await;
    let (studio, street, form, id) = campaign(&world, json!({ "resident_issued": 5 })).await;
    residents(&street, ZHAOLIN, &TWELVE).await;
    residents(&street, ZHAOLIN, &[("小孩", "20200101", true, "")]).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");
    let wanted = json!({ "level": "resident", "size": 6, "strata": ["sex", "age_band"] });
    let plan = street.post(&at("plan"), wanted.clone()).expect(200).await;
    assert_eq!((&plan["size"], &plan["people"]), (&json!(6), &json!(12)), "a child is not asked: {plan}");
    let quotas: Vec<(&str, u64, u64)> = plan["strata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["key"].as_str().unwrap(), one["people"].as_u64().unwrap(), one["quota"].as_u64().unwrap()))
        .filter(|(_, people, _)| *people > 0)
        .collect();
    assert_eq!(quotas.len(), 4, "{plan}");
    assert!(quotas.iter().all(|(_, people, quota)| *people == 3 && (1..=2).contains(quota)), "{plan}");
    assert_eq!(
        plan["strata"].as_array().unwrap().iter().find(|one| one["key"] == "1/18_34").unwrap()["label"],
        "男 · 18–34 岁"
    );

    let mut draw = wanted.clone();
    draw["mode"] = json!("links");
    let drawn = street.post(&at("sample"), draw.clone()).expect(201).await;
    assert_eq!(
        (&drawn["size"], &drawn["seed"], &drawn["links"][0]["area"]),
        (&json!(6), &json!(7), &json!(ZHAOLIN)),
        "{drawn}"
    );
    let (_, links) = studio.get(&format!("/api/forms/{form}/links")).await;
    assert_eq!((&links["items"][0]["kind"], &links["items"][0]["count"]), (&json!("one_time"), &json!(6)));
    let record = street.get(&format!("{CAMPAIGNS}/{id}")).expect(200).await;
    assert_eq!(record["values"]["resident_issued"], 11, "added to what was noted");
    let handout = street.get(&at(&format!("draws/{}/handout.xlsx", drawn["id"].as_str().unwrap()))).send().await;
    assert_eq!(handout.status(), 200);
    let text = format!("{:?}", calamine_text(&handout.bytes().await.unwrap()));
    assert!(text.contains("甲") && !text.contains("/q/"), "names without links: {text}");

    let again = street.post(&at("sample"), draw.clone()).expect(201).await;
    assert_eq!(again["size"], 6, "the other six: nobody is asked twice");
    let third = street.post(&at("sample"), draw).expect(422).await;
    assert_eq!(third["code"], "survey.nobody", "{third}");
    let progress = street.get(&at("progress")).expect(200).await;
    let strata = progress["levels"][0]["strata"].as_array().unwrap();
    assert_eq!(strata.iter().map(|one| one["quota"].as_u64().unwrap()).sum::<u64>(), 12, "{progress}");
    assert_eq!((progress["draws"].as_array().unwrap().len(), &strata[0]["valid"]), (2, &json!(0)));

    for (body, why) in [
        (json!({ "level": "resident", "strata": [], "mode": "links" }), "no size"),
        (json!({ "level": "resident", "size": 0, "strata": [], "mode": "links" }), "nobody"),
        (json!({ "level": "resident", "size": 5, "strata": ["phone"], "mode": "links" }), "no variable"),
        (json!({ "level": "community", "mode": "calls" }), "no calls to communities"),
        (json!({ "level": "resident", "size": 5, "area": "230102002000", "mode": "links" }), "outside"),
    ] {
        street.post(&at("sample"), body).expect(422).await;
        let _ = why;
    }
    let community = world.signed_in("community").await;
    community.post(&at("sample"), json!({ "level": "resident", "size": 1, "mode": "links" })).expect(403).await;
}

/// Texts of a workbook.
pub fn calamine_text(bytes: &[u8]) -> Vec<String> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().flatten().map(ToString::to_string).collect()
}

/// Puts eleven residents with phones on the call list.
async fn listed(world: &World) -> (Studio, crate::world::Person, String) {
    let (studio, street, _, id) = campaign(world, json!({})).await;
    residents(&street, ZHAOLIN, &TWELVE).await;
    let body = json!({ "level": "resident", "size": 12, "strata": ["sex"], "mode": "calls" });
    let drawn = street.post(&format!("/api/surveys/{id}/sample"), body).expect(201).await;
    assert_eq!(drawn["size"], 11, "one has no phone: {drawn}");
    assert!(drawn["reason"].is_string());
    (studio, street, id)
}

#[tokio::test]
async fn two_interviewers_never_have_the_same_number_even_on_two_servers() {
    let world = World::start().await;
    let (_, street, id) = listed(&world).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = format!("http://{}", listener.local_addr().unwrap());
    let second = world.second();
    tokio::spawn(async move { linli_server::serve(second, listener, std::future::pending()).await.unwrap() });
    for number in 0..6 {
        world.account(&format!("caller{number}"), "network/street", STREET).await;
    }
    let mut asking = Vec::new();
    for number in 0..6 {
        let person = world.signed_in(&format!("caller{number}")).await;
        let base = if number % 2 == 0 { String::new() } else { other.clone() };
        let path = format!("{base}/api/surveys/{id}/calls/next");
        asking.push(tokio::spawn(async move {
            let first = person.post(&path, json!({})).expect(200).await;
            let again = person.post(&path, json!({})).expect(200).await;
            (first, again)
        }));
    }
    let mut given = HashSet::new();
    for one in asking {
        let (first, again) = one.await.unwrap();
        assert_eq!(first["call"]["id"], again["call"]["id"], "an unfinished call comes again");
        assert!(first["call"]["phone"].as_str().unwrap().starts_with("138000000"), "{first}");
        assert!(given.insert(first["call"]["id"].as_str().unwrap().to_owned()), "given twice: {first}");
    }
    let list = street.get(&format!("/api/surveys/{id}/calls")).expect(200).await;
    let states = |state: &str| list["items"].as_array().unwrap().iter().filter(|one| one["state"] == state).count();
    assert_eq!((states("calling"), states("due")), (6, 5), "{list}");
    assert!(!list.to_string().contains("13800000001"), "the list shows no number");
    let audit = street.get("/api/audit?action=reveal").send().await;
    assert!(audit.status() == 200 || audit.status() == 403);
}

#[tokio::test]
async fn a_call_ends_as_it_ended_and_comes_back_when_it_was_promised() {
    let world = World::start().await;
    let (studio, street, id) = listed(&world).await;
    let at = |path: &str| format!("/api/surveys/{id}/{path}");
    let next = || async { street.post(&at("calls/next"), json!({})).expect(200).await["call"].clone() };
    let end = |call: &Json, body: Json| street.post(&at(&format!("calls/{}", call["id"].as_str().unwrap())), body);

    let first = next().await;
    assert_eq!(first["form_id"], "wishes2026", "{first}");
    let refused = end(&first, json!({ "disposition": "completed" })).expect(422).await;
    assert_eq!(refused["fields"][0]["field"], "response");
    end(&first, json!({ "disposition": "completed", "response": "uuid:none" })).expect(422).await;
    end(&first, json!({ "disposition": "sold" })).expect(422).await;
    end(&first, json!({ "disposition": "call_back" })).expect(422).await;
    end(&first, json!({ "disposition": "call_back", "call_back_at": "2020-01-01T00:00:00Z" })).expect(422).await;
    let spoken = Said { name: "spoken", sex: "1", band: "18_34", grades: ["4"; 4], ..Said::default() };
    assert_eq!(studio.send(&spoken.xml()).await.0, 201);
    let done = json!({ "disposition": "completed", "response": "uuid:spoken", "notes": "很配合" });
    let ended = end(&first, done.clone()).expect(200).await;
    assert_eq!((&ended["state"], &ended["attempts"]), (&json!("done"), &json!(1)), "{ended}");
    assert_eq!(end(&first, done).expect(409).await["code"], "survey.not_yours");

    let promised = next().await;
    let back = json!({ "disposition": "call_back", "call_back_at": "2026-11-23T08:00:00Z" });
    assert_eq!(end(&promised, back).expect(200).await["due_at"], "2026-11-23T08:00:00Z");
    let refused = next().await;
    end(&refused, json!({ "disposition": "refused" })).expect(200).await;
    let busy = next().await;
    end(&busy, json!({ "disposition": "busy" })).expect(200).await;
    let gone = next().await;
    end(&gone, json!({ "disposition": "wrong_number" })).expect(200).await;

    let list = street.get(&at("calls")).expect(200).await;
    let outcomes = &list["outcomes"];
    assert_eq!((&list["total"], &list["done"], &list["due"]), (&json!(11), &json!(3), &json!(6)), "{list}");
    // I = 1, R = 1, O = 1, UH = 1 tried and 6 not, one is not eligible.
    assert_eq!(outcomes["rr1"], json!(0.1), "{outcomes}");
    assert!(
        (outcomes["coop1"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-9 && outcomes["con1"] == json!(0.3),
        "{outcomes}"
    );

    // Six hours later the promise is kept before anybody else is called.
    world.clock.advance(6 * 3_600 + 60);
    assert_eq!(next().await["id"], promised["id"]);
    // What nobody finished goes to somebody else when its time is over.
    world.account("other", "network/street", STREET).await;
    world.clock.advance(46 * 60);
    let other = world.signed_in("other").await;
    let taken = other.post(&at("calls/next"), json!({})).expect(200).await;
    assert_eq!(taken["call"]["id"], promised["id"], "{taken}");
    assert_eq!(end(&promised, json!({ "disposition": "refused" })).expect(409).await["code"], "survey.not_yours");
    let interview =
        street.get(&format!("/api/records/survey/interview/{}", first["id"].as_str().unwrap())).expect(200).await;
    assert_eq!(
        (&interview["values"]["disposition"], &interview["values"]["response"]),
        (&json!("completed"), &json!("uuid:spoken"))
    );
}

#[tokio::test]
async fn a_suggestion_is_given_a_topic_and_its_likes() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let texts = ["小区停车位不够,建议增加停车位", "停车位不够用", "希望公布办事电话"];
    for (number, text) in texts.iter().enumerate() {
        let body = json!({ "flow": "survey/suggestion", "area": ZHAOLIN, "client_id": client(&format!("suggestion {number}")),
            "values": { "text": text, "came_by": "questionnaire" } });
        street.post("/api/cases", body).expect(201).await;
    }
    let found = street.get("/api/surveys/suggestions/similar").expect(200).await;
    assert_eq!((&found["looked_at"], &found["alone"]), (&json!(3), &json!(1)), "{found}");
    assert_eq!(found["groups"][0]["items"].as_array().unwrap().len(), 2);
    let asked = "/api/surveys/suggestions/propose?text=楼下停车位总是不够,卫生也差";
    let proposed = street.get(asked).expect(200).await;
    assert_eq!((&proposed["basis"], &proposed["accuracy"]), (&json!("keywords"), &Json::Null), "{proposed}");
    assert_eq!(proposed["topics"][0]["code"], "environment", "{proposed}");
    assert!(!proposed["similar"].as_array().unwrap().is_empty(), "{proposed}");
    let neighbour = world.signed_in("neighbour").await;
    let own = neighbour.get("/api/surveys/suggestions/similar").expect(200).await;
    assert_eq!(own["looked_at"], 0, "another community's are not shown: {own}");
}
