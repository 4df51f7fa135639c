//! Cases from report to rating: whose turn it is, what is refused and why.

use serde_json::json;

use crate::{
    collect_kit::Studio,
    flow_kit::{CASES, DAY, client, dispatched, handler, incident, of, offered, replay_all, world},
    world::{ANGUANG, ZHAOLIN},
};

#[tokio::test]
async fn an_incident_goes_from_report_to_rating_and_everybody_finds_it_in_their_to_do() {
    let world = world().await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let (unit, department) = handler(&world, "chengguan").await;
    let case = community.opens("路灯不亮", json!({})).await;
    assert_eq!(case["number"], "SJ-2026-000001");
    assert_eq!(case["title"], "路灯 兆麟街 1 号");
    assert_eq!(case["state"]["phase"], "new");
    assert_eq!((case["mine"].as_bool(), case["by"].as_str()), (Some(true), Some("测试community")));
    let todo = community.get("/api/todo").expect(200).await;
    assert_eq!((todo["items"][0]["id"].as_str(), todo["counts"]["all"].as_u64()), (case["id"].as_str(), Some(1)));

    let case = community.act(&case, "verify", json!({})).expect(200).await;
    assert_eq!((case["state"]["name"].as_str(), case["mine"].as_bool()), (Some("filed"), Some(false)));
    assert_eq!(community.get("/api/todo").expect(200).await["items"].as_array().unwrap().len(), 0);
    let seen = street.sees(&case).await;
    assert!(offered(&seen).contains(&"dispatch"));
    let candidates = street.get(&of(&seen, "/candidates?action=dispatch")).expect(200).await;
    assert_eq!(candidates["units"][0]["id"].as_str(), Some(unit.as_str()));
    let case = street.act(&seen, "dispatch", json!({ "assign": [{ "unit": unit }] })).expect(200).await;
    assert_eq!(case["unit"]["name"], "chengguan中队");
    assert_eq!(case["clock"]["state"], "running");

    let mine = department.get(&format!("{CASES}?box=todo")).expect(200).await;
    assert_eq!(mine["items"][0]["id"], case["id"]);
    let (status, case) =
        Studio::of(&world, "chengguan").await.upload(&of(&case, "/files"), "修好.jpg", b"\xff\xd8", &[]).await;
    assert_eq!(status, 200, "{case}");
    let done = json!({ "note": "已更换灯头", "files": ["修好.jpg"] });
    let case = department.act(&case, "report", done).expect(200).await;
    assert_eq!(case["state"]["name"], "handled");
    let party = &case["parties"].as_array().unwrap().iter().find(|party| party["name"] == "handler").unwrap();
    assert_eq!((party["state"].as_str(), party["note"].as_str()), (Some("reported"), Some("已更换灯头")));

    community.act(&case, "close", json!({})).refused(422, "case.guard").await;
    let case = community.act(&case, "close", json!({ "values": { "checked": true } })).expect(200).await;
    assert_eq!((case["state"]["phase"].as_str(), case["overdue"].as_bool()), (Some("done"), Some(false)));
    let case = community.act(&case, "rate", json!({ "values": { "score": 5 } })).expect(200).await;
    assert_eq!(case["rating"], 5);
    let said: Vec<&str> =
        case["history"].as_array().unwrap().iter().map(|item| item["action"]["name"].as_str().unwrap()).collect();
    assert_eq!(said, ["@open", "verify", "dispatch", "@files", "report", "close", "rate"]);
    let audit = world.signed_in("city").await.get("/api/audit?subject=works/incident").expect(200).await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 7, "one entry for each: {audit}");
    replay_all(&world).await;
}

