//! How two names agree.

use crate::check::pinyin_syllables;

use super::person::PersonKey;

/// Agreement of two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameAgreement {
    /// Either is not known.
    Missing,
    /// Equal but for dots, spaces and case.
    Exact,
    /// Other characters of the same sound.
    Homophone,
    /// Nearly the same sound.
    SoundsNear,
    /// One is a part of the other.
    Part,
    /// Same given name, other surname.
    OtherSurname,
    /// One character differs.
    OneCharacter,
    /// Unlike.
    Unlike,
}

impl NameAgreement {
    /// Whether one person may well be written both ways.
    pub fn is_compatible(self) -> bool {
        matches!(self, Self::Exact | Self::Homophone | Self::SoundsNear | Self::Part)
    }
}

pub(super) fn agreement(a: &PersonKey, b: &PersonKey) -> NameAgreement {
    let (left, right) = (letters(&a.name), letters(&b.name));
    if left.is_empty() || right.is_empty() {
        return NameAgreement::Missing;
    }
    if left == right {
        return NameAgreement::Exact;
    }
    let (sounds_a, sounds_b) = (pinyin_syllables(&a.name), pinyin_syllables(&b.name));
    if sounds_a.concat() == sounds_b.concat() {
        return NameAgreement::Homophone;
    }
    if sound_near(&sounds_a, &sounds_b) {
        return NameAgreement::SoundsNear;
    }
    if is_part(&a.name, &b.name) || is_part(&b.name, &a.name) {
        return NameAgreement::Part;
    }
    if left.len() == right.len() && left.len() >= 2 {
        let differing: Vec<usize> = (0..left.len()).filter(|at| left[*at] != right[*at]).collect();
        return match differing.as_slice() {
            [0] => NameAgreement::OtherSurname,
            [_] => NameAgreement::OneCharacter,
            _ => NameAgreement::Unlike,
        };
    }
    NameAgreement::Unlike
}

/// Characters of the name, at least how many there are on both sides.
pub(super) fn shorter_length(a: &PersonKey, b: &PersonKey) -> usize {
    letters(&a.name).len().min(letters(&b.name).len())
}

fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every syllable equal or confusable, at least one equal; one-letter slips count in one syllable only.
fn sound_near(a: &[String], b: &[String]) -> bool {
    if a.len() != b.len() || a.len() < 2 {
        return false;
    }
    let mut slips = 0;
    for (left, right) in a.iter().zip(b) {
        if left == right {
            continue;
        }
        slips += 1;
        if blurred(left) != blurred(right) {
            return false;
        }
    }
    slips < a.len()
}

/// The syllable as someone writes it who does not tell zh from z, n from l, ng from n, h from f.
fn blurred(syllable: &str) -> String {
    let opened = syllable.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1);
    let closed = opened.strip_suffix("ng").map(|rest| format!("{rest}n")).unwrap_or(opened);
    match closed.chars().next() {
        Some('n') => format!("l{}", &closed[1..]),
        Some('f') => format!("h{}", &closed[1..]),
        _ => closed,
    }
}

/// The short form of a name of several parts: `艾力` of `买买提·艾力`, `smith` of `John Smith`.
fn is_part(whole: &str, short: &str) -> bool {
    let mut parts = whole.split(['·', ' ']).filter(|part| !part.is_empty());
    whole.contains(['·', ' ']) && parts.any(|part| part.chars().count() >= 2 && part == short)
}
