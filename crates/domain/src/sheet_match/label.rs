//! Headings without their noise.

use crate::check::fold_width;

use super::{ColumnSeen, words};

/// A text of a heading or candidate, brought to a form that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// With what stands in brackets, the brackets gone: 面积平方米.
    pub full: String,
    /// Without it: 面积.
    pub core: String,
    /// Whom it is about, when that is not the person of the row.
    pub relation: Option<&'static str>,
}

/// A column's heading: its own words and those above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// The lowest heading.
    pub own: Words,
    /// Whom the column is about, by its own heading or one above.
    pub relation: Option<&'static str>,
    /// The heading with the relation from above before it: 户主姓名 for 姓名 below 户主.
    pub whole: String,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let plain = strip_noise(text);
        let (outside, inside) = split_brackets(&plain);
        let inside = if is_instruction(&inside) { String::new() } else { inside };
        let core = if outside.is_empty() { inside.clone() } else { outside.clone() };
        let relation = relation_of(&core).or_else(|| words::RELATIONS.iter().copied().find(|word| *word == inside));
        Self { full: outside + &inside, core, relation }
    }

    pub fn is_empty(&self) -> bool {
        self.core.is_empty()
    }

    /// The alternatives of 别名/曾用名; nothing when there is only one.
    pub fn alternatives(&self) -> Vec<&str> {
        let parts: Vec<&str> = self.core.split(['/', '、', '或']).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 { parts } else { Vec::new() }
    }
}

impl Heading {
    pub fn of(column: &ColumnSeen) -> Self {
        let own = Words::of(&column.label);
        let above = column
            .path
            .iter()
            .filter(|above| **above != column.label)
            .filter_map(|above| {
                let words = Words::of(above);
                words::RELATIONS.iter().copied().find(|relation| {
                    let rest = words.core.strip_prefix(relation);
                    rest.is_some_and(|rest| matches!(rest, "" | "信息" | "情况" | "基本信息" | "基本情况" | "资料"))
                })
            })
            .next_back();
        let relation = own.relation.or(above);
        let whole = match above {
            Some(above) if own.relation.is_none() => format!("{above}{}", own.core),
            _ => match own.relation {
                // 姓名（配偶） is 配偶姓名.
                Some(relation) if !own.core.starts_with(relation) => format!("{relation}{}", own.core),
                _ => own.core.clone(),
            },
        };
        Self { own, relation, whole }
    }
}

/// Widths folded; white space, marks of required fields, numbering and the colon at the end gone; lower case.
fn strip_noise(text: &str) -> String {
    let visible = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}');
    let folded: String = fold_width(text).chars().filter(|c| visible(*c)).flat_map(char::to_lowercase).collect();
    let starless = folded.trim_matches(['*', '※', '★', '☆', '●', '▲', '△', '√', '"', '“', '”', '\'']);
    let mut rest = starless;
    if let Some((number, after)) = rest.split_once(['.', '、', '．']) {
        let counts = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        if !after.is_empty() && !number.is_empty() && number.chars().count() <= 3 && number.chars().all(counts) {
            rest = after;
        }
    }
    let open = ['①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨', '⑩'];
    rest.trim_start_matches(open).trim_end_matches([':', '；', ';', '。', ',', '_', '-']).replace('的', "")
}

/// What stands outside and inside of brackets.
fn split_brackets(text: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0usize);
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' | '<' | '《' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '>' | '》' => depth = depth.saturating_sub(1),
            other if depth > 0 => inside.push(other),
            other => outside.push(other),
        }
    }
    (outside, inside)
}

/// 必填, 选填, 下拉选择, 格式: 1980-01-01 tell how to fill in, not what.
fn is_instruction(text: &str) -> bool {
    let words =
        ["必填", "选填", "可不填", "下拉", "格式", "如", "例", "示例", "请", "默认", "单选", "多选", "自动", "注"];
    words.iter().any(|word| text.starts_with(word)) || text.contains("必填") || text.chars().count() > 20
}

/// 户主姓名 is about the head of the household; 户主 alone is a heading of its own, and 子女数 counts.
fn relation_of(core: &str) -> Option<&'static str> {
    let found = words::RELATIONS.iter().copied().filter(|word| core.starts_with(word)).max_by_key(|word| word.len())?;
    let rest = &core[found.len()..];
    let counts = ["数", "人数", "个数", "关系", "情况", "总数", "与"];
    (!rest.is_empty() && !counts.iter().any(|word| rest.starts_with(word))).then_some(found)
}

/// Share of characters two headings have in common, in order: 0 to 1. Nothing in common when one says the opposite of
/// the other or carries another number.
pub(super) fn similarity(a: &str, b: &str) -> f64 {
    const LONGEST: usize = 40;
    let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if left.is_empty() || right.is_empty() || left.len() > LONGEST || right.len() > LONGEST {
        return 0.0;
    }
    let digits = |text: &[char]| text.iter().filter(|c| c.is_ascii_digit()).collect::<String>();
    let opposite = |(one, other): &(&str, &str)| {
        let only = |text: &str, has: &str, not: &str| text.contains(has) && !text.contains(not);
        (only(a, one, other) && only(b, other, one)) || (only(a, other, one) && only(b, one, other))
    };
    if digits(&left) != digits(&right) || words::OPPOSITES.iter().any(opposite) {
        return 0.0;
    }
    let (left_tail, right_tail) = (general_tail(a), general_tail(b));
    let (whole_a, whole_b) = (canonical(a), canonical(b));
    let whole = shared(&whole_a, &whole_b);
    // 迁出日期 and 出生日期 share their kind, not their meaning.
    match (left_tail, right_tail) {
        (Some((stem_a, kind_a)), Some((stem_b, kind_b))) if kind_a == kind_b => whole.midpoint(shared(stem_a, stem_b)),
        _ => whole,
    }
}

/// What comes before the general word at the end, and that word's usual form: 入住 and 日期 of 入住时间.
fn general_tail(text: &str) -> Option<(&str, &'static str)> {
    words::TAILS.iter().find_map(|(tail, usual)| text.strip_suffix(tail).map(|stem| (stem, *usual)))
}

fn canonical(text: &str) -> String {
    general_tail(text).map_or_else(|| text.to_owned(), |(stem, usual)| format!("{stem}{usual}"))
}

fn shared(a: &str, b: &str) -> f64 {
    let (left, right): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let all = u8::try_from(left.len() + right.len()).unwrap_or(u8::MAX);
    if all == 0 { 1.0 } else { 2.0 * f64::from(common_subsequence(&left, &right)) / f64::from(all) }
}

fn common_subsequence(a: &[char], b: &[char]) -> u8 {
    let mut row = vec![0u8; b.len() + 1];
    for left in a {
        let mut diagonal = 0;
        for (at, right) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if left == right { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}
