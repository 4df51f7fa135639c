//! A page that stands alone, or its body for another page: drawings inside, every figure a link that says which indicator
//! and area it is, so that the console can open its rows.

use std::fmt::Write;

use linli_domain::{
    Lang,
    document::{Block, Chart, Document, Heading, Run, Table, Target},
};

use crate::{numbering::Numbering, svg::to_svg, text::escaped};

const STYLE: &str = "body{margin:0;background:#f4f4f4;color:#1a1a1a}\
.report{max-width:46rem;margin:0 auto;padding:3rem 3.5rem;background:#fff;font:1.05rem/1.85 \"Noto Serif CJK SC\",\
\"Source Han Serif SC\",SimSun,serif}\
.report h1{text-align:center;font-size:1.7rem;line-height:1.4;margin:0 0 .6rem}\
.report .subtitle{text-align:center;font-family:KaiTi,STKaiti,serif;margin:0 0 2rem;text-indent:0}\
.report h2,.report h3,.report h4,.report h5{font-size:1.1rem;margin:1.4em 0 .4em;text-indent:2em}\
.report h2{font-family:SimHei,\"Noto Sans CJK SC\",sans-serif}.report h3{font-family:KaiTi,STKaiti,serif}\
.report p{margin:0;text-indent:2em;text-align:justify}.report a.figure{color:inherit;text-decoration:none;\
border-bottom:1px dotted #0072b2}.report a.figure:hover,.report a.figure:focus{background:#e6f1f8}\
.report table{width:100%;border-collapse:collapse;font-size:.85rem;line-height:1.5;margin:.3rem 0}\
.report th,.report td{border:1px solid #888;padding:.25rem .4rem;text-align:left;vertical-align:top}\
.report th{background:#f0f3f5;text-align:center}.report td.number{text-align:right;white-space:nowrap}\
.report figure{margin:1.2rem 0}.report figcaption,.report caption{text-align:center;font:bold .95rem SimHei,\
\"Noto Sans CJK SC\",sans-serif;padding:.4rem 0}.report .source{font-size:.8rem;color:#555;text-indent:0}\
.report nav ol{list-style:none;padding:0;margin:0 0 2rem}.report nav .l2{padding-left:2em}\
.report .notes{font-size:.85rem;border-top:1px solid #bbb;margin-top:2rem}\
@media (max-width:640px){.report{padding:1.2rem 1rem}.report .scroll{overflow-x:auto}}\
@media (prefers-color-scheme:dark){body{background:#111;color:#e6e6e6}.report{background:#1a1a1a}\
.report th{background:#26303a}.report .source{color:#aaa}.report a.figure:hover,.report a.figure:focus{background:#16324a}}\
@media print{body{background:#fff}.report{padding:0;max-width:none}.break{break-after:page}}";

/// The document as one page with its style; nothing is loaded from anywhere.
pub fn page(document: &Document) -> String {
    let title = escaped(&document.title);
    let lang = document.lang.pick("zh-CN", "en");
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         {}</body>\n</html>\n",
        fragment(document)
    )
}

/// The document as one `<article class="report">`, without style.
pub fn fragment(document: &Document) -> String {
    let mut writer =
        Writer { out: String::new(), notes: Vec::new(), numbering: Numbering::default(), lang: document.lang };
    let _ = writeln!(writer.out, "<article class=\"report\">\n<h1>{}</h1>", escaped(&document.title));
    if let Some(subtitle) = &document.subtitle {
        let _ = writeln!(writer.out, "<p class=\"subtitle\">{}</p>", escaped(subtitle));
    }
    for block in &document.blocks {
        match block {
            Block::Contents => writer.contents(document),
            other => writer.block(other),
        }
    }
    writer.end()
}

struct Writer {
    out: String,
    notes: Vec<String>,
    numbering: Numbering,
    lang: Lang,
}

