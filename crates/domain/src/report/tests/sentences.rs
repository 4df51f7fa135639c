//! Sentences stay true and whole whatever is known.

use super::{facts, told};

#[test]
fn a_figure_is_written_with_its_unit_and_its_parts() {
    let body = r#"覆盖率{{figure "party/coverage"}}（{{figure "party/coverage" of=numerator}}/{{figure "party/coverage" of=denominator}}），距{{figure "party/coverage" of=target}}的目标差{{figure "party/coverage" of=gap}}，比基期{{trend "party/coverage"}}，工资{{figure "workforce/pay"}}。"#;
    let expected = "覆盖率63.9%（23/36），距80.0%的目标差16.1个百分点，比基期上升12.7个百分点，工资3200元。";
    assert_eq!(told(body, &facts()), expected);
}

#[test]
fn a_sentence_with_a_missing_figure_says_what_is_known_and_why_the_rest_is_not() {
    let body = r#"队伍稳定。平均年龄达{{figure "workforce/age"}}，工资{{figure "workforce/pay"}}；覆盖率{{figure "party/coverage"}}。"#;
    let expected = "队伍稳定。平均年龄暂无数据（没有登记出生日期），平均工资为3200元；覆盖率63.9%。";
    assert_eq!(told(body, &facts()), expected);
}

#[test]
fn what_is_missing_is_never_written_as_nought() {
    for part in ["value", "numerator", "denominator", "target", "gap", "base", "change", "before", "moved"] {
        let said = told(&format!("{{{{figure \"workforce/age\" of={part}}}}}。"), &facts());
        assert_eq!(said, "平均年龄暂无数据（没有登记出生日期）。", "{part}");
    }
}

#[test]
fn a_known_figure_without_a_base_says_that_the_base_is_missing() {
    assert_eq!(told("比基期{{trend \"workforce/load\"}}。", &facts()), "人均户数的基期数暂无数据。");
}

#[test]
fn a_sentence_about_no_areas_is_left_out_and_the_paragraph_still_ends() {
    let mut facts = facts();
    facts.by.clear();
    assert_eq!(told("覆盖率不高；较低的是{{lowest \"party/coverage\" 3}}。", &facts), "覆盖率不高。");
    assert_eq!(told("较低的是{{lowest \"party/coverage\" 3}}。", &facts), "");
}

#[test]
fn the_lowest_are_named_in_order_and_those_without_data_never() {
    let said = told("{{lowest \"party/coverage\" 3}}偏低。", &facts());
    assert_eq!(said, "地段社区（40.0%）、经纬社区（61.0%）、兆麟社区（92.5%）偏低。");
    assert_eq!(told("{{behind \"party/coverage\" bare}}未达标。", &facts()), "地段社区、经纬社区未达标。");
    assert_eq!(told("{{count behind \"party/coverage\"}}个未达标。", &facts()), "2个未达标。");
    let each = r#"{{#each highest "party/coverage" 2 sep="，"}}{{name}}达{{figure "party/coverage"}}{{/each}}。"#;
    assert_eq!(told(each, &facts()), "兆麟社区达92.5%，经纬社区达61.0%。");
}

#[test]
fn a_condition_on_an_unknown_figure_is_neither_true_nor_false() {
    let body =
        r#"{{#if above "workforce/age" 40}}偏大{{else if not above "workforce/age" 40}}不大{{else}}不清楚{{/if}}"#;
    assert_eq!(told(body, &facts()), "不清楚");
}

#[test]
fn conditions_combine() {
    let holds =
        |condition: &str| told(&format!("{{{{#if {condition}}}}}是{{{{else}}}}否{{{{/if}}}}"), &facts()) == "是";
    let cases = [
        (r#"behind "party/coverage""#, true),
        (r#"reached "party/coverage" 60"#, true),
        (r#"below "party/coverage" 60 or rose "workforce/pay""#, true),
        (r#"behind "party/coverage" and fell "workforce/pay""#, false),
        (r#"not (known "workforce/age" or against)"#, true),
        // Fewer households a worker is good: 512 has not reached 400.
        (r#"behind "workforce/load" 400"#, true),
        (r#"above "workforce/load" figure "workforce/pay""#, false),
        (r#"some below "party/coverage" 50"#, true),
        (r#"some below "party/coverage" 30"#, false),
        (r#"better "party/coverage""#, true),
        (r#"known "workforce/age" and below "workforce/age" 3"#, false),
    ];
    for (condition, expected) in cases {
        assert_eq!(holds(condition), expected, "{condition}");
    }
}

#[test]
fn a_footnote_stands_in_the_sentence_without_a_word() {
    let body =
        "覆盖率{{figure \"party/coverage\"}}{{#note}}分母{{figure \"party/coverage\" of=denominator}}个{{/note}}。";
    assert_eq!(told(body, &facts()), "覆盖率63.9%。");
}

#[test]
fn names_are_words_whatever_they_hold() {
    let mut facts = facts();
    "# **甲**；{{x}}。".clone_into(&mut facts.place.name);
    assert_eq!(
        told("在{{place}}，工资{{figure \"workforce/age\"}}。完。", &facts),
        "平均年龄暂无数据（没有登记出生日期）。完。"
    );
    assert_eq!(told("在{{place}}。", &facts), "在# **甲**；{{x}}。。");
}
