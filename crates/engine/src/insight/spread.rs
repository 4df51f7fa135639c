//! One indicator by area, by code, and over time.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Actor, Area, Catalogue, Entity, FieldKind, Value, Verb,
    catalogue::{CodeList, Sensitivity},
    insight::{Indicator, Outcome, RollMeasure, What},
    record::Condition,
};
use linli_store::MeasureBy;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Ask, Asked, asked,
    gauge::{Targets, When},
    reading::AreaName,
};
use crate::{Engine, Problem};

/// Most points of a series.
const MOST_POINTS: usize = 400;
/// Days between two values of a community that are kept.
const KEPT_EVERY: i32 = 7;
/// Points that are recomputed from rows; the others must have been kept.
const MOST_RECOMPUTED: usize = 60;

/// An indicator by area, or by the codes of a field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ByItems {
    /// By area: one item an area. By field: one item a code, greatest first.
    pub items: Vec<ByArea>,
    /// Rows that lie in none of the areas (they hang on a higher one), or whose field is not known; and what that means.
    pub notes: Vec<String>,
}

/// The value of an area or of a code.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ByArea {
    /// Area, for values by area.
    pub area: Option<AreaName>,
    /// Code, for values by field; `null` where the field is not known.
    pub code: Option<String>,
    /// Label of the code.
    pub label: Option<String>,
    /// Value in the indicator's unit; by field, the share of the rows (0–100).
    pub value: Option<f64>,
    /// Why there is none.
    pub reason: Option<String>,
    /// What stands above the line.
    pub numerator: Option<f64>,
    /// What stands below it.
    pub denominator: Option<f64>,
    /// Rows, for values by field.
    pub n: Option<i64>,
}

/// An indicator over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Series {
    /// By day.
    pub items: Vec<Point>,
}

/// A value on a day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// Day.
    #[schema(value_type = String)]
    pub on: Date,
    /// Value; `null` where there was none.
    pub value: Option<f64>,
    /// What stood above the line.
    pub numerator: Option<f64>,
    /// What stood below it.
    pub denominator: Option<f64>,
}

/// An indicator for each area of a level, or for each code of a field of its numerator's register. Blocks the thread.
pub fn by(
    engine: &Engine,
    actor: &Actor,
    ask: &Ask,
    name: &str,
    level: Option<String>,
    field: Option<String>,
) -> Result<ByItems, Problem> {
    let name = name.to_owned();
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let indicator = asked.indicator(&name)?;
        match field {
            Some(field) => asked.by_field(&indicator, &field),
            None => {
                let level = match level {
                    Some(level) => known_level(asked, level)?,
                    None => asked.tree.next_kind(&asked.area, asked.day).unwrap_or_else(|| asked.area.kind.clone()),
                };
                asked.by_level(&indicator, &level)
            }
        }
    })
}

/// An indicator over time: what was kept each night, else recomputed as of the day. Blocks the thread.
pub fn series(
    engine: &Engine,
    actor: &Actor,
    ask: &Ask,
    name: &str,
    span: (Option<Date>, Option<Date>),
    step: Option<String>,
) -> Result<Series, Problem> {
    let name = name.to_owned();
    asked(engine, actor, Verb::Read, ask, move |asked| {
        let indicator = asked.indicator(&name)?;
        let to = span.1.unwrap_or(asked.day).min(asked.engine.now().china_date());
        let from = span.0.unwrap_or_else(|| to.saturating_sub(1.year()));
        let days = days(from, to, step.as_deref())?;
        Ok(Series { items: asked.points(&indicator, &days)? })
    })
}

/// The code list of a field that tells records apart; none of yes and no.
pub(super) fn coded<'c>(
    catalogue: &'c Catalogue,
    register: &Entity,
    name: &str,
) -> Result<Option<&'c CodeList>, Problem> {
    let field = register.field(name).filter(|field| field.sensitivity == Sensitivity::Open);
    match field.map(|field| &field.kind) {
        Some(FieldKind::Code { list } | FieldKind::Codes { list }) => Ok(catalogue.code_lists.get(list)),
        Some(FieldKind::Bool) => Ok(None),
        _ => Err(Problem::parameter(
            "field",
            format!("“{name}”不是代码或是否类字段。"),
            format!("`{name}` is no field of codes, or yes and no."),
        )),
    }
}

fn known_level(asked: &Asked<'_, '_>, level: String) -> Result<String, Problem> {
    if asked.catalogue.levels.iter().any(|known| known.kind == level) {
        return Ok(level);
    }
    Err(Problem::parameter("level", format!("没有层级“{level}”。"), format!("There is no level `{level}`.")))
}

