//! `word/document.xml`: title, headings, paragraphs, tables, places of charts.

use std::{collections::HashMap, fmt::Write};

use linli_domain::{
    Lang,
    document::{Block, Chart, ChartKind, Document, Heading, Row, Run, Table, Target},
};

use crate::{numbering::Numbering, text::escaped};

use super::{DECLARATION, TEXT_WIDTH};

const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"";
/// English Metric Units in a millimetre.
const EMU: u64 = 36_000;

/// The body, and what the package needs beside it.
pub(super) struct Written<'a> {
    pub(super) xml: String,
    /// Charts in order; the first is `chart1`.
    pub(super) charts: Vec<&'a Chart>,
    /// Footnotes in order; the first has the id 1.
    pub(super) notes: Vec<&'a str>,
    /// Addresses outside; the first is `link1`.
    pub(super) links: Vec<&'a str>,
}

/// Look of a run.
enum Look {
    Plain,
    Strong,
    Link,
}

struct Writer<'a> {
    xml: String,
    /// Whether the next heading begins a page.
    new_page: bool,
    lang: Lang,
    numbering: Numbering,
    /// Names to link to, with the number of their bookmark: Word's own names are short and take no `-`.
    anchors: HashMap<&'a str, usize>,
    charts: Vec<&'a Chart>,
    notes: Vec<&'a str>,
    links: Vec<&'a str>,
}

/// Writes the body.
pub(super) fn write(document: &Document) -> Written<'_> {
    let mut writer = Writer {
        xml: format!("{DECLARATION}<w:document {NAMESPACES}><w:body>"),
        new_page: false,
        lang: document.lang,
        numbering: Numbering::default(),
        anchors: anchors(document),
        charts: Vec::new(),
        notes: Vec::new(),
        links: Vec::new(),
    };
    writer.styled("Title", &document.title);
    if let Some(subtitle) = &document.subtitle {
        writer.styled("Subtitle", subtitle);
    }
    for block in &document.blocks {
        match block {
            Block::Heading(heading) => writer.heading(heading),
            Block::Paragraph { runs } => writer.paragraph("", runs),
            Block::Table(table) => writer.table(table),
            Block::Chart(chart) => writer.chart(chart),
            Block::Contents => writer.contents(document),
            Block::PageBreak => writer.new_page = true,
        }
    }
    writer.xml.push_str(
        "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"footer1\"/><w:footerReference w:type=\"even\" \
         r:id=\"footer2\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" \
         w:left=\"1588\" w:header=\"851\" w:footer=\"1304\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
    );
    Written { xml: writer.xml, charts: writer.charts, notes: writer.notes, links: writer.links }
}

fn anchors(document: &Document) -> HashMap<&str, usize> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut add = |name| {
        let next = names.len() + 1;
        names.entry(name).or_insert(next);
    };
    for block in &document.blocks {
        match block {
            Block::Heading(heading) => add(&heading.anchor),
            Block::Table(table) => table.rows.iter().filter_map(|row| row.anchor.as_deref()).for_each(&mut add),
            _ => {}
        }
    }
    names
}

