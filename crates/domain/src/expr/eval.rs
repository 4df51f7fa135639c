//! Running an expression on one record.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::value::Value;

use super::ast::{ArithmeticOp, CompareOp, Expr, Literal, TextTest, TypedExpr};

/// The answer for a record whose fields `field` gives, on the day `today`. Never panics: a value of another type than
/// the scope promised counts as null.
pub fn eval(typed: &TypedExpr, field: &dyn Fn(&str) -> Value, today: Date) -> Value {
    Run { field, today }.value(&typed.expr)
}

/// The answer of a filter or check: true, false, or `None` for unknown.
pub fn holds(typed: &TypedExpr, field: &dyn Fn(&str) -> Value, today: Date) -> Option<bool> {
    as_bool(&eval(typed, field, today))
}

struct Run<'a> {
    field: &'a dyn Fn(&str) -> Value,
    today: Date,
}

impl Run<'_> {
    fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Literal(literal) => constant(literal),
            Expr::Field(name) => (self.field)(name),
            Expr::Today => Value::Date(self.today),
            Expr::Not(_)
            | Expr::All(_)
            | Expr::Any(_)
            | Expr::Compare { .. }
            | Expr::IsNull(_)
            | Expr::In { .. }
            | Expr::Holds { .. }
            | Expr::Text { .. } => self.truth(expr).map_or(Value::Null, Value::Bool),
            Expr::Arithmetic { .. }
            | Expr::Negate(_)
            | Expr::Scale { .. }
            | Expr::DaysBetween { .. }
            | Expr::Age(_)
            | Expr::Length(_)
            | Expr::Count(_) => self.number(expr).map_or(Value::Null, Value::Int),
            Expr::Concat(left, right) => match (self.value(left), self.value(right)) {
                (Value::Text(left), Value::Text(right)) => Value::Text(left + &right),
                _ => Value::Null,
            },
            Expr::AddDays { date, days } => match (self.value(date), self.number(days)) {
                (Value::Date(date), Some(days)) => {
                    let span = jiff::Span::new().try_days(days).ok();
                    span.and_then(|span| date.checked_add(span).ok()).map_or(Value::Null, Value::Date)
                }
                _ => Value::Null,
            },
            Expr::DateOf(moment) => match self.value(moment) {
                Value::Time(moment) => Value::Date(moment.china_date()),
                _ => Value::Null,
            },
            Expr::If { condition, then, otherwise } => {
                self.value(if self.truth(condition) == Some(true) { then } else { otherwise })
            }
        }
    }

    /// Kleene's three values: `None` is unknown.
    fn truth(&self, expr: &Expr) -> Option<bool> {
        match expr {
            Expr::Not(inner) => self.truth(inner).map(|known| !known),
            Expr::All(parts) => self.fold(parts, false),
            Expr::Any(parts) => self.fold(parts, true),
            Expr::Compare { op, left, right } => {
                compare(&self.value(left), &self.value(right)).map(|ordering| fits(*op, ordering))
            }
            Expr::IsNull(inner) => Some(self.value(inner).is_null()),
            Expr::In { item, list } => {
                let item = self.value(item);
                (!item.is_null()).then(|| list.iter().any(|literal| constant(literal) == item))
            }
            Expr::Holds { codes, code } => match (self.value(codes), self.value(code)) {
                (Value::Codes(codes), Value::Text(code)) => Some(codes.contains(&code)),
                _ => None,
            },
            Expr::Text { test, text, part } => match (self.value(text), self.value(part)) {
                (Value::Text(text), Value::Text(part)) => Some(match test {
                    TextTest::StartsWith => text.starts_with(&part),
                    TextTest::EndsWith => text.ends_with(&part),
                    TextTest::Contains => text.contains(&part),
                }),
                _ => None,
            },
            other => as_bool(&self.value(other)),
        }
    }

    /// `deciding` (false for all, true for any) wins over unknown, unknown over the rest.
    fn fold(&self, parts: &[Expr], deciding: bool) -> Option<bool> {
        let mut answer = Some(!deciding);
        for part in parts {
            match self.truth(part) {
                Some(known) if known == deciding => return Some(deciding),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    }

    fn number(&self, expr: &Expr) -> Option<i64> {
        match expr {
            Expr::Arithmetic { op, left, right } => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                match op {
                    ArithmeticOp::Add => left.checked_add(right),
                    ArithmeticOp::Subtract => left.checked_sub(right),
                    ArithmeticOp::Multiply => left.checked_mul(right),
                    ArithmeticOp::Divide => left.checked_div(right),
                }
            }
            Expr::Negate(inner) => self.number(inner)?.checked_neg(),
            Expr::Scale { value, places } => self.number(value)?.checked_mul(10i64.checked_pow(u32::from(*places))?),
            Expr::DaysBetween { later, earlier } => {
                let (later, earlier) = (self.date(later)?, self.date(earlier)?);
                Some(i64::from(earlier.until(later).ok()?.get_days()))
            }
            Expr::Age(birth) => {
                let birth = self.date(birth)?;
                let before_birthday = (self.today.month(), self.today.day()) < (birth.month(), birth.day());
                Some(i64::from(self.today.year()) - i64::from(birth.year()) - i64::from(before_birthday))
            }
            Expr::Length(text) => match self.value(text) {
                Value::Text(text) => i64::try_from(text.chars().count()).ok(),
                _ => None,
            },
            Expr::Count(codes) => match self.value(codes) {
                Value::Codes(codes) => i64::try_from(codes.len()).ok(),
                _ => None,
            },
            other => match self.value(other) {
                Value::Int(number) => Some(number),
                _ => None,
            },
        }
    }

    fn date(&self, expr: &Expr) -> Option<Date> {
        match self.value(expr) {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }
}

fn constant(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(flag) => Value::Bool(*flag),
        Literal::Int(number) => Value::Int(*number),
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Date(date) => Value::Date(*date),
    }
}

fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(known) => Some(*known),
        _ => None,
    }
}

/// Nothing when either is null or they are of different kinds.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => None,
        (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => Some(a.cmp(b)),
        _ => None,
    }
}

fn fits(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Less => ordering.is_lt(),
        CompareOp::LessOrEqual => ordering.is_le(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::GreaterOrEqual => ordering.is_ge(),
    }
}

#[cfg(test)]
mod tests;
