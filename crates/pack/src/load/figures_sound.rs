//! Whether indicators make sense: their units, and what they need of each other.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    Label,
    insight::{Formula, Indicator, Unit, What},
};

use crate::{names, report::Report, source::Spot};

/// Where an indicator stands, for what can only be checked when all are known.
pub(super) struct Place {
    pub(super) name: Spot,
    pub(super) refers: Vec<(String, Spot)>,
}

/// Units that the measures cannot give.
pub(super) fn sensible(indicator: &Indicator, at: &Spot, report: &mut Report) {
    let numerator = indicator.measures.get("numerator").map(|measure| &measure.what);
    let plain = indicator.value == Formula::Name("numerator".into());
    let help = |text: &str| Some(Label::new(text, text));
    let is_count = matches!(
        numerator,
        Some(
            What::Count { .. }
                | What::Counted { .. }
                | What::Distinct { .. }
                | What::Areas { .. }
                | What::AreasWhere { .. }
                | What::Cases { .. }
                | What::Answers { .. }
        )
    );
    if plain && is_count && indicator.unit != Unit::Count {
        let message = (
            "这里只数个数,单位应为 count;要求比例请写分母",
            "this only counts, so its unit is count; a share needs a denominator",
        );
        report.error_with("bad_unit", at, message, help("unit = \"count\""));
    }
    let quotient = indicator.value_text == "numerator / denominator";
    let is_money = |what: Option<&What>| matches!(what, Some(What::Sum { scale: 2, .. }));
    if plain && is_money(numerator) && !matches!(indicator.unit, Unit::Yuan | Unit::WanYuan) {
        let message = ("金额的单位应为 yuan 或 wan_yuan", "the unit of money is yuan or wan_yuan");
        report.error_with("bad_unit", at, message, help("unit = \"wan_yuan\""));
    }
    if quotient && indicator.unit == Unit::Points {
        let message = (
            "百分点是两个百分比之差,请写 value,如 \"100 * (a / b - c / d)\"",
            "points are a difference of two shares: write value, as \"100 * (a / b - c / d)\"",
        );
        report.error("bad_unit", at, message.0, message.1);
    }
}

/// Other indicators must exist, and none may need itself.
pub(super) fn references(
    indicators: &BTreeMap<String, Indicator>,
    places: &BTreeMap<String, Place>,
    report: &mut Report,
) {
    for place in places.values() {
        for (name, spot) in &place.refers {
            if !indicators.contains_key(name) {
                let message = (format!("没有指标 `{name}`"), format!("there is no indicator `{name}`"));
                let known = indicators.keys().map(String::as_str);
                report.error_with("unknown_indicator", spot, message, names::suggest(name, known));
            }
        }
    }
    for (name, place) in places {
        if let Some(way) = circle(name, indicators) {
            let way = way.join(" → ");
            let message = (format!("指标互相依赖:{way}"), format!("indicators need each other: {way}"));
            report.error("indicator_cycle", &place.name, message.0, message.1);
        }
    }
}

/// The way from `start` back to itself.
fn circle<'a>(start: &'a str, indicators: &'a BTreeMap<String, Indicator>) -> Option<Vec<&'a str>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last().copied()?;
        for next in indicators.get(last).map(Indicator::needed).unwrap_or_default() {
            let mut longer = way.clone();
            longer.push(next);
            if next == start {
                return Some(longer);
            }
            if seen.insert(next) {
                ways.push(longer);
            }
        }
    }
    None
}