/// The days of a series: the ends of weeks, months or years, and the last day.
fn days(from: Date, to: Date, step: Option<&str>) -> Result<Vec<Date>, Problem> {
    let span = match step.unwrap_or("month") {
        "day" => 1.day(),
        "week" => 1.week(),
        "month" => 1.month(),
        "year" => 1.year(),
        other => {
            let (zh, en) = (
                format!("“{other}”不是步长：day week month year。"),
                format!("`{other}` is none of day, week, month, year."),
            );
            return Err(Problem::parameter("step", zh, en));
        }
    };
    let mut days = Vec::new();
    let mut steps = 0_i64;
    loop {
        // From the last day back: months keep their day where they have it.
        let back = span.checked_mul(steps).ok().and_then(|span| to.checked_sub(span).ok());
        let Some(day) = back.filter(|day| *day >= from) else { break };
        days.push(day);
        steps += 1;
        if days.len() > MOST_POINTS {
            let (zh, en) = (
                format!("最多 {MOST_POINTS} 个点，请缩短时间或加大步长。"),
                format!("At most {MOST_POINTS} points: shorten the span or widen the step."),
            );
            return Err(Problem::parameter("from", zh, en));
        }
    }
    days.reverse();
    Ok(days)
}

impl Asked<'_, '_> {
    /// Outcomes of the areas of a level, and what lies in none of them.
    pub(super) fn by_level(&mut self, indicator: &Indicator, level: &str) -> Result<ByItems, Problem> {
        self.notes.clear();
        let areas: Vec<Area> = self.tree.of_kind(level, &self.area.path, self.day).cloned().collect();
        let (targets, when) = (Targets::of(areas), self.when());
        let outcomes = self.outcomes(indicator, &targets, when)?;
        self.parts_add_up(indicator, &outcomes, level, when)?;
        let lang = self.engine.lang;
        let item = |(area, outcome): (&Area, Outcome)| ByArea {
            area: Some(AreaName::of(area)),
            code: None,
            label: None,
            value: outcome.value,
            reason: outcome.reason.map(|reason| reason.message.text(lang).to_owned()),
            numerator: outcome.numerator,
            denominator: outcome.denominator,
            n: None,
        };
        let items = targets.areas.iter().zip(outcomes).map(item).collect();
        Ok(ByItems { items, notes: self.notes.iter().map(|note| note.text(lang).to_owned()).collect() })
    }

    /// Notes where counts of the parts are not the count of the whole: rows that hang on a higher area.
    fn parts_add_up(
        &mut self,
        indicator: &Indicator,
        parts: &[Outcome],
        level: &str,
        when: When,
    ) -> Result<(), Problem> {
        let adds = |what: &What| {
            matches!(what, What::Count { .. } | What::Sum { .. } | What::Cases { .. } | What::Answers { .. })
        };
        if !indicator.measures.get("numerator").is_some_and(|measure| adds(&measure.what)) {
            return Ok(());
        }
        let whole = Targets::of(vec![self.area.clone()]);
        let Some(total) = self.outcomes(indicator, &whole, when)?.pop().and_then(|one| one.numerator) else {
            return Ok(());
        };
        let sum: f64 = parts.iter().filter_map(|part| part.numerator).sum();
        let rest = total - sum;
        if rest.abs() > 1e-6 {
            let kind = self.catalogue.levels.iter().find(|one| one.kind == level);
            let (zh, en) = kind.map_or((level, level), |one| (&one.label.zh, &one.label.en));
            self.note(
                format!("各{zh}合计 {sum}，全区 {total}：有 {rest} 挂在更高一级的区域上，不属于任何{zh}"),
                format!("The parts ({en}) add up to {sum}, the whole is {total}: {rest} hang on a higher area and belong to none"),
            );
        }
        Ok(())
    }

