//! What the answers to one question add up to, in bounded memory however many there are.

use std::collections::BTreeMap;

use linli_domain::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::form::Question;

/// Different values counted apart beside the choices of the form.
const DIFFERENT: usize = 500;
/// Texts shown.
const SAMPLES: usize = 10;
/// Places shown.
const PLACES: usize = 500;
/// Letters of a text shown.
const LETTERS: usize = 200;
/// Bars of a histogram.
const BINS: usize = 10;

/// What the answers to a question add up to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuestionSummary {
    /// Path.
    pub path: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: BTreeMap<String, String>,
    /// Type as XLSForm calls it.
    pub r#type: String,
    /// `choices`, `number`, `text`, `date`, `place`, `file`.
    pub kind: &'static str,
    /// How often it was answered (each row of a repeat counts).
    pub answered: u64,
    /// Counts by choice; of a date by month, of a time by hour.
    pub choices: Vec<ChoiceCount>,
    /// Figures of a number.
    pub numbers: Option<Numbers>,
    /// Newest texts, or places as `latitude longitude`; none of a sensitive question.
    pub samples: Vec<String>,
    /// Whether its answers are sensitive, so that only their number is told.
    pub masked: bool,
}

/// How often something was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChoiceCount {
    /// What is stored; empty for all values beyond those that are counted apart.
    pub value: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: BTreeMap<String, String>,
    /// How often.
    pub count: u64,
}

/// Figures of a number.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Numbers {
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Mean.
    pub mean: f64,
    /// Median; of an even sample when there are very many.
    pub median: f64,
    /// Histogram of ten equal bars, of the same numbers as the median.
    pub bins: Vec<Bin>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Bin {
    /// From.
    pub from: f64,
    /// To; the last one includes it.
    pub to: f64,
    /// How many.
    pub count: u64,
}

/// Counts one question.
pub(super) struct Tally {
    question: Question,
    kind: &'static str,
    masked: bool,
    answered: u64,
    counts: BTreeMap<String, u64>,
    beyond: u64,
    figures: Figures,
    samples: Vec<String>,
}

impl Tally {
    /// A count for a question; `room` numbers may be remembered for its median.
    pub fn new(question: Question, masked: bool, room: usize) -> Self {
        let kind = kind_of(&question.r#type);
        let known = question.choices.iter().flatten().map(|choice| (choice.value.clone(), 0));
        let counts = if masked { BTreeMap::new() } else { known.collect() };
        let figures = Figures { room, ..Figures::default() };
        Self { question, kind, masked, answered: 0, counts, beyond: 0, figures, samples: Vec::new() }
    }

    /// Path of its question.
    pub fn path(&self) -> &str {
        &self.question.path
    }

    /// Takes an answer.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        self.answered += 1;
        if self.masked {
            return;
        }
        match self.kind {
            "choices" if matches!(self.question.r#type.as_str(), "select_multiple" | "rank") => {
                value.split_whitespace().for_each(|one| self.count(one));
            }
            "choices" => self.count(value),
            "number" => {
                if let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) {
                    self.figures.add(number);
                }
            }
            // Month of a day, hour of a time.
            "date" => self.count(value.get(..if self.question.r#type == "time" { 2 } else { 7 }).unwrap_or(value)),
            "place" => {
                let first = value.split(';').next().unwrap_or_default();
                let place: Vec<&str> = first.split_whitespace().take(2).collect();
                self.sample(place.join(" "), PLACES);
            }
            "text" => self.sample(value.chars().take(LETTERS).collect(), SAMPLES),
            _ => {}
        }
    }

    fn count(&mut self, value: &str) {
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < DIFFERENT + self.question.choices.as_ref().map_or(0, Vec::len) {
            self.counts.insert(value.chars().take(LETTERS).collect(), 1);
        } else {
            self.beyond += 1;
        }
    }

    fn sample(&mut self, text: String, most: usize) {
        if self.samples.len() < most && !self.samples.contains(&text) {
            self.samples.push(text);
        }
    }

    /// What it all adds up to.
    pub fn finish(mut self) -> QuestionSummary {
        let mut choices = Vec::new();
        for choice in self.question.choices.iter().flatten().filter(|_| !self.masked) {
            if let Some(count) = self.counts.remove(&choice.value) {
                choices.push(ChoiceCount { value: choice.value.clone(), label: choice.label.clone(), count });
            }
        }
        let other = |(value, count): (String, u64)| ChoiceCount { value, label: BTreeMap::new(), count };
        choices.extend(std::mem::take(&mut self.counts).into_iter().map(other));
        if self.beyond > 0 {
            let label = [("zh", Lang::Zh), ("en", Lang::En)].map(|(key, lang)| (key.to_owned(), rest(lang).to_owned()));
            choices.push(ChoiceCount { value: String::new(), label: label.into(), count: self.beyond });
        }
        QuestionSummary {
            path: self.question.path,
            label: self.question.label,
            r#type: self.question.r#type,
            kind: self.kind,
            answered: self.answered,
            choices,
            numbers: self.figures.finish(),
            samples: self.samples,
            masked: self.masked,
        }
    }
}

fn rest(lang: Lang) -> &'static str {
    lang.pick("其余", "Others")
}

fn kind_of(name: &str) -> &'static str {
    match name {
        "select_one" | "select_multiple" | "rank" | "acknowledge" => "choices",
        "integer" | "decimal" | "range" => "number",
        "date" | "time" | "dateTime" => "date",
        "geopoint" | "geotrace" | "geoshape" => "place",
        "image" | "audio" | "video" | "file" => "file",
        _ => "text",
    }
}

