//! Everything an XML document can be refused for.

use crate::message::Message;

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlError {
    /// A name that never changes, for programs and tests, such as `xml.doctype`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: Message,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl std::fmt::Display for XmlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.line, self.column, self.code, self.message.en)
    }
}

impl std::error::Error for XmlError {}

/// Line and column of a byte offset.
pub(crate) fn place(text: &str, at: usize) -> (u32, u32) {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() as u32 + 1;
    (line, column)
}

impl XmlError {
    pub(crate) fn new(code: &'static str, message: Message, text: &str, at: usize) -> Self {
        let (line, column) = place(text, at);
        Self { code, message, line, column }
    }
}
