//! Clocks: reminders, what is missed, escalation, holidays; once each, whichever server comes first.

use std::collections::BTreeSet;

use linli_engine::{
    Config, Engine, Problem,
    flow::{self, OpenInput},
    jobs,
};
use serde_json::{Value as Json, json};

use crate::{
    flow_kit::{CASES, DAY, client, dispatched, handler, incident, replay_all, world, world_with},
    world::ZHAOLIN,
};

async fn run_due(engine: &Engine) -> usize {
    let engine = engine.clone();
    tokio::task::spawn_blocking(move || jobs::run_due(&engine).unwrap()).await.unwrap()
}

/// Events of a name that were emitted.
async fn emitted(engine: &Engine, name: &'static str) -> Vec<Json> {
    let events = engine.store.read::<_, linli_store::StoreError>(|tx| tx.events(None, 10_000)).await.unwrap();
    events.into_iter().filter(|event| event.event == name).map(|event| event.payload).collect()
}

#[tokio::test]
async fn a_clock_reminds_is_missed_and_escalates_once_each() {
    let world = world().await;
    let (unit, department) = handler(&world, "xiaofang").await;
    let case = dispatched(&world, "起火", &[&unit], json!({ "values": { "kind": "fire" } })).await;
    assert_eq!(case["clock"]["left_seconds"].as_i64().unwrap() / 60, 119, "two hours for a fire");
    let key = format!("u:{unit}");
    run_due(&world.engine).await;
    assert_eq!(emitted(&world.engine, "clock.reminder").await.len(), 0);
    world.clock.advance(95 * 60);
    run_due(&world.engine).await;
    let reminders = emitted(&world.engine, "clock.reminder").await;
    assert_eq!((reminders.len(), reminders[0]["to"][0].as_str()), (1, Some(key.as_str())));
    world.clock.advance(30 * 60);
    run_due(&world.engine).await;
    run_due(&world.engine).await;
    assert_eq!(emitted(&world.engine, "clock.overdue").await.len(), 1);
    let seen = department.sees(&case).await;
    assert_eq!((seen["overdue"].as_bool(), seen["clock"]["state"].as_str()), (Some(true), Some("overdue")));
    assert!(seen["clock"]["left_seconds"].as_i64().unwrap() < 0);
    let overdue = department.get(&format!("{CASES}?box=overdue")).expect(200).await;
    assert_eq!(overdue["items"].as_array().unwrap().len(), 1);
    assert_eq!(department.get("/api/todo").expect(200).await["counts"]["overdue"], 1);
    world.clock.advance(2 * 3_600);
    run_due(&world.engine).await;
    let escalated = emitted(&world.engine, "clock.overdue").await;
    assert_eq!((escalated.len(), escalated[1]["escalate"].as_str()), (2, Some("superior")));
    let seen = department.sees(&case).await;
    assert_eq!(seen["priority"], 1, "the program supervises it");
    let last = seen["history"].as_array().unwrap().last().unwrap();
    assert_eq!((last["action"]["name"].as_str(), last["by"].as_str()), (Some("urge"), Some("系统")));
    department.act(&seen, "report", json!({})).expect(200).await;
    let stats = world.signed_in("street").await.get(&format!("{CASES}/stats?by=unit")).expect(200).await;
    assert_eq!(stats["items"][0]["in_time"], 0);
    replay_all(&world).await;
}

/// Opens so many alarms, as a job of the program does.
async fn alarms(engine: &Engine, count: usize) {
    let handle = engine.clone();
    let open = move |tx: &mut linli_store::WriteTx<'_>| {
        for number in 0..count {
            let input =
                json!({ "flow": "works/alarm", "area": ZHAOLIN, "client_id": client(&format!("alarm {number}")) });
            let input: OpenInput = serde_json::from_value(input).unwrap();
            flow::open_in(&handle, tx, &Engine::operator(), &input, Json::Null)?;
        }
        Ok::<_, Problem>(())
    };
    engine.store.write(open).await.unwrap();
}

