//! Three-way merge of a record: what somebody based their change on, what is held now, and what they sent.
//!
//! A phone sends every answer of its form, also those nobody touched. Only what differs from the version it was shown is a
//! change; a change that meets another change of the same field is left to people (ODK Entities call this a hard conflict).

use crate::{record::Values, value::Value};

/// A field that two people changed to different values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Field.
    pub field: String,
    /// What both were shown.
    pub base: Value,
    /// What is held now.
    pub current: Value,
    /// What was sent.
    pub submitted: Value,
}

/// What comes of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Changes to be written.
    pub apply: Values,
    /// Fields where what is held stays until somebody decides.
    pub clashes: Vec<Clash>,
}

/// Merges what was `submitted`. `base` is the version it was based on; `None` when that is the current one.
///
/// Absent fields of `base` and `current` are unknown; absent fields of `submitted` were not asked.
pub fn merge(base: Option<&Values>, current: &Values, submitted: &Values) -> Merged {
    let mut merged = Merged::default();
    let of = |values: &Values, field: &str| values.get(field).cloned().unwrap_or_default();
    for (field, value) in submitted {
        let now = of(current, field);
        if *value == now {
            continue;
        }
        let before = base.map_or_else(|| now.clone(), |base| of(base, field));
        if before == now {
            merged.apply.insert(field.clone(), value.clone());
        } else if *value != before {
            let (field, submitted) = (field.clone(), value.clone());
            merged.clashes.push(Clash { field, base: before, current: now, submitted });
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(field, text)| ((*field).to_owned(), Value::text(*text))).collect()
    }

    #[test]
    fn what_the_phone_did_not_change_is_no_change() {
        let base = values(&[("name", "张三"), ("phone", "1")]);
        let current = values(&[("name", "张三"), ("phone", "2")]);
        let sent = values(&[("name", "张三丰"), ("phone", "1")]);
        let merged = merge(Some(&base), &current, &sent);
        assert_eq!((merged.apply, merged.clashes), (values(&[("name", "张三丰")]), vec![]));
    }

    #[test]
    fn two_changes_of_one_field_clash_unless_they_agree() {
        let (base, current) = (values(&[("phone", "1")]), values(&[("phone", "2")]));
        let clash = merge(Some(&base), &current, &values(&[("phone", "3")]));
        assert_eq!(clash.clashes[0].submitted, Value::text("3"));
        assert!(clash.apply.is_empty());
        assert_eq!(merge(Some(&base), &current, &values(&[("phone", "2")])), Merged::default());
    }

    proptest! {
        #[test]
        fn nothing_sent_is_lost_and_nothing_is_applied_twice(
            base in prop::collection::btree_map("[a-d]", "[xyz]", 0..4),
            current in prop::collection::btree_map("[a-d]", "[xyz]", 0..4),
            sent in prop::collection::btree_map("[a-d]", "[xyz]", 0..4),
        ) {
            let typed = |map: std::collections::BTreeMap<String, String>| -> Values {
                map.into_iter().map(|(field, text)| (field, Value::Text(text))).collect()
            };
            let (base, current, sent) = (typed(base), typed(current), typed(sent));
            let merged = merge(Some(&base), &current, &sent);
            let mut after = current.clone();
            after.extend(merged.apply.clone());
            for (field, value) in &sent {
                let held = after.get(field) == Some(value);
                let untouched = base.get(field) == Some(value);
                let queued = merged.clashes.iter().any(|clash| clash.field == *field && clash.submitted == *value);
                prop_assert!(held || untouched || queued, "{field}");
            }
            prop_assert_eq!(merge(Some(&base), &after, &sent).apply, Values::new(), "a second time changes nothing");
        }
    }
}
