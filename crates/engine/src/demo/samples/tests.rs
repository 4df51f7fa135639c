//! The samples have exactly the documented defects.

use calamine::{Data, Reader, Xlsx};
use jiff::civil::{Date, date};
use linli_domain::{
    Catalogue, Label,
    catalogue::{Code, CodeList},
    check::{identity_number, phone},
};
use linli_workbook::{Limits, RowKind, Shape, TableRegion, find_tables};

use super::{ledger::Cell, *};
use crate::demo::plan::CodeDigits;

const TODAY: Date = date(2026, 11, 1);

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for (name, text) in [
        ("relation", include_str!("../../../../../packs/people/codes/relation.csv")),
        ("ethnicity", include_str!("../../../../../packs/people/codes/ethnicity.csv")),
        ("education", include_str!("../../../../../packs/people/codes/education.csv")),
        ("residence_kind", include_str!("../../../../../packs/people/codes/residence_kind.csv")),
        ("political_status", include_str!("../../../../../packs/people/codes/political_status.csv")),
        ("employment", include_str!("../../../../../packs/people/codes/employment.csv")),
        ("care_tag", include_str!("../../../../../packs/people/codes/care_tag.csv")),
    ] {
        let rows = text.lines().skip(3).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let codes = rows
            .map(|cells| Code {
                code: cells[0].clone(),
                label: Label::new(cells[1].clone(), ""),
                synonyms: cells
                    .get(cells.len() - 3)
                    .map(|all| all.split('|').filter(|s| !s.is_empty()).map(str::to_owned).collect())
                    .unwrap_or_default(),
                parent: None,
                retired: false,
            })
            .collect();
        let list = CodeList { name: format!("people/{name}"), label: Label::default(), standard: String::new(), codes };
        catalogue.code_lists.insert(list.name.clone(), list);
    }
    catalogue
}

fn sample() -> (Street, ledger::Ledger) {
    let street = Street::generate(2301, TODAY, CodeDigits::default());
    let ledger = ledger::make(&street, &Words::of(&catalogue()), 2301, TODAY);
    (street, ledger)
}

#[test]
fn the_ledger_has_exactly_the_documented_defects() {
    let (street, ledger) = sample();
    let defects = &ledger.defects;
    assert!((380..=480).contains(&defects.rows), "{}", defects.rows);
    assert_eq!((defects.damaged.len(), defects.wrong_digit.len(), defects.new_phone.len()), (2, 3, 5));
    assert!(defects.known > 20 && defects.full_width > 8 && defects.date_forms.iter().all(|count| *count > 10));
    let (mut damaged, mut wrong, mut moved, mut full_width) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (at, row) in ledger.rows.iter().enumerate() {
        let person = &street.persons[row.person];
        match &row.cells[5] {
            Cell::Number(number) => {
                assert_eq!(identity_number(&format!("{number}")).unwrap_err().code(), "identity.damaged_by_excel");
                damaged.push(at);
            }
            Cell::Text(text) => {
                assert!(identity_number(text).is_ok(), "{text}");
                if *text != person.identity {
                    assert!(person.held && text.len() == 18);
                    wrong.push(at);
                }
            }
            Cell::Date(_) => panic!("a date for a number"),
        }
        let Cell::Text(number) = &row.cells[6] else { panic!("no phone cell") };
        full_width += usize::from(number.contains(|c| ('０'..='９').contains(&c)));
        if !number.is_empty() && phone(number).unwrap().number != person.phone {
            moved.push(at);
        }
    }
    assert_eq!(
        (damaged, wrong, moved, full_width),
        (defects.damaged.clone(), defects.wrong_digit.clone(), defects.new_phone.clone(), defects.full_width)
    );
}

