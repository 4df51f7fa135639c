//! Markdown: headings with their numbers, tables, footnotes; a chart is the table of its data.

use std::fmt::Write;

use linli_domain::{
    Lang,
    document::{Block, Chart, Document, Heading, Run, Table, Target},
};

use crate::{numbering::Numbering, text::number};

/// The document as Markdown (with the tables and footnotes that GitHub and pandoc read).
pub fn to_markdown(document: &Document) -> String {
    let mut writer =
        Writer { out: String::new(), notes: Vec::new(), numbering: Numbering::default(), lang: document.lang };
    let _ = writeln!(writer.out, "# {}\n", plain(&document.title));
    if let Some(subtitle) = &document.subtitle {
        let _ = writeln!(writer.out, "{}\n", plain(subtitle));
    }
    for block in &document.blocks {
        writer.block(block);
    }
    for (index, note) in writer.notes.iter().enumerate() {
        let _ = writeln!(writer.out, "[^{}]: {}", index + 1, plain(note));
    }
    writer.out.truncate(writer.out.trim_end().len());
    writer.out.push('\n');
    writer.out
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
                let _ = writeln!(self.out, "{words}\n");
            }
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => self.chart(chart),
            Block::Contents | Block::PageBreak => {}
        }
    }

    fn heading(&mut self, heading: &Heading) {
        let marks = "#".repeat(usize::from(heading.level) + 1);
        let number = self.numbering.heading(heading, self.lang);
        let _ = writeln!(self.out, "{marks} {number}{}\n", plain(&heading.text));
    }

    fn runs(&mut self, runs: &[Run]) -> String {
        runs.iter().map(|run| self.run(run)).collect()
    }

    fn run(&mut self, run: &Run) -> String {
        match run {
            Run::Text { text } => plain(text),
            Run::Strong { text } => format!("**{}**", plain(text)),
            Run::Link { text, to: Target::Url { url } } => format!("[{}](<{url}>)", plain(text)),
            Run::Link { text, to: Target::Anchor { anchor } | Target::Figure { anchor, .. } } => {
                format!("[{}](#{anchor})", plain(text))
            }
            Run::Note { text } => {
                self.notes.push(text.clone());
                format!("[^{}]", self.notes.len())
            }
        }
    }

    fn table(&mut self, table: &Table) {
        if let Some(caption) = &table.caption {
            let number = self.numbering.table();
            let _ = writeln!(self.out, "{}{number} {}\n", self.lang.pick("表", "Table "), plain(caption));
        }
        let heads: Vec<String> = table.columns.iter().map(|column| plain(&column.label)).collect();
        let lines: Vec<&str> = table.columns.iter().map(|c| if c.number { "--:" } else { ":--" }).collect();
        let _ = writeln!(self.out, "| {} |\n| {} |", heads.join(" | "), lines.join(" | "));
        for row in &table.rows {
            let mut cells: Vec<String> = row.cells.iter().map(|cell| self.runs(cell)).collect();
            if let (Some(anchor), Some(first)) = (&row.anchor, cells.first_mut()) {
                *first = format!("<a id=\"{anchor}\"></a>{first}");
            }
            let _ = writeln!(self.out, "| {} |", cells.join(" | "));
        }
        self.out.push('\n');
        self.source(table.source.as_deref());
    }

    fn chart(&mut self, chart: &Chart) {
        let number_of = self.numbering.figure();
        let _ = writeln!(self.out, "{}{number_of} {}\n", self.lang.pick("图", "Figure "), plain(&chart.caption));
        let names: Vec<String> = chart.series.iter().map(|series| plain(&series.name)).collect();
        let _ = writeln!(self.out, "| | {} |\n| :-- | {} |", names.join(" | "), vec!["--:"; names.len()].join(" | "));
        for (index, category) in chart.categories.iter().enumerate() {
            let value =
                |value: Option<f64>| value.map_or("—".to_owned(), |v| number(v, chart.decimals) + &chart.unit);
            let values: Vec<String> =
                chart.series.iter().map(|series| value(series.values.get(index).copied().flatten())).collect();
            let _ = writeln!(self.out, "| {} | {} |", plain(category), values.join(" | "));
        }
        self.out.push('\n');
        if let Some((label, height)) = &chart.target {
            let _ = writeln!(self.out, "{}: {}{}\n", plain(label), number(*height, chart.decimals), chart.unit);
        }
        self.source(chart.source.as_deref());
    }

    fn source(&mut self, source: Option<&str>) {
        if let Some(source) = source {
            let _ = writeln!(self.out, "{}{}\n", self.lang.pick("数据来源：", "Source: "), plain(source));
        }
    }
}

/// Words in which nothing is Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
