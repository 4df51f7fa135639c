//! What is kept of a form beside its rows: what the compiler found, and what people chose in the studio.

use std::collections::BTreeMap;

use linli_domain::Label;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the compiler found in a version.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Compiled {
    /// Questions in order.
    pub questions: Vec<Question>,
    /// Findings.
    pub findings: Vec<KeptFinding>,
    /// Languages in order; empty when the form has none.
    pub languages: Vec<String>,
    /// Default language; empty when the form has none.
    pub default_language: String,
    /// Files the form needs.
    pub files: Vec<String>,
    /// Whether it reads the answer before.
    pub last_saved: bool,
    /// Entity lists it writes to, as it calls them.
    pub datasets: Vec<String>,
    /// `itemsets.csv`, made from the sheet `external_choices`.
    pub itemsets: Option<String>,
    /// `form_id`.
    pub form_id: String,
    /// Title.
    pub title: String,
}

/// A finding in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFinding {
    /// Whether it stands in the way.
    pub error: bool,
    /// Sheet.
    pub sheet: String,
    /// Row, from 1.
    pub row: Option<u32>,
    /// Column's header.
    pub column: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to write instead.
    pub message: Label,
}

/// A finding in the language of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// Sheet, or place in the XForm.
    pub sheet: String,
    /// Row, from 1.
    pub row: Option<u32>,
    /// Column's header.
    pub column: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl KeptFinding {
    /// In the language of whoever asks.
    pub fn view(&self, lang: linli_domain::Lang) -> Finding {
        Finding {
            severity: if self.error { "error" } else { "warning" },
            sheet: self.sheet.clone(),
            row: self.row,
            column: self.column.clone(),
            code: self.code.clone(),
            message: self.message.text(lang).to_owned(),
        }
    }
}

/// Texts by language; `default` when the form has no languages.
pub type Texts = BTreeMap<String, String>;

/// A question.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// Path in the instance, `/data/hh/phone`.
    pub path: String,
    /// Name.
    pub name: String,
    /// Type as XLSForm calls it, `select_one`.
    pub r#type: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: Texts,
    /// Hint by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub hint: Texts,
    /// Names of the groups around it, outermost first.
    pub groups: Vec<String>,
    /// Whether it is within a repeat.
    pub repeat: bool,
    /// Whether it must be answered, always or at times.
    pub required: bool,
    /// Choices, when they are known without answers or files.
    pub choices: Option<Vec<ChoiceOf>>,
    /// Data element it fills.
    pub element: Option<String>,
    /// Who said so: `form` or `studio`.
    pub element_from: Option<String>,
    /// Where it is saved.
    pub saveto: Option<SaveTo>,
    /// Why it is asked again although it is held.
    pub reason: Option<String>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceOf {
    /// What is stored.
    pub value: String,
    /// Label by language.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub label: Texts,
}

/// Where an answer is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SaveTo {
    /// Entity list.
    pub list: String,
    /// Property.
    pub property: String,
}

/// What people chose in the studio; carried from version to version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Element by path; `None`: this question fills none, whatever the form says.
    pub links: BTreeMap<String, Option<String>>,
    /// Reason for asking again by path.
    pub reasons: BTreeMap<String, Option<String>>,
    /// Register by the name the form gives its entity list.
    pub lists: BTreeMap<String, String>,
}

impl Settings {
    /// Carried over to another version: what named a question that moved follows its name, when that is clear.
    #[must_use]
    pub fn carried(&self, questions: &[Question]) -> Self {
        let place = |path: &String| {
            if questions.iter().any(|question| question.path == *path) {
                return Some(path.clone());
            }
            let name = path.rsplit('/').next().unwrap_or_default();
            let mut named = questions.iter().filter(|question| question.name == name);
            let found = named.next()?;
            named.next().is_none().then(|| found.path.clone())
        };
        let carry = |map: &BTreeMap<String, Option<String>>| {
            map.iter().filter_map(|(path, value)| Some((place(path)?, value.clone()))).collect()
        };
        Self { links: carry(&self.links), reasons: carry(&self.reasons), lists: self.lists.clone() }
    }

    /// The questions with what was chosen for them.
    pub fn applied(&self, questions: &[Question]) -> Vec<Question> {
        let chosen = |question: &Question| {
            let mut question = question.clone();
            if let Some(element) = self.links.get(&question.path) {
                question.element = element.clone();
                question.element_from = element.as_ref().map(|_| "studio".to_owned());
            }
            if let Some(reason) = self.reasons.get(&question.path) {
                question.reason = reason.clone();
            }
            question
        };
        questions.iter().map(chosen).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(path: &str) -> Question {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        Question { path: path.into(), name, ..Question::default() }
    }

    #[test]
    fn a_link_follows_its_question_into_another_group() {
        let link = |path: &str| BTreeMap::from([(path.to_owned(), Some("people/resident/phone".to_owned()))]);
        let settings = Settings { links: link("/data/phone"), ..Settings::default() };
        let carried = settings.carried(&[question("/data/contact/phone"), question("/data/name")]);
        assert_eq!(carried.links, link("/data/contact/phone"));
        let twice = settings.carried(&[question("/data/a/phone"), question("/data/b/phone")]);
        assert!(twice.links.is_empty(), "two questions of that name: nobody guesses");
    }

    #[test]
    fn the_studio_has_the_last_word() {
        let mut asked = question("/data/phone");
        (asked.element, asked.element_from) = (Some("people/resident/phone".into()), Some("form".into()));
        let settings = Settings { links: BTreeMap::from([(asked.path.clone(), None)]), ..Settings::default() };
        assert_eq!(settings.applied(&[asked])[0].element, None);
    }
}
