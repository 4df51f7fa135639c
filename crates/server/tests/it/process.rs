//! The process: panics, the end, the page that was not built in.

use axum::{Router, body::Body, extract::Request, routing::get};
use linli_server::{AppState, guard};
use tower::ServiceExt;

use crate::world::World;

async fn boom() -> &'static str {
    panic!("on purpose")
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_goes_on() {
    let world = World::start().await;
    let router = guard::around(Router::new().route("/api/boom", get(boom)), &AppState::new(world.engine.clone()));
    let request = Request::builder().uri("/api/boom").body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("\"internal\"") && !text.contains("on purpose"), "{text}");
    let request = Request::builder().uri("/api/nothing").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_server_ends_when_told_and_frees_its_address() {
    let world = World::start().await;
    let address = world.url.trim_start_matches("http://").to_owned();
    world.nobody().get("/healthz").expect(200).await;
    drop(world);
    for _ in 0..100 {
        if tokio::net::TcpListener::bind(&address).await.is_ok() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the address is still taken");
}

#[cfg(not(feature = "embed-web"))]
#[tokio::test]
async fn without_the_page_its_place_says_how_to_build_it() {
    let world = World::start().await;
    let answer = world.nobody().get("/registers/people/resident").send().await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("make web"));
}

#[cfg(feature = "embed-web")]
#[tokio::test]
async fn the_page_finds_its_way_and_its_assets_are_kept() {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/console/dist");
    if !dist.join("index.html").exists() {
        return;
    }
    let world = World::start().await;
    let nobody = world.nobody();
    let header = |answer: &reqwest::Response, name: &str| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    for path in ["/", "/registers/people/resident", "/sign-in?problem=oidc.refused"] {
        let shell = nobody.get(path).send().await;
        assert_eq!((shell.status().as_u16(), header(&shell, "cache-control").as_str()), (200, "no-cache"), "{path}");
        assert!(header(&shell, "content-type").starts_with("text/html"), "{path}");
        let again = nobody.get(path).header("if-none-match", &header(&shell, "etag")).send().await;
        assert_eq!(again.status(), 304, "{path}");
    }
    let named = std::fs::read_dir(dist.join("assets")).unwrap().filter_map(Result::ok);
    let script = named.map(|file| file.file_name().into_string().unwrap()).find(|name| name.ends_with(".js")).unwrap();
    let asset = nobody.get(&format!("/assets/{script}")).send().await;
    assert!(header(&asset, "cache-control").contains("immutable"));
    assert_eq!(nobody.get("/assets/gone.js").send().await.status(), 404);
    assert_eq!(nobody.get("/..%2f..%2f..%2fCargo.toml").send().await.status(), 404);
    assert_eq!(nobody.post("/", serde_json::Value::Null).send().await.status(), 405);
}
