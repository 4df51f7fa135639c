//! Collection tasks: a request needs a licence, goes to the right workers once, and comes back in the template it came from.

use serde_json::{Value as Json, json};

use crate::{
    collect_kit::Studio,
    world::{ANGUANG, Person, RESIDENTS, STREET, World, XINYANG, ZHAOLIN, at, identity},
};

const DAY: i64 = 86_400;
const TASKS: &str = "/api/tasks";

/// An item of the street's duty list.
pub async fn duty_item(street: &Person, more: Json) -> Json {
    let mut values = json!({
        "item_code": "JD-SH-01", "title": "独居老人定期探访", "list_kind": "duty", "item_level": "street",
        "part": "lead", "owner": "街道社会事务办公室", "basis": "《中华人民共和国老年人权益保障法》",
        "effective_from": "2024-01-01",
    });
    for (name, value) in more.as_object().unwrap() {
        values[name] = value.clone();
    }
    street.post("/api/records/duty/duty_list_item", json!({ "area": STREET, "values": values })).expect(201).await
}

/// A grid of a community and its worker.
pub async fn grid(world: &World, login: &str, community: &str, name: &str) -> String {
    let city = world.signed_in("city").await;
    let area = json!({ "parent": community, "kind": "grid", "name": name });
    let code = city.post("/api/areas", area).expect(201).await["code"].as_str().unwrap().to_owned();
    world.account(login, "network/grid", &code).await;
    code
}

pub fn whole(basis: &Json) -> Json {
    json!({
        "title": "独居老人联系人核对", "kind": "visit", "area": STREET, "issuer": "街道社会事务办公室",
        "fields": ["people/resident/contact_name", "people/resident/contact_phone"],
        "basis": { "item": basis["id"], "text": "" }, "purpose": "入冬前确认联系人",
        "deadline": "2026-12-10", "expires": "2026-12-31",
        "population": { "entity": "people/resident", "filters": ["care_tags:elderly_alone"] },
    })
}

