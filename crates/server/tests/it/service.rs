//! The one window: items for a person, the desk's numbers and appointments, the office.

use std::collections::BTreeSet;

use linli_domain::RecordId;
use linli_engine::flow::{self, CaseFilter};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    case_kit::{act, actor, fresh, seen},
    world::{ANGUANG, HOUSEHOLDS, Person, STREET, World, ZHAOLIN, identity},
};

/// Somebody over eighty whom the register knows.
pub async fn elder(worker: &Person) -> Json {
    let household = json!({ "head_name": "王德福", "member_count": 2, "aid_kind": "extreme_poverty" });
    let household =
        worker.post(HOUSEHOLDS, json!({ "area": ZHAOLIN, "values": household, "confirm_new": true })).expect(201).await;
    let values = json!({
        "name": "王德福", "identity_number": identity("19400105", 13), "residence_kind": "registered",
        "phone": "13812345678", "relation_to_head": "02", "household": household["id"], "disability_level": "2",
        "disability_certificate": "23010219400105013542",
    });
    worker.register(ZHAOLIN, values).await
}

fn of<'j>(items: &'j Json, code: &str) -> &'j Json {
    items["items"].as_array().unwrap().iter().find(|item| item["code"] == code).unwrap()
}

#[tokio::test]
async fn what_fits_a_person_comes_first_and_what_data_show_need_not_be_proved() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let person = elder(&community).await;
    let id = person["id"].as_str().unwrap();
    let items = community.get(&format!("/api/service/items?person={id}")).expect(200).await;
    assert!(items["items"].as_array().unwrap().len() >= 12);
    assert_eq!(of(&items, "MZ-03")["fits"], "yes", "over eighty and registered here");
    assert_eq!(of(&items, "MZ-01")["fits"], "no", "the family is supported already");
    assert_eq!(of(&items, "TY-01")["fits"], "unknown", "nothing is known of care tags");
    assert_eq!(of(&items, "CL-01")["fits"], "unknown", "a list shows no sensitive value, not even by its answer");
    assert!(!of(&items, "TY-01")["missing"].as_array().unwrap().is_empty());

    let item = community.get(&format!("/api/service/items/MZ-03?person={id}")).expect(200).await;
    let material =
        |name: &str| item["materials"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&material("identity")["needed"], &material("identity")["why"]), (&json!(false), &json!("verified")));
    assert!(material("identity")["source"].as_str().unwrap().contains("身份证号"));
    assert_eq!((&material("account")["needed"], &material("account")["why"]), (&json!(true), &Json::Null));
    assert_eq!(item["prefill"]["phone"]["value"], Json::Null, "a sensitive value is not sent");
    assert_eq!(item["prefill"]["phone"]["shown"], "138****5678");
    assert_eq!(item["conditions"][0]["holds"], true);

    let allowance = community.get(&format!("/api/service/items/CL-01?person={id}")).expect(200).await;
    assert_eq!(allowance["fits"], "yes", "the level is looked at under the item's purpose");
    let street = world.signed_in("street").await;
    let audit = street.get("/api/audit?action=reveal").expect(200).await;
    let purposes: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|one| one["detail"]["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes.len(), 1, "one value, one entry: {audit}");
    assert!(purposes[0].starts_with("CL-01"));

    let neighbour = world.signed_in("neighbour").await;
    neighbour.get(&format!("/api/service/items/MZ-03?person={id}")).refused(404, "record.not_found").await;
    community.get("/api/service/items/XX-99").refused(404, "service.no_item").await;
    let department = world.signed_in("department").await;
    department.get("/api/service/items").refused(403, "auth.denied").await;
}

#[tokio::test]
async fn numbers_of_a_day_are_called_in_order() {
    let world = World::start().await;
    let (community, neighbour) = (world.signed_in("community").await, world.signed_in("neighbour").await);
    let take =
        |person: &Person, area: &str| person.post("/api/service/queue", json!({ "area": area, "item": "MZ-03" }));
    let first = take(&community, ZHAOLIN).expect(201).await;
    let second = take(&community, ZHAOLIN).expect(201).await;
    assert_eq!((&first["number"], &second["number"], &second["ahead"]), (&json!(1), &json!(2), &json!(1)));
    assert_eq!(second["item_title"], "高龄津贴申领");
    assert_eq!(take(&neighbour, ANGUANG).expect(201).await["number"], 1, "each desk has its own");
    let at = |one: &Json, step: &str| format!("/api/service/queue/{}/{step}", one["id"].as_str().unwrap());
    community.post(&at(&first, "done"), json!({})).refused(409, "service.queue_state").await;
    assert_eq!(community.post(&at(&first, "call"), json!({})).expect(200).await["state"], "called");
    assert_eq!(community.post(&at(&first, "done"), json!({})).expect(200).await["state"], "done");
    community.post(&at(&first, "call"), json!({})).refused(409, "service.queue_state").await;
    neighbour.post(&at(&second, "call"), json!({})).refused(404, "record.not_found").await;
    take(&neighbour, ZHAOLIN).refused(404, "area.not_found").await;
    world.clock.advance(86_400);
    let community = world.signed_in("community").await;
    assert_eq!(take(&community, ZHAOLIN).expect(201).await["number"], 1, "a new day begins anew");
}

