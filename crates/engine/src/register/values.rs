//! Values between JSON and the register.

use std::collections::BTreeMap;

use linli_domain::{Entity, Label, Value, Values, rules::FieldError};
use serde_json::Value as Json;

use crate::FieldProblem;

/// Reads the JSON values of fields; everything that cannot be read is told.
pub fn read_values(entity: &Entity, json: &BTreeMap<String, Json>) -> Result<Values, Vec<FieldProblem>> {
    let (mut values, mut problems) = (Values::new(), Vec::new());
    for (name, json) in json {
        let Some(field) = entity.field(name) else {
            let message = Label::new(format!("没有字段“{name}”。"), format!("There is no field `{name}`."));
            problems.push(FieldProblem::new(name, "field.unknown", message));
            continue;
        };
        match Value::from_json(json, &field.kind) {
            Some(value) => {
                values.insert(name.clone(), value);
            }
            None => {
                let (label, shown) = (&field.label, json.to_string().chars().take(40).collect::<String>());
                let message = Label::new(
                    format!("“{}”的内容类型或格式不对:{shown}。", label.zh),
                    format!("\"{}\" is of the wrong type or format: {shown}.", label.en),
                );
                // A sensitive value is not repeated.
                let hidden = field.sensitivity == linli_domain::catalogue::Sensitivity::Sensitive;
                let plain = Label::new(
                    format!("“{}”的内容类型不对。", label.zh),
                    format!("\"{}\" is of the wrong type.", label.en),
                );
                problems.push(FieldProblem::new(name, "field.type", if hidden { plain } else { message }));
            }
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// The JSON form of values.
pub fn write_values(entity: &Entity, values: &Values) -> BTreeMap<String, Json> {
    let known = entity.fields.iter().filter_map(|field| values.get(&field.name).map(|value| (field, value)));
    known
        .filter(|(_, value)| !value.is_null())
        .map(|(field, value)| (field.name.clone(), value.to_json(&field.kind)))
        .collect()
}

/// Findings of the rules as problems of fields.
pub fn errors_to_fields(errors: Vec<FieldError>) -> Vec<FieldProblem> {
    errors.into_iter().map(|error| FieldProblem::new(error.field, error.code, error.message)).collect()
}