    /// The numerator's rows by a field of their register.
    pub(super) fn by_field(&mut self, indicator: &Indicator, name: &str) -> Result<ByItems, Problem> {
        let params = self.params_of(indicator);
        let measure = indicator.measures.get("numerator").or_else(|| indicator.measures.values().next());
        let measure = measure.map(|measure| params.bind_measure(measure));
        let read = measure.as_ref().and_then(|one| Some((one.what.entity()?, RollMeasure::of(one)?)));
        let Some((entity, kept)) = read else {
            return Err(Problem::parameter(
                "field",
                "这个指标不是从登记册统计的，不能按字段分布。",
                "This indicator is not counted over a register and has no distribution by field.",
            ));
        };
        let catalogue = self.catalogue.clone();
        let list = coded(&catalogue, crate::entity(&catalogue, entity)?, name)?;
        let query = self.query(entity, self.when());
        let rows = self.tx.measure(&self.permit, &query, &kept, MeasureBy::Field(name))?;
        let mut counts: BTreeMap<Option<String>, i64> = BTreeMap::new();
        let mut total = 0;
        for row in rows {
            total += row.n;
            let codes: Vec<Option<String>> = match row.value {
                Value::Codes(codes) => codes.into_iter().map(Some).collect(),
                Value::Text(code) => vec![Some(code)],
                Value::Bool(flag) => vec![Some(flag.to_string())],
                _ => vec![None],
            };
            codes.into_iter().for_each(|code| *counts.entry(code).or_default() += row.n);
        }
        let lang = self.engine.lang;
        let label = |code: &Option<String>| match code.as_deref() {
            None => lang.pick("未填", "Not known").to_owned(),
            Some("true") if list.is_none() => lang.pick("是", "Yes").to_owned(),
            Some("false") if list.is_none() => lang.pick("否", "No").to_owned(),
            Some(code) => {
                let known = list.and_then(|list| list.get(code));
                known.map_or(code, |known| known.label.text(lang)).to_owned()
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "a share that people read")]
        let share = |n: i64| (total > 0).then(|| 100.0 * n as f64 / total as f64);
        let item = |(code, n): (Option<String>, i64)| ByArea {
            area: None,
            label: Some(label(&code)),
            code,
            value: share(n),
            reason: None,
            numerator: None,
            denominator: None,
            n: Some(n),
        };
        let mut items: Vec<ByArea> = counts.into_iter().map(item).collect();
        items.sort_by_key(|item| std::cmp::Reverse(item.n));
        Ok(ByItems { items, notes: Vec::new() })
    }

    /// The rows behind one bar of a distribution.
    pub(super) fn category_condition(&self, register: &Entity) -> Result<Vec<Condition>, Problem> {
        let Some((name, code)) = &self.category else { return Ok(Vec::new()) };
        let value = match (coded(&self.catalogue, register, name)?, code) {
            (_, None) => return Ok(vec![Condition::Known(name.clone(), false)]),
            (Some(_), Some(code)) => Value::text(code),
            (None, Some(code)) => match code.parse() {
                Ok(flag) => Value::Bool(flag),
                Err(_) => {
                    let (zh, en) = ("是否类字段的值是 true 或 false。", "A field of yes and no is true or false.");
                    return Err(Problem::parameter("code", zh, en));
                }
            },
        };
        Ok(vec![Condition::In(name.clone(), vec![value])])
    }

    /// Values on days: kept ones where there are, the rest recomputed as of the day.
    pub(super) fn points(&mut self, indicator: &Indicator, days: &[Date]) -> Result<Vec<Point>, Problem> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(Vec::new()) };
        let code = self.area.code.clone();
        let kept = if self.params.is_empty() {
            let from = first.saturating_sub(KEPT_EVERY.days());
            self.tx.snapshots(&self.permit, &code, &indicator.name, (from, *last))?
        } else {
            Vec::new()
        };
        let kept: BTreeMap<Date, Point> = kept
            .into_iter()
            .map(|one| {
                (
                    one.day,
                    Point { on: one.day, value: one.value, numerator: one.numerator, denominator: one.denominator },
                )
            })
            .collect();
        let (mut points, mut recomputed) = (Vec::with_capacity(days.len()), 0);
        // The latest days first: they are what a long series must not lack.
        for day in days.iter().rev() {
            let near = kept.range(day.saturating_sub(KEPT_EVERY.days())..=*day).next_back();
            let near = near.map(|(on, point)| (*on == *day, Point { on: *day, ..point.clone() }));
            match near {
                Some((true, point)) => {
                    points.push(point);
                    continue;
                }
                // What a community was on the Monday before stands for the days that are too many to recompute.
                near if recomputed == MOST_RECOMPUTED => {
                    points.extend(near.map(|(_, point)| point));
                    continue;
                }
                _ => recomputed += 1,
            }
            let when = self.when_of(*day);
            let targets = Targets::of(vec![self.area.clone()]);
            let outcome = self.outcomes(indicator, &targets, when)?.pop().unwrap_or_default();
            let Outcome { value, numerator, denominator, .. } = outcome;
            points.push(Point { on: *day, value, numerator, denominator });
        }
        points.reverse();
        Ok(points)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_series_ends_on_its_last_day_and_goes_back_by_steps() {
        let months = days(date(2019, 1, 1), date(2019, 3, 31), None).unwrap();
        assert_eq!(months, [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]);
        assert_eq!(days(date(2019, 3, 1), date(2019, 2, 1), None).unwrap(), []);
        assert!(days(date(1990, 1, 1), date(2019, 1, 1), Some("day")).is_err());
        assert!(days(date(2019, 1, 1), date(2019, 3, 1), Some("fortnight")).is_err());
    }
}
