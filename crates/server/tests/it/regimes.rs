//! Whistles, admissions, joint meetings: the flows of the packs from their opening to their end, who hears of them, what is
//! counted of them.

use linli_domain::{Actor, RecordId};
use linli_engine::{
    Problem,
    flow::{self, ActInput, CaseDetail, MembersInput, OpenInput},
    schedule,
};
use serde_json::{Value as Json, json};

use crate::world::{ANGUANG, STREET, World, ZHAOLIN};

/// Who signs in as `login`, as the engine sees them.
async fn actor(world: &World, login: &str) -> Actor {
    let login = login.to_owned();
    let found = world.engine.store.read::<_, Problem>(move |tx| {
        let account = tx.account_by_login(&login)?.ok_or_else(Problem::no_account)?;
        let grants = tx.grants_of(account.id)?;
        Ok(Actor { account: account.id, name: account.name, grants, operator: false })
    });
    found.await.unwrap()
}

/// A department as a unit, with an account of its own that acts for it.
async fn department(world: &World, login: &str, name: &str) -> Json {
    let city = world.signed_in("city").await;
    let values = json!({ "name": name, "unit_kind": "department" });
    let unit = city.post("/api/records/network/unit", json!({ "area": STREET, "values": values })).expect(201).await;
    world.account(login, "network/department", "230102000000").await;
    let account = actor(world, login).await.account;
    let input = MembersInput { accounts: vec![account] };
    flow::put_members(&world.engine, &actor(world, "city").await, id(&unit), input).await.unwrap();
    unit
}

fn id(json: &Json) -> RecordId {
    json["id"].as_str().unwrap().parse().unwrap()
}

async fn open(world: &World, login: &str, flow: &str, area: &str, values: Json) -> Result<CaseDetail, Problem> {
    let client = world.engine.ids.next();
    let input: OpenInput =
        serde_json::from_value(json!({ "flow": flow, "area": area, "values": values, "client_id": client })).unwrap();
    flow::open(&world.engine, &actor(world, login).await, input).await
}

async fn act(world: &World, login: &str, case: &Json, action: &str, more: Json) -> Result<Json, Problem> {
    let who = actor(world, login).await;
    let system = flow::get(&world.engine, &linli_engine::Engine::operator(), id(case)).await.unwrap();
    let version = serde_json::to_value(&system).unwrap()["version"].clone();
    let mut input = json!({ "version": version, "client_id": world.engine.ids.next() });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let input: ActInput = serde_json::from_value(input).unwrap();
    let done = flow::act(&world.engine, &who, id(case), action.to_owned(), input).await?;
    Ok(serde_json::to_value(done).unwrap())
}

