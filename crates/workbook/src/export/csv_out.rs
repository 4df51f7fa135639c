//! Delimited text that spreadsheets open without harm.

use std::borrow::Cow;
use std::io::Write;

use super::ExportValue;
use crate::error::BookError;
use crate::model::shown_number;

/// Text that a spreadsheet would run as a formula gets a leading apostrophe: anything that begins with `=`, `+`, `-`, `@`,
/// a tab or a carriage return (OWASP, "CSV Injection"), also in full width and after leading spaces. A plain number such as
/// `-3.5` or `+86` is left alone: it is a value, not a formula.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    let begins = |t: &str| t.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if !begins(text) && !begins(text.trim_start_matches([' ', '\u{3000}'])) {
        return Cow::Borrowed(text);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or("");
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1;
    if plain { Cow::Borrowed(text) } else { Cow::Owned(format!("'{text}")) }
}

/// A .csv written row after row: UTF-8 with a byte order mark (Excel needs it), CRLF, RFC 4180 quoting, formulas
/// [neutralised](neutralise).
#[derive(Debug)]
pub struct CsvExport<W: Write> {
    out: csv::Writer<W>,
    width: usize,
}

impl<W: Write> CsvExport<W> {
    /// Begins the file: the watermark's line, when there is one, and the header.
    ///
    /// # Errors
    /// `workbook.io` when `out` cannot be written.
    pub fn new(mut out: W, labels: &[&str], watermark: Option<&str>) -> Result<Self, BookError> {
        out.write_all("\u{feff}".as_bytes())?;
        let out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(out);
        let mut export = Self { out, width: labels.len() };
        if let Some(mark) = watermark {
            export.record(std::iter::once(neutralise(mark)))?;
        }
        export.record(labels.iter().map(|l| neutralise(l)))?;
        Ok(export)
    }

    /// Writes one row; missing values at the end are empty, surplus ones are dropped.
    ///
    /// # Errors
    /// `workbook.io`.
    pub fn push(&mut self, row: &[ExportValue<'_>]) -> Result<(), BookError> {
        let values = row.iter().copied().chain(std::iter::repeat(ExportValue::Empty)).take(self.width);
        self.record(values.map(|v| match v {
            ExportValue::Empty => Cow::Borrowed(""),
            ExportValue::Text(t) => neutralise(t),
            ExportValue::Number(n) => Cow::Owned(shown_number(n)),
            ExportValue::Date { year, month, day } => Cow::Owned(format!("{year:04}-{month:02}-{day:02}")),
        }))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// `workbook.io`.
    pub fn finish(self) -> Result<W, BookError> {
        self.out.into_inner().map_err(|e| BookError::Io(e.into_error()))
    }

    fn record<'a>(&mut self, fields: impl Iterator<Item = Cow<'a, str>>) -> Result<(), BookError> {
        let io = |e: csv::Error| BookError::Io(std::io::Error::other(e));
        for field in fields {
            self.out.write_field(field.as_bytes()).map_err(io)?;
        }
        self.out.write_record(None::<&[u8]>).map_err(io)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_in_text_are_neutralised_and_numbers_left_alone() {
        for (given, written) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("  =1", "'  =1"),
            ("＝1+1", "'＝1+1"),
            ("-3.5", "-3.5"),
            ("+8613800000000", "+8613800000000"),
            ("-", "'-"),
            ("张三", "张三"),
            ("", ""),
        ] {
            assert_eq!(neutralise(given), written, "{given:?}");
        }
    }

    #[test]
    fn a_csv_opens_in_excel_with_its_chinese_and_its_digits() {
        let mut export = CsvExport::new(Vec::new(), &["姓名", "证件号"], Some("张三 · 2026-07-01")).unwrap();
        export.push(&[ExportValue::Text("=HYPERLINK(\"x\")"), ExportValue::Text("230102198001011234")]).unwrap();
        export.push(&[ExportValue::Number(-2.5)]).unwrap();
        export.push(&[ExportValue::Empty, ExportValue::Date { year: 2026, month: 1, day: 2 }]).unwrap();
        let text = String::from_utf8(export.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{feff}张三 · 2026-07-01\r\n姓名,证件号\r\n\"'=HYPERLINK(\"\"x\"\")\",230102198001011234\r\n-2.5,\r\n,2026-01-02\r\n"
        );
    }
}
