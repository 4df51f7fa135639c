//! The answers to a form as columns: question by question, one entry an answer.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex},
};

use linli_domain::{
    AreaPath, Lang, RecordId, Timestamp,
    survey::{Column, MISSING},
};
use linli_store::tables::SubmissionState;

use super::quality::{Quality, Span};
use crate::collect::{
    answers::shape::text_in,
    form::{ChoiceOf, Question},
};

/// Values beyond the choices of the form that are counted apart.
const DIFFERENT: usize = 500;
/// Letters of an open answer that are kept.
const LETTERS: usize = 1_000;

/// What a question asks for, as its statistics see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of several.
    One,
    /// Several of several.
    Many,
    /// One point of a scale.
    Scale,
    /// A number.
    Number,
    /// Words.
    Text,
    /// A file, a place, rows: only counted.
    Other,
    /// A sensitive value: only counted.
    Masked,
}

impl Kind {
    /// Name in answers of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Many => "many",
            Self::Scale => "scale",
            Self::Number => "number",
            Self::Text => "text",
            Self::Other => "other",
            Self::Masked => "masked",
        }
    }
}

/// A question with its answers.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The question; its choices are all that occurred.
    pub question: Question,
    /// What it asks for.
    pub kind: Kind,
    /// Its answers.
    pub column: Column,
    /// What each choice of a scale is worth.
    pub points: Vec<Option<f64>>,
    /// Number of each choice.
    codes: HashMap<String, u16>,
}

/// An answer without what was answered.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub id: RecordId,
    pub instance: String,
    /// Number of its area in [`Answers::places`].
    pub place: u32,
    pub received: Timestamp,
    pub state: SubmissionState,
    /// Where it came from; 0 when that is not known.
    pub channel: u64,
    /// The open link it came through.
    pub open_link: Option<RecordId>,
    /// Fingerprint of what was answered.
    pub print: u64,
    /// Seconds from start to end, where the form notes both.
    pub seconds: Option<f64>,
}

/// The answers to a form.
pub struct Answers {
    /// Form.
    pub form: RecordId,
    /// Its title.
    pub title: String,
    /// Questions in the order of the form.
    pub asked: Vec<Asked>,
    /// Version and settings these questions are read by.
    pub(super) signature: String,
    /// What the answers were when they were read.
    pub(super) stamp: String,
    pub(super) heads: Vec<Head>,
    pub(super) places: Vec<AreaPath>,
    /// What was found about campaigns of these answers.
    pub(super) quality: Mutex<HashMap<Span, Arc<Quality>>>,
}

impl Answers {
    /// No answers to a form yet.
    pub(super) fn new(form: RecordId, title: &str, asked: Vec<Asked>, signature: String) -> Self {
        Self {
            form,
            title: title.to_owned(),
            asked,
            signature,
            stamp: String::new(),
            heads: Vec::new(),
            places: Vec::new(),
            quality: Mutex::default(),
        }
    }

    /// The same answers, to add to.
    pub(super) fn copied(&self) -> Self {
        Self {
            form: self.form,
            title: self.title.clone(),
            asked: self.asked.clone(),
            signature: self.signature.clone(),
            stamp: String::new(),
            heads: self.heads.clone(),
            places: self.places.clone(),
            quality: Mutex::default(),
        }
    }

    /// Number of answers.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The question called `name`; its path will do too.
    pub fn question(&self, name: &str) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.question.name == name || asked.question.path == name)
    }

    /// Takes an answer: for each question what was said.
    pub(super) fn push(&mut self, mut head: Head, values: &[Vec<String>]) {
        let mut print = DefaultHasher::new();
        for (at, (asked, said)) in self.asked.iter_mut().zip(values).enumerate() {
            if !said.is_empty() {
                (at, said).hash(&mut print);
            }
            asked.push(said);
        }
        head.print = print.finish();
        self.heads.push(head);
    }

    /// Scale questions that stand together in the form and share their choices.
    pub(super) fn blocks(&self) -> Vec<Vec<usize>> {
        let mut blocks: Vec<Vec<usize>> = Vec::new();
        let alike = |a: &Asked, b: &Asked| {
            let values = |asked: &Asked| {
                asked.question.choices.iter().flatten().map(|one| one.value.clone()).collect::<Vec<_>>()
            };
            a.question.groups == b.question.groups && values(a) == values(b)
        };
        for (at, asked) in self.asked.iter().enumerate().filter(|(_, asked)| asked.kind == Kind::Scale) {
            match blocks.last_mut() {
                Some(block) if block.last() == Some(&(at - 1)) && alike(&self.asked[block[0]], asked) => block.push(at),
                _ => blocks.push(vec![at]),
            }
        }
        blocks
    }
}

