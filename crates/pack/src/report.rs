//! Findings that accumulate.

use linli_domain::{Diagnostic, Label, Severity};

use crate::source::Spot;

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Report {
    found: Vec<Diagnostic>,
}

impl Report {
    /// Something that makes the packs unusable.
    pub(crate) fn error(&mut self, code: &str, at: &Spot, zh: impl Into<String>, en: impl Into<String>) {
        self.add(Severity::Error, code, at, Label::new(zh, en), None);
    }

    /// The same, with what to write instead.
    pub(crate) fn error_with(
        &mut self,
        code: &str,
        at: &Spot,
        (zh, en): (impl Into<String>, impl Into<String>),
        help: Option<Label>,
    ) {
        self.add(Severity::Error, code, at, Label::new(zh, en), help);
    }

    /// How many errors there are so far.
    pub(crate) fn errors(&self) -> usize {
        self.found.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// Something that somebody should look at.
    pub(crate) fn warning(
        &mut self,
        code: &str,
        at: &Spot,
        (zh, en): (impl Into<String>, impl Into<String>),
        help: Option<Label>,
    ) {
        self.add(Severity::Warning, code, at, Label::new(zh, en), help);
    }

    fn add(&mut self, severity: Severity, code: &str, at: &Spot, message: Label, help: Option<Label>) {
        self.found.push(Diagnostic {
            severity,
            code: format!("pack.{code}"),
            file: at.file.to_string(),
            line: at.line,
            column: at.column,
            message,
            help,
        });
    }

    /// All findings, in order of file and place, each once.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| (&a.file, a.line, a.column, &a.code).cmp(&(&b.file, b.line, b.column, &b.code)));
        self.found.dedup();
        self.found
    }
}
