//! Is this record acceptable, and in what normal form? Also reads the dirty texts of a ledger into values.
//!
//! | function | when |
//! |---|---|
//! | [`validate_record`] | a new record, all its values known |
//! | [`complete_record`] | the same, of values that are in normal form already |
//! | [`validate_edit`] | changes to a record whose sensitive values are not at hand |
//! | [`TextReader`], [`parse_texts`] | cells of a ledger → values, before one of the above |

use jiff::civil::Date;

use crate::{
    catalogue::{Catalogue, Code, Derive, Entity, Field, FieldKind},
    check::{self, IdentityNumber},
    expr,
    lang::Label,
    record::Values,
    value::Value,
};

mod texts;

pub use texts::{ParsedTexts, TextReader, parse_texts};

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Field; empty when it is about the record as a whole.
    pub field: String,
    /// Stable code, `field.required`.
    pub code: &'static str,
    /// What is wrong and what to write instead.
    pub message: Label,
}

impl FieldError {
    fn new(field: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code, message: Label::new(zh, en) }
    }

    fn of(field: &Field, error: &check::CheckError) -> Self {
        Self { field: field.name.clone(), code: error.code(), message: error.label().clone() }
    }
}

/// Longest `long_text`.
const LONG_TEXT: usize = 20_000;
/// Longest `address`.
const ADDRESS: usize = 300;

/// Checks a new record. Returns its normal form (without unknown values, with derived ones) and everything that is wrong;
/// with any error the record must be refused.
pub fn validate_record(catalogue: &Catalogue, entity: &str, values: &Values, today: Date) -> (Values, Vec<FieldError>) {
    let Some(entity) = catalogue.entities.get(entity) else { return (Values::new(), vec![no_register(entity)]) };
    let mut errors = unknown_fields(entity, values);
    let normal = normal_values(catalogue, entity, values, &mut errors);
    complete(entity, normal, today, errors)
}

/// [`validate_record`] for values that are in normal form already (read by [`TextReader`] and checked by [`normal_value`]):
/// derives, requires and checks, without reading every value a second time.
pub fn complete_record(entity: &Entity, values: Values, today: Date) -> (Values, Vec<FieldError>) {
    complete(entity, values, today, Vec::new())
}

fn complete(
    entity: &Entity,
    mut values: Values,
    today: Date,
    mut errors: Vec<FieldError>,
) -> (Values, Vec<FieldError>) {
    derive(entity, &mut values, &Values::new(), today, &mut errors);
    require(entity, &|field| values.get(field).is_some_and(|value| !value.is_null()), &mut errors);
    break_checks(entity, &values, today, &mut errors);
    values.retain(|_, value| !value.is_null());
    (values, errors)
}

