//! The bytes of a form → its sheets, every cell as text.

mod cells;
mod csv;
mod markdown;

use super::Source;
use super::finding::Finding;

/// Sheets that mean something in an XLSForm.
pub(super) const KNOWN: [&str; 6] = ["survey", "choices", "settings", "external_choices", "osm", "entities"];

/// Rows of one sheet that are still read; longer sheets are refused instead of filling the memory.
const MOST_ROWS: usize = 200_000;
/// Columns of one sheet.
const MOST_COLUMNS: usize = 2_000;

/// One row under its headers.
#[derive(Debug, Clone, Default)]
pub(super) struct RawRow {
    /// Counted from 1 as a spreadsheet does.
    pub(super) number: u32,
    /// Column and text of the cells that hold something, in the order of the columns.
    pub(super) cells: Vec<(usize, String)>,
}

/// One sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct RawSheet {
    /// Lower case, one of [`KNOWN`].
    pub(super) name: String,
    /// The headers; `None` for a column without one.
    pub(super) headers: Vec<Option<String>>,
    pub(super) rows: Vec<RawRow>,
}

/// All sheets.
#[derive(Debug, Clone, Default)]
pub(super) struct RawBook {
    /// Every sheet's name as written, also of sheets that are not read.
    pub(super) names: Vec<String>,
    sheets: Vec<RawSheet>,
}

impl RawBook {
    /// A known sheet that has headers or rows.
    pub(super) fn sheet(&self, name: &str) -> Option<&RawSheet> {
        self.sheets.iter().find(|s| s.name == name && !(s.headers.is_empty() && s.rows.is_empty()))
    }

    /// Keeps a sheet that an XLSForm knows; the only sheet of a file is the survey whatever it is called.
    fn add(&mut self, mut sheet: RawSheet, alone: bool) {
        sheet.name = sheet.name.to_lowercase();
        if !KNOWN.contains(&sheet.name.as_str()) {
            if !alone {
                return;
            }
            "survey".clone_into(&mut sheet.name);
        }
        self.sheets.retain(|s| s.name != sheet.name);
        self.sheets.push(sheet);
    }
}

/// What a file is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Workbook,
    Csv,
    Markdown,
}

/// Reads the form's file.
pub(super) fn read(source: &Source<'_>) -> Result<RawBook, Finding> {
    match form_of(source) {
        Form::Workbook => cells::read(source),
        Form::Csv => csv::read(text(source.bytes)?),
        Form::Markdown => markdown::read(text(source.bytes)?),
    }
}

/// A form of any kind as CSV text.
pub(super) fn to_csv(source: &Source<'_>) -> Result<String, Finding> {
    read(source).map(|book| csv::write(&book))
}

/// The form's name without folder and extension; `None` when nothing is left.
pub(super) fn stem(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    (!stem.is_empty()).then_some(stem)
}

/// The extension decides, unless the content is plainly a workbook or the extension is unknown.
fn form_of(source: &Source<'_>) -> Form {
    if source.bytes.starts_with(b"PK\x03\x04") || source.bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Form::Workbook;
    }
    let extension = source.name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
    match extension.as_str() {
        "xlsx" | "xlsm" | "xls" => Form::Workbook,
        "csv" => Form::Csv,
        "md" => Form::Markdown,
        _ if source.bytes.iter().take(5_000).filter(|b| **b == b'|').count() >= 5 => Form::Markdown,
        _ => Form::Csv,
    }
}

fn text(bytes: &[u8]) -> Result<&str, Finding> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        Finding::error(
            "file-encoding",
            "",
            "文件不是 UTF-8 编码。请另存为“CSV UTF-8”，或直接上传 .xlsx。",
            "The file is not UTF-8. Save it as 'CSV UTF-8', or upload the .xlsx itself.",
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn not_a_form() -> Finding {
    Finding::error(
        "file-not-a-form",
        "",
        "文件里没有 XLSForm 的表格。请上传 .xlsx、.xls、.csv 或 Markdown 表格，至少有一张 survey 表。",
        "No XLSForm tables were found. Upload .xlsx, .xls, .csv or Markdown tables with at least a survey sheet.",
    )
}

fn too_large(sheet: &str) -> Finding {
    Finding::error(
        "sheet-too-large",
        sheet,
        format!("表太大：最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列。请删去多余的行或列，或把选项放进外部 CSV。"),
        format!(
            "The sheet is too large: at most {MOST_ROWS} rows and {MOST_COLUMNS} columns. Move long lists to a CSV."
        ),
    )
}

/// Refuses characters that an XML document cannot hold, and sheets beyond the limits.
fn check(sheet: &RawSheet) -> Result<(), Finding> {
    if sheet.rows.len() > MOST_ROWS || sheet.headers.len() > MOST_COLUMNS {
        return Err(too_large(&sheet.name));
    }
    let headers = sheet.headers.iter().flatten().map(|h| (1, h, h));
    let cells = sheet.rows.iter().flat_map(|row| {
        row.cells.iter().filter_map(move |(col, text)| Some((row.number, text, sheet.headers.get(*col)?.as_ref()?)))
    });
    for (row, text, header) in headers.chain(cells) {
        if let Some(bad) = text.chars().find(|c| !is_xml_char(*c)) {
            let code = u32::from(bad);
            return Err(Finding::error(
                "character-not-allowed",
                &sheet.name,
                format!("单元格里有 XML 不允许的控制字符 U+{code:04X}。请重新输入这个单元格。"),
                format!("The cell has a control character (U+{code:04X}) that XML cannot hold. Type the cell again."),
            )
            .row(row)
            .column(header.as_str()));
        }
    }
    Ok(())
}

/// The characters of XML 1.0, production 2.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stem_of_a_file_is_its_fallback_id() {
        assert_eq!(stem("forms/入户.v2.xlsx"), Some("入户.v2"));
        assert_eq!(stem(".md"), None);
        assert_eq!(stem("plain"), Some("plain"));
    }

    #[test]
    fn text_in_another_encoding_is_refused_with_what_to_do() {
        let got = read(&Source { name: "a.csv", bytes: &[0xC4, 0xE3, 0xBA, 0xC3] }).unwrap_err();
        assert_eq!(got.code, "file-encoding");
    }
}
