//! Delimited text in the encodings that offices save it in.

use std::borrow::Cow;
use std::sync::Arc;

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::BookError;
use crate::limits::Limits;
use crate::model::{Book, Cell, CellValue, Format, Sheet};

/// Bytes looked at to guess the delimiter.
const SNIFFED: usize = 16 << 10;

/// The text of some bytes, and the name of their encoding. Order: byte order mark, UTF-8, then GBK and GB18030 (the law of
/// the land, GB 18030-2022), then whatever a detector thinks, if it fits without a fault.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, &'static str), BookError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return match encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]) {
            Some(text) => Ok((text, encoding.name())),
            None => Err(undecodable(&bytes[mark..], encoding)),
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((Cow::Borrowed(text), UTF_8.name()));
    }
    // A text that is UTF-8 for some words and then is not is damaged UTF-8, even where GBK would read some nonsense in it.
    let whole = std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), |_| bytes.len());
    let words = String::from_utf8_lossy(&bytes[..whole]);
    if words.chars().filter(|c| !c.is_ascii()).take(4).count() == 4 {
        return Err(undecodable(bytes, UTF_8));
    }
    let clean = |encoding: &'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes);
    // encoding_rs reads GBK as GB18030; four-byte characters tell which of the two it is.
    if let Some(text) = clean(GB18030) {
        let four_bytes = bytes.windows(2).any(|w| (0x81..=0xFE).contains(&w[0]) && w[1].is_ascii_digit());
        return Ok((text, if four_bytes { GB18030.name() } else { GBK.name() }));
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    // A single-byte guess fits anything and would turn broken Chinese into silent nonsense.
    if !guess.is_single_byte()
        && let Some(text) = clean(guess)
    {
        return Ok((text, guess.name()));
    }
    Err(undecodable(bytes, if words.is_ascii() { GB18030 } else { UTF_8 }))
}

/// The line of the first byte that the encoding cannot read.
fn undecodable(bytes: &[u8], encoding: &'static Encoding) -> BookError {
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * if wide { 2 } else { 3 } + 16);
    let _ = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    BookError::Undecodable { line: text.matches('\n').count() as u64 + 1 }
}

/// The delimiter that divides the first lines most evenly; a comma when none does.
fn sniff(text: &str) -> u8 {
    let mut end = text.len().min(SNIFFED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let score = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(&text.as_bytes()[..end]);
        let widths: Vec<usize> = reader.byte_records().flatten().map(|r| r.len()).take(50).collect();
        let widest = widths.iter().copied().max().unwrap_or(1);
        let even = widths.iter().filter(|w| **w == widest).count();
        // Titles and notes are narrower than the table; what counts is how many lines share the full width.
        if widest > 1 { even * 1_000 + widest } else { 0 }
    };
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|d| score(*d)).unwrap_or(b',')
}

/// Opens delimited text as a book of one sheet, named after the file. Every cell is text: leading zeros and long digit
/// strings are as they were written.
pub(crate) fn open_delimited(bytes: &[u8], name: &str, limits: &Limits) -> Result<Book, BookError> {
    let (text, encoding) = decode(bytes)?;
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let mut sheet = Sheet::named(&sheet_name(stem), false);
    // `sep=;` on the first line is Excel's own way of naming the delimiter.
    let named = text.strip_prefix("sep=").and_then(|t| t.bytes().next()).filter(|b| b.is_ascii());
    let body = if named.is_some() { text.split_once('\n').map_or("", |(_, b)| b) } else { &text };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(named.unwrap_or_else(|| sniff(body)))
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut slots = 0;
    let mut texts: std::collections::HashSet<Arc<str>> = std::collections::HashSet::new();
    let mut next_row = u32::from(named.is_some());
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => return Err(BookError::damaged(&sheet.name, e)),
        }
        // Lines without anything are skipped by the reader, but they are rows to whoever looks at the file.
        let from = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(usize::MAX));
        let row = next_row.saturating_add(blank_lines(body.as_bytes(), from));
        next_row = row.saturating_add(1);
        let mut cells: Vec<(u32, Cell)> = (0..)
            .zip(record.iter())
            .filter(|(_, field)| !field.is_empty())
            .map(|(col, field)| {
                let known = texts.get(field).cloned();
                let text = known.unwrap_or_else(|| Arc::from(field));
                if texts.len() < 50_000 {
                    texts.insert(Arc::clone(&text));
                }
                (col, Cell { value: CellValue::Text(text), formula: false })
            })
            .collect();
        sheet.put_row_within(row, &mut cells, limits, &mut slots)?;
    }
    Ok(Book { format: Format::Csv, sheets: vec![sheet], encoding: Some(encoding.to_owned()) })
}

