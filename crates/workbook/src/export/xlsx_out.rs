//! An .xlsx written straight into the zip stream: no part of the sheet is held, no temporary file is made.

use std::io::Write;

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::{ColumnKind, ExportValue};
use crate::dates::date_to_serial;
use crate::delimited::sheet_name;
use crate::error::BookError;
use crate::refs::{MAX_COL, MAX_ROW, cell_name, col_name};
use crate::xml::{encode_xstring, escaped, push_escaped};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// A part of 4 GiB and more needs zip64, which Excel does not read from a stream: a sheet ends before that.
const MAX_SHEET_BYTES: u64 = 3_500_000_000;
/// XML collected before it goes to the compressor.
const CHUNK: usize = 64 << 10;
/// Characters that a cell holds.
const MAX_TEXT: usize = 32_767;
/// Rows above the data: the watermark and the labels.
const HEAD_ROWS: u32 = 2;

/// An .xlsx written row after row. Needs memory for one row and the zip window, whatever the number of rows; a list longer
/// than a sheet can be (1,048,576 rows or 3.5 GB of XML) goes on in a further sheet with the same head.
pub struct XlsxExport<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    name: String,
    columns: Vec<(String, ColumnKind)>,
    letters: Vec<String>,
    watermark: String,
    /// Titles of the sheets so far.
    titles: Vec<String>,
    /// Which sheet of the present list this is, from 1.
    part: u32,
    sheets: u32,
    row: u32,
    bytes: u64,
    buffer: String,
    max_rows: u32,
    max_bytes: u64,
}

impl<W: Write> std::fmt::Debug for XlsxExport<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XlsxExport").field("sheets", &self.sheets).field("row", &self.row).finish_non_exhaustive()
    }
}

fn zip_error(e: zip::result::ZipError) -> BookError {
    match e {
        zip::result::ZipError::Io(e) => BookError::Io(e),
        e => BookError::Io(std::io::Error::other(e)),
    }
}

impl<W: Write> XlsxExport<W> {
    /// Begins the file: the watermark as first row and in the page's header and footer, then the labels, frozen and with a
    /// filter.
    ///
    /// # Errors
    /// `workbook.io` when `out` cannot be written; `workbook.too_many_columns` above 16,384.
    pub fn new(out: W, sheet: &str, columns: &[(&str, ColumnKind)], watermark: &str) -> Result<Self, BookError> {
        if columns.len() > MAX_COL as usize {
            return Err(BookError::TooManyColumns { sheet: sheet.to_owned(), limit: MAX_COL });
        }
        let mut export = Self {
            zip: ZipWriter::new_stream(out),
            // Room for the number of a further sheet within the 31 characters of a name.
            name: sheet_name(sheet).chars().take(26).collect(),
            columns: columns.iter().map(|(label, kind)| ((*label).to_owned(), *kind)).collect(),
            letters: (0..columns.len() as u32).map(col_name).collect(),
            watermark: watermark.to_owned(),
            titles: Vec::new(),
            part: 0,
            sheets: 0,
            row: 0,
            bytes: 0,
            buffer: String::with_capacity(CHUNK * 2),
            max_rows: MAX_ROW,
            max_bytes: MAX_SHEET_BYTES,
        };
        export.begin_sheet()?;
        Ok(export)
    }

    /// Ends the present list and begins another in a sheet of its own, with the same watermark.
    ///
    /// # Errors
    /// As [`XlsxExport::new`].
    pub fn next_list(&mut self, sheet: &str, columns: &[(&str, ColumnKind)]) -> Result<(), BookError> {
        if columns.len() > MAX_COL as usize {
            return Err(BookError::TooManyColumns { sheet: sheet.to_owned(), limit: MAX_COL });
        }
        self.end_sheet()?;
        self.name = sheet_name(sheet).chars().take(26).collect();
        self.columns = columns.iter().map(|(label, kind)| ((*label).to_owned(), *kind)).collect();
        self.letters = (0..columns.len() as u32).map(col_name).collect();
        self.part = 0;
        self.begin_sheet()
    }

