//! Forms of packs: XLSForms as Markdown tables or CSV, compiled here so that a form that does not work is found before it
//! is installed.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue,
    expr::{Scope, Type},
    insight::PARAM_SCALE,
};
use linli_xform::{
    model::{self, ControlKind, DataType, Question},
    xlsform::{self, Finding, Severity},
};

use crate::{files::PackFiles, report::Report, source::Spot};

/// Extensions of forms.
pub(super) const EXTENSIONS: [&str; 2] = ["md", "csv"];

/// Compiles the forms of every pack in `order` and reports what is found. Answers what filters over the answers to each
/// may name, with the form's id, by its namespaced name.
pub(super) fn check(
    files: &PackFiles,
    order: &[String],
    catalogue: &Catalogue,
    report: &mut Report,
) -> BTreeMap<String, (String, Scope)> {
    let mut scopes = BTreeMap::new();
    for pack in order {
        for extension in EXTENSIONS {
            for (stem, path, text) in files.within(pack, "forms", extension) {
                if let Some(form) = check_form(path, text, catalogue, report) {
                    let scope = answer_scope(&form);
                    scopes.insert(format!("{pack}/{stem}"), (form.id, scope));
                }
            }
        }
    }
    scopes
}

/// What a filter over the answers to a form may name: its questions outside repeats, and `received_on`.
pub fn answer_scope(form: &model::Form) -> Scope {
    let questions = form.questions();
    let once = questions.iter().filter(|question| question.repeats.is_empty());
    let scope = once.rev().fold(Scope::new(), |scope, question| {
        let codes: Vec<&str> = question.choices.iter().map(|choice| choice.value.as_str()).collect();
        match question_type(question) {
            ty @ (Type::Code | Type::Codes) if !codes.is_empty() => scope.with_codes(&question.name, ty, &codes),
            ty => scope.with(&question.name, ty),
        }
    });
    scope.with("received_on", Type::Date)
}

/// The type of a question's answers in filters.
pub fn question_type(question: &Question) -> Type {
    match (question.control, question.data_type) {
        (Some(ControlKind::SelectOne), _) => Type::Code,
        (Some(ControlKind::SelectMultiple), _) => Type::Codes,
        (_, DataType::Int) => Type::Int,
        (_, DataType::Decimal) => Type::Decimal(PARAM_SCALE),
        (_, DataType::Boolean) => Type::Bool,
        (_, DataType::Date) => Type::Date,
        (_, DataType::DateTime) => Type::Timestamp,
        _ => Type::Text,
    }
}

fn check_form(path: &str, text: &str, catalogue: &Catalogue, report: &mut Report) -> Option<model::Form> {
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
    let form = compiled.form?;
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
    model::Form::parse(&form.xml).ok()
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
