//! Values in test files.

use linli_domain::{Entity, Value, Values};
use toml::de::DeValue;

use crate::{names, report::Report, toml_read::Table};

/// The text of a text or a date.
pub(super) fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(day) => Some(day.to_string()),
        _ => None,
    }
}

/// Typed values by field name. Unknown fields and wrong types are reported.
pub(super) fn read(entity: &Entity, table: &Table<'_>, report: &mut Report) -> Values {
    let mut values = Values::new();
    for (key, item) in table.all_items() {
        let Some(field) = entity.field(key.value) else {
            let message = (
                format!("登记册 `{}` 没有字段 `{}`", entity.name, key.value),
                format!("the register `{}` has no field `{}`", entity.name, key.value),
            );
            let known = entity.fields.iter().map(|field| field.name.as_str());
            report.error_with("unknown_field", &key.spot(), message, names::suggest(key.value, known));
            continue;
        };
        match json(item.value).and_then(|json| Value::from_json(&json, &field.kind)) {
            Some(value) => {
                values.insert(field.name.clone(), value);
            }
            None => {
                let message = (
                    format!("`{}` 的值类型不对", key.value),
                    format!("the value of `{}` is of another type", key.value),
                );
                report.error("wrong_type", &item.spot(), message.0, message.1);
            }
        }
    }
    values
}

fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(_) | DeValue::Datetime(_) => text_of(value)?.into(),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()?.into(),
        DeValue::Float(number) => number.as_str().replace('_', "").into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(_) => return None,
    })
}