impl<'a> Writer<'a> {
    fn styled(&mut self, style: &str, text: &str) {
        let _ = write!(self.xml, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
        self.words(text);
        self.xml.push_str("</w:p>");
    }

    fn words(&mut self, text: &str) {
        self.looking(Look::Plain, text);
    }

    /// A run of words. The hint makes quotation marks and dashes Chinese where both scripts have them.
    fn looking(&mut self, look: Look, text: &str) {
        let hint = if self.lang == Lang::Zh { "<w:rFonts w:hint=\"eastAsia\"/>" } else { "" };
        let mark = match look {
            Look::Plain => hint.to_owned(),
            Look::Strong => format!("{hint}<w:b/>"),
            Look::Link => format!("<w:rStyle w:val=\"Hyperlink\"/>{hint}"),
        };
        let mark = if mark.is_empty() { mark } else { format!("<w:rPr>{mark}</w:rPr>") };
        let _ = write!(self.xml, "<w:r>{mark}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text));
    }

    fn heading(&mut self, heading: &'a Heading) {
        let level = heading.level.clamp(1, 4);
        let style = if heading.numbered { format!("Heading{level}") } else { "Appendix".to_owned() };
        let page = if std::mem::take(&mut self.new_page) { "<w:pageBreakBefore/>" } else { "" };
        let _ = write!(self.xml, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{page}</w:pPr>");
        self.bookmark(&heading.anchor);
        self.words(&heading.text);
        self.xml.push_str("</w:p>");
    }

    fn bookmark(&mut self, anchor: &str) {
        if let Some(n) = self.anchors.get(anchor) {
            let _ =
                write!(self.xml, "<w:bookmarkStart w:id=\"{n}\" w:name=\"_place{n}\"/><w:bookmarkEnd w:id=\"{n}\"/>");
        }
    }

    fn paragraph(&mut self, style: &str, runs: &'a [Run]) {
        self.xml.push_str("<w:p>");
        if !style.is_empty() {
            let _ = write!(self.xml, "<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
        }
        self.runs(runs);
        self.xml.push_str("</w:p>");
    }

    fn runs(&mut self, runs: &'a [Run]) {
        for run in runs {
            match run {
                Run::Text { text } => self.words(text),
                Run::Strong { text } => self.looking(Look::Strong, text),
                Run::Link { text, to: Target::Anchor { anchor } | Target::Figure { anchor, .. } } => {
                    match self.anchors.get(anchor.as_str()).copied() {
                        Some(n) => {
                            let _ = write!(self.xml, "<w:hyperlink w:anchor=\"_place{n}\" w:history=\"1\">");
                            self.words(text);
                            self.xml.push_str("</w:hyperlink>");
                        }
                        None => self.words(text),
                    }
                }
                Run::Link { text, to: Target::Url { url } } => {
                    self.links.push(url);
                    let _ = write!(self.xml, "<w:hyperlink r:id=\"link{}\" w:history=\"1\">", self.links.len());
                    self.looking(Look::Link, text);
                    self.xml.push_str("</w:hyperlink>");
                }
                Run::Note { text } => {
                    self.notes.push(text);
                    let _ = write!(
                        self.xml,
                        "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"{}\"/></w:r>",
                        self.notes.len()
                    );
                }
            }
        }
    }

    /// A field of contents with its result in place: right without being refreshed, and refreshed to page numbers by
    /// whoever asks Word for it.
    fn contents(&mut self, document: &Document) {
        let mut numbering = Numbering::default();
        self.styled("ContentsTitle", self.lang.pick("目　录", "Contents"));
        let mut first = true;
        for block in &document.blocks {
            let Block::Heading(heading) = block else { continue };
            let number = numbering.heading(heading, self.lang);
            let Some(place) = self.anchors.get(heading.anchor.as_str()).copied().filter(|_| heading.level <= 2) else {
                continue;
            };
            let _ = write!(self.xml, "<w:p><w:pPr><w:pStyle w:val=\"TOC{}\"/></w:pPr>", heading.level);
            if first {
                self.xml.push_str(
                    "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> TOC \\o \
                     \"1-2\" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
                );
                first = false;
            }
            let _ = write!(self.xml, "<w:hyperlink w:anchor=\"_place{place}\" w:history=\"1\">");
            self.words(&format!("{number}{}", heading.text));
            self.xml.push_str("</w:hyperlink></w:p>");
        }
        if !first {
            self.xml.push_str("<w:p><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>");
        }
    }

    /// 表1 …, 图1 …: numbered by a field, so that a table put in by hand is counted.
    fn caption(&mut self, style: &str, word: &str, number: usize, text: &str) {
        let _ = write!(self.xml, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
        self.words(word);
        let sequence = word.trim();
        let _ = write!(
            self.xml,
            "<w:fldSimple w:instr=\" SEQ {sequence} \\* ARABIC \"><w:r><w:t>{number}</w:t></w:r></w:fldSimple>"
        );
        self.words(&format!("　{text}"));
        self.xml.push_str("</w:p>");
    }

    fn table(&mut self, table: &'a Table) {
        if let Some(caption) = &table.caption {
            let (word, number) = (self.lang.pick("表", "Table "), self.numbering.table());
            self.caption("TableCaption", word, number, caption);
        }
        let widths = widths(table);
        let _ = write!(
            self.xml,
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"Report\"/><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/><w:jc \
             w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0420\" w:firstRow=\"1\"/></w:tblPr><w:tblGrid>"
        );
        for width in &widths {
            let _ = write!(self.xml, "<w:gridCol w:w=\"{width}\"/>");
        }
        self.xml.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (column, width) in table.columns.iter().zip(&widths) {
            self.cell_start(*width);
            self.styled("TableHead", &column.label);
            self.xml.push_str("</w:tc>");
        }
        self.xml.push_str("</w:tr>");
        for row in &table.rows {
            self.row(table, row, &widths);
        }
        self.xml.push_str("</w:tbl>");
        self.source(table.source.as_deref());
    }

    fn row(&mut self, table: &Table, row: &'a Row, widths: &[u32]) {
        self.xml.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for (index, ((column, width), cell)) in table.columns.iter().zip(widths).zip(&row.cells).enumerate() {
            self.cell_start(*width);
            let style = if column.number { "TableNumber" } else { "TableText" };
            let _ = write!(self.xml, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
            if let Some(anchor) = row.anchor.as_deref().filter(|_| index == 0) {
                self.bookmark(anchor);
            }
            self.runs(cell);
            self.xml.push_str("</w:p></w:tc>");
        }
        self.xml.push_str("</w:tr>");
    }

    fn cell_start(&mut self, width: u32) {
        let _ = write!(
            self.xml,
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>"
        );
    }

    fn source(&mut self, source: Option<&str>) {
        // A paragraph always follows a table: two tables that touch are one to Word.
        let word = self.lang.pick("数据来源：", "Source: ");
        self.styled("Source", &source.map(|source| format!("{word}{source}")).unwrap_or_default());
    }

    fn chart(&mut self, chart: &'a Chart) {
        self.charts.push(chart);
        let n = self.charts.len();
        let (width, height) = (155 * EMU, height(chart) * EMU);
        let caption = escaped(&chart.caption);
        let _ = write!(
            self.xml,
            "<w:p><w:pPr><w:pStyle w:val=\"Figure\"/></w:pPr><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" \
             distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/><wp:docPr id=\"{n}\" name=\"chart{n}\" \
             descr=\"{caption}\"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData \
             uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart r:id=\"chart{n}\"/></a:graphicData>\
             </a:graphic></wp:inline></w:drawing></w:r></w:p>"
        );
        let (word, number) = (self.lang.pick("图", "Figure "), self.numbering.figure());
        // Lying bars cannot carry a line to compare with: the caption says it.
        let target = chart.target.as_ref().filter(|_| chart.kind == ChartKind::Bar);
        let target =
            target.map(|(name, at)| format!("（{name}{}{}）", crate::text::number(*at, chart.decimals), chart.unit));
        self.caption("FigureCaption", word, number, &format!("{}{}", chart.caption, target.unwrap_or_default()));
        self.source(chart.source.as_deref());
    }
}

/// Height of a chart in millimetres: lying bars need room for each name.
fn height(chart: &Chart) -> u64 {
    let rows = u64::try_from(chart.categories.len() * chart.series.len().max(1)).unwrap_or(u64::MAX);
    match chart.kind {
        ChartKind::Bar => rows.saturating_mul(6).saturating_add(24).clamp(48, 190),
        ChartKind::Column | ChartKind::Line => 76,
        ChartKind::Ring => 70,
    }
}

/// Widths of the columns by their weights; together exactly the width of the text.
fn widths(table: &Table) -> Vec<u32> {
    let total: u32 = table.columns.iter().map(|column| u32::from(column.weight.max(1))).sum();
    let mut widths: Vec<u32> =
        table.columns.iter().map(|column| TEXT_WIDTH * u32::from(column.weight.max(1)) / total.max(1)).collect();
    let used: u32 = widths.iter().sum();
    if let Some(last) = widths.last_mut() {
        *last += TEXT_WIDTH - used;
    }
    widths
}
