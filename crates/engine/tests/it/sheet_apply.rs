//! Writing in chunks: a crash in the middle, two processes at once, and taking back.

use std::collections::BTreeMap;

use linli_domain::{Actor, Record, RecordId, Values};
use linli_engine::{
    Engine,
    sheet::import::{self, ImportState, apply::Until, commands, plan::Counts},
};
use linli_store::tables::BatchState;
use proptest::prelude::*;

use crate::{sheet_kit::*, world::World};

/// A ledger of `households` households of three, as UTF-8 CSV.
fn big(households: u32) -> Vec<u8> {
    let mut text = String::from("姓名,身份证号,与户主关系,户主姓名,楼栋,单元,房号,联系电话\r\n");
    for number in 0..households {
        let (building, unit, room) = (number % 3 + 1, number / 3 % 4 + 1, 101 + number / 12);
        for (member, relation) in [(0, "户主"), (1, "妻"), (2, "子")] {
            let year = 1950 + (number * 7 + member * 25) % 60;
            let id =
                identity(&format!("{year}{:02}{:02}", number % 12 + 1, number % 28 + 1), (number * 3 + member) % 999);
            let name = format!("{}{}", surname(number), given(number * 3 + member));
            let head = format!("{}{}", surname(number), given(number * 3));
            text.push_str(&format!(
                "{name},{id},{relation},{head},{building}号楼,{unit},{room},139{:08}\r\n",
                number * 3 + member
            ));
        }
    }
    text.into_bytes()
}

fn surname(number: u32) -> &'static str {
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"][(number % 10) as usize]
}

fn given(number: u32) -> String {
    const ONE: [&str; 12] = ["建", "秀", "伟", "芳", "敏", "静", "丽", "强", "磊", "军", "洋", "勇"];
    let pick = |at: u32| ONE[(at % 12) as usize];
    format!("{}{}", pick(number), pick(number / 12 + number / 144))
}

fn staged(world: &World, actor: &Actor, bytes: &[u8]) -> RecordId {
    let made = import::stage(&world.engine, actor, RESIDENT, ONE, upload(world, bytes), "台账.csv").unwrap();
    let id: RecordId = made.id.parse().unwrap();
    import::set_mapping(&world.engine, actor, id, made.chosen.unwrap(), false).unwrap();
    import::start(&world.engine, actor, id).unwrap();
    id
}

fn run(world: &World, actor: &Actor, id: RecordId, chunks: Option<usize>) {
    commands::run(&world.engine, actor, id, Until { chunks }, &mut |_| {}).unwrap();
}

/// What a register holds, without what differs between two runs: moments and batch ids.
fn held(world: &World) -> Vec<(String, Values, BTreeMap<String, String>, i64)> {
    let mut all = Vec::new();
    for entity in [RESIDENT, HOUSEHOLD, DWELLING] {
        for record in living(world, entity) {
            let mut values = record.values.clone();
            values.retain(|_, value| !matches!(value, linli_domain::Value::Ref(_)));
            all.push((record.path.to_string(), values, record.masked.clone(), record.version));
        }
    }
    all.sort();
    all
}

#[test]
fn a_crash_in_the_middle_resumes_to_the_same_city() {
    let bytes = big(3_700);
    let whole = street();
    let actor = worker(&whole);
    let id = staged(&whole, &actor, &bytes);
    run(&whole, &actor, id, None);
    let done = import::get(&whole.engine, &actor, id).unwrap();
    assert_eq!(done.state, ImportState::Applied);
    let expected = held(&whole);
    assert_eq!(living(&whole, RESIDENT).len(), 11_100, "{:?}", done.counts);
    assert_eq!(living(&whole, HOUSEHOLD).len(), 3_700);
    assert_eq!(living(&whole, DWELLING).len(), 3_700);

    let broken = street();
    let actor = worker(&broken);
    let id = staged(&broken, &actor, &bytes);
    run(&broken, &actor, id, Some(1));
    let half = import::get(&broken.engine, &actor, id).unwrap();
    assert_eq!((half.state, half.progress.done), (ImportState::Applying, 2_500), "the half is seen as a half");
    assert_eq!(living(&broken, RESIDENT).len(), 2_500);
    // The process died twice; the next one to start goes on where they were.
    run(&broken, &actor, id, Some(1));
    linli_engine::jobs::ensure_recurring(&broken.engine).unwrap();
    let resumed = import::get(&broken.engine, &actor, id).unwrap();
    assert_eq!((resumed.state, resumed.result), (ImportState::Applied, done.result));
    assert_eq!(held(&broken), expected, "no gap, no repeat");
    run(&broken, &actor, id, None);
    assert_eq!(held(&broken), expected);
}

#[test]
fn undo_of_a_ledger_leaves_what_was_changed_since() {
    let world = street();
    let actor = worker(&world);
    let id = staged(&world, &actor, &big(4));
    run(&world, &actor, id, None);
    let head = living(&world, RESIDENT).into_iter().next().unwrap();
    edit(&world, &head, "employer", "铁路局");
    let undone = import::undo(&world.engine, &actor, id).unwrap();
    assert_eq!(undone.state, ImportState::Undone);
    let report = undone.undo.unwrap();
    // The changed person stays, and so do the household it belongs to and the dwelling of that.
    assert_eq!((report.ended, report.kept.len()), (11 + 3 + 3, 3), "{report:#?}");
    assert_eq!(living(&world, RESIDENT).len(), 1);
    let ended = records(&world, RESIDENT).into_iter().find(|record| record.ended.is_some()).unwrap();
    assert_eq!(ended.ended.unwrap().reason, "undone");
    // Taken back once; a second time changes nothing.
    let again = import::undo(&world.engine, &actor, id).unwrap();
    assert_eq!(again.undo.unwrap(), report);
}

