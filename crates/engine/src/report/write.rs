//! Report, area and days → document → file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_document::{to_docx, to_html, to_html_fragment, to_markdown};
use linli_domain::{
    Actor, Lang, Subject, Verb,
    document::Document,
    report::{self, Report, needs, parse, render},
};
use serde_json::json;

use super::gather::facts;
use crate::{Engine, Problem, ProblemKind};

/// What is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportAsk {
    /// Namespaced name; the last part alone where only one report has it.
    pub name: String,
    /// Code of the area; the first of one's own without it.
    pub area: Option<String>,
    /// The day; today without it.
    pub as_of: Option<Date>,
    /// The earlier day that it is compared with.
    pub against: Option<Date>,
    /// The report's words and the indicators' parameters that are changed for this one.
    pub params: BTreeMap<String, String>,
    /// Address of the indicators' page, to which definitions link; nothing: no such links.
    pub pages: Option<String>,
}

/// Forms of a written report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A Word file.
    Docx,
    /// A page that stands alone.
    Html,
    /// The body of a page.
    Fragment,
    /// Markdown.
    Markdown,
}

impl Format {
    /// By the end of a file's name.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "docx" => Some(Self::Docx),
            "html" | "htm" => Some(Self::Html),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Html | Self::Fragment => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }
}

/// A written report.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenReport {
    /// The document.
    pub document: Document,
    /// The report that was written: another than asked for when two days are compared.
    pub name: String,
    /// Code of its area.
    pub area: String,
    /// Its day.
    pub as_of: Date,
    /// The earlier day.
    pub against: Option<Date>,
    /// Figures that it asks for.
    pub figures: usize,
}

impl WrittenReport {
    /// The file; that it leaves is in the audit log.
    pub fn file(&self, engine: &Engine, actor: &Actor, format: Format) -> Result<Vec<u8>, Problem> {
        if format == Format::Docx || format == Format::Markdown {
            engine.permit(actor, Verb::Export, Subject::Insight)?;
            let detail = json!({ "area": self.area, "as_of": self.as_of, "against": self.against });
            let entry = engine.audit_entry(actor, "export", "report", &self.name, None, detail);
            engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.audit(entry.clone())?))?;
        }
        Ok(match format {
            Format::Docx => to_docx(&self.document).map_err(Problem::internal)?,
            Format::Html => to_html(&self.document).into_bytes(),
            Format::Fragment => to_html_fragment(&self.document).into_bytes(),
            Format::Markdown => to_markdown(&self.document).into_bytes(),
        })
    }
}

/// Writes a report. With two days the report that compares is written, where the one asked for names one. Blocks the
/// thread.
pub fn write(engine: &Engine, actor: &Actor, ask: &ReportAsk) -> Result<WrittenReport, Problem> {
    engine.permit(actor, Verb::Read, Subject::Insight)?;
    let catalogue = engine.catalogue();
    let mut report = find(&catalogue.reports, &ask.name)?;
    if let (Some(_), false, Some(compare)) = (ask.against, report.two_days, &report.compare) {
        report = find(&catalogue.reports, &sibling(report, compare))?;
    }
    report = translated(&catalogue.reports, report, engine.lang);
    let as_of = ask.as_of.unwrap_or_else(|| engine.now().china_date());
    let against = match ask.against {
        None if report.two_days => report.span.and_then(|span| span.before(as_of)),
        given => given,
    };
    check_days(report, as_of, against)?;
    // What is wrong in a template was told when its pack was installed.
    let (template, _) = parse(&report.body, report.first_line);
    let asked = needs(&template);
    let facts = facts(engine, actor, report, &asked, &ReportAsk { as_of: Some(as_of), against, ..ask.clone() })?;
    let document = render(report, &template, &facts);
    let (area, figures) = (facts.place.code.clone(), facts.readings.len());
    Ok(WrittenReport { document, name: report.name.clone(), area, as_of, against, figures })
}

/// Name of another report of the same pack.
pub(super) fn sibling(report: &Report, name: &str) -> String {
    format!("{}/{name}", report.name.split('/').next().unwrap_or_default())
}

/// A report in the language of whoever reads it, where its pack has it in that language.
pub(super) fn translated<'a>(reports: &'a BTreeMap<String, Report>, report: &'a Report, lang: Lang) -> &'a Report {
    let same = |other: &&Report| {
        let of = other.translates.as_ref().map(|name| sibling(other, name));
        other.lang == lang && of.as_deref() == Some(report.name.as_str())
    };
    if report.lang == lang { report } else { reports.values().find(same).unwrap_or(report) }
}

fn find<'a>(reports: &'a BTreeMap<String, Report>, name: &str) -> Result<&'a Report, Problem> {
    if let Some(report) = reports.get(name) {
        return Ok(report);
    }
    let mut named = reports.values().filter(|report| report.name.rsplit('/').next() == Some(name));
    match (named.next(), named.next()) {
        (Some(report), None) => Ok(report),
        _ => {
            let known: Vec<&str> = reports.keys().map(String::as_str).collect();
            Err(Problem::new(
                ProblemKind::NotFound,
                "report.not_found",
                format!("没有名为“{name}”的报告。可以写：{}。", known.join("、")),
                format!("There is no report called `{name}`. Known: {}.", known.join(", ")),
            ))
        }
    }
}

fn check_days(report: &report::Report, as_of: Date, against: Option<Date>) -> Result<(), Problem> {
    match against {
        Some(against) if against >= as_of => Err(Problem::parameter(
            "against",
            format!("对照日期要早于 {as_of}。"),
            format!("The day to compare with must be before {as_of}."),
        )),
        None if report.two_days => Err(Problem::parameter(
            "against",
            "这份报告比较两个日期，请写明对照日期。",
            "This report compares two days: give the day to compare with.",
        )),
        _ => Ok(()),
    }
}
