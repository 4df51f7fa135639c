//! Written reports: `reports/*.md`, a head in TOML between two lines `+++` and a template below it.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue, Lang, Severity,
    report::{self as written, Allowed, Fault, Known, ReportParam, Span},
};

use crate::{
    files::PackFiles,
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table},
};

use super::{head::bad_name, index::Index, roles::unknown_level};

/// Line that begins and ends the head.
const FENCE: &str = "+++";
/// Words that a report may be written in.
const LANGS: [(&str, Lang); 2] = [("zh-CN", Lang::Zh), ("en", Lang::En)];

/// Reads every report; indicators and their parameters must be there.
pub(super) fn read_all(
    files: &PackFiles,
    index: &Index,
    catalogue: &Catalogue,
    report: &mut Report,
) -> BTreeMap<String, written::Report> {
    let mut reports: BTreeMap<String, written::Report> = BTreeMap::new();
    for pack in &index.order {
        for (stem, path, text) in files.within(pack, "reports", "md") {
            if !names::well_formed(stem) {
                bad_name(stem, &Spot::whole(path), report);
            }
            if let Some(read) = read(pack, (stem, path, text), index, catalogue, report) {
                reports.insert(read.name.clone(), read);
            }
        }
    }
    compared(&reports, report);
    translated(&reports, report);
    reports
}

/// The head and the template of a file, and the line at which the template begins.
fn split(text: &str) -> Option<(String, &str, u32)> {
    let rest = text.strip_prefix(FENCE)?.strip_prefix('\n')?;
    let end = rest.find("\n+++\n")?;
    let (head, body) = (&rest[..end], &rest[end + FENCE.len() + 2..]);
    let first_line = u32::try_from(head.lines().count() + 3).unwrap_or(u32::MAX);
    // A blank line in the place of the first fence keeps the lines of the head.
    Some((format!("\n{head}\n"), body, first_line))
}

fn read(
    pack: &str,
    (stem, path, text): (&str, &str, &str),
    index: &Index,
    catalogue: &Catalogue,
    report: &mut Report,
) -> Option<written::Report> {
    let Some((head, body, first_line)) = split(text) else {
        let message = ("报告模板以两行 `+++` 之间的 TOML 开头", "a report begins with TOML between two lines `+++`");
        report.error("report_head", &Spot::line(path, 1), message.0, message.1);
        return None;
    };
    let document = Document::parse(path, &head, report)?;
    let mut root = document.root();
    let read = head_of(pack, stem, &mut root, index, report);
    root.finish(report);
    let read = written::Report { body: body.to_owned(), first_line, ..read? };
    let (template, mut faults) = written::parse(&read.body, first_line);
    faults.extend(written::check(&template, &known(catalogue, &read)));
    for fault in faults {
        tell(path, fault, report);
    }
    Some(read)
}

fn head_of(
    pack: &str,
    stem: &str,
    root: &mut Table<'_>,
    index: &Index,
    report: &mut Report,
) -> Option<written::Report> {
    let (title, label) = (root.must_text("title", report), root.must_label("label", report));
    let about = root.label("about", report).unwrap_or_default();
    let lang = root.text("lang", report).and_then(|text| one_of(&text, &LANGS, report)).unwrap_or_default();
    let level = root.must_text("level", report);
    let no_level = |level: &&crate::toml_read::Text<'_>| {
        level.value != written::BELOW && !index.levels.iter().any(|known| known == level.value)
    };
    if let Some(level) = level.as_ref().filter(no_level) {
        unknown_level(level, index, report);
    }
    let translates = root.text("translates", report).map(|text| text.value.to_owned());
    let compare = root.text("compare", report).map(|text| text.value.to_owned());
    let two_days = root.flag("two_days", report);
    let span = root.text("span", report).and_then(|text| one_of(&text, &Span::ALL, report));
    let mut params = Vec::new();
    for mut table in root.tables("params", report) {
        let (name, label) = (table.must_text("name", report), table.must_label("label", report));
        let value = table.must_text("value", report);
        table.finish(report);
        if let (Some(name), Some(label), Some(value)) = (name, label, value) {
            params.push(ReportParam { name: name.value.to_owned(), label, value: value.value.to_owned() });
        }
    }
    Some(written::Report {
        name: format!("{pack}/{stem}"),
        label: label?,
        about,
        title: title?.value.to_owned(),
        lang,
        level: level?.value.to_owned(),
        translates,
        compare,
        two_days,
        params,
        span,
        body: String::new(),
        first_line: 1,
    })
}

