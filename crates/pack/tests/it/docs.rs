//! The examples of `docs/packs.md` are sound.

use linli_domain::Lang;
use linli_pack::{load, run_tests};

const DOCS: &str = include_str!("../../../../docs/packs.md");

/// The fenced block that begins with, or holds in its first lines, `mark`.
fn block(mark: &str) -> &'static str {
    let blocks = DOCS.split("```").skip(1).step_by(2);
    let body = |block: &'static str| block.split_once('\n').map_or("", |(_, body)| body);
    blocks.map(body).find(|block| block.contains(mark)).unwrap_or_else(|| panic!("no example holds {mark}"))
}

#[test]
fn the_examples_are_sound() {
    let mut files = crate::shipped::shipped();
    let resident = files.get("people/entities/resident.toml").unwrap().to_owned();
    let roles = files.get("people/roles.toml").unwrap().to_owned();
    let (field, relation) = (block("\"车牌\", \"车牌号码\""), block("id = \"vehicles\""));
    files.insert("people/entities/resident.toml", &format!("{resident}\n{field}\n{relation}"));
    files.insert("people/roles.toml", &format!("{roles}\n{}", block("on = \"vehicle\"")));
    files.insert("people/entities/vehicle.toml", block("about = { zh = \"社区内停放的车辆。"));
    files.insert("people/codes/vehicle_kind.csv", block("ebike,电动自行车"));
    files.insert("people/codes/vehicle_end_reason.csv", "# standard: local\ncode,zh,en\nsold,卖出,Sold\n");
    files.insert("people/flows/repair.toml", block("公共设施报修"));
    files.insert("people/schedules.toml", block("公共设施月检"));
    files.insert("people/indicators.toml", block("women_among_adults\"\nfigure"));
    files.insert("people/tests/figures.toml", block("样例记录就是被统计的行"));
    files.insert("service/items/winter_heating.toml", block("code = \"MZ-09\""));
    let manages =
        "[[grants]]\nrole = \"network/street\"\non = \"repair\"\nverbs = [\"read\", \"create\", \"manage\"]\n";
    let roles = files.get("people/roles.toml").unwrap().to_owned();
    files.insert("people/roles.toml", &format!("{roles}\n{manages}"));
    files.insert("people/tables/ebikes.toml", block("title_words = [\"电动车\""));
    files.insert("people/tests/vehicle.toml", block("texts = { plate ="));
    let (catalogue, mut found) = load(&files);
    found.extend(run_tests(&catalogue, &files));
    let said: Vec<String> = found.iter().map(|finding| finding.render(Lang::En)).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}
