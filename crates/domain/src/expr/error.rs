//! What is wrong with an expression, and where.

use crate::lang::{Label, Lang};

use super::ast::Type;

/// A finding in an expression's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// Line within the expression, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Stable code, such as `expr.unknown_field`.
    pub code: &'static str,
    /// What is wrong and what to write instead.
    pub message: Label,
}

impl ExprError {
    /// The message in `lang`.
    pub fn message(&self, lang: Lang) -> String {
        self.message.text(lang).to_owned()
    }
}

impl std::fmt::Display for ExprError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: [{}] {}", self.line, self.column, self.code, self.message.en)
    }
}

impl std::error::Error for ExprError {}

/// A finding before its place is known.
pub(super) struct Problem {
    pub code: &'static str,
    pub message: Label,
}

impl Problem {
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, message: Label::new(zh, en) }
    }

    /// `what` and `expected` hold both languages, `中文|English`, or one text for both.
    pub fn wrong_type(what: &str, expected: &str, found: Option<Type>) -> Self {
        let found_zh = found.map_or("null", type_zh);
        let found_en = found.map_or("null", type_en);
        let (what_zh, what_en) = what.split_once('|').unwrap_or((what, what));
        let (expected_zh, expected_en) = expected.split_once('|').unwrap_or((expected, expected));
        Self::new(
            "expr.type",
            format!("{what_zh}需要{expected_zh}，这里是{found_zh}"),
            format!("{what_en} needs {expected_en}, found {found_en}"),
        )
    }
}

pub(super) fn type_zh(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "真假值",
        Type::Int => "整数",
        Type::Decimal(_) => "小数或金额",
        Type::Text => "文字",
        Type::Code => "代码",
        Type::Codes => "多个代码",
        Type::Date => "日期",
        Type::Timestamp => "时刻",
        Type::Ref => "关联记录",
    }
}

pub(super) fn type_en(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "a truth value",
        Type::Int => "a whole number",
        Type::Decimal(_) => "a decimal or money",
        Type::Text => "a text",
        Type::Code => "a code",
        Type::Codes => "a list of codes",
        Type::Date => "a date",
        Type::Timestamp => "a moment",
        Type::Ref => "a reference",
    }
}

/// Line and column, both from 1, of a byte offset.
pub(super) fn place(source: &str, offset: usize) -> (u32, u32) {
    let mut end = offset.min(source.len());
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let before = &source[..end];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
