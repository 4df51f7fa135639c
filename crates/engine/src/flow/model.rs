//! Cases as answers show them.

use std::collections::BTreeMap;

use linli_domain::{Label, RecordId};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{area::AreaRef, catalogue::FieldView, register::RefView, views::Text};

/// Something with a name and a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Name.
    pub name: String,
    /// Label, in the reader's language.
    pub label: String,
}

/// The state of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StateRef {
    /// Name.
    pub name: String,
    /// Label, in the reader's language.
    pub label: String,
    /// `new`, `working`, `waiting`, `done` or `cancelled`.
    pub phase: String,
}

/// A clock of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseClockView {
    /// Name.
    pub name: String,
    /// Label, in the reader's language.
    pub label: String,
    /// When it is due.
    pub due: String,
    /// `running`, `paused`, `overdue`, `stopped` or `none`.
    pub state: String,
    /// Seconds left: of working time where it counts that; negative when overdue.
    pub left_seconds: Option<i64>,
    /// Whether it was counted without a holiday table.
    pub estimated: bool,
    /// When it was started.
    pub started: String,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnerView {
    /// Who, in the reader's language.
    pub label: String,
    /// `role`, `unit`, `account`, `opener` or `subject_person`.
    pub kind: String,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitRef {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlaceView {
    /// Latitude in degrees (WGS 84).
    pub lat: Option<f64>,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// In words.
    pub text: String,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Number people call it by.
    pub number: String,
    /// Flow.
    pub flow: Named,
    /// Title.
    pub title: String,
    /// Area it hangs on.
    pub area: AreaRef,
    /// State.
    pub state: StateRef,
    /// 0, or the number of supervision orders.
    pub priority: u32,
    /// When it was opened.
    pub opened: String,
    /// Who opened it.
    pub by: String,
    /// When the next thing is due.
    pub due: Option<String>,
    /// The clock that is due next.
    pub clock: Option<CaseClockView>,
    /// Whose turn it is.
    pub owner: Vec<OwnerView>,
    /// Unit that handles it.
    pub unit: Option<UnitRef>,
    /// Whether a clock is missed.
    pub overdue: bool,
    /// Rating of the present handling, for those who may know it.
    pub rating: Option<u8>,
    /// Where.
    pub place: Option<PlaceView>,
    /// The case it became part of.
    #[schema(value_type = Option<String>)]
    pub merged_into: Option<RecordId>,
    /// Whether it is the reader's turn.
    pub mine: bool,
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CasePage {
    /// Cases.
    pub items: Vec<CaseView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A value of an event, with its field's label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownValue {
    /// Label of the field.
    pub label: String,
    /// The value as text.
    pub shown: String,
}

/// Something that happened to a case (流转记录).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = CaseEvent)]
pub struct HistoryItem {
    /// Place in the history, from 1.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who; for a confidential rating a word that says so.
    pub by: String,
    /// What.
    pub action: Named,
    /// State before, by its label.
    pub from: Option<String>,
    /// State after, by its label, when it is another.
    pub to: Option<String>,
    /// What they said.
    pub note: Option<String>,
    /// As which party.
    pub party: Option<String>,
    /// Fields that changed.
    pub values: Vec<ShownValue>,
    /// Names of files that came with it.
    pub files: Vec<String>,
    /// What was answered to the form that asked.
    pub form: Option<FormAnswer>,
}

/// What was answered to a form, where it is not a field of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormAnswer {
    /// `instanceID` of the answer.
    pub instance_id: String,
    /// Title of the form.
    pub title: String,
    /// Questions and answers, sensitive ones masked.
    pub lines: Vec<ShownValue>,
    /// What breaks the form's rules and is to be looked at.
    pub flags: Vec<String>,
}

/// A party of a case.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PartyView {
    /// Name in the flow.
    pub name: String,
    /// Who: `a:…`, `u:…`, `r:…@…`, `p:…`.
    pub key: String,
    /// Who, in the reader's language.
    pub label: String,
    /// `role`, `unit`, `account`, `opener` or `subject_person`.
    pub kind: String,
    /// The unit, when it is one.
    pub unit: Option<UnitRef>,
    /// `called`, `reported`, `declined` or `left`.
    pub state: String,
    /// Since when.
    pub since: String,
    /// When its part is due.
    pub due: Option<String>,
    /// When it reported.
    pub reported_at: Option<String>,
    /// What it said then.
    pub note: Option<String>,
}

/// Who an action can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssignView {
    /// Party it chooses.
    pub party: String,
    /// Label of the party.
    pub label: String,
    /// `unit`, `account` or `role`.
    pub kind: String,
    /// Whether several at once.
    pub many: bool,
    /// Where candidates are listed.
    pub candidates_url: String,
}

/// An action that the reader can take now, or could but for what keeps them from it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ActionView {
    /// Name.
    pub name: String,
    /// Label, in the reader's language.
    pub label: String,
    /// Kind, as packs write it.
    pub kind: String,
    /// Fields it asks.
    pub fields: Vec<FieldView>,
    /// Those of them (and others) that must be known.
    pub required: Vec<String>,
    /// Whom it chooses.
    pub assign: Option<AssignView>,
    /// Whether a note is required.
    pub reason: bool,
    /// What to ask before it is done.
    pub confirm: Option<String>,
    /// `no`, `optional` or `required`.
    #[schema(value_type = String)]
    pub place: linli_domain::flow::Ask,
    /// `no`, `optional` or `required`.
    #[schema(value_type = String)]
    pub files: linli_domain::flow::Ask,
    /// A form that asks instead of fields.
    pub form: Option<String>,
    /// What keeps the reader from it.
    pub blocked: Option<String>,
}

/// A file of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseFileView {
    /// Name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// Who sent it.
    pub by: String,
    /// When.
    pub at: String,
}

/// A rating of a case. Who rated is told to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CaseRating)]
pub struct RatingView {
    /// 1 非常不满意 to 5 非常满意.
    pub score: u8,
    /// What was said with it.
    pub comment: Option<String>,
    /// When.
    pub at: String,
}

/// A case as a page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseDetail {
    /// As lists show it.
    #[serde(flatten)]
    pub case: CaseView,
    /// Values of its fields; sensitive ones only for those who work on it.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// Values as text.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub shown: BTreeMap<String, String>,
    /// Masked text of sensitive values that are not shown.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub masked: BTreeMap<String, String>,
    /// Fields of its flow.
    pub fields: Vec<FieldView>,
    /// What happened, oldest first.
    pub history: Vec<HistoryItem>,
    /// Parties, in the order they were called.
    pub parties: Vec<PartyView>,
    /// Clocks, in the order they were started.
    pub clocks: Vec<CaseClockView>,
    /// Records it is about, as far as the reader may read them.
    pub links: Vec<RefView>,
    /// Files.
    pub files: Vec<CaseFileView>,
    /// What the reader can do.
    pub actions: Vec<ActionView>,
    /// Open cases that are probably the same, while it is new.
    pub duplicates: Vec<CaseView>,
    /// Suggested class and unit; filled by packs that learn them.
    #[schema(value_type = Option<crate::grid::Suggestions>)]
    pub suggestions: Option<Json>,
    /// Ratings, oldest first, for those who may know them.
    pub ratings: Vec<RatingView>,
    /// How it came in.
    pub channel: String,
    /// Version of the flow it runs on.
    pub flow_version: String,
    /// Number of its last event: what `version` of an act is compared with.
    pub version: i64,
}

/// A label in both languages, for descriptions that the page draws from.
pub(super) fn text(label: &Label) -> Text {
    Text { zh: label.zh.clone(), en: label.en.clone() }
}
