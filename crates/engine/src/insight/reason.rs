//! Why a measure has no value.

use jiff::civil::Date;
use linli_domain::{
    Area, Catalogue, Label, Timestamp,
    insight::{Indicator, Reason},
};

use super::gauge::When;

/// A register holds nothing in the area.
pub(super) fn no_records(register: &Label, when: When, first: Option<Timestamp>) -> Reason {
    let (zh, en) = (&register.zh, &register.en);
    match (when.at, first) {
        (None, _) => Reason::new(
            "insight.no_records",
            format!("数据不足：登记册“{zh}”在本区域还没有记录"),
            format!("Insufficient data: the register \"{en}\" has no records here yet"),
        ),
        (Some(_), None) => Reason::new(
            "insight.no_records_then",
            format!("数据不足：登记册“{zh}”在 {} 没有记录", when.day),
            format!("Insufficient data: the register \"{en}\" has no records on {}", when.day),
        ),
        (Some(_), Some(first)) => {
            let first = first.china_date();
            Reason::new(
                "insight.no_records_before",
                format!("数据不足：登记册“{zh}”的记录始于 {first}，{} 还没有", when.day),
                format!("Insufficient data: no records of \"{en}\" before {first}, none on {}", when.day),
            )
        }
    }
}

/// The area was not there on the day.
pub(super) fn not_valid(area: &Area, day: Date) -> Reason {
    let name = &area.name;
    match area.valid_from.filter(|from| *from > day) {
        Some(from) => Reason::new(
            "insight.area_not_yet",
            format!("“{name}”自 {from} 起才设立（新设、拆分或更名换码），{day} 没有可比的数据"),
            format!("\"{name}\" exists since {from} only (new, split off or recoded): nothing to compare on {day}"),
        ),
        None => {
            let to = area.valid_to.map(|to| to.to_string()).unwrap_or_default();
            Reason::new(
                "insight.area_gone",
                format!("“{name}”已于 {to} 撤销，{day} 没有数据"),
                format!("\"{name}\" was closed on {to}: nothing on {day}"),
            )
        }
    }
}

/// The indicator was not made for areas of this kind.
pub(super) fn not_at_level(catalogue: &Catalogue, indicator: &Indicator, area: &Area) -> Reason {
    let label = |kind: &String| catalogue.levels.iter().find(|level| level.kind == *kind).map(|level| &level.label);
    let (zh, en): (Vec<&str>, Vec<&str>) =
        indicator.levels.iter().filter_map(label).map(|label| (label.zh.as_str(), label.en.as_str())).unzip();
    let name = &area.name;
    Reason::new(
        "insight.not_at_level",
        format!("这个指标只在{}一级有意义，“{name}”不是；请看上级区域", zh.join("、")),
        format!("This indicator is made for {} only, which \"{name}\" is not: see the area above", en.join(", ")),
    )
}
