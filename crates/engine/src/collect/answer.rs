//! What is kept beside an answer, and how answers of the API show it.

use linli_domain::{Label, RecordId};
use linli_store::tables::Submission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem};

/// Something about an answer that somebody should look at. It never keeps the answer out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Path with positions of repeats; empty for the answer as a whole.
    pub path: String,
    /// Stable code, `constraint_broken`.
    pub kind: String,
    /// Label of the question.
    pub label: String,
    /// What is wrong.
    pub message: Label,
}

impl Flag {
    /// A flag.
    pub fn new(path: &str, kind: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { path: path.to_owned(), kind: kind.to_owned(), label: String::new(), message: Label::new(zh, en) }
    }
}

/// What became of an entity of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityOutcome {
    /// Entity list as the form calls it.
    pub list: String,
    /// Register; empty when there is none of that name.
    pub entity: String,
    /// Record.
    pub id: Option<RecordId>,
    /// Its title when the answer arrived.
    pub title: String,
    /// What happened.
    pub result: EntityResult,
    /// Why, in words; empty when there is nothing to say.
    pub message: Label,
}

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityResult {
    /// Made.
    Created,
    /// Changed.
    Updated,
    /// Nothing new.
    Unchanged,
    /// Waits for an earlier update of the same phone.
    Held,
    /// Some fields were changed by others too; what is held stays until somebody decides.
    Conflict,
    /// Not applied.
    Refused,
}

/// Everything kept beside an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Name the form gives the answer.
    pub name: String,
    /// What to look at.
    pub flags: Vec<Flag>,
    /// What became of its entities.
    pub entities: Vec<EntityOutcome>,
    /// Files it names.
    pub files: Vec<String>,
    /// What a reviewer wrote.
    pub note: String,
    /// Who reviewed or edited it, when, what: oldest first.
    pub reviews: Vec<Review>,
}

/// Something a reviewer did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// `accepted`, `returned`, `edited`.
    pub change: String,
    /// What they wrote.
    pub note: String,
}

impl Detail {
    /// What is kept beside `submission`.
    pub fn of(submission: &Submission) -> Result<Self, Problem> {
        serde_json::from_value(submission.detail.clone()).map_err(Problem::internal)
    }

    /// As it is kept.
    pub fn json(&self) -> Result<serde_json::Value, Problem> {
        serde_json::to_value(self).map_err(Problem::internal)
    }
}

/// What whoever sent an answer is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// `instanceID`.
    pub instance_id: String,
    /// `received`, `accepted`, `returned`, `replaced`.
    pub state: String,
    /// What somebody will look at.
    pub flags: Vec<FlagView>,
    /// Files that have not arrived yet.
    pub missing_files: Vec<String>,
    /// What became of its entities.
    pub entities: Vec<AnswerEntity>,
}

/// A flag in the language of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlagView {
    /// Path with positions of repeats.
    pub path: String,
    /// Stable code.
    pub kind: String,
    /// What is wrong.
    pub message: String,
}

/// A record as lists of answers name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordRef {
    /// Register.
    pub entity: String,
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
}

/// What became of an entity, in the language of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerEntity {
    /// Entity list as the form calls it.
    pub list: String,
    /// Record.
    pub record: Option<RecordRef>,
    /// What happened.
    pub result: EntityResult,
    /// Why.
    pub message: String,
}

/// State of an answer as the API names it.
pub fn state_name(submission: &Submission) -> String {
    serde_json::to_value(submission.state).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What whoever sent `submission` is told; `arrived` are the names of its files that are here.
pub fn receipt(engine: &Engine, submission: &Submission, arrived: &[String]) -> Result<Receipt, Problem> {
    let detail = Detail::of(submission)?;
    Ok(Receipt {
        instance_id: submission.instance.clone(),
        state: state_name(submission),
        flags: detail.flags.iter().map(|flag| flag_view(engine, flag)).collect(),
        missing_files: detail.files.iter().filter(|name| !arrived.contains(name)).cloned().collect(),
        entities: detail.entities.iter().map(|outcome| entity_view(engine, outcome)).collect(),
    })
}

/// A flag in the language of whoever asks.
pub fn flag_view(engine: &Engine, flag: &Flag) -> FlagView {
    FlagView { path: flag.path.clone(), kind: flag.kind.clone(), message: flag.message.text(engine.lang).to_owned() }
}

/// What became of an entity, in the language of whoever asks.
pub fn entity_view(engine: &Engine, outcome: &EntityOutcome) -> AnswerEntity {
    let record = outcome.id.map(|id| RecordRef { entity: outcome.entity.clone(), id, title: outcome.title.clone() });
    AnswerEntity {
        list: outcome.list.clone(),
        record: record.filter(|record| !record.entity.is_empty()),
        result: outcome.result,
        message: outcome.message.text(engine.lang).to_owned(),
    }
}