/// Waits until the job has made every assignment.
pub async fn assigned(person: &Person, task: &Json) -> Json {
    for _ in 0..200 {
        let seen = person.get(&of(task, "")).expect(200).await;
        if seen["assigning"] == false {
            return seen;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the assignments were not made")
}

pub fn of(task: &Json, what: &str) -> String {
    format!("{TASKS}/{}{what}", task["id"].as_str().unwrap())
}

/// A request over the street that is open, with its residents: (task, names by record).
pub async fn open_task(world: &World, more: Json) -> Json {
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    let item = duty_item(&street, json!({})).await;
    let mut draft = whole(&item);
    for (name, value) in more.as_object().unwrap() {
        draft[name] = value.clone();
    }
    let task = street.post(TASKS, draft).expect(201).await;
    street.post(&of(&task, "/submit"), json!({})).expect(200).await;
    city.post(&of(&task, "/approve"), json!({ "note": "同意" })).expect(200).await;
    assigned(&city, &task).await
}

async fn alone(person: &Person, area: &str, name: &str) -> Json {
    person.register(area, json!({ "name": name, "birth_date": "1940-01-01", "care_tags": ["elderly_alone"] })).await
}

#[tokio::test]
async fn a_request_without_basis_purpose_and_end_cannot_be_sent() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    alone(&street, ZHAOLIN, "赵一").await;
    let bare = json!({ "title": "摸底", "area": STREET, "fields": ["people/resident/phone"],
        "population": { "entity": "people/resident" } });
    let task = street.post(TASKS, bare).expect(201).await;
    assert_eq!((task["state"].as_str(), task["number"].as_str()), (Some("draft"), Some("2026-0001")));
    let lacks = street.post(&of(&task, "/submit"), json!({})).refused(422, "task.incomplete").await;
    let fields: Vec<&str> =
        lacks["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["basis", "purpose", "deadline", "expires"]);
    // An item that is no longer in force licenses nothing.
    let old = duty_item(&street, json!({ "item_code": "X", "effective_to": "2025-12-31" })).await;
    let more =
        json!({ "basis": { "item": old["id"] }, "purpose": "核对", "deadline": "2026-12-01", "expires": "2026-12-31" });
    street.patch(&of(&task, ""), more).expect(200).await;
    let lacks = street.post(&of(&task, "/submit"), json!({})).refused(422, "task.incomplete").await;
    assert_eq!(lacks["fields"].as_array().unwrap().len(), 1, "{lacks}");
    assert_eq!(lacks["fields"][0]["field"], "basis");
    let item = duty_item(&street, json!({})).await;
    let bases = street.get(&format!("{TASKS}/bases?area={ZHAOLIN}&q=探访")).expect(200).await;
    assert_eq!(bases["items"].as_array().unwrap().len(), 1, "only what is in force: {bases}");
    street.patch(&of(&task, ""), json!({ "basis": { "item": item["id"] } })).expect(200).await;
    let sent = street.post(&of(&task, "/submit"), json!({})).expect(200).await;
    assert_eq!((sent["state"].as_str(), sent["questions"].as_u64()), (Some("submitted"), Some(1)));
    // The day passes while it waits.
    world.clock.advance(30 * DAY);
    let city = world.signed_in("city").await;
    city.post(&of(&task, "/approve"), json!({})).refused(422, "task.incomplete").await;
}

#[tokio::test]
async fn somebody_else_approves_and_everybody_sees_only_what_concerns_them() {
    let world = World::start().await;
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    let (community, department) = (world.signed_in("community").await, world.signed_in("department").await);
    alone(&street, ZHAOLIN, "赵一").await;
    let item = duty_item(&street, json!({})).await;
    let task = street.post(TASKS, whole(&item)).expect(201).await;
    city.get(&of(&task, "")).refused(404, "task.not_found").await;
    street.post(&of(&task, "/submit"), json!({})).expect(200).await;
    street.post(&of(&task, "/approve"), json!({})).refused(409, "task.state").await;
    community.post(&of(&task, "/approve"), json!({})).refused(404, "task.not_found").await;
    department.post(&of(&task, "/approve"), json!({})).refused(409, "task.state").await;
    let box_ = |person: &Person, which: &str| person.get(&format!("{TASKS}?box={which}"));
    assert_eq!(box_(&city, "approve").expect(200).await["items"][0]["id"], task["id"]);
    assert_eq!(box_(&street, "approve").expect(200).await["items"], json!([]));
    let waits = city.get("/api/home").expect(200).await;
    assert!(waits["todo"].as_array().unwrap().iter().any(|one| one["kind"] == "approval"), "{waits}");
    city.post(&of(&task, "/reject"), json!({})).refused(422, "request.parameter").await;
    let back = city.post(&of(&task, "/reject"), json!({ "note": "请缩小范围" })).expect(200).await;
    assert_eq!((back["state"].as_str(), back["approval"]["note"].as_str()), (Some("rejected"), Some("请缩小范围")));
    street
        .patch(&of(&task, ""), json!({ "population": { "entity": "people/resident", "area": ZHAOLIN } }))
        .expect(200)
        .await;
    street.post(&of(&task, "/submit"), json!({})).expect(200).await;
    let open = city.post(&of(&task, "/approve"), json!({})).expect(200).await;
    assert_eq!(open["state"], "open");
    // Sent twice: the first answer, no second set of assignments.
    city.post(&of(&task, "/approve"), json!({})).expect(200).await;
    let open = assigned(&city, &task).await;
    assert_eq!(open["counts"]["assigned"], 1, "{open}");
    assert_eq!(box_(&community, "mine").expect(200).await["items"][0]["id"], task["id"]);
    let neighbour = world.signed_in("neighbour").await;
    assert_eq!(box_(&neighbour, "mine").expect(200).await["items"], json!([]));
    street.patch(&of(&task, ""), json!({ "purpose": "别的" })).refused(409, "task.state").await;
}

#[tokio::test]
async fn every_record_gets_one_assignment_where_it_stands() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let code = grid(&world, "grid", ZHAOLIN, "第一网格").await;
    alone(&street, &code, "网格老人").await;
    alone(&street, ZHAOLIN, "社区老人").await;
    alone(&street, ANGUANG, "安广老人").await;
    street.register(ZHAOLIN, json!({ "name": "不是老人" })).await;
    let task = open_task(&world, json!({})).await;
    assert_eq!(task["counts"]["assigned"], 3);
    let progress = street.get(&of(&task, "/progress")).expect(200).await;
    let parts: Vec<(&str, u64)> = progress["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["area"]["code"].as_str().unwrap(), one["assigned"].as_u64().unwrap()))
        .collect();
    assert_eq!(parts, [(ZHAOLIN, 2), (ANGUANG, 1)]);
    let mine = world.signed_in("grid").await.get("/api/collect/today").expect(200).await;
    assert_eq!(mine["assignments"].as_array().unwrap().len(), 1, "{mine}");
    let one = &mine["assignments"][0];
    assert_eq!((one["record"]["title"].as_str(), one["worker"].as_str()), (Some("网格老人"), Some("测试grid")));
    assert_eq!(one["task"]["basis"], "独居老人定期探访");
    assert_eq!(mine["tasks"][0]["counts"]["assigned"], 1, "one's own only");
    let pages = street.get(&of(&task, "/assignments?limit=2")).expect(200).await;
    let rest = street.get(&of(&task, &format!("/assignments?limit=2&after={}", pages["next"].as_str().unwrap())));
    assert_eq!(rest.expect(200).await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_day_is_sent_once_and_the_pack_holds_what_a_phone_needs() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let record = alone(&street, ZHAOLIN, "赵一").await;
    let task = open_task(&world, json!({})).await;
    let community = world.signed_in("community").await;
    let (_, tag) = community.get("/api/collect/today").expect_tagged(200).await;
    community.get("/api/collect/today").header("if-none-match", &tag).expect(304).await;
    let pack = community.get(&format!("/api/collect{}", &of(&task, "/pack")["/api".len()..])).expect(200).await;
    let item = &pack["items"][0];
    assert_eq!(item["visit"]["record"]["id"], record["id"]);
    assert_eq!(item["visit"]["fields"]["people/resident"], json!(["contact_name", "contact_phone"]));
    assert_eq!(item["assignment"], item["visit"]["assignment"]["id"]);
}

#[tokio::test]
async fn progress_follows_visits_and_what_nobody_reached() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    for name in ["赵一", "钱二", "孙三"] {
        alone(&street, ZHAOLIN, name).await;
    }
    let task = open_task(&world, json!({})).await;
    let community = world.signed_in("community").await;
    let list = community.get(&of(&task, "/assignments")).expect(200).await;
    let visit = |one: &Json, outcome: &str, changes: Json, id: u8| {
        json!({
            "client_id": format!("00000000-0000-4000-8000-0000000000{id:02x}"), "entity": "people/resident",
            "id": one["record"]["id"], "version": 1, "outcome": outcome, "changes": changes,
            "at": "2026-11-23T10:00:00+08:00", "assignment": one["id"], "seconds": 120,
        })
    };
    let items = list["items"].as_array().unwrap();
    community.post("/api/visits", visit(&items[0], "no_change", json!([]), 1)).expect(201).await;
    let change = json!([{ "entity": "people/resident", "id": items[1]["record"]["id"], "version": 1,
        "values": { "contact_name": "李四" } }]);
    community.post("/api/visits", visit(&items[1], "changed", change, 2)).expect(201).await;
    let gone = format!("/api/collect/assignments/{}/outcome", items[2]["id"].as_str().unwrap());
    let noted = json!({ "outcome": "unreachable", "note": "两次无人", "at": "2026-11-23T11:00:00+08:00" });
    assert_eq!(community.post(&gone, noted).expect(200).await["state"], "unreachable");
    let counts = street.get(&of(&task, "")).expect(200).await["counts"].clone();
    let wanted =
        json!({ "assigned": 3, "done": 2, "no_change": 1, "changed": 1, "unreachable": 1, "open": 0, "overdue": 0 });
    assert_eq!(counts, wanted);
    world
        .signed_in("neighbour")
        .await
        .post(&gone, json!({ "outcome": "unreachable", "at": "2026-11-23T11:00:00+08:00" }))
        .refused(404, "assignment.not_found")
        .await;
    let bytes = street.get(&of(&task, "/result")).send().await.bytes().await.unwrap();
    let book = linli_workbook::open(&bytes, "result.xlsx", &linli_workbook::Limits::default()).unwrap();
    let text = format!("{:?}", book.sheets);
    assert!(text.contains("李四") && text.contains("无变化") && text.contains("未见到人"), "{text}");
}

#[tokio::test]
async fn workers_are_reminded_and_what_expires_ends_by_itself() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    alone(&street, ZHAOLIN, "赵一").await;
    let task = open_task(&world, json!({})).await;
    street.post(&of(&task, "/remind"), json!({})).expect(200).await;
    street.post(&of(&task, "/remind"), json!({})).refused(409, "task.reminded_today").await;
    let community = world.signed_in("community").await;
    let home = community.get("/api/home").expect(200).await;
    let todo = home["todo"].as_array().unwrap().iter().find(|one| one["kind"] == "task").cloned().unwrap_or_default();
    assert!(todo["title"].as_str().is_some_and(|title| title.starts_with("提醒")), "{home}");
    world.clock.advance(20 * DAY);
    let street = world.signed_in("street").await;
    let late = street.get(&of(&task, "")).expect(200).await;
    assert_eq!((late["state"].as_str(), late["counts"]["overdue"].as_u64()), (Some("open"), Some(1)));
    world.clock.advance(20 * DAY);
    let engine = world.engine.clone();
    tokio::task::spawn_blocking(move || linli_engine::task::clock::run(&engine, &Json::Null)).await.unwrap().unwrap();
    let street = world.signed_in("street").await;
    assert_eq!(street.get(&of(&task, "")).expect(200).await["state"], "closed");
}

#[tokio::test]
async fn a_worker_says_that_a_request_has_no_licence_and_stays_unnamed() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    alone(&street, ZHAOLIN, "赵一").await;
    let task = open_task(&world, json!({})).await;
    let community = world.signed_in("community").await;
    let one = community.get(&of(&task, "/assignments")).expect(200).await["items"][0].clone();
    let complain = format!("/api/collect/assignments/{}/no-licence", one["id"].as_str().unwrap());
    community.post(&complain, json!({ "note": " " })).refused(422, "request.parameter").await;
    let said = community.post(&complain, json!({ "note": "上月才问过" })).expect(200).await;
    assert_eq!(said["state"], "complaint");
    community.post(&complain, json!({ "note": "上月才问过" })).expect(200).await;
    let city = world.signed_in("city").await;
    let found = city.get("/api/complaints?state=open").expect(200).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "said twice, counted once");
    assert_eq!(
        (found["items"][0]["own"].as_bool(), found["items"][0]["note"].as_str()),
        (Some(false), Some("上月才问过"))
    );
    assert!(!found.to_string().contains("测试community"), "{found}");
    assert!(city.get("/api/audit?limit=200").expect(200).await.to_string().find("no_licence").is_none());
    assert_eq!(community.get("/api/complaints").expect(200).await["items"][0]["own"], true);
    assert_eq!(world.signed_in("neighbour").await.get("/api/complaints").expect(200).await["items"], json!([]));
    let answer = format!("/api/complaints/{}/answer", found["items"][0]["id"].as_str().unwrap());
    let no = json!({ "state": "dismissed", "note": "冬季安全需要再次确认" });
    street.post(&answer, no.clone()).refused(409, "complaint.own_task").await;
    city.post(&answer, no.clone()).expect(200).await;
    city.post(&answer, no).expect(200).await;
    city.post(&answer, json!({ "state": "upheld", "note": "改判" })).refused(409, "complaint.answered").await;
    assert_eq!(community.get(&of(&task, "/assignments")).expect(200).await["items"][0]["state"], "open");
    assert_eq!(city.get(&of(&task, "")).expect(200).await["complaints"], 1);
}

