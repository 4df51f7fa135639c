//! From measures to a value, or to the reason why there is none.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::{expr, lang::Label, value::Value};

use super::{
    bind::Params,
    formula::Term,
    model::{Indicator, Measure, What},
};

/// What a measure found: how many rows counted, and the sum over them in units of its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Rows that count (for a mean, those that have a number).
    pub n: i64,
    /// Sum, in units of `10^-scale`.
    pub sum: i128,
}

impl std::ops::AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
    }
}

impl Found {
    /// The measure's value: the sum of a sum, the mean of a mean (nothing over no rows), else the count.
    #[expect(clippy::cast_precision_loss, reason = "figures that people read")]
    pub fn value(&self, what: &What) -> Option<f64> {
        let total = || self.sum as f64 / 10f64.powi(i32::from(what.scale()));
        match what {
            What::Sum { .. } => Some(total()),
            What::Mean { .. } => (self.n > 0).then(|| total() / self.n as f64),
            _ => Some(self.n as f64),
        }
    }
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable code, `insight.no_denominator`.
    pub code: &'static str,
    /// What to tell.
    pub message: Label,
}

impl Reason {
    /// A reason.
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Label::new(zh, en) }
    }
}

/// A measure with its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// Its value.
    pub value: Option<f64>,
    /// How many rows are behind it.
    pub n: Option<i64>,
    /// Why there is no value, where the measure itself knows.
    pub reason: Option<Reason>,
}

impl Measured {
    /// What was found, as a measure's value.
    pub fn found(what: &What, found: Found) -> Self {
        Self { value: found.value(what), n: Some(found.n), reason: None }
    }

    /// No value, for a reason.
    pub fn none(reason: Reason) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }
}

/// A reading's numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// The value in the indicator's unit, not rounded.
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<Reason>,
    /// What stands above the line, where the indicator has a numerator.
    pub numerator: Option<f64>,
    /// What stands below it; for a mean, over how many it is.
    pub denominator: Option<f64>,
}

/// The outcome of an indicator whose measures are `measured` (by name) and whose other indicators are `indicators`.
pub fn outcome(
    indicator: &Indicator,
    params: &Params,
    measured: &BTreeMap<String, Measured>,
    indicators: &dyn Fn(&str) -> Option<f64>,
) -> Outcome {
    let numerator = measured.get("numerator").and_then(|one| one.value);
    let denominator = denominator(indicator, measured);
    let mut outcome = Outcome { value: None, reason: None, numerator, denominator };
    outcome.reason = refusal(indicator, measured, &outcome);
    if outcome.reason.is_some() {
        return outcome;
    }
    let known = |name: &str| {
        let measure = || measured.get(name).and_then(|one| one.value).map(Term::Number);
        match name.contains('/') {
            true => indicators(name).map(Term::Number),
            false => measure().or_else(|| params.term(name)),
        }
    };
    outcome.value = indicator.value.value(&known).map(|value| value * indicator.unit.factor());
    if outcome.value.is_none() {
        outcome.reason = Some(no_value(indicator, indicators));
    }
    outcome
}

/// What `needs` is about: the denominator, or how many rows a mean is over, or the rows themselves.
fn denominator(indicator: &Indicator, measured: &BTreeMap<String, Measured>) -> Option<f64> {
    if let Some(one) = measured.get("denominator") {
        return one.value;
    }
    let mean = indicator.measures.get("numerator").is_some_and(|measure| matches!(measure.what, What::Mean { .. }));
    #[expect(clippy::cast_precision_loss, reason = "figures that people read")]
    let over = |n: i64| n as f64;
    measured.get("numerator").filter(|_| mean).and_then(|one| one.n).map(over)
}

fn refusal(indicator: &Indicator, measured: &BTreeMap<String, Measured>, outcome: &Outcome) -> Option<Reason> {
    if let Some(reason) = measured.values().find_map(|one| one.reason.clone()) {
        return Some(reason);
    }
    #[expect(clippy::cast_precision_loss, reason = "a threshold that a person wrote")]
    let needs = indicator.needs as f64;
    let found = match outcome.denominator {
        Some(found) => found,
        None if indicator.needs > 1 => outcome.numerator.unwrap_or_default(),
        None => return None,
    };
    if found == 0.0 {
        return Some(Reason::new(
            "insight.no_denominator",
            "数据不足：分母为 0",
            "Insufficient data: the denominator is 0",
        ));
    }
    (found < needs).then(|| {
        let (found, needs) = (found.round(), indicator.needs);
        Reason::new(
            "insight.too_few",
            format!("数据不足：只有 {found}，至少需要 {needs}"),
            format!("Insufficient data: {found} found, at least {needs} needed"),
        )
    })
}

fn no_value(indicator: &Indicator, indicators: &dyn Fn(&str) -> Option<f64>) -> Reason {
    let missing: Vec<&str> = indicator.needed().into_iter().filter(|name| indicators(name).is_none()).collect();
    match missing.as_slice() {
        [] => Reason::new(
            "insight.not_computable",
            "数据不足：除数为 0 或有未知值",
            "Insufficient data: a divisor is 0 or a value is not known",
        ),
        many => {
            let list = many.join("、");
            Reason::new(
                "insight.needs_other",
                format!("数据不足：所依据的指标没有数值（{list}）"),
                format!("Insufficient data: the indicators it is made of have no value ({})", many.join(", ")),
            )
        }
    }
}

/// What one row adds to a measure; nothing when the filter leaves it out, or when it has no number for a mean. The
/// measure's parameters must be bound ([`Params::bind`]).
pub fn contribution(measure: &Measure, field: &dyn Fn(&str) -> Value, today: Date) -> Option<Found> {
    if let Some(filter) = &measure.filter
        && expr::holds(filter, field, today) != Some(true)
    {
        return None;
    }
    let number = |value: Value| match value {
        Value::Int(units) => Some(i128::from(units)),
        _ => None,
    };
    Some(match &measure.what {
        What::Sum { field: name, .. } => Found { n: 1, sum: number(field(name)).unwrap_or_default() },
        What::Mean { of, .. } => Found { n: 1, sum: number(expr::eval(of, field, today))? },
        _ => Found { n: 1, sum: 0 },
    })
}
