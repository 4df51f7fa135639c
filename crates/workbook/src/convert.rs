//! Any other workbook as an .xlsx: values, merges and widths, nothing of its looks.

use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook};

use crate::delimited::sheet_name;
use crate::error::BookError;
use crate::limits::Limits;
use crate::model::{Book, CellValue, Format, Sheet};
use crate::open::{open, sniff};

/// The widest column that an .xlsx may state, in characters.
const MAX_WIDTH: f64 = 255.0;

/// `None` when the bytes are an .xlsx already, otherwise an .xlsx with the same values.
pub(crate) fn to_xlsx(bytes: &[u8], name: &str, limits: &Limits) -> Result<Option<Vec<u8>>, BookError> {
    if bytes.len() as u64 > limits.max_bytes {
        return Err(BookError::TooLarge { bytes: bytes.len() as u64, limit: limits.max_bytes });
    }
    if sniff(bytes)? == Format::Xlsx {
        return Ok(None);
    }
    write_book(&open(bytes, name, limits)?).map(Some)
}

fn write_book(book: &Book) -> Result<Vec<u8>, BookError> {
    let failed = |e: rust_xlsxwriter::XlsxError| BookError::damaged("xlsx", e);
    let mut workbook = Workbook::new();
    for sheet in &book.sheets {
        let out = workbook.add_worksheet();
        out.set_name(sheet_name(&sheet.name)).map_err(failed)?;
        out.set_hidden(sheet.hidden);
        write_sheet(out, sheet).map_err(failed)?;
    }
    workbook.save_to_buffer().map_err(failed)
}

fn write_sheet(out: &mut rust_xlsxwriter::Worksheet, sheet: &Sheet) -> Result<(), rust_xlsxwriter::XlsxError> {
    let day = Look::new().set_num_format("yyyy-mm-dd");
    let moment = Look::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let column = |c: u32| u16::try_from(c).unwrap_or(u16::MAX);
    for (from, to, width) in &sheet.widths {
        for col in *from..=(*to).min(sheet.cols) {
            out.set_column_width(column(col), width.min(MAX_WIDTH))?;
        }
    }
    for merge in &sheet.merges {
        if merge.top != merge.bottom || merge.left != merge.right {
            // Overlapping merges, which some generators write, are an error here; the values matter more.
            let _ = out.merge_range(merge.top, column(merge.left), merge.bottom, column(merge.right), "", &Look::new());
        }
    }
    for row in 0..sheet.rows {
        for (col, cell) in sheet.row(row) {
            let col = column(col);
            match &cell.value {
                CellValue::Empty => {}
                CellValue::Text(t) | CellValue::Error(t) => {
                    // A cell holds 32,767 characters.
                    let text: String = t.chars().take(32_767).collect();
                    out.write_string(row, col, text)?;
                }
                CellValue::Number(n) => {
                    out.write_number(row, col, *n)?;
                }
                CellValue::Bool(b) => {
                    out.write_boolean(row, col, *b)?;
                }
                CellValue::Date { year, month, day: d, time } => {
                    let date = ExcelDateTime::from_ymd(u16::try_from(*year).unwrap_or(1900), *month, *d)?;
                    match time {
                        None => out.write_datetime_with_format(row, col, &date, &day)?,
                        Some(t) => {
                            let date = date.and_hms(t.hour.into(), t.minute, f64::from(t.second))?;
                            out.write_datetime_with_format(row, col, &date, &moment)?
                        }
                    };
                }
            }
        }
    }
    Ok(())
}
