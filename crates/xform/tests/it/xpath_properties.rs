//! What holds for every expression.

use linli_xform::xpath::{Names, Nowhere, World, compile, parse, shuffled};
use proptest::prelude::*;

use crate::support::{NOW, at};

/// Expressions that are grammatical, made from parts.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(".".to_owned()),
        Just("..".to_owned()),
        Just("/data/age".to_owned()),
        Just("../income".to_owned()),
        Just("/data/member/name".to_owned()),
        Just("//n".to_owned()),
        Just("/data/人口/户数".to_owned()),
        Just("@id".to_owned()),
        Just("ancestor-or-self::*".to_owned()),
        Just("today()".to_owned()),
        (0u32..1000).prop_map(|n| n.to_string()),
        (0u32..1000).prop_map(|n| format!("{}.{}", n / 10, n % 10)),
        "[a-z王 \"]{0,4}".prop_map(|text| format!("'{text}'")),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        const OPERATORS: &[&str] = &["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"];
        prop_oneof![
            (inner.clone(), proptest::sample::select(OPERATORS), inner.clone())
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            inner.clone().prop_map(|a| format!("not({a})")),
            inner.clone().prop_map(|a| format!("/data/member[{a}]/age")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("concat({a}, {b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("if({a}, {b}, {c})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused_but_never_panics(text in "\\PC{0,60}") {
        let _ = compile(&text, &mut Names::default());
    }

    #[test]
    fn pieces_of_expressions_never_panic(parts in proptest::collection::vec(proptest::sample::select(
        &["(", ")", "[", "]", "/", "//", ".", "..", "@", "*", "and", "or", "div", "::", "child::", "name", "'x'", "1", "-",
          "=", "<", ",", "if(", "position(", "instance('a')", "current()", "|", "node()", "text(", "jr:itext(", " ", "$", "年"][..]
    ), 0..14)) {
        let text: String = parts.concat();
        let _ = compile(&text, &mut Names::default());
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same(text in expression()) {
        let first = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        let printed = first.to_string();
        let second = parse(&printed).map_err(|e| TestCaseError::fail(format!("{text} → {printed}: {e}")))?;
        prop_assert_eq!(&first, &second, "{} → {}", text, printed);
    }

    #[test]
    fn an_evaluation_gives_the_same_twice_and_as_printed(text in expression()) {
        let world = World::new(NOW, 9);
        let value = |text: &str| at("/data/member[2]/name", text, &Nowhere, &world);
        let once = value(&text);
        prop_assert_eq!(&once, &value(&text));
        let printed = parse(&text).map_err(|e| TestCaseError::fail(e.to_string()))?.to_string();
        prop_assert_eq!(&once, &value(&printed), "{} → {}", text, printed);
    }

    #[test]
    fn a_shuffle_loses_nothing_and_follows_its_seed(count in 0usize..50, seed in any::<i64>()) {
        let items: Vec<usize> = (0..count).collect();
        let mixed = shuffled(&items, seed);
        prop_assert_eq!(&mixed, &shuffled(&items, seed));
        let mut sorted = mixed;
        sorted.sort_unstable();
        prop_assert_eq!(sorted, items);
    }
}

/// The orders that JavaRosa, Enketo and Web Forms agree on (ODK XForms, `randomize`).
#[test]
fn a_seed_gives_the_order_that_all_clients_give() {
    let letters: Vec<char> = "ABCDEF".chars().collect();
    let order = |seed| shuffled(&letters, seed).into_iter().collect::<String>();
    assert_eq!(order(42), "AFCBDE");
}

/// Found by the fuzz target `xpath`.
#[test]
fn a_bare_root_as_an_operand_is_printed_in_parentheses() {
    for text in ["(/)*w", "(/) or a", "-(/) * 2", "(/) | b"] {
        let first = parse(text).unwrap();
        let printed = first.to_string();
        assert_eq!(parse(&printed).map_err(|error| error.to_string()), Ok(first), "{text} → {printed}");
    }
}
