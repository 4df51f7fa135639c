//! Whole reports: findings call for advice, empty chapters close up.

use super::{facts, told};

const BODY: &str = r#"# 问题
## 党建
{{#finding coverage when behind "party/coverage"}}
覆盖率{{figure "party/coverage"}}，低于目标。
{{/finding}}
## 队伍
{{#finding age when above "workforce/age" 40}}
年龄偏大。
{{/finding}}
# 建议
## 抓覆盖
{{#advice coverage}}
逐户摸清“空白点”。
{{/advice}}
## 抓年龄
{{#advice age}}
招录年轻人。
{{/advice}}
# 附录 {-}
共{{count findings}}个问题。
"#;

#[test]
fn advice_is_given_only_where_a_finding_calls_for_it_and_empty_chapters_close_up() {
    let expected =
        "# 问题\n## 党建\n覆盖率63.9%，低于目标。\n# 建议\n## 抓覆盖\n逐户摸清“空白点”。\n# 附录\n共1个问题。";
    assert_eq!(told(BODY, &facts()), expected);
}

#[test]
fn where_nothing_is_wrong_there_is_neither_problem_nor_advice() {
    let mut facts = facts();
    facts.readings.get_mut("party/coverage").unwrap().value = Some(85.0);
    assert_eq!(told(BODY, &facts), "# 附录\n共0个问题。");
}

#[test]
fn tags_alone_on_their_lines_do_not_part_a_paragraph() {
    let body = "甲。\n{{#if against}}\n乙。\n{{/if}}\n丙。\n\n丁。";
    assert_eq!(told(body, &facts()), "甲。丙。\n丁。");
}

#[test]
fn the_title_and_its_line_are_filled_in() {
    let (template, _) = super::parse("", 1);
    let document = super::render(&super::report(""), &template, &facts());
    assert_eq!(document.title, "道里区报告");
    assert_eq!(document.subtitle.as_deref(), Some("（道里区　截至2020年7月31日）"));
}
