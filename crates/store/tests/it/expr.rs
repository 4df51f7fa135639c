//! A typed expression means the same in SQL as in memory.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{
    RecordId, Timestamp, Value, Verb,
    expr::{ArithmeticOp, CompareOp, Expr, Literal, TextTest, Type, TypedExpr, holds},
    record::ListQuery,
};
use linli_store::{StoreError, WriteError};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::support::{RESIDENT, edit, on_both, on_residents};

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn name(field: &str) -> Expr {
    Expr::Field(field.to_owned())
}

fn numbers() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        3 => (-30_i64..30).prop_map(|number| Expr::Literal(Literal::Int(number))),
        1 => Just(Expr::Literal(Literal::Int(i64::MAX))),
        3 => Just(name("floor")),
        2 => Just(name("pension")),
        1 => Just(name("area_m")),
        1 => Just(Expr::Age(boxed(name("birth_date")))),
        1 => Just(Expr::Length(boxed(name("note")))),
        1 => Just(Expr::Count(boxed(name("tags")))),
        1 => dates().prop_map(|date| Expr::DaysBetween { later: boxed(Expr::Today), earlier: boxed(date) }),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let op = prop_oneof![
            Just(ArithmeticOp::Add),
            Just(ArithmeticOp::Subtract),
            Just(ArithmeticOp::Multiply),
            Just(ArithmeticOp::Divide)
        ];
        prop_oneof![
            (op, inner.clone(), inner.clone()).prop_map(|(op, left, right)| Expr::Arithmetic {
                op,
                left: boxed(left),
                right: boxed(right)
            }),
            inner.clone().prop_map(|value| Expr::Negate(boxed(value))),
            (inner, 1_u8..4).prop_map(|(value, places)| Expr::Scale { value: boxed(value), places }),
        ]
    })
}

fn dates() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(Expr::Today),
        Just(name("birth_date")),
        Just(Expr::DateOf(boxed(name("seen")))),
        Just(Expr::Literal(Literal::Date("1980-02-29".parse().unwrap()))),
    ];
    leaf.prop_recursive(1, 2, 1, |inner| {
        (inner, -800_i64..800).prop_map(|(date, days)| Expr::AddDays {
            date: boxed(date),
            days: boxed(Expr::Literal(Literal::Int(days))),
        })
    })
}

fn texts() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(name("note")),
        Just(name("sex")),
        "[aB甲𠮷%_]{0,2}".prop_map(|text| Expr::Literal(Literal::Text(text))),
    ];
    leaf.prop_recursive(1, 2, 2, |inner| {
        (inner.clone(), inner).prop_map(|(left, right)| Expr::Concat(boxed(left), boxed(right)))
    })
}

fn compare(pair: impl Strategy<Value = (Expr, Expr)>) -> impl Strategy<Value = Expr> {
    let op = prop::sample::select(vec![
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessOrEqual,
        CompareOp::Greater,
        CompareOp::GreaterOrEqual,
    ]);
    (op, pair).prop_map(|(op, (left, right))| Expr::Compare { op, left: boxed(left), right: boxed(right) })
}

fn truths() -> impl Strategy<Value = Expr> {
    let test = prop::sample::select(vec![TextTest::StartsWith, TextTest::EndsWith, TextTest::Contains]);
    let leaf = prop_oneof![
        4 => compare((numbers(), numbers())),
        2 => compare((dates(), dates())),
        2 => compare((texts(), texts())),
        1 => Just(name("alone")),
        1 => any::<bool>().prop_map(|flag| Expr::Literal(Literal::Bool(flag))),
        2 => prop::sample::select(vec!["note", "floor", "tags", "phone", "household", "alone", "birth_date"])
            .prop_map(|field| Expr::IsNull(boxed(name(field)))),
        1 => Just(Expr::In {
            item: boxed(name("sex")),
            list: vec![Literal::Text("1".into()), Literal::Text("9".into())]
        }),
        1 => prop::collection::vec(-3_i64..3, 1..3).prop_map(|numbers| Expr::In {
            item: boxed(name("floor")),
            list: numbers.into_iter().map(Literal::Int).collect()
        }),
        1 => "2[01]".prop_map(|code| Expr::Holds {
            codes: boxed(name("tags")),
            code: boxed(Expr::Literal(Literal::Text(code)))
        }),
        2 => (test, texts(), texts())
            .prop_map(|(test, text, part)| Expr::Text { test, text: boxed(text), part: boxed(part) }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|truth| Expr::Not(boxed(truth))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Any),
            inner.clone().prop_map(|truth| Expr::IsNull(boxed(truth))),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Expr::Compare {
                op: CompareOp::Equal,
                left: boxed(left),
                right: boxed(right)
            }),
            (inner.clone(), inner.clone(), inner).prop_map(|(condition, then, otherwise)| Expr::If {
                condition: boxed(condition),
                then: boxed(then),
                otherwise: boxed(otherwise)
            }),
        ]
    })
}