fn appointment(number: u32, slot: &str) -> Json {
    json!({ "area": ZHAOLIN, "item": "ZJ-01", "day": "2026-11-24", "slot": slot, "name": format!("居民{number}"),
        "phone": "13812345678", "client_id": Uuid::from_u128(u128::from(number) + 1000) })
}

#[tokio::test]
async fn a_seat_is_given_once_however_many_ask_at_the_same_time() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let posts: Vec<_> = (0..12)
        .map(|number| {
            let community = community.clone();
            tokio::spawn(async move {
                community.post("/api/service/appointments", appointment(number, "09:30")).send().await.status().as_u16()
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for post in posts {
        statuses.push(post.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201; 2], vec![409; 10]].concat(), "two seats a slot");
    let path = format!("/api/service/appointments?area={ZHAOLIN}");
    let days = community.get(&path).expect(200).await;
    let slot = |days: &Json, at: &str| {
        let slots = days["items"][0]["slots"].as_array().unwrap().clone();
        slots.into_iter().find(|one| one["slot"] == at).unwrap()["free"].clone()
    };
    assert_eq!((slot(&days, "09:30"), slot(&days, "10:00")), (json!(0), json!(2)));
    let saturday = days["items"].as_array().unwrap().iter().find(|day| day["day"] == "2026-11-28").unwrap();
    assert_eq!(saturday["slots"], json!([]), "nobody works on a Saturday");
}

#[tokio::test]
async fn an_appointment_counts_once_and_gives_its_seat_back() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let book = |number, slot| community.post("/api/service/appointments", appointment(number, slot));
    let made = book(1, "14:00").expect(201).await;
    assert_eq!(book(1, "14:00").expect(201).await["id"], made["id"], "the same again is the same");
    book(1, "14:30").refused(409, "service.other_content").await;
    book(2, "14:00").expect(201).await;
    book(3, "14:00").refused(409, "service.slot_full").await;
    for (day, slot) in
        [("2026-11-28", "14:00"), ("2026-11-24", "14:10"), ("2026-11-22", "14:00"), ("2027-11-24", "14:00")]
    {
        let mut wrong = appointment(4, slot);
        wrong["day"] = json!(day);
        community.post("/api/service/appointments", wrong).refused(422, "service.no_slot").await;
    }
    let at = format!("/api/service/appointments/{}", made["id"].as_str().unwrap());
    let neighbour = world.signed_in("neighbour").await;
    neighbour.post(&at, json!({ "state": "cancelled" })).refused(404, "record.not_found").await;
    community.post(&at, json!({ "state": "cancelled" })).expect(200).await;
    community.post(&at, json!({ "state": "arrived" })).refused(409, "service.appointment_state").await;
    book(3, "14:00").expect(201).await;
    let mut nameless = appointment(5, "15:00");
    nameless["phone"] = json!("12");
    let refused = community.post("/api/service/appointments", nameless).refused(422, "service.invalid").await;
    assert_eq!(refused["fields"][0]["field"], "phone");
}

#[tokio::test]
async fn anybody_finds_the_items_and_the_office_and_sees_no_account() {
    let world = World::start().await;
    world.account("worker", "network/grid", ZHAOLIN).await;
    let community = world.signed_in("street").await;
    let office = json!({ "name": "兆麟社区便民服务站", "address": "兆麟街1号", "phone": "0451-82345678", "hours": "周一至周五" });
    community.post("/api/records/service/office", json!({ "area": ZHAOLIN, "values": office })).expect(201).await;
    let nobody = world.nobody();
    let items = nobody.get("/api/public/service/items?q=高龄").expect(200).await;
    assert_eq!(items["items"].as_array().unwrap().len(), 1, "{items}");
    let card = nobody.get(&format!("/api/public/office/{ZHAOLIN}")).expect(200).await;
    assert_eq!((&card["name"], &card["phone"]), (&json!("兆麟社区便民服务站"), &json!("0451-82345678")));
    let shown: BTreeSet<String> = card["worker"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(shown, BTreeSet::from(["grid".to_owned(), "name".to_owned()]));
    assert_eq!(card["worker"]["name"], "测网格员", "the family name only");
    assert_eq!(nobody.get(&format!("/api/public/office/{STREET}")).expect(200).await["name"], Json::Null);
    nobody.get("/api/public/office/999999").refused(404, "area.not_found").await;
    let mut last = 200;
    for _ in 0..140 {
        last = nobody.get("/api/public/service/items").send().await.status().as_u16();
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "an address that asks without end waits");
}

fn application(person: &Json, item: &str, values: Json, materials: Json) -> Json {
    json!({ "item": item, "person": { "id": person["id"] }, "values": values, "materials": materials,
        "channel": "counter", "client_id": fresh() })
}

async fn decided(world: &World, id: RecordId) {
    act(world, "community", id, "accept", json!({})).await.unwrap();
    act(world, "community", id, "review", json!({ "opinion": "同意" })).await.unwrap();
    act(world, "street", id, "decide", json!({ "decision": "granted", "decision_text": "准予" })).await.unwrap();
    act(world, "community", id, "deliver", json!({ "delivery": "message" })).await.unwrap();
}

#[tokio::test]
async fn an_application_goes_from_the_counter_to_a_rating_whose_author_nobody_sees() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let person = elder(&community).await;
    let asked = application(&person, "MZ-03", json!({ "bank_account": "6217000012345678" }), json!({}));
    let made = community.post("/api/service/applications", asked.clone()).expect(201).await;
    assert_eq!(made["lacking"], json!(["银行卡(社保卡金融账户)"]), "the rest is verified: {made}");
    assert_eq!(community.post("/api/service/applications", asked).expect(201).await["id"], made["id"]);
    let (id, number, code) =
        (made["id"].as_str().unwrap(), made["number"].as_str().unwrap(), made["code"].as_str().unwrap());
    assert!(!made["actions"].to_string().contains("\"rate\"") && !made["actions"].to_string().contains("withdrawn"));
    let details = made["values"]["details"].as_str().unwrap();
    assert!(details.contains("138****5678(已登记)") && !details.contains("13812345678"), "{details}");

    let page = community.get(&format!("/api/service/applications/{id}/receipt")).send().await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.unwrap();
    assert!(page.contains(number) && page.contains(code) && page.contains("<svg") && page.contains("免提交"));
    let qr = community.get(&format!("/api/service/applications/{id}/receipt?format=svg-qr")).send().await;
    assert_eq!(qr.headers()["content-type"], "image/svg+xml");
    let neighbour = world.signed_in("neighbour").await;
    neighbour.get(&format!("/api/service/applications/{id}/receipt")).refused(404, "record.not_found").await;
    let desk = community.get(&format!("/api/service/desk?area={ZHAOLIN}")).expect(200).await;
    assert_eq!(
        (&desk["open"], &desk["today"], &desk["applications"][0]["number"]),
        (&json!(1), &json!(1), &json!(number))
    );

    let case: RecordId = id.parse().unwrap();
    let nobody = world.nobody();
    let status = format!("/api/public/cases/{number}?code={code}");
    assert_eq!(nobody.get(&status).expect(200).await["state"], "待受理");
    act(&world, "community", case, "ask_supplement", json!({ "supplement_list": "银行卡复印件" })).await.unwrap();
    let waiting = nobody.get(&status).expect(200).await;
    assert_eq!((&waiting["phase"], &waiting["actions"]), (&json!("waiting"), &json!(["supplied", "withdraw"])));
    assert!(waiting["told"].to_string().contains("银行卡复印件"));
    let supplied =
        nobody.post(&format!("/api/public/cases/{number}/supply?code={code}"), json!({ "client_id": fresh() }));
    assert_eq!(supplied.expect(200).await["state"], "已受理");
    let again = act(&world, "community", case, "ask_supplement", json!({ "supplement_list": "再要一样" })).await;
    assert_eq!(again.unwrap_err().code, "case.once", "what is lacking is told once");
    act(&world, "community", case, "review", json!({ "opinion": "同意" })).await.unwrap();
    assert!(act(&world, "community", case, "decide", json!({ "decision": "granted" })).await.is_err());
    act(&world, "street", case, "decide", json!({ "decision": "granted", "decision_text": "准予" })).await.unwrap();
    act(&world, "community", case, "deliver", json!({ "delivery": "account" })).await.unwrap();

    let rate = format!("/api/public/cases/{number}/rate?code={code}");
    let rating = json!({ "score": 1, "comment": "等了太久", "client_id": fresh() });
    nobody.post(&rate, json!({ "score": 9, "client_id": fresh() })).expect(422).await;
    assert_eq!(nobody.post(&rate, rating.clone()).expect(200).await["rating"], 1);
    assert_eq!(nobody.post(&rate, rating).expect(200).await["rating"], 1, "the same again counts once");
    nobody.post(&rate, json!({ "score": 5, "client_id": fresh() })).refused(409, "case.state").await;

    for login in ["community", "street", "city"] {
        let shown = seen(&world, login, case).await.unwrap();
        let text = shown.to_string();
        assert!(shown["rating"].is_null() && shown["ratings"] == json!([]), "{login}: {text}");
        assert!(!text.contains("等了太久"), "{login} finds no words beside a name");
    }
    let street = world.signed_in("street").await;
    let told = street.get("/api/service/ratings").expect(200).await;
    assert_eq!((&told["count"], &told["scores"][0], &told["items"]), (&json!(1), &json!(1), &json!([])));
    let audit = street.get("/api/audit?action=rate").expect(200).await.to_string();
    assert!(!audit.contains("居民") || !audit.contains("王德福"), "{audit}");
}

#[tokio::test]
async fn a_bad_rating_opens_a_call_back_for_the_street_and_words_are_told_without_cases() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let person = elder(&community).await;
    let nobody = world.nobody();
    for (score, words) in [(2, "态度一般"), (5, "很快"), (4, "还行")] {
        let asked =
            application(&person, "MZ-03", json!({ "bank_account": "6217000012345678" }), json!({ "account": "paper" }));
        let made = community.post("/api/service/applications", asked).expect(201).await;
        decided(&world, made["id"].as_str().unwrap().parse().unwrap()).await;
        let (number, code) = (made["number"].as_str().unwrap(), made["code"].as_str().unwrap());
        let path = format!("/api/public/cases/{number}/rate?code={code}");
        nobody.post(&path, json!({ "score": score, "comment": words, "client_id": fresh() })).expect(200).await;
    }
    let told = community.get("/api/service/ratings").expect(200).await;
    assert_eq!((&told["count"], &told["mean"]), (&json!(3), &json!(3.67)));
    let text = told.to_string();
    assert!(text.contains("态度一般") && !text.contains("BJ-") && !text.contains("王德福"), "{text}");
    let calls = |login: &'static str| {
        let world = &world;
        async move {
            let who = actor(world, login).await;
            let filter = CaseFilter { flow: Some("service/call_back".into()), ..CaseFilter::default() };
            flow::list(&world.engine, &who, filter).await.unwrap().items.len()
        }
    };
    assert_eq!((calls("street").await, calls("community").await), (1, 0), "one bad rating, the street's to answer");
}

