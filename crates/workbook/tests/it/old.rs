//! Old binary workbooks, built record by record ([MS-XLS]).

use linli_workbook::{CellValue, Format, Lang, Limits, Note, OutValue, Range, SheetEdit, fill, mark_errors, open};

use crate::support::{book, shown};

const SECTOR: usize = 512;

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_le_bytes()).collect()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The records of a workbook of one sheet: a merged title, a text, a number and a hidden formula error.
fn records(locked: bool) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let label = |row: u16, col: u16, text: &str| {
        let head = words(&[row, col, 0, text.encode_utf16().count() as u16]);
        record(0x0204, &[head, vec![1], wide(text)].concat())
    };
    let mut globals = begin(0x0005);
    if locked {
        globals.extend(record(0x002F, &[0; 6]));
    }
    let name = "旧表";
    let tab = |offset: u32| {
        record(0x0085, &[&offset.to_le_bytes()[..], &[0, 0, name.chars().count() as u8, 1], &wide(name)].concat())
    };
    let length = globals.len() + tab(0).len() + 4;
    globals.extend(tab(length as u32));
    globals.extend(record(0x000A, &[]));
    let number = [words(&[1, 1, 0]), 13_812_345_678.0_f64.to_le_bytes().to_vec()].concat();
    let sheet = [
        begin(0x0010),
        record(0x007D, &words(&[0, 0, 20 * 256, 0, 0, 0])),
        label(0, 0, "台账"),
        label(1, 0, "张三"),
        record(0x0203, &number),
        record(0x00E5, &words(&[1, 0, 0, 0, 1])),
        record(0x000A, &[]),
    ];
    [globals, sheet.concat()].concat()
}

/// A compound file with one stream called `Workbook`.
fn xls(stream: &[u8]) -> Vec<u8> {
    let mut body = stream.to_vec();
    body.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = (body.len() / SECTOR) as u32;
    let mut head = vec![0_u8; SECTOR];
    head[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    let mut put = |at: usize, n: u32| head[at..at + 4].copy_from_slice(&n.to_le_bytes());
    put(24, 0x0003_003E);
    put(28, 0x0009_FFFE);
    put(32, 6);
    put(44, 1);
    put(48, 1);
    put(56, 4096);
    put(60, 0xFFFF_FFFE);
    put(68, 0xFFFF_FFFE);
    put(76, 0);
    (1..109).for_each(|i| put(76 + 4 * i, u32::MAX));
    let mut fat = vec![0xFFFF_FFFD, 0xFFFF_FFFE];
    fat.extend((3..2 + sectors).chain([0xFFFF_FFFE]));
    fat.resize(SECTOR / 4, u32::MAX);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut entry = vec![0_u8; 128];
        entry[..name.len() * 2].copy_from_slice(&wide(name));
        entry[64] = (name.len() * 2 + 2) as u8;
        entry[66] = kind;
        entry[67] = 1;
        entry[68..76].fill(0xFF);
        entry[76..80].copy_from_slice(&child.to_le_bytes());
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&size.to_le_bytes());
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, 0xFFFF_FFFE, 0);
    directory.extend(entry("Workbook", 2, u32::MAX, 2, body.len() as u32));
    directory.resize(SECTOR, 0);
    let fat = fat.iter().flat_map(|n| n.to_le_bytes()).collect();
    [head, fat, directory, body].concat()
}

#[test]
fn an_old_workbook_opens_with_merges_and_widths() {
    let book = open(&xls(&records(false)), "旧.xlsx", &Limits::default()).unwrap();
    let sheet = &book.sheets[0];
    assert_eq!((book.format, sheet.name.as_str(), sheet.rows), (Format::Xls, "旧表", 2));
    assert_eq!(shown(sheet, 1), ["张三", "13812345678"]);
    assert_eq!(sheet.merges, [Range { top: 0, left: 0, bottom: 0, right: 1 }]);
    assert_eq!(sheet.widths, [(0, 0, 20.0)]);
}

#[test]
fn a_locked_or_cut_old_workbook_is_refused_with_its_reason() {
    let code = |bytes: &[u8]| open(bytes, "x.xls", &Limits::default()).map(|_| ()).map_err(|e| e.code());
    assert_eq!(code(&xls(&records(true))), Err("workbook.encrypted"));
    let whole = xls(&records(false));
    assert_eq!(code(&whole[..whole.len() - 4096]), Err("workbook.truncated"));
    let records = records(false);
    assert_eq!(code(&xls(&records[..records.len() - 20])), Err("workbook.truncated"));
}

#[test]
fn an_old_workbook_spread_over_its_whole_width_is_refused_before_it_takes_the_memory() {
    let far = |row: u16, col: u16| record(0x0203, &[words(&[row, col, 0]), vec![0; 8]].concat());
    let mut stream = records(false);
    stream.truncate(stream.len() - 4);
    stream.extend([far(0, 0), far(65_535, 255), record(0x000A, &[])].concat());
    let e = open(&xls(&stream), "x.xls", &Limits::default()).unwrap_err();
    assert_eq!(e.code(), "workbook.too_many_cells");
}

#[test]
fn an_old_template_is_filled_and_marked_as_a_new_one() {
    let old = xls(&records(false));
    let edit = SheetEdit {
        sheet: "旧表".into(),
        writes: vec![linli_workbook::CellWrite { row: 2, col: 0, value: OutValue::Text("李四".into()) }],
        grow: None,
    };
    let filled = fill(&old, "template.xlsx", &[edit], &Limits::default()).unwrap();
    assert_eq!(filled.notes, [Note::ConvertedToXlsx]);
    assert!(filled.notes[0].message(Lang::Zh).contains(".xls"));
    let opened = book(&filled.bytes);
    assert_eq!(opened.sheets[0].cell(2, 0).value, CellValue::text("李四"));
    assert_eq!(opened.sheets[0].merges.len(), 1);
    let mark = linli_workbook::Mark { sheet: "旧表".into(), row: 1, col: 1, message: "号码不对".into() };
    assert_eq!(mark_errors(&old, "台账.xls", &[mark]).unwrap().file_name, "台账（待更正）.xlsx");
}
