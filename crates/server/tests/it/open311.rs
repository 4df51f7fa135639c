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
