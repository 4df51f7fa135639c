//! The description of the API is reviewed like code, and the page's client is generated from it.

use std::{fs, path::Path};

use crate::world::World;

#[test]
fn the_description_is_the_one_that_was_reviewed() {
    let document = linli_server::openapi::document().to_pretty_json().unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("openapi", document));
}

/// Keeps `web/shared/openapi.json` the same as the code; writes it where it differs, so that a run of the tests brings it
/// up to date, and fails so that nobody overlooks it.
#[test]
fn the_pages_copy_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/shared/openapi.json");
    if !file.parent().is_some_and(Path::exists) {
        return;
    }
    let document = linli_server::openapi::document().to_pretty_json().unwrap() + "\n";
    if fs::read_to_string(&file).unwrap_or_default() != document {
        fs::write(&file, &document).unwrap();
        assert!(std::env::var("CI").is_err(), "web/shared/openapi.json was not up to date; it is now");
    }
}

#[tokio::test]
async fn the_description_is_served_and_is_3_1() {
    let world = World::start().await;
    let described = world.nobody().get("/api/openapi.json").expect(200).await;
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    for path in
        ["/api/session", "/api/records/{pack}/{entity}/{id}/merge", "/api/areas/search", "/api/home", "/api/audit"]
    {
        assert!(described["paths"].get(path).is_some(), "{path}");
    }
}
