//! Findings about a text file. They accumulate: a check never stops at the first.

use serde::{Deserialize, Serialize};

use crate::lang::{Label, Lang};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// It can be used, but somebody should look.
    Warning,
}

/// One finding in one file: what is wrong, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable code, `pack.unknown_entity`.
    pub code: String,
    /// Path of the file, relative to the packs folder.
    pub file: String,
    /// Line, from 1; 0 when the finding is about the whole file.
    pub line: u32,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u32,
    /// What is wrong, in both languages.
    pub message: Label,
    /// What to write instead, in both languages, where that is known.
    pub help: Option<Label>,
}

impl Diagnostic {
    /// `file:line:column: error[code]: message` and the help on a second line.
    pub fn render(&self, lang: Lang) -> String {
        let kind = match self.severity {
            Severity::Error => lang.pick("错误", "error"),
            Severity::Warning => lang.pick("提醒", "warning"),
        };
        let mut text =
            format!("{}:{}:{}: {kind}[{}]: {}", self.file, self.line, self.column, self.code, self.message.text(lang));
        if let Some(help) = &self.help {
            text.push_str("\n    ");
            text.push_str(lang.pick("改为:", "write instead: "));
            text.push_str(help.text(lang));
        }
        text
    }
}
