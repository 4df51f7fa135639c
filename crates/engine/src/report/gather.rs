//! The figures that a template asks for, read as `insight` reads them.

use std::collections::BTreeMap;

use jiff::ToSpan;
use linli_domain::{
    Actor, Lang,
    insight::{Indicator, Param},
    report::{About, BELOW, Base, Facts, Needs, Place, Reading, Report, Slice, Target},
};

use super::ReportAsk;
use crate::{
    Engine, Problem,
    insight::{self, Ask, ByArea, Readings},
};

/// Facts for a report. `ask` holds the days that the report is about.
pub(super) fn facts(
    engine: &Engine,
    actor: &Actor,
    report: &Report,
    needs: &Needs,
    ask: &ReportAsk,
) -> Result<Facts, Problem> {
    // The report's own language, not the reader's: labels and reasons stand in its sentences.
    let engine = &Engine { lang: report.lang, ..engine.clone() };
    let (own, of_indicators) = split_params(report, ask);
    let question = Ask { area: ask.area.clone(), as_of: ask.as_of, params: of_indicators };
    let now = insight::read(engine, actor, &question, None)?;
    let place = Place { code: now.area.code.clone(), name: now.area.name.clone() };
    let question = Ask { area: Some(place.code.clone()), ..question };
    let mut facts =
        Facts { place, as_of: now.as_of, against: ask.against, pages: ask.pages.clone(), ..Facts::default() };
    for param in &report.params {
        let value = own.get(&param.name).unwrap_or(&param.value);
        let value = filled(value, &facts);
        facts.params.insert(param.name.clone(), value);
    }
    take(engine, needs, &now, &mut facts);
    facts.thresholds = thresholds(engine, needs, &question);
    if let Some(against) = ask.against {
        let then = insight::read(engine, actor, &Ask { as_of: Some(against), ..question.clone() }, None)?;
        facts.before = then.items.iter().map(|item| (item.id.clone(), reading(item))).collect();
    }
    let known = |id: &&String| engine.catalogue().indicators.contains_key(*id);
    let any = report.level == BELOW;
    if any || now.area.kind != report.level {
        for id in needs.by.iter().filter(known) {
            let level = (!any).then(|| report.level.clone());
            let items = insight::by(engine, actor, &question, id, level, None)?.items;
            facts.by.insert(id.clone(), below(items, facts.readings.get(id)));
        }
    }
    for (id, field) in &needs.spreads {
        // A field that the indicator's register does not have is no reason to write no report: the chart says so.
        if let Ok(found) = insight::by(engine, actor, &question, id, None, Some(field.clone())) {
            facts.spreads.insert((id.clone(), field.clone()), slices(found.items, report.lang));
        }
    }
    for (id, months) in &needs.series {
        let from = facts.as_of.checked_sub(i64::from(*months).months()).ok();
        let span = (from, Some(facts.as_of));
        let points = insight::series(engine, actor, &question, id, span, Some("month".to_owned()))?.items;
        facts.series.insert(id.clone(), points.into_iter().map(|point| (point.on, point.value)).collect());
    }
    Ok(facts)
}

/// The report's own words, and the parameters of indicators.
fn split_params(report: &Report, ask: &ReportAsk) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let own = |name: &String| report.params.iter().any(|param| param.name == *name);
    ask.params.clone().into_iter().partition(|(name, _)| own(name))
}

fn filled(text: &str, facts: &Facts) -> String {
    let (year, month) = (facts.as_of.year().to_string(), facts.as_of.month().to_string());
    let as_of = facts.as_of.to_string();
    [("{place}", &facts.place.name), ("{as_of}", &as_of), ("{year}", &year), ("{month}", &month)]
        .into_iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Readings and what is known of their indicators: those asked for, or all.
fn take(engine: &Engine, needs: &Needs, now: &Readings, facts: &mut Facts) {
    let catalogue = engine.catalogue();
    for item in now.items.iter().filter(|item| needs.all || needs.readings.contains(&item.id)) {
        facts.readings.insert(item.id.clone(), reading(item));
    }
    for id in &needs.readings {
        let Some(indicator) = catalogue.indicators.get(id) else { continue };
        facts.readings.entry(id.clone()).or_insert_with(|| Reading {
            reason: engine.lang.pick("这个指标不按本级统计", "it is not computed at this level").to_owned(),
            ..Reading::default()
        });
        facts.about.insert(id.clone(), about(indicator, engine.lang));
    }
    for id in facts.readings.keys().filter_map(|id| catalogue.indicators.get(id)) {
        facts.about.insert(id.name.clone(), about(id, engine.lang));
    }
}

fn about(indicator: &Indicator, lang: Lang) -> About {
    About {
        label: indicator.label.text(lang).to_owned(),
        about: indicator.about.text(lang).to_owned(),
        unit: indicator.unit,
        suffix: indicator.suffix.as_ref().map(|suffix| suffix.text(lang).to_owned()).unwrap_or_default(),
        decimals: indicator.decimals,
        direction: indicator.direction,
        basis: indicator.basis().to_owned(),
        rank: indicator.rank,
    }
}

fn reading(item: &insight::Reading) -> Reading {
    let target = item.target.as_ref().and_then(|target| Some(Target { value: target.value?, by: target.by }));
    let base = item.base.as_ref().map(|base| Base { date: base.date, value: base.value });
    Reading {
        value: item.value,
        reason: item.reason.clone().unwrap_or_default(),
        numerator: item.numerator,
        denominator: item.denominator,
        target,
        base,
    }
}

/// Areas below, measured against the target of the whole.
fn below(items: Vec<ByArea>, whole: Option<&Reading>) -> Vec<(Place, Reading)> {
    let target = whole.and_then(|reading| reading.target.clone());
    let one = |item: ByArea| {
        let area = item.area?;
        let reading = Reading {
            value: item.value,
            reason: item.reason.unwrap_or_default(),
            numerator: item.numerator,
            denominator: item.denominator,
            target: target.clone(),
            base: None,
        };
        Some((Place { code: area.code, name: area.name }, reading))
    };
    items.into_iter().filter_map(one).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows that people read")]
fn slices(items: Vec<ByArea>, lang: Lang) -> Vec<Slice> {
    let slice = |item: ByArea| {
        let unknown = || lang.pick("未填写", "not stated").to_owned();
        Some(Slice { label: item.label.or(item.code).unwrap_or_else(unknown), n: item.n? as f64 })
    };
    items.into_iter().filter_map(slice).collect()
}

/// Parameters of indicators that conditions compare with, as they hold for this report.
fn thresholds(engine: &Engine, needs: &Needs, question: &Ask) -> BTreeMap<String, f64> {
    let catalogue = engine.catalogue();
    let value = |name: &String, param: &Param| {
        let set = name.split_once('/').and_then(|(_, short)| question.params.get(short).or(question.params.get(name)));
        let text = set.cloned().unwrap_or_else(|| param.kind.text(&param.value));
        text.parse::<f64>().ok()
    };
    let found = needs.thresholds.iter().filter_map(|name| {
        let param = catalogue.params.get(name)?;
        Some((name.clone(), value(name, param)?))
    });
    found.collect()
}
