//! A flow as a pack says it.

use serde::{Deserialize, Serialize};

use crate::{calendar::Limit, catalogue::Field, expr::TypedExpr, lang::Label};

use super::kinds::{ActionKind, Ask, By, Joint, PartyKind, Phase};

/// A flow: `flows/NAME.toml` of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Namespaced name, `grid/incident`.
    pub name: String,
    /// Title.
    pub title: Label,
    /// One sentence for the empty state and the docs.
    pub about: Label,
    /// Version; cases remember the one they were opened by.
    pub version: String,
    /// Beginning of its cases' numbers, `SJ` in `SJ-2026-000123`.
    pub number: String,
    /// Kinds of area a case may hang on; empty means any.
    pub area_kinds: Vec<String>,
    /// Title of a case whose opener gives none: names of fields in braces, `{kind} {place}`.
    pub title_from: Option<String>,
    /// State of a new case.
    pub start: String,
    /// Who opens cases, and what they say.
    pub opens: Opens,
    /// When two cases are probably one.
    pub duplicates: Option<Duplicates>,
    /// Fields of its cases.
    pub fields: Vec<Field>,
    /// States, in the order they are shown.
    pub states: Vec<State>,
    /// Who owes something.
    pub parties: Vec<Party>,
    /// What can be done.
    pub actions: Vec<Action>,
    /// Time limits.
    pub clocks: Vec<ClockRule>,
    /// The rating of a case.
    pub evaluation: Option<Evaluation>,
}

impl Flow {
    /// The state `name`.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// The action `name`.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// The party `name`.
    pub fn party(&self, name: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.name == name)
    }

    /// The clock `name`.
    pub fn clock(&self, name: &str) -> Option<&ClockRule> {
        self.clocks.iter().find(|clock| clock.name == name)
    }

    /// The field `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Phase of the state `name`; a state that does not exist is worked on.
    pub fn phase(&self, name: &str) -> Phase {
        self.state(name).map_or(Phase::Working, |state| state.phase)
    }

    /// The field that says what sort of case it is, kept so that lists and figures can be made by it: the first field
    /// `kind` of codes, else none.
    pub fn class_field(&self) -> Option<&Field> {
        let is_code = |field: &&Field| matches!(field.kind, crate::FieldKind::Code { .. });
        self.field("kind").filter(is_code)
    }

    /// Whether an action can be taken from a state as far as the file says. From what is over, only ratings, comments and
    /// reopening lead on.
    pub fn leads_from(&self, action: &Action, state: &str) -> bool {
        let over = self.phase(state).is_over();
        let named = action.from.iter().any(|from| from == state || (from == "*" && !over));
        named && (!over || action.kind.may_follow_the_end())
    }
}

/// Who opens cases, and what they say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Opens {
    /// Ways a case comes in: `worker`, `resident`, `hotline`, `counter`, `schedule`…
    pub by: Vec<String>,
    /// Roles that open cases, namespaced; empty means whoever may `create`.
    pub roles: Vec<String>,
    /// Whether residents without an account may.
    pub public: bool,
    /// Fields asked.
    pub fields: Vec<String>,
    /// Those that must be known.
    pub required: Vec<String>,
    /// An XLSForm of a pack that asks instead, `grid/report`.
    pub form: Option<String>,
}

/// When two cases are probably one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Fields whose values must be the same.
    pub fields: Vec<String>,
    /// At most so far apart.
    pub metres: u32,
    /// Opened at most so many days ago.
    pub days: u32,
}

/// A state of a flow (环节).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// How far the case is in it.
    pub phase: Phase,
    /// The party that must act while the case stands here.
    pub owner: Option<String>,
}

/// A party of a flow (参与方): somebody who owes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// Who that is.
    pub kind: PartyKind,
    /// Whether several at once (joint handling).
    pub many: bool,
}

/// What can be done to a case (操作).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// What it does.
    pub kind: ActionKind,
    /// States it is taken from; `*` is every state that is not over.
    pub from: Vec<String>,
    /// State it leads to; without one the state stays.
    pub to: Option<String>,
    /// Who may take it.
    pub by: Vec<By>,
    /// Fields asked.
    pub fields: Vec<String>,
    /// Those that must be known afterwards.
    pub required: Vec<String>,
    /// An XLSForm of a pack that asks instead.
    pub form: Option<String>,
    /// The party it says who is.
    pub assign: Option<String>,
    /// What must hold.
    pub guard: Option<TypedExpr>,
    /// What to tell when it does not.
    pub guard_message: Option<Label>,
    /// When a report of many parties moves the case.
    pub joint: Option<Joint>,
    /// At most once in a case's life.
    pub once: bool,
    /// What to ask before it is done.
    pub confirm: Option<Label>,
    /// Whether a note is required.
    pub reason: bool,
    /// Whether a place is asked.
    pub place: Ask,
    /// Whether files are asked.
    pub files: Ask,
}

/// A time limit of a flow (时限).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockRule {
    /// Name.
    pub name: String,
    /// Label.
    pub label: Label,
    /// States whose entering starts it.
    pub starts: Vec<String>,
    /// States whose entering stops it; what is over stops every clock.
    pub stops: Vec<String>,
    /// States it stands still in.
    pub pauses: Vec<String>,
    /// How long.
    pub limit: Limit,
    /// Other limits: the first that holds.
    pub limits: Vec<ClockLimit>,
    /// Whose clock.
    pub party: Option<String>,
    /// So long before it is due, its party is reminded.
    pub remind: Vec<Limit>,
    /// What follows when it was missed.
    pub escalate: Vec<Escalation>,
}

/// A limit that holds for some cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockLimit {
    /// Which cases.
    pub when: TypedExpr,
    /// How long.
    pub limit: Limit,
}

/// What follows when a clock was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// So long after it was due.
    pub after: Limit,
    /// An action that the program takes.
    pub action: Option<String>,
    /// Who is told: a party, `manager` or `superior`.
    pub to: Option<By>,
}

/// The rating of a case (评价).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Who rates.
    pub by: Vec<By>,
    /// A rating at or below this opens a call-back.
    pub bad: u8,
    /// Flow of the call-back, namespaced.
    pub call_back: Option<String>,
    /// Whether nobody is told who rated, and how.
    pub confidential: bool,
}

impl Evaluation {
    /// The least and the greatest rating: 非常不满意 to 非常满意.
    pub const SCALE: std::ops::RangeInclusive<u8> = 1..=5;
}