/// Checks changes to a record. `current` are its values as far as they are at hand; `held` tells whether a sensitive field
/// that is not among them is known. Only changed fields are checked by kind (a retired code that is kept stays), rules and
/// required fields are checked on the whole. Returns the changes in normal form, with those of derived fields.
pub fn validate_edit(
    catalogue: &Catalogue,
    entity: &str,
    current: &Values,
    held: &dyn Fn(&str) -> bool,
    changes: &Values,
    today: Date,
) -> (Values, Vec<FieldError>) {
    let Some(entity) = catalogue.entities.get(entity) else { return (Values::new(), vec![no_register(entity)]) };
    let mut errors = unknown_fields(entity, changes);
    let at_hand = |field: &str| current.get(field).unwrap_or(&Value::Null);
    let changed: Values = changes
        .iter()
        .filter(|(name, value)| *value != at_hand(name) || (value.is_null() && held(name)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut normal = normal_values(catalogue, entity, &changed, &mut errors);
    refuse_typed_derivations(entity, &normal, held, &mut errors);
    derive(entity, &mut normal, current, today, &mut errors);
    let after = |field: &str| normal.get(field).unwrap_or_else(|| at_hand(field)).clone();
    let known = |field: &str| match normal.get(field) {
        Some(value) => !value.is_null(),
        None => !at_hand(field).is_null() || held(field),
    };
    require(entity, &known, &mut errors);
    let whole: Values = entity.fields.iter().map(|field| (field.name.clone(), after(&field.name))).collect();
    break_checks(entity, &whole, today, &mut errors);
    (normal, errors)
}

fn no_register(entity: &str) -> FieldError {
    FieldError::new("", "entity.unknown", format!("没有登记册 {entity}"), format!("there is no register {entity}"))
}

fn unknown_fields(entity: &Entity, values: &Values) -> Vec<FieldError> {
    let unknown = values.keys().filter(|name| entity.field(name).is_none());
    unknown
        .map(|name| {
            let nearest = entity
                .fields
                .iter()
                .map(|field| field.name.as_str())
                .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            let (zh, en) = nearest.map_or_else(Default::default, |nearest| {
                (format!(",是不是 {nearest}?"), format!("; did you mean {nearest}?"))
            });
            FieldError::new(
                name,
                "field.unknown",
                format!("没有字段 {name}{zh}"),
                format!("there is no field {name}{en}"),
            )
        })
        .collect()
}

/// Every value that is given, by kind; a value that is wrong is left out.
fn normal_values(catalogue: &Catalogue, entity: &Entity, values: &Values, errors: &mut Vec<FieldError>) -> Values {
    let mut normal = Values::new();
    for field in &entity.fields {
        let Some(value) = values.get(&field.name) else { continue };
        if field.off_by_default && !value.is_null() {
            let label = &field.label;
            errors.push(FieldError::new(
                &field.name,
                "field.off",
                format!("“{}”尚未启用,不能填写", label.zh),
                format!("\"{}\" is turned off and cannot be filled in", label.en),
            ));
            continue;
        }
        match normal_value(catalogue, field, value) {
            Ok(value) => {
                normal.insert(field.name.clone(), value);
            }
            Err(error) => errors.push(error),
        }
    }
    normal
}

/// The normal form of a value for its field.
pub fn normal_value(catalogue: &Catalogue, field: &Field, value: &Value) -> Result<Value, FieldError> {
    let wrong = |error: check::CheckError| FieldError::of(field, &error);
    Ok(match (&field.kind, value) {
        (_, Value::Null) => Value::Null,
        (FieldKind::Code { list }, Value::Text(code)) => {
            Value::Text(known_code(catalogue, field, list, code.trim())?.code.clone())
        }
        (_, Value::Text(text)) if text.trim().is_empty() => Value::Null,
        (FieldKind::Text { max }, Value::Text(text)) => {
            within(field, check::text(text).map_err(wrong)?, usize::try_from(*max).unwrap_or(usize::MAX))?
        }
        (FieldKind::LongText, Value::Text(text)) => within(field, check::long_text(text).map_err(wrong)?, LONG_TEXT)?,
        (FieldKind::Address, Value::Text(text)) => within(field, check::text(text).map_err(wrong)?, ADDRESS)?,
        (FieldKind::PersonName, Value::Text(text)) => Value::Text(check::person_name(text).map_err(wrong)?.text),
        (FieldKind::IdentityNumber, Value::Text(text)) => {
            Value::Text(check::identity_number(text).map_err(wrong)?.number)
        }
        (FieldKind::CreditCode, Value::Text(text)) => Value::Text(check::credit_code(text).map_err(wrong)?.code),
        (FieldKind::Phone, Value::Text(text)) => Value::Text(check::phone(text).map_err(wrong)?.number),
        (FieldKind::Integer { min, max }, Value::Int(number)) => in_range(field, *number, *min, *max)?,
        (FieldKind::Codes { list }, Value::Codes(codes)) => {
            let known = codes.iter().map(|code| known_code(catalogue, field, list, code.trim()));
            let mut codes = known.map(|code| code.map(|code| code.code.clone())).collect::<Result<Vec<_>, _>>()?;
            codes.sort();
            codes.dedup();
            if codes.is_empty() { Value::Null } else { Value::Codes(codes) }
        }
        (FieldKind::Date, Value::Date(day)) if (1800..=2200).contains(&day.year()) => Value::Date(*day),
        (FieldKind::Date, Value::Date(day)) => {
            let message = (format!("{day} 不在 1800 至 2200 年之间"), format!("{day} is not within 1800 to 2200"));
            return Err(FieldError::new(&field.name, "date.range", message.0, message.1));
        }
        (FieldKind::Time, Value::Time(_))
        | (FieldKind::Decimal { .. } | FieldKind::Money, Value::Int(_))
        | (FieldKind::Bool, Value::Bool(_))
        | (FieldKind::Ref { .. }, Value::Ref(_)) => value.clone(),
        _ => return Err(FieldError::new(&field.name, "field.type", "值的类型不对", "the value is of another type")),
    })
}

fn within(field: &Field, text: String, max: usize) -> Result<Value, FieldError> {
    let length = text.chars().count();
    if length > max {
        let message =
            (format!("最多 {max} 个字,现有 {length} 个"), format!("at most {max} characters; this has {length}"));
        return Err(FieldError::new(&field.name, "text.too_long", message.0, message.1));
    }
    Ok(if text.is_empty() { Value::Null } else { Value::Text(text) })
}

fn in_range(field: &Field, number: i64, min: Option<i64>, max: Option<i64>) -> Result<Value, FieldError> {
    if min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max) {
        return Ok(Value::Int(number));
    }
    let (zh, en) = match (min, max) {
        (Some(min), Some(max)) => (format!("应在 {min} 到 {max} 之间"), format!("must be from {min} to {max}")),
        (Some(min), None) => (format!("不能小于 {min}"), format!("must not be less than {min}")),
        (None, Some(max)) => (format!("不能大于 {max}"), format!("must not be greater than {max}")),
        (None, None) => Default::default(),
    };
    Err(FieldError::new(&field.name, "number.range", zh, en))
}

fn known_code<'c>(catalogue: &'c Catalogue, field: &Field, list: &str, code: &str) -> Result<&'c Code, FieldError> {
    let list = catalogue.code_lists.get(list);
    match list.and_then(|list| list.get(code)) {
        Some(found) if !found.retired => Ok(found),
        Some(found) => {
            let label = &found.label;
            let message = (
                format!("代码 {code}({})已停用,请另选", label.zh),
                format!("the code {code} ({}) is retired; choose another", label.en),
            );
            Err(FieldError::new(&field.name, "code.retired", message.0, message.1))
        }
        None => {
            let examples = |pick: fn(&Code) -> &String| {
                let codes = list.into_iter().flat_map(|list| &list.codes).filter(|code| !code.retired);
                codes.take(5).map(|code| format!("{} {}", code.code, pick(code))).collect::<Vec<_>>().join(", ")
            };
            let message = (
                format!("“{code}”不是可选的代码,请选:{}……", examples(|code| &code.label.zh)),
                format!("\"{code}\" is not a code of the list; choose: {}…", examples(|code| &code.label.en)),
            );
            Err(FieldError::new(&field.name, "code.unknown", message.0, message.1))
        }
    }
}

