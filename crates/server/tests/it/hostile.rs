//! What a hostile or broken client may send.

use linli_engine::Config;
use serde_json::json;

use crate::world::{PASSWORD, RESIDENTS, World, ZHAOLIN};

async fn raw(world: &World, path: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
    let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let url = |path: &str| format!("{}{path}", world.url);
    let enter = json!({ "login": "community", "password": PASSWORD });
    client.post(url("/api/session")).header("x-linli", "1").json(&enter).send().await.unwrap();
    let sent = client.post(url(path)).header("x-linli", "1").header("content-type", "application/json").body(body);
    let answer = sent.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn writes_of_another_site_are_refused() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    let new = json!({ "area": ZHAOLIN, "values": { "name": "王五" } });
    community.post(RESIDENTS, new.clone()).header("x-linli", "").refused(403, "auth.cross_site").await;
    community.post(RESIDENTS, new.clone()).header("sec-fetch-site", "cross-site").refused(403, "auth.cross_site").await;
    community.delete("/api/session").header("x-linli", "").refused(403, "auth.cross_site").await;
    community.post(RESIDENTS, new).header("sec-fetch-site", "same-origin").expect(201).await;
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be_are_told_where() {
    let world = World::start().await;
    let (status, text) = raw(&world, RESIDENTS, "{\"area\": \"1\",,}").await;
    assert!(status == 400 && text.contains("第 1 行"), "{status} {text}");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let (status, text) = raw(&world, RESIDENTS, format!("{{\"area\":\"1\",\"values\":{{\"name\":{deep}}}}}")).await;
    assert!(status == 400 && text.contains("request.malformed"), "{status} {text}");
    let (status, text) = raw(&world, RESIDENTS, "{\"area\":\"1\",\"values\":{},\"role\":\"admin\"}").await;
    assert!(status == 400 && text.contains("role"), "{status} {text}");
    let (status, text) = raw(&world, RESIDENTS, vec![b' '; 3 * 1024 * 1024]).await;
    assert!(status == 413 && text.contains("request.too_large"), "{status} {text}");
    let (status, _) = raw(&world, RESIDENTS, vec![0xff, 0xfe, 0x00]).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn addresses_that_are_not_what_they_should_be_are_refused() {
    let world = World::start().await;
    let community = world.signed_in("community").await;
    for query in
        ["limit=100000", "limit=0", "filter=nonsense", "filter=nothing:1", "sort=nothing", "sort=phone", "unknown=1"]
    {
        community.get(&format!("{RESIDENTS}?{query}")).expect(422).await;
    }
    for cursor in ["x", "AAAA", "%00", "eyJhIjoxfQ"] {
        community.get(&format!("{RESIDENTS}?after={cursor}")).expect(422).await;
    }
    community.get("/api/records/people/nothing").refused(404, "entity.not_found").await;
    community.get(&format!("{RESIDENTS}/not-an-id")).refused(400, "request.malformed").await;
    community.get("/api/nothing").refused(404, "request.not_found").await;
    community.patch("/api/home", json!({})).expect(405).await;
    community.get("/api/audit?after=x").refused(403, "auth.denied").await;
    let street = world.signed_in("street").await;
    street.get("/api/audit?after=x").refused(422, "request.parameter").await;
    street.get("/api/audit?account=x").refused(422, "request.parameter").await;
}

#[tokio::test]
async fn every_answer_carries_the_guards() {
    let world = World::start().await;
    for path in ["/", "/api/session", "/healthz", "/registers/people/resident"] {
        let answer = world.nobody().get(path).send().await;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!((header("x-content-type-options"), header("x-frame-options")), ("nosniff", "DENY"), "{path}");
    }
    // The studio frames a form as a phone shows it; another site may not.
    let framed = world.nobody().get("/m/preview/any-form?version=draft").send().await;
    let policy = framed.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'self'") && policy.contains("object-src 'none'"), "{policy}");
    assert_eq!(framed.headers()["x-frame-options"], "SAMEORIGIN");
    let cookie =
        world.nobody().post("/api/session", json!({ "login": "community", "password": PASSWORD })).send().await;
    let cookie = cookie.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(world.nobody().get("/healthz").expect(200).await, json!({ "status": "ok" }));
}

#[tokio::test]
async fn pages_may_ask_the_citys_tile_server_and_no_other() {
    let map = "[map]\ntiles = \"https://t0.example.gov.cn:8443/v/{z}/{x}/{y}.png\"\nattribution = \"天地图\"\n";
    let world = World::with(Config::parse(map).unwrap()).await;
    for path in ["/", "/map", "/m/preview/any-form"] {
        let page = world.nobody().get(path).send().await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let of = |name: &str| policy.split(';').map(str::trim).find(|one| one.starts_with(name)).unwrap().to_owned();
        assert_eq!(of("connect-src"), "connect-src 'self' https://t0.example.gov.cn:8443", "{path}");
        assert!(of("img-src").ends_with("https://t0.example.gov.cn:8443"), "{policy}");
        assert!(!of("script-src").contains("example") && !of("default-src").contains("example"), "{policy}");
    }
    let closed = World::start().await.nobody().get("/").send().await;
    let policy = closed.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(!policy.contains("http"), "nobody else is asked unless the city says so: {policy}");
}

#[tokio::test]
async fn a_stolen_or_made_up_cookie_opens_nothing() {
    let world = World::start().await;
    for cookie in ["linli_session=", "linli_session=AAAA", &format!("linli_session={}", "A".repeat(5_000))] {
        world.nobody().get("/api/session").header("cookie", cookie).refused(401, "auth.required").await;
    }
}

#[tokio::test]
async fn the_connection_ends_with_an_upload_that_is_refused_in_the_middle() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start().await;
    let mut stream = tokio::net::TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/imports HTTP/1.1\r\nhost: a\r\nx-linli: 1\r\ncontent-length: 5000000\r\n\
                content-type: multipart/form-data; boundary=b\r\n\r\n--b\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // Without an end of the connection this would wait for ever.
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
}
