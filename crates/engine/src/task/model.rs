//! A request as it is written, kept and shown.

use jiff::civil::Date;
use linli_domain::RecordId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{area::AreaRef, register::RefView};

/// What is kept of a request beside the columns of its table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Title.
    pub title: String,
    /// `form` or `visit`.
    pub kind: String,
    /// Form that is to be answered.
    pub form: Option<TaskForm>,
    /// Data elements a visit looks at.
    pub fields: Vec<String>,
    /// Department that issues it.
    pub issuer: String,
    /// Item of a responsibility list.
    pub basis: Option<RecordId>,
    /// The basis in words.
    pub basis_text: String,
    /// What the answers are for.
    pub purpose: String,
    /// Register whose records are the population.
    pub entity: String,
    /// Area of the population; the request's own when absent.
    pub population_area: Option<String>,
    /// List filters.
    pub filters: Vec<String>,
    /// The filled template whose gaps are the population.
    pub fill: Option<FillRef>,
    /// Questions put to each.
    pub questions: u32,
    /// Of these, held already when the request was sent.
    pub already_held: u32,
    /// Seconds an answer takes.
    pub seconds: u32,
    /// What was decided.
    pub approval: Option<ApprovalView>,
    /// Who decided.
    pub decided_by: Option<RecordId>,
    /// Whether the request ended because its licence did.
    pub expired: bool,
}

/// A form of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaskForm {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Published version.
    pub version: String,
}

/// A filled template.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FillRef {
    /// Id.
    pub id: String,
    /// Name of the template.
    pub file_name: String,
}

/// A decision on a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ApprovalView {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// What they wrote.
    pub note: Option<String>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Number people call it by, `2026-0007`.
    pub number: String,
    /// Title.
    pub title: String,
    /// `form` or `visit`.
    pub kind: String,
    /// Form that is to be answered.
    pub form: Option<TaskForm>,
    /// Data elements a visit looks at.
    pub fields: Vec<String>,
    /// Department that issues it.
    pub issuer: String,
    /// Area.
    pub area: AreaRef,
    /// Basis.
    pub basis: BasisView,
    /// What the answers are for.
    pub purpose: String,
    /// Day it is due.
    #[schema(value_type = Option<String>)]
    pub deadline: Option<Date>,
    /// Last day of its licence.
    #[schema(value_type = Option<String>)]
    pub expires: Option<Date>,
    /// `draft`, `submitted`, `open`, `rejected`, `closed`.
    pub state: String,
    /// What was decided.
    pub approval: Option<ApprovalView>,
    /// Who is asked about.
    pub population: Population,
    /// How far it is, within one's own scope.
    pub counts: TaskCounts,
    /// Questions put to each.
    pub questions: u32,
    /// Of these, held already.
    pub already_held: u32,
    /// Minutes it takes in all, by the number of questions.
    pub minutes: u64,
    /// Complaints that it has no licence.
    pub complaints: u64,
    /// Whether assignments are still being made.
    pub assigning: bool,
    /// When it was begun.
    pub created: String,
    /// Who wrote it.
    pub by: String,
    /// What one may do to it now: `submit`, `approve`, `reject`, `close`, `remind`, `edit`.
    pub actions: Vec<String>,
}

/// Basis of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BasisView {
    /// Item of a responsibility list.
    pub item: Option<RefView>,
    /// In words.
    pub text: String,
}

/// Who is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Population {
    /// Register.
    pub entity: String,
    /// Area.
    pub area: AreaRef,
    /// List filters, as addresses write them.
    pub filters: Vec<String>,
    /// The filled template whose gaps it is.
    pub fill: Option<FillRef>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct TaskCounts {
    /// Assignments.
    pub assigned: u64,
    /// Done.
    pub done: u64,
    /// Of these without change.
    pub no_change: u64,
    /// Of these with a change.
    pub changed: u64,
    /// Nobody was there.
    pub unreachable: u64,
    /// To be done.
    pub open: u64,
    /// To be done although the deadline is over.
    pub overdue: u64,
}

/// A thing named by its id or code, or by an object that has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum NamedRef {
    /// Its id or code.
    Plain(String),
    /// An object as answers show it.
    Object {
        /// Its id or code.
        #[serde(alias = "code")]
        id: String,
    },
}

impl NamedRef {
    /// The id or code.
    pub fn name(&self) -> &str {
        match self {
            Self::Plain(name) | Self::Object { id: name } => name,
        }
    }
}

/// The writable parts of a request; what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TaskInput {
    /// Title.
    pub title: Option<String>,
    /// `form` or `visit`.
    pub kind: Option<String>,
    /// Form that is to be answered.
    pub form: Option<NamedRef>,
    /// Data elements a visit looks at.
    pub fields: Option<Vec<String>>,
    /// Department that issues it; the author's own name when none was given.
    pub issuer: Option<String>,
    /// Code of the area.
    pub area: Option<NamedRef>,
    /// Basis.
    pub basis: Option<BasisInput>,
    /// What the answers are for.
    pub purpose: Option<String>,
    /// Day it is due.
    #[schema(value_type = Option<String>)]
    pub deadline: Option<Date>,
    /// Last day of its licence.
    #[schema(value_type = Option<String>)]
    pub expires: Option<Date>,
    /// Who is asked about.
    pub population: Option<PopulationInput>,
}

/// Basis of a request as it is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BasisInput {
    /// Item of a responsibility list.
    pub item: Option<NamedRef>,
    /// In words.
    pub text: Option<String>,
}

/// Who is asked about, as it is written.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PopulationInput {
    /// Register.
    pub entity: String,
    /// Code of an area at or below the request's.
    pub area: Option<NamedRef>,
    /// List filters.
    pub filters: Vec<String>,
    /// A template one has filled: its gaps are the population.
    pub fill: Option<NamedRef>,
}
