//! Ledgers and templates built in code, a small street, and people in it.

use linli_domain::{
    Actor, Area, Record, RecordId, Subject, Verb, actor::Grant, check::identity_checksum, record::ListQuery,
};
use linli_engine::{Engine, sheet::documents};
use linli_store::StoreError;
use linli_workbook::{Book, Limits};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use crate::world::{World, world};

/// The street.
pub const STREET: &str = "230102001000";
/// Its first community.
pub const ONE: &str = "230102001001";
/// Its second community.
pub const TWO: &str = "230102001002";
/// Registers.
pub const RESIDENT: &str = "people/resident";
pub const HOUSEHOLD: &str = "people/household";
pub const DWELLING: &str = "people/dwelling";

fn area(code: &str, path: &str, kind: &str, name: &str, home: &str) -> Area {
    Area {
        code: code.into(),
        path: path.parse().unwrap(),
        parent: None,
        kind: kind.into(),
        name: name.into(),
        initials: linli_domain::check::pinyin_initials(name),
        home: home.into(),
        valid_from: None,
        valid_to: None,
        counted_households: None,
        counted_residents: None,
    }
}

/// A street of two communities; the first has two grids with three buildings.
pub fn street() -> World {
    let world = world();
    let own = |code: &str, path: &str, kind: &str, name: &str| area(code, path, kind, name, code);
    let of_one = |code: &str, path: &str, kind: &str, name: &str| area(code, path, kind, name, ONE);
    let areas = vec![
        own("230000000000", "23", "province", "黑龙江省"),
        own("230100000000", "23/01", "city", "哈尔滨市"),
        own("230102000000", "23/01/02", "district", "道里区"),
        own(STREET, "23/01/02/001", "street", "兆麟街道"),
        own(ONE, "23/01/02/001/001", "community", "霁虹社区"),
        own(TWO, "23/01/02/001/002", "community", "地段社区"),
        of_one("230102001001001", "23/01/02/001/001/001", "grid", "第一网格"),
        of_one("230102001001002", "23/01/02/001/001/002", "grid", "第二网格"),
        of_one("230102001001001001", "23/01/02/001/001/001/001", "building", "1号楼"),
        of_one("230102001001001002", "23/01/02/001/001/001/002", "building", "2号楼"),
        of_one("230102001001002001", "23/01/02/001/001/002/001", "building", "3号楼"),
    ];
    let permit = world.engine.permit(&Engine::operator(), Verb::Manage, Subject::Areas).unwrap();
    world
        .engine
        .store
        .write_blocking::<_, StoreError>(move |tx| {
            tx.put_areas(&permit, &areas).unwrap();
            Ok(())
        })
        .unwrap();
    world
}

/// Somebody with a role in an area.
pub fn actor(world: &World, role: &str, path: &str) -> Actor {
    Actor {
        account: world.engine.ids.next(),
        name: "王芳".into(),
        grants: vec![Grant { role: role.into(), area: path.parse().unwrap() }],
        operator: false,
    }
}

/// A worker of the first community.
pub fn worker(world: &World) -> Actor {
    actor(world, "network/community", "23/01/02/001/001")
}

/// A valid identity number: birth `yyyymmdd`, sequence of three digits (odd: male).
pub fn identity(birth: &str, sequence: u32) -> String {
    let first = format!("230102{birth}{sequence:03}");
    format!("{first}{}", identity_checksum(&first).unwrap())
}

/// A cell of a fixture.
#[derive(Debug, Clone)]
pub enum C {
    /// Text.
    T(String),
    /// Number.
    N(f64),
    /// Date.
    D(u16, u8, u8),
    /// Formula with the result it was saved with.
    F(String, String),
    /// Nothing.
    E,
}

/// Text.
pub fn t(text: impl Into<String>) -> C {
    C::T(text.into())
}

/// A row of texts; empty texts are empty cells.
pub fn row(texts: &[&str]) -> Vec<C> {
    texts.iter().map(|text| if text.is_empty() { C::E } else { t(*text) }).collect()
}