#[tokio::test]
async fn a_preview_says_what_a_request_would_cost_before_anybody_is_asked() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    for (area, name) in [(ZHAOLIN, "赵一"), (ZHAOLIN, "钱二"), (ANGUANG, "孙三")] {
        alone(&street, area, name).await;
    }
    let draft = json!({ "area": STREET, "fields": ["people/resident/name", "people/resident/contact_phone"],
        "population": { "entity": "people/resident", "filters": ["care_tags:elderly_alone"] } });
    let seen = street.post(&format!("{TASKS}/preview"), draft).expect(200).await;
    assert_eq!((seen["records"].as_u64(), seen["questions"].as_u64()), (Some(3), Some(2)));
    assert_eq!(seen["already_held"], json!([{ "element": "people/resident/name", "label": "姓名", "coverage": 1.0 }]));
    let parts: Vec<(u64, u64)> = seen["by_area"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["records"].as_u64().unwrap(), one["workers"].as_u64().unwrap()))
        .collect();
    assert_eq!(parts, [(2, 1), (1, 1)]);
    let elsewhere = json!({ "area": "230102002000", "population": { "entity": "people/resident" } });
    street.post(&format!("{TASKS}/preview"), elsewhere).refused(403, "auth.outside_scope").await;
    let unknown =
        json!({ "area": STREET, "fields": ["people/resident/nothing"], "population": { "entity": "people/resident" } });
    street.post(&format!("{TASKS}/preview"), unknown).refused(422, "request.parameter").await;
}

