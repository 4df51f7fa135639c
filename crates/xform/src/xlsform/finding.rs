//! What is wrong or doubtful in a form, where, and what to write instead.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The form is not compiled.
    Error,
    /// The form is compiled; somebody should look.
    Warning,
}

/// A text for people in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One thing wrong or doubtful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the form was compiled all the same.
    pub severity: Severity,
    /// The sheet as XLSForm calls it: `survey`, `choices`, `settings`, `entities`, …
    pub sheet: String,
    /// The row, counted from 1 as a spreadsheet does.
    pub row: Option<u32>,
    /// The column's header as the form writes it.
    pub column: Option<String>,
    /// A stable name of the problem, `name-duplicate`.
    pub code: &'static str,
    /// What is wrong and what to write instead.
    pub message: Text,
}

impl Finding {
    /// An error without a place yet.
    pub(super) fn error(code: &'static str, sheet: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let message = Text { zh: zh.into(), en: en.into() };
        Self { severity: Severity::Error, sheet: sheet.to_owned(), row: None, column: None, code, message }
    }

    /// A warning without a place yet.
    pub(super) fn warning(code: &'static str, sheet: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, sheet, zh, en) }
    }

    /// The row it is in; 0 means that it is in none.
    pub(super) fn row(mut self, row: u32) -> Self {
        self.row = (row > 0).then_some(row);
        self
    }

    /// The column it is in.
    pub(super) fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl std::fmt::Display for Finding {
    /// `survey!B5`-like place, then the English text: `survey, row 5, column name: …`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sheet)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.message.en)
    }
}