fn source_of(derive: &Derive) -> &str {
    match derive {
        Derive::BirthDate(from) | Derive::Sex(from) => from,
    }
}

/// Fills derived fields from an identity number in `normal`; a typed value that contradicts it is an error. The new number
/// takes the place of what `current` holds.
fn derive(entity: &Entity, normal: &mut Values, current: &Values, today: Date, errors: &mut Vec<FieldError>) {
    let mut read: Option<(&str, IdentityNumber)> = None;
    for field in &entity.fields {
        let Some(derive) = &field.derive else { continue };
        let source = source_of(derive);
        // Sex and birth date come out of the same number: it is read once.
        if read.as_ref().is_none_or(|(known, _)| *known != source) {
            let number = normal.get(source).and_then(Value::as_text).map(check::identity_number);
            read = number.and_then(Result::ok).map(|number| (source, number));
        }
        let Some((_, identity)) = read.as_ref().filter(|(known, _)| *known == source) else { continue };
        if identity.birth > today {
            future_birth(source, identity, errors);
            continue;
        }
        let derived = match derive {
            Derive::BirthDate(_) => Value::Date(identity.birth),
            Derive::Sex(_) => Value::text(identity.sex.code()),
        };
        match normal.get(&field.name) {
            Some(typed) if !typed.is_null() && *typed != derived => {
                errors.push(contradiction(entity, field, source_of(derive), typed, &derived));
            }
            _ if current.get(&field.name) == Some(&derived) => {
                normal.remove(&field.name);
            }
            _ => {
                normal.insert(field.name.clone(), derived);
            }
        }
    }
}

