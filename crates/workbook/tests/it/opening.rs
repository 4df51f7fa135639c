//! Opening.

use linli_workbook::{CellValue, Format, Limits, Range, open};
use rust_xlsxwriter::{ExcelDateTime, Formula, Workbook};

use crate::support::{book, shown, xlsx};

#[test]
fn an_office_workbook_opens_with_values_dates_merges_and_formulas() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("人员").unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    sheet.merge_range(0, 0, 0, 3, "居民台账", &rust_xlsxwriter::Format::new()).unwrap();
    sheet.write(1, 0, "张三").unwrap();
    sheet.write(1, 1, 13_812_345_678.0).unwrap();
    sheet.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(1980, 5, 3).unwrap(), &date).unwrap();
    sheet.write_formula(1, 3, Formula::new("SUM(B2:B2)").set_result("13812345678")).unwrap();
    sheet.write(2, 3, true).unwrap();
    workbook.add_worksheet().set_name("隐藏").unwrap().set_hidden(true);
    let book = book(&workbook.save_to_buffer().unwrap());
    assert_eq!(book.format, Format::Xlsx);
    let sheet = &book.sheets[0];
    assert_eq!((sheet.name.as_str(), sheet.rows, sheet.cols), ("人员", 3, 4));
    assert_eq!(sheet.merges, [Range { top: 0, left: 0, bottom: 0, right: 3 }]);
    assert_eq!(shown(sheet, 1), ["张三", "13812345678", "1980-05-03", "13812345678"]);
    assert!(sheet.cell(1, 3).formula && !sheet.cell(1, 1).formula);
    assert_eq!(sheet.cell(2, 3).value, CellValue::Bool(true));
    assert_eq!(sheet.cell(99, 99).value, CellValue::Empty);
    assert!(book.sheets[1].hidden);
}

#[test]
fn rich_text_phonetics_inline_strings_errors_and_missing_places_are_read() {
    let rows = "<sheetData><row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><r><t>一</t></r><r><t xml:space=\"preserve\"> 二&amp;</t></r></is></c>\
        <c t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c><c t=\"str\"><f>T(A1)</f><v>文_x000D_</v></c><c s=\"1\"/></row>\
        <row r=\"4\"><c r=\"B4\" s=\"2\"><v>29344</v></c><c t=\"d\"><v>2024-05-03T08:30:00</v></c><c><v>2.30102E+17</v></c></row></sheetData>";
    let strings = "<sst><si><r><t>张</t></r><rPh><t>ZHANG</t></rPh><r><t>三</t></r></si></sst>";
    let book = book(&xlsx(&[("一", rows)], &[("xl/sharedStrings.xml", strings)]));
    let sheet = &book.sheets[0];
    assert_eq!(shown(sheet, 0), ["张三", "一 二&", "#DIV/0!", "文\r"]);
    assert_eq!(shown(sheet, 3), ["", "1980-05-03", "2024-05-03 08:30:00", "230102000000000000"]);
    assert!(sheet.cell(3, 3).value.digits_lost());
    assert!(sheet.is_framed(0) && !sheet.is_framed(3));
}

#[test]
fn prefixed_elements_are_read_as_any_others() {
    let xml = xlsx(&[("一", "<sheetData/>")], &[]);
    let mut parts = crate::support::unzip(&xml);
    let body = "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is><x:t>值</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>";
    parts.insert("xl/worksheets/sheet1.xml".into(), body.into());
    let parts: Vec<(String, String)> = parts.into_iter().map(|(n, b)| (n, String::from_utf8(b).unwrap())).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, b)| (n.as_str(), b.as_str())).collect();
    assert_eq!(shown(&book(&crate::support::zip_of(&parts)).sheets[0], 0), ["值"]);
}

#[test]
fn the_content_decides_the_format_and_not_the_name() {
    let html = "<table><tr><td>姓名</td></tr></table>";
    assert_eq!(open(html.as_bytes(), "名单.xls", &Limits::default()).unwrap().format, Format::Html);
    assert_eq!(open("姓名,电话".as_bytes(), "名单.xlsx", &Limits::default()).unwrap().format, Format::Csv);
    let xlsx = xlsx(&[("一", "<sheetData/>")], &[]);
    assert_eq!(open(&xlsx, "名单.csv", &Limits::default()).unwrap().format, Format::Xlsx);
}
