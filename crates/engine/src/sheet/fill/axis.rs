//! Heads of cross tables as conditions: `60—69岁` under `年龄结构` is an age band, `男` a code of the sex, `兆麟社区` an
//! area, `户数` counts households.

use linli_domain::{
    Catalogue, Entity, Field, FieldKind,
    catalogue::{ReportTable, Sensitivity},
    check,
};

use crate::sheet::{columns, places::Places};

/// What one word of a head says about what is counted.
#[derive(Debug, Clone, PartialEq)]
pub enum Term<'c> {
    /// Everything: 合计.
    All,
    /// Records of a register: 户数.
    Of(&'c Entity),
    /// Records on an area: its number.
    Area(usize),
    /// Records whose field has one of these codes.
    Codes {
        /// Register.
        entity: &'c Entity,
        /// Field.
        field: &'c Field,
        /// The code and all below it.
        codes: Vec<String>,
    },
    /// Persons of an age, both ends included.
    Age {
        /// Least.
        low: Option<i64>,
        /// Greatest.
        high: Option<i64>,
    },
    /// Records whose yes-or-no field is so.
    Flag {
        /// Register.
        entity: &'c Entity,
        /// Field.
        field: &'c Field,
        /// Yes or no.
        yes: bool,
    },
    /// Records of a report table's filter: 老年人.
    Known(&'c ReportTable),
}

/// Reader of the words of heads.
pub struct Axis<'a, 'c> {
    catalogue: &'c Catalogue,
    places: &'a Places,
    fields: Vec<(&'c Entity, &'c Field)>,
}

/// Words for everything.
const ALL: &[&str] = &["合计", "总计", "小计", "共计", "总数", "计", "全部", "数量", "总量", "累计", "total", "sum"];
/// Words for persons.
const PERSONS: &[&str] = &[
    "人数",
    "总人数",
    "人口",
    "人口数",
    "总人口",
    "总人口数",
    "居民数",
    "居民人数",
    "人员数",
    "常住人口数",
    "实有人口",
];
/// Words for a count, and which register is counted.
type Counted = (&'static [&'static str], fn(&Entity) -> bool);
/// Words for households.
const HOUSEHOLDS: &[&str] = &["户数", "总户数", "家庭户数", "住户数", "居民户数", "家庭数"];
/// Words for dwellings.
const DWELLINGS: &[&str] = &["房屋数", "住房数", "套数", "房屋套数", "房屋总数", "住房套数"];

impl<'a, 'c> Axis<'a, 'c> {
    /// A reader for an area's tables.
    pub fn new(catalogue: &'c Catalogue, places: &'a Places) -> Self {
        let fields = catalogue
            .entities
            .values()
            .flat_map(|entity| entity.fields.iter().map(move |field| (entity, field)))
            .filter(|(_, field)| {
                let counted = matches!(field.kind, FieldKind::Code { .. } | FieldKind::Codes { .. } | FieldKind::Bool);
                counted && field.sensitivity != Sensitivity::Sensitive && !field.off_by_default
            });
        // Persons first: a label that several registers know is the person's.
        let mut fields: Vec<_> = fields.collect();
        fields.sort_by_key(|(entity, field)| (entity.person.is_none(), !field.filter));
        Self { catalogue, places, fields }
    }

    /// The field a head names as a whole (`文化程度`), so that the words below it are its codes.
    pub fn field(&self, word: &str) -> Option<(&'c Entity, &'c Field)> {
        let word = tidy(word);
        let stem = word.trim_end_matches("结构").trim_end_matches("构成").trim_end_matches("情况");
        let named = |field: &Field| {
            let label = tidy(&field.label.zh);
            let same = |text: &str| text == word || text == stem;
            same(&label) || same(&tidy(&field.label.en)) || field.synonyms.iter().any(|known| same(&tidy(known)))
        };
        self.fields.iter().copied().find(|(_, field)| named(field))
    }

    /// Whether a head only introduces those below it: 年龄结构, 其中.
    pub fn introduces(&self, word: &str) -> bool {
        let word = tidy(word);
        let stem = word.trim_end_matches("结构").trim_end_matches("构成").trim_end_matches("情况");
        word.is_empty()
            || ["其中", "类别", "分类", "项目", "指标"].contains(&stem)
            || columns::AGE_HEADINGS.contains(&stem)
            || ["年龄", "年龄段", "人口", "居民"].contains(&stem)
            || gathers(stem)
            || self.field(&word).is_some()
    }