fn future_birth(source: &str, identity: &IdentityNumber, errors: &mut Vec<FieldError>) {
    let birth = identity.birth;
    let error = FieldError::new(
        source,
        "identity.future",
        format!("身份证号中的出生日期 {birth} 晚于今天,请核对"),
        format!("the birth date {birth} in the identity number is after today; check it"),
    );
    if !errors.contains(&error) {
        errors.push(error);
    }
}

fn contradiction(entity: &Entity, field: &Field, source: &str, typed: &Value, derived: &Value) -> FieldError {
    let shown = |value: &Value| match value {
        Value::Date(day) => day.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    let source = entity.field(source).map(|field| field.label.clone()).unwrap_or_default();
    let (typed, derived, label) = (shown(typed), shown(derived), &field.label);
    FieldError::new(
        &field.name,
        "derive.contradiction",
        format!("{} {typed} 与{}中的 {derived} 不一致,请核对其中一项", label.zh, source.zh),
        format!("{} {typed} contradicts {derived} in {}; correct one of them", label.en, source.en),
    )
}

/// A derived field cannot be typed over while its source is held and stays.
fn refuse_typed_derivations(
    entity: &Entity,
    changed: &Values,
    held: &dyn Fn(&str) -> bool,
    errors: &mut Vec<FieldError>,
) {
    for field in entity.fields.iter().filter(|field| changed.contains_key(&field.name)) {
        let Some(source) = field.derive.as_ref().map(source_of) else { continue };
        if held(source) && !changed.contains_key(source) {
            let from = entity.field(source).map(|field| field.label.clone()).unwrap_or_default();
            errors.push(FieldError::new(
                &field.name,
                "derive.typed",
                format!("由{}得出,不能单独修改;请更正{}", from.zh, from.zh),
                format!("follows from {} and cannot be changed by itself; correct {}", from.en, from.en),
            ));
        }
    }
}

fn require(entity: &Entity, known: &dyn Fn(&str) -> bool, errors: &mut Vec<FieldError>) {
    for field in entity.fields.iter().filter(|field| field.required && !field.off_by_default) {
        if !known(&field.name) && !errors.iter().any(|error| error.field == field.name) {
            let label = &field.label;
            let message = (format!("请填写{}", label.zh), format!("fill in {}", label.en));
            errors.push(FieldError::new(&field.name, "field.required", message.0, message.1));
        }
    }
}

fn break_checks(entity: &Entity, values: &Values, today: Date, errors: &mut Vec<FieldError>) {
    let field = |name: &str| values.get(name).cloned().unwrap_or_default();
    for check in &entity.checks {
        if expr::holds(&check.must, &field, today) == Some(false) {
            let beside = check.field.clone().unwrap_or_default();
            errors.push(FieldError { field: beside, code: "check.broken", message: check.message.clone() });
        }
    }
}

#[cfg(test)]
mod tests;
