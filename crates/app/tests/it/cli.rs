//! The command line that later scripts rely on.

use serde_json::json;

use crate::program::{demo_copy, linli, sample, text};

#[test]
fn every_command_has_help_with_an_example() {
    let commands: [&[&str]; 14] = [
        &["demo"],
        &["serve"],
        &["area", "import"],
        &["area", "outlines"],
        &["user", "add"],
        &["import"],
        &["fill"],
        &["form", "compile"],
        &["pack", "check"],
        &["report"],
        &["migrate"],
        &["backup"],
        &["restore"],
        &["verify"],
    ];
    for command in commands {
        let run = linli(&[command, &["--help"]].concat()).expect(0);
        assert!(run.out.contains("Example:"), "{command:?}\n{}", run.out);
    }
}

#[test]
fn wrong_use_ends_with_2_and_a_refusal_with_1() {
    linli(&["import", "--nonsense"]).expect(2);
    let run = linli(&["verify", "--data", "/nonexistent/linli"]).expect(1);
    assert!(run.err.contains("data.absent"), "{}", run.err);
    let run = linli(&["--lang", "en", "verify", "--data", "/nonexistent/linli"]).expect(1);
    assert!(run.err.contains("is not a data folder"), "{}", run.err);
}

#[test]
fn the_shipped_packs_are_sound() {
    let run = linli(&["pack", "check", "--json"]).expect(0);
    assert_eq!(run.json()["errors"], 0);
}

#[test]
fn a_form_is_compiled_or_its_errors_are_told_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad, out) = (folder.path().join("a.md"), folder.path().join("b.md"), folder.path().join("a.xml"));
    let form =
        "| survey |\n| | type | name | label |\n| | text | q1 | 问题 |\n| settings |\n| | form_id |\n| | ask |\n";
    std::fs::write(&good, form).unwrap();
    std::fs::write(&bad, form.replace("| text |", "| txet |")).unwrap();
    linli(&["form", "compile", text(&good), "-o", text(&out)]).expect(0);
    assert!(std::fs::read_to_string(&out).unwrap().contains("id=\"ask\""));
    let run = linli(&["--lang", "en", "form", "compile", text(&bad)]).expect(1);
    assert!(run.err.contains("b.md: survey row 2") && run.out.is_empty(), "{}", run.err);
    let told = linli(&["form", "compile", text(&bad), "--json"]).expect(1).json();
    assert_eq!((&told["ok"], &told["findings"][0]["row"]), (&json!(false), &json!(2)), "{told}");
    linli(&["form", "compile", "/nonexistent/a.xlsx"]).expect(2);
}

#[test]
fn the_demo_is_made_once_and_the_same_every_time() {
    let (one, other) = (demo_copy(), tempfile::tempdir().unwrap());
    let again = linli(&["demo", "--data", text(one.path()), "--json"]).expect(0).json();
    let fresh = linli(&["demo", "--data", text(other.path()), "--json"]).expect(0).json();
    assert_eq!(again["residents"], fresh["residents"]);
    assert!(fresh["residents"].as_u64().unwrap() >= 20_000);
    assert_eq!(again["created"], false);
    assert_eq!(fresh["created"], true);
}

#[test]
fn a_ledger_goes_in_and_a_departments_table_comes_out_filled() {
    let data = demo_copy();
    let folder = text(data.path());
    let ledger = sample(data.path(), "台账.xlsx");
    let import = |more: &[&str]| {
        let base = ["import", "--data", folder, "--entity", "resident", "--area", COMMUNITY, "--json", text(&ledger)];
        linli(&[&base, more].concat()).expect(0).json()
    };

    let dry = import(&["--dry-run"]);
    assert!(dry["counts"]["new"].as_u64().unwrap() > 100, "{dry}");
    assert!(dry["counts"]["error"].as_u64().unwrap() >= 1, "the sample holds damaged numbers: {dry}");
    let real = import(&[]);
    assert_eq!(dry["counts"], real["counts"], "the dry run said what happened");
    let again = import(&[]);
    assert_eq!(again["counts"]["new"], 0, "a second import adds nobody: {again}");

    let (template, filled) = (sample(data.path(), "老年人花名册"), data.path().join("filled.xlsx"));
    let run =
        linli(&["fill", "--data", folder, "--area", COMMUNITY, "--json", text(&template), "--out", text(&filled)])
            .expect(0);
    assert!(run.json()["counts"]["rows"].as_u64().unwrap() > 50, "{}", run.out);
    assert!(filled.metadata().unwrap().len() > 4_000);
    linli(&["verify", "--data", folder]).expect(0);
}

#[test]
fn outlines_go_in_and_what_is_none_is_told() {
    let data = demo_copy();
    let folder = text(data.path());
    let file = data.path().join("outlines.geojson");
    let feature = |code: &str| {
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"code\":\"{code}\"}},\"geometry\":{{\"type\":\"Polygon\",\
             \"coordinates\":[[[126.6,45.7],[126.7,45.7],[126.7,45.8],[126.6,45.7]]]}}}}"
        )
    };
    let both = format!("{{\"type\":\"FeatureCollection\",\"features\":[{},{}]}}", feature(COMMUNITY), feature("999"));
    std::fs::write(&file, both).unwrap();
    let report = linli(&["area", "outlines", "--data", folder, "--json", text(&file)]).expect(0).json();
    assert_eq!((&report["features"], &report["kept"]), (&serde_json::json!(2), &serde_json::json!(1)), "{report}");
    assert_eq!(report["notes"][0]["code"], "999");
    std::fs::write(&file, "not a map").unwrap();
    linli(&["area", "outlines", "--data", folder, text(&file)]).expect(1);
    linli(&["verify", "--data", folder]).expect(0);
}

#[test]
fn a_backup_restores_to_the_same_city() {
    let (data, target) = (demo_copy(), tempfile::tempdir().unwrap());
    let (file, restored) = (target.path().join("city.zip"), target.path().join("restored"));
    let overlay = "packs/people/pack.toml";
    let changed = std::fs::read_to_string(data.path().join(overlay)).unwrap() + "\n# the city's own remark\n";
    std::fs::write(data.path().join(overlay), &changed).unwrap();
    let made = linli(&["backup", "--data", text(data.path()), "--with-keys", "--json", text(&file)]).expect(0).json();
    let back = linli(&["restore", "--data", text(&restored), "--json", text(&file)]).expect(0).json();
    assert_eq!(made["rows"], back["rows"]);
    linli(&["verify", "--data", text(&restored)]).expect(0);
    assert_eq!(std::fs::read_to_string(restored.join(overlay)).unwrap(), changed, "the city's packs come back too");
    let plan = linli(&["migrate", "--data", text(&restored), "--plan", "--json"]).expect(0).json();
    assert_eq!(plan["steps"], json!([]));
    let again = linli(&["restore", "--data", text(&restored), text(&file)]).expect(1);
    assert!(!again.err.is_empty(), "a second restore would overwrite");
}

/// Code of the community the sample ledger belongs to.
pub const COMMUNITY: &str = "230103013010";
