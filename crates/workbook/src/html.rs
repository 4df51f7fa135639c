//! The HTML tables that web systems hand out under the name of an .xls.

use std::sync::Arc;

use encoding_rs::Encoding;

use crate::delimited::decode;
use crate::error::{BookError, Disguise};
use crate::limits::Limits;
use crate::model::{Book, Cell, CellValue, Format, Range, Sheet};

/// A piece of HTML: a tag with its lower-case name and attributes, or text.
enum Piece<'a> {
    Open(String, &'a str),
    Close(String),
    Text(&'a str),
}

/// Opens an HTML page: each outermost table is a sheet.
pub(crate) fn open_html(bytes: &[u8], limits: &Limits) -> Result<Book, BookError> {
    let (text, encoding) = decode_html(bytes)?;
    let mut reader = TableReader::new(limits);
    for piece in Pieces(&text) {
        reader.take(piece)?;
    }
    reader.end_table()?;
    if reader.sheets.iter().all(|s| s.rows == 0) {
        return Err(BookError::NotAWorkbook { found: Disguise::Html });
    }
    Ok(Book { format: Format::Html, sheets: reader.sheets, encoding: Some(encoding.to_owned()) })
}

/// The page's text: by its own statement where that reads without a fault, otherwise as any delimited text.
fn decode_html(bytes: &[u8]) -> Result<(String, &'static str), BookError> {
    let head: String = bytes.iter().take(2_048).map(|b| char::from(b.to_ascii_lowercase())).collect();
    let stated = head.split_once("charset=").map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
    let stated = stated.and_then(|s| s.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next());
    if Encoding::for_bom(bytes).is_none()
        && let Some(encoding) = stated.and_then(|s| Encoding::for_label(s.as_bytes()))
        && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
    {
        return Ok((text.into_owned(), encoding.name()));
    }
    decode(bytes).map(|(text, name)| (text.into_owned(), name))
}

struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let rest = self.0;
            let Some(after) = rest.strip_prefix('<') else {
                let end = rest.find('<').unwrap_or(rest.len());
                self.0 = &rest[end..];
                return (end > 0).then_some(Piece::Text(&rest[..end]));
            };
            if after.starts_with("!--") {
                self.0 = rest.find("-->").map_or("", |at| &rest[at + 3..]);
                continue;
            }
            let end = after.find('>').unwrap_or(after.len());
            self.0 = after.get(end + 1..).unwrap_or("");
            let tag = &after[..end];
            let closing = tag.starts_with('/');
            let tag = tag.trim_start_matches('/');
            let name_end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
            let name = tag[..name_end].to_ascii_lowercase();
            if !closing && (name == "script" || name == "style") {
                let closes =
                    |at: usize| self.0.get(at + 2..at + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(&name));
                let close = self.0.match_indices("</").map(|(at, _)| at).find(|at| closes(*at));
                self.0 = close.map_or("", |at| &self.0[at..]);
                continue;
            }
            return Some(if closing { Piece::Close(name) } else { Piece::Open(name, &tag[name_end..]) });
        }
    }
}

struct TableReader<'a> {
    limits: &'a Limits,
    sheets: Vec<Sheet>,
    merges: Vec<Range>,
    depth: u32,
    row: Option<u32>,
    cells: Vec<(u32, Cell)>,
    /// For each column how many further rows a cell from above reaches into.
    reserved: Vec<u32>,
    col: u32,
    text: Option<String>,
    slots: u64,
}

