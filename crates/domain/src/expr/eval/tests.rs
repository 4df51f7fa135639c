use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    clock::Timestamp,
    expr::{Scope, Type, parse},
};

fn scope() -> Scope {
    Scope::new()
        .with("name", Type::Text)
        .with("alive", Type::Bool)
        .with("moved", Type::Bool)
        .with("birth", Type::Date)
        .with("pay", Type::Decimal(2))
        .with("n", Type::Int)
        .with("m", Type::Int)
        .with("seen", Type::Timestamp)
        .with("sex", Type::Code)
        .with("tags", Type::Codes)
}

const TODAY: Date = Date::constant(2026, 11, 23);

fn record() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("name", Value::text("张三")),
        ("alive", Value::Bool(true)),
        ("birth", Value::Date(Date::constant(1960, 11, 24))),
        ("pay", Value::Int(210_050)),
        ("n", Value::Int(7)),
        ("m", Value::Int(0)),
        ("sex", Value::text("2")),
        ("tags", Value::Codes(vec!["21".into(), "33".into()])),
        ("seen", Value::Time(Timestamp(1_700_000_000_000_000))),
    ])
}

fn run(source: &str) -> Value {
    let typed = parse(source, &scope()).unwrap_or_else(|errors| panic!("{source}: {errors:?}"));
    let record = record();
    eval(&typed, &|field| record.get(field).cloned().unwrap_or_default(), TODAY)
}

#[test]
fn known_values_answer_as_written() {
    for (source, expected) in [
        ("name == \"张三\" && sex in [\"1\", \"2\"]", Value::Bool(true)),
        ("age(birth)", Value::Int(65)),
        ("age(date(\"1960-11-23\"))", Value::Int(66)),
        ("pay >= 2100.5", Value::Bool(true)),
        ("pay > 2100.5", Value::Bool(false)),
        ("pay / 2", Value::Int(1_050_250_000)),
        ("pay * 1.5", Value::Int(3_150_750)),
        ("n / 2", Value::Int(3)),
        ("-n / 2", Value::Int(-3)),
        ("n - 10", Value::Int(-3)),
        ("\"33\" in tags", Value::Bool(true)),
        ("size(tags) + size(name)", Value::Int(4)),
        ("name + \"（户主）\"", Value::text("张三（户主）")),
        ("name.contains(\"\") && name.endsWith(\"三\")", Value::Bool(true)),
        ("today - birth", Value::Int(24_105)),
        ("today - days(23) == date(\"2026-10-31\")", Value::Bool(true)),
        ("date(seen)", Value::Date(Date::constant(2023, 11, 15))),
        ("n in [7, 2.5]", Value::Bool(true)),
        ("alive ? n : 0", Value::Int(7)),
    ] {
        assert_eq!(run(source), expected, "{source}");
    }
}

#[test]
fn unknown_spreads_as_in_sql() {
    for (source, expected) in [
        ("moved", Value::Null),
        ("!moved", Value::Null),
        ("moved == true", Value::Null),
        ("moved && false", Value::Bool(false)),
        ("moved && true", Value::Null),
        ("moved || true", Value::Bool(true)),
        ("moved || false", Value::Null),
        ("has(moved)", Value::Bool(false)),
        ("moved == null", Value::Bool(true)),
        ("moved ? 1 : 2", Value::Int(2)),
        ("n / m", Value::Null),
        ("n / m > 1", Value::Null),
        ("n + 9223372036854775807", Value::Null),
        ("today + 9223372036854775807", Value::Null),
        ("moved ? 1 : null", Value::Null),
    ] {
        assert_eq!(run(source), expected, "{source}");
    }
}

#[test]
fn someone_born_on_a_leap_day_is_older_on_the_first_of_march() {
    let typed = parse("age(birth)", &scope()).unwrap();
    let birth = |_: &str| Value::Date(Date::constant(2000, 2, 29));
    assert_eq!(eval(&typed, &birth, Date::constant(2023, 2, 28)), Value::Int(22));
    assert_eq!(eval(&typed, &birth, Date::constant(2023, 3, 1)), Value::Int(23));
}

#[test]
fn a_value_of_the_wrong_type_counts_as_unknown() {
    let typed = parse("n > 1 && alive", &scope()).unwrap();
    assert_eq!(holds(&typed, &|_| Value::text("x"), TODAY), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-3i64..3).prop_map(Value::Int),
        "[ab]{0,3}".prop_map(Value::Text),
        (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Value::Date(Date::constant(y, m, d))),
        any::<i64>().prop_map(|t| Value::Time(Timestamp(t))),
        prop::collection::vec("[ab]", 0..3).prop_map(Value::Codes),
    ]
}

fn any_condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "alive",
        "moved",
        "n > m",
        "n == 1",
        "has(n)",
        "name.startsWith(\"a\")",
        "sex in [\"a\", \"b\"]",
        "\"a\" in tags",
        "age(birth) > 3",
        "n / m < 2",
        "pay * 1.5 > n",
        "birth + n < today",
        "date(seen) != birth",
        "size(name) == n",
        "true",
        "false",
        "name + name < sex + name",
        "-n < m - 1",
        "today - birth > n",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

fn any_record() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let names = prop::sample::select(vec!["name", "alive", "moved", "birth", "pay", "n", "m", "seen", "sex", "tags"]);
    prop::collection::btree_map(names.prop_map(str::to_owned), any_value(), 0..10)
}

proptest! {
    #[test]
    fn no_record_makes_it_panic(source in any_condition(), record in any_record()) {
        let typed = parse(&source, &scope()).unwrap();
        let _ = eval(&typed, &|field| record.get(field).cloned().unwrap_or_default(), TODAY);
    }

    #[test]
    fn de_morgan_holds_with_unknowns(a in any_condition(), b in any_condition(), record in any_record()) {
        let answer = |source: String| {
            holds(&parse(&source, &scope()).unwrap(), &|field| record.get(field).cloned().unwrap_or_default(), TODAY)
        };
        prop_assert_eq!(answer(format!("!({a} && {b})")), answer(format!("!({a}) || !({b})")));
        prop_assert_eq!(answer(format!("!({a} || {b})")), answer(format!("!({a}) && !({b})")));
        prop_assert_eq!(answer(format!("!!({a})")), answer(a));
    }
}
