//! Indicators: `indicators.toml` of each pack.

use std::collections::BTreeMap;

use linli_domain::{
    Catalogue,
    expr::Scope,
    insight::{Direction, Formula, Indicator, Measure, ParamKind, Target, Unit, What},
};
use toml::de::DeValue;

use crate::{
    files::PackFiles,
    names,
    report::Report,
    source::Spot,
    toml_read::{Document, Table, Text},
};

use super::{
    figures_sound::{Place, references, sensible},
    head::bad_name,
    index::Index,
    measures::{self, Context},
    params::plain,
    roles::unknown_level,
};

/// Groups of the indicators page.
const GROUPS: [&str; 12] = [
    "network",
    "people",
    "party",
    "duty",
    "facility",
    "workforce",
    "society",
    "information",
    "emergency",
    "survey",
    "service",
    "grid",
];

/// Reads every `indicators.toml` into `catalogue.indicators`; its registers, flows and parameters must be there.
pub(super) fn read_all(
    files: &PackFiles,
    index: &Index,
    answers: &BTreeMap<String, (String, Scope)>,
    catalogue: &mut Catalogue,
    report: &mut Report,
) {
    let (mut indicators, mut places) = (BTreeMap::new(), BTreeMap::new());
    for pack in &index.order {
        let path = format!("{pack}/indicators.toml");
        // Errors of syntax are told where parameters are read.
        let mut unheard = Report::default();
        let text = files.get(&path);
        let Some(document) = text.and_then(|text| Document::parse(&path, text, &mut unheard)) else { continue };
        let context = Context { pack, index, catalogue, answers };
        let mut root = document.root();
        root.has("params");
        for table in root.tables("indicators", report) {
            read(&context, table, &mut indicators, &mut places, report);
        }
        root.finish(report);
    }
    references(&indicators, &places, report);
    catalogue.indicators = indicators;
}

fn read(
    context: &Context<'_>,
    mut table: Table<'_>,
    indicators: &mut BTreeMap<String, Indicator>,
    places: &mut BTreeMap<String, Place>,
    report: &mut Report,
) {
    let name = table.must_text("name", report);
    let label = table.must_label("label", report).unwrap_or_default();
    let about = table.must_label("about", report).unwrap_or_default();
    let group = group(&mut table, report);
    let unit = one_of(&mut table, "unit", &Unit::ALL, report).unwrap_or(Unit::Count);
    let directions = [("up", Direction::Up), ("down", Direction::Down), ("none", Direction::None)];
    let direction = one_of(&mut table, "direction", &directions, report).unwrap_or_default();
    let suffix = table.label("suffix", report);
    let decimals = table.within("decimals", 0..=6, report).unwrap_or(0);
    let figures = figures(&mut table, report);
    let needs = table.within("needs", 1..=1_000_000, report).unwrap_or(1);
    let base = table.text("base", report).and_then(|name| measures::param_of(context, &name, &ParamKind::Date, report));
    let also = table.text("also", report);
    let rank = !table.has("rank") || table.flag("rank", report);
    let levels = levels(context, &mut table, report);
    let mut refers = Vec::new();
    let (measured, complete) = measured(context, &mut table, &mut refers, report);
    let target = target(context, &mut table, &mut refers, report);
    let formula = formula(context, &mut table, &measured, complete, &mut refers, report);
    let at = table.spot();
    table.finish(report);
    let Some(name) = name else { return };
    if !names::well_formed(name.value) {
        bad_name(name.value, &name.spot(), report);
    }
    let full = format!("{}/{}", context.pack, name.value);
    if indicators.contains_key(&full) {
        let message = (format!("指标 `{full}` 写了两次"), format!("the indicator `{full}` is given twice"));
        report.error("duplicate", &name.spot(), message.0, message.1);
        return;
    }
    let also = also.map(|also| {
        let other = names::namespaced(context.pack, also.value);
        refers.push((other.clone(), also.spot()));
        other
    });
    let (value, value_text) = formula.unwrap_or((Formula::Number(0.0), String::new()));
    let made = Indicator {
        name: full.clone(),
        label,
        about,
        figures,
        group,
        unit,
        suffix,
        decimals,
        direction,
        target,
        value,
        value_text,
        needs,
        levels,
        measures: measured,
        base,
        also,
        rank,
    };
    if complete {
        sensible(&made, &at, report);
    }
    places.insert(full.clone(), Place { name: name.spot(), refers });
    indicators.insert(full, made);
}

