//! Typed values of fields and their JSON form.

use jiff::civil::Date;
use serde_json::Value as Json;

use crate::{catalogue::FieldKind, clock::Timestamp, ids::RecordId};

/// A value of a field. Codes and area codes are text; money is whole fen; decimals are whole units of their field's scale
/// (never floating point).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value {
    /// Nothing known.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Whole number, money in fen, or decimal in units of 10^-scale (the field's kind tells which).
    Int(i64),
    /// Text, code, area code, normalised name, phone…
    Text(String),
    /// Calendar day.
    Date(Date),
    /// Moment.
    Time(Timestamp),
    /// Several codes of one list, sorted, without repeats.
    Codes(Vec<String>),
    /// Another record.
    Ref(RecordId),
}

impl Value {
    /// Text value from anything that can become a `String`.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Whether nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text of a text-like value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The JSON form: text and codes as strings, dates as `yyyy-mm-dd`, moments as RFC 3339 in UTC, decimals as strings
    /// with their scale, money as whole fen.
    pub fn to_json(&self, kind: &FieldKind) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => Json::Bool(*flag),
            Self::Int(units) => match kind {
                FieldKind::Decimal { scale, .. } => Json::String(decimal_text(*units, *scale)),
                _ => Json::from(*units),
            },
            Self::Text(text) => Json::String(text.clone()),
            Self::Date(day) => Json::String(day.to_string()),
            Self::Time(moment) => jiff::Timestamp::from_microsecond(moment.0)
                .map_or(Json::Null, |moment| Json::String(moment.to_string())),
            Self::Codes(codes) => Json::from(codes.clone()),
            Self::Ref(id) => Json::String(id.to_string()),
        }
    }

    /// Reads the JSON form for a field of `kind`; `None` when the JSON is of another type. Empty text is [`Value::Null`].
    /// Checks types only: codes, identity numbers and ranges are checked by the register's rules.
    pub fn from_json(json: &Json, kind: &FieldKind) -> Option<Self> {
        match (json, kind) {
            (Json::Null, _) => Some(Self::Null),
            (Json::String(text), _) if text.trim().is_empty() => Some(Self::Null),
            (Json::Bool(flag), FieldKind::Bool) => Some(Self::Bool(*flag)),
            (Json::Number(number), FieldKind::Integer { .. } | FieldKind::Money) => number.as_i64().map(Self::Int),
            (Json::Number(number), FieldKind::Decimal { scale, .. }) => {
                parse_decimal(&number.to_string(), *scale).map(Self::Int)
            }
            (Json::String(text), FieldKind::Decimal { scale, .. }) => parse_decimal(text, *scale).map(Self::Int),
            (Json::String(text), FieldKind::Date) => text.parse().ok().map(Self::Date),
            (Json::String(text), FieldKind::Time) => {
                text.parse::<jiff::Timestamp>().ok().map(|moment| Self::Time(Timestamp(moment.as_microsecond())))
            }
            (Json::String(text), FieldKind::Ref { .. }) => text.parse().ok().map(Self::Ref),
            (Json::Array(items), FieldKind::Codes { .. }) => {
                let mut codes: Vec<String> =
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?;
                codes.sort();
                codes.dedup();
                Some(if codes.is_empty() { Self::Null } else { Self::Codes(codes) })
            }
            (Json::String(text), kind) if kind.is_text() => Some(Self::Text(text.clone())),
            _ => None,
        }
    }
}

/// `1234` with scale 2 is `12.34`.
pub fn decimal_text(units: i64, scale: u8) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let power = 10_u64.pow(u32::from(scale));
    let (whole, rest) = (units.unsigned_abs() / power, units.unsigned_abs() % power);
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{whole}.{rest:0width$}", width = usize::from(scale))
}

/// `12.345` with scale 2 is refused (`None`), `12.3` is `1230`: precision is never dropped silently.
pub fn parse_decimal(text: &str, scale: u8) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let rest = rest.trim_end_matches('0');
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(rest) || rest.len() > usize::from(scale) {
        return None;
    }
    let padded = format!("{whole}{rest:0<width$}", width = usize::from(scale));
    padded.parse::<i64>().ok().map(|units| sign * units)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_decimal_with_more_places_than_its_field_is_refused() {
        assert_eq!(parse_decimal("12.345", 2), None);
        assert_eq!(parse_decimal("12.300", 2), Some(1230));
        assert_eq!(parse_decimal("-0.5", 2), Some(-50));
    }

    proptest! {
        #[test]
        fn decimals_survive_their_text(units in -1_000_000_000_000_i64..1_000_000_000_000, scale in 0_u8..6) {
            prop_assert_eq!(parse_decimal(&decimal_text(units, scale), scale), Some(units));
        }
    }
}