#[tokio::test]
async fn the_burden_totals_are_the_sums_of_their_rows_and_name_nobody() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    for (area, name) in [(ZHAOLIN, "赵一"), (ZHAOLIN, "钱二"), (ANGUANG, "孙三")] {
        alone(&street, area, name).await;
    }
    let first = open_task(&world, json!({})).await;
    open_task(&world, json!({ "issuer": "区民政局", "fields": ["people/resident/name"], "title": "姓名核对" })).await;
    let community = world.signed_in("community").await;
    let one = community.get(&of(&first, "/assignments")).expect(200).await["items"][0].clone();
    let visit = json!({ "client_id": "00000000-0000-4000-8000-000000000001", "entity": "people/resident",
        "id": one["record"]["id"], "version": 1, "outcome": "no_change", "at": "2026-11-23T10:00:00+08:00",
        "assignment": one["id"], "seconds": 600 });
    community.post("/api/visits", visit).expect(201).await;
    let meter = street.get("/api/burden?from=2026-01-01&to=2026-12-31").expect(200).await;
    for part in ["by_issuer", "by_area", "tasks"] {
        for figure in ["questions", "already_held", "answers", "minutes", "complaints"] {
            let sum: u64 = meter[part].as_array().unwrap().iter().map(|row| row[figure].as_u64().unwrap()).sum();
            assert_eq!(meter["totals"][figure].as_u64(), Some(sum), "{part} {figure}: {meter}");
        }
    }
    let totals = &meter["totals"];
    assert_eq!((totals["requests"].as_u64(), totals["questions"].as_u64()), (Some(2), Some(3 * 2 + 3)));
    assert_eq!((totals["already_held"].as_u64(), totals["answers"].as_u64()), (Some(3), Some(1)));
    assert!(totals["minutes"].as_u64().unwrap() >= 10, "a measured visit counts as measured: {meter}");
    assert!(!meter.to_string().contains("测试"), "{meter}");
    let own = community.get("/api/burden?from=2026-01-01&to=2026-12-31").expect(200).await;
    assert_eq!(own["by_area"].as_array().unwrap().len(), 1);
    assert_eq!(own["totals"]["questions"], 2 * 2 + 2);
    assert_eq!(street.get("/api/burden?from=2025-01-01&to=2025-12-31").expect(200).await["totals"]["requests"], 0);
}

