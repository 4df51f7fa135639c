//! The ledger as a workbook and as GBK csv.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::ledger::{COLUMNS, Cell, Ledger, Row};

/// Title of the ledger.
const TITLE: &str = "七政街道焊接社区居民基本信息台账(焊接厂散楼)";
/// Columns that a household shares.
const SHARED: std::ops::Range<usize> = 1..5;
/// Row where the data begin: a title, a line about the office, a header of two rows.
const FIRST_ROW: u32 = 4;

/// The line under the title.
fn office_line(today: Date) -> String {
    format!(
        "填表单位:焊接社区居委会    填表人:王丽    填表日期:{}年{}月    (演示数据,人员均为虚构)",
        today.year(),
        today.month()
    )
}

fn totals(ledger: &Ledger) -> String {
    format!("共 {} 户 {} 人", ledger.defects.households, ledger.rows.len())
}

/// A workbook that says it was made on `today`, so that the same seed gives the same bytes.
pub(super) fn workbook(today: Date) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(
        u16::try_from(today.year()).unwrap_or(2026),
        u8::try_from(today.month()).unwrap_or(1),
        u8::try_from(today.day()).unwrap_or(1),
    )?;
    book.set_properties(
        &DocProperties::new()
            .set_author("Linli demo")
            .set_comment("synthetic people 虚构人员")
            .set_creation_datetime(&made),
    );
    Ok(book)
}

/// The ledger as an office keeps it.
pub fn xlsx(ledger: &Ledger, today: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook(today)?;
    let sheet = book.add_worksheet();
    sheet.set_name("焊接厂散楼")?;
    header(sheet, today)?;
    let cell = Format::new()
        .set_font_name("宋体")
        .set_font_size(10)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::VerticalCenter);
    let middle = cell.clone().set_align(FormatAlign::Center);
    let date = middle.clone().set_num_format("yyyy/m/d");
    let number = cell.clone().set_num_format("General");
    let mut row = FIRST_ROW;
    for household in ledger.rows.chunk_by(|a, b| a.household == b.household) {
        shared_cells(sheet, row, household, &middle)?;
        for person in household {
            sheet.write_number_with_format(row, 0, f64::from(row - FIRST_ROW + 1), &middle)?;
            for (at, value) in person.cells.iter().enumerate() {
                let column = column_number(SHARED.end + at);
                match value {
                    Cell::Text(text) => sheet.write_string_with_format(row, column, text, &cell)?,
                    Cell::Number(value) => sheet.write_number_with_format(row, column, *value, &number)?,
                    Cell::Date(day) => sheet.write_datetime_with_format(row, column, excel_date(*day)?, &date)?,
                };
            }
            row += 1;
        }
    }
    let bold = cell.clone().set_bold().set_background_color(Color::RGB(0x00F2_F2F2));
    sheet.write_string_with_format(row, 0, "合计", &bold)?;
    sheet.merge_range(row, 1, row, column_number(COLUMNS.len() - 1), &totals(ledger), &bold)?;
    sheet.set_freeze_panes(FIRST_ROW, 6)?;
    sheet.set_landscape().set_paper_size(8).set_repeat_rows(2, 3)?;
    book.save_to_buffer()
}

fn header(sheet: &mut Worksheet, today: Date) -> Result<(), XlsxError> {
    let last = column_number(COLUMNS.len() - 1);
    let title = Format::new()
        .set_font_name("黑体")
        .set_font_size(16)
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter);
    let line = Format::new().set_font_name("宋体").set_font_size(10);
    let head = Format::new()
        .set_font_name("黑体")
        .set_font_size(10)
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_text_wrap()
        .set_background_color(Color::RGB(0x00DD_EBF7));
    sheet.merge_range(0, 0, 0, last, TITLE, &title)?;
    sheet.set_row_height(0, 30)?;
    sheet.merge_range(1, 0, 1, last, &office_line(today), &line)?;
    let mut at = 0;
    for group in COLUMNS.chunk_by(|a, b| a.0 == b.0) {
        let (first, end) = (column_number(at), column_number(at + group.len() - 1));
        match group {
            [(upper, lower)] if upper == lower => {
                sheet.merge_range(2, first, 3, first, upper, &head)?;
            }
            [(upper, _), ..] => {
                if group.len() > 1 {
                    sheet.merge_range(2, first, 2, end, upper, &head)?;
                } else {
                    sheet.write_string_with_format(2, first, *upper, &head)?;
                }
                for (offset, (_, lower)) in group.iter().enumerate() {
                    sheet.write_string_with_format(3, column_number(at + offset), *lower, &head)?;
                }
            }
            [] => {}
        }
        at += group.len();
    }
    let widths = [5.0, 8.0, 8.0, 7.0, 10.0, 12.0, 12.0, 6.0, 9.0, 13.0, 21.0, 15.0, 14.0, 40.0, 14.0, 12.0, 12.0, 26.0];
    for (column, width) in widths.into_iter().enumerate() {
        sheet.set_column_width(column_number(column), width)?;
    }
    Ok(())
}

fn shared_cells(sheet: &mut Worksheet, row: u32, household: &[Row], format: &Format) -> Result<(), XlsxError> {
    let Some(first) = household.first() else { return Ok(()) };
    let last = row + u32::try_from(household.len()).unwrap_or(1) - 1;
    for (at, text) in SHARED.zip(&first.household) {
        let column = column_number(at);
        if last > row {
            sheet.merge_range(row, column, last, column, text, format)?;
        } else {
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

fn excel_date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or(1900),
        u8::try_from(day.month()).unwrap_or(1),
        u8::try_from(day.day()).unwrap_or(1),
    )
}

fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// The same ledger as csv in GBK, as "save as" makes it: merged cells are blank below their first row, the damaged numbers
/// are as Excel showed them, characters that GBK lacks are question marks.
pub fn gbk_csv(ledger: &Ledger) -> Vec<u8> {
    let mut lines = vec![vec![TITLE.to_owned()], vec!["填表单位:焊接社区居委会(演示数据,人员均为虚构)".to_owned()]];
    let mut upper = Vec::new();
    for group in COLUMNS.chunk_by(|a, b| a.0 == b.0) {
        upper.push(group.first().map(|column| column.0.to_owned()).unwrap_or_default());
        upper.extend(vec![String::new(); group.len() - 1]);
    }
    lines.push(upper);
    lines.push(
        COLUMNS.iter().map(|(group, name)| if group == name { String::new() } else { (*name).to_owned() }).collect(),
    );
    let mut number = 0;
    for household in ledger.rows.chunk_by(|a, b| a.household == b.household) {
        for (at, person) in household.iter().enumerate() {
            number += 1;
            let mut line = vec![number.to_string()];
            line.extend(person.household.iter().map(|text| if at == 0 { text.clone() } else { String::new() }));
            line.extend(person.cells.iter().map(cell_text));
            lines.push(line);
        }
    }
    lines.push(vec!["合计".to_owned(), totals(ledger)]);
    let width = COLUMNS.len();
    let text: String = lines
        .into_iter()
        .map(|mut line| {
            line.resize(width, String::new());
            line.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
        })
        .collect();
    text.chars()
        .flat_map(|c| {
            let text = c.to_string();
            let (bytes, _, unmappable) = encoding_rs::GBK.encode(&text);
            if unmappable { b"?".to_vec() } else { bytes.into_owned() }
        })
        .collect()
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Date(day) => format!("{}/{}/{}", day.year(), day.month(), day.day()),
        Cell::Number(value) => format!("{value:.5E}").replace('E', "E+"),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
