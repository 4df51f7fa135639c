use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{
    catalogue::{Check, CodeList, Sensitivity, View},
    expr::{Scope, parse_filter},
    ids::RecordId,
};

fn field(name: &str, kind: FieldKind) -> Field {
    Field {
        name: name.into(),
        label: Label::new(format!("<{name}>"), format!("<{name}>")),
        help: None,
        group: None,
        kind,
        element: None,
        required: false,
        unique: false,
        sensitivity: Sensitivity::Open,
        purpose: None,
        retention_days: None,
        filter: false,
        search: false,
        off_by_default: false,
        derive: None,
        synonyms: vec![],
    }
}

/// A register of people with a field of every kind.
fn catalogue() -> Catalogue {
    let code = |code: &str, zh: &str, retired| Code {
        code: code.into(),
        label: Label::new(zh, zh),
        synonyms: vec![],
        parent: None,
        retired,
    };
    let list =
        |name: &str, codes| CodeList { name: name.into(), label: Label::default(), standard: "local".into(), codes };
    let sex = list("t/sex", vec![code("1", "男", false), code("2", "女", false), code("8", "旧码", true)]);
    let tag = list("t/tag", vec![code("low", "低保", false), code("alone", "独居", false)]);
    let identity = "identity".to_owned();
    let mut fields = vec![
        Field { required: true, ..field("name", FieldKind::PersonName) },
        Field { sensitivity: Sensitivity::Sensitive, ..field("identity", FieldKind::IdentityNumber) },
        Field { derive: Some(Derive::BirthDate(identity.clone())), ..field("birth", FieldKind::Date) },
        Field { derive: Some(Derive::Sex(identity)), ..field("sex", FieldKind::Code { list: "t/sex".into() }) },
        Field { off_by_default: true, ..field("secret", FieldKind::Text { max: 10 }) },
    ];
    let plain = [
        ("short", FieldKind::Text { max: 3 }),
        ("long", FieldKind::LongText),
        ("company", FieldKind::CreditCode),
        ("phone", FieldKind::Phone),
        ("place", FieldKind::Address),
        ("joined", FieldKind::Date),
        ("seen", FieldKind::Time),
        ("floor", FieldKind::Integer { min: Some(-5), max: Some(99) }),
        ("size", FieldKind::Decimal { scale: 2, unit: None }),
        ("pay", FieldKind::Money),
        ("lift", FieldKind::Bool),
        ("tags", FieldKind::Codes { list: "t/tag".into() }),
        ("house", FieldKind::Ref { entity: "t/house".into() }),
    ];
    fields.extend(plain.map(|(name, kind)| field(name, kind)));
    let mut entity = Entity {
        name: "t/person".into(),
        label: Label::default(),
        about: Label::default(),
        title: "name".into(),
        area_kinds: vec![],
        groups: vec![],
        fields,
        relations: vec![],
        checks: vec![],
        view: View::default(),
        end_reasons: None,
        person: None,
    };
    let mut catalogue = Catalogue::default();
    for list in [sex, tag] {
        catalogue.code_lists.insert(list.name.clone(), list);
    }
    let must = parse_filter("joined >= birth", &Scope::of_entity(&entity, &catalogue)).unwrap();
    let message = Label::new("早于出生", "before birth");
    entity.checks.push(Check { must, field: Some("joined".into()), message });
    catalogue.entities.insert(entity.name.clone(), entity);
    catalogue
}