    /// What a word may mean, the likeliest first; `within` is the field a head above it names.
    pub fn read(&self, word: &str, within: Option<&'c Field>) -> Vec<Term<'c>> {
        let word = tidy(word);
        if word.is_empty() {
            return Vec::new();
        }
        let mut terms = Vec::new();
        let listed = |words: &[&str]| words.contains(&word.as_str());
        if listed(ALL) {
            terms.push(Term::All);
        }
        let counted: [Counted; 3] = [
            (PERSONS, |entity| entity.person.is_some()),
            (HOUSEHOLDS, crate::sheet::known::is_household),
            (DWELLINGS, crate::sheet::known::is_dwelling),
        ];
        for (words, is) in counted {
            if listed(words) {
                terms.extend(self.catalogue.entities.values().find(|entity| is(entity)).map(Term::Of));
            }
        }
        terms.extend(age_band(&word).map(|(low, high)| Term::Age { low, high }));
        terms.extend(self.codes(&word, within));
        if within.is_none() {
            terms.extend(self.known(&word));
            terms.extend(self.area(&word));
        }
        terms
    }

    /// The area below (or at) the root that bears the name.
    pub fn area(&self, word: &str) -> Option<Term<'c>> {
        let root = self.places.root()?;
        let mut kinds: Vec<&str> = self.places.areas().iter().map(|area| area.kind.as_str()).collect();
        kinds.dedup();
        kinds.sort_unstable();
        kinds.dedup();
        let full = self.places.areas().iter().position(|area| tidy(&area.name) == tidy(word));
        let found = full.or_else(|| {
            let mut hits = kinds.iter().flat_map(|kind| self.places.named(kind, word, &root.path));
            hits.next().filter(|_| hits.next().is_none())
        });
        found.map(Term::Area)
    }

    fn codes(&self, word: &str, within: Option<&'c Field>) -> Vec<Term<'c>> {
        let fields = self.fields.iter().filter(|(_, field)| within.is_none_or(|within| within.name == field.name));
        let bare = word.trim_end_matches("人数").trim_end_matches("户数");
        fields
            .filter_map(|(entity, field)| {
                let list = match &field.kind {
                    FieldKind::Code { list } | FieldKind::Codes { list } => self.catalogue.code_lists.get(list)?,
                    FieldKind::Bool => return flag(entity, field, word),
                    _ => return None,
                };
                let means = |text: &str| {
                    let text = tidy(text);
                    text == word || text == bare
                };
                let hit = list
                    .codes
                    .iter()
                    .find(|code| means(&code.label.zh) || means(&code.label.en))
                    .or_else(|| list.codes.iter().find(|code| code.synonyms.iter().any(|known| means(known))))?;
                Some(Term::Codes { entity, field, codes: with_children(list, &hit.code) })
            })
            .collect()
    }

    fn known(&self, word: &str) -> Option<Term<'c>> {
        let bare = word.trim_end_matches("人数").trim_end_matches("户数").trim_end_matches('数');
        let means = |table: &&ReportTable| {
            let title = tidy(&table.title.zh);
            let title = title.trim_end_matches("花名册").trim_end_matches("台账").trim_end_matches("登记表");
            table.filter.is_some() && (title == bare || table.title_words.iter().any(|known| tidy(known) == bare))
        };
        self.catalogue.tables.values().find(means).map(Term::Known)
    }
}

/// Whether a head only gathers groups of people (重点服务对象, 特殊人群): what counts stands below it.
fn gathers(word: &str) -> bool {
    let ends = ["对象", "人群", "群体", "人员"];
    let Some(mut rest) = ends.iter().find_map(|end| word.strip_suffix(end)) else { return false };
    while let Some(shorter) =
        ["重点", "特殊", "困难", "关爱", "帮扶", "服务", "关注"].iter().find_map(|part| rest.strip_suffix(part))
    {
        rest = shorter;
    }
    rest.is_empty()
}

/// `无电梯` and `有电梯`, or the label itself for yes.
fn flag<'c>(entity: &'c Entity, field: &'c Field, word: &str) -> Option<Term<'c>> {
    let label = tidy(&field.label.zh);
    let stem = label.trim_start_matches("有无").trim_start_matches("是否");
    let yes = word == label || word == stem || word == format!("有{stem}") || word == format!("是{stem}");
    let no = word == format!("无{stem}") || word == format!("非{stem}") || word == format!("不{stem}");
    (yes || no).then_some(Term::Flag { entity, field, yes })
}

