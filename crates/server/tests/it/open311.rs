//! Open311 GeoReport v2 as civic clients use it.

use linli_engine::{
    Config,
    config::{ApiKey, Open311Config},
};
use serde_json::{Value as Json, json};

use crate::world::{World, ZHAOLIN};

pub const KEY: &str = "0123456789abcdef-client";

pub fn config() -> Config {
    let keys = vec![ApiKey { key: KEY.into(), name: "市民客户端".into() }];
    let open311 = Open311Config {
        jurisdiction: Some("daoli.example.gov.cn".into()),
        area: Some(ZHAOLIN.into()),
        contact: "道里区,0451-82345678".into(),
        production: false,
        keys,
    };
    Config { open311, ..Config::default() }
}

/// Status, content type, body.
pub async fn fetch(world: &World, path: &str) -> (u16, String, String) {
    let answer = reqwest::get(format!("{}{path}", world.url)).await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (answer.status().as_u16(), kind, answer.text().await.unwrap())
}

pub async fn json_of(world: &World, path: &str) -> Json {
    let (status, kind, body) = fetch(world, path).await;
    assert_eq!((status, kind.as_str()), (200, "application/json; charset=utf-8"), "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn a_client_discovers_the_interface_and_its_services_in_both_forms() {
    let world = World::with(config()).await;
    let found = json_of(&world, "/open311/v2/discovery.json").await;
    let endpoint = &found["endpoints"][0];
    assert_eq!(endpoint["specification"], "http://wiki.open311.org/GeoReport_v2");
    assert_eq!((&endpoint["type"], &endpoint["formats"]), (&json!("test"), &json!(["text/xml", "application/json"])));
    assert!(endpoint["url"].as_str().unwrap().ends_with("/open311/v2"));
    let (status, kind, xml) = fetch(&world, "/open311/v2/discovery.xml").await;
    assert_eq!((status, kind.as_str()), (200, "text/xml; charset=utf-8"));
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") && xml.contains("<discovery>"));

    let services = json_of(&world, "/open311/v2/services.json?jurisdiction_id=daoli.example.gov.cn").await;
    let services = services.as_array().unwrap();
    assert!(services.len() >= 40);
    let cover = services.iter().find(|one| one["service_code"] == "0109").unwrap();
    assert_eq!((&cover["service_name"], &cover["group"]), (&json!("井盖缺损"), &json!("市容环境")));
    assert_eq!((&cover["type"], &cover["metadata"]), (&json!("realtime"), &json!(true)));
    assert!(cover["keywords"].as_str().unwrap().contains("窨井盖"));
    assert!(services.iter().all(|one| one["service_code"] != "01"), "a class above others is a group, not a service");
    let (_, _, xml) = fetch(&world, "/open311/v2/services.xml").await;
    assert!(xml.contains("<services><service><service_code>"), "{xml}");

    let definition = json_of(&world, "/open311/v2/services/0109.json").await;
    let attribute = &definition["attributes"][0];
    assert_eq!((&definition["service_code"], &attribute["code"]), (&json!("0109"), &json!("danger")));
    assert_eq!((&attribute["datatype"], &attribute["values"][0]["key"]), (&json!("singlevaluelist"), &json!("true")));
    assert_eq!((&attribute["variable"], &attribute["order"]), (&json!(true), &json!(1)));
    let (_, _, xml) = fetch(&world, "/open311/v2/services/0109.xml").await;
    assert!(xml.contains("<service_definition><service_code>0109</service_code><attributes><attribute>"), "{xml}");
    assert!(xml.contains("<values><value><key>true</key>"), "{xml}");
}

#[tokio::test]
async fn faults_are_the_specifications_list_of_errors() {
    let world = World::with(config()).await;
    let (status, _, body) = fetch(&world, "/open311/v2/services.json?jurisdiction_id=other.example").await;
    let errors: Json = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &errors[0]["code"]), (404, &json!(404)));
    assert!(errors[0]["description"].as_str().is_some_and(|text| !text.is_empty()));
    let (status, kind, body) = fetch(&world, "/open311/v2/services/9999.xml").await;
    assert_eq!((status, kind.as_str()), (404, "text/xml; charset=utf-8"));
    assert!(body.contains("<errors><error><code>404</code><description>"), "{body}");
    for path in ["/open311/v2/services", "/open311/v2/services.yaml", "/open311/v2/nonsense.json"] {
        assert_eq!(fetch(&world, path).await.0, 404, "{path}");
    }
    let mut last = 200;
    for _ in 0..150 {
        last = fetch(&world, "/open311/v2/services/0109.json").await.0;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "an address that asks without end waits");
}

