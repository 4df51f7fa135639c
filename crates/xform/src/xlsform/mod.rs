//! XLSForm in, XForm out.
//!
//! [`compile`] reads an XLSForm (`.xlsx`, `.xls`, `.csv` or a Markdown table) and writes the ODK XForm of it, as the
//! reference compiler pyxform 4.5.0 would, but reports everything that is wrong at once, by sheet, row and column.
//!
//! | module | what it does |
//! |---|---|
//! | `input` | the bytes → sheets of rows, cells as text |
//! | `headers` | column names, their aliases and languages → one map a row |
//! | `settings`, `choices`, `translations`, `spelling` | the other sheets and what concerns a whole sheet |
//! | `rows` | the survey sheet, row by row → the tree of elements |
//! | `entities` | what a submission does to entity lists, and where that is declared |
//! | `emit` | the tree → XForm |
//!
//! Standards: XLSForm (xlsform.org), ODK XForms 1.0.0 and ODK Entities 2024.1.0 / 2025.1.0 (getodk.github.io/xforms-spec).

mod aliases;
mod choices;
mod element;
mod emit;
mod entities;
mod finding;
mod headers;
mod input;
mod languages;
mod lex;
mod numbers;
mod outcome;
mod refs;
mod rows;
mod settings;
mod spelling;
mod translations;
mod types;
mod value;

pub use finding::{Finding, Severity, Text};
pub use outcome::{Compiled, CompiledForm, Question};

/// What the form is read from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file's name: its extension decides between `.xlsx`, `.xlsm`, `.xls`, `.csv` and `.md`; its stem is the form's
    /// id when the settings sheet gives none.
    pub name: &'a str,
    /// The file's content.
    pub bytes: &'a [u8],
}

/// What the caller decides about a form.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the primary instance's root element when the settings sheet has no `name`; `data` when absent.
    pub form_name: Option<String>,
    /// The language of columns without one when the settings sheet has no `default_language`.
    pub default_language: Option<String>,
}

/// Compiles one XLSForm. Total: malformed input of any kind ends in findings, never in a panic.
pub fn compile(source: &Source<'_>, options: &Options) -> Compiled {
    outcome::compile(source, options)
}

/// The same form as the text of a CSV XLSForm (a sheet's name, its header row, its rows), for places that keep text only.
/// Fails with what is wrong with the file itself; what the form says is not judged.
pub fn to_csv(source: &Source<'_>) -> Result<String, Finding> {
    input::to_csv(source)
}
