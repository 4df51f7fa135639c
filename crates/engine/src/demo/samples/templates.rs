//! Departments' empty templates, with the layout that must survive filling.

use jiff::civil::Date;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use super::ledger_file::workbook;

/// Columns of the roll of elderly people: group, heading, width.
const ROLL: [(&str, &str, f64); 14] = [
    ("序号", "序号", 6.0),
    ("基本信息", "姓名", 11.0),
    ("基本信息", "性别", 6.0),
    ("基本信息", "出生日期", 13.0),
    ("基本信息", "身份证号", 22.0),
    ("基本信息", "民族", 8.0),
    ("住址", "住址", 46.0),
    ("联系电话", "联系电话", 15.0),
    ("文化程度", "文化程度", 12.0),
    ("政治面貌", "政治面貌", 12.0),
    ("关爱类别", "关爱类别", 24.0),
    ("紧急联系人", "联系人姓名", 12.0),
    ("紧急联系人", "联系电话", 15.0),
    ("备注", "备注", 16.0),
];

/// Empty rows a department leaves for the data.
const EMPTY_ROWS: u32 = 20;

struct Styles {
    title: Format,
    line: Format,
    head: Format,
    cell: Format,
    total: Format,
}

impl Styles {
    fn new() -> Self {
        let base = Format::new().set_font_name("仿宋").set_font_size(11).set_align(FormatAlign::VerticalCenter);
        let cell = base.clone().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
        Self {
            title: Format::new()
                .set_font_name("方正小标宋简体")
                .set_font_size(20)
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter),
            line: base,
            head: cell
                .clone()
                .set_font_name("黑体")
                .set_text_wrap()
                .set_border(FormatBorder::Medium)
                .set_background_color(Color::RGB(0x00FC_E4D6)),
            total: cell.clone().set_bold().set_background_color(Color::RGB(0x00FF_F2CC)),
            cell,
        }
    }
}

/// 老年人花名册: a person a row.
pub fn roll(today: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook(today)?;
    let styles = Styles::new();
    let sheet = book.add_worksheet();
    sheet.set_name("老年人花名册")?;
    let last = column(ROLL.len() - 1);
    sheet.merge_range(0, 0, 0, last, &format!("{}年60周岁以上老年人花名册", today.year()), &styles.title)?;
    sheet.set_row_height(0, 36)?;
    sheet.merge_range(
        1,
        0,
        1,
        last,
        "填表单位(盖章):                                        填报日期:      年   月   日",
        &styles.line,
    )?;
    let headings: Vec<(&str, &str)> = ROLL.iter().map(|(group, name, _)| (*group, *name)).collect();
    header(sheet, &headings, &styles.head)?;
    for (at, (.., width)) in ROLL.iter().enumerate() {
        sheet.set_column_width(column(at), *width)?;
    }
    for row in 4..4 + EMPTY_ROWS {
        sheet.set_row_height(row, 20)?;
        for at in 0..ROLL.len() {
            let format = match at {
                3 => styles.cell.clone().set_num_format("yyyy-mm-dd"),
                4 | 7 | 12 => styles.cell.clone().set_num_format("@"),
                _ => styles.cell.clone(),
            };
            sheet.write_blank(row, column(at), &format)?;
        }
    }
    let total = 4 + EMPTY_ROWS;
    sheet.write_string_with_format(total, 0, "合计", &styles.total)?;
    sheet.write_formula_with_format(
        total,
        1,
        Formula::new(format!("=COUNTA(B5:B{total})")).set_result("0"),
        &styles.total,
    )?;
    for at in 2..ROLL.len() {
        sheet.write_blank(total, column(at), &styles.total)?;
    }
    sheet.merge_range(
        total + 1,
        0,
        total + 1,
        last,
        "填表人:                审核人:                单位负责人:                联系电话:",
        &styles.line,
    )?;
    sheet.merge_range(
        total + 2,
        0,
        total + 2,
        last,
        "说明:本表一式两份,年满60周岁的常住老年人均须填报;关爱类别填独居、空巢、高龄、失能等。",
        &styles.line,
    )?;
    sheet.set_freeze_panes(4, 2)?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(2, 3)?.set_print_fit_to_pages(1, 0);
    book.save_to_buffer()
}

