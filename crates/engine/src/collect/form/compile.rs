//! A file → a form: an XLSForm is compiled, an XForm is read as it is.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{Catalogue, Label};
use linli_xform::{
    model::{self, ControlKind, DataType, Form, FormNode, InstanceSource},
    xlsform,
};

use super::model::{ChoiceOf, Compiled, KeptFinding, Question, SaveTo, Texts};

/// What became of a file.
pub struct Outcome {
    /// XForm; `None` when any finding is an error.
    pub xml: Option<String>,
    /// What was found.
    pub compiled: Compiled,
    /// Version the form states.
    pub version: String,
}

/// Compiles `bytes`; `known` tells whether a register has a data element (see [`is_element`]) and is only asked about
/// elements the form names. Total: whatever is wrong is a finding.
pub fn compile(known: impl Fn(&str) -> bool, name: &str, bytes: &[u8]) -> Outcome {
    let mut compiled = Compiled::default();
    let xml =
        if is_xml(name, bytes) { read_xml(bytes, &mut compiled) } else { compile_xlsform(name, bytes, &mut compiled) };
    let Some(xml) = xml else { return Outcome { xml: None, compiled, version: String::new() } };
    let form = match Form::parse(&xml) {
        Ok(form) => form,
        Err(error) => {
            let message = error.message();
            compiled.findings.push(KeptFinding {
                error: true,
                sheet: "xform".into(),
                row: None,
                column: None,
                code: "xform.unreadable".into(),
                message: Label::new(&message.zh, &message.en),
            });
            return Outcome { xml: None, compiled, version: String::new() };
        }
    };
    describe(&form, &mut compiled);
    unknown_names(&known, &mut compiled);
    let failed = compiled.findings.iter().any(|finding| finding.error);
    Outcome { xml: (!failed).then_some(xml), compiled, version: form.version.clone() }
}

fn is_xml(name: &str, bytes: &[u8]) -> bool {
    let begins = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"<");
    begins || name.to_ascii_lowercase().ends_with(".xml")
}

fn read_xml(bytes: &[u8], compiled: &mut Compiled) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().map(str::to_owned);
    if text.is_none() {
        compiled.findings.push(KeptFinding {
            error: true,
            sheet: "xform".into(),
            row: None,
            column: None,
            code: "xform.encoding".into(),
            message: Label::new("XForm 文件须为 UTF-8 编码。", "An XForm must be UTF-8."),
        });
    }
    text
}

fn compile_xlsform(name: &str, bytes: &[u8], compiled: &mut Compiled) -> Option<String> {
    let made = xlsform::compile(&xlsform::Source { name, bytes }, &xlsform::Options::default());
    compiled.findings.extend(made.findings.into_iter().map(|finding| KeptFinding {
        error: finding.severity == xlsform::Severity::Error,
        sheet: finding.sheet,
        row: finding.row,
        column: finding.column,
        code: finding.code.to_owned(),
        message: Label::new(finding.message.zh, finding.message.en),
    }));
    let form = made.form?;
    compiled.itemsets = form.itemsets_csv;
    compiled.files.extend(form.media);
    Some(form.xml)
}

/// What the studio shows of a form.
fn describe(form: &Form, compiled: &mut Compiled) {
    compiled.form_id.clone_from(&form.id);
    compiled.title = if form.title.is_empty() { form.id.clone() } else { form.title.clone() };
    compiled.languages = form.itext.languages.iter().map(|language| lang_key(language)).collect();
    compiled.default_language = compiled.languages.get(form.itext.default).cloned().unwrap_or_default();
    compiled.findings.extend(form.findings.iter().map(|finding| KeptFinding {
        error: finding.severity == model::Severity::Error,
        sheet: finding.place.clone(),
        row: None,
        column: finding.column.map(|column| column.to_string()),
        code: finding.code.to_owned(),
        message: Label::new(&finding.message.zh, &finding.message.en),
    }));
    compiled.files.extend(form.files().map(|(_, file)| file.to_owned()));
    if compiled.itemsets.is_some() {
        compiled.files.push("itemsets.csv".into());
    }
    let files: BTreeSet<String> = std::mem::take(&mut compiled.files).into_iter().collect();
    compiled.files = files.into_iter().collect();
    compiled.last_saved = form.instances.iter().any(|one| matches!(one.source, InstanceSource::LastSaved));
    let datasets: BTreeSet<String> = form.entities.iter().map(|entity| entity.dataset.clone()).collect();
    compiled.datasets = datasets.into_iter().collect();
    compiled.questions = form.questions().iter().filter_map(|question| describe_question(form, question)).collect();
}

