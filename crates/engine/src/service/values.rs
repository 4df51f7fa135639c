//! What an application says, checked by the item's own fields.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue, Field, FieldKind, Label, Value, catalogue::Sensitivity, rules::normal_value, service::ServiceItem,
};
use serde_json::Value as Json;

use crate::{FieldProblem, Problem};

/// A text of a kind in normal form; a refusal that names the field.
pub(crate) fn normal_text(name: &str, kind: &FieldKind, text: &str) -> Result<String, Problem> {
    let field = bare(name, kind.clone());
    match normal_value(&Catalogue::default(), &field, &Value::text(text.trim())) {
        Ok(Value::Text(text)) => Ok(text),
        Ok(_) => Err(Problem::invalid("service.invalid", vec![required(&field)])),
        Err(error) => {
            Err(Problem::invalid("service.invalid", vec![FieldProblem::new(name, error.code, error.message)]))
        }
    }
}

fn bare(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.to_owned(),
        label: Label::new(name, name),
        help: None,
        group: None,
        kind,
        element: None,
        required: false,
        unique: false,
        sensitivity: Sensitivity::Open,
        purpose: None,
        retention_days: None,
        filter: false,
        search: false,
        off_by_default: false,
        derive: None,
        synonyms: Vec::new(),
    }
}

fn required(field: &Field) -> FieldProblem {
    let message = Label::new(format!("请填写{}。", field.label.zh), format!("Fill in {}.", field.label.en));
    FieldProblem::new(&field.name, "field.required", message)
}

/// Reads what was sent for an item's fields, each in normal form; what is `held` by the registers may be left out.
pub(super) fn read(
    catalogue: &Catalogue,
    item: &ServiceItem,
    sent: &BTreeMap<String, Json>,
    held: &dyn Fn(&str) -> bool,
) -> Result<Vec<(Field, Value)>, Vec<FieldProblem>> {
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for name in sent.keys().filter(|name| item.fields.iter().all(|field| field.name != **name)) {
        let message = Label::new(format!("事项没有字段“{name}”。"), format!("The item has no field `{name}`."));
        wrong.push(FieldProblem::new(name, "field.unknown", message));
    }
    for field in &item.fields {
        let value = match sent.get(&field.name).map(|json| Value::from_json(json, &field.kind)) {
            None => Value::Null,
            Some(Some(value)) => value,
            Some(None) => {
                let message = Label::new(
                    format!("“{}”的内容类型不对。", field.label.zh),
                    format!("\"{}\" is of the wrong type.", field.label.en),
                );
                wrong.push(FieldProblem::new(&field.name, "field.type", message));
                continue;
            }
        };
        match normal_value(catalogue, field, &value) {
            Ok(Value::Null) if field.required && !held(&field.name) => wrong.push(required(field)),
            Ok(Value::Null) => {}
            Ok(value) => read.push((field.clone(), value)),
            Err(error) => wrong.push(FieldProblem::new(error.field, error.code, error.message)),
        }
    }
    if wrong.is_empty() { Ok(read) } else { Err(wrong) }
}
