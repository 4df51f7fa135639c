//! Where tables are.

use linli_workbook::{CellValue, RowKind, Shape, find_tables, resolve, value_at};
use rust_xlsxwriter::{Format, FormatBorder, Workbook};

use crate::support::{book, drawn};

fn kinds(table: &linli_workbook::TableRegion) -> String {
    let letter = |k| match k {
        RowKind::Data => 'd',
        RowKind::Blank => '.',
        RowKind::Total => 't',
        RowKind::Footer => 'f',
        RowKind::Numbering => 'n',
    };
    table.data_rows.iter().map(|r| letter(r.kind)).collect()
}

fn labels(table: &linli_workbook::TableRegion) -> Vec<&str> {
    table.columns.iter().map(|c| c.label.as_str()).collect()
}

#[test]
fn a_ledger_with_title_facts_numbering_blank_rows_totals_and_signatures() {
    let sheet = drawn(&[
        "附件1",
        "安平街道居民台账",
        "填报单位：安平街道||填报日期：2024年5月",
        "序号|姓 名|联系\n电话|收入(元)",
        "1|2|3|4",
        "1|张三|13800000000|100",
        "||",
        "2|李四|13900000000|200",
        "3||",
        "合  计|||300",
        "填表人：王五||审核人：赵六|",
        "注：1.本表一式两份",
    ]);
    let tables = find_tables(&sheet);
    assert_eq!(tables.len(), 1);
    let table = &tables[0];
    assert_eq!(table.title.as_deref(), Some("安平街道居民台账"));
    assert_eq!(table.header_rows, 3..=3);
    assert_eq!(labels(table), ["序号", "姓名", "联系电话", "收入"]);
    assert_eq!(table.columns[3].unit.as_deref(), Some("元"));
    assert_eq!(kinds(table), "nd.d.tff");
    assert_eq!(table.shape, Shape::List);
    assert_eq!(table.fillable(), Some(5..=8));
}

#[test]
fn merged_headers_of_three_rows_become_paths() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let look = Format::new().set_border(FormatBorder::Thin);
    sheet.merge_range(0, 0, 0, 6, "人口基本情况表", &look).unwrap();
    sheet.merge_range(1, 0, 3, 0, "序号", &look).unwrap();
    sheet.merge_range(1, 1, 3, 1, "姓名", &look).unwrap();
    sheet.merge_range(1, 2, 1, 5, "基本信息", &look).unwrap();
    sheet.merge_range(2, 2, 2, 3, "联系方式", &look).unwrap();
    sheet.merge_range(2, 4, 2, 5, "住房", &look).unwrap();
    for (col, text) in [(2, "电话"), (3, "住址"), (4, "面积（㎡）"), (5, "产权")] {
        sheet.write_with_format(3, col, text, &look).unwrap();
    }
    sheet.merge_range(1, 6, 3, 6, "备注", &look).unwrap();
    for row in 4..9 {
        for col in 0..7 {
            sheet.write_blank(row, col, &look).unwrap();
        }
    }
    let book = book(&workbook.save_to_buffer().unwrap());
    let tables = find_tables(&book.sheets[0]);
    let table = &tables[0];
    assert_eq!(table.header_rows, 1..=3);
    assert_eq!(table.columns[2].path, ["基本信息", "联系方式", "电话"]);
    assert_eq!(
        labels(table),
        [
            "序号",
            "姓名",
            "基本信息/联系方式/电话",
            "基本信息/联系方式/住址",
            "基本信息/住房/面积",
            "基本信息/住房/产权",
            "备注"
        ]
    );
    assert_eq!(table.columns[4].unit.as_deref(), Some("㎡"));
    assert_eq!(table.fillable(), Some(4..=8), "framed rows are room to fill in");
}

