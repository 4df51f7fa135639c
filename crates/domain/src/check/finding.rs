//! What a check has to say: a refusal ([`CheckError`]) or a remark on an accepted value ([`Note`]).

use crate::lang::{Label, Lang};

/// Why a text was refused, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckError {
    code: &'static str,
    message: Label,
}

impl CheckError {
    pub(crate) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Label::new(zh, en) }
    }

    /// There is nothing to read; `what` names what was expected, in both languages.
    pub(crate) fn empty(what_zh: &str, what_en: &str) -> Self {
        Self::new("empty", format!("没有内容，请填写{what_zh}"), format!("nothing here: write {what_en}"))
    }

    /// Stable code, such as `identity.damaged_by_excel`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong and what to write instead.
    pub fn message(&self, lang: Lang) -> String {
        self.message.text(lang).to_owned()
    }

    /// The message in both languages.
    pub fn label(&self) -> &Label {
        &self.message
    }
}

impl std::fmt::Display for CheckError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message.en)
    }
}

impl std::error::Error for CheckError {}

/// A remark on a value that was accepted: what was changed or guessed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    code: &'static str,
    message: Label,
}

impl Note {
    pub(crate) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Label::new(zh, en) }
    }

    /// Stable code, such as `date.month_ambiguous`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What was changed or guessed.
    pub fn message(&self, lang: Lang) -> String {
        self.message.text(lang).to_owned()
    }

    /// The message in both languages.
    pub fn label(&self) -> &Label {
        &self.message
    }
}
