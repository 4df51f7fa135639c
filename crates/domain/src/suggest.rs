//! Which class is this text? A multinomial naive Bayes classifier over single characters and pairs of neighbouring
//! characters: Chinese needs no dictionary that way, a new word counts from the first text that uses it, and a model of a
//! street is a few thousand numbers.
//!
//! Its accuracy is told honestly: [`Model::leave_one_out`] judges each text by a model that never saw it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Weight that every feature has before anything was seen (Lidstone smoothing).
const SMOOTHING: f64 = 0.2;

/// Most characters of a text that are looked at.
const LONGEST: usize = 400;

/// A learned classifier: counts only, so that a text can be added or taken out exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Model {
    /// Classes with how many texts they had and how many features those hold.
    classes: BTreeMap<String, Class>,
    /// Feature → class → count.
    features: BTreeMap<String, BTreeMap<String, u32>>,
    /// Texts in all.
    texts: u32,
}

/// What is known of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Class {
    texts: u32,
    features: u32,
}

/// A class a text may belong to.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Class.
    pub class: String,
    /// Share of certainty, 0 to 1; those of all classes sum to 1.
    pub share: f64,
}

/// How often a model is right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Share of texts whose class came first.
    pub first: f64,
    /// Share of texts whose class was among the first three.
    pub three: f64,
    /// Texts judged.
    pub texts: u32,
}

/// Features of a text: characters and pairs. Digits count as one sort of character, punctuation parts pairs.
pub fn features(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before: Option<char> = None;
    for c in text.chars().take(LONGEST) {
        let c = if c.is_ascii_digit() { '0' } else { c.to_lowercase().next().unwrap_or(c) };
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        // A single letter or digit says nothing; their pairs may.
        if !c.is_ascii() {
            found.push(c.to_string());
        }
        if let Some(first) = before {
            found.push(format!("{first}{c}"));
        }
        before = Some(c);
    }
    found
}

impl Model {
    /// Learns from texts of known class.
    pub fn learn<'a>(examples: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut model = Self::default();
        for (text, class) in examples {
            model.count(text, class, 1);
        }
        model
    }

    /// How many texts it learned from.
    pub fn texts(&self) -> u32 {
        self.texts
    }

    /// How many classes it knows.
    pub fn classes(&self) -> usize {
        self.classes.len()
    }

    /// Adds a text, or takes one out that was added.
    fn count(&mut self, text: &str, class: &str, by: i32) {
        let step = |count: &mut u32| *count = count.saturating_add_signed(by);
        step(&mut self.texts);
        let entry = self.classes.entry(class.to_owned()).or_default();
        step(&mut entry.texts);
        for feature in features(text) {
            step(&mut entry.features);
            step(self.features.entry(feature).or_default().entry(class.to_owned()).or_default());
        }
    }

    /// The classes a text may belong to, the likeliest first. Nothing when the text has no feature or nothing was learned.
    pub fn guess(&self, text: &str) -> Vec<Guess> {
        let features = features(text);
        if features.is_empty() || self.texts == 0 {
            return Vec::new();
        }
        let vocabulary = self.features.len() as f64;
        let known: Vec<(&String, &Class)> = self.classes.iter().filter(|(_, class)| class.texts > 0).collect();
        let mut scores: Vec<f64> = known
            .iter()
            .map(|(_, class)| ((f64::from(class.texts) + SMOOTHING) / f64::from(self.texts)).ln())
            .collect();
        for feature in &features {
            // What no class ever used tells none from another.
            let Some(counts) = self.features.get(feature) else { continue };
            if counts.values().all(|count| *count == 0) {
                continue;
            }
            for ((name, class), score) in known.iter().zip(&mut scores) {
                let count = f64::from(counts.get(*name).copied().unwrap_or(0));
                *score += ((count + SMOOTHING) / (f64::from(class.features) + SMOOTHING * vocabulary)).ln();
            }
        }
        shares(known.into_iter().map(|(name, _)| name.clone()).zip(scores).collect())
    }

    /// How often the model is right about texts it has not seen: each text is taken out, judged, and put back. `self` must
    /// have been learned from exactly these texts.
    pub fn leave_one_out<'a>(&mut self, examples: impl IntoIterator<Item = (&'a str, &'a str)>) -> Accuracy {
        let (mut first, mut three, mut texts) = (0_u32, 0_u32, 0_u32);
        for (text, class) in examples {
            self.count(text, class, -1);
            let guesses = self.guess(text);
            self.count(text, class, 1);
            texts += 1;
            first += u32::from(guesses.first().is_some_and(|guess| guess.class == class));
            three += u32::from(guesses.iter().take(3).any(|guess| guess.class == class));
        }
        let share = |right: u32| if texts == 0 { 0.0 } else { f64::from(right) / f64::from(texts) };
        Accuracy { first: share(first), three: share(three), texts }
    }

    /// The same model without features that were seen once only, for keeping: they weigh little and are most of the size.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.features.retain(|_, counts| {
            counts.retain(|_, count| *count > 0);
            counts.values().sum::<u32>() > 1
        });
        self
    }
}