#[tokio::test]
async fn the_gaps_of_a_filled_template_are_asked_and_come_back_in_it() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let street = world.signed_in("street").await;
    let known = community
        .register(ZHAOLIN, json!({ "name": "赵一", "birth_date": "1940-01-01", "contact_name": "赵小一" }))
        .await;
    let lacks = community.register(ZHAOLIN, json!({ "name": "钱二", "birth_date": "1941-01-01" })).await;
    let fill = crate::sheets::fill_roll(&world, "community", ZHAOLIN).await;
    let item = duty_item(&street, json!({})).await;
    let draft = json!({ "title": "花名册补缺", "area": ZHAOLIN, "basis": { "item": item["id"] }, "purpose": "补缺",
        "deadline": "2026-12-10", "expires": "2026-12-31", "fields": ["people/resident/contact_name"],
        "population": { "entity": "people/resident", "fill": { "id": fill["id"] } } });
    let task = community.post(TASKS, draft).expect(201).await;
    assert_eq!(task["population"]["fill"]["id"], fill["id"]);
    community.post(&of(&task, "/submit"), json!({})).expect(200).await;
    street.post(&of(&task, "/approve"), json!({})).expect(200).await;
    let open = assigned(&street, &task).await;
    assert_eq!(open["counts"]["assigned"], 1, "only who lacks it: {open}");
    let one = community.get(&of(&task, "/assignments")).expect(200).await["items"][0].clone();
    assert_eq!(one["record"]["id"], lacks["id"]);
    let visit = json!({ "client_id": "00000000-0000-4000-8000-000000000001", "entity": "people/resident",
        "id": lacks["id"], "version": 1, "outcome": "changed", "at": "2026-11-23T10:00:00+08:00", "assignment": one["id"],
        "changes": [{ "entity": "people/resident", "id": lacks["id"], "version": 1, "values": { "contact_name": "钱小二" } }] });
    community.post("/api/visits", visit).expect(201).await;
    let bytes = street.get(&of(&task, "/result")).send().await.bytes().await.unwrap();
    let book = linli_workbook::open(&bytes, "roll.xlsx", &linli_workbook::Limits::default()).unwrap();
    let text = format!("{:?}", book.sheets);
    assert!(text.contains("钱小二") && text.contains("赵小一"), "{text}");
    let source = community.get(&format!("{}/sources", at(&known))).expect(200).await;
    assert_eq!(source["contact_name"]["confirmed"], Json::Null, "nobody visited the other");
    assert!(community.get(&format!("{RESIDENTS}/count")).expect(200).await["count"] == 2);
}