/// A code and every code below it.
fn with_children(list: &linli_domain::catalogue::CodeList, code: &str) -> Vec<String> {
    let mut codes = vec![code.to_owned()];
    let mut at = 0;
    while at < codes.len() {
        let above = codes[at].clone();
        let below = list.codes.iter().filter(|code| code.parent.as_deref() == Some(above.as_str()));
        let more: Vec<String> = below.map(|code| code.code.clone()).filter(|code| !codes.contains(code)).collect();
        codes.extend(more);
        at += 1;
    }
    codes
}

/// A head without spaces, numbering, brackets with units, and `其中：`.
pub fn tidy(word: &str) -> String {
    let folded: String = check::fold_width(word).chars().filter(|c| !c.is_whitespace()).collect();
    let mut text = folded.to_lowercase();
    for lead in ["其中:", "其中", "#"] {
        text = text.strip_prefix(lead).filter(|rest| !rest.is_empty()).map_or(text.clone(), str::to_owned);
    }
    for unit in ["(人)", "(户)", "(套)", "(个)", "(名)", "(间)"] {
        text = text.strip_suffix(unit).map_or(text.clone(), str::to_owned);
    }
    let numbered = text.trim_start_matches(|c: char| "一二三四五六七八九十0123456789(".contains(c));
    match numbered.strip_prefix(['、', '.', ')']) {
        Some(rest) if numbered.len() < text.len() && !rest.is_empty() => rest.to_owned(),
        _ => text.trim_end_matches([':', ',', '、']).to_owned(),
    }
}

/// `60-69岁`, `80岁及以上`, `80岁以上`, `16周岁以下`, `不满18岁`.
pub fn age_band(word: &str) -> Option<(Option<i64>, Option<i64>)> {
    let word: String = tidy(word).chars().filter(|c| *c != '周').collect();
    if !word.contains('岁') && !word.contains("age") {
        return None;
    }
    let numbers: Vec<i64> =
        word.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    let inclusive = word.contains('及') || word.contains('含');
    let under = word.contains("以下") || word.contains("不满") || word.contains("未满") || word.contains("以内");
    match numbers.as_slice() {
        [low, high] if low <= high => {
            let open = word.ends_with("不满") || word.contains("不满") || word.contains("未满");
            Some((Some(*low), Some(if open { high - 1 } else { *high })))
        }
        [age] if word.contains("以上") => Some((Some(*age), None)),
        [age] if under => Some((None, Some(if inclusive { *age } else { age - 1 }))),
        [age] if word.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with('岁') => {
            Some((Some(*age), Some(*age)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_bands_as_departments_write_them() {
        for (word, band) in [
            ("60-69岁", Some((Some(60), Some(69)))),
            ("60—69周岁", Some((Some(60), Some(69)))),
            ("60～69岁", Some((Some(60), Some(69)))),
            ("80岁及以上", Some((Some(80), None))),
            ("80岁以上", Some((Some(80), None))),
            ("16岁以下", Some((None, Some(15)))),
            ("16周岁及以下", Some((None, Some(16)))),
            ("不满18周岁", Some((None, Some(17)))),
            ("其中：90岁以上", Some((Some(90), None))),
            ("0-6岁（人）", Some((Some(0), Some(6)))),
            ("合计", None),
            ("3号楼", None),
        ] {
            assert_eq!(age_band(word), band, "{word}");
        }
    }

    #[test]
    fn a_head_that_only_gathers_groups_leaves_the_counting_to_those_below() {
        assert!(gathers("重点服务对象") && gathers("特殊人群") && gathers("人员"));
        assert!(!gathers("低保对象") && !gathers("本年新增人员"), "these say whom to count");
    }

    #[test]
    fn heads_lose_their_ornaments() {
        for (word, tidied) in [
            ("其中：男", "男"),
            ("一、户数", "户数"),
            ("（二）残疾人", "残疾人"),
            (" 女 （人）", "女"),
            ("3号楼", "3号楼"),
        ] {
            assert_eq!(tidy(word), tidied, "{word}");
        }
    }
}
