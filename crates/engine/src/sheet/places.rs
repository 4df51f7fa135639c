//! Areas by the names ledgers use: `3号楼`, `3栋`, `3#` and `三号楼` are one building.

use std::collections::{HashMap, HashSet};

use linli_domain::{Area, AreaPath, catalogue::AreaLevel, check};

/// The area a file is for and everything below it, findable by name.
#[derive(Debug, Clone)]
pub struct Places {
    areas: Vec<Area>,
    by_path: HashMap<AreaPath, usize>,
    by_name: HashMap<(String, String), Vec<usize>>,
    ranks: HashMap<String, u8>,
    kinds: HashSet<String>,
}

/// Where a row belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Deepest area that is certain.
    pub area: usize,
    /// Names that no area bears, or several do: (kind, name, whether several).
    pub misses: Vec<(String, String, bool)>,
}

impl Places {
    /// An index of `areas`; the first is the area the file is for, the others lie below it.
    pub fn new(areas: Vec<Area>, levels: &[AreaLevel]) -> Self {
        let by_path = areas.iter().enumerate().map(|(at, area)| (area.path.clone(), at)).collect();
        let mut places = Self {
            by_path,
            by_name: HashMap::new(),
            ranks: levels.iter().map(|level| (level.kind.clone(), level.rank)).collect(),
            kinds: areas.iter().map(|area| area.kind.clone()).collect(),
            areas,
        };
        for at in 0..places.areas.len() {
            for key in places.keys(at) {
                let found = places.by_name.entry((places.areas[at].kind.clone(), key)).or_default();
                if found.last() != Some(&at) {
                    found.push(at);
                }
            }
        }
        places
    }

    /// The area the file is for.
    pub fn root(&self) -> Option<&Area> {
        self.areas.first()
    }

    /// All areas, the root first.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The area with that number.
    pub fn area(&self, at: usize) -> Option<&Area> {
        self.areas.get(at)
    }

    /// The number of the area at a path.
    pub fn at(&self, path: &AreaPath) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The area of `kind` that `path` is in (or is).
    pub fn above(&self, path: &AreaPath, kind: &str) -> Option<&Area> {
        let mut here = Some(path.clone());
        while let Some(path) = here {
            if let Some(area) = self.at(&path).and_then(|at| self.areas.get(at))
                && area.kind == kind
            {
                return Some(area);
            }
            here = path.parent();
        }
        None
    }

