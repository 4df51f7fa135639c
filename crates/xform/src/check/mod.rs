//! What a submission breaks of its form's rules. Findings inform; they never keep a submission out.

mod compute;
mod rules;
#[cfg(test)]
mod tests;
mod types;

pub use compute::{recompute, relevance};
pub use rules::check;

use crate::message::Message;

/// Findings about one submission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order of the form.
    pub findings: Vec<Finding>,
    /// Whether more were found than a report holds ([`MOST`]).
    pub truncated: bool,
    /// Files that answers name, with the place of the answer: they should have been sent along.
    pub files: Vec<FileName>,
}

/// Findings that a report holds at most.
pub const MOST: usize = 1000;

/// A file named by an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The place of the answer.
    pub path: String,
    /// The file's name.
    pub name: String,
}

/// A broken rule, or one that could not be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// Where, with positions of repeats; empty for the submission as a whole.
    pub path: String,
    /// The question's label in the form's default language; its name when it has none.
    pub label: String,
    /// What is wrong.
    pub message: Message,
}

/// Kinds of [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// The value is not of the type.
    WrongType,
    /// The value is none of the choices.
    NotAChoice,
    /// It is required and blank.
    RequiredMissing,
    /// The constraint is broken.
    ConstraintBroken,
    /// There is a value where nothing was to be asked.
    NotRelevant,
    /// The calculation gives something else.
    CalculationDiffers,
    /// The form has no such question.
    UnknownNode,
    /// Another form's submission.
    WrongForm,
    /// Another version's submission.
    WrongVersion,
    /// A rule that could not be evaluated here.
    NotEvaluated,
}

impl FindingKind {
    /// A name that never changes, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongType => "wrong_type",
            Self::NotAChoice => "not_a_choice",
            Self::RequiredMissing => "required_missing",
            Self::ConstraintBroken => "constraint_broken",
            Self::NotRelevant => "not_relevant",
            Self::CalculationDiffers => "calculation_differs",
            Self::UnknownNode => "unknown_node",
            Self::WrongForm => "wrong_form",
            Self::WrongVersion => "wrong_version",
            Self::NotEvaluated => "not_evaluated",
        }
    }
}