fn describe_question(form: &Form, question: &model::Question) -> Option<Question> {
    let node = &form.nodes[question.ix];
    let entity = form.entities.iter().find(|entity| entity.saves.iter().any(|save| save.path == question.path));
    let saveto = entity.zip(question.save_to.clone());
    // What the device fills in by itself is no question.
    if question.control.is_none() && saveto.is_none() && question.element.is_none() {
        return None;
    }
    let choices: Vec<ChoiceOf> = question
        .choices
        .iter()
        .map(|choice| ChoiceOf { value: choice.value.clone(), label: texts(&choice.labels) })
        .collect();
    let last = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
    Some(Question {
        path: question.path.clone(),
        name: question.name.clone(),
        r#type: type_of(node).to_owned(),
        label: texts(&question.labels),
        hint: texts(&question.hints),
        groups: question.groups.iter().map(last).collect(),
        repeat: !question.repeats.is_empty(),
        required: node.bind.required.is_some(),
        choices: (!choices.is_empty()).then_some(choices),
        element: question.element.clone(),
        element_from: question.element.as_ref().map(|_| "form".to_owned()),
        saveto: saveto.map(|(entity, property)| SaveTo { list: entity.dataset.clone(), property }),
        reason: question.reason.clone(),
    })
}

/// Type as XLSForm calls it.
fn type_of(node: &FormNode) -> &'static str {
    let Some(control) = &node.control else { return "calculate" };
    match (control.kind, node.bind.data_type) {
        (ControlKind::SelectOne, _) => "select_one",
        (ControlKind::SelectMultiple, _) => "select_multiple",
        (ControlKind::Rank, _) => "rank",
        (ControlKind::Range, _) => "range",
        (ControlKind::Trigger, _) => "acknowledge",
        (ControlKind::Upload, _) => match control.media_type.split('/').next() {
            Some("image") => "image",
            Some("audio") => "audio",
            Some("video") => "video",
            _ => "file",
        },
        (ControlKind::Input, DataType::Int) => "integer",
        (ControlKind::Input, DataType::Decimal) => "decimal",
        (ControlKind::Input, DataType::Date) => "date",
        (ControlKind::Input, DataType::Time) => "time",
        (ControlKind::Input, DataType::DateTime) => "dateTime",
        (ControlKind::Input, DataType::Geopoint) => "geopoint",
        (ControlKind::Input, DataType::Geotrace) => "geotrace",
        (ControlKind::Input, DataType::Geoshape) => "geoshape",
        (ControlKind::Input, DataType::Barcode) => "barcode",
        (ControlKind::Input, _) if node.bind.readonly.is_some() && node.bind.calculate.is_none() => "note",
        (ControlKind::Input, _) => "text",
    }
}

/// `Chinese (zh)` → `zh`, `English (en)` → `en`, none → `default`, anything else stays as it is.
pub fn lang_key(language: &str) -> String {
    let language = language.trim();
    if language.is_empty() {
        return "default".to_owned();
    }
    let code = language.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map(|(_, code)| code.trim());
    code.filter(|code| !code.is_empty()).unwrap_or(language).to_owned()
}

fn texts(labels: &BTreeMap<String, String>) -> Texts {
    labels.iter().map(|(language, text)| (lang_key(language), text.clone())).collect()
}

/// Elements that no register has are told: such a link would do nothing.
fn unknown_names(known: &dyn Fn(&str) -> bool, compiled: &mut Compiled) {
    for question in &compiled.questions {
        let Some(element) = question.element.as_ref().filter(|element| !known(element)) else {
            continue;
        };
        compiled.findings.push(KeptFinding {
            error: false,
            sheet: "survey".into(),
            row: None,
            column: Some("linli::element".into()),
            code: "element.unknown".into(),
            message: Label::new(
                format!("“{}”:没有数据元“{element}”。请写“包/登记册/字段”,例如 people/resident/phone。", question.name),
                format!("`{}`: there is no data element `{element}`. Write pack/register/field, such as people/resident/phone.", question.name),
            ),
        });
    }
}

/// Whether some register has this data element.
pub fn is_element(catalogue: &Catalogue, name: &str) -> bool {
    let Some((entity, field)) = name.rsplit_once('/') else { return false };
    catalogue.entities.get(entity).is_some_and(|entity| entity.field(field).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_code() {
        assert_eq!(["Chinese (zh)", "English (en)", "", "普通话"].map(lang_key), ["zh", "en", "default", "普通话"]);
    }

    #[test]
    fn whatever_is_uploaded_ends_in_findings() {
        for (name, bytes) in [
            ("a.xml", &b"<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"[..]),
            ("a.xml", b"\xff\xfe<"),
            ("a.xlsx", b"PK\x03\x04 no zip"),
            ("a.md", b""),
            ("a.csv", b"survey,type,name\n,text,"),
        ] {
            let outcome = compile(|_| false, name, bytes);
            assert!(outcome.xml.is_none() && outcome.compiled.findings.iter().any(|one| one.error), "{name}");
        }
    }
}
