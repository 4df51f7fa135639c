//! Words around a table that ask for who and when: `____社区`, `____年__月`, `填表单位：`, `填表日期：`. Only what is
//! unmistakable is filled.

use jiff::civil::Date;
use linli_domain::Area;

/// Who and when.
pub struct Occasion<'a> {
    /// The area and those above it, root first.
    pub ancestry: &'a [Area],
    /// Day.
    pub day: Date,
    /// Who fills it in.
    pub who: &'a str,
}

/// The text with its blanks filled; `None` when nothing was asked for.
pub fn filled(text: &str, occasion: &Occasion<'_>) -> Option<String> {
    let mut out = text.to_owned();
    for (word, kind) in
        [("社区", "community"), ("街道", "street"), ("区", "district"), ("市", "city"), ("网格", "grid")]
    {
        if let Some(area) = occasion.ancestry.iter().find(|area| area.kind == kind) {
            out = blank_before(&out, word, &area.name);
        }
    }
    out = day_filled(&out, occasion.day);
    out = labelled(&out, occasion);
    (out != text).then_some(out)
}

fn is_blank(c: char) -> bool {
    matches!(c, '_' | '＿' | '×' | '╳' | '〇' | '○' | '□')
}

/// `××社区` → `兆麟社区`: at least two marks before the word; the area's name brings the word.
fn blank_before(text: &str, word: &str, name: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let head = &rest[..at];
        let trimmed = head.trim_end_matches(|c: char| is_blank(c) || matches!(c, 'X' | 'x'));
        let marks = head[trimmed.len()..].chars().count();
        // `XX` may be letters of a word; they count only right at the start or after Chinese.
        let letters = trimmed.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        if marks >= 2 && !letters {
            out.push_str(trimmed);
            out.push_str(name);
            if !name.ends_with(word) {
                out.push_str(word);
            }
        } else {
            out.push_str(head);
            out.push_str(word);
        }
        rest = &rest[at + word.len()..];
    }
    out.push_str(rest);
    out
}

/// `____年__月__日` and `    年  月` → the day; only blanks may stand before 年, 月 and 日.
fn day_filled(text: &str, day: Date) -> String {
    let Some(year_at) = text.find('年') else { return text.to_owned() };
    let (head, tail) = (&text[..year_at], &text[year_at + '年'.len_utf8()..]);
    let before = head.trim_end_matches(|c: char| is_blank(c) || c.is_whitespace() || c == '/');
    let blanks = head[before.len()..].chars().count();
    let Some(month_at) = tail.find('月') else { return text.to_owned() };
    let month_blank = tail[..month_at].chars().all(|c| is_blank(c) || c.is_whitespace());
    if blanks < 2 && !(before.is_empty() && blanks == 0 && month_blank) || !month_blank {
        return text.to_owned();
    }
    let rest = &tail[month_at + '月'.len_utf8()..];
    let mut out = format!("{before}{}年{}月", day.year(), day.month());
    match rest.find('日') {
        Some(day_at) if rest[..day_at].chars().all(|c| is_blank(c) || c.is_whitespace()) => {
            out.push_str(&format!("{}日{}", day.day(), &rest[day_at + '日'.len_utf8()..]));
        }
        _ => out.push_str(rest),
    }
    out
}

/// Words after which the unit is asked for.
const UNITS: &[&str] =
    &["填表单位", "填报单位", "报送单位", "上报单位", "制表单位", "单位名称", "社区名称", "所属社区", "填报社区"];
/// Words after which the day is asked for.
const DAYS: &[&str] = &["填表日期", "填报日期", "报送日期", "上报日期", "制表日期", "填表时间", "填报时间", "统计日期"];
/// Words after which the person is asked for.
const PERSONS: &[&str] = &["填表人", "填报人", "制表人", "经办人"];

/// `填表单位：` at the end of a text, or before a run of blanks, gets its answer.
fn labelled(text: &str, occasion: &Occasion<'_>) -> String {
    let unit = occasion.ancestry.last().map(|area| area.name.clone()).unwrap_or_default();
    let day = occasion.day;
    let day = format!("{}年{}月{}日", day.year(), day.month(), day.day());
    let mut out = text.to_owned();
    for (words, answer) in [(UNITS, unit.as_str()), (DAYS, day.as_str()), (PERSONS, occasion.who)] {
        for word in words {
            out = after(&out, word, answer);
        }
    }
    out
}

fn after(text: &str, word: &str, answer: &str) -> String {
    let Some(at) = text.find(word).filter(|_| !answer.is_empty()) else { return text.to_owned() };
    let rest = &text[at + word.len()..];
    let open: String = rest
        .chars()
        .skip_while(|c| c.is_whitespace() || matches!(c, '(' | '（' | '盖' | '章' | '签' | '字' | ')' | '）'))
        .collect();
    let Some(asked) = open.strip_prefix([':', '：']) else { return text.to_owned() };
    let line = asked.trim_start_matches(|c: char| c == '_' || c == '＿' || c.is_whitespace());
    let blanks = asked.chars().count() - line.chars().count();
    // An answer that stands there already stays; another question may follow after a gap.
    if !line.is_empty() && (blanks < 2 || !line.contains([':', '：'])) {
        return text.to_owned();
    }
    let colon = text.len() - asked.len();
    let gap = if line.is_empty() { "" } else { "    " };
    format!("{}{answer}{gap}{line}", &text[..colon])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(kind: &str, name: &str) -> Area {
        Area {
            code: kind.into(),
            path: kind.parse().unwrap(),
            parent: None,
            kind: kind.into(),
            name: name.into(),
            initials: String::new(),
            home: String::new(),
            valid_from: None,
            valid_to: None,
            counted_households: None,
            counted_residents: None,
        }
    }

    #[test]
    fn blanks_are_filled_and_words_left_alone() {
        let ancestry = [area("district", "道里区"), area("street", "兆麟街道"), area("community", "霁虹社区")];
        let occasion = Occasion { ancestry: &ancestry, day: "2026-06-30".parse().unwrap(), who: "王芳" };
        for (text, expected) in [
            ("××社区老年人花名册", Some("霁虹社区老年人花名册")),
            ("XX街道XX社区低保户花名册", Some("兆麟街道霁虹社区低保户花名册")),
            ("______社区居民台账", Some("霁虹社区居民台账")),
            ("____年__月人口统计表", Some("2026年6月人口统计表")),
            ("填表日期：    年  月  日", Some("填表日期：2026年6月30日")),
            ("填表单位（盖章）：", Some("填表单位（盖章）：霁虹社区")),
            ("填表单位：______    填表人：____", Some("填表单位：霁虹社区    填表人：王芳")),
            ("填表单位：兆麟街道", None),
            ("2025年12月人口统计表", None),
            ("老年人花名册", None),
            ("X社区", None),
            ("本社区居民台账", None),
            ("备注", None),
        ] {
            assert_eq!(filled(text, &occasion).as_deref(), expected, "{text}");
        }
    }
}
