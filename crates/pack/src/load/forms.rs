//! Forms of packs: XLSForms as Markdown tables or CSV, compiled here so that a form that does not work is found before it
//! is installed.

use linli_domain::Catalogue;
use linli_xform::xlsform::{self, Finding, Severity};

use crate::{files::PackFiles, report::Report, source::Spot};

/// Extensions of forms.
pub(super) const EXTENSIONS: [&str; 2] = ["md", "csv"];

/// Compiles the forms of every pack in `order` and reports what is found.
pub(super) fn check(files: &PackFiles, order: &[String], catalogue: &Catalogue, report: &mut Report) {
    for pack in order {
        for extension in EXTENSIONS {
            for (_, path, text) in files.within(pack, "forms", extension) {
                check_form(path, text, catalogue, report);
            }
        }
    }
}

fn check_form(path: &str, text: &str, catalogue: &Catalogue, report: &mut Report) {
    let source = xlsform::Source { name: path, bytes: text.as_bytes() };
    let compiled = xlsform::compile(&source, &xlsform::Options::default());
    let at = Spot::whole(path);
    for finding in &compiled.findings {
        let (zh, en) = (format!("{}{}", place(finding, true), finding.message.zh), finding.message.en.clone());
        let en = format!("{}{en}", place(finding, false));
        match finding.severity {
            Severity::Error => report.error("form", &at, zh, en),
            Severity::Warning => report.warning("form", &at, (zh, en), None),
        }
    }
    let Some(form) = compiled.form else { return };
    if form.version.is_empty() {
        let message = ("settings 表缺少 version,升级时无法区分版本", "the settings sheet has no version to upgrade by");
        report.error("form", &at, message.0, message.1);
    }
    for question in &form.questions {
        let Some(element) = question.data_element.as_deref().filter(|element| *element != "area") else { continue };
        let known = element.rsplit_once('/').and_then(|(entity, field)| catalogue.entities.get(entity)?.field(field));
        if known.is_none() {
            let zh = format!("第 {} 行“{}”:没有数据元 `{element}`", question.row, question.name);
            let en = format!("row {}, `{}`: there is no data element `{element}`", question.row, question.name);
            report.error("form", &at, zh, en);
        }
    }
}

fn place(finding: &Finding, zh: bool) -> String {
    let mut place = if zh { format!("工作表 {}", finding.sheet) } else { format!("sheet {}", finding.sheet) };
    if let Some(row) = finding.row {
        place.push_str(&if zh { format!(" 第 {row} 行") } else { format!(", row {row}") });
    }
    if let Some(column) = &finding.column {
        place.push_str(&if zh { format!(" {column} 列") } else { format!(", column {column}") });
    }
    place.push_str(if zh { ":" } else { ": " });
    place
}