#[tokio::test]
async fn of_two_who_act_at_once_one_wins_and_the_other_is_told_who_did_what() {
    let world = world().await;
    let community = world.signed_in("community").await;
    world.account("second", "network/community", ZHAOLIN).await;
    let second = world.signed_in("second").await;
    let case = community.opens("井盖", json!({})).await;
    let (a, b) = tokio::join!(
        community.act_as(&case, "verify", &client("a"), json!({})).send(),
        second.act_as(&case, "verify", &client("b"), json!({})).send(),
    );
    let (a, b) = ((a.status().as_u16(), "测试community", a), (b.status().as_u16(), "测试second", b));
    let (won, lost) = if a.0 == 200 { (a, b) } else { (b, a) };
    assert_eq!((won.0, lost.0), (200, 409));
    let told: serde_json::Value = lost.2.json().await.unwrap();
    assert_eq!((told["code"].as_str(), told["by"].as_str()), (Some("case.stale"), Some(won.1)));
    assert_eq!(told["action"]["name"], "verify");
    assert_eq!(told["current"]["state"]["name"], "filed");
    assert!(told["at"].as_str().is_some() && told["detail"].as_str().unwrap().contains(won.1));
    let history = community.sees(&case).await["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2, "{history}");
}

#[tokio::test]
async fn what_is_only_said_meanwhile_keeps_nobody_from_acting() {
    let world = world().await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let case = community.opens("井盖", json!({})).await;
    let comment = json!({ "text": "请尽快", "client_id": client("c") });
    street.post(&of(&case, "/comments"), comment.clone()).expect(200).await;
    let twice = street.post(&of(&case, "/comments"), comment).expect(200).await;
    assert_eq!(twice["history"].as_array().unwrap().len(), 2, "said twice is said once: {twice}");
    community.act(&case, "verify", json!({})).expect(200).await;
}

#[tokio::test]
async fn the_same_sent_again_counts_once() {
    let world = world().await;
    let community = world.signed_in("community").await;
    let case = community.opens("路灯", json!({})).await;
    let again = community.opens("路灯", json!({})).await;
    assert_eq!((&case["id"], &case["number"]), (&again["id"], &again["number"]));
    let other = incident("路灯", json!({ "title": "另一件" }));
    community.post(CASES, other).refused(409, "case.other_content").await;
    let moved = community.act_as(&case, "verify", &client("v"), json!({})).expect(200).await;
    let again = community.act_as(&case, "verify", &client("v"), json!({})).expect(200).await;
    assert_eq!((&moved["version"], &moved["state"]), (&again["version"], &again["state"]));
    assert_eq!(community.opens("另一盏路灯", json!({})).await["number"], "SJ-2026-000002");
}

#[tokio::test]
async fn actions_out_of_order_or_of_others_are_refused_and_say_whose_turn_it_is() {
    let world = world().await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let case = community.opens("路灯", json!({})).await;
    community.act(&case, "close", json!({})).refused(409, "case.state").await;
    community.act(&case, "fly", json!({})).refused(404, "case.no_action").await;
    let case = community.act(&case, "verify", json!({})).expect(200).await;
    let refused = community.act(&case, "dispatch", json!({})).refused(403, "case.not_yours").await;
    assert_eq!(refused["turn"][0]["name"], "dispatcher");
    assert!(refused["detail"].as_str().unwrap().contains("街道"), "{refused}");
    let lacks = street.act(&case, "dispatch", json!({})).refused(422, "case.fields").await;
    assert_eq!(lacks["fields"][0]["field"], "assign");
    let ghost = json!({ "assign": [{ "unit": client("nobody") }] });
    street.act(&case, "dispatch", ghost).refused(422, "request.parameter").await;
    let wrong = json!({ "values": { "checked": true } });
    community.act(&case, "verify", wrong).refused(422, "case.fields").await;
    let future = json!({ "version": 99 });
    street.act(&case, "dispatch", future).refused(422, "request.parameter").await;
    street.act(&case, "void", json!({ "files": ["nicht.jpg"], "note": "x" })).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn opening_asks_what_the_flow_says_and_nothing_else() {
    let world = world().await;
    let (community, department) = (world.signed_in("community").await, world.signed_in("department").await);
    let lacks = community.post(CASES, incident("a", json!({ "values": {} }))).refused(422, "case.fields").await;
    assert_eq!(lacks["fields"][0]["field"], "kind");
    let wrong = json!({ "values": { "kind": "moon", "checked": true, "colour": 1 } });
    let wrong = community.post(CASES, incident("b", wrong)).refused(422, "case.fields").await;
    let fields: Vec<&str> =
        wrong["fields"].as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["checked", "kind", "colour"]);
    community.post(CASES, incident("c", json!({ "area": ANGUANG }))).refused(403, "auth.outside_scope").await;
    department.post(CASES, incident("d", json!({}))).refused(403, "auth.denied").await;
    community.post(CASES, incident("e", json!({ "flow": "works/none" }))).refused(404, "flow.not_found").await;
    let bad = json!({ "place": { "lat": 91.0, "lon": 126.0 } });
    community.post(CASES, incident("f", bad)).refused(422, "request.parameter").await;
    community.post(CASES, incident("g", json!({ "channel": "pigeon" }))).refused(422, "request.parameter").await;
    assert_eq!(community.opens("h", json!({})).await["number"], "SJ-2026-000001", "refused ones use no number");
}

#[tokio::test]
async fn several_units_report_together_and_one_hands_its_part_on() {
    let world = world().await;
    let (first, one) = handler(&world, "one").await;
    let (second, two) = handler(&world, "two").await;
    let (third, three) = handler(&world, "three").await;
    let case = dispatched(&world, "路灯", &[&first, &second], json!({})).await;
    let case = one.act(&case, "report", json!({})).expect(200).await;
    assert_eq!(case["state"]["name"], "dispatched", "the other has not");
    one.act(&case, "report", json!({})).refused(403, "case.not_yours").await;
    let on = json!({ "assign": [{ "unit": third }], "note": "不属于本单位职责" });
    let case = two.act(&two.sees(&case).await, "hand_on", on).expect(200).await;
    assert_eq!(offered(&case), Vec::<&str>::new(), "who handed on has no more to do");
    let case = three.act(&three.sees(&case).await, "report", json!({})).expect(200).await;
    assert_eq!(case["state"]["name"], "handled");
    replay_all(&world).await;
}

#[tokio::test]
async fn near_ones_of_the_same_class_are_told_and_merged() {
    let world = world().await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let at =
        |lat: f64, kind: &str| json!({ "place": { "lat": lat, "lon": 126.6, "text": "" }, "values": { "kind": kind } });
    let first = community.opens("a", at(45.75, "lamp")).await;
    community.opens("b", at(45.75, "cover")).await;
    community.opens("c", at(45.76, "lamp")).await;
    let same = community.opens("d", at(45.750_3, "lamp")).await;
    let told: Vec<&str> =
        same["duplicates"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(told, [first["id"].as_str().unwrap()]);
    let near = community.get(&format!("{CASES}?near=45.75,126.6,50")).expect(200).await;
    assert_eq!(near["items"].as_array().unwrap().len(), 3, "{near}");
    community.post(&of(&same, "/merge"), json!({ "into": first["id"] })).refused(403, "case.not_yours").await;
    street.post(&of(&same, "/merge"), json!({ "into": same["id"] })).refused(422, "request.parameter").await;
    let merged = street.post(&of(&same, "/merge"), json!({ "into": first["id"] })).expect(200).await;
    assert_eq!((&merged["merged_into"], merged["state"]["phase"].as_str()), (&first["id"], Some("cancelled")));
    let refused = community.act(&merged, "verify", json!({})).refused(409, "case.merged").await;
    assert_eq!(refused["into"], first["id"]);
    replay_all(&world).await;
}

#[tokio::test]
async fn lists_boards_and_figures_tell_the_same() {
    let world = world().await;
    let (unit, _) = handler(&world, "chengguan").await;
    let community = world.signed_in("community").await;
    community.opens("一", json!({ "values": { "kind": "cover" } })).await;
    world.clock.advance(DAY);
    let (department, street) = (world.signed_in("chengguan").await, world.signed_in("street").await);
    let case = dispatched(&world, "二", &[&unit], json!({})).await;
    department.act(&case, "report", json!({})).expect(200).await;
    let board = street.get(&format!("{CASES}/board?flow=works/incident")).expect(200).await;
    let counts: Vec<u64> =
        board["columns"].as_array().unwrap().iter().map(|column| column["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 0, 0, 1, 0, 0]);
    let by = async |by: &str| {
        let stats = street.get(&format!("{CASES}/stats?flow=works/incident&by={by}")).expect(200).await;
        let item =
            |item: &serde_json::Value| (item["label"].as_str().unwrap().to_owned(), item["opened"].as_u64().unwrap());
        stats["items"].as_array().unwrap().iter().map(item).collect::<Vec<_>>()
    };
    assert_eq!(by("kind").await, [("井盖".to_owned(), 1), ("路灯".to_owned(), 1)]);
    assert_eq!(by("unit").await, [("(未派单)".to_owned(), 1), ("chengguan中队".to_owned(), 1)]);
    assert_eq!(by("day").await, [("2026-11-23".to_owned(), 1), ("2026-11-24".to_owned(), 1)]);
    assert_eq!(by("area").await.iter().map(|(_, opened)| opened).sum::<u64>(), 2);
    let count = async |query: &str| {
        let page = street.get(&format!("{CASES}?{query}")).expect(200).await;
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("q=SJ-2026-000002").await, 1);
    assert_eq!(count("q=井盖").await, 1);
    assert_eq!(count("from=2026-11-24").await, 1);
    assert_eq!(count("to=2026-11-23&kind=cover").await, 1);
    assert_eq!(count(&format!("unit={unit}")).await, 1);
    assert_eq!(count("phase=new").await, 1);
    let first = street.get(&format!("{CASES}?limit=1")).expect(200).await;
    let next = first["next"].as_str().unwrap();
    let second = street.get(&format!("{CASES}?limit=1&after={next}")).expect(200).await;
    assert_eq!(
        (first["items"][0]["number"].as_str(), second["items"][0]["number"].as_str()),
        (Some("SJ-2026-000002"), Some("SJ-2026-000001"))
    );
    assert!(second["next"].is_null());
    street.get(&format!("{CASES}?sort=name")).refused(422, "request.parameter").await;
    street.get(&format!("{CASES}?after=x")).refused(422, "request.parameter").await;
}
