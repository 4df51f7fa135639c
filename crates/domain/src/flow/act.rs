//! What somebody wants to do to a case, who they are to it, and why it is refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::{calendar::NoTable, ids::RecordId, lang::Label, record::Values, rules::FieldError};

use super::{case::PartyKey, event::Place};

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Act {
    /// Action of the flow, or a built-in one.
    pub action: String,
    /// Fields, in normal form ([`super::normal`]).
    pub values: Values,
    /// What they say.
    pub note: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// Names of files that came with it.
    pub files: Vec<String>,
    /// The answer to the form that asked, by its instance id.
    pub answer: Option<String>,
    /// Who becomes the party that the action says.
    pub assign: Vec<PartyKey>,
    /// The case it is to be part of.
    pub merge_into: Option<RecordId>,
    /// The rating.
    pub rating: Option<u8>,
}

/// What a new case begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Fields, in normal form.
    pub values: Values,
    /// What the opener says.
    pub note: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// Names of files that came with it.
    pub files: Vec<String>,
    /// The answer to the form that asked, by its instance id.
    pub answer: Option<String>,
    /// Codes of the case's area and of those above it, by kind; its own also as `case`.
    pub places: BTreeMap<String, String>,
    /// Who opens it; nobody when it comes without an account.
    pub opener: Option<PartyKey>,
    /// For whom.
    pub person: Option<PartyKey>,
    /// Parties that are known beforehand (the chair of a meeting): name of the party and who it is.
    pub assign: Vec<(String, PartyKey)>,
}

/// Who somebody is to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Account.
    pub account: RecordId,
    /// Name shown in the history.
    pub name: String,
    /// Positions of the case's parties that they act for.
    pub rows: BTreeSet<usize>,
    /// Names of the flow's parties by role that they could stand in.
    pub roles: BTreeSet<String>,
    /// Whether they opened it.
    pub opener: bool,
    /// Whether they may manage the flow over its area.
    pub manager: bool,
    /// Whether they may manage the flow over the area above.
    pub superior: bool,
    /// Whether it is the program itself.
    pub system: bool,
}

impl Standing {
    /// Somebody who is nothing to it but may look.
    pub fn reader(account: RecordId, name: impl Into<String>) -> Self {
        Self {
            account,
            name: name.into(),
            rows: BTreeSet::new(),
            roles: BTreeSet::new(),
            opener: false,
            manager: false,
            superior: false,
            system: false,
        }
    }

    /// The program, when a clock says so.
    pub fn system(name: impl Into<String>) -> Self {
        Self { system: true, ..Self::reader(RecordId(uuid::Uuid::nil()), name) }
    }
}

/// Why an act is refused. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The flow has no such action.
    NoAction(String),
    /// The case is part of another.
    Merged(RecordId),
    /// It cannot be done in this state.
    State(String),
    /// It is not theirs to do: names of the parties whose turn it is.
    NotYours(Vec<String>),
    /// It can be done once, and was.
    Once,
    /// This handling was rated.
    Rated,
    /// The guard does not hold.
    Guard(Option<Label>),
    /// Fields that are missing or wrong; also `assign`, `note`, `place`, `files`, `score`.
    Fields(Vec<FieldError>),
    /// A time limit reaches a year without a holiday table.
    Calendar(NoTable),
}

impl From<NoTable> for Refusal {
    fn from(missing: NoTable) -> Self {
        Self::Calendar(missing)
    }
}

/// A field of an act that is missing or wrong.
pub(super) fn wrong(field: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> FieldError {
    FieldError { field: field.to_owned(), code, message: Label::new(zh, en) }
}
