//! Tables and charts.

use jiff::civil::date;

use crate::document::{Block, ChartKind};

use super::{facts, known, parse, render, report, told};
use crate::report::{Reading, Slice};

#[test]
fn a_table_by_area_has_a_dash_where_nothing_is_known_and_the_whole_last() {
    let said = told("{{table areas \"party/coverage\" caption=\"各社区\"}}", &facts());
    let expected =
        "[名称 | 党组织覆盖率（%）]\n兆麟社区 | 92.5\n地段社区 | 40.0\n安静社区 | —\n经纬社区 | 61.0\n道里区 | 63.9";
    assert_eq!(said, expected);
}

#[test]
fn a_table_of_figures_shows_base_change_and_target_where_there_are_any() {
    let body = "{{table figures \"party/coverage\" \"workforce/pay\" \"workforce/age\" caption=\"主要指标\"}}";
    let expected = "[指标 | 现状 | 基期 | 变化 | 目标]\n党组织覆盖率（%） | 63.9 | 51.2 | +12.7 | 80.0\n\
                    平均工资（元） | 3200 | 2000 | +1200 | —\n平均年龄（岁） | — | — | — | —";
    assert_eq!(told(body, &facts()), expected);
}

#[test]
fn a_chart_of_areas_goes_from_worst_to_best_and_keeps_its_gaps() {
    let body = "{{chart areas \"party/coverage\" caption=\"覆盖率\"}}";
    let (template, _) = parse(body, 1);
    let document = render(&report(body), &template, &facts());
    let Some(Block::Chart(chart)) = document.blocks.first() else { panic!("{document:?}") };
    assert_eq!(chart.categories, ["地段社区", "经纬社区", "兆麟社区", "安静社区"]);
    assert_eq!(chart.series[0].values, [Some(40.0), Some(61.0), Some(92.5), None]);
    assert_eq!((chart.kind, chart.target.clone()), (ChartKind::Bar, Some(("目标值".to_owned(), 80.0))));
}

#[test]
fn a_chart_without_a_value_is_a_sentence() {
    let said = told("{{chart figures \"workforce/age\" caption=\"年龄\"}}", &facts());
    assert_eq!(said, "“年龄”暂无可以绘图的数据（没有登记出生日期）。");
}

#[test]
fn distributions_base_and_months_are_drawn() {
    let mut facts = facts();
    let slices = [("大专", 6.0), ("本科", 3.0)].map(|(label, n)| Slice { label: label.to_owned(), n });
    facts.spreads.insert(("workforce/pay".to_owned(), "education".to_owned()), slices.to_vec());
    let months = vec![(date(2020, 5, 1), None), (date(2020, 6, 1), Some(3100.0))];
    facts.series.insert("workforce/pay".to_owned(), months);
    let body = "{{chart spread \"workforce/pay\" field=education caption=\"学历\"}}\n\
                {{chart base \"workforce/pay\" caption=\"工资\"}}\n\
                {{chart months \"workforce/pay\" n=2 caption=\"走势\"}}";
    assert_eq!(told(body, &facts), "<学历: 大专 本科>\n<工资: 平均工资>\n<走势: 2020-05 2020-06>");
}

#[test]
fn definitions_tell_value_computation_and_source_of_what_was_told() {
    let said = told("{{figure \"party/coverage\"}}；{{figure \"workforce/age\"}}。\n\n{{definitions}}", &facts());
    let table = said.split_once('\n').unwrap().1;
    let expected = "[指标 | 数值 | 计算 | 口径 | 来源]\n党组织覆盖率 | 63.9% | 23 ÷ 36 | 党组织覆盖率的定义 | 登记台账\n\
                    平均年龄 | 暂无数据 | 没有登记出生日期。 | 平均年龄的定义 | 登记台账";
    assert_eq!(table, expected);
}

#[test]
fn more_answers_than_questionnaires_give_no_rate() {
    let rate = |issued: f64| {
        let mut facts = facts();
        let reading = Reading { numerator: Some(40.0), denominator: Some(issued), ..known(4000.0 / issued) };
        facts.readings.insert("party/coverage".to_owned(), reading);
        told("{{responses \"party/coverage\" \"workforce/age\"}}", &facts)
    };
    let rows = |said: &str| said.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&rate(80.0)), ["党组织覆盖率 | 80 | 40 | 50.0", "平均年龄 | — | — | —"]);
    assert_eq!(rows(&rate(20.0)), ["党组织覆盖率 | 20 | 40 | —", "平均年龄 | — | — | —"]);
}

#[test]
fn two_days_are_compared_by_what_is_good() {
    let mut facts = facts();
    facts.against = Some(date(2019, 7, 31));
    facts.before.insert("party/coverage".to_owned(), known(60.0));
    facts.before.insert("workforce/pay".to_owned(), known(3200.0));
    facts.before.insert("workforce/load".to_owned(), known(480.0));
    let body = "{{changes better}}\n\n{{changes worse}}\n\n{{changes same}}\n\n{{changes unknown}}";
    let days = "2019年7月31日 | 2020年7月31日";
    let expected = format!(
        "[指标 | {days} | 变化]\n党组织覆盖率（%） | 60.0 | 63.9 | 上升3.9个百分点\n\
         [指标 | {days} | 变化]\n人均户数 | 480 | 512 | 上升32\n\
         [指标 | {days} | 变化]\n平均工资（元） | 3200 | 3200 | 持平\n\
         [指标 | {days} | 原因]\n平均年龄（岁） | — | — | 没有登记出生日期。"
    );
    assert_eq!(told(body, &facts), expected);
    assert_eq!(
        told("{{count changed worse}}项变差，覆盖率{{trend \"party/coverage\" since=against}}。", &facts),
        "1项变差，覆盖率上升3.9个百分点。"
    );
}
