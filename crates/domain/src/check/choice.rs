//! Marks for yes and no, and values of code lists.

use std::collections::HashMap;

use super::{CheckError, clean::squeeze};

/// Reads yes or no: 是/否, 有/无, √/×, Y/N, 1/0 and their relatives.
pub fn yes_no(input: &str) -> Result<bool, CheckError> {
    let squeezed = squeeze(input).to_lowercase();
    match squeezed.as_str() {
        "" => Err(CheckError::empty("“是”或“否”", "yes or no")),
        "是" | "有" | "√" | "✓" | "✔" | "☑" | "对" | "y" | "yes" | "t" | "true" | "1" | "1.0" | "已" | "属于"
        | "已办" | "o" | "○" => Ok(true),
        "否" | "无" | "×" | "✗" | "✘" | "☐" | "□" | "不是" | "没有" | "非" | "n" | "no" | "f" | "false" | "0"
        | "0.0" | "未" | "x" | "不属于" | "未办" | "错" => Ok(false),
        _ => Err(CheckError::new("yes_no.format", "请填“是”或“否”", "write yes (是) or no (否)")),
    }
}

/// One entry of a code list, as far as matching needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChoiceOption {
    /// The code that is stored.
    pub code: String,
    /// Labels in all languages.
    pub labels: Vec<String>,
    /// Other ways to say it.
    pub synonyms: Vec<String>,
}

impl ChoiceOption {
    /// An option with one label and no synonyms.
    pub fn new(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code: code.into(), labels: vec![label.into()], synonyms: Vec::new() }
    }

    /// The same option with further ways to say it.
    pub fn or(mut self, synonyms: &[&str]) -> Self {
        self.synonyms.extend(synonyms.iter().map(|s| (*s).to_owned()));
        self
    }
}

/// How a text was recognised, surest first. From [`ChoiceBy::Prefix`] on it is a guess worth showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChoiceBy {
    /// The code itself.
    Code,
    /// A label.
    Label,
    /// A synonym of the list, or a common one (`M`, `男性`, `汉`, `大专`).
    Synonym,
    /// The beginning of exactly one label, or the other way round.
    Prefix,
    /// Part of exactly one label, or an abbreviation of its characters.
    Abbreviation,
}

/// The recognised entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Code of the entry.
    pub code: String,
    /// How it was recognised.
    pub by: ChoiceBy,
}

/// Ways to say the same that no list spells out. A text and a label in the same line are synonyms, if only one option of
/// the list has a label there.
const SAME: &[&[&str]] = &[
    &["男", "男性", "m", "male", "先生", "男士"],
    &["女", "女性", "f", "female", "女士"],
    &["大学专科教育", "大学专科", "大专", "专科", "专科教育", "高职", "大学专科和专科学校"],
    &["大学本科教育", "大学本科", "本科", "大学"],
    &["研究生教育", "研究生", "硕士", "博士", "硕士研究生", "博士研究生", "研究生及以上"],
    &["中等专科", "中专", "中等专业学校", "中等职业教育", "中职", "中等专科教育"],
    &["普通高级中学教育", "普通高级中学", "高中", "高级中学"],
    &["初级中学教育", "初级中学", "初中"],
    &["小学教育", "小学"],
    &["技工学校", "技校"],
    &["中国共产党党员", "中共党员", "党员", "共产党员"],
    &["中国共产党预备党员", "中共预备党员", "预备党员"],
    &["中国共产主义青年团团员", "共青团员", "团员"],
    &["群众", "普通公民", "无党派", "公民"],
    &["已婚", "结婚", "有配偶"],
    &["未婚", "单身", "无配偶"],
    &["丧偶", "丧"],
    &["离婚", "离异", "离"],
    &["户主", "本人", "本人或户主"],
    &["配偶", "夫妻", "妻子", "丈夫", "妻", "夫", "爱人"],
    &["子", "儿子"],
    &["女", "女儿"],
];

/// Endings people leave off or add: 汉 for 汉族, 城市的 for 城市.
const ENDINGS: [&str; 8] = ["族", "性", "的", "教育", "人员", "户口", "户", "类"];

/// A code list prepared for matching many texts.
#[derive(Debug, Clone, Default)]
pub struct ChoiceList {
    options: Vec<ChoiceOption>,
    exact: HashMap<String, (usize, ChoiceBy)>,
    /// Normalised labels, for the guesses.
    labels: Vec<(String, usize)>,
}

impl ChoiceList {
    /// Prepares a list. When two options claim one text, the earlier option and the surer way win.
    pub fn new(options: Vec<ChoiceOption>) -> Self {
        let mut list = Self { options, ..Self::default() };
        for by in [ChoiceBy::Code, ChoiceBy::Label, ChoiceBy::Synonym] {
            for (at, option) in list.options.iter().enumerate() {
                let texts: Vec<&String> = match by {
                    ChoiceBy::Code => vec![&option.code],
                    ChoiceBy::Label => option.labels.iter().collect(),
                    _ => option.synonyms.iter().collect(),
                };
                for text in texts {
                    let key = normal(text);
                    if by != ChoiceBy::Code {
                        list.labels.push((key.clone(), at));
                    }
                    list.exact.entry(key).or_insert((at, by));
                }
            }
        }
        list
    }

