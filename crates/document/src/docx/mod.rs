//! Word files (WordprocessingML, ISO/IEC 29500 transitional) in the form of Chinese official documents: page, fonts and
//! line pitch after GB/T 9704—2012, headings with native numbering, native charts with their data inside.
//!
//! Written here rather than with a general library because charts, East Asian fonts, numbering in Chinese characters and
//! identical bytes for identical documents are what this file is about (docs/decisions/0008-own-docx-writer.md).

mod body;
mod chart;
mod parts;
mod sheet;
mod styles;

use std::io::{Cursor, Write};

use linli_domain::document::Document;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::WriteError;

/// The first line of every part.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// Width of the text, in twentieths of a point: 156 mm.
const TEXT_WIDTH: u32 = 8844;

/// The document as a Word file. The same document gives the same bytes.
pub fn to_docx(document: &Document) -> Result<Vec<u8>, WriteError> {
    let written = body::write(document);
    let mut package = Package::new();
    package.part("[Content_Types].xml", &parts::content_types(written.charts.len()))?;
    package.part("_rels/.rels", parts::RELATIONS)?;
    package.part("docProps/core.xml", &parts::core(document))?;
    package.part("docProps/app.xml", parts::APP)?;
    package.part("word/document.xml", &written.xml)?;
    package.part("word/_rels/document.xml.rels", &parts::document_relations(&written))?;
    package.part("word/styles.xml", &styles::styles(document.lang))?;
    package.part("word/numbering.xml", &styles::numbering(document.lang))?;
    package.part("word/settings.xml", parts::SETTINGS)?;
    package.part("word/fontTable.xml", parts::FONTS)?;
    package.part("word/footnotes.xml", &parts::footnotes(&written.notes))?;
    package.part("word/footer1.xml", &parts::footer("right"))?;
    package.part("word/footer2.xml", &parts::footer("left"))?;
    for (index, chart) in written.charts.iter().enumerate() {
        let n = index + 1;
        package.part(&format!("word/charts/chart{n}.xml"), &chart::part(chart, document.lang))?;
        package.part(&format!("word/charts/_rels/chart{n}.xml.rels"), &chart::relations(n))?;
        package.bytes(&format!("word/embeddings/chart{n}.xlsx"), &sheet::workbook(chart)?)?;
    }
    package.end()
}

/// A zip package whose entries have no time.
struct Package(ZipWriter<Cursor<Vec<u8>>>);

impl Package {
    fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    fn part(&mut self, name: &str, text: &str) -> Result<(), WriteError> {
        self.bytes(name, text.as_bytes())
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.0.start_file(name, options)?;
        Ok(self.0.write_all(bytes)?)
    }

    fn end(self) -> Result<Vec<u8>, WriteError> {
        Ok(self.0.finish()?.into_inner())
    }
}