impl<'a> TableReader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            sheets: Vec::new(),
            merges: Vec::new(),
            depth: 0,
            row: None,
            cells: Vec::new(),
            reserved: Vec::new(),
            col: 0,
            text: None,
            slots: 0,
        }
    }

    fn take(&mut self, piece: Piece<'_>) -> Result<(), BookError> {
        match piece {
            Piece::Open(name, _) if name == "table" => {
                self.depth += 1;
                if self.depth == 1 {
                    self.sheets.push(Sheet::named(&format!("Sheet{}", self.sheets.len() + 1), false));
                    (self.row, self.reserved) = (None, Vec::new());
                }
            }
            Piece::Close(name) if name == "table" => {
                if self.depth == 1 {
                    self.end_table()?;
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ if self.depth != 1 && self.text.is_none() => {}
            Piece::Open(name, _) if name == "tr" && self.depth == 1 => {
                self.end_row()?;
                self.row = Some(self.row.map_or(0, |r| r + 1));
                self.col = 0;
            }
            Piece::Open(name, attributes) if (name == "td" || name == "th") && self.depth == 1 => {
                self.end_cell();
                self.begin_cell(attributes)?;
            }
            Piece::Open(name, _) if name == "br" => self.push("\n"),
            Piece::Close(name) if self.depth == 1 && (name == "td" || name == "th") => self.end_cell(),
            Piece::Text(text) => self.push(&unescape(text)),
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if let Some(cell) = &mut self.text {
            cell.push_str(text);
        }
    }

    fn begin_cell(&mut self, attributes: &str) -> Result<(), BookError> {
        let row = *self.row.get_or_insert(0);
        while self.reserved.get(self.col as usize).is_some_and(|left| *left > 0) {
            self.col += 1;
        }
        let span = |name| attribute(attributes, name).and_then(|v| v.parse::<u32>().ok()).unwrap_or(1).clamp(1, 65_536);
        let (wide, high) = (span("colspan"), span("rowspan"));
        let right = self.col + wide - 1;
        if right >= self.limits.max_cols {
            return Err(BookError::TooManyColumns { sheet: "HTML".into(), limit: self.limits.max_cols });
        }
        if self.reserved.len() <= right as usize {
            self.reserved.resize(right as usize + 1, 0);
        }
        self.reserved[self.col as usize..=right as usize].fill(high);
        if wide > 1 || high > 1 {
            self.merges.push(Range { top: row, left: self.col, bottom: row + high - 1, right });
        }
        self.cells.push((self.col, Cell::default()));
        self.col = right + 1;
        self.text = Some(String::new());
        Ok(())
    }

    fn end_cell(&mut self) {
        let Some(text) = self.text.take() else { return };
        let text = text.split('\n').map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
        let text = text.join("\n");
        let text = text.trim();
        if let Some((_, cell)) = self.cells.last_mut().filter(|_| !text.is_empty()) {
            cell.value = CellValue::Text(Arc::from(text));
        }
    }

    fn end_row(&mut self) -> Result<(), BookError> {
        self.end_cell();
        let Some(row) = self.row else { return Ok(()) };
        self.reserved.iter_mut().for_each(|left| *left = left.saturating_sub(1));
        match self.sheets.last_mut() {
            Some(sheet) => sheet.put_row_within(row, &mut self.cells, self.limits, &mut self.slots),
            None => Ok(()),
        }
    }

    fn end_table(&mut self) -> Result<(), BookError> {
        self.end_row()?;
        self.row = None;
        let merges = std::mem::take(&mut self.merges);
        if let Some(sheet) = self.sheets.last_mut().filter(|s| s.merges.is_empty()) {
            sheet.set_merges(merges);
        }
        Ok(())
    }
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let at = attributes.to_ascii_lowercase().find(name)?;
    let rest = attributes.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    rest.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '>']).next()
}

fn unescape(text: &str) -> String {
    let plain = text.replace("&nbsp;", " ").replace(['\r', '\n'], " ");
    quick_xml::escape::unescape(&plain).map_or_else(|_| plain.clone(), |t| t.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_systems_table_is_read_with_its_spans() {
        let page = "<html><head><meta charset=gbk><style>td{}</style></head><body><table border=1>\
            <tr><th rowspan=2>姓名</th><th colspan='2'>联系方式</th></tr><tr><th>电话</th><th>住址</th></tr>\
            <tr><td>张三<td>138&nbsp;0000</td><td>一单元<br>二楼 &amp; 三楼</td></tr></table></body></html>";
        let bytes = encoding_rs::GBK.encode(page).0;
        let book = open_html(&bytes, &Limits::default()).unwrap();
        let sheet = &book.sheets[0];
        assert_eq!((sheet.rows, sheet.cols, book.encoding.as_deref()), (3, 3, Some("GBK")));
        assert_eq!(sheet.cell(1, 1).value, CellValue::text("电话"));
        assert_eq!(sheet.cell(2, 2).value, CellValue::text("一单元\n二楼 & 三楼"));
        assert_eq!(sheet.merges.len(), 2);
    }

    #[test]
    fn a_page_without_a_table_is_refused_by_name() {
        let e = open_html(b"<html><body>Please sign in</body></html>", &Limits::default());
        assert!(matches!(e, Err(BookError::NotAWorkbook { found: Disguise::Html })));
    }
}
