//! Numbers, units and dates in words.

use jiff::civil::Date;

use crate::{insight::Unit, lang::Lang};

use super::facts::{About, Facts};

/// A day as a sentence says it: 2020年7月31日, 31 July 2020.
pub(super) fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => date.strftime("%-d %B %Y").to_string(),
    }
}

/// A number with `decimals` digits after the point, never "-0".
pub(super) fn digits(value: f64, decimals: u8) -> String {
    let text = format!("{value:.*}", usize::from(decimals));
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

/// A count or sum that has no unit of its own: whole where it is whole.
pub(super) fn plain(value: f64) -> String {
    if value.fract().abs() < 1e-9 { digits(value, 0) } else { digits(value, 2) }
}

/// What stands after a value.
pub(super) fn unit(about: &About, lang: Lang) -> String {
    if !about.suffix.is_empty() {
        return about.suffix.clone();
    }
    let text = match about.unit {
        Unit::Count | Unit::Per => "",
        Unit::Percent => "%",
        Unit::Points => lang.pick("个百分点", " percentage points"),
        Unit::Yuan => lang.pick("元", " yuan"),
        Unit::WanYuan => lang.pick("万元", " × 10,000 yuan"),
        Unit::Years => lang.pick("岁", " years"),
    };
    text.to_owned()
}

/// A value with its unit.
pub(super) fn value(about: &About, value: f64, lang: Lang) -> String {
    digits(value, about.decimals) + &unit(about, lang)
}

/// A difference between two values, without sign: that of two percentages is in points.
pub(super) fn difference(about: &About, difference: f64, lang: Lang) -> String {
    let unit = match about.unit {
        Unit::Percent => lang.pick("个百分点", " percentage points").to_owned(),
        _ => unit(about, lang),
    };
    digits(difference.abs(), about.decimals) + &unit
}

/// Whether two values are told apart at the indicator's digits.
pub(super) fn differ(about: &About, left: f64, right: f64) -> bool {
    digits(left, about.decimals) != digits(right, about.decimals)
}

/// Where figures come from, for the line below a table.
pub(super) fn source(facts: &Facts, ids: &[String], lang: Lang) -> String {
    let mut names: Vec<&str> = Vec::new();
    for id in ids {
        let name = facts.about.get(id).map_or("", |about| basis(&about.basis, lang));
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let date = day(facts.as_of, lang);
    match lang {
        Lang::Zh => format!("{}，截至{date}", names.join("、")),
        Lang::En => format!("{}, as of {date}", names.join(", ")),
    }
}

/// The name of a basis.
pub(super) fn basis(basis: &str, lang: Lang) -> &'static str {
    match basis {
        "register" => lang.pick("登记台账", "registers"),
        "answers" => lang.pick("问卷调查", "questionnaires"),
        "cases" => lang.pick("办件记录", "cases"),
        "areas" => lang.pick("区划名录", "areas"),
        "indicator" => lang.pick("由其他指标计算", "other indicators"),
        _ => lang.pick("台账与问卷", "registers and questionnaires"),
    }
}

/// The name of a place in a document at which an indicator is defined.
pub(super) fn anchor(id: &str) -> String {
    format!("ind-{}", id.replace(['/', '_'], "-"))
}

/// Fills `{place}`, `{as_of}`, `{year}`, `{month}` and parameters into a line of words.
pub(super) fn filled(text: &str, facts: &Facts, lang: Lang) -> String {
    let mut out = text
        .replace("{place}", &facts.place.name)
        .replace("{as_of}", &day(facts.as_of, lang))
        .replace("{year}", &facts.as_of.year().to_string())
        .replace("{month}", &facts.as_of.month().to_string());
    if let Some(against) = facts.against {
        out = out.replace("{against}", &day(against, lang));
    }
    for (name, value) in &facts.params {
        let name = format!("{{{name}}}");
        // A value does not name another parameter: one pass is enough and cannot grow without end.
        out = out.replace(&name, value);
    }
    out
}
