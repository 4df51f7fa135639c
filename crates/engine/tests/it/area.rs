//! A year's statistical codes into the tree: the real ones of Harbin, with rows as dirty as they come.

use std::{io::Read, time::Instant};

use jiff::civil::{Date, date};
use linli_domain::Area;
use linli_engine::{
    Engine,
    area::{self, AreaImportReport, ImportOptions, NoteKind},
};

use crate::world::{World, world};

fn harbin() -> String {
    let packed: &[u8] = include_bytes!("../../data/regions-2301.csv.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

fn load(world: &World, text: &str, as_of: Option<Date>) -> AreaImportReport {
    let options = ImportOptions { as_of };
    area::import(&world.engine, &Engine::operator(), text.as_bytes(), &options, &mut |_| {}).unwrap()
}

fn read(world: &World, code: &str) -> Option<Area> {
    let code = code.to_owned();
    world.engine.store.read_blocking::<_, linli_store::StoreError>(move |tx| tx.area(&code)).unwrap()
}

#[test]
fn the_real_city_loads_and_loads_again_without_change() {
    let world = world();
    let text = harbin();
    let rows = text.lines().count() as u64 - 1;
    let first = load(&world, &text, None);
    assert_eq!((first.rows, first.new, first.refused), (rows, rows, 0), "{:?}", first.notes);
    let second = load(&world, &text, None);
    assert_eq!((second.new, second.renamed, second.moved, second.closed, second.same), (0, 0, 0, 0, rows));
    let daoli = read(&world, "230102000000").unwrap();
    assert_eq!((daoli.path.as_str(), daoli.name.as_str(), daoli.initials.as_str()), ("23/01/02", "道里区", "dlq"));
}

#[test]
fn each_dirty_row_is_told_with_what_was_done() {
    let world = world();
    let mut text = harbin();
    let first = text.lines().count() as u64 + 1;
    for row in [
        "230199000000,230100000000,2,跳级的上级",
        "419900000000,,2,没有上级的市",
        "419900001000,419900000000,4,直接挂在市下的街道",
        "419900000000,419900000000,3,没有上级的市",
        "23010200100,230102000000,4,少一位",
        "230102999000,230102000000,9,层级不对",
        "230102998000,239999000000,4,上级不存在",
        "230102997001,230102998000,5,上级被跳过",
        "230196000000,230197000000,3,绕圈甲",
        "230197000000,230196000000,4,绕圈乙",
        "230102996000,230102000000,4,",
    ] {
        text.push_str(row);
        text.push('\n');
    }
    let report = load(&world, &text, None);
    let told: Vec<(u64, NoteKind)> = {
        let mut told: Vec<_> = report.notes.iter().map(|note| (note.line - first, note.kind)).collect();
        told.sort_by_key(|(line, _)| *line);
        told
    };
    assert_eq!(
        told,
        [
            (0, NoteKind::BadLevel),
            (2, NoteKind::SkippedLevel),
            (3, NoteKind::Folded),
            (4, NoteKind::BadCode),
            (5, NoteKind::BadLevel),
            (6, NoteKind::UnknownParent),
            (7, NoteKind::UnknownParent),
            (8, NoteKind::Cycle),
            (9, NoteKind::Cycle),
            (10, NoteKind::Unreadable),
        ]
    );
    assert_eq!((report.folded, report.skipped_level, report.refused), (1, 1, 8));
    assert!(report.notes.iter().all(|note| !note.message.zh.is_empty() && !note.message.en.is_empty()));
    assert_eq!(read(&world, "419900001000").unwrap().parent.as_deref(), Some("419900000000"));
    let again = load(&world, &text, None);
    assert_eq!((again.new, again.renamed, again.moved), (0, 0, 0));
}

#[test]
fn order_does_not_matter() {
    let (one, two) = (world(), world());
    let text = harbin();
    let (head, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    load(&one, &text, None);
    rows.reverse();
    let report = load(&two, &format!("{head}\n{}\n", rows.join("\n")), None);
    assert_eq!((report.new, report.refused), (rows.len() as u64, 0));
    for code in ["230102000000", "230103013001", "230183000000"] {
        assert_eq!(read(&one, code).map(|area| area.path), read(&two, code).map(|area| area.path), "{code}");
    }
}

#[test]
fn a_later_year_closes_and_renames_and_never_deletes() {
    let world = world();
    load(&world, &harbin(), None);
    let gone = "230103013001";
    let later: String = harbin()
        .lines()
        .filter(|line| !line.starts_with(gone))
        .map(|line| line.replace("道里区", "新道里区") + "\n")
        .collect::<String>()
        + "230103013777,230103013000,5,新设社区居委会\n";
    let report = load(&world, &later, Some(date(2027, 1, 1)));
    assert_eq!((report.new, report.renamed, report.closed), (1, 1, 1), "{:?}", report.notes);
    let closed = read(&world, gone).unwrap();
    assert_eq!(closed.valid_to, Some(date(2026, 12, 31)));
    assert_eq!(read(&world, "230103013777").unwrap().valid_from, Some(date(2027, 1, 1)));
    let names =
        world.engine.store.read_blocking::<_, linli_store::StoreError>(|tx| tx.area_names("230102000000")).unwrap();
    assert_eq!((names[0].name.as_str(), names[0].to), ("道里区", date(2026, 12, 31)));
    let again = load(&world, &later, Some(date(2027, 1, 1)));
    assert_eq!((again.new, again.renamed, again.closed), (0, 0, 0));
    let back = load(&world, &harbin(), None);
    assert_eq!((back.reopened, read(&world, gone).unwrap().valid_to), (1, None));
}

#[test]
fn what_is_no_file_of_codes_is_refused_whole() {
    let world = world();
    for text in ["", "a,b\n1,2\n", "\u{1f}\u{8b}"] {
        let options = ImportOptions::default();
        let refused = area::import(&world.engine, &Engine::operator(), text.as_bytes(), &options, &mut |_| {});
        assert!(refused.is_err(), "{text:?}");
    }
    let mut cut = include_bytes!("../../data/regions-2301.csv.gz").to_vec();
    cut.truncate(2_000);
    let options = ImportOptions::default();
    let refused = area::import(&world.engine, &Engine::operator(), cut.as_slice(), &options, &mut |_| {});
    assert_eq!(refused.unwrap_err().code, "request.malformed");
    assert!(read(&world, "230000000000").is_none(), "nothing half-done");
}

/// With `LINLI_TEST_REGIONS` naming the country's file: all 665,276 rows in one run.
#[test]
fn the_whole_country_loads_in_one_run() {
    let Ok(file) = std::env::var("LINLI_TEST_REGIONS") else { return };
    let world = world();
    let load = || {
        let began = Instant::now();
        let reader = std::fs::File::open(&file).unwrap();
        let options = ImportOptions::default();
        let mut phase = "";
        let mut tell = |progress: area::Progress| {
            if progress.phase != phase {
                phase = progress.phase;
                eprintln!("{phase} begins after {:?}", began.elapsed());
            }
        };
        let report = area::import(&world.engine, &Engine::operator(), reader, &options, &mut tell).unwrap();
        eprintln!("{:?} {:?}", began.elapsed(), AreaImportReport { notes: Vec::new(), ..report.clone() });
        report
    };
    let first = load();
    for note in first.notes.iter().filter(|note| note.kind != NoteKind::SkippedLevel) {
        eprintln!("{note:?}");
    }
    assert_eq!((first.new + first.folded, first.refused), (first.rows, 0));
    let second = load();
    assert_eq!((second.new, second.renamed, second.moved, second.same), (0, 0, 0, first.new));
}