impl Asked {
    /// A question nobody has answered yet.
    pub(super) fn new(question: Question, masked: bool) -> Self {
        let choices = question.choices.clone().unwrap_or_default();
        let points = points(&choices);
        let kind = match question.r#type.as_str() {
            _ if masked => Kind::Masked,
            "select_one" | "acknowledge" | "date" | "dateTime" | "time" if question.repeat => Kind::Other,
            "select_one" if !points.is_empty() => Kind::Scale,
            "select_one" | "acknowledge" | "date" | "dateTime" | "time" => Kind::One,
            "select_multiple" | "rank" => Kind::Many,
            _ if question.repeat => Kind::Other,
            "integer" | "decimal" | "range" => Kind::Number,
            "text" | "barcode" => Kind::Text,
            _ => Kind::Other,
        };
        let codes = (0_u16..).zip(&choices).map(|(code, choice)| (choice.value.clone(), code)).collect();
        let column = match kind {
            Kind::One | Kind::Scale => Column::One { codes: Vec::new(), choices: choices.len() },
            Kind::Many => Column::Many { starts: vec![0], codes: Vec::new(), choices: choices.len() },
            Kind::Number => Column::Number(Vec::new()),
            Kind::Text | Kind::Other | Kind::Masked => Column::Text(Vec::new()),
        };
        Self { question: Question { choices: Some(choices), ..question }, kind, column, points, codes }
    }

    fn push(&mut self, said: &[String]) {
        let first = said.first().map(|text| text.trim()).filter(|text| !text.is_empty());
        let by_month = matches!(self.question.r#type.as_str(), "date" | "dateTime");
        let first = first.map(|text| if by_month { text.get(..7).unwrap_or(text) } else { text });
        match self.kind {
            Kind::One | Kind::Scale => {
                let code = first.map_or(MISSING, |text| self.code(text));
                if let Column::One { codes, .. } = &mut self.column {
                    codes.push(code);
                }
            }
            Kind::Many => {
                let words = said.iter().flat_map(|text| text.split_whitespace());
                let mut chosen: Vec<u16> = words.map(|word| self.code(word)).collect();
                chosen.sort_unstable();
                chosen.dedup();
                if let Column::Many { starts, codes, .. } = &mut self.column {
                    codes.extend(chosen);
                    starts.push(codes.len() as u32);
                }
            }
            Kind::Number => {
                let number = first.and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
                if let Column::Number(numbers) = &mut self.column {
                    numbers.push(number.unwrap_or(f64::NAN));
                }
            }
            Kind::Text => self.write(first.unwrap_or_default().chars().take(LETTERS).collect::<String>().into()),
            // That something was said, not what.
            Kind::Other | Kind::Masked => self.write(if first.is_some() { "x".into() } else { "".into() }),
        }
    }

    fn write(&mut self, text: Box<str>) {
        if let Column::Text(texts) = &mut self.column {
            texts.push(text);
        }
    }

    /// The number of a choice; what the form does not know is added, and what is too many is counted together.
    fn code(&mut self, value: &str) -> u16 {
        if let Some(code) = self.codes.get(value) {
            return *code;
        }
        let choices = self.question.choices.get_or_insert_default();
        let known = self.codes.len();
        let (value, label) = if known < DIFFERENT {
            (value.to_owned(), Default::default())
        } else {
            let label = [("zh".to_owned(), "其余".to_owned()), ("en".to_owned(), "Others".to_owned())];
            (String::new(), label.into())
        };
        if let Some(code) = self.codes.get(&value) {
            return *code;
        }
        let code = choices.len() as u16;
        choices.push(ChoiceOf { value: value.clone(), label });
        self.codes.insert(value, code);
        if let Column::One { choices: count, .. } | Column::Many { choices: count, .. } = &mut self.column {
            *count = choices.len();
        }
        code
    }

    /// Choices with what they are called.
    pub(super) fn choices(&self, lang: Lang) -> Vec<(String, String)> {
        let named = |choice: &ChoiceOf| {
            let label = text_in(&choice.label, lang);
            (choice.value.clone(), if label.is_empty() { choice.value.clone() } else { label.to_owned() })
        };
        self.question.choices.iter().flatten().map(named).collect()
    }
}