impl Writer {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(heading) => self.heading(heading),
            Block::Paragraph { runs } => {
                let words = self.runs(runs);
                let _ = writeln!(self.out, "<p>{words}</p>");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::PageBreak => self.out.push_str("<div class=\"break\"></div>\n"),
            Block::Contents => {}
        }
    }

    fn heading(&mut self, heading: &Heading) {
        let (level, number) = (heading.level + 1, self.numbering.heading(heading, self.lang));
        let (anchor, text) = (escaped(&heading.anchor), escaped(&heading.text));
        let _ = writeln!(self.out, "<h{level} id=\"{anchor}\">{number}{text}</h{level}>");
    }

    fn contents(&mut self, document: &Document) {
        let mut numbering = Numbering::default();
        let _ = writeln!(self.out, "<nav aria-label=\"{}\"><ol>", self.lang.pick("目录", "Contents"));
        for block in &document.blocks {
            let Block::Heading(heading) = block else { continue };
            let number = numbering.heading(heading, self.lang);
            if heading.level <= 2 {
                let (anchor, text, level) = (escaped(&heading.anchor), escaped(&heading.text), heading.level);
                let _ = writeln!(self.out, "<li class=\"l{level}\"><a href=\"#{anchor}\">{number}{text}</a></li>");
            }
        }
        self.out.push_str("</ol></nav>\n");
    }

    fn runs(&mut self, runs: &[Run]) -> String {
        runs.iter().map(|run| self.run(run)).collect()
    }

    fn run(&mut self, run: &Run) -> String {
        match run {
            Run::Text { text } => escaped(text),
            Run::Strong { text } => format!("<strong>{}</strong>", escaped(text)),
            Run::Link { text, to: Target::Anchor { anchor } } => {
                format!("<a href=\"#{}\">{}</a>", escaped(anchor), escaped(text))
            }
            Run::Link { text, to: Target::Url { url } } => {
                format!("<a href=\"{}\">{}</a>", escaped(url), escaped(text))
            }
            Run::Link { text, to: Target::Figure { anchor, indicator, area } } => format!(
                "<a class=\"figure\" href=\"#{}\" data-indicator=\"{}\" data-area=\"{}\">{}</a>",
                escaped(anchor),
                escaped(indicator),
                escaped(area),
                escaped(text)
            ),
            Run::Note { text } => {
                self.notes.push(text.clone());
                let n = self.notes.len();
                format!("<sup id=\"note-{n}\"><a href=\"#note-text-{n}\">[{n}]</a></sup>")
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.out.push_str("<div class=\"scroll\"><table>");
        if let Some(caption) = &table.caption {
            let (word, number) = (self.lang.pick("表", "Table "), self.numbering.table());
            let _ = write!(self.out, "<caption>{word}{number}　{}</caption>", escaped(caption));
        }
        self.out.push_str("<thead><tr>");
        for column in &table.columns {
            let _ = write!(self.out, "<th scope=\"col\">{}</th>", escaped(&column.label));
        }
        self.out.push_str("</tr></thead><tbody>\n");
        for row in &table.rows {
            let anchor = row.anchor.as_ref().map(|name| format!(" id=\"{}\"", escaped(name))).unwrap_or_default();
            let _ = write!(self.out, "<tr{anchor}>");
            for (cell, column) in row.cells.iter().zip(&table.columns) {
                let class = if column.number { " class=\"number\"" } else { "" };
                let words = self.runs(cell);
                let _ = write!(self.out, "<td{class}>{words}</td>");
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody></table></div>\n");
        self.source(table.source.as_deref());
    }

    fn chart(&mut self, chart: &Chart) {
        let (word, number) = (self.lang.pick("图", "Figure "), self.numbering.figure());
        let caption = escaped(&chart.caption);
        let _ = writeln!(self.out, "<figure>{}<figcaption>{word}{number}　{caption}</figcaption>", to_svg(chart));
        self.source(chart.source.as_deref());
        self.out.push_str("</figure>\n");
    }

    fn source(&mut self, source: Option<&str>) {
        if let Some(source) = source {
            let word = self.lang.pick("数据来源：", "Source: ");
            let _ = writeln!(self.out, "<p class=\"source\">{word}{}</p>", escaped(source));
        }
    }

    fn end(mut self) -> String {
        if !self.notes.is_empty() {
            self.out.push_str("<section class=\"notes\">\n");
            for (index, note) in self.notes.iter().enumerate() {
                let n = index + 1;
                let text = escaped(note);
                let _ = writeln!(self.out, "<p id=\"note-text-{n}\"><a href=\"#note-{n}\">[{n}]</a> {text}</p>");
            }
            self.out.push_str("</section>\n");
        }
        self.out.push_str("</article>\n");
        self.out
    }
}
