//! Notices: once each, live, quiet at night; and what leaves the house, whatever its receivers do.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use linli_engine::{
    Config, Problem,
    config::{NotifyConfig, SmtpConfig, SmtpTls},
    events,
};
use serde_json::{Value as Json, json};
use sha2::Sha256;

use crate::{
    receivers::{MailServer, Receiver},
    tasks::{duty_item, of, whole},
    world::{Person, STREET, World},
};

/// A city whose channels may reach this machine, and whose receivers have one second.
async fn world() -> World {
    World::with(config(NotifyConfig::default())).await
}

fn config(notify: NotifyConfig) -> Config {
    let notify = NotifyConfig { allow_private: true, timeout_seconds: 1, attempts: 2, ..notify };
    Config { notify, ..Config::default() }
}

/// A request of the street that waits for approval, so that there is something to tell.
async fn submitted(street: &Person) -> Json {
    let items = street.get("/api/records/duty/duty_list_item").expect(200).await;
    let item = match items["items"].as_array().and_then(|items| items.first()) {
        Some(item) => item.clone(),
        None => {
            street.register(crate::world::ZHAOLIN, json!({ "name": "赵一", "care_tags": ["elderly_alone"] })).await;
            duty_item(street, json!({})).await
        }
    };
    let task = street.post("/api/tasks", whole(&item)).expect(201).await;
    street.post(&of(&task, "/submit"), json!({})).expect(200).await;
    task
}

async fn channel(street: &Person, kind: &str, receiver: &Receiver, more: Json) -> Json {
    let mut new =
        json!({ "kind": kind, "title": "值班群", "url": receiver.url, "area": STREET, "events": ["task.submitted"] });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    street.post("/api/channels", new).expect(201).await
}

