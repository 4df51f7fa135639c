//! Opening whatever was uploaded.

use crate::cfb;
use crate::delimited::open_delimited;
use crate::error::{BookError, Disguise};
use crate::html::open_html;
use crate::limits::Limits;
use crate::model::{Book, Format};
use crate::xls::open_xls;
use crate::xlsx::open_xlsx;

/// Opens a workbook. The format is found from the content; `name` only names the sheet of a delimited text.
///
/// # Errors
/// See [`BookError`]; nothing here panics on malformed input.
pub fn open(bytes: &[u8], name: &str, limits: &Limits) -> Result<Book, BookError> {
    if bytes.len() as u64 > limits.max_bytes {
        return Err(BookError::TooLarge { bytes: bytes.len() as u64, limit: limits.max_bytes });
    }
    match sniff(bytes)? {
        Format::Xlsx => open_xlsx(bytes, limits),
        Format::Xls => open_xls(bytes, limits),
        Format::Html => open_html(bytes, limits),
        Format::Csv => open_delimited(bytes, name, limits),
    }
}

/// What the bytes are, by their beginning.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Format, BookError> {
    let not = |found| Err(BookError::NotAWorkbook { found });
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Xlsx);
    }
    if bytes.starts_with(&cfb::MAGIC) {
        return Ok(Format::Xls);
    }
    if bytes.starts_with(b"%PDF") {
        return not(Disguise::Pdf);
    }
    if [&b"\x89PNG"[..], b"\xFF\xD8\xFF", b"GIF8"].iter().any(|m| bytes.starts_with(m)) {
        return not(Disguise::Image);
    }
    let head = &bytes[..bytes.len().min(4_096)];
    let text: String = head.iter().filter(|b| **b != 0).map(|b| char::from(b.to_ascii_lowercase())).collect();
    let text = text.trim_start_matches(|c: char| !c.is_ascii() || c.is_ascii_whitespace());
    if text.is_empty() && head.iter().all(|b| b.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(b)) {
        return not(Disguise::Empty);
    }
    if text.starts_with("mime-version:") {
        return not(Disguise::Mhtml);
    }
    if text.starts_with('<') {
        let is_html = ["<html", "<table", "<!doctype html", "<head", "<body"].iter().any(|t| text.contains(t));
        return if is_html { Ok(Format::Html) } else { not(Disguise::Xml) };
    }
    if !wide && head.contains(&0) {
        return not(Disguise::Binary);
    }
    Ok(Format::Csv)
}