/// Logarithms to shares that sum to 1, the greatest first; equal ones by name.
fn shares(scores: Vec<(String, f64)>) -> Vec<Guess> {
    let most = scores.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = scores.iter().map(|(_, score)| (score - most).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let mut guesses: Vec<Guess> =
        scores.into_iter().zip(weights).map(|((class, _), weight)| Guess { class, share: weight / sum }).collect();
    guesses.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.class.cmp(&b.class)));
    guesses
}

/// Classes whose words stand in a text: the start when nothing was learned. The more and the longer the words, the likelier.
pub fn by_words<'a>(text: &str, words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Guess> {
    let mut scores: BTreeMap<&str, f64> = BTreeMap::new();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (class, word) in words {
        if !word.is_empty() && text.contains(word) && seen.insert((class, word)) {
            *scores.entry(class).or_default() += word.chars().count() as f64;
        }
    }
    let sum: f64 = scores.values().sum();
    let mut guesses: Vec<Guess> =
        scores.into_iter().map(|(class, score)| Guess { class: class.to_owned(), share: score / sum }).collect();
    guesses.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.class.cmp(&b.class)));
    guesses
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLES: [(&str, &str); 8] = [
        ("3号楼门前垃圾桶满了没人收", "rubbish"),
        ("垃圾外溢,味道很大", "rubbish"),
        ("小区门口有一堆垃圾", "rubbish"),
        ("楼下停车堵住单元门", "parking"),
        ("有车乱停,挡住消防通道", "parking"),
        ("占用别人车位停车", "parking"),
        ("暖气不热,屋里只有15度", "heating"),
        ("家里暖气一直不热", "heating"),
    ];

    #[test]
    fn texts_are_told_apart_by_what_was_learned() {
        let model = Model::learn(EXAMPLES);
        let first = |text: &str| model.guess(text).remove(0).class;
        assert_eq!(first("门口垃圾没有人管"), "rubbish");
        assert_eq!(first("楼下乱停车"), "parking");
        assert_eq!(first("老人家里暖气不热"), "heating");
        let sum: f64 = model.guess("垃圾").iter().map(|guess| guess.share).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert!(model.guess(",。!").is_empty() && Model::default().guess("垃圾").is_empty());
    }

    #[test]
    fn the_accuracy_is_that_of_texts_the_model_never_saw() {
        let mut model = Model::learn(EXAMPLES);
        let whole = model.clone();
        let accuracy = model.leave_one_out(EXAMPLES);
        assert_eq!(accuracy.texts, 8);
        assert!(accuracy.first < 1.0 || accuracy.three >= accuracy.first);
        assert_eq!(model.guess("垃圾"), whole.guess("垃圾"), "every text was put back");
        // Classes with one text each cannot be right about it.
        let lonely = [("垃圾", "a"), ("停车", "b")];
        assert_eq!(Model::learn(lonely).leave_one_out(lonely).first, 0.0);
    }

    #[test]
    fn words_are_a_start_where_nothing_was_learned() {
        let words = [("parking", "停车"), ("parking", "乱停车"), ("rubbish", "垃圾"), ("rubbish", "")];
        let guesses = by_words("有人乱停车,还扔垃圾", words);
        assert_eq!(guesses[0].class, "parking");
        assert!((guesses[0].share - 5.0 / 7.0).abs() < 1e-9);
        assert!(by_words("路灯", words).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_can_be_learned_and_judged(texts in prop::collection::vec(("\\PC{0,40}", "[abc]"), 0..12), asked in "\\PC{0,60}") {
            let pairs: Vec<(&str, &str)> = texts.iter().map(|(text, class)| (text.as_str(), class.as_str())).collect();
            let mut model = Model::learn(pairs.iter().copied());
            let before = model.guess(&asked);
            let accuracy = model.leave_one_out(pairs.iter().copied());
            prop_assert!((0.0..=1.0).contains(&accuracy.first) && accuracy.first <= accuracy.three);
            prop_assert_eq!(model.guess(&asked).len(), before.len());
            for guess in before {
                prop_assert!(guess.share.is_finite());
            }
        }
    }
}