fn values() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let maybe = |value: BoxedStrategy<Value>| prop_oneof![1 => Just(Value::Null), 2 => value].boxed();
    let number = prop_oneof![8 => -20_i64..20, 1 => Just(i64::MAX), 1 => Just(i64::MIN + 1)];
    let code = |text: &'static str| text.prop_map(Value::Text).boxed();
    let day = (1900_i16..2030, 1_i8..13, 1_i8..29)
        .prop_map(|(year, month, day)| Value::Date(jiff::civil::Date::new(year, month, day).unwrap()));
    let moment = (-2_000_000_000_000_000_i64..2_000_000_000_000_000).prop_map(|at| Value::Time(Timestamp(at)));
    let tags = prop::collection::btree_set("2[0-3]", 1..3)
        .prop_map(|codes: BTreeSet<String>| Value::Codes(codes.into_iter().collect()));
    (
        maybe((-5_i64..5).prop_map(Value::Int).boxed()),
        maybe(number.prop_map(Value::Int).boxed()),
        maybe((-500_i64..500).prop_map(Value::Int).boxed()),
        maybe(any::<bool>().prop_map(Value::Bool).boxed()),
        maybe(code("[12]")),
        maybe(code("[aB甲𠮷%_]{1,3}")),
        maybe(tags.boxed()),
        maybe(day.boxed()),
        maybe(moment.boxed()),
        maybe(code("1[0-9]{10}")),
    )
        .prop_map(|(floor, pension, area, alone, sex, note, tags, birth, seen, phone)| {
            vec![
                ("floor", floor),
                ("pension", pension),
                ("area_m", area),
                ("alone", alone),
                ("sex", sex),
                ("note", note),
                ("tags", tags),
                ("birth_date", birth),
                ("seen", seen),
                ("phone", phone),
            ]
        })
}

#[test]
fn the_sql_of_an_expression_keeps_the_rows_the_evaluator_keeps() {
    on_both(|world| {
        let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..Default::default() });
        let mut rows: BTreeMap<RecordId, BTreeMap<String, Value>> = BTreeMap::new();
        let mut records = Vec::new();
        for _ in 0..150 {
            let drawn = values().new_tree(&mut runner).unwrap().current();
            let mut record = world.resident("23/01/001", "张三");
            record.values = drawn.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            rows.insert(record.id, record.values.clone());
            records.push(record);
        }
        let create = on_residents(Verb::Create, &[]);
        world.store.write_blocking::<_, WriteError>(move |tx| tx.insert_many(&create, &records, &edit())).unwrap();
        let today = world.clock.peek().china_date();
        for _ in 0..300 {
            let expr = truths().new_tree(&mut runner).unwrap().current();
            let typed = TypedExpr { source: format!("{expr:?}"), ty: Type::Bool, expr };
            let expected: BTreeSet<RecordId> = rows
                .iter()
                .filter(|(_, values)| {
                    let field = |name: &str| values.get(name).cloned().unwrap_or_default();
                    holds(&typed, &field, today) == Some(true)
                })
                .map(|(id, _)| *id)
                .collect();
            let (read, ask) = (on_residents(Verb::Read, &[]), typed.clone());
            let found = world.store.read_blocking::<_, StoreError>(move |tx| {
                let query = ListQuery { filter: Some(ask), ..ListQuery::of(RESIDENT) };
                let mut found = BTreeSet::new();
                tx.scan(&read, &query, &mut |record| {
                    found.insert(record.id);
                    Ok(())
                })?;
                Ok(found)
            });
            let found = found.unwrap_or_else(|error| panic!("{}: {error}\n{:#?}", world.name, typed.expr));
            if found != expected {
                let odd = found.symmetric_difference(&expected).next().unwrap();
                panic!("{}: {:#?}\n{:#?}\nSQL keeps it: {}", world.name, typed.expr, rows[odd], found.contains(odd));
            }
        }
    });
}

#[test]
fn a_sensitive_field_can_only_be_asked_whether_it_is_known() {
    on_both(|world| {
        let read = on_residents(Verb::Read, &[]);
        let expr = Expr::Compare {
            op: CompareOp::Equal,
            left: boxed(name("phone")),
            right: boxed(Expr::Literal(Literal::Text("1".into()))),
        };
        let typed = TypedExpr { source: "phone == \"1\"".into(), ty: Type::Bool, expr };
        let query = ListQuery { filter: Some(typed), ..ListQuery::of(RESIDENT) };
        let refused = world.store.read_blocking(move |tx| tx.count(&read, &query));
        assert!(matches!(refused, Err(StoreError::Query(_))));
    });
}
