//! Adding up the evidence.

use crate::lang::{Label, Lang};

use super::{
    birth,
    identity::{self, IdentityAgreement},
    names::{self, NameAgreement},
    person::PersonKey,
    weights as w,
};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable code, `identity.damaged`.
    pub code: &'static str,
    /// Bits for (positive) or against (negative).
    pub weight: f64,
    /// In words, without any value.
    pub message: Label,
}

impl Reason {
    pub(super) fn new(code: &'static str, weight: f64, zh: &str, en: &str) -> Self {
        Self { code, weight, message: Label::new(zh, en) }
    }

    /// In words.
    pub fn message(&self, lang: Lang) -> &str {
        self.message.text(lang)
    }
}

/// How likely two descriptions are one person, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Between 0 and 1.
    pub probability: f64,
    /// Sum of all weights and the prior, in bits.
    pub weight: f64,
    /// The evidence, identity number first.
    pub reasons: Vec<Reason>,
    /// Agreement of the identity numbers.
    pub identity: IdentityAgreement,
    /// Agreement of the names.
    pub name: NameAgreement,
}

/// What to do with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Two people.
    Different,
    /// Perhaps one person: ask somebody.
    Likely,
    /// One person: equal, valid identity numbers and names that may be the same.
    Same,
}

/// Compares two descriptions; the order does not matter.
pub fn compare(a: &PersonKey, b: &PersonKey) -> Score {
    let identity = identity::agreement(a.identity.as_deref(), b.identity.as_deref());
    let name = names::agreement(a, b);
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(identity_reason(identity));
    reasons.extend(name_reason(name, names::shorter_length(a, b) >= 3));
    if identity != IdentityAgreement::Exact {
        reasons.extend(birth::evidence(a.birth, b.birth));
        reasons.extend(sex_reason(a, b));
    }
    reasons.extend(phone_reason(a, b));
    reasons.extend(household_reason(a, b));
    let weight = w::PRIOR + reasons.iter().map(|reason| reason.weight).sum::<f64>();
    Score { probability: 1.0 / (1.0 + (-weight).exp2()), weight, reasons, identity, name }
}

/// Never [`Decision::Same`] on a guess: only an equal identity number with a compatible name is.
pub fn decide(score: &Score) -> Decision {
    if score.identity == IdentityAgreement::Exact && score.name.is_compatible() {
        Decision::Same
    } else if score.probability >= w::LIKELY {
        Decision::Likely
    } else {
        Decision::Different
    }
}

fn identity_reason(agreement: IdentityAgreement) -> Option<Reason> {
    let (code, weight, zh, en) = match agreement {
        IdentityAgreement::Missing => return None,
        IdentityAgreement::Exact => ("identity.exact", w::IDENTITY_EXACT, "身份证号相同", "same identity number"),
        IdentityAgreement::ExactUnchecked => (
            "identity.exact_unchecked",
            w::IDENTITY_EXACT_UNCHECKED,
            "证件号码相同，但不是有效的身份证号",
            "same document number, though not a valid identity number",
        ),
        IdentityAgreement::Damaged => (
            "identity.damaged",
            w::IDENTITY_DAMAGED,
            "身份证号只差一位或两位颠倒，其中一个校验不符",
            "identity numbers one slip apart, one of them failing the check",
        ),
        IdentityAgreement::TwoWrong => (
            "identity.two_wrong",
            w::IDENTITY_TWO_WRONG,
            "身份证号差两位，其中一个校验不符",
            "identity numbers two digits apart, one of them failing the check",
        ),
        IdentityAgreement::Neighbours => (
            "identity.neighbours",
            w::IDENTITY_NEIGHBOURS,
            "身份证号相近但都有效，可能是双胞胎",
            "identity numbers alike but both valid; perhaps twins",
        ),
        IdentityAgreement::Contradicts => (
            "identity.contradicts",
            w::IDENTITY_CONTRADICTS,
            "身份证号不同且都有效",
            "different identity numbers, both valid",
        ),
        IdentityAgreement::Unlike => {
            ("identity.unlike", w::IDENTITY_UNLIKE, "身份证号不同", "different identity numbers")
        }
    };
    Some(Reason::new(code, weight, zh, en))
}

fn name_reason(agreement: NameAgreement, long: bool) -> Option<Reason> {
    let (code, weight, zh, en) = match agreement {
        NameAgreement::Missing => return None,
        NameAgreement::Exact => ("name.exact", w::NAME_EXACT, "姓名相同", "same name"),
        NameAgreement::Homophone => ("name.homophone", w::NAME_HOMOPHONE, "姓名同音", "names sound the same"),
        NameAgreement::SoundsNear => {
            ("name.sounds_near", w::NAME_SOUNDS_NEAR, "姓名读音相近", "names sound nearly the same")
        }
        NameAgreement::Part => ("name.part", w::NAME_PART, "一方是姓名的一部分", "one name is a part of the other"),
        NameAgreement::OtherSurname => {
            ("name.other_surname", w::NAME_OTHER_SURNAME, "名相同、姓不同", "same given name, other surname")
        }
        NameAgreement::OneCharacter => (
            "name.one_character",
            w::NAME_ONE_CHARACTER,
            "姓名差一个字（可能是兄弟姐妹）",
            "names differ in one character (perhaps siblings)",
        ),
        NameAgreement::Unlike => ("name.unlike", w::NAME_UNLIKE, "姓名不同", "different names"),
    };
    let rarer =
        long && matches!(agreement, NameAgreement::Exact | NameAgreement::Homophone | NameAgreement::SoundsNear);
    Some(Reason::new(code, if rarer { weight + w::NAME_LONG } else { weight }, zh, en))
}

fn sex_reason(a: &PersonKey, b: &PersonKey) -> Option<Reason> {
    Some(if a.sex? == b.sex? {
        Reason::new("sex.same", w::SEX_SAME, "性别相同", "same sex")
    } else {
        Reason::new("sex.different", w::SEX_DIFFERENT, "性别不同", "different sex")
    })
}

fn phone_reason(a: &PersonKey, b: &PersonKey) -> Option<Reason> {
    if a.phones.is_empty() || b.phones.is_empty() {
        return None;
    }
    Some(if a.phones.iter().any(|phone| b.phones.contains(phone)) {
        Reason::new("phone.shared", w::PHONE_SHARED, "有相同的电话", "a phone in common")
    } else {
        Reason::new("phone.none", w::PHONE_NONE, "电话不同", "no phone in common")
    })
}

fn household_reason(a: &PersonKey, b: &PersonKey) -> Option<Reason> {
    Some(if a.household.as_ref()? == b.household.as_ref()? {
        Reason::new("household.same", w::HOUSEHOLD_SAME, "同一户", "same household")
    } else {
        Reason::new("household.different", w::HOUSEHOLD_DIFFERENT, "不在同一户", "different households")
    })
}