fn edit(world: &World, record: &Record, field: &str, value: &str) {
    let catalogue = world.engine.catalogue();
    let register = linli_engine::entity(&catalogue, &record.entity).unwrap();
    let permit = world.engine.permit_entity(&Engine::operator(), linli_domain::Verb::Edit, register).unwrap();
    let source = linli_domain::Source { kind: linli_domain::record::SourceKind::Edit, reference: String::new() };
    let changes = Values::from([(field.to_owned(), linli_domain::Value::text(value))]);
    let (entity, id, version) = (record.entity.clone(), record.id, record.version);
    world
        .engine
        .store
        .write_blocking::<_, linli_engine::Problem>(move |tx| {
            tx.update(&permit, &entity, id, version, &changes, &source)?;
            Ok(())
        })
        .unwrap();
}

#[test]
fn two_processes_write_an_import_once() {
    let world = street();
    let actor = worker(&world);
    let id = staged(&world, &actor, &big(1_000));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let answer = commands::run(&world.engine, &actor, id, Until::default(), &mut |_| {});
                assert!(
                    answer.is_ok() || answer.as_ref().is_err_and(|one| one.code == "import.overtaken"),
                    "{answer:?}"
                );
            });
        }
    });
    run(&world, &actor, id, None);
    assert_eq!(living(&world, RESIDENT).len(), 3_000);
    assert_eq!(commands::batch(&world.engine, &actor, id).unwrap().state, BatchState::Applied);
}

/// Rows of a second ledger over the people of a first: which fields it states.
#[derive(Debug, Clone)]
struct Said {
    person: usize,
    education: Option<&'static str>,
    marriage: Option<&'static str>,
    phone: Option<u32>,
}

fn said() -> impl Strategy<Value = Said> {
    (
        0_usize..8,
        prop::option::of(prop::sample::select(vec!["小学", "初中", "高中", "大学"])),
        prop::option::of(prop::sample::select(vec!["未婚", "已婚", "丧偶"])),
        prop::option::of(0_u32..10_000_000),
    )
        .prop_map(|(person, education, marriage, phone)| Said { person, education, marriage, phone })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn undo_restores_the_exact_state_before(rows in prop::collection::vec(said(), 1..12)) {
        let world = street();
        let actor = worker(&world);
        let first = staged(&world, &actor, &big(2));
        run(&world, &actor, first, None);
        let state = |world: &World| {
            let mut all = Vec::new();
            for entity in [RESIDENT, HOUSEHOLD, DWELLING] {
                for record in living(world, entity) {
                    let phone = if entity == RESIDENT && record.masked.contains_key("phone") {
                        clear(world, entity, record.id, "phone")
                    } else {
                        String::new()
                    };
                    all.push((record.id, record.path, record.values, record.masked, phone));
                }
            }
            all
        };
        let before = state(&world);
        let mut text = String::from("姓名,身份证号,文化程度,婚姻状况,联系电话\r\n");
        let known: Vec<(String, String)> = (0..2_u32).flat_map(|number| (0..3).map(move |member| person(number, member))).collect();
        for row in &rows {
            let (name, id) = known.get(row.person).cloned().unwrap_or_else(|| {
                ("新来人".to_owned() , identity("20010203", 100 + row.person as u32))
            });
            let phone = row.phone.map(|phone| format!("137{phone:08}")).unwrap_or_default();
            text.push_str(&format!("{name},{id},{},{},{phone}\r\n", row.education.unwrap_or(""), row.marriage.unwrap_or("")));
        }
        let second = staged(&world, &actor, text.as_bytes());
        run(&world, &actor, second, None);
        let counts: Counts = import::get(&world.engine, &actor, second).unwrap().counts.unwrap();
        prop_assert_eq!(counts.total(), rows.len());
        let undone = import::undo(&world.engine, &actor, second).unwrap().undo.unwrap();
        prop_assert!(undone.kept.is_empty(), "{:?}", undone);
        prop_assert_eq!(state(&world), before);
    }
}

/// The person that `big` writes.
fn person(number: u32, member: u32) -> (String, String) {
    let year = 1950 + (number * 7 + member * 25) % 60;
    let id = identity(&format!("{year}{:02}{:02}", number % 12 + 1, number % 28 + 1), (number * 3 + member) % 999);
    (format!("{}{}", surname(number), given(number * 3 + member)), id)
}

/// Prints how long the ledger in `LINLI_LEDGER` takes, and what memory.
#[test]
#[ignore = "a measurement, not a check"]
fn how_long_a_ledger_takes() {
    let Some(path) = std::env::var_os("LINLI_LEDGER").map(std::path::PathBuf::from) else { return };
    let world = street();
    let operator = Engine::operator();
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned()
    };
    for (what, dry_run) in [("import", false), ("dry run", true)] {
        let begun = std::time::Instant::now();
        let options = import::ImportOptions { dry_run, ..import::ImportOptions::default() };
        let report =
            import::import_file(&world.engine, &operator, RESIDENT, ONE, &path, &options, &mut |_| {}).unwrap();
        eprintln!("{what}: {:?} {} {:?} {:?}", begun.elapsed(), peak(), report.counts, report.applied);
    }
}
