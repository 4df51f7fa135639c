//! What values look like.

use std::collections::HashSet;

use crate::check;

use super::{ValueKind, ValueKindTag, words};

/// Values beyond these tell nothing new.
const ENOUGH: usize = 200;

/// The share of the values that looks like each kind, best first; of equal shares the more special kind first. Kinds no
/// value looks like are left out; blanks are not counted.
pub fn looks_like(samples: &[String]) -> Vec<(ValueKindTag, f64)> {
    let values = filled(samples);
    if values.is_empty() {
        return Vec::new();
    }
    let tags = [
        ValueKindTag::IdentityNumber,
        ValueKindTag::CreditCode,
        ValueKindTag::Phone,
        ValueKindTag::Date,
        ValueKindTag::YesNo,
        ValueKindTag::PersonName,
        ValueKindTag::Address,
        ValueKindTag::Integer,
        ValueKindTag::Decimal,
    ];
    let mut found: Vec<(ValueKindTag, f64)> =
        tags.iter().map(|tag| (*tag, share(&values, |value| is_plainly(*tag, value)))).collect();
    if is_sequence(samples) {
        found.push((ValueKindTag::Sequence, 1.0));
    }
    // A few words over and over are a list's, not names.
    let distinct: HashSet<&&str> = values.iter().collect();
    if distinct.len() * 2 < values.len() {
        found.retain(|(tag, _)| *tag != ValueKindTag::PersonName);
    }
    found.retain(|(_, share)| *share > 0.0);
    if found.iter().all(|(_, share)| *share < 0.5) {
        found.push((ValueKindTag::Text, 0.5));
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}

/// Whether the values count 1, 2, 3…, with gaps at blank rows.
pub(super) fn is_sequence(samples: &[String]) -> bool {
    let numbers: Option<Vec<i64>> = filled(samples).iter().map(|value| check::integer(value).ok()).collect();
    numbers.is_some_and(|numbers| {
        numbers.len() >= 3 && numbers[0] <= 1_000_000 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
    })
}

/// The share of the values that can be read as `kind`; nothing when any text can, or when there are no values.
pub(super) fn fit(kind: &ValueKind, codes: Option<&check::ChoiceList>, samples: &[String]) -> Option<f64> {
    let values = filled(samples);
    if values.is_empty() {
        return None;
    }
    let test: &dyn Fn(&str) -> bool = match kind {
        ValueKind::Text | ValueKind::Address => return None,
        ValueKind::PersonName => &|value| check::person_name(value).is_ok_and(|name| name.text.chars().count() >= 2),
        ValueKind::IdentityNumber => &is_identity,
        ValueKind::CreditCode => &is_credit_code,
        ValueKind::Phone => &is_phone,
        ValueKind::Date => &|value| check::date(value).map_or_else(|error| error.code() != "date.format", |_| true),
        ValueKind::Integer => &|value| check::integer(value).is_ok(),
        ValueKind::Decimal => &|value| check::number(value).is_ok(),
        ValueKind::Money => &|value| check::money(value).is_ok(),
        ValueKind::YesNo => &|value| check::yes_no(value).is_ok(),
        ValueKind::Code { .. } => return codes.map(|list| share(&values, |value| is_choice(list, value))),
    };
    Some(share(&values, test))
}

/// Values of list columns may hold several entries: 低保、残疾.
fn is_choice(list: &check::ChoiceList, value: &str) -> bool {
    list.find(value).is_ok()
        || value
            .split(['、', ',', '，', ';', '；', '/'])
            .filter(|part| !part.is_empty())
            .all(|part| list.find(part).is_ok())
}

fn filled(samples: &[String]) -> Vec<&str> {
    samples.iter().map(String::as_str).filter(|value| !check::is_blank(value)).take(ENOUGH).collect()
}

fn share(values: &[&str], test: impl Fn(&str) -> bool) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    count(values.iter().filter(|value| test(value)).count()) / count(values.len())
}

/// Stricter than [`fit`]: what nobody would take for another kind.
fn is_plainly(tag: ValueKindTag, value: &str) -> bool {
    match tag {
        ValueKindTag::IdentityNumber => is_identity(value),
        ValueKindTag::CreditCode => is_credit_code(value),
        ValueKindTag::Phone => is_phone(value) && value.chars().filter(char::is_ascii_digit).count() >= 7,
        ValueKindTag::Date => is_plainly_date(value),
        ValueKindTag::YesNo => !value.trim().chars().all(|c| c.is_ascii_digit()) && check::yes_no(value).is_ok(),
        ValueKindTag::PersonName => is_plainly_name(value),
        ValueKindTag::Address => is_address(value),
        ValueKindTag::Integer => check::integer(value).is_ok(),
        ValueKindTag::Decimal => check::number(value).is_ok(),
        _ => false,
    }
}

/// Right, or wrong in a way only identity numbers are.
fn is_identity(value: &str) -> bool {
    match check::identity_number(value) {
        Ok(_) => true,
        Err(error) => {
            matches!(
                error.code(),
                "identity.checksum" | "identity.damaged_by_excel" | "identity.masked" | "identity.birth"
            ) && value.chars().filter(|c| c.is_ascii_digit() || *c == '*').count() >= 6
                && !is_phone(value)
                && !is_credit_code(value)
        }
    }
}

fn is_credit_code(value: &str) -> bool {
    match check::credit_code(value) {
        Ok(_) => true,
        Err(error) => {
            matches!(error.code(), "credit_code.checksum" | "credit_code.look_alike")
                && value.starts_with(['9', '1', '5', 'Y'])
                && value.chars().any(|c| c.is_ascii_uppercase() && c != 'X')
        }
    }
}

fn is_phone(value: &str) -> bool {
    match check::phones(value) {
        Ok(_) => true,
        Err(error) => matches!(error.code(), "phone.masked") && value.chars().count() <= 13,
    }
}

fn is_plainly_date(value: &str) -> bool {
    let digits = value.trim().chars().all(|c| c.is_ascii_digit());
    let separators = value.chars().filter(|c| matches!(c, '-' | '/' | '.' | '年' | '月')).count();
    let whole = value.trim().len();
    match check::date(value) {
        Ok(read) if digits => whole == 8 || (whole == 6 && read.notes.is_empty()),
        Ok(read) => {
            read.precision == check::Precision::Day || separators >= 1 && (1900..=2100).contains(&read.date.year())
        }
        Err(error) => error.code() == "date.lunar" && separators > 0,
    }
}

fn is_plainly_name(value: &str) -> bool {
    let Ok(name) = check::person_name(value) else { return false };
    let length = name.text.chars().count();
    let first = name.text.chars().next();
    name.text.contains('·') || ((2..=4).contains(&length) && first.is_some_and(|c| words::SURNAMES.contains(c)))
}

fn is_address(value: &str) -> bool {
    let marks =
        ["路", "街", "号", "栋", "幢", "楼", "单元", "室", "小区", "村", "组", "巷", "胡同", "大道", "门", "区", "院"];
    let found = marks.iter().filter(|mark| value.contains(**mark)).count();
    found >= 2 && value.chars().count() >= 5
}
