//! What the system page says of backups and of migrations that wait.

use std::fs;

use serde_json::Value as Json;

use crate::{
    program::{demo_copy, linli, text},
    served::Served,
};

#[tokio::test]
async fn the_system_page_knows_the_last_backup_and_the_migration_that_waits() {
    let data = demo_copy();
    let folder = text(data.path());
    let served = Served::start(data.path());
    let system = served.sign_in("city").await.get("/api/system").await;
    assert_eq!((&system["last_backup"], &system["pending_migration"]), (&Json::Null, &Json::Null), "{system}");
    let copy = data.path().join("backup.zip");
    linli(&["backup", "--data", folder, text(&copy)]).expect(0);
    let system = served.sign_in("city").await.get("/api/system").await;
    assert!(system["last_backup"].as_str().is_some_and(|at| at.starts_with("20")), "{system}");
    drop(served);

    let file = data.path().join("packs/people/entities/resident.toml");
    let field = "\n[[fields]]\nname = \"city_card\"\nlabel = { zh = \"市民卡号\", en = \"City card\" }\nkind = \"text\"\nmax = 30\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + field).unwrap();
    let served = Served::start(data.path());
    let person = served.sign_in("city").await;
    let pending = person.get("/api/system").await["pending_migration"].clone();
    assert_eq!(pending["summary"], "additive", "{pending}");
    assert!(pending["statements"].as_u64().unwrap() >= 1, "{pending}");

    // The migration runs beside the server, which notices it by itself.
    linli(&["migrate", "--data", folder]).expect(0);
    assert_eq!(person.get("/api/system").await["pending_migration"], Json::Null);
    let catalogue = person.get("/api/catalogue").await;
    assert!(catalogue.to_string().contains("city_card"));

    let role = data.path().join("packs/network/roles.toml");
    let changed = fs::read_to_string(&role).unwrap().replace("市级工作人员", "本市工作人员");
    fs::write(&role, changed).unwrap();
    drop(served);
    let served = Served::start(data.path());
    let person = served.sign_in("city").await;
    assert_eq!(person.get("/api/system").await["pending_migration"]["summary"], "definitions");
    linli(&["migrate", "--data", folder]).expect(0);
    person.get("/api/home").await;
    assert!(person.get("/api/catalogue").await.to_string().contains("本市工作人员"), "words are noticed too");
}