/// Asks a name that is held, and a contact that is not.
const ASKS: &str = "\
| survey |
| | type | name | label | linli::element |
| | text | who | 姓名 | people/resident/name |
| | text | contact | 紧急联系人 | people/resident/contact_name |
| | note | thanks | 谢谢 | |
| settings |
| | form_title | form_id | version |
| | 联系人核对 | contacts | 1 |
";

#[tokio::test]
async fn a_form_that_asks_what_is_held_needs_a_reason() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    alone(&street, ZHAOLIN, "赵一").await;
    alone(&street, ANGUANG, "孙三").await;
    let studio = Studio::of(&world, "street").await;
    let (_, made) = studio.upload("/api/forms", "form.md", ASKS.as_bytes(), &[("area", STREET)]).await;
    let form = format!("/api/forms/{}", made["id"].as_str().unwrap());
    let (status, held) = studio.get(&format!("{form}/held")).await;
    let told: Vec<(&str, u64, u64, bool)> = held["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = |name: &str| one[name].as_u64().unwrap();
            (one["path"].as_str().unwrap(), number("known"), number("records"), one["needs_reason"] == true)
        })
        .collect();
    assert_eq!((status, told), (200, vec![("/data/who", 2, 2, true), ("/data/contact", 0, 2, false)]), "{held}");
    assert_eq!(held["questions"][0]["by_area"].as_array().unwrap().len(), 2);
    let (status, refused) = studio.post(&format!("{form}/publish"), &json!({})).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("form.asked_twice")), "{refused}");
    assert_eq!(refused["fields"][0]["field"], "/data/who");
    let reasons = json!({ "links": {}, "reasons": { "/data/who": "当面核对姓名写法" } });
    assert_eq!(studio.put(&format!("{form}/draft/links"), &reasons).await.0, 200);
    let (status, published) = studio.post(&format!("{form}/publish"), &json!({})).await;
    assert_eq!(status, 200, "{published}");
}

