//! Styles and numbering. Sizes are in half points (三号 = 16 pt = 32), lines in twentieths of a point (28 pt = 560).

use std::fmt::Write;

use linli_domain::Lang;

use super::DECLARATION;

const W: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
/// 28 pt exactly, as 22 lines on a page need.
const LINE: &str = "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"560\" w:lineRule=\"exact\"/>";
/// As high as its content: tables and drawings.
const LOOSE: &str = "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"240\" w:lineRule=\"auto\"/>";
const AFTER_TABLE: &str = "<w:spacing w:before=\"60\" w:after=\"200\" w:line=\"240\" w:lineRule=\"auto\"/>";
const CAPTION: &str = "<w:spacing w:before=\"120\" w:after=\"80\" w:line=\"240\" w:lineRule=\"auto\"/>";
const INDENT: &str = "<w:ind w:firstLineChars=\"200\" w:firstLine=\"640\"/>";
const NO_INDENT: &str = "<w:ind w:left=\"0\" w:firstLineChars=\"0\" w:firstLine=\"0\"/>";
const CENTRE: &str = "<w:jc w:val=\"center\"/>";
const KEEP: &str = "<w:keepNext/><w:keepLines/>";

/// A style of paragraphs.
struct Style {
    id: &'static str,
    name: &'static str,
    /// Font of Chinese characters; empty for the body's.
    font: &'static str,
    /// In half points.
    size: u32,
    bold: bool,
    /// `w:pPr`, in the order of the schema.
    paragraph: String,
}

/// `word/styles.xml`.
pub(super) fn styles(lang: Lang) -> String {
    let mut out = format!(
        "{DECLARATION}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" \
         w:hAnsi=\"Times New Roman\" w:cs=\"Times New Roman\" w:eastAsia=\"仿宋_GB2312\"/><w:sz w:val=\"32\"/><w:szCs \
         w:val=\"32\"/><w:lang w:val=\"{}\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr>\
         {LINE}{INDENT}<w:jc w:val=\"both\"/></w:pPr></w:style><w:style w:type=\"character\" w:default=\"1\" \
         w:styleId=\"DefaultParagraphFont\"><w:name w:val=\"Default Paragraph Font\"/></w:style>",
        lang.pick("zh-CN", "en-GB")
    );
    for style in heads().into_iter().chain(smaller()) {
        paragraph(&mut out, &style);
    }
    out.push_str(
        "<w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/><w:rPr><w:color \
         w:val=\"0563C1\"/><w:u w:val=\"single\"/></w:rPr></w:style><w:style w:type=\"character\" \
         w:styleId=\"FootnoteReference\"><w:name w:val=\"footnote reference\"/><w:rPr><w:vertAlign \
         w:val=\"superscript\"/></w:rPr></w:style><w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name \
         w:val=\"Normal Table\"/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/></w:tblPr></w:style>",
    );
    out.push_str(
        "<w:style w:type=\"table\" w:styleId=\"Report\"><w:name w:val=\"Report\"/><w:basedOn w:val=\"TableNormal\"/><w:tblPr>\
         <w:tblBorders><w:top w:val=\"single\" w:sz=\"8\" w:space=\"0\" w:color=\"000000\"/><w:left w:val=\"single\" \
         w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"0\" \
         w:color=\"000000\"/><w:right w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:insideH \
         w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/><w:insideV w:val=\"single\" w:sz=\"4\" \
         w:space=\"0\" w:color=\"000000\"/></w:tblBorders><w:tblCellMar><w:top w:w=\"40\" w:type=\"dxa\"/><w:left w:w=\"80\" \
         w:type=\"dxa\"/><w:bottom w:w=\"40\" w:type=\"dxa\"/><w:right w:w=\"80\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblStylePr w:type=\"firstRow\"><w:tcPr><w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EEF2F5\"/></w:tcPr>\
         </w:tblStylePr></w:style></w:styles>",
    );
    out
}