/// Columns of the cross tables after the name: group, heading.
pub const COUNTS: [(&str, &str); 13] = [
    ("总户数", "总户数"),
    ("总人口", "总人口"),
    ("性别", "男"),
    ("性别", "女"),
    ("年龄", "14岁以下"),
    ("年龄", "15-59岁"),
    ("年龄", "60岁以上"),
    ("年龄", "80岁以上"),
    ("户籍人口", "户籍人口"),
    ("流动人口", "流动人口"),
    ("重点服务对象", "独居老人"),
    ("重点服务对象", "残疾人"),
    ("重点服务对象", "低保对象"),
];

/// A cross table: a community or grid a row, counts in the columns, a totals row with formulas.
pub fn cross(title: &str, of: &str, rows: &[&str], today: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook(today)?;
    let styles = Styles::new();
    let sheet = book.add_worksheet();
    sheet.set_name("统计表")?;
    let last = column(COUNTS.len() + 1);
    sheet.merge_range(0, 0, 0, last, title, &styles.title)?;
    sheet.set_row_height(0, 36)?;
    sheet.merge_range(
        1,
        0,
        1,
        last,
        &format!(
            "填表单位:七政街道办事处          统计截止日期:{}年{}月{}日          单位:户、人",
            today.year(),
            today.month(),
            today.day()
        ),
        &styles.line,
    )?;
    let mut headings = vec![("序号", "序号"), (of, of)];
    headings.extend(COUNTS);
    header(sheet, &headings, &styles.head)?;
    sheet.set_column_width(0, 6)?;
    sheet.set_column_width(1, 22)?;
    sheet.set_column_range_width(2, last, 10)?;
    let mut row = 4;
    for (at, name) in rows.iter().enumerate() {
        sheet.write_number_with_format(row, 0, f64::from(u32::try_from(at + 1).unwrap_or(0)), &styles.cell)?;
        sheet.write_string_with_format(row, 1, *name, &styles.cell)?;
        for at in 0..COUNTS.len() {
            sheet.write_blank(row, column(at + 2), &styles.cell)?;
        }
        row += 1;
    }
    sheet.merge_range(row, 0, row, 1, "合计", &styles.total)?;
    for at in 0..COUNTS.len() {
        let letter = char::from(b'C' + u8::try_from(at).unwrap_or(0));
        let formula = Formula::new(format!("=SUM({letter}5:{letter}{row})")).set_result("0");
        sheet.write_formula_with_format(row, column(at + 2), formula, &styles.total)?;
    }
    sheet.merge_range(
        row + 1,
        0,
        row + 1,
        last,
        "填表人:                    审核人:                    联系电话:",
        &styles.line,
    )?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 1);
    book.save_to_buffer()
}

/// A header of two rows: groups merged across, single headings merged downwards.
fn header(sheet: &mut Worksheet, headings: &[(&str, &str)], format: &Format) -> Result<(), XlsxError> {
    let mut at = 0;
    for group in headings.chunk_by(|a, b| a.0 == b.0) {
        match group {
            [(upper, _)] => {
                sheet.merge_range(2, column(at), 3, column(at), upper, format)?;
            }
            [(upper, _), ..] => {
                sheet.merge_range(2, column(at), 2, column(at + group.len() - 1), upper, format)?;
                for (offset, (_, lower)) in group.iter().enumerate() {
                    sheet.write_string_with_format(3, column(at + offset), *lower, format)?;
                }
            }
            [] => {}
        }
        at += group.len();
    }
    Ok(())
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