/// A merged area with its text.
pub struct Merge(pub u32, pub u16, pub u32, pub u16, pub &'static str);

/// A workbook of one sheet.
pub fn xlsx(sheet: &str, rows: &[Vec<C>], merges: &[Merge]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(sheet).unwrap();
    let plain = Format::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (at, cells) in rows.iter().enumerate() {
        for (col, cell) in cells.iter().enumerate() {
            let (at, col) = (at as u32, col as u16);
            match cell {
                C::T(text) => page.write_string(at, col, text).map(|_| ()),
                C::N(number) => page.write_number(at, col, *number).map(|_| ()),
                C::D(year, month, day) => {
                    let day = ExcelDateTime::from_ymd(*year, *month, *day).unwrap();
                    page.write_datetime_with_format(at, col, day, &date).map(|_| ())
                }
                C::F(formula, result) => {
                    page.write_formula(at, col, Formula::new(formula).set_result(result)).map(|_| ())
                }
                C::E => Ok(()),
            }
            .unwrap();
        }
    }
    for Merge(top, left, bottom, right, text) in merges {
        page.merge_range(*top, *left, *bottom, *right, text, &plain).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// Opens what was made.
pub fn open(bytes: &[u8]) -> Book {
    linli_workbook::open(bytes, "x.xlsx", &Limits::default()).unwrap()
}

/// A cell as text.
pub fn shown(book: &Book, name: &str) -> String {
    let (row, col) = place(name);
    book.sheets[0].cell(row, col).value.shown()
}

fn place(name: &str) -> (u32, u32) {
    let letters = name.chars().take_while(char::is_ascii_alphabetic);
    let col = letters.fold(0, |sum, c| sum * 26 + u32::from(c as u8 - b'A') + 1) - 1;
    let row: u32 = name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().unwrap();
    (row - 1, col)
}

/// All records of a register, ended ones too, by title.
pub fn records(world: &World, entity: &str) -> Vec<Record> {
    let catalogue = world.engine.catalogue();
    let register = linli_engine::entity(&catalogue, entity).unwrap().clone();
    let permit = world.engine.permit_entity(&Engine::operator(), Verb::Read, &register).unwrap();
    let mut query = ListQuery::of(entity);
    query.with_ended = true;
    let mut found = world
        .engine
        .store
        .read_blocking::<_, StoreError>(move |tx| {
            let mut found = Vec::new();
            tx.scan(&permit, &query, &mut |record| {
                found.push(record);
                Ok(())
            })?;
            Ok(found)
        })
        .unwrap();
    found.sort_by_key(|record| (record.value(&register.title).as_text().unwrap_or_default().to_owned(), record.id));
    found
}

/// The living records of a register.
pub fn living(world: &World, entity: &str) -> Vec<Record> {
    records(world, entity).into_iter().filter(|record| record.ended.is_none()).collect()
}

/// The living record with a title.
pub fn called(world: &World, entity: &str, title: &str) -> Record {
    let field = linli_engine::entity(&world.engine.catalogue(), entity).unwrap().title.clone();
    let mut found = living(world, entity).into_iter().filter(|one| one.value(&field).as_text() == Some(title));
    let first = found.next().unwrap_or_else(|| panic!("nobody is called {title}"));
    assert!(found.next().is_none(), "several are called {title}");
    first
}

/// A sensitive value in clear.
pub fn clear(world: &World, entity: &str, id: RecordId, field: &str) -> String {
    let catalogue = world.engine.catalogue();
    let register = linli_engine::entity(&catalogue, entity).unwrap();
    let permit = world.engine.permit_entity(&Engine::operator(), Verb::Reveal, register).unwrap();
    let (entity, field) = (entity.to_owned(), field.to_owned());
    world
        .engine
        .store
        .write_blocking::<_, linli_engine::Problem>(
            move |tx| Ok(tx.reveal(&permit, &entity, id, &field, "测试", None)?),
        )
        .unwrap()
}

/// Receives bytes as an upload.
pub fn upload(world: &World, bytes: &[u8]) -> documents::Received {
    documents::receive(&world.engine, bytes).unwrap()
}

/// Writes bytes into the world's folder.
pub fn on_disk(world: &World, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = world.engine.data.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
