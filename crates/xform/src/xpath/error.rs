//! What is wrong with an expression, where; and why one could not be evaluated.

use crate::message::Message;

/// A finding in an expression's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XPathError {
    /// A name that never changes, such as `xpath.unknown_function`.
    pub code: &'static str,
    /// What is wrong and what to write instead.
    pub message: Message,
    /// Column in characters, from 1.
    pub column: u32,
    /// Bytes of the text that is wrong.
    pub span: (u32, u32),
}

impl XPathError {
    pub(super) fn new(
        code: &'static str,
        text: &str,
        span: (u32, u32),
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let before = text.get(..span.0 as usize).unwrap_or(text);
        Self { code, message: Message::new(zh, en), column: before.chars().count() as u32 + 1, span }
    }
}

impl std::fmt::Display for XPathError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "column {}: [{}] {}", self.column, self.code, self.message.en)
    }
}

impl std::error::Error for XPathError {}

/// Why an expression has no value. It means "not evaluated", never "false".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvalError {
    /// A name that never changes: `xpath.unsupported`, `xpath.type`, `xpath.budget`, `xpath.missing_instance`.
    pub code: &'static str,
    /// What stands in the way.
    pub message: Message,
}

impl EvalError {
    pub(crate) fn unsupported(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: "xpath.unsupported", message: Message::new(zh, en) }
    }

    pub(crate) fn wrong_type(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: "xpath.type", message: Message::new(zh, en) }
    }

    pub(crate) fn budget() -> Self {
        let message = Message::new("计算量过大，已停止", "the expression needs too many steps; stopped");
        Self { code: "xpath.budget", message }
    }

    pub(crate) fn missing_instance(id: &str) -> Self {
        let message = Message::new(format!("没有数据表“{id}”"), format!("there is no instance \"{id}\""));
        Self { code: "xpath.missing_instance", message }
    }
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}] {}", self.code, self.message.en)
    }
}

impl std::error::Error for EvalError {}
