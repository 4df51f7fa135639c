//! Functions about dates and moments.

use super::super::error::EvalError;
use super::super::function::Func;
use super::super::time::{DAY, Moment, parse_moment, parse_time};
use super::super::value::Value;
use super::{Eval, Evaluated};

impl Eval<'_, '_> {
    pub(super) fn dates(&self, func: Func, args: &[Value]) -> Evaluated<Value> {
        let zone = self.session.outside.zone();
        let now = || self.session.outside.now();
        Ok(match func {
            Func::Today => Value::text(now().date(zone)),
            Func::Now => Value::text(now().date_time(zone)),
            Func::Date => match self.moment(&args[0], true)? {
                Some(moment) => Value::text(moment.date(zone)),
                None => Value::text(""),
            },
            Func::DateTime => match self.moment(&args[0], false)? {
                Some(moment) => Value::text(moment.date_time(zone)),
                None => Value::text(""),
            },
            Func::FormatDate | Func::FormatDateTime => self.formatted(args)?,
            Func::DecimalTime => self.decimal_time(&args[0])?,
            _ => match self.moment(&args[0], false)? {
                Some(moment) => Value::Number(moment.0 as f64 / DAY as f64),
                None => Value::Number(f64::NAN),
            },
        })
    }

    /// What an argument means as a moment: a number is days (whole days of the zone for a date, else from UTC), an empty
    /// text or NaN is none.
    fn moment(&self, value: &Value, whole_days: bool) -> Evaluated<Option<Moment>> {
        let zone = self.session.outside.zone();
        let number = match value {
            Value::Number(n) => Some(*n),
            Value::Bool(b) => Some(f64::from(u8::from(*b))),
            value => {
                let text = self.to_text(value);
                if text.trim().is_empty() {
                    return Ok(None);
                }
                match parse_moment(&text, zone) {
                    Some((moment, _)) => return Ok(Some(moment)),
                    None => Some(super::super::number::parse_number(&text)).filter(|n| !n.is_nan()),
                }
            }
        };
        match number {
            Some(n) if n.is_nan() => Ok(None),
            Some(n) if n.abs() <= f64::from(i32::MAX) => Ok(Some(if whole_days {
                Moment(n.trunc() as i64 * DAY - zone * 60_000)
            } else {
                Moment((n * DAY as f64).round() as i64)
            })),
            _ => {
                let shown = self.to_text(value);
                Err(EvalError::wrong_type(format!("“{shown}”不是日期"), format!("\"{shown}\" is not a date")))
            }
        }
    }

    fn formatted(&self, args: &[Value]) -> Evaluated<Value> {
        let Some(moment) = self.moment(&args[0], false)? else { return Ok(Value::text("")) };
        let format = self.to_text(&args[1]);
        let chinese = self.language().is_some_and(|l| l.contains("zh") || l.contains("中文") || l.contains("Chinese"));
        moment.formatted(&format, self.session.outside.zone(), chinese).map(Value::text).ok_or_else(|| {
            EvalError::unsupported(format!("不认识的日期格式“{format}”"), format!("unknown date format \"{format}\""))
        })
    }

    /// The part of the day that has passed, on the wall of the zone.
    fn decimal_time(&self, value: &Value) -> Evaluated<Value> {
        let zone = self.session.outside.zone();
        if let Some((millis, offset)) = parse_time(self.to_text(value).trim()) {
            let local = millis + (zone - offset.unwrap_or(zone)) * 60_000;
            return Ok(Value::Number(local.rem_euclid(DAY) as f64 / DAY as f64));
        }
        if let Value::Number(n) = value {
            return Ok(Value::Number(n - n.floor()));
        }
        Ok(Value::Number(match self.moment(value, false)? {
            Some(moment) => (moment.0 + zone * 60_000).rem_euclid(DAY) as f64 / DAY as f64,
            None => f64::NAN,
        }))
    }
}
