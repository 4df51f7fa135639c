//! A city changes packs without Rust, and keeps its changes through an upgrade.

use std::fs;

use crate::program::{demo_copy, linli, text};

#[test]
fn a_city_adds_a_field_sees_the_sql_and_has_the_column() {
    let data = demo_copy();
    let file = data.path().join("packs/people/entities/resident.toml");
    let field = "\n[[fields]]\nname = \"city_card\"\nlabel = { zh = \"市民卡号\", en = \"City card\" }\nkind = \"text\"\nmax = 30\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + field).unwrap();

    let plan = linli(&["migrate", "--data", text(data.path()), "--plan", "--json"]).expect(0).json();
    assert_eq!(plan["class"], "additive");
    let sql: Vec<&str> = plan["steps"].as_array().unwrap().iter().filter_map(|step| step["sql"].as_str()).collect();
    assert!(sql.iter().any(|sql| sql.contains("city_card")), "{sql:?}");

    linli(&["migrate", "--data", text(data.path())]).expect(0);
    let after = linli(&["migrate", "--data", text(data.path()), "--plan", "--json"]).expect(0).json();
    assert_eq!(after["steps"].as_array().unwrap().len(), 0);
    linli(&["verify", "--data", text(data.path())]).expect(0);
}

#[test]
fn a_broken_pack_is_refused_with_its_place_and_changes_nothing() {
    let data = demo_copy();
    let file = data.path().join("packs/people/entities/resident.toml");
    let field =
        "\n[[fields]]\nname = \"city_card\"\nlabel = { zh = \"市民卡号\", en = \"City card\" }\nkind = \"txet\"\n";
    fs::write(&file, fs::read_to_string(&file).unwrap() + field).unwrap();
    let run = linli(&["migrate", "--data", text(data.path())]).expect(1);
    assert!(run.err.contains("people/entities/resident.toml:"), "{}", run.err);
    linli(&["verify", "--data", text(data.path())]).expect(0);
}

#[test]
fn an_upgrade_of_the_shipped_pack_keeps_what_the_city_changed() {
    let data = demo_copy();
    let (city, before) =
        (data.path().join("packs/people/pack.toml"), data.path().join("packs-shipped/people/pack.toml"));
    // As if an older program had shipped another title, and the city had chosen its own.
    let shipped_now = fs::read_to_string(&before).unwrap();
    let line = shipped_now.lines().find(|line| line.starts_with("title")).unwrap().to_owned();
    fs::write(&before, shipped_now.replace(&line, "title = { zh = \"旧标题\", en = \"Old title\" }")).unwrap();
    fs::write(&city, shipped_now.replace(&line, "title = { zh = \"本市标题\", en = \"City title\" }")).unwrap();

    let plan = linli(&["migrate", "--data", text(data.path()), "--plan", "--json"]).expect(0).json();
    let conflicts = plan["conflicts"].as_array().unwrap();
    assert!(!conflicts.is_empty(), "both changed the title: {plan}");
    linli(&["migrate", "--data", text(data.path())]).expect(0);
    assert!(fs::read_to_string(&city).unwrap().contains("本市标题"), "the city's value stays");
    let again = linli(&["migrate", "--data", text(data.path()), "--plan", "--json"]).expect(0).json();
    assert_eq!(again["conflicts"].as_array().unwrap().len(), 0, "a settled conflict is not shown again");
}