/// The empty lines from a place on, which the reader passes over before the next record.
fn blank_lines(body: &[u8], from: usize) -> u32 {
    let rest = body.get(from..).unwrap_or_default();
    // The reader may stop between the two characters of a line's end.
    let between = from > 0 && body.get(from - 1) == Some(&b'\r') && rest.first() == Some(&b'\n');
    let ends = rest[usize::from(between)..].iter().take_while(|b| matches!(b, b'\r' | b'\n'));
    ends.filter(|b| **b == b'\n').count() as u32
}

/// A name that a sheet may have: 31 characters without `[]:*?/\`, never empty.
pub(crate) fn sheet_name(wanted: &str) -> String {
    let name: String = wanted.chars().filter(|c| !"[]:*?/\\".contains(*c) && !c.is_control()).take(31).collect();
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if name.is_empty() { "Sheet1".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> (String, Vec<Vec<String>>) {
        let book = open_delimited(bytes, "名单.csv", &Limits::default()).unwrap();
        let sheet = &book.sheets[0];
        let rows = (0..sheet.rows).map(|r| (0..sheet.cols).map(|c| sheet.cell(r, c).value.shown()).collect());
        (book.encoding.unwrap(), rows.collect())
    }

    #[test]
    fn the_encodings_that_offices_save_in_are_all_read() {
        let text = "姓名,电话\n张三,013800000000\n";
        let rows = vec![vec!["姓名".to_owned(), "电话".to_owned()], vec!["张三".to_owned(), "013800000000".to_owned()]];
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(shown(text.as_bytes()), ("UTF-8".into(), rows.clone()));
        assert_eq!(shown(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), ("UTF-8".into(), rows.clone()));
        assert_eq!(shown(&GBK.encode(text).0), ("GBK".into(), rows.clone()));
        assert_eq!(shown(&utf16), ("UTF-16LE".into(), rows));
    }

    #[test]
    fn rare_characters_of_names_are_read_from_gb18030() {
        let (encoding, rows) = shown(&GB18030.encode("姓名,址\n𠮷田,㐂\n").0);
        assert_eq!(encoding, "gb18030");
        assert_eq!(rows[1], ["𠮷田", "㐂"]);
    }

    #[test]
    fn the_delimiter_is_found_from_the_text() {
        for delimiter in [",", ";", "\t"] {
            let text = ["名单", "姓名|电话|住址", "张三|1|一单元, 二楼; 左", "李四|2|x"]
                .join("\n")
                .replace("一单元, 二楼; 左", "一单元")
                .replace('|', delimiter);
            assert_eq!(shown(text.as_bytes()).1[1], ["姓名", "电话", "住址"], "{delimiter:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_line() {
        let e = open_delimited(b"\xE5\xA7\x93\xE5\x90\x8D,x\nok\n\xFF\xFF\xFE,1\n", "a.csv", &Limits::default());
        assert!(matches!(e, Err(BookError::Undecodable { line: 3 })), "{e:?}");
    }

    #[test]
    fn quoted_line_breaks_and_blank_lines_keep_their_rows() {
        let (_, rows) = shown("标题\n\n姓名,住址\n\"张\n三\",左\n李四,右\n".as_bytes());
        assert_eq!(rows.len(), 5);
        assert_eq!(rows[3], ["张\n三", "左"]);
        assert_eq!(rows[4], ["李四", "右"]);
    }
}
