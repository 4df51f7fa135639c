//! Fields of a flow: checking them, their JSON form, and what guards can ask.

use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use crate::{
    catalogue::{Catalogue, Field},
    clock::Timestamp,
    expr::{self, Scope, Type, TypedExpr},
    record::Values,
    rules::{FieldError, normal_value},
    value::Value,
};

use super::{
    act::wrong,
    case::{CaseState, PartyState},
    kinds::Phase,
    model::Flow,
};

/// Words that guards have beside the fields, so that no field may be called so.
pub const RESERVED: [&str; 6] = ["state", "phase", "overdue", "age_days", "parties_open", "parties_done"];

/// What guards and limits of a flow can ask: its fields, `state`, `phase`, `overdue`, `age_days` (since it was opened),
/// `parties_open` and `parties_done`.
pub fn guard_scope(flow: &Flow, catalogue: &Catalogue) -> Scope {
    let states: Vec<&str> = flow.states.iter().map(|state| state.name.as_str()).collect();
    let phases = Phase::ALL.map(Phase::name);
    Scope::of_fields(&flow.fields, catalogue)
        .with_codes("state", Type::Code, &states)
        .with_codes("phase", Type::Code, &phases)
        .with("overdue", Type::Bool)
        .with("age_days", Type::Int)
        .with("parties_open", Type::Int)
        .with("parties_done", Type::Int)
}

/// The answer of a guard for a case; `None` for unknown.
pub(super) fn holds(case: &CaseState, guard: &TypedExpr, now: Timestamp) -> Option<bool> {
    let count = |states: &[PartyState]| {
        let parties = case.core.parties.iter().filter(|party| states.contains(&party.state));
        Value::Int(i64::try_from(parties.count()).unwrap_or(i64::MAX))
    };
    let field = |name: &str| match name {
        "state" => Value::text(&case.state),
        "phase" => Value::text(case.phase.name()),
        "overdue" => Value::Bool(case.is_overdue(now)),
        "age_days" => Value::Int(days(case.opened.china_date(), now.china_date())),
        "parties_open" => count(&[PartyState::Called]),
        "parties_done" => count(&[PartyState::Reported, PartyState::Declined]),
        other => case.values.get(other).cloned().unwrap_or_default(),
    };
    expr::holds(guard, &field, now.china_date())
}

fn days(from: Date, until: Date) -> i64 {
    until.since(from).map_or(0, |span| i64::from(span.get_days()))
}

/// Values in normal form. A value for a field that is not among `asked`, and one that does not fit its field, is an error and
/// left out.
pub fn normal(catalogue: &Catalogue, flow: &Flow, asked: &[String], values: &Values) -> (Values, Vec<FieldError>) {
    let (mut found, mut errors) = (Values::new(), Vec::new());
    for (name, value) in values {
        let field = flow.field(name).filter(|_| asked.contains(name));
        match field.map(|field| normal_value(catalogue, field, value)) {
            Some(Ok(value)) => drop(found.insert(name.clone(), value)),
            Some(Err(error)) => errors.push(error),
            None => {
                errors.push(wrong(name, "field.unknown", "这一步不填写此项", "this field is not asked in this step"));
            }
        }
    }
    (found, errors)
}

/// What is missing of `required` in the values of a case.
pub(super) fn missing(flow: &Flow, required: &[String], values: &Values) -> Vec<FieldError> {
    let unknown = required.iter().filter(|name| values.get(*name).is_none_or(Value::is_null));
    unknown
        .map(|name| {
            let label = flow.field(name).map(|field| field.label.clone()).unwrap_or_default();
            wrong(name, "field.required", format!("请填写{}", label.zh), format!("fill in {}", label.en))
        })
        .collect()
}

/// Values as JSON, by the kinds of their fields; what no field is called is left out.
pub fn values_to_json(fields: &[Field], values: &Values) -> Map<String, Json> {
    let known = fields.iter().filter_map(|field| Some((field, values.get(&field.name)?)));
    known.map(|(field, value)| (field.name.clone(), value.to_json(&field.kind))).collect()
}

/// Reads [`values_to_json`], and what somebody sends: values, and the names whose value is of another type or that no field
/// is called.
pub fn values_from_json(fields: &[Field], json: &Map<String, Json>) -> (Values, Vec<String>) {
    let (mut values, mut wrong) = (Values::new(), Vec::new());
    for (name, json) in json {
        let field = fields.iter().find(|field| field.name == *name);
        match field.and_then(|field| Value::from_json(json, &field.kind)) {
            Some(value) => drop(values.insert(name.clone(), value)),
            None => wrong.push(name.clone()),
        }
    }
    (values, wrong)
}
