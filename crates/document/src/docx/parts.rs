//! The small parts of the package: types, relations, settings, fonts, footnotes, footers.

use std::fmt::Write;

use linli_domain::document::Document;

use crate::text::escaped;

use super::{DECLARATION, body::Written};

const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";

/// Relations of the package.
pub(super) const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
Target=\"word/document.xml\"/>\
<Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" \
Target=\"docProps/core.xml\"/>\
<Relationship Id=\"r3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties\" \
Target=\"docProps/app.xml\"/></Relationships>";

/// What wrote the file.
pub(super) const APP: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
<Application>Linli</Application></Properties>";

/// Odd and even pages differ (numbers stand outside); characters are compressed as Chinese typesetting does.
pub(super) const SETTINGS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:zoom w:percent=\"100\"/>\
<w:defaultTabStop w:val=\"420\"/><w:evenAndOddHeaders/><w:characterSpacingControl w:val=\"compressPunctuation\"/>\
<w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\
<w:compat><w:useFELayout/><w:compatSetting w:name=\"compatibilityMode\" \
w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat></w:settings>";

/// The standard's fonts, each with what stands in where it is not installed.
pub(super) const FONTS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<w:fonts xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
<w:font w:name=\"方正小标宋简体\"><w:altName w:val=\"FZXiaoBiaoSong-B05S;华文中宋;宋体;Noto Serif CJK SC\"/><w:charset w:val=\"86\"/>\
<w:family w:val=\"roman\"/></w:font>\
<w:font w:name=\"仿宋_GB2312\"><w:altName w:val=\"仿宋;FangSong;华文仿宋;Noto Serif CJK SC\"/><w:charset w:val=\"86\"/>\
<w:family w:val=\"modern\"/></w:font>\
<w:font w:name=\"楷体_GB2312\"><w:altName w:val=\"楷体;KaiTi;华文楷体;Noto Serif CJK SC\"/><w:charset w:val=\"86\"/>\
<w:family w:val=\"modern\"/></w:font>\
<w:font w:name=\"黑体\"><w:altName w:val=\"SimHei;Noto Sans CJK SC\"/><w:charset w:val=\"86\"/><w:family w:val=\"modern\"/></w:font>\
<w:font w:name=\"宋体\"><w:altName w:val=\"SimSun;Noto Serif CJK SC\"/><w:charset w:val=\"86\"/><w:family w:val=\"auto\"/></w:font>\
<w:font w:name=\"Times New Roman\"><w:charset w:val=\"00\"/><w:family w:val=\"roman\"/></w:font></w:fonts>";

/// `[Content_Types].xml` for a package with `charts` charts.
pub(super) fn content_types(charts: usize) -> String {
    let mut xml = format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
         ContentType=\"application/xml\"/><Default Extension=\"xlsx\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\"/>"
    );
    let mut add = |name: &str, kind: &str| {
        let _ = write!(xml, "<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>");
    };
    add("word/document.xml", &format!("{WORD}.document.main+xml"));
    for part in ["styles", "numbering", "settings", "fontTable", "footnotes"] {
        add(&format!("word/{part}.xml"), &format!("{WORD}.{part}+xml"));
    }
    for n in 1..=2 {
        add(&format!("word/footer{n}.xml"), &format!("{WORD}.footer+xml"));
    }
    for n in 1..=charts {
        let kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";
        add(&format!("word/charts/chart{n}.xml"), kind);
    }
    add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml");
    add("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml");
    xml + "</Types>"
}

/// Title and language; no time, so that the same document has the same bytes.
pub(super) fn core(document: &Document) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:language>{}</dc:language>\
         </cp:coreProperties>",
        escaped(&document.title),
        document.lang.pick("zh-CN", "en")
    )
}

/// Relations of the body.
pub(super) fn document_relations(written: &Written<'_>) -> String {
    let mut xml = format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    let mut add = |id: &str, kind: &str, target: &str, outside: bool| {
        let mode = if outside { " TargetMode=\"External\"" } else { "" };
        let target = escaped(target);
        let _ = write!(xml, "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"{mode}/>");
    };
    for part in ["styles", "numbering", "settings", "fontTable", "footnotes"] {
        add(part, part, &format!("{part}.xml"), false);
    }
    add("footer1", "footer", "footer1.xml", false);
    add("footer2", "footer", "footer2.xml", false);
    for n in 1..=written.charts.len() {
        add(&format!("chart{n}"), "chart", &format!("charts/chart{n}.xml"), false);
    }
    for (index, url) in written.links.iter().enumerate() {
        add(&format!("link{}", index + 1), "hyperlink", url, true);
    }
    xml + "</Relationships>"
}

/// Footnotes, with the two that draw the line above them.
pub(super) fn footnotes(notes: &[&str]) -> String {
    let mut xml = format!(
        "{DECLARATION}<w:footnotes {W}><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p><w:pPr><w:pStyle \
         w:val=\"FootnoteText\"/></w:pPr><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote \
         w:type=\"continuationSeparator\" w:id=\"0\"><w:p><w:pPr><w:pStyle w:val=\"FootnoteText\"/></w:pPr><w:r>\
         <w:continuationSeparator/></w:r></w:p></w:footnote>"
    );
    for (index, note) in notes.iter().enumerate() {
        let (id, text) = (index + 1, escaped(note));
        let _ = write!(
            xml,
            "<w:footnote w:id=\"{id}\"><w:p><w:pPr><w:pStyle w:val=\"FootnoteText\"/></w:pPr><w:r><w:rPr><w:rStyle \
             w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r><w:r><w:rPr><w:rFonts w:hint=\"eastAsia\"/></w:rPr>\
             <w:t xml:space=\"preserve\"> {text}</w:t></w:r></w:p></w:footnote>"
        );
    }
    xml + "</w:footnotes>"
}

/// The footer of odd (`right`) or even (`left`) pages: — 1 — on the outer side, one character from the edge.
pub(super) fn footer(side: &str) -> String {
    let indent =
        if side == "right" { "w:rightChars=\"100\" w:right=\"280\"" } else { "w:leftChars=\"100\" w:left=\"280\"" };
    let run = |inner: &str| format!("<w:r><w:rPr><w:rFonts w:hint=\"eastAsia\"/></w:rPr>{inner}</w:r>");
    format!(
        "{DECLARATION}<w:ftr {W}><w:p><w:pPr><w:pStyle w:val=\"Footer\"/><w:ind {indent}/><w:jc w:val=\"{side}\"/></w:pPr>\
         {}{}{}{}{}{}</w:p></w:ftr>",
        run("<w:t xml:space=\"preserve\">— </w:t>"),
        run("<w:fldChar w:fldCharType=\"begin\"/>"),
        run("<w:instrText xml:space=\"preserve\"> PAGE </w:instrText>"),
        run("<w:fldChar w:fldCharType=\"separate\"/>"),
        run("<w:t>1</w:t>"),
        run("<w:fldChar w:fldCharType=\"end\"/></w:r><w:r><w:t xml:space=\"preserve\"> —</w:t>"),
    )
}