const TODAY: Date = Date::constant(2026, 1, 1);
const IDENTITY: &str = "11010519491231002X";

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn values<const N: usize>(pairs: [(&str, Value); N]) -> Values {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn told(errors: &[FieldError]) -> Vec<String> {
    errors.iter().map(|error| format!("{}:{}", error.field, error.code)).collect()
}

/// A person with `pairs` is refused for exactly `expected`.
#[track_caller]
fn refused<const N: usize>(pairs: [(&str, Value); N], expected: &[&str]) {
    let mut given = values([("name", Value::text("张三"))]);
    given.extend(values(pairs));
    assert_eq!(told(&validate_record(&catalogue(), "t/person", &given, TODAY).1), expected);
}

#[test]
fn a_record_is_brought_into_normal_form_and_derived_fields_are_filled() {
    let given = values([
        ("name", Value::text(" 张 三 ")),
        ("identity", Value::text("11010519491231002x")),
        ("phone", Value::text("138-1234-5678")),
        ("short", Value::text("  ")),
        ("long", Value::Null),
        ("tags", Value::Codes(vec!["low".into(), "alone".into(), "low".into()])),
    ]);
    let (normal, errors) = validate_record(&catalogue(), "t/person", &given, TODAY);
    assert_eq!(told(&errors), Vec::<String>::new());
    let expected = values([
        ("name", Value::text("张三")),
        ("identity", Value::text(IDENTITY)),
        ("birth", day("1949-12-31")),
        ("sex", Value::text("2")),
        ("phone", Value::text("13812345678")),
        ("tags", Value::Codes(vec!["alone".into(), "low".into()])),
    ]);
    assert_eq!(normal, expected);
}

#[test]
fn each_kind_refuses_what_it_cannot_hold() {
    refused([("identity", Value::text("110105194912310021"))], &["identity:identity.checksum"]);
    refused([("short", Value::text("四个汉字"))], &["short:text.too_long"]);
    refused([("sex", Value::text("3"))], &["sex:code.unknown"]);
    refused([("sex", Value::text("8"))], &["sex:code.retired"]);
    refused([("tags", Value::Codes(vec!["rich".into()]))], &["tags:code.unknown"]);
    refused([("floor", Value::Int(100))], &["floor:number.range"]);
    refused([("joined", day("0900-01-01"))], &["joined:date.range"]);
    refused([("lift", Value::text("是"))], &["lift:field.type"]);
    refused([("house", Value::Int(1))], &["house:field.type"]);
    refused([("secret", Value::text("x"))], &["secret:field.off"]);
    refused([("nmae", Value::text("x"))], &["nmae:field.unknown"]);
}

#[test]
fn all_errors_are_told_at_once_and_a_refused_value_is_not_called_missing() {
    let given = values([("name", Value::Int(1)), ("floor", Value::Int(-6)), ("sex", Value::text("x"))]);
    let (_, errors) = validate_record(&catalogue(), "t/person", &given, TODAY);
    assert_eq!(told(&errors), ["name:field.type", "sex:code.unknown", "floor:number.range"]);
    let (_, errors) = validate_record(&catalogue(), "t/person", &Values::new(), TODAY);
    assert_eq!(told(&errors), ["name:field.required"]);
    let (_, errors) = validate_record(&catalogue(), "t/nobody", &Values::new(), TODAY);
    assert_eq!(told(&errors), [":entity.unknown"]);
}

#[test]
fn a_typed_value_that_contradicts_the_identity_number_is_refused() {
    let identity = || Value::text(IDENTITY);
    refused([("identity", identity()), ("birth", day("1950-12-31"))], &["birth:derive.contradiction"]);
    refused([("identity", identity()), ("sex", Value::text("1"))], &["sex:derive.contradiction"]);
    refused([("identity", identity()), ("birth", day("1949-12-31")), ("sex", Value::text("2"))], &[]);
    refused([("birth", day("1950-12-31"))], &[]);
}

#[test]
fn a_number_of_somebody_not_born_yet_is_refused_once() {
    let first = "11010520260102001";
    let number = format!("{first}{}", check::identity_checksum(first).unwrap());
    refused([("identity", Value::text(number))], &["identity:identity.future"]);
}

#[test]
fn checks_use_derived_values_and_unknown_passes() {
    refused([("identity", Value::text(IDENTITY)), ("joined", day("1940-01-01"))], &["joined:check.broken"]);
    refused([("joined", day("1940-01-01"))], &[]);
}

/// An edit of a person whose identity number is held but not at hand.
fn edit<const N: usize>(changes: [(&str, Value); N]) -> (Values, Vec<String>) {
    let current = values([
        ("name", Value::text("张三")),
        ("birth", day("1949-12-31")),
        ("sex", Value::text("8")),
        ("joined", day("1970-01-01")),
    ]);
    let held = |name: &str| name == "identity" || !current.get(name).unwrap_or(&Value::Null).is_null();
    let (changed, errors) = validate_edit(&catalogue(), "t/person", &current, &held, &values(changes), TODAY);
    (changed, told(&errors))
}

#[test]
fn an_edit_returns_only_what_changes() {
    assert_eq!(edit([("name", Value::text("张三")), ("sex", Value::text("8"))]), (Values::new(), vec![]));
    let expected = values([("short", Value::text("三字")), ("joined", Value::Null)]);
    assert_eq!(edit([("short", Value::text(" 三字 ")), ("joined", Value::Null)]), (expected, vec![]));
    assert_eq!(edit([("identity", Value::Null)]), (values([("identity", Value::Null)]), vec![]));
}

#[test]
fn an_edit_is_checked_with_what_stays() {
    assert_eq!(edit([("name", Value::Null)]).1, ["name:field.required"]);
    assert_eq!(edit([("joined", day("1940-01-01"))]).1, ["joined:check.broken"]);
    assert_eq!(edit([("birth", day("1950-01-01"))]).1, ["birth:derive.typed"]);
}

#[test]
fn a_corrected_identity_number_takes_its_derived_fields_along() {
    let first = "11010519800101001";
    let number = format!("{first}{}", check::identity_checksum(first).unwrap());
    let (changed, errors) = edit([("identity", Value::text(number.clone())), ("joined", Value::Null)]);
    assert_eq!(errors, Vec::<String>::new());
    let expected = values([
        ("identity", Value::text(number)),
        ("birth", day("1980-01-01")),
        ("sex", Value::text("1")),
        ("joined", Value::Null),
    ]);
    assert_eq!(changed, expected);
}

fn parse<const N: usize>(pairs: [(&str, &str); N]) -> ParsedTexts {
    let texts: BTreeMap<String, String> = pairs.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    parse_texts(&catalogue(), "t/person", &texts)
}

#[test]
fn dirty_texts_become_values() {
    let parsed = parse([
        ("name", "张 三(户主)"),
        ("sex", "女性"),
        ("joined", "1980年5月"),
        ("floor", "5层"),
        ("size", "89.5㎡"),
        ("pay", "1,234.5元"),
        ("lift", "有"),
        ("tags", "独居、低保,独居"),
        ("seen", "2024-05-01T08:00:00+08:00"),
        ("place", " 幸福路 1 号 "),
    ]);
    assert_eq!(told(&parsed.errors), Vec::<String>::new());
    let seen = "2024-05-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let expected = values([
        ("name", Value::text("张三")),
        ("sex", Value::text("2")),
        ("joined", day("1980-05-01")),
        ("floor", Value::Int(5)),
        ("size", Value::Int(8950)),
        ("pay", Value::Int(123_450)),
        ("lift", Value::Bool(true)),
        ("tags", Value::Codes(vec!["alone".into(), "low".into()])),
        ("seen", Value::Time(crate::Timestamp(seen.as_microsecond()))),
        ("place", Value::text("幸福路 1 号")),
    ]);
    assert_eq!(parsed.values, expected);
}