#[test]
fn the_workbook_has_merged_households_and_a_totals_row() {
    let (_, ledger) = sample();
    let bytes = ledger_file::xlsx(&ledger, TODAY).unwrap();
    assert_eq!(bytes, ledger_file::xlsx(&ledger, TODAY).unwrap());
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("焊接厂散楼").unwrap();
    let text = |row: u32, column: u32| sheet.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!((text(2, 1).as_str(), text(3, 1).as_str(), text(2, 4).as_str()), ("住址", "楼号", "户主姓名"));
    let last = sheet.end().unwrap().0;
    assert_eq!(usize::try_from(last).unwrap(), 4 + ledger.rows.len());
    assert_eq!(text(last, 0), "合计");
    let numbers =
        (4..last).filter(|row| matches!(sheet.get_value((*row, 10)), Some(Data::Float(_) | Data::Int(_)))).count();
    assert_eq!(numbers, 2);
    let heads = (4..last).filter(|row| !text(*row, 4).is_empty()).count();
    assert_eq!(heads, ledger.defects.households);
}

#[test]
fn the_csv_is_gbk_and_has_the_same_rows() {
    let (_, ledger) = sample();
    let bytes = ledger_file::gbk_csv(&ledger);
    assert!(std::str::from_utf8(&bytes).is_err());
    let (text, _, broken) = encoding_rs::GBK.decode(&bytes);
    assert!(!broken && !text.contains('?'));
    assert_eq!(text.lines().count(), ledger.rows.len() + 5);
    assert_eq!(text.matches("E+17").count(), 2);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    assert!(reader.records().all(|line| line.unwrap().len() == 18));
}

#[test]
fn all_samples_are_written() {
    let street = Street::generate(2301, TODAY, CodeDigits::default());
    let folder = tempfile::tempdir().unwrap();
    let communities = [("230103013001".to_owned(), "元士社区居委会".to_owned())];
    write(folder.path(), &street, &catalogue(), &communities, 2301, TODAY).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut expected = [LEDGER, LEDGER_CSV, ROLL, COMMUNITIES, GRIDS, README].map(str::to_owned);
    expected.sort();
    assert_eq!(names, expected);
    let mut book: Xlsx<_> = calamine::open_workbook(folder.path().join(GRIDS)).unwrap();
    let sheet = book.worksheet_range("统计表").unwrap();
    assert_eq!(sheet.get_value((4, 1)).map(ToString::to_string).as_deref(), Some("焊接第1网格"));
}

#[test]
fn the_platform_reads_the_samples_as_their_makers_meant_them() {
    let (street, ledger) = sample();
    let folder = tempfile::tempdir().unwrap();
    let communities = crate::demo::areas::communities(&crate::demo::areas::extract());
    write(folder.path(), &street, &catalogue(), &communities, 2301, TODAY).unwrap();
    let table = |name: &str| -> TableRegion {
        let bytes = fs::read(folder.path().join(name)).unwrap();
        let book = linli_workbook::open(&bytes, name, &Limits::default()).unwrap();
        find_tables(&book.sheets[0]).remove(0)
    };
    let rows = |table: &TableRegion, kind: RowKind| table.rows_of(kind).count();
    for name in [LEDGER, LEDGER_CSV] {
        let found = table(name);
        assert_eq!((found.shape, found.columns.len()), (Shape::List, 18), "{name}");
        assert!(found.title.as_deref().is_some_and(|title| title.contains("居民基本信息台账")), "{name}");
        assert_eq!((rows(&found, RowKind::Data), rows(&found, RowKind::Total)), (ledger.rows.len(), 1), "{name}");
    }
    let roll = table(ROLL);
    assert_eq!((roll.shape, roll.columns.len(), rows(&roll, RowKind::Blank)), (Shape::List, 14, 20));
    assert_eq!((rows(&roll, RowKind::Total), rows(&roll, RowKind::Footer)), (1, 2));
    assert!(roll.title.is_some_and(|title| title.contains("老年人花名册")));
    for (name, lines) in [(COMMUNITIES, 6), (GRIDS, 3)] {
        let cross = table(name);
        assert_eq!(
            (cross.shape, cross.columns.len(), rows(&cross, RowKind::Data)),
            (Shape::Cross, 15, lines),
            "{name}"
        );
        assert_eq!(rows(&cross, RowKind::Total), 1, "{name}");
    }
}
