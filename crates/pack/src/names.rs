//! Names of packs, entities, fields and codes, and the nearest name to a wrong one.

use linli_domain::Label;

/// Columns that every register's table has already, and words that expressions need.
const RESERVED: [&str; 44] = [
    "home",
    "id",
    "path",
    "version",
    "since",
    "until",
    "created",
    "by",
    "by_id",
    "by_name",
    "source",
    "source_kind",
    "source_ref",
    "ended",
    "ended_on",
    "ended_reason",
    "merged_into",
    "change",
    "area",
    "area_code",
    "entity",
    "values",
    "masked",
    "rowid",
    "oid",
    "ctid",
    "xmin",
    "xmax",
    "tableoid",
    "today",
    "now",
    "true",
    "false",
    "null",
    "in",
    "has",
    "size",
    "int",
    "string",
    "date",
    "age",
    "matches",
    "record",
    "this",
];

/// Endings of the columns the store makes beside a field: cipher text, keyed hash, mask, pinyin.
pub(crate) const COMPANIONS: [&str; 4] = ["_c", "_h", "_m", "_py"];

/// Whether `name` is made of `[a-z][a-z0-9_]{0,40}`.
pub(crate) fn well_formed(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && name.len() <= 41
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a field may not be called `name`.
pub(crate) fn reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// `name` in the namespace of `pack`, unless it names its pack itself.
pub(crate) fn namespaced(pack: &str, name: &str) -> String {
    if name.contains('/') { name.to_owned() } else { format!("{pack}/{name}") }
}

/// A data element `pack/entity/field`, written in `pack`, where `entity/field` is enough.
pub(crate) fn namespaced_element(pack: &str, element: &str) -> String {
    if element.matches('/').count() == 1 { format!("{pack}/{element}") } else { element.to_owned() }
}

/// The name among `known` that was probably meant.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wanted.chars().count();
    let limit = (length / 3).max(2).min(length.saturating_sub(1));
    // A name without its pack is compared with the last parts of full names, too.
    let rank = |name: &'a str| {
        let whole = strsim::damerau_levenshtein(wanted, name);
        let tail = name.rsplit('/').next().filter(|tail| !wanted.contains('/') && *tail != name);
        (tail.map_or(whole, |tail| whole.min(strsim::damerau_levenshtein(wanted, tail) + 1)), name)
    };
    known.into_iter().map(rank).min().filter(|(distance, _)| *distance <= limit).map(|(_, name)| name)
}

/// Help for an unknown name: the nearest one, or all of them when they are few.
pub(crate) fn suggest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Label> {
    let known: Vec<&str> = known.into_iter().collect();
    let only = || (known.len() == 1).then(|| known[0]);
    if let Some(name) = nearest(wanted, known.iter().copied()).or_else(only) {
        return Some(Label::new(format!("`{name}`"), format!("`{name}`")));
    }
    (!known.is_empty() && known.len() <= 16).then(|| {
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        Label::new(format!("{} 之一", list.join("、")), format!("one of {}", list.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_far_ones_are_not() {
        assert_eq!(nearest("identiy_number", ["name", "identity_number"]), Some("identity_number"));
        assert_eq!(nearest("sexx", ["people/sex", "people/marriage"]), Some("people/sex"));
        assert_eq!(nearest("colour", ["people/sex"]), None);
        assert_eq!(nearest("9", ["1", "2"]), None);
        assert_eq!(nearest("twon/*", ["base/*", "town/*"]), Some("town/*"));
    }

    proptest! {
        #[test]
        fn a_well_formed_name_is_what_the_pattern_says(name in "[a-z0-9_A-Z]{0,44}") {
            let first = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
            let rest = name.chars().skip(1).all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            prop_assert_eq!(well_formed(&name), first && rest && name.len() <= 41);
        }
    }
}