/// Waits until a person has so many notices.
async fn notices(person: &Person, count: usize) -> Json {
    for _ in 0..100 {
        let page = person.get("/api/notices").expect(200).await;
        if page["items"].as_array().unwrap().len() >= count {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no {count} notices came")
}

/// Waits until the newest message of the outbox is in a state.
async fn outbox(person: &Person, state: &str) -> Json {
    for _ in 0..100 {
        let page = person.get("/api/outbox").expect(200).await;
        if page["items"][0]["state"] == state {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", person.get("/api/outbox").expect(200).await)
}

#[tokio::test]
async fn whoever_may_decide_is_told_once_even_when_the_event_comes_twice() {
    let world = world().await;
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    let task = submitted(&street).await;
    let page = notices(&city, 1).await;
    assert!(page["items"][0]["title"].as_str().unwrap().contains("独居老人联系人核对"), "{page}");
    assert_eq!(
        (page["unread"].as_u64(), page["items"][0]["link"].as_str()),
        (Some(1), Some(format!("/tasks/{}", task["id"].as_str().unwrap()).as_str()))
    );
    let said = json!({ "task": task["id"], "mark": "2026-11-23" });
    for _ in 0..2 {
        let said = said.clone();
        world.engine.store.write::<_, Problem>(move |tx| Ok(events::emit(tx, "task.decided", &said)?)).await.unwrap();
    }
    let mine = notices(&street, 1).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(street.get("/api/notices").expect(200).await, mine, "twice emitted, once told");
    assert_eq!(mine["unread"], 1);
    assert_eq!(mine["items"][0]["kind"], "task", "the author hears of the decision, not of what they sent themselves");
    let department = world.signed_in("department").await;
    assert_eq!(department.get("/api/notices").expect(200).await["items"], json!([]));
}

#[tokio::test]
async fn reading_is_ones_own_and_counts_down() {
    let world = world().await;
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    submitted(&street).await;
    submitted(&street).await;
    let page = notices(&city, 2).await;
    let first = page["items"][0]["id"].clone();
    assert_eq!(street.post("/api/notices/read", json!({ "ids": [first] })).expect(200).await["unread"], 0);
    assert_eq!(city.get("/api/notices?unread=true").expect(200).await["items"].as_array().unwrap().len(), 2);
    assert_eq!(city.post("/api/notices/read", json!({ "ids": [first] })).expect(200).await["unread"], 1);
    assert_eq!(city.post("/api/notices/read", json!({ "all": true })).expect(200).await["unread"], 0);
    let paged = city.get("/api/notices?limit=1").expect(200).await;
    let next = paged["next"].as_str().unwrap();
    let rest = city.get(&format!("/api/notices?limit=1&after={next}")).expect(200).await;
    assert_eq!((rest["items"][0]["id"].clone(), rest["next"].clone()), (page["items"][1]["id"].clone(), Json::Null));
}

/// Reads server-sent events until one has a name; answers its data.
async fn heard(stream: &mut reqwest::Response, text: &mut String, name: &str) -> Json {
    let wanted = format!("event: {name}\n");
    loop {
        if let Some((_, rest)) = text.clone().split_once(&wanted)
            && let Some((block, after)) = rest.split_once("\n\n")
        {
            let data = block.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
            *text = after.to_owned();
            return serde_json::from_str(data).unwrap();
        }
        let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.expect("an event in time");
        text.push_str(&String::from_utf8_lossy(&chunk.unwrap().expect("the stream goes on")));
    }
}

#[tokio::test]
async fn a_page_that_listens_hears_it_live_and_keeps_no_server_from_ending() {
    let world = world().await;
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    let mut stream = city.get("/api/notices/stream").send().await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    assert_eq!(heard(&mut stream, &mut text, "unread").await["unread"], 0);
    assert_eq!(heard(&mut stream, &mut text, "todo").await["all"], 0);
    submitted(&street).await;
    assert_eq!(heard(&mut stream, &mut text, "notice").await["kind"], "task");
    assert_eq!(heard(&mut stream, &mut text, "unread").await["unread"], 1);
    city.post("/api/notices/read", json!({ "all": true })).expect(200).await;
    assert_eq!(heard(&mut stream, &mut text, "unread").await["unread"], 0, "the other page of the same person knows");
    drop(world);
    let ended =
        tokio::time::timeout(Duration::from_secs(10), async { while let Ok(Some(_)) = stream.chunk().await {} });
    ended.await.expect("the server ends although a page listens");
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let world = world().await;
    let city = world.signed_in("city").await;
    let mut stream = city.get("/api/notices/stream").send().await;
    heard(&mut stream, &mut String::new(), "unread").await;
    city.delete("/api/session").expect(204).await;
    let ended =
        tokio::time::timeout(Duration::from_secs(20), async { while let Ok(Some(_)) = stream.chunk().await {} });
    ended.await.expect("nobody listens after signing out");
    world.nobody().get("/api/notices/stream").expect(401).await;
}

#[tokio::test]
async fn at_night_a_group_is_left_in_peace_and_a_machine_is_not() {
    let world = world().await;
    world.clock.advance(13 * 3_600); // 23:00 in China
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    let (group, machine) = (Receiver::start().await, Receiver::start().await);
    channel(&street, "wecom", &group, json!({})).await;
    channel(&street, "webhook", &machine, json!({})).await;
    let mut stream = city.get("/api/notices/stream").send().await;
    let mut text = String::new();
    heard(&mut stream, &mut text, "unread").await;
    submitted(&street).await;
    machine.wait(1).await;
    assert_eq!(heard(&mut stream, &mut text, "unread").await["unread"], 1, "the list has it");
    assert!(!text.contains("event: notice"), "nothing rings: {text}");
    let waiting = street.get("/api/outbox?state=waiting").expect(200).await;
    assert_eq!(waiting["items"][0]["due"], "2026-11-23T23:00:00Z", "07:00 in China: {waiting}");
    assert!(group.sent().is_empty());
    world.clock.advance(8 * 3_600 + 60);
    group.wait(1).await;
    assert_eq!(heard(&mut stream, &mut text, "notice").await["kind"], "task", "in the morning it rings");
}

#[tokio::test]
async fn a_webhook_proves_where_it_comes_from_and_says_nothing_that_people_wrote() {
    let world = world().await;
    let street = world.signed_in("street").await;
    let receiver = Receiver::start().await;
    let made = channel(&street, "webhook", &receiver, json!({ "secret": "s3cret" })).await;
    assert!(made["signed"] == true && !made.to_string().contains("s3cret") && !made.to_string().contains("/hook"));
    let task = submitted(&street).await;
    let sent = receiver.wait(1).await.remove(0);
    let header = |name: &str| sent.headers[name].to_str().unwrap().to_owned();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(format!("{}.{}", header("x-linli-timestamp"), sent.body).as_bytes());
    assert_eq!(header("x-linli-signature"), format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
    let body: Json = serde_json::from_str(&sent.body).unwrap();
    assert_eq!((body["event"].as_str(), body["data"]["task"].clone()), (Some("task.submitted"), task["id"].clone()));
    assert_eq!(body["area"]["code"], STREET);
    assert!(!sent.body.contains("独居老人"), "{}", sent.body);
    assert_eq!(outbox(&street, "sent").await["items"][0]["id"], header("x-linli-delivery"));
    receiver.status(503);
    street.post(&format!("/api/channels/{}/test", made["id"].as_str().unwrap()), json!({})).expect(202).await;
    receiver.wait(2).await;
    for _ in 0..100 {
        let newest = outbox(&street, "waiting").await["items"][0].clone();
        if newest["error"] == "HTTP 503" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a refusal is seen in the outbox");
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_nobody_else() {
    let world = world().await;
    let street = world.signed_in("street").await;
    let (stuck, sound) = (Receiver::start().await, Receiver::start().await);
    stuck.hang(true);
    let slow = channel(&street, "webhook", &stuck, json!({})).await;
    channel(&street, "webhook", &sound, json!({})).await;
    let id = slow["id"].as_str().unwrap();
    for _ in 0..8 {
        street.post(&format!("/api/channels/{id}/test"), json!({})).expect(202).await;
    }
    stuck.wait(1).await;
    submitted(&street).await;
    let began = Instant::now();
    sound.wait(1).await;
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_given_up_visibly_and_sent_once_more_by_hand() {
    let world = world().await;
    let street = world.signed_in("street").await;
    let robot = Receiver::start().await;
    robot.says(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#);
    channel(&street, "dingtalk", &robot, json!({ "secret": "SEC1" })).await;
    submitted(&street).await;
    let sent = robot.wait(1).await;
    assert!(sent[0].uri.contains("timestamp=") && sent[0].uri.contains("&sign="), "{}", sent[0].uri);
    for _ in 0..100 {
        let one = outbox(&street, "waiting").await["items"][0].clone();
        if one["error"].as_str().is_some_and(|error| error.contains("45009")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    world.clock.advance(61);
    robot.wait(2).await;
    let given_up = outbox(&street, "failed").await;
    let one = &given_up["items"][0];
    assert!(one["attempts"] == 2 && one["error"].as_str().unwrap().contains("45009"), "{one}");
    robot.says(r#"{"errcode":0,"errmsg":"ok"}"#);
    let again = format!("/api/outbox/{}/retry", one["id"].as_str().unwrap());
    street.post(&again, json!({})).expect(202).await;
    outbox(&street, "sent").await;
    street.post(&again, json!({})).refused(404, "outbox.not_found").await;
    let body: Json = serde_json::from_str(&robot.sent()[0].body).unwrap();
    assert_eq!(body["msgtype"], "text");
}

#[tokio::test]
async fn mail_goes_to_whoever_asked_for_it() {
    let server = MailServer::start().await;
    let smtp = SmtpConfig {
        host: "127.0.0.1".into(),
        port: Some(server.port),
        tls: SmtpTls::None,
        user: None,
        password: None,
        from: "Linli <linli@example.gov.cn>".into(),
    };
    let world = World::with(config(NotifyConfig { smtp: Some(smtp), ..NotifyConfig::default() })).await;
    let (street, city) = (world.signed_in("street").await, world.signed_in("city").await);
    city.put("/api/notices/preferences", json!({ "email": "not an address" })).refused(422, "request.parameter").await;
    let wish = json!({ "email": "city@example.gov.cn", "quiet": { "from": "12:00", "to": "12:00" } });
    assert_eq!(city.put("/api/notices/preferences", wish.clone()).expect(200).await, wish);
    assert_eq!(city.get("/api/notices/preferences").expect(200).await, wish);
    submitted(&street).await;
    let mail = server.first().await;
    assert!(mail.contains("RCPT TO:<city@example.gov.cn>") && mail.contains("Message-ID: <"), "{mail}");
    assert!(!mail.contains("独居老人"), "{mail}");
}

#[tokio::test]
async fn ones_own_network_is_not_reached_through_a_channel() {
    let world = World::start().await;
    let street = world.signed_in("street").await;
    let inside = Receiver::start().await;
    let new = |url: &str| json!({ "kind": "webhook", "title": "内", "url": url, "area": STREET, "events": ["task.submitted"] });
    street.post("/api/channels", new(&inside.url)).refused(422, "request.parameter").await;
    street.post("/api/channels", new("https://user:pass@example.com/")).refused(422, "request.parameter").await;
    let secure = inside.url.replace("http://", "https://").replace("127.0.0.1", "localhost");
    let made = street.post("/api/channels", new(&secure)).expect(201).await;
    street.post(&format!("/api/channels/{}/test", made["id"].as_str().unwrap()), json!({})).expect(202).await;
    let failed = outbox(&street, "failed").await;
    assert!(failed["items"][0]["error"].as_str().unwrap().contains("private"), "{failed}");
    assert_eq!(failed["items"][0]["attempts"], 1, "what is refused is not tried again");
    assert!(inside.sent().is_empty());
}

#[tokio::test]
async fn channels_belong_to_those_who_manage_their_area() {
    let world = world().await;
    let street = world.signed_in("street").await;
    let receiver = Receiver::start().await;
    let made = channel(&street, "webhook", &receiver, json!({})).await;
    let id = made["id"].as_str().unwrap();
    world.account("other", "network/street", "230102002000").await;
    let other = world.signed_in("other").await;
    assert_eq!(other.get("/api/channels").expect(200).await["items"], json!([]));
    other.patch(&format!("/api/channels/{id}"), json!({ "state": "off" })).refused(404, "channel.not_found").await;
    other.delete(&format!("/api/channels/{id}")).refused(404, "channel.not_found").await;
    world.signed_in("community").await.get("/api/channels").refused(403, "auth.denied").await;
    world.signed_in("department").await.get("/api/outbox").refused(403, "auth.denied").await;
    let unknown = json!({ "events": ["task.invented"] });
    street.patch(&format!("/api/channels/{id}"), unknown).refused(422, "request.parameter").await;
    street.patch(&format!("/api/channels/{id}"), json!({ "state": "off" })).expect(200).await;
    submitted(&street).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(receiver.sent().is_empty(), "a channel that is off carries nothing");
    street.delete(&format!("/api/channels/{id}")).expect(204).await;
    assert_eq!(street.get("/api/channels").expect(200).await["items"], json!([]));
}
