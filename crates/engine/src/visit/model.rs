//! A visit as a phone sends it, and what is answered.

use std::collections::BTreeMap;

use linli_domain::{RecordId, Timestamp, task::Outcome};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::merge::VisitConflict;
use crate::Problem;

/// A visit as a phone sends it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisit {
    /// Id, made by the phone: the same visit sent twice is one.
    #[schema(value_type = String)]
    pub client_id: RecordId,
    /// Register.
    pub entity: String,
    /// Record that was visited.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Version the phone showed.
    pub version: i64,
    /// `no_change`, `changed`, `absent`, `moved`.
    #[schema(value_type = String)]
    pub outcome: Outcome,
    /// What changed, record by record, each upon the version the phone showed.
    #[serde(default)]
    pub changes: Vec<VisitChange>,
    /// When, by the phone's clock, RFC 3339.
    pub at: String,
    /// Assignment it was made for.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub assignment: Option<RecordId>,
    /// What the worker wrote.
    #[serde(default)]
    pub note: Option<String>,
    /// Seconds the screen was open; only sums are ever shown, by request and community.
    #[serde(default)]
    pub seconds: Option<u32>,
}

/// What changed of one record.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitChange {
    /// Register.
    pub entity: String,
    /// Record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Version the phone showed.
    pub version: i64,
    /// New values by field; `null` clears.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
}

/// What became of a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitDone {
    /// The visit.
    #[schema(value_type = String)]
    pub visit_id: RecordId,
    /// What became of each record.
    pub results: Vec<VisitResult>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VisitResult {
    /// Record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `unchanged`, `updated`, `conflict` (some fields wait for a decision; the others were written), `refused`.
    pub result: String,
    /// Why, in the language of the page.
    pub message: Option<String>,
    /// The fields that somebody else changed meanwhile.
    pub conflict: Option<VisitConflict>,
}

/// Most records that one visit changes.
const MOST: usize = 200;
/// Longest note, in characters.
const NOTE: usize = 2_000;

/// Refuses what cannot be a visit at all.
pub fn check(visit: &NewVisit) -> Result<(), Problem> {
    if visit.changes.len() > MOST {
        return Err(Problem::parameter(
            "changes",
            format!("一次走访最多修改 {MOST} 条记录。"),
            format!("A visit changes at most {MOST} records."),
        ));
    }
    if visit.outcome == Outcome::Answered {
        return Err(Problem::parameter(
            "outcome",
            "走访结果只能是 no_change、changed、absent 或 moved。",
            "The outcome of a visit is no_change, changed, absent or moved.",
        ));
    }
    if visit.outcome == Outcome::NoChange && !visit.changes.is_empty() {
        return Err(Problem::parameter(
            "changes",
            "结果为“无变化”时不应带有修改内容。",
            "A visit without change changes nothing.",
        ));
    }
    if visit.note.as_deref().is_some_and(|note| note.chars().count() > NOTE) {
        return Err(Problem::parameter(
            "note",
            format!("备注最多 {NOTE} 字。"),
            format!("A note has at most {NOTE} characters."),
        ));
    }
    Ok(())
}

/// A moment as phones write it.
pub(crate) fn moment_of(text: &str) -> Result<Timestamp, Problem> {
    let read = text.parse::<jiff::Timestamp>().map(|at| Timestamp(at.as_microsecond()));
    read.map_err(|_| {
        Problem::parameter(
            "at",
            "时间请写成 2026-11-23T10:00:00+08:00。",
            "Write a moment as 2026-11-23T10:00:00+08:00.",
        )
    })
}
