//! Whether a row's values may be written, in what normal form, and whether they say anything new.

use jiff::civil::Date;
use linli_domain::{
    Catalogue, Entity, FieldKind, Value, Values,
    catalogue::Derive,
    check,
    rules::{self, FieldError},
};

use super::{homes::compact, plan::Finding};

/// The answer of the register's rules.
pub enum Accept {
    /// May be written, in this form.
    Good(Values),
    /// May not.
    Bad(Vec<Finding>),
}

/// Checks a new record whose values were read by the ledger's reader.
pub fn accept(entity: &Entity, mut values: Values, today: Date) -> Accept {
    drop_vague(entity, &mut values);
    let (normal, errors) = rules::complete_record(entity, values, today);
    answer(normal, errors)
}

/// Checks changes to a record of which `current` is known.
pub fn accept_change(
    catalogue: &Catalogue,
    entity: &Entity,
    current: &Values,
    changes: &Values,
    today: Date,
) -> Accept {
    let held = |field: &str| current.get(field).is_some_and(|value| !value.is_null());
    let (normal, errors) = rules::validate_edit(catalogue, &entity.name, current, &held, changes, today);
    // Fields that were not loaded cannot be missed: the register was complete before.
    let missing = |error: &FieldError| error.code == "field.required" && !changes.contains_key(&error.field);
    answer(normal, errors.into_iter().filter(|error| !missing(error)).collect())
}

fn answer(normal: Values, errors: Vec<FieldError>) -> Accept {
    if errors.is_empty() {
        return Accept::Good(normal);
    }
    let finding = |error: FieldError| Finding {
        column: None,
        field: (!error.field.is_empty()).then_some(error.field),
        code: error.code.to_owned(),
        message: error.message,
    };
    Accept::Bad(errors.into_iter().map(finding).collect())
}

/// Forgets `1980年5月` beside an identity number that says 1980-05-17: it is less exact, not a contradiction.
pub fn drop_vague(entity: &Entity, values: &mut Values) {
    for field in &entity.fields {
        let Some(Derive::BirthDate(from)) = &field.derive else { continue };
        let Some(Value::Date(said)) = values.get(&field.name).filter(|value| may_be_vague(value)) else { continue };
        let exact = values.get(from).and_then(Value::as_text).and_then(|text| check::identity_number(text).ok());
        let Some(exact) = exact else { continue };
        if less_exact(*said, exact.birth) {
            values.remove(&field.name);
        }
    }
}

fn may_be_vague(value: &Value) -> bool {
    matches!(value, Value::Date(day) if day.day() == 1)
}

/// Whether `said` may be `exact` given as a month or a year only.
fn less_exact(said: Date, exact: Date) -> bool {
    let first = said.day() == 1 && said.year() == exact.year();
    first && (said.month() == exact.month() || said.month() == 1)
}

/// Whether a ledger's value says nothing that the register does not hold already.
pub fn means_the_same(catalogue: &Catalogue, entity: &Entity, field: &str, old: &Value, new: &Value) -> bool {
    let Some(field) = entity.field(field) else { return false };
    match (&field.kind, old, new) {
        (FieldKind::Address | FieldKind::Text { .. } | FieldKind::LongText, Value::Text(old), Value::Text(new)) => {
            compact(old) == compact(new)
        }
        (FieldKind::Date, Value::Date(old), Value::Date(new)) => less_exact(*new, *old),
        (FieldKind::Code { list }, Value::Text(old), Value::Text(new)) => {
            let Some(list) = catalogue.code_lists.get(list) else { return false };
            let mut above = list.get(old).and_then(|code| code.parent.clone());
            while let Some(code) = above {
                if code == *new {
                    return true;
                }
                above = list.get(&code).and_then(|code| code.parent.clone()).filter(|next| *next != code);
            }
            false
        }
        (FieldKind::Codes { .. }, Value::Codes(old), Value::Codes(new)) => new.iter().all(|code| old.contains(code)),
        _ => false,
    }
}

/// What a field becomes: several codes are added to those that are held, anything else takes the ledger's value.
pub fn joined(old: &Value, new: &Value) -> Value {
    match (old, new) {
        (Value::Codes(old), Value::Codes(new)) => {
            let mut codes: Vec<String> = old.iter().chain(new).cloned().collect();
            codes.sort();
            codes.dedup();
            Value::Codes(codes)
        }
        _ => new.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_not_a_contradiction_of_a_day_in_it() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert!(less_exact(day("1980-05-01"), day("1980-05-17")));
        assert!(less_exact(day("1980-01-01"), day("1980-05-17")));
        assert!(!less_exact(day("1980-06-01"), day("1980-05-17")));
        assert!(!less_exact(day("1980-05-16"), day("1980-05-17")));
    }

    #[test]
    fn tags_are_added_never_taken_away() {
        let codes = |codes: &[&str]| Value::Codes(codes.iter().map(|code| (*code).to_owned()).collect());
        assert_eq!(joined(&codes(&["a", "c"]), &codes(&["b", "c"])), codes(&["a", "b", "c"]));
        assert_eq!(joined(&Value::Null, &codes(&["b"])), codes(&["b"]));
    }
}
