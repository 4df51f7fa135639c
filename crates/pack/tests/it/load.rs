//! Packs with mistakes → all findings. Each file of `cases/` is one case: files after `=== path` lines, added to a small
//! sound tree. A case's snapshot holds what is said in both languages.

use std::{fs, path::Path};

use linli_domain::Lang;
use linli_pack::{PackFiles, load};

/// A tree without findings.
const SOUND: &str = include_str!("sound.txt");

fn files(texts: &[&str]) -> PackFiles {
    let mut tree = PackFiles::new();
    for text in texts {
        for part in text.split("=== ").skip(1) {
            let (path, body) = part.split_once('\n').unwrap_or((part, ""));
            if body.trim() == "(none)" {
                tree.remove(path.trim());
            } else {
                tree.insert(path.trim(), body);
            }
        }
    }
    tree
}

/// What loading `input` on top of the sound tree says must be the snapshot `expect`.
fn check(input: &str, expect: &str) {
    let (_, found) = load(&files(&[SOUND, input]));
    let said = found.iter().map(|finding| format!("{}\n{}\n", finding.render(Lang::Zh), finding.render(Lang::En)));
    insta::assert_snapshot!(expect, said.collect::<String>());
}

#[test]
fn the_sound_tree_has_no_findings() {
    assert_eq!(load(&files(&[SOUND])).1, []);
}

#[test]
fn every_mistake_is_found_and_says_what_to_write() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        check(&fs::read_to_string(&path).unwrap(), &name);
    }
}

#[test]
fn arbitrary_text_never_panics() {
    for text in ["", "\u{0}", "[[", "[[fields]]\nname", "=\n", "# standard:\n", "code\n\"", "a = \"\"\"", "fields = 3"]
    {
        for path in [
            "a/pack.toml",
            "a/levels.toml",
            "a/roles.toml",
            "a/entities/x.toml",
            "a/codes/x.csv",
            "a/tables/x.toml",
            "a/flows/x.toml",
            "a/tests/x.toml",
            "a/indicators.toml",
            "a/reports/x.md",
        ] {
            let tree: PackFiles = [("a/pack.toml", "id = \"a\""), (path, text)].into_iter().collect();
            let (catalogue, _) = load(&tree);
            linli_pack::run_tests(&catalogue, &tree);
        }
    }
}

/// What the tests of `town` say, when `body` is one of them.
fn run(body: &str) -> String {
    let tree = files(&[SOUND, &format!("=== town/tests/some.toml\n{body}")]);
    let (catalogue, found) = load(&tree);
    assert_eq!(found, []);
    let said = linli_pack::run_tests(&catalogue, &tree);
    said.iter().map(|finding| format!("{}\n", finding.render(Lang::En))).collect()
}

#[test]
fn a_packs_own_tests_pass_or_say_what_was_different() {
    insta::assert_snapshot!("own_tests", run(include_str!("own_tests.toml")));
}
