//! Indicators over hand-made rows. The right answers are computed in the comments of `figures.toml`, not by the program.

use linli_domain::Lang;
use linli_pack::{PackFiles, load, run_tests};

const SOUND: &str = include_str!("sound.txt");
const PACK: &str = include_str!("figures.txt");

fn tree(tests: &str) -> PackFiles {
    let mut tree = PackFiles::new();
    for part in [SOUND, PACK].iter().flat_map(|text| text.split("=== ").skip(1)) {
        let (path, body) = part.split_once('\n').unwrap();
        tree.insert(path.trim(), body);
    }
    // It names a figure that these packs do not have.
    tree.remove("town/reports/women.md");
    tree.insert("town/tests/figures.toml", tests);
    tree
}

fn said(tests: &str) -> Vec<String> {
    let tree = tree(tests);
    let (catalogue, found) = load(&tree);
    assert_eq!(found, []);
    run_tests(&catalogue, &tree).iter().map(|finding| finding.render(Lang::En)).collect()
}

#[test]
fn every_kind_of_measure_gives_what_was_computed_on_paper() {
    assert_eq!(said(include_str!("figures.toml")), Vec::<String>::new());
}

#[test]
fn a_wrong_expectation_is_told_with_the_parts_of_the_figure() {
    let tests = include_str!("figures.toml").replace("value = 33.3", "value = 33.4");
    let said = said(&tests);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("should be 33.4 but is 33.3 (1 / 3)"), "{said:?}");
}