#[tokio::test]
async fn two_servers_on_one_database_fire_a_thousand_clocks_once_each() {
    let world = world().await;
    alarms(&world.engine, 1_000).await;
    let second = world.second();
    // Reminder and deadline of all of them lie behind. The server of this world takes part, too.
    world.clock.advance(2 * 3_600);
    tokio::join!(run_due(&world.engine), run_due(&second));
    // What somebody else holds at the end is in the midst of firing.
    for _ in 0..100 {
        if emitted(&world.engine, "clock.overdue").await.len() >= 1_000 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    tokio::join!(run_due(&world.engine), run_due(&second));
    for name in ["clock.reminder", "clock.overdue"] {
        let events = emitted(&world.engine, name).await;
        let cases: BTreeSet<String> = events.iter().map(|event| event["case"].as_str().unwrap().to_owned()).collect();
        assert_eq!((events.len(), cases.len()), (1_000, 1_000), "{name}: once each");
    }
}

#[tokio::test]
async fn what_a_killed_server_had_taken_another_fires() {
    let world = world().await;
    let (unit, _) = handler(&world, "xiaofang").await;
    let case = dispatched(&world, "起火", &[&unit], json!({ "values": { "kind": "fire" } })).await;
    world.clock.advance(DAY);
    // A server dies inside its transaction: what it took is nobody's again.
    let died = world
        .engine
        .store
        .write::<(), linli_engine::Problem>(|tx| {
            let now = tx.now();
            assert_eq!(tx.take_due_cases(now, 10)?.len(), 1);
            Err(linli_engine::Problem::internal("killed"))
        })
        .await;
    assert!(died.is_err());
    run_due(&world.second()).await;
    assert_eq!(emitted(&world.engine, "clock.overdue").await.len(), 2, "missed, and escalated");
    assert_eq!(world.signed_in("street").await.sees(&case).await["overdue"], true);
}

#[tokio::test]
async fn working_days_follow_the_imported_table_and_without_one_are_said_to_be_estimated() {
    let world = world().await;
    let (unit, _) = handler(&world, "chengguan").await;
    let (community, city) = (world.signed_in("community").await, world.signed_in("city").await);
    let case = dispatched(&world, "一", &[&unit], json!({})).await;
    assert_eq!(
        (case["clock"]["estimated"].as_bool(), case["clock"]["due"].as_str()),
        (Some(true), Some("2026-11-30T09:30:00Z"))
    );
    let days = json!({ "days": [{ "date": "2026-11-25", "kind": "holiday", "name": "测试节" },
        { "date": "2026-11-28", "kind": "workday", "name": "调休" }] });
    community.put("/api/holidays/2026", days.clone()).refused(403, "auth.denied").await;
    let twice =
        json!({ "days": [{ "date": "2026-11-25", "kind": "holiday" }, { "date": "2026-11-25", "kind": "workday" }] });
    city.put("/api/holidays/2026", twice).refused(422, "request.parameter").await;
    city.put("/api/holidays/2027", days.clone()).refused(422, "request.parameter").await;
    city.put("/api/holidays/2026", days).expect(200).await;
    let case = dispatched(&world, "二", &[&unit], json!({})).await;
    assert_eq!(
        (case["clock"]["estimated"].as_bool(), case["clock"]["due"].as_str()),
        (Some(false), Some("2026-11-30T09:30:00Z")),
        "one day off, one worked instead"
    );
    let shown = community.get("/api/calendar?from=2026-11-23&to=2026-11-30").expect(200).await;
    let kinds: Vec<&str> =
        shown["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["holiday", "workday"], "{shown}");
    let due = world.signed_in("chengguan").await.get("/api/calendar?from=2026-11-30&to=2026-11-30").expect(200).await;
    assert_eq!(due["items"].as_array().unwrap().len(), 2, "{due}");
    community.get("/api/calendar?from=2026-11-30&to=2026-11-23").refused(422, "request.parameter").await;
}

#[tokio::test]
async fn a_gap_in_the_holiday_tables_is_refused_where_the_city_does_not_guess() {
    let config = Config::parse("[calendar]\nestimate = false\n").unwrap();
    let world = world_with(config).await;
    let (unit, _) = handler(&world, "chengguan").await;
    let (community, street) = (world.signed_in("community").await, world.signed_in("street").await);
    let case = community.post(CASES, incident("跨年", json!({}))).expect(201).await;
    let case = community.act(&case, "verify", json!({})).expect(200).await;
    let assign = json!({ "assign": [{ "unit": unit }] });
    let refused = street.act(&case, "dispatch", assign.clone()).refused(422, "case.no_holidays").await;
    assert_eq!(refused["year"], 2026);
    assert_eq!(street.sees(&case).await["state"]["name"], "filed", "nothing has changed");
    world.signed_in("city").await.put("/api/holidays/2026", json!({ "days": [] })).expect(200).await;
    let again = street.act_as(&case, "dispatch", &client("again"), assign).expect(200).await;
    assert_eq!(again["clock"]["estimated"], false);
}