/// Words of labels that make choices a scale.
const GRADES: &[&str] = &[
    "满意",
    "同意",
    "赞成",
    "重要",
    "有力",
    "较强",
    "较弱",
    "较好",
    "较差",
    "很好",
    "很差",
    "清楚",
    "方便",
    "安全",
    "信任",
    "愿意",
    "支持",
    "satisf",
    "agree",
    "important",
    "strong",
    "weak",
    "good",
    "poor",
    "likely",
    "easy",
    "safe",
    "trust",
];
/// Words of a choice that is no point of its scale.
const NO_POINT: &[&str] =
    &["不清", "不了解", "不知道", "不适用", "无法评价", "don't know", "not applicable", "no opinion"];

/// What each choice of a scale is worth: its own whole number, where three choices or more are numbers without a gap and one of
/// their labels grades something. Choices that grade nothing (「说不清」) are worth nothing. Empty: no scale.
fn points(choices: &[ChoiceOf]) -> Vec<Option<f64>> {
    let says = |choice: &ChoiceOf, words: &[&str]| {
        choice.label.values().any(|label| words.iter().any(|word| label.to_lowercase().contains(word)))
    };
    let worth: Vec<Option<i32>> =
        choices.iter().map(|one| one.value.parse::<i32>().ok().filter(|_| !says(one, NO_POINT))).collect();
    let mut numbers: Vec<i32> = worth.iter().flatten().copied().collect();
    numbers.sort_unstable();
    let gapless = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let rest_is_none = choices.iter().zip(&worth).all(|(choice, worth)| worth.is_some() || says(choice, NO_POINT));
    let graded = choices.iter().any(|choice| says(choice, GRADES));
    if (3..=11).contains(&numbers.len()) && gapless && rest_is_none && graded {
        worth.into_iter().map(|one| one.map(f64::from)).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(all: &[(&str, &str)]) -> Vec<ChoiceOf> {
        let choice = |(value, label): &(&str, &str)| ChoiceOf {
            value: (*value).into(),
            label: [("zh".to_owned(), (*label).to_owned())].into(),
        };
        all.iter().map(choice).collect()
    }

    #[test]
    fn graded_numbers_are_a_scale_and_mere_codes_are_not() {
        let grades = choices(&[("3", "满意"), ("2", "一般"), ("1", "不满意"), ("9", "说不清")]);
        assert_eq!(points(&grades), [Some(3.0), Some(2.0), Some(1.0), None]);
        assert!(points(&choices(&[("1", "男"), ("2", "女")])).is_empty());
        assert!(points(&choices(&[("1", "汽车"), ("2", "电车"), ("3", "步行")])).is_empty());
        assert!(points(&choices(&[("6", "六级及以上"), ("5", "五级"), ("4", "四级"), ("3", "三级及以下")])).is_empty());
    }

    #[test]
    fn what_the_form_does_not_know_is_counted_and_what_is_too_many_together() {
        let question =
            Question { r#type: "select_one".into(), choices: Some(choices(&[("a", "甲")])), ..Question::default() };
        let mut asked = Asked::new(question, false);
        asked.push(&["a".into()]);
        asked.push(&["old".into()]);
        asked.push(&[]);
        for number in 0..DIFFERENT {
            asked.push(&[format!("v{number}")]);
        }
        let Column::One { codes, choices } = &asked.column else { panic!("one of several") };
        assert_eq!(codes[..3], [0, 1, MISSING]);
        assert_eq!(*choices, DIFFERENT + 1);
        assert_eq!(asked.choices(Lang::En).last().unwrap(), &(String::new(), "Others".to_owned()));
    }

    #[test]
    fn a_sensitive_answer_leaves_no_trace_but_that_it_was_given() {
        let mut asked = Asked::new(Question { r#type: "text".into(), ..Question::default() }, true);
        asked.push(&["13812345678".into()]);
        asked.push(&[]);
        assert_eq!(asked.column, Column::Text(vec!["x".into(), "".into()]));
    }
}