    /// Finds an area by the names of several kinds. What is not found is passed over and told.
    pub fn locate<'a>(&self, names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Found {
        let mut names: Vec<(&str, &str)> = names.into_iter().filter(|(_, name)| !check::is_blank(name)).collect();
        names.sort_by_key(|(kind, _)| self.ranks.get(*kind).copied().unwrap_or(u8::MAX));
        let mut found = Found { area: 0, misses: Vec::new() };
        for (kind, name) in names {
            let here = &self.areas[found.area];
            if here.kind == kind && self.is_named(found.area, name) {
                continue;
            }
            let below = self.named(kind, name, &here.path);
            match below.as_slice() {
                [one] => found.area = *one,
                // A file for a grid may name the community it is in.
                [] if self.rank(kind) <= self.rank(&here.kind) && found.area == 0 && !self.contradicts(kind, name) => {}
                // A tree without units says nothing about them.
                [] if self.rank(kind) > self.rank(&self.areas[0].kind) && !self.kinds.contains(kind) => {}
                several => found.misses.push((kind.to_owned(), name.to_owned(), !several.is_empty())),
            }
        }
        found
    }

    /// Areas of `kind` called `name` below `path`.
    pub fn named(&self, kind: &str, name: &str, path: &AreaPath) -> Vec<usize> {
        let core = core_name(kind, name);
        let hits = self.by_name.get(&(kind.to_owned(), core)).map(Vec::as_slice).unwrap_or_default();
        hits.iter().copied().filter(|at| path.covers(&self.areas[*at].path)).collect()
    }

    /// Whether a name of the root's own kind is another's.
    fn contradicts(&self, kind: &str, name: &str) -> bool {
        self.areas.first().is_some_and(|root| root.kind == kind && !self.is_named(0, name))
    }

    fn rank(&self, kind: &str) -> u8 {
        self.ranks.get(kind).copied().unwrap_or(u8::MAX)
    }

    fn is_named(&self, at: usize, name: &str) -> bool {
        let kind = &self.areas[at].kind;
        let core = core_name(kind, name);
        self.keys(at).contains(&core)
    }

    /// Names an area answers to: its own, and its own without the name of an area above it (`兆麟社区第一网格` → `1`).
    fn keys(&self, at: usize) -> Vec<String> {
        let area = &self.areas[at];
        let mut keys = vec![core_name(&area.kind, &area.name)];
        let mut above = area.path.parent();
        while let Some(path) = above {
            if let Some(parent) = self.by_path.get(&path).and_then(|at| self.areas.get(*at)) {
                let parent_core = core_name(&parent.kind, &parent.name);
                for prefix in [&parent.name, &parent_core] {
                    if let Some(rest) = area.name.strip_prefix(prefix.as_str()).filter(|rest| !rest.is_empty()) {
                        // 兆麟社区居委会 is called 兆麟社区 in the names of what lies below it.
                        let bare = endings(&parent.kind).iter().find_map(|ending| rest.strip_prefix(ending));
                        keys.extend([rest, bare.unwrap_or(rest)].map(|rest| core_name(&area.kind, rest)));
                    }
                }
            }
            above = path.parent();
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

/// Endings of names by kind, longest first.
const ENDINGS: [(&str, &[&str]); 8] = [
    ("street", &["街道办事处", "街道办", "街道", "街办"]),
    ("community", &["社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "社区", "居委会", "村委会", "居委"]),
    ("estate", &["住宅小区", "小区", "家属院"]),
    ("grid", &["号网格", "网格", "格"]),
    ("building", &["号楼", "栋楼", "幢楼", "号栋", "栋", "幢", "楼", "座", "#", "号"]),
    ("unit", &["单元", "门洞", "门"]),
    ("district", &["区", "县"]),
    ("city", &["市"]),
];

fn endings(kind: &str) -> &'static [&'static str] {
    ENDINGS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, endings)| endings)
}

/// The part of a name that tells: width, spaces, ordinals and endings taken away, Chinese numerals as digits.
pub fn core_name(kind: &str, name: &str) -> String {
    let folded: String = check::fold_width(name).chars().filter(|c| !c.is_whitespace()).collect();
    let mut core = folded.trim_start_matches('第').to_lowercase();
    let ending = endings(kind).iter().find_map(|ending| core.strip_suffix(ending).filter(|rest| !rest.is_empty()));
    if let Some(rest) = ending {
        core = rest.trim_end_matches('#').to_owned();
    }
    let numeral = chinese_number(&core).map(|number| number.to_string()).unwrap_or(core);
    let trimmed = numeral.trim_start_matches('0');
    if trimmed.is_empty() || !numeral.bytes().all(|byte| byte.is_ascii_digit()) { numeral } else { trimmed.to_owned() }
}

/// `十二` is 12, `二十` 20, `三` 3; up to 9,999. `None` when it is not a numeral.
pub fn chinese_number(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    let (mut total, mut digit, mut any_unit) = (0_u32, None::<u32>, false);
    for c in text.chars() {
        let value = match c {
            '零' | '〇' => 0,
            '一' => 1,
            '二' | '两' => 2,
            '三' => 3,
            '四' => 4,
            '五' => 5,
            '六' => 6,
            '七' => 7,
            '八' => 8,
            '九' => 9,
            '十' | '百' | '千' => {
                let unit = match c {
                    '十' => 10,
                    '百' => 100,
                    _ => 1000,
                };
                total += digit.unwrap_or(1) * unit;
                digit = None;
                any_unit = true;
                continue;
            }
            _ => return None,
        };
        // Two digits side by side (一二) are digits, not a numeral.
        if digit.is_some_and(|held| held != 0) && value != 0 {
            return None;
        }
        digit = Some(value);
    }
    let number = total + digit.unwrap_or(0);
    (any_unit || text.chars().count() == 1).then_some(number)
}

/// Building, unit and room out of a written address; each `None` when the address does not say it unmistakably.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressParts {
    /// `3` of `3号楼`.
    pub building: Option<String>,
    /// `2` of `2单元`.
    pub unit: Option<String>,
    /// `501` of `501室`.
    pub room: Option<String>,
}

/// Reads `香坊小区3号楼2单元501室`, `3栋2单元501`, `3-2-501`.
pub fn address_parts(address: &str) -> AddressParts {
    let text: String = check::fold_width(address).chars().filter(|c| !c.is_whitespace()).collect();
    let mut parts = AddressParts::default();
    let mut rest = text.as_str();
    for (slot, markers) in
        [(&mut parts.building, &["号楼", "栋", "幢", "#楼", "#"][..]), (&mut parts.unit, &["单元"][..])]
    {
        let hit = markers.iter().filter_map(|marker| rest.find(marker).map(|at| (at, *marker))).min();
        if let Some((at, marker)) = hit {
            let name = number_before(&rest[..at]);
            if !name.is_empty() {
                *slot = Some(name);
                rest = &rest[at + marker.len()..];
            }
        }
    }
    let room = rest.trim_end_matches(['室', '号', '户', '房']);
    let digits = !room.is_empty() && room.len() <= 6 && room.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if parts.building.is_some() && digits && room.bytes().any(|byte| byte.is_ascii_digit()) {
        parts.room = Some(room.to_owned());
    }
    if parts == AddressParts::default() {
        parts = dashed(&text);
    }
    parts
}