/// A visit form that chooses its person from the register.
const CHOOSES: &str = "\
| survey |
| | type | name | label | calculation | save_to |
| | select_one_from_file people_resident.csv | neighbour | 邻居 | | |
| | begin_repeat | friend | 朋友 | | |
| | select_one_from_file people_resident.csv | friend_id | 是谁 | | |
| | end_repeat | friend | | | |
| | text | contact | 联系人 | | people_resident#contact_name |
| entities |
| | list_name | entity_id | label |
| | people_resident | ${neighbour} | 无 |
| settings |
| | form_title | form_id | version |
| | 探访 | chooses | 1 |
";

#[tokio::test]
async fn a_form_for_a_person_begins_with_that_person_chosen() {
    let world = World::start().await;
    let form = Studio::of(&world, "street").await.publish(CHOOSES).await;
    let street = world.signed_in("street").await;
    let record = alone(&street, ZHAOLIN, "赵一").await;
    let task = open_task(&world, json!({ "kind": "form", "form": form })).await;
    let community = world.signed_in("community").await;
    let pack = community.get(&format!("/api/collect{}", &of(&task, "/pack")["/api".len()..])).expect(200).await;
    let prefill = &pack["items"][0]["prefill"];
    assert_eq!(prefill["/data/neighbour"]["value"], record["id"], "{pack}");
    assert_eq!(prefill["/data/neighbour"]["shown"], "赵一");
    assert_eq!(prefill["/data/friend/friend_id"], serde_json::Value::Null, "others are not guessed");
    let begun = pack["items"][0]["instance"].as_str().unwrap();
    assert!(begun.contains(&format!("<neighbour>{}</neighbour>", record["id"].as_str().unwrap())), "{begun}");
}

