//! Whether every language has every column that another language has.

use super::finding::Finding;
use super::headers::Grouped;

/// Columns that can be translated: the name inside, the name that people know.
const SURVEY: [(&str, &str); 9] = [
    ("label", "label"),
    ("hint", "hint"),
    ("guidance_hint", "guidance_hint"),
    ("image", "image"),
    ("big-image", "big-image"),
    ("audio", "audio"),
    ("video", "video"),
    ("jr:constraintMsg", "constraint_message"),
    ("jr:requiredMsg", "required_message"),
];
const CHOICES: [(&str, &str); 5] =
    [("label", "label"), ("image", "image"), ("big-image", "big-image"), ("audio", "audio"), ("video", "video")];

/// The languages of one sheet with the columns each has, in order of appearance.
#[derive(Debug, Default)]
struct Seen<'a>(Vec<(&'a str, Vec<&'static str>)>);

impl<'a> Seen<'a> {
    fn of(sheet: &'a Grouped, translatable: &[(&'static str, &'static str)]) -> Self {
        let mut seen = Self::default();
        for column in sheet.columns.iter().flatten() {
            let path: Vec<&str> = column.path.iter().map(String::as_str).collect();
            let path = match path.as_slice() {
                ["media" | "bind", rest @ ..] if !rest.is_empty() => rest,
                path => path,
            };
            let Some((_, name)) = translatable.iter().find(|(key, _)| path.first() == Some(key)) else { continue };
            match path {
                [_] => seen.add("default", name),
                [_, language] => seen.add(language, name),
                _ => seen.add("", name),
            }
        }
        seen
    }

    fn add(&mut self, language: &'a str, column: &'static str) {
        match self.0.iter_mut().find(|(l, _)| *l == language) {
            Some((_, columns)) => columns.push(column),
            None => self.0.push((language, vec![column])),
        }
    }

    fn languages(&self) -> impl Iterator<Item = &(&'a str, Vec<&'static str>)> {
        self.0.iter().filter(|(language, _)| !language.is_empty())
    }

    fn default_only(&self) -> bool {
        self.languages().all(|(language, _)| *language == "default")
    }

    /// Languages with the columns they lack, both sorted.
    fn missing(&self) -> Vec<(&'a str, Vec<&'static str>)> {
        if self.default_only() {
            return Vec::new();
        }
        let mut all: Vec<&'static str> = self.0.iter().flat_map(|(_, columns)| columns.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let lacking = |(language, columns): &(&'a str, Vec<&'static str>)| {
            let lacking: Vec<_> = all.iter().copied().filter(|c| !columns.contains(c)).collect();
            (!lacking.is_empty()).then_some((*language, lacking))
        };
        let mut missing: Vec<_> = self.languages().filter_map(lacking).collect();
        missing.sort_unstable();
        missing
    }
}

/// Warns once of all missing translations. Returns whether any sheet is translated at all.
pub(super) fn check(survey: &Grouped, choices: Option<&Grouped>, findings: &mut Vec<Finding>) -> bool {
    let nothing = Grouped::default();
    let survey = Seen::of(survey, &SURVEY);
    let choices = Seen::of(choices.unwrap_or(&nothing), &CHOICES);
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    let sheets = [("survey", survey.missing()), ("choices", choices.missing())];
    for (sheet, missing) in &sheets {
        for (language, columns) in missing {
            let columns = columns.join(", ");
            zh.push(format!("{sheet} 表的语言“{language}”缺少列：{columns}。"));
            en.push(format!("Language '{language}' is missing the {sheet} columns {columns}."));
        }
    }
    if let Some((sheet, _)) = sheets.iter().find(|(_, missing)| !missing.is_empty()) {
        findings.push(Finding::warning("translation-missing", sheet, zh.join("\n"), en.join("\n")));
    }
    !survey.default_only() || !choices.default_only()
}
