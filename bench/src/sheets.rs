//! A 50,000-row ledger in against pandas + openpyxl, and a 10,000 × 30 template out against openpyxl.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use linli_workbook::{CellWrite, Limits, OutValue, SheetEdit};
use rust_xlsxwriter::{Format, FormatBorder, Workbook, XlsxError};

use crate::{
    program::{binary, measure},
    report::Report,
};

const LEDGER_ROWS: u32 = 50_000;
const FILL_ROWS: u32 = 10_000;
const FILL_COLUMNS: u16 = 30;
const HEADINGS: [&str; 20] = [
    "序号",
    "姓名",
    "性别",
    "身份证号码",
    "民族",
    "出生日期",
    "与户主关系",
    "户号",
    "联系电话",
    "文化程度",
    "政治面貌",
    "婚姻状况",
    "人员类别",
    "工作单位",
    "职业",
    "现住址",
    "户籍地址",
    "楼栋",
    "单元",
    "备注",
];

/// Measures import and fill.
pub fn measure_all(report: &mut Report, demo: &Path, community: &str) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    import(report, demo, community, folder.path())?;
    fill(report, folder.path())
}

fn import(report: &mut Report, demo: &Path, community: &str, folder: &Path) -> io::Result<()> {
    let ledger = folder.join("台账.xlsx");
    write_ledger(&ledger).map_err(io::Error::other)?;
    let peer = python("import_pandas.py", &[&text(&ledger), &text(&folder.join("peer.db"))])?;
    let arguments =
        ["import", "--data", &text(demo), "--entity", "resident", "--area", community, "--json", &text(&ledger)];
    let (ours, peak) = measure(&binary(), &arguments)?;
    report.faster("import of a 50,000-row ledger, whole process", ours, peer, 10.0)?;
    report.limit("import of a 50,000-row ledger, peak memory", peak as f64 / 1e6, "MB", 300.0)
}

fn fill(report: &mut Report, folder: &Path) -> io::Result<()> {
    let template = folder.join("template.xlsx");
    write_template(&template).map_err(io::Error::other)?;
    let (rows, columns) = (FILL_ROWS.to_string(), FILL_COLUMNS.to_string());
    let out = text(&folder.join("peer.xlsx"));
    let peer = python("fill_openpyxl.py", &[&text(&template), &out, "4", &rows, &columns])?;
    let bytes = std::fs::read(&template)?;
    let started = std::time::Instant::now();
    let writes = (0..FILL_ROWS).flat_map(|row| (0..FILL_COLUMNS).map(move |column| cell(row, column))).collect();
    let edit = SheetEdit { sheet: "Sheet1".into(), writes, grow: None };
    let filled =
        linli_workbook::fill(&bytes, "template.xlsx", &[edit], &Limits::default()).map_err(io::Error::other)?;
    std::fs::write(folder.join("ours.xlsx"), filled.bytes)?;
    report.faster("fill of 10,000 rows × 30 columns", started.elapsed().as_secs_f64(), peer, 10.0)
}

fn cell(row: u32, column: u16) -> CellWrite {
    let value = match column % 3 {
        0 => OutValue::Number(f64::from(row) * f64::from(column)),
        _ => OutValue::Text(format!("值{row}-{column}")),
    };
    CellWrite { row: row + 3, col: u32::from(column), value }
}

/// Seconds that a script of `bench/peers` prints.
pub fn python(script: &str, arguments: &[&str]) -> io::Result<f64> {
    let said = python_line(script, arguments)?;
    let seconds = said.split_whitespace().next().and_then(|number| number.parse().ok());
    seconds.ok_or_else(|| io::Error::other(format!("{arguments:?}: {said}")))
}

/// What a peer's script prints.
pub fn python_line(script: &str, arguments: &[&str]) -> io::Result<String> {
    let python = std::env::var("LINLI_PEER_PYTHON").unwrap_or_else(|_| "python3".into());
    let output = Command::new(python).arg(Path::new("bench/peers").join(script)).args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if said.trim().is_empty() {
        return Err(io::Error::other(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr))));
    }
    Ok(said)
}

fn text(path: &Path) -> String {
    PathBuf::from(path).to_string_lossy().into_owned()
}

/// A ledger of synthetic people: 18,000 households with valid identity numbers in the never-assigned region 230199.
fn write_ledger(path: &Path) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in HEADINGS.into_iter().enumerate() {
        sheet.write_string(0, column as u16, heading)?;
    }
    for row in 0..LEDGER_ROWS {
        for (column, value) in ledger_row(row).into_iter().enumerate() {
            sheet.write_string(row + 1, column as u16, value)?;
        }
    }
    book.save(path)
}

fn ledger_row(row: u32) -> [String; 20] {
    let (year, month, day) = (1930 + row % 85, 1 + row % 12, 1 + row % 28);
    let identity = identity_number(&format!("230199{year}{month:02}{day:02}{:03}", row / 85 % 1000));
    let male = identity.as_bytes()[16] % 2 == 1;
    let household = row / 3;
    let relation = ["户主", "配偶", if male { "子" } else { "女" }][row as usize % 3];
    let common = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗";
    let pick = |at: u32| common.chars().nth(at as usize % 20).unwrap_or('王');
    [
        (row + 1).to_string(),
        [pick(household), pick(row / 20), pick(row / 7)].iter().collect(),
        if male { "男" } else { "女" }.into(),
        identity,
        "汉族".into(),
        format!("{year}年{month}月{day}日"),
        relation.into(),
        format!("H{household:06}"),
        format!("1990{row:07}"),
        "大学本科".into(),
        "群众".into(),
        "已婚".into(),
        "常住人口".into(),
        "哈尔滨市某厂".into(),
        "职员".into(),
        format!("幸福小区{}号楼{}单元{}室", household / 60 + 1, household % 3 + 1, household % 60 + 101),
        "黑龙江省哈尔滨市".into(),
        format!("{}号楼", household / 60 + 1),
        format!("{}单元", household % 3 + 1),
        String::new(),
    ]
}

/// Seventeen digits → 18 characters with GB 11643's check character.
fn identity_number(head: &str) -> String {
    let digits: String = head.chars().take(17).collect();
    let digits = format!("{digits:0<17}");
    let sum: u32 = digits.bytes().zip(0_u32..).map(|(digit, at)| u32::from(digit - b'0') * (1 << (17 - at)) % 11).sum();
    format!("{digits}{}", ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize])
}

fn write_template(path: &Path) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let title = Format::new().set_bold().set_font_size(18);
    let cell = Format::new().set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, FILL_COLUMNS - 1, "居民情况登记表", &title)?;
    for column in 0..FILL_COLUMNS {
        sheet.write_with_format(2, column, format!("第{}项", column + 1), &cell)?;
        sheet.set_column_width(column, 12)?;
    }
    book.save(path)
}