fn group(table: &mut Table<'_>, report: &mut Report) -> String {
    let Some(group) = table.must_text("group", report) else { return String::new() };
    if !GROUPS.contains(&group.value) {
        let message = (format!("没有指标分组 `{}`", group.value), format!("there is no group `{}`", group.value));
        report.error_with("unknown_group", &group.spot(), message, names::suggest(group.value, GROUPS));
    }
    group.value.to_owned()
}

/// One of the words that a key takes.
fn one_of<T: Copy>(table: &mut Table<'_>, key: &'static str, words: &[(&str, T)], report: &mut Report) -> Option<T> {
    let text = if key == "unit" { table.must_text(key, report)? } else { table.text(key, report)? };
    let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, meant)| *meant);
    if found.is_none() {
        let message = (format!("`{key}` 不能是 `{}`", text.value), format!("`{key}` cannot be `{}`", text.value));
        report.error_with(
            "unknown_word",
            &text.spot(),
            message,
            names::suggest(text.value, words.iter().map(|word| word.0)),
        );
    }
    found
}

fn figures(table: &mut Table<'_>, report: &mut Report) -> Vec<u8> {
    let one: Option<u8> = table.within("figure", 1..=60, report);
    let mut found: Vec<u8> = one.into_iter().collect();
    let Some(item) = table.item("figures") else { return found };
    let number = |value: &DeValue<'_>| value.as_integer().and_then(|number| number.as_str().parse::<u8>().ok());
    let listed = match item.value {
        DeValue::Array(items) => items.iter().map(|item| number(item.get_ref())).collect::<Option<Vec<u8>>>(),
        _ => None,
    };
    match listed {
        Some(listed) => found.extend(listed),
        None => report.error(
            "wrong_type",
            &item.spot(),
            "`figures` 应为数字数组,如 [2, 3]",
            "`figures` is an array of numbers, as [2, 3]",
        ),
    }
    found
}

fn levels(context: &Context<'_>, table: &mut Table<'_>, report: &mut Report) -> Vec<String> {
    let texts = table.texts("levels", report);
    for text in &texts {
        if !context.index.levels.iter().any(|level| level == text.value) {
            unknown_level(text, context.index, report);
        }
    }
    texts.iter().map(|text| text.value.to_owned()).collect()
}

/// All measures, and whether every one could be read.
fn measured(
    context: &Context<'_>,
    table: &mut Table<'_>,
    refers: &mut Vec<(String, Spot)>,
    report: &mut Report,
) -> (BTreeMap<String, Measure>, bool) {
    let (mut found, mut complete) = (BTreeMap::new(), true);
    let mut add = |name: &str, table: Table<'_>, report: &mut Report| {
        let spot = table.spot();
        match measures::read(context, table, report) {
            Some(measure) => {
                if let What::Indicator { name } = &measure.what {
                    refers.push((name.clone(), spot));
                }
                found.insert(name.to_owned(), measure);
            }
            None => complete = false,
        }
    };
    for key in ["numerator", "denominator"] {
        if let Some(inner) = table.table(key, report) {
            add(key, inner, report);
        }
    }
    if let Some(mut extra) = table.table("measures", report) {
        for (name, inner) in extra.all_tables(report) {
            let taken = context.params().any(|(param, _)| param == name.value);
            if !names::well_formed(name.value) || ["numerator", "denominator", "n"].contains(&name.value) || taken {
                bad_name(name.value, &name.spot(), report);
            }
            add(name.value, inner, report);
        }
    }
    (found, complete)
}

