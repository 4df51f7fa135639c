//! Old binary workbooks ([MS-XLS]), read by calamine after a look at the records for what calamine does not refuse.

use std::collections::HashMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{Data, Reader, SheetType, SheetVisible, Xls};

use crate::cfb::Compound;
use crate::dates::{NumberStyle, styled_number};
use crate::error::{BookError, Disguise};
use crate::limits::Limits;
use crate::model::{Book, Cell, CellValue, Format, Range, Sheet};

/// What a walk over the records tells.
#[derive(Debug, Default)]
struct Survey {
    epoch_1904: bool,
    /// Offset of each sheet's first record, in the order of the tabs.
    offsets: Vec<u32>,
    /// Column widths by the offset of the sheet.
    widths: HashMap<u32, Vec<(u32, u32, f64)>>,
}

/// Opens an .xls.
pub(crate) fn open_xls(bytes: &[u8], limits: &Limits) -> Result<Book, BookError> {
    let file = Compound::open(bytes)?;
    if file.has("EncryptedPackage") {
        return Err(BookError::Encrypted);
    }
    let stream = match () {
        () if file.has("Workbook") => file.stream("Workbook")?,
        () if file.has("Book") => file.stream("Book")?,
        () => return Err(BookError::NotAWorkbook { found: Disguise::Ole }),
    };
    let survey = survey(&stream, limits)?;
    drop(stream);
    // calamine indexes into records by their claimed sizes; a malformed file may make it panic, never us.
    let read = catch_unwind(AssertUnwindSafe(|| convert(bytes, &survey, limits)));
    read.unwrap_or_else(|_| Err(BookError::damaged("Workbook", "malformed record")))
}

fn u16_of(data: &[u8], at: usize) -> u32 {
    data.get(at..at + 2).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])))
}

/// Walks over the records: a password, an end that does not come, or more cell slots than allowed is refused here.
fn survey(stream: &[u8], limits: &Limits) -> Result<Survey, BookError> {
    let mut found = Survey::default();
    let mut at = 0_usize;
    let mut sheet_from = 0_u32;
    let mut extent: Option<Range> = None;
    let mut slots = 0_u64;
    let mut ended = false;
    while let Some(head) = stream.get(at..at + 4) {
        let (kind, length) = (u16::from_le_bytes([head[0], head[1]]), u16_of(head, 2) as usize);
        if kind == 0 && length == 0 {
            break;
        }
        let data = stream.get(at + 4..at + 4 + length).ok_or(BookError::Truncated)?;
        match kind {
            0x002F => return Err(BookError::Encrypted),
            0x0022 => found.epoch_1904 = u16_of(data, 0) == 1,
            0x0085 => found.offsets.push(u16_of(data, 0) | u16_of(data, 2) << 16),
            0x0809 | 0x0009 | 0x0209 | 0x0409 => (sheet_from, extent, ended) = (at as u32, None, false),
            0x000A => {
                ended = true;
                slots += extent.map_or(0, |r| u64::from(r.bottom - r.top + 1) * u64::from(r.right - r.left + 1));
                if slots > limits.max_cells {
                    return Err(BookError::TooManyCells { limit: limits.max_cells });
                }
            }
            0x007D => {
                let width = (u16_of(data, 0), u16_of(data, 2), f64::from(u16_of(data, 4)) / 256.0);
                found.widths.entry(sheet_from).or_default().push(width);
            }
            0x00FD | 0x0203 | 0x027E | 0x00BD | 0x0204 | 0x0006 | 0x0205 => {
                let (row, left) = (u16_of(data, 0), u16_of(data, 2));
                let right = if kind == 0x00BD { u16_of(data, length.saturating_sub(2)).max(left) } else { left };
                let e = extent.get_or_insert(Range { top: row, left, bottom: row, right });
                (e.top, e.left) = (e.top.min(row), e.left.min(left));
                (e.bottom, e.right) = (e.bottom.max(row), e.right.max(right));
            }
            _ => {}
        }
        at += 4 + length;
    }
    let cut = !ended || found.offsets.iter().any(|o| *o as usize >= stream.len());
    if cut { Err(BookError::Truncated) } else { Ok(found) }
}

fn convert(bytes: &[u8], survey: &Survey, limits: &Limits) -> Result<Book, BookError> {
    let damaged = |e: calamine::XlsError| match e {
        calamine::XlsError::Password => BookError::Encrypted,
        e => BookError::damaged("Workbook", e),
    };
    let mut xls = Xls::new(Cursor::new(bytes)).map_err(damaged)?;
    let tabs = xls.sheets_metadata().to_vec();
    let mut book = Book { format: Format::Xls, sheets: Vec::with_capacity(tabs.len()), encoding: None };
    let mut slots = 0;
    for (tab, offset) in tabs.iter().zip(survey.offsets.iter().map(Some).chain(std::iter::repeat(None))) {
        if tab.typ != SheetType::WorkSheet {
            continue;
        }
        let mut sheet = Sheet::named(&tab.name, tab.visible != SheetVisible::Visible);
        let values = xls.worksheet_range(&tab.name).map_err(damaged)?;
        let formulas = xls.worksheet_formula(&tab.name).map_err(damaged)?;
        let (top, left) = values.start().unwrap_or((0, 0));
        let mut texts: HashMap<Arc<str>, ()> = HashMap::new();
        for (row, data) in (top..).zip(values.rows()) {
            let mut cells = Vec::new();
            for (col, data) in (left..).zip(data) {
                let formula = formulas.get_value((row, col)).is_some_and(|f| !f.is_empty());
                let value = value(data, survey.epoch_1904, &mut texts);
                cells.push((col, Cell { value, formula }));
            }
            sheet.put_row_within(row, &mut cells, limits, &mut slots)?;
        }
        let merges = xls.merge_cells_by_sheet_name(&tab.name).unwrap_or_default();
        let range = |m: calamine::Dimensions| {
            let ordered = m.start.0 <= m.end.0 && m.start.1 <= m.end.1;
            ordered.then_some(Range { top: m.start.0, left: m.start.1, bottom: m.end.0, right: m.end.1 })
        };
        sheet.set_merges(merges.into_iter().filter_map(range).collect());
        sheet.widths = offset.and_then(|o| survey.widths.get(o)).cloned().unwrap_or_default();
        book.sheets.push(sheet);
    }
    Ok(book)
}

fn value(data: &Data, epoch_1904: bool, texts: &mut HashMap<Arc<str>, ()>) -> CellValue {
    match data {
        Data::Empty => CellValue::Empty,
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => {
            if s.is_empty() {
                return CellValue::Empty;
            }
            if let Some((known, ())) = texts.get_key_value(s.as_str()) {
                return CellValue::Text(Arc::clone(known));
            }
            let text: Arc<str> = Arc::from(s.as_str());
            texts.insert(Arc::clone(&text), ());
            CellValue::Text(text)
        }
        Data::Float(n) => CellValue::Number(*n),
        Data::Int(n) => CellValue::Number(*n as f64),
        Data::Bool(b) => CellValue::Bool(*b),
        Data::DateTime(d) => styled_number(d.as_f64(), NumberStyle::Date, epoch_1904),
        Data::Error(e) => CellValue::Error(Arc::from(e.to_string())),
    }
}
