//! Parameters of indicators: `[[params]]` of `indicators.toml`.

use std::collections::BTreeMap;

use linli_domain::{
    Label,
    insight::{Param, ParamKind},
};
use toml::de::DeValue;

use crate::{
    files::PackFiles,
    names,
    report::Report,
    toml_read::{Document, Item, Table},
};

use super::{head::bad_name, index::Index};

const KINDS: [&str; 6] = ["date", "integer", "decimal", "bool", "choice", "area"];

/// Names that mean something else in filters and formulas.
const TAKEN: [&str; 5] = ["numerator", "denominator", "n", "received_on", "today"];

/// Reads the parameters of every pack, by `pack/name`.
pub(super) fn read_all(files: &PackFiles, index: &Index, report: &mut Report) -> BTreeMap<String, Param> {
    let mut params = BTreeMap::new();
    for pack in &index.order {
        let path = format!("{pack}/indicators.toml");
        let Some(document) = files.get(&path).and_then(|text| Document::parse(&path, text, report)) else { continue };
        for table in document.root().tables("params", report) {
            read(pack, table, &mut params, report);
        }
    }
    params
}

fn read(pack: &str, mut table: Table<'_>, params: &mut BTreeMap<String, Param>, report: &mut Report) {
    let name = table.must_text("name", report);
    let label = table.must_label("label", report).unwrap_or_default();
    let kind = table.must_text("kind", report);
    let choices: Vec<String> = table.texts("choices", report).iter().map(|one| one.value.to_owned()).collect();
    let value = table.item("value");
    if value.is_none() {
        let message = ("缺少 `value`:参数要有值", "`value` is missing: a parameter has a value");
        report.error("missing_key", &table.spot(), message.0, message.1);
    }
    let at = table.spot();
    table.finish(report);
    let (Some(name), Some(kind)) = (name, kind) else { return };
    if !names::well_formed(name.value) || TAKEN.contains(&name.value) {
        bad_name(name.value, &name.spot(), report);
    }
    let kind = match kind.value {
        "date" => ParamKind::Date,
        "integer" => ParamKind::Integer,
        "decimal" => ParamKind::Decimal,
        "bool" => ParamKind::Bool,
        "area" => ParamKind::Area,
        "choice" => {
            if choices.len() < 2 {
                let message = ("`choice` 需要 `choices`,至少两个", "a choice needs `choices`, two at least");
                let help = "choices = [\"all\", \"held\"]";
                report.error_with("missing_key", &at, message, Some(Label::new(help, help)));
            }
            ParamKind::Choice(choices)
        }
        other => {
            let message = (format!("没有参数类型 `{other}`"), format!("there is no kind of parameter `{other}`"));
            report.error_with("unknown_kind", &kind.spot(), message, names::suggest(other, KINDS));
            return;
        }
    };
    let full = format!("{pack}/{}", name.value);
    if params.contains_key(&full) {
        let message = (format!("参数 `{full}` 写了两次"), format!("the parameter `{full}` is given twice"));
        report.error("duplicate", &name.spot(), message.0, message.1);
        return;
    }
    let Some(item) = value else { return };
    match plain(&item).and_then(|text| kind.read(&text)) {
        Some(value) => {
            params.insert(full, Param { name: name.value.to_owned(), label, kind, value });
        }
        None => {
            let message = (
                format!("参数 `{}` 的值不是它的类型", name.value),
                format!("the value of the parameter `{}` is not of its kind", name.value),
            );
            report.error("wrong_type", &item.spot(), message.0, message.1);
        }
    }
}

/// The text of a value that is a text, a number, a day or a truth.
pub(crate) fn plain(item: &Item<'_>) -> Option<String> {
    Some(match item.value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(day) => day.to_string(),
        DeValue::Integer(number) => number.as_str().replace('_', ""),
        DeValue::Float(number) => number.as_str().replace('_', ""),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Array(_) | DeValue::Table(_) => return None,
    })
}
