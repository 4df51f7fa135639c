use proptest::prelude::*;

use super::*;

fn scope() -> Scope {
    Scope::new()
        .with("name", Type::Text)
        .with("alive", Type::Bool)
        .with("birth_date", Type::Date)
        .with("area", Type::Decimal(2))
        .with("pay", Type::Decimal(2))
        .with("members", Type::Int)
        .with("seen_at", Type::Timestamp)
        .with("household", Type::Ref)
        .with("household.kind", Type::Code)
        .with_codes("sex", Type::Code, &["0", "1", "2", "9"])
        .with_codes("tags", Type::Codes, &["21", "22"])
}

fn ok(source: &str) -> TypedExpr {
    parse(source, &scope()).unwrap_or_else(|errors| panic!("{source}: {errors:?}"))
}

fn codes(source: &str) -> Vec<String> {
    let found = parse_filter(source, &scope()).err().unwrap_or_default();
    found.iter().map(|error| format!("{}:{} {}", error.line, error.column, error.code)).collect()
}

#[test]
fn what_packs_write_is_typed() {
    for (source, ty) in [
        ("alive && sex == \"2\"", Type::Bool),
        ("sex in [\"1\", \"2\"] || !has(birth_date)", Type::Bool),
        ("age(birth_date) >= 60", Type::Bool),
        ("age(birth_date)", Type::Int),
        ("\"21\" in tags", Type::Bool),
        ("household.kind == \"10\" && has(household)", Type::Bool),
        ("has(household.kind)", Type::Bool),
        ("name.startsWith(\"张\") && size(name) == 2", Type::Bool),
        ("pay * 12 / members", Type::Decimal(6)),
        ("area + 0.5", Type::Decimal(2)),
        ("members / 2", Type::Int),
        ("today - birth_date > 365", Type::Bool),
        ("birth_date + days(30)", Type::Date),
        ("date(seen_at) < date(\"2024-01-01\")", Type::Bool),
        ("birth_date == null ? name : name + \"（老）\"", Type::Text),
        ("alive ? 1 : 2.5", Type::Decimal(1)),
        ("pay in [2100, 1.5]", Type::Bool),
        ("name.size() > 1", Type::Bool),
        ("-members < 0", Type::Bool),
        ("alive\n  && // 注释（随便写）\n  members > 0", Type::Bool),
    ] {
        assert_eq!(ok(source).ty, ty, "{source}");
    }
}

#[test]
fn numbers_are_brought_to_one_scale() {
    let Expr::Compare { right, .. } = ok("pay >= 12.5").expr else { panic!("not a comparison") };
    assert_eq!(*right, Expr::Literal(Literal::Int(1250)));
    let Expr::Compare { left, .. } = ok("members > 2.5").expr else { panic!("not a comparison") };
    assert_eq!(*left, Expr::Scale { value: Box::new(Expr::Field("members".into())), places: 1 });
}

#[test]
fn a_chain_of_ands_is_one_node() {
    let Expr::All(parts) = ok("alive && (alive && sex == \"1\") && has(name)").expr else {
        panic!("not a conjunction")
    };
    assert_eq!(parts.len(), 4);
}

#[test]
fn comparing_with_null_asks_whether_it_is_known() {
    let null = |source: &str| ok(source).expr;
    assert_eq!(null("name == null"), Expr::IsNull(Box::new(Expr::Field("name".into()))));
    assert_eq!(null("null != name"), null("has(name)"));
}

#[test]
fn free_fields_are_listed_once() {
    let typed = ok("alive && (alive || household.kind == name) && age(birth_date) > 1");
    assert_eq!(typed.free_fields().into_iter().collect::<Vec<_>>(), ["alive", "birth_date", "household.kind", "name"]);
    assert!(typed.depends_on_today());
    assert!(!ok("alive").depends_on_today());
}

