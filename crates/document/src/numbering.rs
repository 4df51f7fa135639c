//! Numbers of headings, tables and figures, as Chinese official documents count: 一、 （一） 1. （1）.

use linli_domain::{Lang, document::Heading};

const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A number from 1 to 99 in Chinese characters; beyond that in digits, as nobody counts chapters so.
pub(crate) fn chinese(number: usize) -> String {
    let (tens, ones) = (number / 10, number % 10);
    let digit = |n: usize| DIGITS.get(n).copied().unwrap_or_default();
    match (tens, ones) {
        (10.., _) => number.to_string(),
        (0, _) => digit(ones).to_owned(),
        (1, 0) => "十".to_owned(),
        (1, _) => format!("十{}", digit(ones)),
        (_, 0) => format!("{}十", digit(tens)),
        _ => format!("{}十{}", digit(tens), digit(ones)),
    }
}

/// Counts headings, tables and figures through a document.
#[derive(Debug, Default)]
pub(crate) struct Numbering {
    headings: [usize; 4],
    tables: usize,
    figures: usize,
}

impl Numbering {
    /// The number that stands before a heading, with its mark; empty for one that is not counted.
    pub(crate) fn heading(&mut self, heading: &Heading, lang: Lang) -> String {
        let level = usize::from(heading.level.clamp(1, 4)) - 1;
        if !heading.numbered {
            return String::new();
        }
        self.headings[level] += 1;
        self.headings[level + 1..].fill(0);
        let number = self.headings[level];
        match (lang, level) {
            (Lang::Zh, 0) => format!("{}、", chinese(number)),
            (Lang::Zh, 1) => format!("（{}）", chinese(number)),
            (Lang::Zh, 2) => format!("{number}."),
            (Lang::Zh, _) => format!("（{number}）"),
            (Lang::En, _) => {
                let parts: Vec<String> = self.headings[..=level].iter().map(usize::to_string).collect();
                format!("{} ", parts.join("."))
            }
        }
    }

    /// The next table's number.
    pub(crate) fn table(&mut self) -> usize {
        self.tables += 1;
        self.tables
    }

    /// The next figure's number.
    pub(crate) fn figure(&mut self) -> usize {
        self.figures += 1;
        self.figures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_counted_in_chinese_characters() {
        let written: Vec<String> = [1, 9, 10, 11, 19, 20, 21, 99, 100].into_iter().map(chinese).collect();
        assert_eq!(written, ["一", "九", "十", "十一", "十九", "二十", "二十一", "九十九", "100"]);
    }

    #[test]
    fn a_chapter_begins_its_sections_anew_and_an_appendix_is_not_counted() {
        let heading = |level, numbered| Heading { level, text: String::new(), numbered, anchor: String::new() };
        let mut numbering = Numbering::default();
        let levels = [1, 2, 2, 3, 4, 1, 2];
        let seen: Vec<String> =
            levels.into_iter().map(|level| numbering.heading(&heading(level, true), Lang::Zh)).collect();
        assert_eq!(seen, ["一、", "（一）", "（二）", "1.", "（1）", "二、", "（一）"]);
        assert_eq!(numbering.heading(&heading(1, false), Lang::Zh), "");
        assert_eq!(numbering.heading(&heading(3, true), Lang::En), "2.1.1 ");
    }
}