fn target(
    context: &Context<'_>,
    table: &mut Table<'_>,
    refers: &mut Vec<(String, Spot)>,
    report: &mut Report,
) -> Option<Target> {
    let mut inner = table.table("target", report)?;
    let by = inner.item("by");
    let value = inner.item("value");
    let spot = inner.spot_of("value");
    inner.finish(report);
    let by = by.and_then(|item| {
        let day = plain(&item).and_then(|text| text.parse().ok());
        if day.is_none() {
            report.error("bad_date", &item.spot(), "`by` 应为日期,如 2020-12-31", "`by` must be a day, as 2020-12-31");
        }
        day
    });
    let text = value.and_then(|item| plain(&item));
    let Some(text) = text else {
        report.error("missing_key", &spot, "目标缺少 `value`", "the target has no `value`");
        return None;
    };
    let value = parse(&text, &spot, report)?;
    let is_param = |name: &str| context.params().any(|(param, _)| param == name);
    known_names(&value, &spot, &is_param, refers, report);
    Some(Target { value, by })
}

/// The value's formula with its text.
fn formula(
    context: &Context<'_>,
    table: &mut Table<'_>,
    measured: &BTreeMap<String, Measure>,
    complete: bool,
    refers: &mut Vec<(String, Spot)>,
    report: &mut Report,
) -> Option<(Formula, String)> {
    let written = table.text("value", report);
    let text = match &written {
        Some(text) => text.value,
        None if table.has("denominator") => "numerator / denominator",
        None => "numerator",
    };
    let spot = written.as_ref().map_or_else(|| table.spot(), Text::spot);
    let formula = parse(text, &spot, report)?;
    let known = |name: &str| {
        measured.contains_key(name)
            || context.params().any(|(param, _)| param == name)
            || (!complete && name != "denominator")
    };
    if complete || written.is_some() {
        known_names(&formula, &spot, &known, refers, report);
    }
    let names = formula.names();
    for unused in measured.keys().filter(|name| !names.contains(name.as_str())) {
        if !["numerator", "denominator"].contains(&unused.as_str()) {
            let message = (format!("度量 `{unused}` 没有用到"), format!("the measure `{unused}` is not used"));
            report.warning("unused_measure", &spot, message, None);
        }
    }
    Some((formula, text.to_owned()))
}

fn parse(text: &str, spot: &Spot, report: &mut Report) -> Option<Formula> {
    match Formula::parse(text) {
        Ok(formula) => Some(formula),
        Err(found) => {
            let column = u32::try_from(text.get(..found.at).unwrap_or(text).chars().count()).unwrap_or(0) + 1;
            // The place within a text without escapes: one behind its quote.
            let at = Spot { column: spot.column + column, ..spot.clone() };
            report.error("formula", &at, found.message.zh, found.message.en);
            None
        }
    }
}

fn known_names(
    formula: &Formula,
    spot: &Spot,
    known: &dyn Fn(&str) -> bool,
    refers: &mut Vec<(String, Spot)>,
    report: &mut Report,
) {
    for name in formula.names() {
        if name.contains('/') {
            refers.push((name.to_owned(), spot.clone()));
        } else if !known(name) {
            let message = match name {
                "denominator" => (
                    "没有分母:请写 [indicators.denominator]".to_owned(),
                    "there is no denominator: give [indicators.denominator]".to_owned(),
                ),
                "numerator" => (
                    "没有分子:请写 [indicators.numerator]".to_owned(),
                    "there is no numerator: give [indicators.numerator]".to_owned(),
                ),
                _ => (
                    format!("公式里的 `{name}` 既不是度量也不是参数"),
                    format!("`{name}` in the formula is neither a measure nor a parameter"),
                ),
            };
            report.error("unknown_name", spot, message.0, message.1);
        }
    }
}