#[test]
fn an_outer_label_without_a_merge_still_covers_its_columns() {
    let table =
        &find_tables(&drawn(&["序号|姓名|联系方式||备注", "||电话|住址|", "1|张三|138|左|", "2|李四|139|右|"]))[0];
    assert_eq!(table.header_rows, 0..=1);
    assert_eq!(labels(table), ["序号", "姓名", "联系方式/电话", "联系方式/住址", "备注"]);
    assert_eq!(kinds(table), "dd");
}

#[test]
fn a_cross_table_has_stubs_and_a_unit_for_all() {
    let table = &find_tables(&drawn(&[
        "各街道人口情况统计表",
        "单位：人",
        "街道|60岁以上|残疾人|备注",
        "安平街道|120|30|",
        "建国街道|90|12|含新增",
        "合计|210|42|",
    ]))[0];
    assert_eq!((table.shape, table.stub_cols.as_slice()), (Shape::Cross, &[0][..]));
    assert_eq!(table.columns[1].unit.as_deref(), Some("人"));
    assert_eq!((table.columns[0].unit.as_deref(), table.columns[3].unit.as_deref()), (None, None));
    assert_eq!(kinds(table), "ddt");
    // The same table before anyone has filled it in.
    let empty = &find_tables(&drawn(&["街道|60岁以上|残疾人", "安平街道||", "建国街道||", "合计||"]))[0];
    assert_eq!((empty.shape, empty.stub_cols.as_slice()), (Shape::Cross, &[0][..]));
}

#[test]
fn several_tables_on_a_sheet_are_found_each_with_its_title() {
    let tables = find_tables(&drawn(&[
        "一、低保户名单",
        "序号|姓名|电话",
        "1|张三|138",
        "",
        "二、残疾人名单",
        "序号|姓名|残疾类别|电话",
        "1|李四|肢体|139",
        "2|王五|视力|137",
    ]));
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[0].title.as_deref(), Some("一、低保户名单"));
    assert_eq!(tables[1].title.as_deref(), Some("二、残疾人名单"));
    assert_eq!((kinds(&tables[0]).as_str(), kinds(&tables[1]).as_str()), ("d", "dd"));
}

#[test]
fn a_header_printed_again_on_each_page_begins_a_new_block() {
    let tables = find_tables(&drawn(&["姓名|电话", "张三|138", "姓名|电话", "李四|139"]));
    assert_eq!(tables.iter().map(kinds).collect::<Vec<_>>(), ["d", "d"]);
}

#[test]
fn merges_and_ditto_marks_mean_the_value_above() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (col, text) in ["户号", "姓名", "住址"].iter().enumerate() {
        sheet.write(0, col as u16, *text).unwrap();
    }
    sheet.merge_range(1, 0, 3, 0, "H001", &Format::new()).unwrap();
    for (row, name, place) in [(1, "张三", "一单元"), (2, "张四", "同上"), (3, "张五", "〃")] {
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 2, place).unwrap();
    }
    let book = book(&workbook.save_to_buffer().unwrap());
    let sheet = &book.sheets[0];
    let table = &find_tables(sheet)[0];
    assert_eq!(value_at(sheet, table, 3, 0), &CellValue::text("H001"));
    assert_eq!(resolve(sheet, table, 3, 2), &CellValue::text("一单元"));
    assert_eq!(value_at(sheet, table, 3, 2), &CellValue::text("〃"));
}

#[test]
fn sheets_without_a_table_have_none_and_odd_ones_do_not_panic() {
    assert!(find_tables(&drawn(&[])).is_empty());
    assert!(find_tables(&drawn(&["说明", "请如实填写"])).is_empty());
    for text in [&["1|2|3", "4|5|6"][..], &["姓名"], &["|||", "合计|1"], &["姓名|电话"], &["甲|乙", "1|2"]] {
        let _ = find_tables(&drawn(text));
    }
    let single = find_tables(&drawn(&["姓名", "张三", "李四"]));
    assert_eq!(kinds(&single[0]), "dd");
}
