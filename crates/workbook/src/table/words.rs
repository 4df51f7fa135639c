//! The words by which office tables can be told apart, and the cleaning of labels.

/// Units that a header states.
const UNITS: &[&str] = &[
    "元",
    "万元",
    "亿元",
    "千元",
    "人",
    "万人",
    "千人",
    "户",
    "万户",
    "人次",
    "个",
    "件",
    "家",
    "次",
    "台",
    "辆",
    "处",
    "名",
    "栋",
    "幢",
    "套",
    "间",
    "张",
    "份",
    "场",
    "期",
    "项",
    "起",
    "宗",
    "例",
    "对",
    "条",
    "块",
    "座",
    "部",
    "只",
    "头",
    "岁",
    "年",
    "月",
    "日",
    "天",
    "周",
    "小时",
    "时",
    "分",
    "分钟",
    "㎡",
    "m²",
    "m2",
    "平方米",
    "平米",
    "万平方米",
    "万㎡",
    "平方公里",
    "km²",
    "km2",
    "公顷",
    "亩",
    "万亩",
    "米",
    "m",
    "cm",
    "厘米",
    "公里",
    "km",
    "千米",
    "吨",
    "kg",
    "公斤",
    "千克",
    "斤",
    "%",
    "％",
    "‰",
    "度",
    "千瓦时",
    "立方米",
    "m³",
    "m3",
    "升",
    "元/㎡",
    "层",
    "支",
    "组",
    "所",
    "盏",
    "瓶",
    "箱",
    "盒",
    "单元",
    "床",
    "张床",
];

/// Words that headers are made of.
const HEADERS: &[&str] = &[
    "序号",
    "编号",
    "姓名",
    "性别",
    "民族",
    "年龄",
    "出生",
    "身份证",
    "证件",
    "电话",
    "手机",
    "联系",
    "住址",
    "地址",
    "户籍",
    "户主",
    "关系",
    "社区",
    "街道",
    "网格",
    "小区",
    "楼",
    "单元",
    "门牌",
    "房号",
    "室",
    "学历",
    "文化",
    "职业",
    "单位",
    "职务",
    "职称",
    "政治面貌",
    "婚姻",
    "备注",
    "日期",
    "时间",
    "数量",
    "面积",
    "户数",
    "人数",
    "金额",
    "合计",
    "类别",
    "类型",
    "名称",
    "项目",
    "指标",
    "内容",
    "情况",
    "状态",
    "是否",
    "低保",
    "残疾",
    "党员",
    "代码",
    "比例",
    "男",
    "女",
    "区县",
    "收入",
    "标准",
    "原因",
];

/// Headers of columns that only a list of persons or things has.
const LIST_ONLY: &[&str] =
    &["姓名", "身份证", "证件", "电话", "手机", "户主", "住址", "地址", "门牌", "房号", "性别", "联系方式"];

const TOTALS: &[&str] = &["合计", "小计", "总计", "共计", "累计", "总和", "合 计"];

const FOOTERS: &[&str] = &[
    "填表",
    "填报",
    "制表",
    "负责人",
    "单位负责人",
    "主要负责人",
    "审核",
    "复核",
    "审批",
    "审定",
    "批准",
    "经办",
    "联系人",
    "联系电话",
    "电话",
    "日期",
    "注",
    "备注",
    "说明",
    "单位",
    "盖章",
    "签字",
    "签章",
    "报送",
    "统计人",
    "统计负责人",
    "报出日期",
    "领导",
    "分管领导",
    "上报",
    "录入",
];

/// A label without line breaks and without the spaces that spread Chinese words out (`姓  名`).
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '\u{3000}' || c == '\u{feff}' || c == '\u{200b}' {
            gap = true;
            continue;
        }
        if gap && c.is_ascii_alphanumeric() && out.ends_with(|l: char| l.is_ascii_alphanumeric()) {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    out
}

fn is_unit(text: &str) -> bool {
    !text.is_empty() && text.split(['/', '／', '、']).all(|part| UNITS.contains(&part))
}

/// Divides `面积（㎡）` into the label and its unit; brackets with anything else in them stay in the label.
pub(super) fn split_unit(label: &str) -> (String, Option<String>) {
    let pairs = [('（', '）'), ('(', ')'), ('[', ']'), ('【', '】'), ('（', ')'), ('(', '）')];
    for (open, close) in pairs {
        if let Some(inner) = label.strip_suffix(close)
            && let Some(at) = inner.rfind(open)
        {
            let content = &inner[at + open.len_utf8()..];
            let content = content.strip_prefix("单位：").or_else(|| content.strip_prefix("单位:")).unwrap_or(content);
            if is_unit(content) {
                return (inner[..at].to_owned(), Some(content.to_owned()));
            }
        }
    }
    match label.rsplit_once(['/', '／', '，', ',']) {
        Some((name, unit)) if !name.is_empty() && is_unit(unit) => (name.to_owned(), Some(unit.to_owned())),
        _ => (label.to_owned(), None),
    }
}