/// `3-2-501` at the end of an address.
fn dashed(text: &str) -> AddressParts {
    let tail: String = text
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '—' | '－' | '室'))
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let tail = tail.trim_end_matches('室').to_owned();
    let pieces: Vec<&str> = tail.split(['-', '—', '－']).collect();
    match pieces.as_slice() {
        [building, unit, room] if pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= 5) => AddressParts {
            building: Some((*building).to_owned()),
            unit: Some((*unit).to_owned()),
            room: Some((*room).to_owned()),
        },
        _ => AddressParts::default(),
    }
}

/// The number (digits, letters or a Chinese numeral) that ends a text.
fn number_before(text: &str) -> String {
    let digits: Vec<char> = text.chars().rev().take_while(char::is_ascii_alphanumeric).collect();
    if !digits.is_empty() {
        return digits.into_iter().rev().collect();
    }
    let numeral: Vec<char> = text.chars().rev().take_while(|c| chinese_number(&c.to_string()).is_some()).collect();
    let numeral: String = numeral.into_iter().rev().collect();
    chinese_number(&numeral).map(|number| number.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(path: &str, kind: &str, name: &str) -> Area {
        Area {
            code: path.replace('/', ""),
            path: path.parse().unwrap(),
            parent: None,
            kind: kind.into(),
            name: name.into(),
            initials: String::new(),
            home: "c".into(),
            valid_from: None,
            valid_to: None,
            counted_households: None,
            counted_residents: None,
        }
    }

    fn level(kind: &str, rank: u8) -> AreaLevel {
        AreaLevel {
            kind: kind.into(),
            rank,
            label: linli_domain::Label::default(),
            code_digits: 0,
            recommended: false,
            optional: false,
        }
    }

    fn places() -> Places {
        let levels: Vec<AreaLevel> = (1..)
            .zip(["street", "community", "grid", "building", "unit"])
            .map(|(rank, kind)| level(kind, rank))
            .collect();
        Places::new(
            vec![
                area("1", "community", "兆麟社区居委会"),
                area("1/1", "grid", "兆麟社区第一网格"),
                area("1/2", "grid", "第二网格"),
                area("1/1/1", "building", "3号楼"),
                area("1/2/1", "building", "5栋"),
                area("1/2/2", "building", "3号楼"),
                area("1/1/1/1", "unit", "一单元"),
            ],
            &levels,
        )
    }

    fn located(names: &[(&str, &str)]) -> (String, usize) {
        let places = places();
        let found = places.locate(names.iter().copied());
        (places.areas[found.area].path.to_string(), found.misses.len())
    }

    #[test]
    fn an_area_answers_to_every_way_its_name_is_written() {
        for name in ["5栋", "5号楼", "5#", "５幢", "五号楼", "05", "5 号楼"] {
            assert_eq!(located(&[("building", name)]), ("1/2/1".into(), 0), "{name}");
        }
        for name in ["第一网格", "1网格", "一网格", "兆麟社区第一网格"] {
            assert_eq!(located(&[("grid", name)]), ("1/1".into(), 0), "{name}");
        }
    }

    #[test]
    fn a_name_that_several_bear_needs_the_area_above_it() {
        assert_eq!(located(&[("building", "3号楼")]), ("1".into(), 1));
        assert_eq!(located(&[("building", "3栋"), ("grid", "1"), ("unit", "1单元")]), ("1/1/1/1".into(), 0));
    }

    #[test]
    fn what_is_not_there_is_told_and_the_rest_still_counts() {
        assert_eq!(located(&[("grid", "第二网格"), ("building", "99号楼")]), ("1/2".into(), 1));
        assert_eq!(located(&[("community", "兆麟社区"), ("building", "5")]), ("1/2/1".into(), 0));
        assert_eq!(located(&[("community", "霁虹社区")]), ("1".into(), 1), "another community's row");
        assert_eq!(located(&[("street", "兆麟街道")]), ("1".into(), 0), "a level above is not looked at");
    }

    #[test]
    fn numerals_are_numbers_and_names_are_not() {
        for (text, number) in [("十二", Some(12)), ("二十", Some(20)), ("一百零三", Some(103)), ("三", Some(3))]
        {
            assert_eq!(chinese_number(text), number, "{text}");
        }
        assert_eq!(chinese_number("一二"), None);
        assert_eq!(chinese_number("三合"), None);
    }

    #[test]
    fn an_address_gives_building_unit_and_room() {
        let parts = |text: &str| {
            let found = address_parts(text);
            [found.building, found.unit, found.room].map(Option::unwrap_or_default).join("/")
        };
        assert_eq!(parts("香坊小区3号楼2单元501室"), "3/2/501");
        assert_eq!(parts("中山路12号 A栋 801"), "A//801");
        assert_eq!(parts("三号楼一单元202"), "3/1/202");
        assert_eq!(parts("兆麟小区3-2-501"), "3/2/501");
        assert_eq!(parts("中山路12号"), "//");
        assert_eq!(parts(""), "//");
    }
}
