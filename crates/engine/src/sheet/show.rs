//! A value as people read it, and as a cell takes it.

use std::collections::HashMap;

use linli_domain::{Catalogue, Field, FieldKind, Label, Lang, Value, value::decimal_text};
use linli_workbook::OutValue;

/// Labels of codes, looked up once per list.
#[derive(Debug, Clone, Default)]
pub struct Labels<'c> {
    lists: HashMap<&'c str, HashMap<&'c str, &'c Label>>,
}

impl<'c> Labels<'c> {
    /// The labels of all code lists of a Catalogue.
    pub fn of(catalogue: &'c Catalogue) -> Self {
        let labels = |list: &'c linli_domain::catalogue::CodeList| {
            list.codes.iter().map(|code| (code.code.as_str(), &code.label)).collect()
        };
        Self { lists: catalogue.code_lists.values().map(|list| (list.name.as_str(), labels(list))).collect() }
    }

    /// The label of a code; the code itself when the list does not have it.
    pub fn label<'a>(&'a self, list: &str, code: &'a str, lang: Lang) -> &'a str {
        self.lists.get(list).and_then(|codes| codes.get(code)).map_or(code, |label| label.text(lang))
    }

    /// A value as text: codes by their labels, money in yuan, `是` and `否`.
    pub fn text(&self, field: &Field, value: &Value, lang: Lang) -> String {
        match (value, &field.kind) {
            (Value::Null, _) => String::new(),
            (Value::Bool(flag), _) => if *flag { lang.pick("是", "yes") } else { lang.pick("否", "no") }.to_owned(),
            (Value::Int(units), FieldKind::Decimal { scale, .. }) => decimal_text(*units, *scale),
            (Value::Int(fen), FieldKind::Money) => decimal_text(*fen, 2),
            (Value::Int(number), _) => number.to_string(),
            (Value::Text(code), FieldKind::Code { list }) => self.label(list, code, lang).to_owned(),
            (Value::Text(text), _) => text.clone(),
            (Value::Date(day), _) => day.to_string(),
            (Value::Time(moment), _) => moment.to_string(),
            (Value::Codes(codes), FieldKind::Codes { list }) => {
                let labels: Vec<&str> = codes.iter().map(|code| self.label(list, code, lang)).collect();
                labels.join(lang.pick("、", ", "))
            }
            (Value::Codes(codes), _) => codes.join("、"),
            (Value::Ref(id), _) => id.to_string(),
        }
    }

    /// A value as a cell of a template takes it: numbers and dates stay what they are.
    pub fn cell(&self, field: &Field, value: &Value, lang: Lang) -> OutValue {
        match (value, &field.kind) {
            (Value::Null, _) => OutValue::Empty,
            (Value::Date(day), _) => OutValue::Date {
                year: day.year(),
                month: u8::try_from(day.month()).unwrap_or(1),
                day: u8::try_from(day.day()).unwrap_or(1),
            },
            (Value::Int(units), FieldKind::Decimal { .. } | FieldKind::Money | FieldKind::Integer { .. }) => {
                let scale = match field.kind {
                    FieldKind::Decimal { scale, .. } => scale,
                    FieldKind::Money => 2,
                    _ => 0,
                };
                decimal_text(*units, scale)
                    .parse()
                    .map_or_else(|_| OutValue::Text(self.text(field, value, lang)), OutValue::Number)
            }
            _ => OutValue::Text(self.text(field, value, lang)),
        }
    }
}
