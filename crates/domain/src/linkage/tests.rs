use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::check::{Sex, identity_checksum};

/// A valid number for region 230102.
fn number(birth: &str, sequence: u16) -> String {
    let body = format!("230102{birth}{sequence:03}");
    format!("{body}{}", identity_checksum(&body).unwrap())
}

fn zhang_li() -> PersonKey {
    PersonKey::new("张丽").with_identity(&number("19800512", 24))
}

fn without_identity(name: &str, birth: Date) -> PersonKey {
    PersonKey::new(name).with_birth(birth)
}

fn verdict(a: &PersonKey, b: &PersonKey) -> Decision {
    decide(&compare(a, b))
}

fn meet(a: &PersonKey, b: &PersonKey) -> bool {
    let keys = blocking_keys(b);
    blocking_keys(a).iter().any(|key| keys.contains(key))
}

const BIRTH: Date = Date::constant(1980, 5, 12);

#[test]
fn an_equal_number_and_a_compatible_name_is_the_same_person() {
    let known = zhang_li();
    let homophone = PersonKey::new("张莉").with_identity(&number("19800512", 24));
    assert_eq!(verdict(&known, &known), Decision::Same);
    assert_eq!(verdict(&known, &homophone), Decision::Same);
}

#[test]
fn an_equal_number_with_another_name_is_asked() {
    let other = PersonKey::new("王强").with_identity(&number("19800512", 24));
    assert_eq!(verdict(&zhang_li(), &other), Decision::Likely);
}

#[test]
fn a_wrong_or_swapped_digit_is_asked_and_found() {
    let known = zhang_li();
    let right = number("19800512", 24);
    let mut swapped: Vec<char> = right.chars().collect();
    swapped.swap(12, 13);
    for damaged in [right.replacen("0102", "0103", 1), swapped.iter().collect(), format!("{}000", &right[..15])] {
        let typed = PersonKey { birth: Some(BIRTH), ..PersonKey::new("张丽").with_identity(&damaged) };
        assert_eq!(verdict(&known, &typed), Decision::Likely, "{damaged}");
        assert!(meet(&known, &typed), "{damaged}");
    }
}

#[test]
fn a_missing_number_is_bridged_by_name_and_birth() {
    let known = zhang_li();
    for typed in [
        without_identity("张丽", BIRTH),
        without_identity("张莉", BIRTH),
        without_identity("张丽", Date::constant(1986, 5, 12)),
        without_identity("张丽", Date::constant(1980, 12, 5)).with_sex(Sex::Female),
    ] {
        assert_eq!(verdict(&known, &typed), Decision::Likely, "{typed:?}");
    }
    assert!(meet(&known, &without_identity("张莉", Date::constant(1968, 5, 12))));
}

#[test]
fn a_name_alone_proves_nothing() {
    assert_eq!(verdict(&PersonKey::new("张伟"), &PersonKey::new("张伟")), Decision::Different);
    assert!(blocking_keys(&PersonKey::new("张伟")).is_empty());
    let one = PersonKey::new("张伟").with_phone("13812345678");
    assert_eq!(verdict(&one, &one), Decision::Likely);
}

#[test]
fn two_valid_numbers_are_two_people_of_one_name() {
    let a = PersonKey::new("张伟").with_identity(&number("19800512", 31));
    let b = PersonKey::new("张伟").with_identity(&number("19911203", 57));
    assert_eq!(verdict(&a, &b), Decision::Different);
}

#[test]
fn equal_stand_ins_and_ruins_never_merge_two_people() {
    for number in ["无", "0", "不详", "230102198001011000", "E12345678"] {
        let person = PersonKey::new("张伟").with_identity(number);
        assert_ne!(verdict(&person, &person), Decision::Same, "{number}");
    }
}

#[test]
fn twins_and_families_are_not_one_person() {
    let twin = |name: &str, sequence| {
        PersonKey::new(name).with_identity(&number("20100301", sequence)).with_phone("13812345678").with_household("h1")
    };
    assert_eq!(verdict(&twin("张家豪", 13), &twin("张家杰", 15)), Decision::Different);
    let father = PersonKey::new("张建国").with_phone("13812345678").with_household("h1");
    let son = PersonKey::new("张小明").with_phone("13812345678").with_household("h1");
    assert_eq!(verdict(&father, &son), Decision::Different);
}