/// Figures of numbers: sums exactly, the median and bars of those remembered. When there is no room for all, every second
/// one is forgotten and from then on only every second (fourth, …) is remembered: an even sample, the same every time.
#[derive(Default)]
struct Figures {
    room: usize,
    step: u64,
    seen: u64,
    sum: f64,
    min: f64,
    max: f64,
    kept: Vec<f64>,
}

impl Figures {
    fn add(&mut self, number: f64) {
        (self.min, self.max) = match self.seen {
            0 => (number, number),
            _ => (self.min.min(number), self.max.max(number)),
        };
        self.sum += number;
        let step = self.step.max(1);
        if self.seen.is_multiple_of(step) {
            if self.kept.len() >= self.room.max(2) {
                let mut odd = false;
                self.kept.retain(|_| {
                    odd = !odd;
                    odd
                });
                self.step = step * 2;
            }
            if self.seen.is_multiple_of(self.step.max(1)) {
                self.kept.push(number);
            }
        }
        self.seen += 1;
    }

    fn finish(mut self) -> Option<Numbers> {
        if self.kept.is_empty() {
            return None;
        }
        self.kept.sort_by(f64::total_cmp);
        let middle = self.kept.len() / 2;
        let median = match self.kept.len() % 2 {
            0 => f64::midpoint(self.kept[middle - 1], self.kept[middle]),
            _ => self.kept[middle],
        };
        let width = (self.max - self.min) / BINS as f64;
        let bins = if width > 0.0 { BINS } else { 1 };
        let mut counts = vec![0_u64; bins];
        for number in &self.kept {
            let at = if width > 0.0 { ((number - self.min) / width) as usize } else { 0 };
            counts[at.min(bins - 1)] += 1;
        }
        let edge = |at: usize| if at == bins { self.max } else { self.min + width * at as f64 };
        let bin = |(at, count): (usize, u64)| Bin { from: edge(at), to: edge(at + 1), count };
        Some(Numbers {
            min: self.min,
            max: self.max,
            mean: self.sum / self.seen as f64,
            median,
            bins: counts.into_iter().enumerate().map(bin).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::form::ChoiceOf;

    fn asked(kind: &str) -> Question {
        Question { path: "/data/q".into(), r#type: kind.into(), ..Question::default() }
    }

    fn tally(question: Question, values: &[&str]) -> QuestionSummary {
        let mut tally = Tally::new(question, false, 1_000);
        values.iter().for_each(|value| tally.add(value));
        tally.finish()
    }

    #[test]
    fn choices_are_counted_in_the_order_of_the_form_those_nobody_chose_too() {
        let choice = |value: &str| ChoiceOf { value: value.into(), label: BTreeMap::new() };
        let question = Question { choices: Some(vec![choice("b"), choice("a")]), ..asked("select_multiple") };
        let found = tally(question, &["a old", "a", ""]);
        let counts: Vec<(&str, u64)> = found.choices.iter().map(|one| (one.value.as_str(), one.count)).collect();
        assert_eq!((found.answered, counts), (2, vec![("b", 0), ("a", 2), ("old", 1)]));
    }

    #[test]
    fn numbers_have_their_figures_and_bars() {
        let found = tally(asked("integer"), &["1", "2", "3", "10", "x"]).numbers.unwrap();
        assert_eq!((found.min, found.max, found.mean, found.median), (1.0, 10.0, 4.0, 2.5));
        assert_eq!(found.bins.iter().map(|bin| bin.count).sum::<u64>(), 4);
        assert_eq!((found.bins.len(), found.bins[9].to, found.bins[9].count), (10, 10.0, 1));
        let same = tally(asked("integer"), &["7", "7"]).numbers.unwrap();
        assert_eq!((same.bins.len(), same.bins[0].count), (1, 2));
        assert_eq!(tally(asked("integer"), &["x"]).numbers, None);
    }

    #[test]
    fn a_median_of_very_many_needs_bounded_memory_and_stays_close() {
        let mut figures = Figures { room: 1_000, ..Figures::default() };
        for number in 0..100_000_u32 {
            // Every number below 1,000, spread over the whole run.
            figures.add(f64::from((number * 7_919) % 1_000));
        }
        assert!(figures.kept.len() <= 1_000);
        let found = figures.finish().unwrap();
        assert_eq!((found.min, found.max, found.mean), (0.0, 999.0, 499.5));
        assert!((found.median - 499.5).abs() < 50.0, "{}", found.median);
    }

    #[test]
    fn a_sensitive_question_tells_only_how_often_it_was_answered() {
        let mut tally = Tally::new(asked("text"), true, 10);
        tally.add("13812345678");
        let found = tally.finish();
        assert_eq!((found.answered, found.samples.len(), found.choices.len()), (1, 0, 0));
    }

    #[test]
    fn values_beyond_what_is_counted_apart_are_counted_together() {
        let values: Vec<String> = (0..DIFFERENT + 3).map(|n| format!("v{n}")).collect();
        let found = tally(asked("select_one"), &values.iter().map(String::as_str).collect::<Vec<_>>());
        let last = found.choices.last().unwrap();
        assert_eq!((last.value.as_str(), last.count), ("", 3));
    }

    #[test]
    fn days_are_counted_by_month_and_places_shown_once() {
        let days = tally(asked("date"), &["2026-11-03", "2026-11-23", "2026-12-01"]);
        assert_eq!((days.choices[0].value.as_str(), days.choices[0].count), ("2026-11", 2));
        let places = tally(asked("geotrace"), &["45.7 126.6 0 0;45.8 126.7 0 0", "45.7 126.6 1 1"]);
        assert_eq!(places.samples, ["45.7 126.6"]);
    }
}
