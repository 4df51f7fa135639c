//! What is sent: cases to be opened, things to be done to them.

use std::collections::BTreeMap;

use linli_domain::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::form::FilledForm;

/// A place that is sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PlaceInput {
    /// Latitude in degrees (WGS 84).
    pub lat: Option<f64>,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// In words.
    pub text: String,
}

/// A record that a case is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseLinkInput {
    /// Namespaced register.
    pub entity: String,
    /// Record.
    #[schema(value_type = String)]
    pub id: RecordId,
}

/// Who becomes a party: one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AssignInput {
    /// A unit.
    #[schema(value_type = Option<String>)]
    pub unit: Option<RecordId>,
    /// An account.
    #[schema(value_type = Option<String>)]
    pub account: Option<RecordId>,
    /// A role …
    pub role: Option<String>,
    /// … over an area, by code.
    pub area: Option<String>,
    /// Party, on opening a case only; an action says it itself.
    pub party: Option<String>,
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenInput {
    /// Flow.
    pub flow: String,
    /// Code of the area.
    pub area: String,
    /// Title; made from the flow's `title_from` when absent.
    #[serde(default)]
    pub title: Option<String>,
    /// Values of the fields that opening asks.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// Where.
    #[serde(default)]
    pub place: Option<PlaceInput>,
    /// Records it is about.
    #[serde(default)]
    pub links: Vec<CaseLinkInput>,
    /// The finished instance (XML) of the form that asks, where the flow names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub answer: Option<FilledForm>,
    /// What the sender calls it: the same again is the same case.
    #[schema(value_type = String)]
    pub client_id: Uuid,
    /// The person it is opened for.
    #[serde(default)]
    pub on_behalf: Option<CaseLinkInput>,
    /// How it came in: one of the flow's ways, `worker`, `resident`, `hotline`…
    #[serde(default)]
    pub channel: Option<String>,
    /// What the opener says.
    #[serde(default)]
    pub note: Option<String>,
    /// Parties that are known beforehand.
    #[serde(default)]
    pub assign: Vec<AssignInput>,
}

/// Something to be done to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActInput {
    /// `version` of the case that was looked at.
    pub version: i64,
    /// Fields; a rating is `{score: 1..5, comment}`.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// What to say.
    #[serde(default)]
    pub note: Option<String>,
    /// Who becomes the party that the action chooses.
    #[serde(default)]
    pub assign: Vec<AssignInput>,
    /// Where.
    #[serde(default)]
    pub place: Option<PlaceInput>,
    /// Names of files of the case that belong to it.
    #[serde(default)]
    pub files: Vec<String>,
    /// The finished instance (XML) of the form that asks, where the action names one; its media are files of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub answer: Option<FilledForm>,
    /// What the sender calls it: the same again counts once.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentInput {
    /// What.
    pub text: String,
    /// What the sender calls it: the same again counts once.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// A case to be merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// The case that stays.
    #[schema(value_type = String)]
    pub into: RecordId,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
}