/// Title and headings: 二号小标宋, then 黑体, 楷体, 仿宋 bold, 仿宋, each 三号.
fn heads() -> Vec<Style> {
    let heading = |id, name, font, bold, level: u8| Style {
        id,
        name,
        font,
        size: 32,
        bold,
        paragraph: format!(
            "{KEEP}<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"1\"/></w:numPr>{LINE}{INDENT}<w:outlineLvl \
             w:val=\"{level}\"/>"
        ),
    };
    let title = "<w:spacing w:before=\"0\" w:after=\"280\" w:line=\"700\" w:lineRule=\"exact\"/>";
    vec![
        Style {
            id: "Title",
            name: "Title",
            font: "方正小标宋简体",
            size: 44,
            bold: false,
            paragraph: format!("{KEEP}{title}{NO_INDENT}{CENTRE}"),
        },
        Style {
            id: "Subtitle",
            name: "Subtitle",
            font: "楷体_GB2312",
            size: 32,
            bold: false,
            paragraph: format!(
                "<w:spacing w:before=\"0\" w:after=\"560\" w:line=\"560\" w:lineRule=\"exact\"/>{NO_INDENT}{CENTRE}"
            ),
        },
        heading("Heading1", "heading 1", "黑体", false, 0),
        heading("Heading2", "heading 2", "楷体_GB2312", false, 1),
        heading("Heading3", "heading 3", "", true, 2),
        heading("Heading4", "heading 4", "", false, 3),
        Style {
            id: "Appendix",
            name: "Appendix",
            font: "黑体",
            size: 32,
            bold: false,
            paragraph: format!("{KEEP}{LINE}{NO_INDENT}<w:outlineLvl w:val=\"0\"/>"),
        },
        Style {
            id: "ContentsTitle",
            name: "Contents Title",
            font: "黑体",
            size: 32,
            bold: false,
            paragraph: format!("{KEEP}{LINE}{NO_INDENT}{CENTRE}"),
        },
    ]
}

/// Contents, tables, captions, notes, footers.
fn smaller() -> Vec<Style> {
    let style = |id, name, font, size, paragraph: String| Style { id, name, font, size, bold: false, paragraph };
    vec![
        style("TOC1", "toc 1", "", 28, format!("{LINE}{NO_INDENT}")),
        style("TOC2", "toc 2", "", 28, format!("{LINE}<w:ind w:leftChars=\"200\" w:left=\"560\" w:firstLine=\"0\"/>")),
        style("TableCaption", "Table Caption", "黑体", 24, format!("{KEEP}{CAPTION}{NO_INDENT}{CENTRE}")),
        style("FigureCaption", "Figure Caption", "黑体", 24, format!("<w:keepNext/>{CAPTION}{NO_INDENT}{CENTRE}")),
        style("Figure", "Figure", "", 24, format!("<w:keepNext/>{CAPTION}{NO_INDENT}{CENTRE}")),
        style("TableHead", "Table Head", "黑体", 21, format!("{LOOSE}{NO_INDENT}{CENTRE}")),
        style("TableText", "Table Text", "宋体", 21, format!("{LOOSE}{NO_INDENT}<w:jc w:val=\"left\"/>")),
        style("TableNumber", "Table Number", "宋体", 21, format!("{LOOSE}{NO_INDENT}<w:jc w:val=\"right\"/>")),
        style("Source", "Source", "宋体", 18, format!("{AFTER_TABLE}{NO_INDENT}<w:jc w:val=\"left\"/>")),
        style("FootnoteText", "footnote text", "宋体", 18, format!("{LOOSE}{NO_INDENT}<w:jc w:val=\"left\"/>")),
        style("Footer", "footer", "宋体", 28, format!("{LOOSE}{NO_INDENT}")),
    ]
}

fn paragraph(out: &mut String, style: &Style) {
    let Style { id, name, font, size, bold, paragraph } = style;
    let bold = if *bold { "<w:b/>" } else { "" };
    let font = if font.is_empty() { String::new() } else { format!("<w:rFonts w:eastAsia=\"{font}\"/>") };
    let _ = write!(
        out,
        "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
         <w:pPr>{paragraph}</w:pPr><w:rPr>{font}{bold}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>"
    );
}

/// `word/numbering.xml`: one list of four levels that the headings share.
pub(super) fn numbering(lang: Lang) -> String {
    let levels: [(&str, &str); 4] = match lang {
        Lang::Zh => [
            ("chineseCountingThousand", "%1、"),
            ("chineseCountingThousand", "（%2）"),
            ("decimal", "%3."),
            ("decimal", "（%4）"),
        ],
        Lang::En => [("decimal", "%1 "), ("decimal", "%1.%2 "), ("decimal", "%1.%2.%3 "), ("decimal", "%1.%2.%3.%4 ")],
    };
    let mut out = format!(
        "{DECLARATION}<w:numbering {W}><w:abstractNum w:abstractNumId=\"0\"><w:multiLevelType w:val=\"multilevel\"/>"
    );
    for (index, (format, text)) in levels.iter().enumerate() {
        let _ = write!(
            out,
            "<w:lvl w:ilvl=\"{index}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:pStyle w:val=\"Heading{}\"/><w:suff \
             w:val=\"nothing\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr>{INDENT}</w:pPr><w:rPr><w:rFonts \
             w:hint=\"eastAsia\"/></w:rPr></w:lvl>",
            index + 1
        );
    }
    out + "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
}
