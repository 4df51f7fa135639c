//! Areas: a tree keyed by the 12-digit statistical code and extended below the community (R1).

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Path of an area in the tree, root first: `23/01/02/001/002/003` is grid 003 of community 002 of street 001 …
///
/// Every row carries the path of its area; access, sharding and aggregation are prefix tests on it. Segments are ASCII
/// letters and digits, so that `path + "0"` is the exclusive upper bound of everything below `path + "/"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaPath(String);

/// The text is not a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an area path")]
pub struct NotAPath(pub String);

impl AreaPath {
    /// The path as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Path of the child with `segment`.
    pub fn child(&self, segment: &str) -> Result<Self, NotAPath> {
        format!("{}/{segment}", self.0).parse()
    }

    /// Whether `other` is this area or below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Paths strictly below this one are in `lower..upper` of byte order.
    pub fn below(&self) -> (String, String) {
        (format!("{}/", self.0), format!("{}0", self.0))
    }

    /// The path of the parent; `None` at a root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// All paths from the root to this one.
    pub fn ancestry(&self) -> Vec<Self> {
        let mut paths: Vec<Self> = self.0.match_indices('/').map(|(at, _)| Self(self.0[..at].to_owned())).collect();
        paths.push(self.clone());
        paths
    }

    /// The same place when the subtree `from` has moved to `to`; `None` when this is not below `from`.
    pub fn rebased(&self, from: &Self, to: &Self) -> Option<Self> {
        from.covers(self).then(|| Self(format!("{}{}", to.0, &self.0[from.0.len()..])))
    }
}

impl fmt::Display for AreaPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AreaPath {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let segment_ok = |segment: &str| {
            !segment.is_empty() && segment.len() <= 32 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if text.len() <= 200 && text.split('/').all(segment_ok) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAPath(text.to_owned()))
        }
    }
}

impl TryFrom<String> for AreaPath {
    type Error = NotAPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AreaPath> for String {
    fn from(path: AreaPath) -> Self {
        path.0
    }
}

/// An area with its validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Statistical code (12 digits) down to the community; below it the parent's code and more digits. Never reused.
    pub code: String,
    /// Place in the tree.
    pub path: AreaPath,
    /// Code of the parent, `None` at a root.
    pub parent: Option<String>,
    /// Kind by the glossary: `province` … `unit`, one of [`crate::catalogue::AreaLevel::kind`].
    pub kind: String,
    /// Name.
    pub name: String,
    /// Pinyin initials of the name, lower case.
    pub initials: String,
    /// The community (or the area itself, at and above the community) that owns records here: the `home` of their rows.
    pub home: String,
    /// First day of validity, `None` when always.
    pub valid_from: Option<Date>,
    /// Last day of validity, `None` while valid.
    pub valid_to: Option<Date>,
    /// Households counted here when their records are not held (the demo's "rest of the city as counts").
    pub counted_households: Option<i64>,
    /// Residents counted here, likewise.
    pub counted_residents: Option<i64>,
}

/// Digits of a statistical code that are significant at ranks 1–5 (GB/T 2260, GB/T 10114): 2, 4, 6, 9, 12.
pub fn significant_digits(rank: u8) -> usize {
    match rank {
        1 => 2,
        2 => 4,
        3 => 6,
        4 => 9,
        _ => 12,
    }
}

/// Sort of street-level unit, by digits 7–9 of the code (GB/T 10114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreetSort {
    /// 001–099 sub-district office (街道).
    SubDistrict,
    /// 100–199 town (镇).
    Town,
    /// 200–399 township (乡).
    Township,
    /// 400–599 government merged with an enterprise (政企合一).
    Merged,
    /// Outside the standard's ranges.
    Other,
}

/// Sort of community-level unit, by digits 10–12 of the code. Names are not asked: they disagree with the digits at times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunitySort {
    /// 001–199 residents' committee (居委会).
    Residents,
    /// 200–399 villagers' committee (村委会).
    Village,
    /// 400 and above, quasi-community.
    Quasi,
    /// 000.
    Other,
}

/// Classifies a street by its code.
pub fn street_sort(code: &str) -> StreetSort {
    match code.get(6..9).and_then(|digits| digits.parse::<u16>().ok()) {
        Some(1..=99) => StreetSort::SubDistrict,
        Some(100..=199) => StreetSort::Town,
        Some(200..=399) => StreetSort::Township,
        Some(400..=599) => StreetSort::Merged,
        _ => StreetSort::Other,
    }
}

/// Classifies a community by its code.
pub fn community_sort(code: &str) -> CommunitySort {
    match code.get(9..12).and_then(|digits| digits.parse::<u16>().ok()) {
        Some(1..=199) => CommunitySort::Residents,
        Some(200..=399) => CommunitySort::Village,
        Some(400..) => CommunitySort::Quasi,
        _ => CommunitySort::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> AreaPath {
        text.parse().unwrap()
    }

    #[test]
    fn a_path_covers_itself_and_what_is_below_but_not_its_namesakes() {
        assert!(path("23/01").covers(&path("23/01")));
        assert!(path("23/01").covers(&path("23/01/02")));
        assert!(!path("23/01").covers(&path("23/011")));
        assert!(!path("23/01/02").covers(&path("23/01")));
    }

    #[test]
    fn a_moved_subtree_keeps_its_shape() {
        let moved = path("23/01/02/001/002").rebased(&path("23/01/02"), &path("23/01/99"));
        assert_eq!(moved, Some(path("23/01/99/001/002")));
        assert_eq!(path("23/02").rebased(&path("23/01"), &path("9")), None);
    }

    #[test]
    fn digits_decide_what_a_unit_is() {
        assert_eq!(street_sort("230102001000"), StreetSort::SubDistrict);
        assert_eq!(street_sort("230102100000"), StreetSort::Town);
        assert_eq!(community_sort("230102100201"), CommunitySort::Village);
    }

    proptest! {
        #[test]
        fn the_byte_range_below_a_path_is_exactly_what_it_covers(
            a in "[0-9a-z]{1,3}(/[0-9a-z]{1,3}){0,3}", b in "[0-9a-z]{1,3}(/[0-9a-z]{1,3}){0,5}"
        ) {
            let (a, b) = (path(&a), path(&b));
            let (lower, upper) = a.below();
            let in_range = a == b || (b.as_str() >= lower.as_str() && b.as_str() < upper.as_str());
            prop_assert_eq!(in_range, a.covers(&b));
        }
    }
}