#[test]
fn names_agree_in_degrees() {
    for (a, b, expected) in [
        ("张三", "张三", NameAgreement::Exact),
        ("买买提·艾力", "买买提艾力", NameAgreement::Exact),
        ("张丽", "章莉", NameAgreement::Homophone),
        ("张玲", "张林", NameAgreement::SoundsNear),
        ("刘娜", "刘拉", NameAgreement::SoundsNear),
        ("买买提·艾力", "艾力", NameAgreement::Part),
        ("王子涵", "李子涵", NameAgreement::OtherSurname),
        ("张家豪", "张家杰", NameAgreement::OneCharacter),
        ("张三", "李四", NameAgreement::Unlike),
        ("", "李四", NameAgreement::Missing),
    ] {
        assert_eq!(names::agreement(&PersonKey::new(a), &PersonKey::new(b)), expected, "{a} {b}");
    }
}

#[test]
fn reasons_speak_without_values() {
    let score = compare(&zhang_li(), &zhang_li());
    assert_eq!(score.reasons[0].code, "identity.exact");
    assert!(score.reasons.iter().all(|r| !r.message(crate::lang::Lang::Zh).contains("2301")));
}

fn any_person() -> impl Strategy<Value = PersonKey> {
    let name =
        prop::sample::select(vec!["张丽", "张莉", "王伟", "买买提·艾力", "艾力", "张家豪", "张家杰", "", "李𠮷"]);
    let birth = prop::option::of((1950i16..2010, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d)));
    let identity = prop::option::of(prop_oneof![
        (1950u16..2010, 1u16..999).prop_map(|(y, s)| number(&format!("{y}0512"), s)),
        "[0-9]{17}[0-9X]",
        "\\PC{0,18}",
    ]);
    let phones = prop::collection::vec(prop::sample::select(vec!["13812345678", "13987654321"]), 0..2);
    let household = prop::option::of(prop::sample::select(vec!["h1", "h2"]));
    (name, birth, identity, phones, household, any::<bool>()).prop_map(
        |(name, birth, identity, phones, household, male)| {
            let mut person = PersonKey::new(name);
            person.birth = birth;
            person.sex = male.then_some(Sex::Male);
            if let Some(identity) = identity {
                person = person.with_identity(&identity);
            }
            person.phones = phones.into_iter().map(str::to_owned).collect();
            person.household = household.map(str::to_owned);
            person
        },
    )
}

proptest! {
    #[test]
    fn the_order_does_not_matter(a in any_person(), b in any_person()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
    }

    #[test]
    fn someone_with_number_and_name_is_the_same_as_themselves(person in any_person()) {
        let valid = |number: &str| number.get(..17).and_then(identity_checksum).is_some_and(|c| number.ends_with(c));
        let expected = person.identity.as_deref().is_some_and(valid) && !person.name.is_empty();
        prop_assert_eq!(verdict(&person, &person) == Decision::Same, expected);
    }

    #[test]
    fn only_equal_numbers_are_merged_without_asking(a in any_person(), b in any_person()) {
        if verdict(&a, &b) == Decision::Same {
            prop_assert_eq!(&a.identity, &b.identity);
            prop_assert!(a.identity.is_some());
        }
    }

    #[test]
    fn one_damaged_digit_never_hides_a_person(at in 0usize..18, to in 0u8..10, year in 1930u16..2020, sequence in 1u16..999) {
        let right = number(&format!("{year}0512"), sequence);
        let known = PersonKey::new("张丽").with_identity(&right);
        let mut bytes = right.into_bytes();
        bytes[at] = b'0' + to;
        let mut typed = PersonKey::new("张丽");
        typed.birth = known.birth;
        typed.identity = Some(String::from_utf8(bytes).unwrap());
        prop_assert_ne!(verdict(&known, &typed), Decision::Different);
        prop_assert!(meet(&known, &typed));
    }

    #[test]
    fn probability_stays_between_nothing_and_one(a in any_person(), b in any_person()) {
        let probability = compare(&a, &b).probability;
        prop_assert!((0.0..=1.0).contains(&probability));
    }
}
