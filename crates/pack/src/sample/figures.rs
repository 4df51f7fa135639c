//! Expected values of indicators over the sample records of a test file, computed on paper by who wrote the pack.
//!
//! ```toml
//! areas = ["东", "西", "南"]                        # the areas there are, at whatever level is asked
//!
//! [[records]]
//! name = "a compliant facility"
//! entity = "facility"
//! values = { … }
//! area = "东"                                      # where it stands; `since` and `until` (days) when it was there
//!
//! [[answers]]
//! form = "survey/community"
//! area = "西"
//! values = { joint_meeting = "yes", short_of = ["gates", "cash"] }
//!
//! [counted]                                        # what the area tree says was counted where no records are held
//! households = { "东" = 900 }
//!
//! [[cases]]
//! flow = "suggestion"
//! values = { state = "adopted", phase = "done", opened_on = 2019-05-01 }
//!
//! [[indicators]]
//! name = "coverage"
//! as_of = 2019-12-31                               # `today` of the file when absent
//! params = { min_area = 300 }
//! value = 33.3                                     # to the places the indicator shows; or:
//! # reason = "insight.no_denominator"
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use linli_domain::{
    Value, Values,
    expr::{self, Scope, Type},
    insight::{self, Found, Indicator, Measure, Measured, Outcome, PARAM_SCALE, Params, What},
};
use toml::de::DeValue;

use crate::{
    load::plain,
    names,
    report::Report,
    toml_read::{Item, Table},
};

use super::Run;

/// Where a sample row stands, and when it was there.
#[derive(Debug, Clone, Default)]
pub(super) struct Stands {
    area: String,
    since: Option<Date>,
    until: Option<Date>,
}

impl Stands {
    pub(super) fn read(table: &mut Table<'_>, report: &mut Report) -> Self {
        let area = table.text("area", report).map(|area| area.value.to_owned()).unwrap_or_default();
        Self { area, since: day(table, "since", report), until: day(table, "until", report) }
    }

    fn there(&self, on: Date) -> bool {
        self.since.is_none_or(|since| since <= on) && self.until.is_none_or(|until| on < until)
    }
}

/// A row of a register, a form or a flow.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) of: String,
    pub(super) stands: Stands,
    pub(super) values: Values,
}

/// All rows of a file.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) records: Vec<Row>,
    answers: Vec<Row>,
    cases: Vec<Row>,
    areas: BTreeSet<String>,
    /// Households and residents counted in an area, by register and area.
    counted: BTreeMap<(String, String), i64>,
}

/// Reads the rows that are not records, then compares every indicator of the file.
pub(super) fn check(run: &Run<'_>, root: &mut Table<'_>, mut rows: Rows, report: &mut Report) {
    rows.areas = root.texts("areas", report).iter().map(|area| area.value.to_owned()).collect();
    for table in root.tables("answers", report) {
        rows.answers.extend(loose(run, table, "form", report));
    }
    for table in root.tables("cases", report) {
        rows.cases.extend(loose(run, table, "flow", report));
    }
    if let Some(mut counted) = root.table("counted", report) {
        for (key, entity) in [("households", "people/household"), ("residents", "people/resident")] {
            let Some(inner) = counted.table(key, report) else { continue };
            for (area, item) in inner.all_items() {
                let count = plain(&item).and_then(|text| text.parse().ok()).unwrap_or_default();
                rows.counted.insert((entity.to_owned(), area.value.to_owned()), count);
            }
        }
        counted.finish(report);
    }
    let all = rows.records.iter().chain(&rows.answers).chain(&rows.cases);
    let stood: Vec<String> = all.map(|row| row.stands.area.clone()).filter(|area| !area.is_empty()).collect();
    rows.areas.extend(stood);
    for table in root.tables("indicators", report) {
        indicator(run, table, &rows, report);
    }
}

/// A row of a form or a flow: its values are as they are written.
fn loose(run: &Run<'_>, mut table: Table<'_>, key: &'static str, report: &mut Report) -> Option<Row> {
    let of = table.must_text(key, report).map(|name| names::namespaced(run.pack, name.value));
    let stands = Stands::read(&mut table, report);
    let scope = of
        .as_ref()
        .and_then(|of| run.catalogue.flows.get(of))
        .map(|flow| Scope::of_fields(&flow.fields, run.catalogue));
    let values = table.table("values", report).map(|values| {
        let pairs = values.all_items().into_iter().map(|(key, item)| {
            let ty = scope.as_ref().and_then(|scope| scope.get(key.value)).map(|field| field.ty);
            (key.value.to_owned(), value(&item, ty))
        });
        pairs.collect()
    });
    table.finish(report);
    Some(Row { of: of?, stands, values: values.unwrap_or_default() })
}