#[test]
fn blanks_are_unknown_and_wu_is_unknown_where_it_is_no_answer() {
    let parsed =
        parse([("sex", "/"), ("joined", "不详"), ("phone", "无"), ("tags", "无"), ("name", " "), ("lift", "无")]);
    assert_eq!(told(&parsed.errors), Vec::<String>::new());
    assert_eq!(parsed.values, values([("lift", Value::Bool(false))]));
    assert_eq!(parse([("place", "无")]).values, values([("place", Value::text("无"))]));
}

#[test]
fn unreadable_texts_are_errors_beside_what_could_be_read() {
    let parsed =
        parse([("name", "张三"), ("joined", "去年"), ("house", "3栋501"), ("tags", "低保、飞行"), ("nmae", "x")]);
    let fields: BTreeSet<&str> = parsed.errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["joined", "house", "tags", "nmae"].into());
    assert_eq!(parsed.values, values([("name", Value::text("张三"))]));
}

/// A value of any kind.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        ".{0,12}".prop_map(Value::Text),
        "[0-9]{17}[0-9X]".prop_map(Value::Text),
        (-9999_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Value::Date(Date::constant(y, m, d))),
        any::<i64>().prop_map(|moment| Value::Time(crate::Timestamp(moment))),
        prop::collection::vec("[a-z]{0,4}", 0..3).prop_map(Value::Codes),
        Just(Value::Ref(RecordId(uuid::Uuid::nil()))),
    ]
}

proptest! {
    #[test]
    fn the_normal_form_of_an_accepted_record_is_accepted_unchanged(
        given in prop::collection::btree_map(
            prop::sample::select(vec!["name", "identity", "birth", "sex", "short", "long", "phone", "joined", "floor", "tags", "lift"]),
            any_value(), 0..8,
        )
    ) {
        let catalogue = catalogue();
        let given: Values = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let (normal, errors) = validate_record(&catalogue, "t/person", &given, TODAY);
        if errors.is_empty() {
            let again = validate_record(&catalogue, "t/person", &normal, TODAY);
            prop_assert_eq!(again, (normal, vec![]));
        }
    }

    #[test]
    fn texts_never_panic_and_what_is_read_has_its_fields_type(text in ".{0,20}") {
        let catalogue = catalogue();
        let entity = &catalogue.entities["t/person"];
        let reader = TextReader::new(&catalogue, entity);
        for field in &entity.fields {
            if let Ok((value, _)) = reader.read_field(field, &text) {
                let wrong_type = matches!(normal_value(&catalogue, field, &value), Err(error) if error.code == "field.type");
                prop_assert!(!wrong_type, "{:?} for {}", value, field.name);
            }
        }
    }
}