    /// Writes one row; missing values at the end are empty, surplus ones are dropped.
    ///
    /// # Errors
    /// `workbook.io`.
    pub fn push(&mut self, row: &[ExportValue<'_>]) -> Result<(), BookError> {
        if self.row >= self.max_rows || self.bytes >= self.max_bytes {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        let number = (self.row + 1).to_string();
        let out = &mut self.buffer;
        out.push_str("<row r=\"");
        out.push_str(&number);
        out.push_str("\">");
        for ((value, letters), (_, kind)) in row.iter().zip(&self.letters).zip(&self.columns) {
            push_cell(out, letters, &number, *kind, value);
        }
        out.push_str("</row>");
        self.row += 1;
        self.flush(CHUNK)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// `workbook.io`.
    pub fn finish(mut self) -> Result<W, BookError> {
        self.end_sheet()?;
        for (name, content) in self.frame() {
            self.start(&name)?;
            self.zip.write_all(content.as_bytes())?;
        }
        Ok(self.zip.finish().map_err(zip_error)?.into_inner())
    }

    /// Hands the collected XML on once there are `at_least` bytes of it.
    fn flush(&mut self, at_least: usize) -> Result<(), BookError> {
        if self.buffer.len() >= at_least {
            self.zip.write_all(self.buffer.as_bytes())?;
            self.bytes += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }

    fn start(&mut self, name: &str) -> Result<(), BookError> {
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
        self.zip.start_file(name, options).map_err(zip_error)
    }

    fn begin_sheet(&mut self) -> Result<(), BookError> {
        self.sheets += 1;
        self.part += 1;
        let title = self.free_title();
        self.titles.push(title);
        (self.row, self.bytes) = (HEAD_ROWS, 0);
        self.start(&format!("xl/worksheets/sheet{}.xml", self.sheets))?;
        let first_data = cell_name(HEAD_ROWS, 0);
        let out = &mut self.buffer;
        out.push_str(DECLARATION);
        out.push_str(&format!(
            "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView {}workbookViewId=\"0\"><pane ySplit=\"{HEAD_ROWS}\" \
             topLeftCell=\"{first_data}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
             <sheetFormatPr defaultRowHeight=\"15\"/>",
            if self.sheets == 1 { "tabSelected=\"1\" " } else { "" }
        ));
        if !self.columns.is_empty() {
            out.push_str("<cols>");
            for (n, (label, kind)) in (1..).zip(&self.columns) {
                let width = width_of(label, *kind);
                out.push_str(&format!(
                    "<col min=\"{n}\" max=\"{n}\" width=\"{width}\" style=\"{}\" customWidth=\"1\"/>",
                    style_of(*kind)
                ));
            }
            out.push_str("</cols>");
        }
        out.push_str("<sheetData><row r=\"1\"><c r=\"A1\" s=\"4\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        push_escaped(out, &encode_xstring(&self.watermark));
        out.push_str("</t></is></c></row><row r=\"2\">");
        for ((label, _), letters) in self.columns.iter().zip(&self.letters) {
            out.push_str(&format!("<c r=\"{letters}2\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"));
            push_escaped(out, &encode_xstring(label));
            out.push_str("</t></is></c>");
        }
        out.push_str("</row>");
        self.flush(0)
    }

    fn end_sheet(&mut self) -> Result<(), BookError> {
        // `&` begins a code in a header: a literal one is doubled. Header and footer hold 255 characters.
        let mark: String = self.watermark.chars().take(100).collect::<String>().replace('&', "&&");
        let mark = escaped(&mark);
        let filter = self.filter();
        let out = &mut self.buffer;
        out.push_str("</sheetData>");
        if let Some(area) = filter {
            out.push_str(&format!("<autoFilter ref=\"{area}\"/>"));
        }
        out.push_str(&format!(
            "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.75\" bottom=\"0.75\" header=\"0.3\" footer=\"0.3\"/>\
             <pageSetup paperSize=\"9\" orientation=\"landscape\"/>\
             <headerFooter><oddHeader>&amp;R{mark}</oddHeader><oddFooter>&amp;L{mark}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>\
             </worksheet>"
        ));
        self.flush(0)
    }

    /// The area of the filter: the labels and all rows below.
    fn filter(&self) -> Option<String> {
        let last = u32::try_from(self.columns.len()).ok()?.checked_sub(1)?;
        let bottom = self.row.max(HEAD_ROWS) - 1;
        Some(format!("{}:{}", cell_name(HEAD_ROWS - 1, 0), cell_name(bottom, last)))
    }

    /// The title of the sheet that begins: the list's name, with a number when it goes on or the name is taken (Excel
    /// compares names without case).
    fn free_title(&self) -> String {
        let taken = |title: &String| self.titles.iter().any(|held| held.to_lowercase() == title.to_lowercase());
        let numbered = (self.part.max(2)..).map(|n| format!("{}-{n}", self.name));
        let first = (self.part == 1).then(|| self.name.clone());
        first.into_iter().chain(numbered).find(|title| !taken(title)).unwrap_or_default()
    }

    /// The parts around the sheets.
    fn frame(&self) -> Vec<(String, String)> {
        const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
        let mut types = format!(
            "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPE}.sheet.main+xml\"/>\
             <Override PartName=\"/xl/styles.xml\" ContentType=\"{TYPE}.styles+xml\"/>"
        );
        let mut workbook = format!(
            "{DECLARATION}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><bookViews><workbookView/></bookViews><sheets>"
        );
        const RELS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
        let mut rels = format!(
            "{DECLARATION}<Relationships xmlns=\"{RELS}\"><Relationship Id=\"rId0\" Type=\"{REL}/styles\" Target=\"styles.xml\"/>"
        );
        let mut names = String::new();
        for (n, title) in (1..).zip(&self.titles) {
            types.push_str(&format!(
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"{TYPE}.worksheet+xml\"/>"
            ));
            workbook.push_str(&format!("<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>", escaped(title)));
            rels.push_str(&format!(
                "<Relationship Id=\"rId{n}\" Type=\"{REL}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            ));
            names.push_str(&format!(
                "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"{}\">'{}'!$1:$2</definedName>",
                n - 1,
                escaped(&title.replace('\'', "''"))
            ));
        }
        types.push_str("</Types>");
        rels.push_str("</Relationships>");
        workbook.push_str(&format!("</sheets><definedNames>{names}</definedNames></workbook>"));
        let root = format!(
            "{DECLARATION}<Relationships xmlns=\"{RELS}\"><Relationship Id=\"rId1\" Type=\"{REL}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        vec![
            ("xl/styles.xml".into(), styles()),
            ("xl/workbook.xml".into(), workbook),
            ("xl/_rels/workbook.xml.rels".into(), rels),
            ("_rels/.rels".into(), root),
            ("[Content_Types].xml".into(), types),
        ]
    }
}

/// Cell formats: 0 general, 1 text, 2 date, 3 label, 4 watermark.
fn styles() -> String {
    format!(
        "{DECLARATION}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>\
         <fonts count=\"3\"><font><sz val=\"11\"/><name val=\"等线\"/></font><font><b/><sz val=\"11\"/><name val=\"等线\"/></font>\
         <font><sz val=\"9\"/><color rgb=\"FF808080\"/><name val=\"等线\"/></font></fonts>\
         <fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>\
         <fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFEAF1FB\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
         <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
         <xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\">\
         <alignment horizontal=\"center\" vertical=\"center\" wrapText=\"1\"/></xf>\
         <xf numFmtId=\"49\" fontId=\"2\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs></styleSheet>"
    )
}

fn style_of(kind: ColumnKind) -> u8 {
    match kind {
        ColumnKind::Number => 0,
        ColumnKind::Text => 1,
        ColumnKind::Date => 2,
    }
}

/// A column's width in characters: as wide as its label (a Chinese character counts two), within reason.
fn width_of(label: &str, kind: ColumnKind) -> u32 {
    let label: u32 = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let least = if kind == ColumnKind::Text { 14 } else { 12 };
    (label + 4).clamp(least, 40)
}

fn push_cell(out: &mut String, letters: &str, number: &str, kind: ColumnKind, value: &ExportValue<'_>) {
    let open = |out: &mut String| {
        out.push_str("<c r=\"");
        out.push_str(letters);
        out.push_str(number);
        out.push('"');
    };
    let figure = |out: &mut String, style: u8, n: f64| {
        open(out);
        if style > 0 {
            out.push_str(" s=\"");
            out.push(char::from(b'0' + style));
            out.push('"');
        }
        out.push_str("><v>");
        out.push_str(&n.to_string());
        out.push_str("</v></c>");
    };
    let text = |out: &mut String, text: &str| {
        open(out);
        out.push_str(" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        let end = text.char_indices().nth(MAX_TEXT).map_or(text.len(), |(at, _)| at);
        push_escaped(out, &encode_xstring(&text[..end]));
        out.push_str("</t></is></c>");
    };
    match value {
        ExportValue::Empty => {}
        ExportValue::Text("") => {}
        ExportValue::Text(t) => text(out, t),
        ExportValue::Number(n) if n.is_finite() => {
            figure(out, if kind == ColumnKind::Date { 0 } else { style_of(kind) }, *n)
        }
        ExportValue::Number(_) => {}
        ExportValue::Date { year, month, day } => match date_to_serial(*year, *month, *day, false) {
            Some(serial) => figure(out, 2, serial),
            None => text(out, &format!("{year:04}-{month:02}-{day:02}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CellValue, Limits, open};

    fn small() -> XlsxExport<Vec<u8>> {
        let columns = [
            ("姓名", ColumnKind::Text),
            ("证件号", ColumnKind::Text),
            ("人数", ColumnKind::Number),
            ("日期", ColumnKind::Date),
        ];
        XlsxExport::new(Vec::new(), "居民", &columns, "张三 & 李四 · 2026-07-01").unwrap()
    }

    #[test]
    fn what_is_exported_opens_again() {
        let mut export = small();
        let date = ExportValue::Date { year: 1980, month: 5, day: 3 };
        export
            .push(&[
                ExportValue::Text("王<五>"),
                ExportValue::Text("230102198001011234"),
                ExportValue::Number(3.5),
                date,
            ])
            .unwrap();
        export.push(&[ExportValue::Empty, ExportValue::Text("=1+1")]).unwrap();
        let book = open(&export.finish().unwrap(), "x", &Limits::default()).unwrap();
        let sheet = book.sheet("居民").unwrap();
        let shown = |row| (0..4).map(|c| sheet.cell(row, c).value.shown()).collect::<Vec<_>>();
        assert_eq!(shown(0)[0], "张三 & 李四 · 2026-07-01");
        assert_eq!(shown(1), ["姓名", "证件号", "人数", "日期"]);
        assert_eq!(shown(2), ["王<五>", "230102198001011234", "3.5", "1980-05-03"]);
        assert_eq!(sheet.cell(3, 1).value, CellValue::text("=1+1"));
        assert!(!sheet.cell(3, 1).formula);
    }

    #[test]
    fn another_list_has_a_sheet_and_columns_of_its_own() {
        let mut export = small();
        export.push(&[ExportValue::Text("王五")]).unwrap();
        export.next_list("居民", &[("成员", ColumnKind::Text)]).unwrap();
        export.push(&[ExportValue::Text("王六"), ExportValue::Text("dropped")]).unwrap();
        let book = open(&export.finish().unwrap(), "x", &Limits::default()).unwrap();
        let names: Vec<&str> = book.sheets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["居民", "居民-2"]);
        assert_eq!(book.sheets[1].cell(1, 0).value, CellValue::text("成员"));
        assert_eq!(book.sheets[1].cell(2, 0).value, CellValue::text("王六"));
        assert_eq!(book.sheets[1].cell(2, 1).value, CellValue::Empty);
    }

    #[test]
    fn a_list_longer_than_a_sheet_goes_on_in_the_next() {
        let mut export = small();
        export.max_rows = 4;
        for n in 0..5 {
            export.push(&[ExportValue::Number(f64::from(n))]).unwrap();
        }
        let book = open(&export.finish().unwrap(), "x", &Limits::default()).unwrap();
        let names: Vec<&str> = book.sheets.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["居民", "居民-2", "居民-3"]);
        assert_eq!(book.sheets[2].cell(1, 0).value, CellValue::text("姓名"));
        assert_eq!(book.sheets[2].cell(2, 0).value, CellValue::Number(4.0));
    }
}