/// Posts a report as a form; answers status and body.
async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> (u16, String) {
    let answer = reqwest::Client::new().post(format!("{}{path}", world.url)).form(form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn sound<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("api_key", KEY),
        ("jurisdiction_id", "daoli.example.gov.cn"),
        ("service_code", "0109"),
        ("description", "井盖<破损>,联系人王某"),
        ("lat", "45.756789"),
        ("long", "126.651234"),
        ("address_string", "兆麟街3号"),
        ("last_name", "王"),
        ("first_name", "小明"),
        ("phone", "13812345678"),
        ("attribute[danger]", "true"),
    ];
    for (name, value) in more {
        form.retain(|(held, _)| held != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    form
}

#[tokio::test]
async fn a_report_is_taken_and_found_again_in_both_forms() {
    let world = World::with(config()).await;
    let (status, body) = post(&world, "/open311/v2/requests.json", &sound(&[])).await;
    let made: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 201, "{body}");
    let id = made[0]["service_request_id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("SJ-2026-"));
    let (status, body) = post(&world, "/open311/v2/requests.xml", &sound(&[("lat", ""), ("long", "")])).await;
    assert_eq!(status, 201, "an address is enough: {body}");
    assert!(body.contains("<service_requests><request><service_request_id>SJ-2026-"), "{body}");

    let open = json_of(&world, &format!("/open311/v2/requests/{id}.json")).await;
    let request = &open[0];
    assert_eq!((&request["status"], &request["service_code"]), (&json!("open"), &json!("0109")));
    assert_eq!((&request["lat"], &request["long"]), (&json!(45.7568), &json!(126.6512)), "to eleven metres");
    assert_eq!(
        (&request["description"], &request["address"]),
        (&Json::Null, &Json::Null),
        "words are for clients with a key"
    );
    assert!(request["requested_datetime"].as_str().unwrap().ends_with('Z'));
    let keyed = json_of(&world, &format!("/open311/v2/requests/{id}.json?api_key={KEY}")).await;
    assert_eq!(
        (&keyed[0]["description"], &keyed[0]["address"]),
        (&json!("井盖<破损>,联系人王某"), &json!("兆麟街3号"))
    );
    assert!(!keyed.to_string().contains("13812345678"), "a phone is told to nobody");
    let (_, _, xml) = fetch(&world, &format!("/open311/v2/requests/{id}.xml?api_key={KEY}")).await;
    assert!(xml.contains("<description>井盖&lt;破损&gt;,联系人王某</description>"), "{xml}");
    let token = json_of(&world, &format!("/open311/v2/tokens/{id}.json")).await;
    assert_eq!(token[0], json!({ "service_request_id": id, "token": id }));

    let case = crate::case_kit::actor(&world, "street").await;
    let case = linli_engine::flow::by_number(&world.engine, &case, id).await.unwrap();
    assert_eq!((&case.values["origin"], &case.values["danger"]), (&json!("open311"), &json!(true)));
    assert_eq!(case.values["reporter_name"], "王小明");
}

#[tokio::test]
async fn requests_are_filtered_by_service_status_time_and_id() {
    let world = World::with(config()).await;
    let mut ids = Vec::new();
    for service in ["0109", "0110", "0603"] {
        let (_, body) = post(&world, "/open311/v2/requests.json", &sound(&[("service_code", service)])).await;
        let made: Json = serde_json::from_str(&body).unwrap();
        ids.push(made[0]["service_request_id"].as_str().unwrap().to_owned());
        world.clock.advance(3_600);
    }
    let case = crate::case_kit::actor(&world, "community").await;
    let first = linli_engine::flow::by_number(&world.engine, &case, ids[0].clone()).await.unwrap().case.id;
    let done = json!({ "kind": "0109", "result": "已更换" });
    crate::case_kit::act(&world, "community", first, "handle_on_site", done).await.unwrap();
    crate::case_kit::act(&world, "community", first, "close", json!({})).await.unwrap();
    let found = async |query: &str| -> Vec<String> {
        world.clock.advance(60);
        let found = json_of(&world, &format!("/open311/v2/requests.json?{query}")).await;
        found.as_array().unwrap().iter().map(|one| one["service_request_id"].as_str().unwrap().to_owned()).collect()
    };
    let newest: Vec<String> = ids.iter().rev().cloned().collect();
    assert_eq!(found("").await, newest);
    assert_eq!(found("service_code=0110,0603").await, newest[..2]);
    assert_eq!(
        (found("status=closed").await, found("status=open").await),
        (vec![ids[0].clone()], newest[..2].to_vec())
    );
    assert_eq!(found("status=open,closed").await.len(), 3);
    assert_eq!(found(&format!("service_request_id={},{}", ids[1], ids[2])).await, ids[1..]);
    assert_eq!(found("start_date=2026-11-23T03:30:00Z").await, [ids[2].clone()]);
    assert_eq!(found("end_date=2026-11-23T10:30:00%2B08:00").await, [ids[0].clone()]);
    assert_eq!(found("page_size=1&page=2").await, [newest[1].clone()]);
    for query in ["status=lost", "start_date=2026-11-23", "page=0", "page_size=5000", "page=x"] {
        world.clock.advance(60);
        let (status, _, body) = fetch(&world, &format!("/open311/v2/requests.json?{query}")).await;
        let errors: Json = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &errors[0]["code"]), (400, &json!(400)), "{query}: {body}");
    }
    let (status, _, _) = fetch(&world, "/open311/v2/requests.json?service_code=9999").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn hostile_reports_are_refused_with_reasons_and_change_nothing() {
    let world = World::with(config()).await;
    let long = "长".repeat(4_001);
    for (change, status) in [
        (vec![("api_key", "")], 403),
        (vec![("api_key", "0123456789abcdef-guessed")], 403),
        (vec![("jurisdiction_id", "other.example")], 404),
        (vec![("service_code", "")], 400),
        (vec![("service_code", "9999")], 404),
        (vec![("lat", "91")], 400),
        (vec![("lat", "NaN")], 400),
        (vec![("lat", "45,7")], 400),
        (vec![("long", "")], 400),
        (vec![("lat", ""), ("long", ""), ("address_string", "")], 400),
        (vec![("description", "")], 400),
        (vec![("description", &long)], 400),
        (vec![("media_url", "javascript:alert(1)")], 400),
        (vec![("phone", "12")], 400),
        (vec![("attribute[danger]", "perhaps")], 400),
        (vec![("attribute[kind]", "0101")], 400),
        (vec![("address_id", "230102002001")], 400),
    ] {
        let (found, body) = post(&world, "/open311/v2/requests.json", &sound(&change)).await;
        let errors: Json = serde_json::from_str(&body).unwrap();
        assert_eq!((found, &errors[0]["code"]), (status, &json!(status)), "{change:?}: {body}");
        world.clock.advance(60);
    }
    let url = format!("{}/open311/v2/requests.xml", world.url);
    let send = |kind: &'static str, body: Vec<u8>| {
        reqwest::Client::new().post(&url).header("content-type", kind).body(body).send()
    };
    let huge = send("application/x-www-form-urlencoded", vec![b'a'; 70_000]).await.unwrap();
    assert_eq!(huge.status(), 413);
    assert!(huge.text().await.unwrap().contains("<errors><error><code>413</code>"));
    let entity = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>".to_vec();
    assert_eq!(send("text/xml", entity).await.unwrap().status(), 400, "XML is only written");
    assert_eq!(send("application/x-www-form-urlencoded", b"description=%ff%fe".to_vec()).await.unwrap().status(), 400);
    let many = "a=1&".repeat(300).into_bytes();
    assert_eq!(send("application/x-www-form-urlencoded", many).await.unwrap().status(), 400);
    assert_eq!(json_of(&world, "/open311/v2/requests.json").await, json!([]), "nothing was taken");
    let (status, _, _) = fetch(&world, &format!("/open311/v2/requests/{ZHAOLIN}.json")).await;
    assert_eq!(status, 404);
}