#[test]
fn each_mistake_has_its_place_and_code() {
    for (source, expected) in [
        ("", vec!["1:1 expr.empty"]),
        ("alive &&", vec!["1:9 expr.syntax"]),
        ("alive && nmae == \"\"", vec!["1:10 expr.unknown_field"]),
        ("name == \"张三\" &&\n  bad > 1", vec!["2:3 expr.unknown_field"]),
        ("name == \"张三\" && bad1 && bad2", vec!["1:17 expr.unknown_field", "1:25 expr.unknown_field"]),
        ("sex == \"3\"", vec!["1:8 expr.unknown_code"]),
        ("sex in [\"1\", \"3\"]", vec!["1:14 expr.unknown_code"]),
        ("\"99\" in tags", vec!["1:1 expr.unknown_code"]),
        ("sex > \"1\"", vec!["1:5 expr.type"]),
        ("members == \"1\"", vec!["1:9 expr.type"]),
        ("birth_date < \"2024-01-01\"", vec!["1:12 expr.type"]),
        ("members", vec!["1:1 expr.not_a_condition"]),
        ("alive && members", vec!["1:10 expr.type"]),
        ("date(\"2024-02-30\") == today", vec!["1:6 expr.bad_date"]),
        ("name.matches(\"a\")", vec!["1:13 expr.unknown_function"]),
        ("sex in []", vec!["1:5 expr.empty_list"]),
        ("sex in [null]", vec!["1:9 expr.type"]),
        ("tags.exists(t, t == \"21\")", vec!["1:12 expr.unsupported"]),
        ("name == “张三”", vec!["1:9 expr.character"]),
        ("姓名 == \"张三\"", vec!["1:1 expr.character"]),
        ("null == null", vec!["1:6 expr.type"]),
        ("members == 3u", vec!["1:12 expr.unsupported"]),
    ] {
        assert_eq!(codes(source), expected, "{source}");
    }
}

#[test]
fn messages_say_what_to_write() {
    let message = |source: &str| parse(source, &scope()).unwrap_err()[0].message(crate::lang::Lang::Zh);
    assert_eq!(message("nmae == \"a\""), "没有字段 nmae，是不是 name？");
    assert!(message("birth_date < \"2024-01-01\"").contains("date(\"2024-01-01\")"));
    assert!(message("name ＝= \"a\"").contains("请改为 ="));
}

#[test]
fn hostile_depth_and_length_are_refused() {
    for source in [
        format!("{}alive{}", "(".repeat(2000), ")".repeat(2000)),
        format!("{}1", "alive ? 1 : ".repeat(300)),
        format!("{}alive", "!(".repeat(1000)),
        vec!["1"; 1500].join("+") + " > 0",
        "alive && ".repeat(1000) + "alive",
        "[".repeat(4000),
        format!("{}name", "name.".repeat(800)),
        "-".repeat(4001) + "name",
    ] {
        assert!(parse(&source, &scope()).is_err());
    }
    assert!(parse(&("alive && ".repeat(300) + "alive"), &scope()).is_ok());
}

#[test]
fn a_typed_expression_survives_json() {
    let typed = ok("alive && sex in [\"1\"] && age(birth_date) > 1 && area * 2 < 3.5");
    let json = serde_json::to_string(&typed).unwrap();
    assert_eq!(serde_json::from_str::<TypedExpr>(&json).unwrap(), typed);
}

proptest! {
    #[test]
    fn no_text_panics(source in "\\PC{0,60}") {
        let _ = parse(&source, &scope());
    }

    #[test]
    fn no_text_of_tokens_panics(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "name", "alive", "sex", "tags", "members", "pay", "birth_date", "today", "(", ")", "[", "]", "&&", "||",
                "!", "==", "in", "+", "-", "/", "?", ":", ",", ".", "\"1\"", "'", "1", "2.5", "null", "has", "age",
                "size", "date", "startsWith", "true", "{", "}", "//", "%", "r\"", "map", "filter",
            ]),
            0..24,
        )
    ) {
        let _ = parse(&tokens.join(" "), &scope());
    }
}