/// A value by how it is written: a list is codes, a number with a point is in the units of answers.
fn value(item: &Item<'_>, ty: Option<Type>) -> Value {
    match item.value {
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Array(items) => {
            let mut codes: Vec<String> =
                items.iter().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect();
            codes.sort();
            if codes.is_empty() { Value::Null } else { Value::Codes(codes) }
        }
        DeValue::Integer(_) | DeValue::Float(_) => {
            let scale = match (ty, item.value) {
                (Some(Type::Decimal(scale)), _) => scale,
                (_, DeValue::Float(_)) => PARAM_SCALE,
                _ => 0,
            };
            let units = plain(item).and_then(|text| linli_domain::value::parse_decimal(&text, scale));
            units.map_or(Value::Null, Value::Int)
        }
        DeValue::Datetime(_) => plain(item).and_then(|text| text.parse().ok()).map_or(Value::Null, Value::Date),
        DeValue::String(text) => Value::text(text.to_string()),
        DeValue::Table(_) => Value::Null,
    }
}

fn indicator(run: &Run<'_>, mut table: Table<'_>, rows: &Rows, report: &mut Report) {
    let name = table.must_text("name", report);
    let as_of = day(&mut table, "as_of", report).unwrap_or(run.today);
    let wanted = table.item("value");
    let reason = table.text("reason", report).map(|reason| reason.value.to_owned());
    let asked: BTreeMap<String, String> = table
        .table("params", report)
        .map(|params| {
            params.all_items().iter().filter_map(|(key, item)| Some((key.value.to_owned(), plain(item)?))).collect()
        })
        .unwrap_or_default();
    let at = table.spot();
    table.finish(report);
    let Some(name) = name else { return };
    let full = names::namespaced(run.pack, name.value);
    let Some(found) = run.catalogue.indicators.get(&full) else {
        let message = (format!("没有指标 `{full}`"), format!("there is no indicator `{full}`"));
        let known = run.catalogue.indicators.keys().map(String::as_str);
        report.error_with("unknown_indicator", &name.spot(), message, names::suggest(&full, known));
        return;
    };
    for wrong in Params::wrong(run.catalogue, &asked) {
        let message = (
            format!("参数 `{wrong}` 不存在或值不对"),
            format!("there is no parameter `{wrong}`, or its value is of another kind"),
        );
        report.error("unknown_param", &at, message.0, message.1);
    }
    let world = World { run, rows, asked: &asked };
    let outcome = world.outcome(found, as_of);
    let shown = |value: f64| format!("{value:.*}", usize::from(found.decimals));
    let got = match (&outcome.value, &outcome.reason) {
        (Some(value), _) => shown(*value),
        (None, Some(reason)) => reason.code.to_owned(),
        (None, None) => "—".to_owned(),
    };
    let wanted = match (wanted, reason) {
        (Some(item), _) => plain(&item).and_then(|text| text.parse().ok()).map_or_else(String::new, shown),
        (None, Some(reason)) => reason,
        (None, None) => {
            report.error("missing_key", &at, "缺少 `value` 或 `reason`", "`value` or `reason` is missing");
            return;
        }
    };
    if got != wanted {
        let side = |number: Option<f64>| number.map_or_else(|| "—".to_owned(), |number| number.to_string());
        let parts = format!("{} / {}", side(outcome.numerator), side(outcome.denominator));
        let message = (
            format!("测试未通过:指标 `{full}` 应为 {wanted},实际 {got}({parts})"),
            format!("test failed: the indicator `{full}` should be {wanted} but is {got} ({parts})"),
        );
        report.error("test_indicator", &at, message.0, message.1);
    }
}

/// Everything a value is computed from.
struct World<'a> {
    run: &'a Run<'a>,
    rows: &'a Rows,
    asked: &'a BTreeMap<String, String>,
}