fn one_of<T: Copy>(text: &crate::toml_read::Text<'_>, all: &[(&str, T)], report: &mut Report) -> Option<T> {
    let found = all.iter().find(|(name, _)| *name == text.value).map(|(_, value)| *value);
    if found.is_none() {
        let message = (format!("不能写 `{}`", text.value), format!("`{}` cannot be written here", text.value));
        let known: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let words = known.join(", ");
        let help = names::suggest(text.value, known).or_else(|| Some(linli_domain::Label::new(words.clone(), words)));
        report.error_with("unknown_word", &text.spot(), message, help);
    }
    found
}

fn known(catalogue: &Catalogue, read: &written::Report) -> Known {
    Known {
        indicators: catalogue
            .indicators
            .values()
            .map(|one| {
                // Below is any level: where an indicator is not computed at it, the report says so.
                let below = read.level == written::BELOW || one.has_level(&read.level);
                (one.name.clone(), Allowed { rank: one.rank, below })
            })
            .collect(),
        thresholds: catalogue.params.keys().cloned().collect(),
        params: read.params.iter().map(|param| param.name.clone()).collect(),
    }
}

fn tell(path: &str, fault: Fault, report: &mut Report) {
    let mut at = Spot::line(path, fault.line);
    at.column = fault.column;
    let code = fault.code.strip_prefix("report.").unwrap_or(fault.code);
    let message = (fault.message.zh, fault.message.en);
    match fault.severity {
        Severity::Error => report.error_with(code, &at, message, fault.help),
        Severity::Warning => report.warning(code, &at, message, fault.help),
    }
}

/// What a report translates must be there, in another language.
fn translated(reports: &BTreeMap<String, written::Report>, report: &mut Report) {
    for one in reports.values() {
        let Some(translates) = &one.translates else { continue };
        let (pack, stem) = one.name.split_once('/').unwrap_or_default();
        let original = reports.get(&format!("{pack}/{translates}"));
        if !original.is_some_and(|original| original.lang != one.lang && original.translates.is_none()) {
            let message = (
                format!("没有可以译成另一种语言的报告 `{translates}`"),
                format!("there is no report `{translates}` in another language to translate"),
            );
            let known = reports.values().filter(|other| other.translates.is_none() && other.lang != one.lang);
            let known = known.filter_map(|other| other.name.rsplit('/').next());
            let at = Spot::whole(&format!("{pack}/reports/{stem}.md"));
            report.error_with("unknown_report", &at, message, names::suggest(translates, known));
        }
    }
}

/// The report for two days must be there, and be one for two days.
fn compared(reports: &BTreeMap<String, written::Report>, report: &mut Report) {
    for one in reports.values() {
        let Some(compare) = &one.compare else { continue };
        let (pack, stem) = one.name.split_once('/').unwrap_or_default();
        let name = format!("{pack}/{compare}");
        if !reports.get(&name).is_some_and(|other| other.two_days) {
            let message = (
                format!("没有比较两日的报告 `{compare}`（要写 two_days = true）"),
                format!("there is no report `{compare}` that compares two days (two_days = true)"),
            );
            let known =
                reports.values().filter(|other| other.two_days).filter_map(|other| other.name.rsplit('/').next());
            let at = Spot::whole(&format!("{pack}/reports/{stem}.md"));
            report.error_with("unknown_report", &at, message, names::suggest(compare, known));
        }
    }
}
