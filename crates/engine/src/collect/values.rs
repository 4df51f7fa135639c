//! Texts of forms ↔ values of registers. ODK writes dates as ISO 8601, several choices with spaces between, yes and no as
//! words or digits.

use linli_domain::{Catalogue, Entity, Field, FieldKind, Value, rules::TextReader, value};

/// Reads an answer as a value of a field; `None` when it cannot be one. Blank text is [`Value::Null`].
pub(super) fn read(catalogue: &Catalogue, entity: &Entity, field: &Field, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Value::Null);
    }
    // What people would write in a ledger is read as there.
    read_plain(catalogue, field, text).or_else(|| {
        let texts = std::collections::BTreeMap::from([(field.name.clone(), text.to_owned())]);
        TextReader::new(catalogue, entity).read(&texts).values.remove(&field.name)
    })
}

/// Reads an answer as a value of a field of no register; `None` when it cannot be one.
pub(crate) fn read_plain(catalogue: &Catalogue, field: &Field, text: &str) -> Option<Value> {
    match &field.kind {
        FieldKind::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "是" => Some(Value::Bool(true)),
            "false" | "0" | "no" | "否" => Some(Value::Bool(false)),
            _ => None,
        },
        FieldKind::Integer { .. } => value::parse_decimal(text, 0).map(Value::Int),
        FieldKind::Decimal { scale, .. } => value::parse_decimal(text, *scale).map(Value::Int),
        FieldKind::Money => value::parse_decimal(text, 2).map(Value::Int),
        // A dateTime where a date is held: its day.
        FieldKind::Date => text.get(..10).and_then(|day| day.parse().ok()).map(Value::Date),
        FieldKind::Time => {
            let at = text.parse::<jiff::Timestamp>().ok();
            at.map(|at| Value::Time(linli_domain::Timestamp(at.as_microsecond())))
        }
        FieldKind::Ref { .. } => text.trim_start_matches("uuid:").parse().ok().map(Value::Ref),
        FieldKind::Code { list } => code(catalogue, list, text).map(Value::Text),
        FieldKind::Codes { list } => {
            text.split_whitespace().map(|one| code(catalogue, list, one)).collect::<Option<Vec<_>>>().map(Value::Codes)
        }
        _ => Some(Value::text(text)),
    }
}

fn code(catalogue: &Catalogue, list: &str, text: &str) -> Option<String> {
    catalogue.code_lists.get(list)?.get(text).map(|code| code.code.clone())
}

/// A value as forms write it.
pub fn write(kind: &FieldKind, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(units) => match kind {
            FieldKind::Decimal { scale, .. } => value::decimal_text(*units, *scale),
            FieldKind::Money => value::decimal_text(*units, 2),
            _ => units.to_string(),
        },
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Time(at) => crate::register::moment(*at),
        Value::Codes(codes) => codes.join(" "),
        Value::Ref(id) => id.to_string(),
    }
}