impl World<'_> {
    fn outcome(&self, indicator: &Indicator, on: Date) -> Outcome {
        let params = Params::of(self.run.catalogue, indicator.pack(), self.asked);
        let measured = indicator
            .measures
            .iter()
            .map(|(name, measure)| {
                let on = measure.at.as_deref().and_then(|name| params.date(name)).unwrap_or(on);
                let measure = params.bind_measure(measure);
                (name.clone(), self.measured(&measure, &params, on))
            })
            .collect();
        let other = |name: &str| self.other(name, on);
        insight::outcome(indicator, &params, &measured, &other)
    }

    fn other(&self, name: &str, on: Date) -> Option<f64> {
        self.run.catalogue.indicators.get(name).and_then(|indicator| self.outcome(indicator, on).value)
    }

    fn measured(&self, measure: &Measure, params: &Params, on: Date) -> Measured {
        let here = measure.area.as_deref().and_then(|name| params.term(name)).and_then(|term| match term {
            insight::formula::Term::Word(area) if !area.is_empty() => Some(area),
            _ => None,
        });
        let here = |area: &str| here.as_deref().is_none_or(|wanted| wanted == area);
        match &measure.what {
            What::Number { value } => Measured { value: Some(*value), ..Measured::default() },
            What::Indicator { name } => Measured { value: self.other(name, on), ..Measured::default() },
            What::Counted { entity } => {
                let held = |area: &String| self.each(measure, on).filter(|(at, _)| at == area).count();
                let counted = |area: &String| self.rows.counted.get(&(entity.clone(), area.clone())).copied();
                let of = |area: &String| match held(area) {
                    0 => counted(area).unwrap_or_default(),
                    records => i64::try_from(records).unwrap_or_default(),
                };
                let n = self.rows.areas.iter().filter(|area| here(area)).map(of).sum();
                Measured::found(&measure.what, Found { n, sum: 0 })
            }
            What::Areas { .. } => self.count(self.rows.areas.iter().filter(|area| here(area)).count(), &measure.what),
            What::Distinct { .. } => {
                let areas: BTreeSet<String> =
                    self.each(measure, on).map(|(area, _)| area).filter(|area| here(area)).collect();
                self.count(areas.len(), &measure.what)
            }
            What::AreasWhere { inner, having, .. } => {
                let fits = |area: &&String| {
                    let mut total = Found::default();
                    self.each(inner, on).filter(|(at, _)| at == *area).for_each(|(_, found)| total += found);
                    let n = total.value(&inner.what).map_or(Value::Null, insight::scaled);
                    expr::holds(having, &|_| n.clone(), on) == Some(true)
                };
                self.count(self.rows.areas.iter().filter(|area| here(area)).filter(fits).count(), &measure.what)
            }
            what => {
                let mut total = Found::default();
                self.each(measure, on).filter(|(area, _)| here(area)).for_each(|(_, found)| total += found);
                Measured::found(what, total)
            }
        }
    }

    fn count(&self, count: usize, what: &What) -> Measured {
        Measured::found(what, Found { n: i64::try_from(count).unwrap_or_default(), sum: 0 })
    }

    /// What every row of the measure's source adds, with its area.
    fn each<'b>(&'b self, measure: &'b Measure, on: Date) -> impl Iterator<Item = (String, Found)> + 'b {
        let (rows, of) = match &measure.what {
            What::Cases { flow } => (&self.rows.cases, flow.as_str()),
            What::Answers { form, .. } => (&self.rows.answers, form.as_str()),
            what => (&self.rows.records, what.entity().unwrap_or_default()),
        };
        rows.iter().filter(move |row| row.of == of && row.stands.there(on)).filter_map(move |row| {
            let field = |name: &str| row.values.get(name).cloned().unwrap_or_default();
            insight::contribution(measure, &field, on).map(|found| (row.stands.area.clone(), found))
        })
    }
}

fn day(table: &mut Table<'_>, key: &'static str, report: &mut Report) -> Option<Date> {
    let item = table.item(key)?;
    let day = plain(&item).and_then(|text| text.parse().ok());
    if day.is_none() {
        let message = (format!("`{key}` 应为日期,如 2026-01-01"), format!("`{key}` must be a day, such as 2026-01-01"));
        report.error("wrong_type", &item.spot(), message.0, message.1);
    }
    day
}