async fn notices(world: &World, login: &str, count: usize) -> Vec<String> {
    let person = world.signed_in(login).await;
    for _ in 0..100 {
        let page = person.get("/api/notices").expect(200).await;
        let items = page["items"].as_array().unwrap().clone();
        if items.len() >= count {
            return items.iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{login} did not hear {count} times: {}", person.get("/api/notices").expect(200).await)
}

fn whistle() -> Json {
    json!({ "kind": "daily", "what": "占道经营反复", "wanted": "联合整治" })
}

#[tokio::test]
async fn a_whistle_calls_departments_who_report_act_and_are_scored() {
    let world = World::start().await;
    let (urban, market) =
        (department(&world, "urban", "城管执法局").await, department(&world, "market", "市场监管局").await);
    department(&world, "bystander", "教育局").await;
    let case = open(&world, "community", "command/whistle", ZHAOLIN, whistle()).await.unwrap();
    let case = serde_json::to_value(case).unwrap();
    assert!(case["number"].as_str().unwrap().starts_with("CS-2026-"), "{case}");
    assert!(notices(&world, "street", 1).await[0].contains("占道经营反复"), "the street hears of it");
    let assign = json!({ "assign": [{ "unit": urban["id"] }, { "unit": market["id"] }] });
    assert!(
        act(&world, "community", &case, "accept", assign.clone()).await.is_err(),
        "the street accepts, nobody else"
    );
    act(&world, "street", &case, "accept", assign).await.unwrap();
    for login in ["urban", "market"] {
        assert!(notices(&world, login, 1).await[0].contains("占道经营反复"));
    }
    // Departments see what they were called to, and nothing else.
    let seen = |login: &'static str| {
        let world = &world;
        async move { flow::get(&world.engine, &actor(world, login).await, id(&case_ref(world).await)).await.is_ok() }
    };
    assert!(seen("urban").await && !seen("bystander").await);
    let first = act(&world, "urban", &case, "report", json!({ "values": { "plan": "已到场" } })).await.unwrap();
    assert_eq!(first["state"]["name"], "accepted", "it waits for the other department");
    world.clock.advance(6 * 3_600); // The market regulator comes too late.
    let both = act(&world, "market", &case, "report", json!({})).await.unwrap();
    assert_eq!(both["state"]["name"], "reported");
    act(&world, "street", &case, "begin", json!({})).await.unwrap();
    for login in ["urban", "market"] {
        act(&world, login, &case, "handled", json!({ "values": { "result": "已清理" } })).await.unwrap();
    }
    let unscored = act(&world, "street", &case, "score", json!({ "values": { "score": 4 } })).await;
    assert!(unscored.is_err(), "no score without minutes of the joint action");
    act(&world, "street", &case, "write_minutes", json!({ "values": { "minutes": "两部门到场处置" } })).await.unwrap();
    let closed = act(&world, "street", &case, "score", json!({ "values": { "score": 4 } })).await.unwrap();
    assert_eq!((closed["state"]["name"].as_str(), closed["state"]["phase"].as_str()), (Some("closed"), Some("done")));
    assert!(act(&world, "street", &case, "score", json!({ "values": { "score": 5 } })).await.is_err(), "scored once");
    league(&world).await;
}

/// The newest whistle.
async fn case_ref(world: &World) -> Json {
    let newest = flow::CaseFilter { flow: Some("command/whistle".into()), limit: 1, ..flow::CaseFilter::default() };
    let all = flow::list(&world.engine, &linli_engine::Engine::operator(), newest).await.unwrap();
    serde_json::to_value(all).unwrap()["items"][0].clone()
}

async fn league(world: &World) {
    let street = world.signed_in("street").await;
    let league = street.get("/api/command/league").expect(200).await;
    let of = |name: &str| {
        league["items"].as_array().unwrap().iter().find(|item| item["unit"]["name"] == name).cloned().unwrap()
    };
    let (urban, market) = (of("城管执法局"), of("市场监管局"));
    assert_eq!(
        (urban["called"].as_u64(), urban["accepted"].as_u64(), urban["in_time"].as_u64()),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!((market["accepted"].as_u64(), market["in_time"].as_u64()), (Some(1), Some(0)), "late: {market}");
    assert_eq!((urban["solution_share"].as_f64(), urban["satisfaction"].as_f64()), (Some(1.0), Some(4.0)));
    assert_eq!((urban["rank"].as_u64(), market["rank"].as_u64()), (Some(1), Some(2)));
    assert_eq!(league["items"].as_array().unwrap().len(), 2, "who was not called is not in it: {league}");
    let elsewhere = street.get(&format!("/api/command/league?area={ANGUANG}")).expect(200).await;
    assert_eq!(elsewhere["items"], json!([]));
    world.signed_in("urban").await.get("/api/command/league").refused(403, "auth.denied").await;
}

#[tokio::test]
async fn a_missed_whistle_is_heard_by_the_department_and_above() {
    let world = World::start().await;
    world.account("district", "network/district", "230102000000").await;
    let urban = department(&world, "urban", "城管执法局").await;
    let values = json!({ "kind": "emergency", "what": "水管爆裂" });
    let case = serde_json::to_value(open(&world, "street", "command/whistle", ZHAOLIN, values).await.unwrap()).unwrap();
    act(&world, "street", &case, "accept", json!({ "assign": [{ "unit": urban["id"] }] })).await.unwrap();
    notices(&world, "urban", 1).await;
    world.clock.advance(31 * 60);
    let urban = notices(&world, "urban", 2).await;
    assert!(urban.iter().any(|title| title.contains("报到时限已超")), "{urban:?}");
    let above = notices(&world, "district", 1).await;
    assert!(above.iter().any(|title| title.contains("水管爆裂")), "{above:?}");
}

#[tokio::test]
async fn an_affair_beyond_the_list_starts_only_with_an_agreement() {
    let world = World::start().await;
    world.account("district", "network/district", "230102000000").await;
    let values = json!({ "kind": "survey", "what": "商户满意度摸底", "issuer": "某局", "basis": "某通知",
        "from_day": "2026-12-01", "to_day": "2026-12-10", "hours_asked": 40 });
    let case = open(&world, "department", "duty/affair_request", ZHAOLIN, values).await.unwrap();
    let case = serde_json::to_value(case).unwrap();
    assert!(open(&world, "community", "duty/affair_request", ZHAOLIN, json!({})).await.is_err(), "departments ask");
    let unnamed = json!({ "values": { "on_list": true } });
    assert!(act(&world, "street", &case, "check_list", unnamed).await.is_err(), "an item on the list is named");
    act(&world, "street", &case, "check_list", json!({ "values": { "on_list": false } })).await.unwrap();
    act(&world, "district", &case, "approve", json!({})).await.unwrap();
    assert!(act(&world, "street", &case, "start_listed", json!({})).await.is_err(), "it is not on the list");
    assert!(
        act(&world, "street", &case, "agree", json!({ "values": { "fee": 200_000 } })).await.is_err(),
        "with a number"
    );
    let agreed = json!({ "values": { "fee": 200_000, "agreement_no": "XY-01" } });
    act(&world, "street", &case, "agree", agreed).await.unwrap();
    let done = json!({ "values": { "hours_used": 36, "result": "完成 120 户" } });
    act(&world, "community", &case, "finish", done).await.unwrap();
    let heard = notices(&world, "department", 1).await;
    assert!(heard.iter().any(|title| title.contains("待结算")), "who asked hears what is owed: {heard:?}");
    let paid = json!({ "values": { "paid": 200_000, "paid_on": "2026-12-20" } });
    let settled = act(&world, "department", &case, "settle", paid).await.unwrap();
    assert_eq!(
        (settled["state"]["name"].as_str(), settled["state"]["phase"].as_str()),
        (Some("settled"), Some("done"))
    );
}

async fn opened(world: &World) -> usize {
    let engine = world.engine.clone();
    tokio::task::spawn_blocking(move || schedule::open::open_due(&engine).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_joint_meeting_opens_by_itself_once_with_its_chair() {
    let world = World::start().await;
    let (street, community) = (world.signed_in("street").await, world.signed_in("community").await);
    let unit =
        json!({ "area": ZHAOLIN, "values": { "name": "第一医院", "unit_sort": "institution", "takes_chair": true } });
    let unit = community.post("/api/records/party/resident_unit", unit).expect(201).await;
    street.put(&format!("/api/schedules/party/joint_meeting/areas/{STREET}"), json!({})).expect(204).await;
    assert_eq!(opened(&world).await, 0, "the next one is seven weeks away");
    world.clock.advance(39 * 86_400); // 2027-01-01: within fourteen days of the fourteenth.
    let (a, b) = tokio::join!(opened(&world), opened(&world));
    let here = flow::CaseFilter { flow: Some("party/joint_meeting".into()), limit: 10, ..flow::CaseFilter::default() };
    let all = flow::list(&world.engine, &linli_engine::Engine::operator(), here).await.unwrap();
    let all = serde_json::to_value(all).unwrap();
    let count = all["items"].as_array().unwrap().len();
    assert_eq!(count, 2, "one for each community, whoever came first ({a} + {b}): {all}");
    assert_eq!(opened(&world).await, 0);
    let occurrences = format!("/api/schedules/party/joint_meeting/occurrences?area={ZHAOLIN}");
    let community = world.signed_in("community").await;
    let first = community.get(&occurrences).expect(200).await["items"][0].clone();
    assert_eq!((first["state"].as_str(), first["chair"]["name"].as_str()), (Some("opened"), Some("第一医院")));
    let key = first["key"].as_str().unwrap();
    let skip = format!("/api/schedules/party/joint_meeting/occurrences/{key}/skip");
    community.post(&skip, json!({ "reason": "太晚" })).refused(409, "occurrence.state").await;
    let heard = notices(&world, "community", 1).await;
    assert!(heard.iter().any(|title| title.contains("2027年第1季度联席会议")), "{heard:?}");
    let who = actor(&world, "community").await;
    let (first_day, last_day) = ("2027-01-01".parse().unwrap(), "2027-01-31".parse().unwrap());
    let calendar = flow::calendar(&world.engine, &who, first_day, last_day).await.unwrap();
    let calendar = serde_json::to_value(calendar).unwrap();
    let scheduled = |item: &&Json| item["kind"] == "schedule" && item["day"] == "2027-01-14";
    assert_eq!(calendar["items"].as_array().unwrap().iter().filter(scheduled).count(), 1, "{calendar}");
    meeting(&world, first["case"].as_str().unwrap(), &unit).await;
}

/// Whoever scans the code on the wall needs no account: they see which meeting it is, not who came, and a unit signs in once.
async fn by_the_wall(world: &World, case: &str, unit: &Json, token: &str) {
    let nobody = world.nobody();
    let card = nobody.get(&format!("/api/public/meetings/{case}?token={token}")).expect(200).await;
    assert_eq!(card["units"][0]["id"], unit["id"]);
    assert!(card.get("attendance").is_none() && card.get("minutes").is_none(), "{card}");
    let attend = format!("/api/public/meetings/{case}/attend");
    let sign =
        |name: &str, token: &str| nobody.post(&attend, json!({ "token": token, "unit": unit["id"], "name": name }));
    assert_eq!(sign("孙另来", token).expect(200).await["name"], "钱代表", "the unit had signed in");
    nobody.post(&attend, json!({ "token": token, "name": "无单位" })).expect(422).await;
    nobody.post(&attend, json!({ "token": token, "unit": unit["id"] })).expect(422).await;
    sign("假", &"0".repeat(32)).refused(403, "meeting.code").await;
    let absent = "019aaaaa-0000-7000-8000-000000000000";
    nobody.get(&format!("/api/public/meetings/{absent}?token={token}")).refused(403, "meeting.code").await;
    nobody.get(&format!("/api/public/meetings/{case}")).expect(400).await;
}

/// The meeting itself: attended by its code, minuted, resolved, evaluated; and then it is no longer one too few.
async fn meeting(world: &World, case: &str, unit: &Json) {
    let community = world.signed_in("community").await;
    let warned = community.get("/api/schedules/warnings").expect(200).await;
    assert_eq!((warned["items"][0]["held"].as_u64(), warned["items"][0]["at_most"].as_u64()), (Some(0), Some(2)));
    let qr = community.get(&format!("/api/meetings/{case}/qr")).expect(200).await;
    assert_eq!(community.get(&format!("/api/meetings/{case}/qr")).expect(200).await["token"], qr["token"], "one code");
    let outsider = world.signed_in("department").await;
    outsider.get(&format!("/api/meetings/{case}/qr")).refused(403, "auth.denied").await;
    let attend = format!("/api/meetings/{case}/attend");
    outsider.post(&attend, json!({ "token": "0".repeat(32) })).refused(403, "meeting.code").await;
    outsider.post(&attend, json!({})).refused(403, "meeting.code").await;
    let signed = json!({ "token": qr["token"], "unit": unit["id"], "name": "钱代表" });
    let came = outsider.post(&attend, signed.clone()).expect(200).await;
    assert_eq!(came["unit"]["name"], "第一医院");
    assert_eq!(outsider.post(&attend, signed).expect(200).await["id"], came["id"], "twice is once");
    by_the_wall(world, case, unit, qr["token"].as_str().unwrap()).await;
    let case_ref = json!({ "id": case });
    for (action, values) in [
        ("convene", json!({ "agenda": "停车\n养老" })),
        ("write_minutes", json!({ "minutes": "纪要" })),
        ("resolve", json!({ "resolutions": "增设车位" })),
        ("track", json!({})),
    ] {
        act(world, "community", &case_ref, action, json!({ "values": values })).await.unwrap();
    }
    let page = community.get(&format!("/api/meetings/{case}")).expect(200).await;
    assert_eq!(
        (page["agenda"].clone(), page["attendance"][0]["name"].as_str()),
        (json!(["停车", "养老"]), Some("钱代表"))
    );
    let values = json!({ "meeting": page["number"], "what": "增设车位" });
    let resolution = open(world, "community", "party/resolution", ZHAOLIN, values).await.unwrap();
    let resolution = serde_json::to_value(resolution).unwrap();
    let evaluation = json!({ "unit": unit["id"], "direction": "community_rates_unit", "score": 5 });
    community.post(&format!("/api/meetings/{case}/evaluations"), evaluation.clone()).expect(201).await;
    community.post(&format!("/api/meetings/{case}/evaluations"), evaluation).refused(409, "meeting.evaluated").await;
    let page = community.get(&format!("/api/meetings/{case}")).expect(200).await;
    assert_eq!(page["resolutions"][0]["case"], resolution["id"], "{page}");
    assert_eq!(
        (page["evaluations"][0]["score"].as_i64(), page["resolutions"][0]["phase"].as_str()),
        (Some(5), Some("new"))
    );
    act(world, "community", &case_ref, "evaluate", json!({ "values": { "follow_up": "已施划" } })).await.unwrap();
    let warned = community.get("/api/schedules/warnings").expect(200).await;
    assert_eq!(warned["items"][0]["held"], 1, "one of the four a year was held: {warned}");
    community.get(&format!("/api/meetings/{case}/qr")).refused(409, "meeting.over").await;
    let late = json!({ "token": qr["token"], "unit": unit["id"], "name": "迟到" });
    world.nobody().post(&format!("/api/public/meetings/{case}/attend"), late).refused(409, "meeting.over").await;
}