    /// The options, in their order.
    pub fn options(&self) -> &[ChoiceOption] {
        &self.options
    }

    /// Finds the entry a text means.
    pub fn find(&self, input: &str) -> Result<Choice, CheckError> {
        let text = normal(input);
        if text.is_empty() {
            return Err(CheckError::empty("选项之一", "one of the options"));
        }
        if let Some((at, by)) = self.exact.get(&text) {
            return Ok(self.choice(*at, *by));
        }
        if let Some(at) = self.by_number(&text) {
            return Ok(self.choice(at, ChoiceBy::Code));
        }
        let tiers: [(ChoiceBy, Vec<usize>); 5] = [
            (ChoiceBy::Synonym, self.common_synonym(&text)),
            (ChoiceBy::Synonym, self.with_ending(&text)),
            (ChoiceBy::Synonym, self.without_code(&text)),
            (ChoiceBy::Prefix, self.matching(|label| label.starts_with(&text) || long_start(&text, label))),
            (ChoiceBy::Abbreviation, self.matching(|label| abbreviates(&text, label))),
        ];
        for (by, found) in tiers {
            match found.as_slice() {
                [] => {}
                [only] => return Ok(self.choice(*only, by)),
                several => return Err(self.ambiguous(input, several)),
            }
        }
        Err(self.unknown(input))
    }

    fn choice(&self, at: usize, by: ChoiceBy) -> Choice {
        Choice { code: self.options.get(at).map(|option| option.code.clone()).unwrap_or_default(), by }
    }

    /// `1` or `1.0` for the code `01`.
    fn by_number(&self, text: &str) -> Option<usize> {
        let number: u64 = text.strip_suffix(".0").unwrap_or(text).parse().ok()?;
        let mut found = self.options.iter().enumerate().filter(|(_, option)| option.code.parse() == Ok(number));
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    }

    fn common_synonym(&self, text: &str) -> Vec<usize> {
        let lines = SAME.iter().filter(|line| line.contains(&text));
        let mut found: Vec<usize> = lines
            .flat_map(|line| self.labels.iter().filter(|(label, _)| line.contains(&label.as_str())).map(|(_, at)| *at))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn with_ending(&self, text: &str) -> Vec<usize> {
        self.matching(|label| {
            ENDINGS
                .iter()
                .any(|ending| label.strip_suffix(ending) == Some(text) || text.strip_suffix(ending) == Some(label))
        })
    }

    /// `01 汉族`, `1-男`, `1.男`: code and label together.
    fn without_code(&self, text: &str) -> Vec<usize> {
        let label = text
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric())
            .trim_start_matches(['-', '.', '、', ':', '_', ')']);
        if label.len() == text.len() || label.is_empty() {
            return Vec::new();
        }
        self.exact.get(label).map(|(at, _)| vec![*at]).unwrap_or_default()
    }