#[tokio::test]
async fn a_form_comes_filled_with_what_is_known_and_its_answer_finishes_the_assignment() {
    let world = World::start().await;
    let studio = Studio::of(&world, "street").await;
    let form = studio.publish(ASKS).await;
    let street = world.signed_in("street").await;
    let record = alone(&street, ZHAOLIN, "赵一").await;
    let task = open_task(&world, json!({ "kind": "form", "form": form })).await;
    assert_eq!((task["questions"].as_u64(), task["already_held"].as_u64()), (Some(2), Some(1)), "{task}");
    let community = world.signed_in("community").await;
    let today = community.get("/api/collect/today").expect(200).await;
    assert!(today["forms"].as_array().unwrap().iter().any(|one| one["form_id"] == "contacts"), "{today}");
    let pack = community.get(&format!("/api/collect{}", &of(&task, "/pack")["/api".len()..])).expect(200).await;
    let item = &pack["items"][0];
    assert_eq!(
        (item["prefill"]["/data/who"]["value"].as_str(), item["visit"]["record"]["id"].as_str()),
        (Some("赵一"), record["id"].as_str())
    );
    assert_eq!(item["prefill"]["/data/who"]["source"]["kind"], "edit");
    let begun = item["instance"].as_str().unwrap();
    assert!(begun.contains("<who>赵一</who>"), "{begun}");
    let answer = begun
        .replace("<contact/>", "<contact>李四</contact>")
        .replace("<contact></contact>", "<contact>李四</contact>");
    let assignment = item["assignment"].as_str().unwrap();
    let phone = Studio::of(&world, "community").await;
    let (status, receipt) = phone.send_for(&answer, assignment).await;
    assert_eq!(status, 201, "{receipt}");
    assert_eq!(phone.send_for(&answer, assignment).await.0, 201, "sent twice");
    let done = community.get(&of(&task, "/assignments")).expect(200).await["items"][0].clone();
    assert_eq!((done["state"].as_str(), done["outcome"].as_str()), (Some("done"), Some("answered")), "{done}");
    assert_eq!(done["instance_id"], receipt["instance_id"]);
    assert_eq!(street.get(&of(&task, "")).expect(200).await["counts"]["done"], 1);
    // Somebody else's assignment is not finished by an answer from elsewhere.
    let other = Studio::of(&world, "neighbour").await;
    let again = answer.replace("uuid:", "uuid:1");
    assert_eq!(other.send_for(&again, assignment).await.0, 201);
    let still = community.get(&of(&task, "/assignments")).expect(200).await["items"][0].clone();
    assert_eq!(still["instance_id"], receipt["instance_id"]);
}

#[tokio::test]
async fn what_is_to_be_done_about_a_record_goes_with_it_to_the_worker_there() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let first = grid(&world, "first_worker", ZHAOLIN, "第一网格").await;
    let second = grid(&world, "second_worker", ANGUANG, "第二网格").await;
    let (here, there) = (world.signed_in("first_worker").await, world.signed_in("second_worker").await);
    let values =
        json!({ "name": "王德福", "identity_number": identity("19400105", 13), "care_tags": ["elderly_alone"] });
    let person = street.register(&first, values).await;
    let task = open_task(&world, json!({})).await;
    world.account("both_streets", "network/street", "230102000000").await;
    let both = world.signed_in("both_streets").await;
    let todo = |person: Json| person["assignments"].as_array().unwrap().len();
    assert_eq!(todo(here.get("/api/collect/today").expect(200).await), 1);
    let path = format!("{RESIDENTS}/{}", person["id"].as_str().unwrap());
    let move_to = |area: &str, version: &Json| {
        street.patch(&path, json!({ "values": {}, "area": area })).header("if-match", &format!("\"{version}\""))
    };
    let moved = move_to(&second, &person["version"]).expect(200).await;
    assert_eq!(todo(here.get("/api/collect/today").expect(200).await), 0, "nobody looks for somebody who has moved");
    let day = there.get("/api/collect/today").expect(200).await;
    assert_eq!(day["assignments"][0]["record"]["id"], person["id"], "the worker there has it now");
    let task = street.get(&of(&task, "")).expect(200).await;
    assert_eq!((&task["counts"]["assigned"], &task["counts"]["open"]), (&json!(1), &json!(1)));

    let far = both.patch(&path, json!({ "values": {}, "area": XINYANG }));
    far.header("if-match", &format!("\"{}\"", moved["version"])).expect(200).await;
    let after = street.get(&of(&task, "")).expect(200).await;
    assert_eq!((&after["counts"]["open"], &after["counts"]["unreachable"]), (&json!(0), &json!(1)), "{after}");
}