#[tokio::test]
async fn who_does_not_fit_is_told_why_and_may_apply_all_the_same() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let young = community
        .register(
            ZHAOLIN,
            json!({ "name": "李小", "identity_number": identity("20000101", 21), "residence_kind": "registered" }),
        )
        .await;
    let values = json!({ "bank_account": "6217000012345678" });
    let asked = application(&young, "MZ-03", values, json!({ "account": "paper" }));
    let refused = community.post("/api/service/applications", asked.clone()).refused(422, "service.conditions").await;
    assert!(refused["conditions"]["zh"].as_str().unwrap().contains("80 周岁"));
    let mut despite = asked;
    despite["despite"] = json!(true);
    community.post("/api/service/applications", despite).expect(201).await;
    let mut wrong = application(&young, "SQ-04", json!({ "day": "soon", "nonsense": 1 }), json!({}));
    let refused = community.post("/api/service/applications", wrong.clone()).refused(422, "service.invalid").await;
    let fields: BTreeSet<&str> =
        refused["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, BTreeSet::from(["day", "nonsense", "part", "use"]));
    wrong["materials"] = json!({ "passport": "paper" });
    community.post("/api/service/applications", wrong).expect(422).await;
    let neighbour = world.signed_in("neighbour").await;
    let foreign = application(&young, "SQ-03", json!({}), json!({}));
    neighbour.post("/api/service/applications", foreign).refused(404, "record.not_found").await;
}

#[tokio::test]
async fn a_grid_worker_applies_for_the_old_and_sees_how_far_it_is() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let person = elder(&community).await;
    world.account("helper", "network/grid", ZHAOLIN).await;
    let helper = world.signed_in("helper").await;
    let mut asked =
        application(&person, "MZ-03", json!({ "bank_account": "6217000012345678" }), json!({ "account": "paper" }));
    asked["channel"] = json!("proxy");
    asked["by_proxy"] = json!({ "name": "张网格", "phone": "13912345678", "relation": "worker" });
    let made = helper.post("/api/service/applications", asked.clone()).expect(201).await;
    let id: RecordId = made["id"].as_str().unwrap().parse().unwrap();
    assert!(seen(&world, "helper", id).await.is_ok(), "who brought it keeps seeing it");
    assert!(act(&world, "helper", id, "withdraw", json!({})).await.is_err(), "but withdraws nothing of others");
    asked["by_proxy"]["relation"] = json!("stranger");
    asked["client_id"] = json!(fresh());
    helper.post("/api/service/applications", asked).expect(422).await;
}