    fn matching(&self, test: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut found: Vec<usize> = self.labels.iter().filter(|(label, _)| test(label)).map(|(_, at)| *at).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn names(&self, of: impl Iterator<Item = usize>) -> String {
        let names: Vec<&str> = of
            .filter_map(|at| self.options.get(at))
            .filter_map(|o| o.labels.first())
            .map(String::as_str)
            .take(6)
            .collect();
        names.join("、")
    }

    fn ambiguous(&self, input: &str, several: &[usize]) -> CheckError {
        let names = self.names(several.iter().copied());
        let input = shortened(input);
        CheckError::new(
            "choice.ambiguous",
            format!("“{input}”可能是：{names}，请写全称"),
            format!("\"{input}\" may be {names}; write the full name"),
        )
    }

    fn unknown(&self, input: &str) -> CheckError {
        let text = normal(input);
        let mut near: Vec<(usize, usize)> =
            self.labels.iter().map(|(label, at)| (strsim::levenshtein(&text, label), *at)).collect();
        near.sort_unstable();
        near.dedup_by_key(|(_, at)| *at);
        let names = self.names(near.into_iter().map(|(_, at)| at));
        let input = shortened(input);
        CheckError::new(
            "choice.unknown",
            format!("选项中没有“{input}”，可填：{names}……"),
            format!("\"{input}\" is not in the list; write one of {names}…"),
        )
    }
}

/// Finds the entry of `list` a text means, see [`ChoiceList::find`].
pub fn choice(input: &str, list: &ChoiceList) -> Result<Choice, CheckError> {
    list.find(input)
}

fn normal(text: &str) -> String {
    squeeze(text).to_lowercase()
}

fn shortened(input: &str) -> String {
    input.trim().chars().filter(|c| !c.is_control()).take(20).collect()
}

/// `汉族人` begins with the label 汉族; a label of one character proves nothing.
fn long_start(text: &str, label: &str) -> bool {
    label.chars().count() >= 2 && text.starts_with(label)
}

/// At least two characters, in the label's order, the first one leading: 大专 for 大学专科; or a part of the label.
fn abbreviates(text: &str, label: &str) -> bool {
    if text.chars().count() < 2 {
        return false;
    }
    if label.contains(text) {
        return true;
    }
    let mut rest = label.chars();
    text.chars().next() == label.chars().next() && text.chars().all(|c| rest.any(|other| other == c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(options: &[(&str, &str)]) -> ChoiceList {
        ChoiceList::new(options.iter().map(|(code, label)| ChoiceOption::new(*code, *label)).collect())
    }

    fn find(list: &ChoiceList, input: &str) -> String {
        list.find(input).map_or_else(|error| error.code().to_owned(), |choice| choice.code)
    }

    #[test]
    fn yes_and_no_have_many_marks() {
        for yes in ["是", "√", " 有 ", "Y", "1", "Ｙ", "TRUE", "☑"] {
            assert!(yes_no(yes).unwrap(), "{yes}");
        }
        for no in ["否", "×", "无", "N", "0", "x"] {
            assert!(!yes_no(no).unwrap(), "{no}");
        }
        assert_eq!(yes_no("可能").unwrap_err().code(), "yes_no.format");
        assert_eq!(yes_no(" ").unwrap_err().code(), "empty");
    }

    #[test]
    fn sex_is_found_by_code_label_and_habit() {
        let sex = list(&[("0", "未知的性别"), ("1", "男性"), ("2", "女性"), ("9", "未说明的性别")]);
        for (input, code) in [
            ("男", "1"),
            ("男性", "1"),
            ("M", "1"),
            ("女", "2"),
            ("2", "2"),
            ("１", "1"),
            ("1.0", "1"),
            ("1-男性", "1"),
        ] {
            assert_eq!(find(&sex, input), code, "{input}");
        }
    }

    #[test]
    fn ethnicities_are_found_without_their_ending() {
        let ethnicity = list(&[("01", "汉族"), ("02", "蒙古族"), ("03", "回族"), ("15", "土家族"), ("30", "土族")]);
        for (input, code) in [
            ("汉", "01"),
            ("汉族", "01"),
            ("1", "01"),
            ("01", "01"),
            ("蒙", "02"),
            ("土", "30"),
            ("土家", "15"),
            ("01 汉族", "01"),
        ] {
            assert_eq!(find(&ethnicity, input), code, "{input}");
        }
    }

    #[test]
    fn education_is_found_by_its_everyday_words() {
        let education = list(&[
            ("10", "研究生教育"),
            ("20", "大学本科"),
            ("30", "大学专科"),
            ("40", "中等专科"),
            ("60", "普通高级中学"),
            ("70", "初级中学"),
            ("80", "小学"),
        ]);
        for (input, code) in [
            ("大专", "30"),
            ("专科", "30"),
            ("本科", "20"),
            ("高中", "60"),
            ("初中", "70"),
            ("硕士", "10"),
            ("中专", "40"),
            ("大学本科毕业", "20"),
        ] {
            assert_eq!(find(&education, input), code, "{input}");
        }
    }

    #[test]
    fn marriage_prefers_the_general_code() {
        let marriage =
            list(&[("10", "未婚"), ("20", "已婚"), ("21", "初婚"), ("22", "再婚"), ("30", "丧偶"), ("40", "离婚")]);
        for (input, code) in [("已婚", "20"), ("离异", "40"), ("未婚", "10"), ("丧", "30")] {
            assert_eq!(find(&marriage, input), code, "{input}");
        }
    }

    #[test]
    fn a_guess_is_marked_and_a_tie_is_refused() {
        let kinds = list(&[("1", "街道干部"), ("2", "街道工人"), ("3", "社区工作者")]);
        assert_eq!(kinds.find("社区").unwrap().by, ChoiceBy::Prefix);
        assert_eq!(find(&kinds, "街道"), "choice.ambiguous");
        assert_eq!(find(&kinds, "居民"), "choice.unknown");
    }

    #[test]
    fn the_lists_own_synonyms_come_before_common_ones() {
        let options = vec![ChoiceOption::new("a", "甲").or(&["M"]), ChoiceOption::new("b", "男")];
        assert_eq!(find(&ChoiceList::new(options), "m"), "a");
    }

    proptest! {
        #[test]
        fn every_code_and_label_finds_itself(code in "[A-Z][0-9]{1,3}", label in "[\u{4E00}-\u{4E20}]{2,5}", other in "\\PC{0,12}") {
            let list = list(&[(&code, &label), ("zz", "其他")]);
            prop_assert_eq!(find(&list, &code), code.clone());
            prop_assert_eq!(find(&list, &label), code);
            let _ = list.find(&other);
            let _ = yes_no(&other);
        }
    }
}