/// The unit that a line such as `单位：万元` states for the whole table.
pub(super) fn table_unit(text: &str) -> Option<String> {
    let text = clean(text);
    for (at, word) in text.match_indices("单位") {
        let rest = text[at + word.len()..].trim_start_matches(['：', ':']);
        let end = rest.find(['）', ')', '，', ',', '；', ';']).unwrap_or(rest.len());
        let stated = rest.len() < text[at + word.len()..].len();
        if stated && is_unit(&rest[..end]) {
            return Some(rest[..end].to_owned());
        }
    }
    None
}

/// Whether a stub says that its row adds others up.
pub(super) fn is_total(text: &str) -> bool {
    let text = clean(text);
    let core = text.trim_end_matches(['：', ':']);
    core.chars().count() <= 12
        && TOTALS.iter().any(|t| core.starts_with(t) || core.ends_with(t))
        && !core.contains(['人', '表'])
        || TOTALS.contains(&core)
}

/// Whether a text begins what follows a table: 填表人：, 注：1. …
pub(super) fn is_footer(text: &str) -> bool {
    let text = clean(text);
    let opened = text.trim_start_matches(['（', '(', '*', '※', '★']);
    let Some(word) = FOOTERS.iter().find(|w| opened.starts_with(**w)) else { return false };
    let rest = &opened[word.len()..];
    let near: String = rest.chars().take(10).collect();
    if near.contains(['：', ':']) {
        return true;
    }
    matches!(*word, "注" | "备注" | "说明")
        && rest.starts_with(|c: char| c.is_ascii_digit() || "、，.．一（(".contains(c))
        || opened.starts_with("填表说明")
        || opened.starts_with("填报说明")
}

/// Whether a line gives facts about the table, as `填报单位：道里区`, rather than naming columns.
pub(super) fn is_fact(text: &str) -> bool {
    let text = clean(text);
    text.contains(['：', ':']) && !text.starts_with(['（', '(']) || table_unit(&text).is_some()
}

/// Whether a line is only the table's number: 附件1, 附表二, 表3.
pub(super) fn is_number_of_table(text: &str) -> bool {
    let text = clean(text);
    let rest = ["附件", "附表", "附", "表号", "表"].iter().find_map(|w| text.strip_prefix(w));
    rest.is_some_and(|r| {
        r.trim_matches(['：', ':', '-', '—', '.'])
            .chars()
            .all(|c| c.is_ascii_digit() || "一二三四五六七八九十-－—".contains(c))
    })
}

/// How many of the usual header words there are in some labels.
pub(super) fn header_words<'a>(labels: impl Iterator<Item = &'a str>) -> usize {
    labels.filter(|l| HEADERS.iter().any(|h| l.contains(h))).count()
}

/// Whether a label belongs to a list of persons or things.
pub(super) fn is_list_only(label: &str) -> bool {
    LIST_ONLY.iter().any(|w| label.contains(w))
}

/// Whether a label heads the running number of rows.
pub(super) fn is_sequence(label: &str) -> bool {
    matches!(
        label,
        "序号" | "序" | "编号" | "号" | "No" | "No." | "NO" | "NO." | "#" | "行号" | "行次" | "次序" | "排序"
    )
}

/// Whether a column may hold text beside figures.
pub(super) fn is_remark(label: &str) -> bool {
    ["备注", "说明", "附注"].iter().any(|w| label.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_out_of_labels_and_other_brackets_are_not() {
        for (label, name, unit) in [
            ("面积（㎡）", "面积", Some("㎡")),
            ("收入(元)", "收入", Some("元")),
            ("房租(元/月)", "房租", Some("元/月")),
            ("金额（单位：万元）", "金额", Some("万元")),
            ("姓名（签字）", "姓名（签字）", None),
            ("身高/cm", "身高", Some("cm")),
            ("男/女", "男/女", None),
        ] {
            assert_eq!(split_unit(label), (name.to_owned(), unit.map(str::to_owned)), "{label}");
        }
        assert_eq!(table_unit("填报单位：道里区   单位：万元").as_deref(), Some("万元"));
        assert_eq!(table_unit("填报单位：安平街道"), None);
    }

    #[test]
    fn totals_footers_and_facts_are_told_by_their_words() {
        for total in ["合计", "合  计", "道里区小计", "总计：", "本页合计"] {
            assert!(is_total(total), "{total}");
        }
        for footer in [
            "填表人：张三",
            "注：1.本表一式两份",
            "审核人:",
            "备注：无",
            "说明：按季度",
            "联系电话：84600000",
            "单位（盖章）：",
        ] {
            assert!(is_footer(footer), "{footer}");
        }
        for data in ["张三", "备注", "单位", "注册会计师", "日期", "合计人"] {
            assert!(!is_footer(data) && !is_total(data), "{data}");
        }
        assert!(is_fact("填报单位：道里区"));
        assert!(is_number_of_table("附件1：") && is_number_of_table("附表二"));
        assert!(!is_number_of_table("附近商户"));
    }

    #[test]
    fn labels_are_cleaned_of_their_spacing() {
        assert_eq!(clean("姓　 名"), "姓名");
        assert_eq!(clean("联系\n电话"), "联系电话");
        assert_eq!(clean(" Full  name "), "Full name");
    }
}
