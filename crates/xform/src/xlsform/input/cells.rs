//! Forms in workbooks: cells as the reference compiler turns them into text.

use linli_workbook::{Book, CellValue, Limits, Sheet};

use super::{KNOWN, RawBook, RawRow, RawSheet, Source, check};
use crate::xlsform::finding::Finding;

/// Empty columns in a row after which the headers have ended.
const HEADER_GAP: usize = 20;
/// Empty rows after which the sheet has ended.
const ROW_GAP: usize = 60;
/// Bounds on the workbook: a form of 50 MB is none.
const BYTES: u64 = 50 << 20;

/// Reads a workbook.
pub(super) fn read(source: &Source<'_>) -> Result<RawBook, Finding> {
    let limits = Limits { max_bytes: BYTES, max_inflated: 512 << 20, max_cells: 6_000_000, ..Limits::default() };
    let book = linli_workbook::open(source.bytes, source.name, &limits).map_err(|e| {
        Finding::error(
            "file-not-readable",
            "",
            format!("工作簿打不开（{e}）。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"),
            format!("The workbook cannot be opened ({e}). Open it in a spreadsheet program and save it as .xlsx."),
        )
    })?;
    sheets(&book)
}

fn sheets(book: &Book) -> Result<RawBook, Finding> {
    let mut found = RawBook::default();
    let alone = book.sheets.len() == 1;
    for sheet in &book.sheets {
        found.names.push(sheet.name.clone());
        if alone || KNOWN.contains(&sheet.name.to_lowercase().as_str()) {
            let raw = read_sheet(sheet)?;
            check(&raw)?;
            found.add(raw, alone);
        }
    }
    Ok(found)
}

fn read_sheet(sheet: &Sheet) -> Result<RawSheet, Finding> {
    let headers = headers(sheet)?;
    let mut rows: Vec<RawRow> = Vec::new();
    let mut empty = 0;
    for row in 1..sheet.rows {
        let mut raw = RawRow { number: row + 1, cells: Vec::new() };
        for (col, cell) in sheet.row(row) {
            let col = col as usize;
            if headers.get(col).is_some_and(Option::is_some)
                && let Some(text) = shown(&cell.value)
            {
                raw.cells.push((col, text));
            }
        }
        if raw.cells.is_empty() {
            if empty == ROW_GAP {
                break;
            }
            empty += 1;
        } else {
            empty = 0;
        }
        rows.push(raw);
    }
    rows.truncate(rows.len() - empty);
    Ok(RawSheet { name: sheet.name.clone(), headers, rows })
}

fn headers(sheet: &Sheet) -> Result<Vec<Option<String>>, Finding> {
    let mut headers: Vec<Option<String>> = Vec::new();
    let mut written: Vec<String> = Vec::new();
    let mut empty = 0;
    for col in 0..sheet.cols {
        let Some(header) = shown(&sheet.cell(0, col).value) else {
            headers.push(None);
            if empty == HEADER_GAP {
                break;
            }
            empty += 1;
            continue;
        };
        empty = 0;
        let header = one_space(&header);
        if written.contains(&header) {
            return Err(Finding::error(
                "header-duplicate",
                &sheet.name.to_lowercase(),
                format!("列名“{header}”出现了两次。请删除或改名其中一列。"),
                format!("Duplicate column header: '{header}'. Rename or remove one of the two columns."),
            )
            .row(1)
            .column(header));
        }
        written.push(header.clone());
        headers.push(Some(header));
    }
    while headers.last().is_some_and(Option::is_none) {
        headers.pop();
    }
    Ok(headers)
}

/// Runs of spaces as one.
fn one_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out
}

/// The cell as text, `None` when nothing can be read in it.
fn shown(value: &CellValue) -> Option<String> {
    Some(match value {
        CellValue::Empty => return None,
        CellValue::Text(text) | CellValue::Error(text) => {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            text.replace('\u{a0}', " ")
        }
        CellValue::Number(n) => number(*n),
        CellValue::Bool(true) => "TRUE".to_owned(),
        CellValue::Bool(false) => "FALSE".to_owned(),
        CellValue::Date { year, month, day, time } => {
            let (h, m, s) = time.map_or((0, 0, 0), |t| (t.hour, t.minute, t.second));
            format!("{year:04}-{month:02}-{day:02} {h:02}:{m:02}:{s:02}")
        }
    })
}

/// A number as Python writes it: whole numbers without a point, very small ones with an exponent.
fn number(n: f64) -> String {
    if n.fract() == 0.0 {
        return format!("{n:.0}");
    }
    if n.abs() >= 1e-4 {
        return format!("{n}");
    }
    let text = format!("{n:e}");
    match text.split_once("e-") {
        Some((mantissa, exponent)) => format!("{mantissa}e-{exponent:0>2}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_as_the_reference_reads_them() {
        for (value, text) in [
            (CellValue::Number(3.0), "3"),
            (CellValue::Number(0.1), "0.1"),
            (CellValue::Number(0.000_015), "1.5e-05"),
            (CellValue::Number(123_456_789_012.0), "123456789012"),
            (CellValue::Bool(true), "TRUE"),
            (CellValue::text("\u{a0} a\u{a0}b "), "a b"),
            (CellValue::Date { year: 2024, month: 5, day: 3, time: None }, "2024-05-03 00:00:00"),
        ] {
            assert_eq!(shown(&value).as_deref(), Some(text));
        }
        assert_eq!(shown(&CellValue::text(" \u{a0}")), None);
    }
}
