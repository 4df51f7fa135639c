use proptest::prelude::*;

use super::*;

fn one(path: &str, text: &str) -> PackFiles {
    [(path, text)].into_iter().collect()
}

/// Merging the three texts of a file gives `expected`, with conflicts at `keys`.
fn check(path: &str, [base, shipped, city]: [&str; 3], expected: &str, keys: &[&str]) {
    let (merged, conflicts) = merge3(&one(path, base), &one(path, shipped), &one(path, city));
    assert_eq!(merged.get(path), Some(expected));
    assert_eq!(conflicts.iter().map(|conflict| conflict.key.as_str()).collect::<Vec<_>>(), keys);
}

const BASE: &str = r#"# 居民
title = "name"

[[fields]]
name = "name"
max = 10

[[fields]]
name = "phone"
required = false

[[fields]]
name = "old"
"#;

#[test]
fn what_one_side_changed_is_taken_and_comments_stay() {
    let shipped = BASE
        .replace("max = 10", "max = 20\nlabel = { zh = \"姓名\", en = \"Name\" }")
        .replace("[[fields]]\nname = \"old\"\n", "[[fields]]\nname = \"mail\" # new\n");
    let city = BASE.replace("required = false", "required = true # 本市必填") + "\n[[fields]]\nname = \"plate\"\n";
    let expected = r#"# 居民
title = "name"

[[fields]]
name = "name"
max = 20
label = { zh = "姓名", en = "Name" }

[[fields]]
name = "phone"
required = true # 本市必填

[[fields]]
name = "mail" # new

[[fields]]
name = "plate"
"#;
    check("p/entities/x.toml", [BASE, &shipped, &city], expected, &[]);
}

#[test]
fn where_both_changed_the_citys_stays_and_is_reported() {
    let shipped = BASE.replace("max = 10", "max = 20").replace("[[fields]]\nname = \"old\"\n", "");
    let city = BASE.replace("max = 10", "max = 30").replace("name = \"old\"", "name = \"old\"\nmax = 5");
    check("p/entities/x.toml", [BASE, &shipped, &city], &city, &["fields.old", "fields.name.max"]);
    let (_, conflicts) = merge3(&one("x.toml", BASE), &one("x.toml", &shipped), &one("x.toml", &city));
    let max = &conflicts[1];
    assert_eq!([&max.base, &max.shipped, &max.city].map(|text| text.as_deref()), [Some("10"), Some("20"), Some("30")]);
}

#[test]
fn arrays_of_texts_are_merged_as_sets_and_inline_tables_by_identity() {
    check(
        "p/roles.toml",
        [
            "words = [\"a\", \"b\"]\nallow = [{ on = \"x\", verbs = [\"read\"] }]\n",
            "words = [\"b\", \"c\"]\nallow = [{ on = \"x\", verbs = [\"read\", \"edit\"] }, { on = \"y\", verbs = [\"read\"] }]\n",
            "words = [\"a\", \"b\", \"d\"]\nallow = [{ on = \"x\", verbs = [\"read\", \"end\"] }]\n",
        ],
        "words = [ \"b\", \"d\", \"c\"]\nallow = [\n    { on = \"x\", verbs = [\"read\", \"end\", \"edit\"] },\n    { on = \"y\", verbs = [\"read\"] },\n]\n",
        &[],
    );
}

#[test]
fn codes_are_merged_row_by_row() {
    check(
        "p/codes/x.csv",
        [
            "# standard: local\ncode,zh,en\n1,一,One\n2,二,Two\n3,三,Three\n4,四,Four\n",
            "# standard: GB\ncode,zh,en,synonyms\n1,一,One,壹\n2,二,Second\n3,三,Three\n5,五,\"Five, V\"\n",
            "# standard: local\ncode,zh,en\n1,一,One\n2,贰,Two\n9,九,Nine\n3,三,Three\n4,四,Four\n",
        ],
        "# standard: GB\ncode,zh,en,synonyms\n1,一,One,壹\n2,贰,Two,\n9,九,Nine,\n3,三,Three,\n5,五,\"Five, V\",\n",
        &["2"],
    );
}

#[test]
fn files_taken_out_or_unreadable_are_kept_whole_when_both_changed() {
    let (merged, conflicts) = merge3(&one("a.toml", "x = 1"), &PackFiles::new(), &one("a.toml", "x = 2"));
    assert_eq!((merged.get("a.toml"), conflicts.len()), (Some("x = 2"), 1));
    let (merged, conflicts) = merge3(&one("a.toml", "x = 1"), &one("a.toml", "x = 2"), &PackFiles::new());
    assert_eq!((merged.get("a.toml"), conflicts.len()), (None, 1));
    let (merged, conflicts) = merge3(&one("a.toml", "x = 1"), &PackFiles::new(), &one("a.toml", "x = 1"));
    assert_eq!((merged.get("a.toml"), conflicts.len()), (None, 0));
    check("a.toml", ["x = 1", "x = 2", "x = ["], "x = [", &[""]);
}

/// A small TOML file out of numbers.
fn text(parts: &[(u8, u8)]) -> String {
    let mut seen = Vec::new();
    let mut text = String::from("title = \"x\"\n");
    for (id, value) in parts {
        if !seen.contains(id) {
            seen.push(*id);
            text.push_str(&format!("\n[[fields]]\nname = \"f{id}\"\nmax = {value}\n"));
        }
    }
    text
}

proptest! {
    #[test]
    fn an_unchanged_side_gives_the_other(
        a in prop::collection::vec((0_u8..6, 0_u8..3), 0..6), b in prop::collection::vec((0_u8..6, 0_u8..3), 0..6)
    ) {
        let (a, b) = (one("x.toml", &text(&a)), one("x.toml", &text(&b)));
        prop_assert_eq!(merge3(&a, &b, &a), (b.clone(), vec![]));
        prop_assert_eq!(merge3(&a, &a, &b), (b.clone(), vec![]));
        prop_assert_eq!(merge3(&a, &b, &b), (b, vec![]));
    }

    #[test]
    fn a_merge_holds_every_change_of_the_city(
        base in prop::collection::vec((0_u8..6, 0_u8..3), 0..6),
        shipped in prop::collection::vec((0_u8..6, 0_u8..3), 0..6),
        city in prop::collection::vec((0_u8..6, 0_u8..3), 0..6),
    ) {
        let (base, shipped, mine) = (text(&base), text(&shipped), text(&city));
        let (merged, _) = merge3(&one("x.toml", &base), &one("x.toml", &shipped), &one("x.toml", &mine));
        let merged = merged.get("x.toml").unwrap_or_default().to_owned();
        let fields = |text: &str| -> Vec<String> {
            text.split("\n[[fields]]\n").skip(1).map(|part| part.trim().to_owned()).collect()
        };
        let (before, after) = (fields(&base), fields(&merged));
        for field in fields(&mine) {
            prop_assert!(before.contains(&field) || after.contains(&field), "{} lost in {}", field, merged);
        }
    }
}
