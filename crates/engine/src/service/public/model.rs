//! What residents send and are shown.

use linli_domain::flow::Phase;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{area::AreaRef, flow::PlaceInput};

/// A report of a resident.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicReport {
    /// What is wrong.
    pub text: String,
    /// Code of the class, when they chose one.
    #[serde(default)]
    pub kind: Option<String>,
    /// Whether anybody is in danger.
    #[serde(default)]
    pub danger: Option<bool>,
    /// Where.
    #[serde(default)]
    pub place: Option<PlaceInput>,
    /// Name, if they like.
    #[serde(default)]
    pub name: Option<String>,
    /// Phone, if they want to be called back.
    #[serde(default)]
    pub phone: Option<String>,
    /// Chosen by the sender: the same again is the same report.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// What whoever sent it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Taken {
    /// Number.
    pub number: String,
    /// Code that opens it, beside the number.
    pub code: String,
    /// Labels of materials that are lacking.
    pub lacking: Vec<String>,
}

/// A case as whoever holds its number and code sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublicCase {
    /// Number.
    pub number: String,
    /// What it is: title of the flow, or of the item.
    pub title: String,
    /// Where.
    pub area: AreaRef,
    /// State, in words.
    pub state: String,
    /// `new`, `working`, `waiting`, `done` or `cancelled`.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// When it came.
    pub opened: String,
    /// When the next step is due.
    pub due: Option<String>,
    /// Whether that was missed.
    pub overdue: bool,
    /// What happened, oldest first.
    pub steps: Vec<PublicStep>,
    /// What they are told: outcome, what to supply.
    pub told: Vec<PublicValue>,
    /// What they can do now, by the names of actions: `rate`, `supplied`, `withdraw`.
    pub actions: Vec<String>,
    /// Their rating of this handling.
    pub rating: Option<u8>,
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicStep {
    /// What.
    pub label: String,
    /// When.
    pub at: String,
    /// State afterwards, when it is another.
    pub state: Option<String>,
    /// Why it was not accepted, or withdrawn.
    pub note: Option<String>,
}

/// Something they are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicValue {
    /// Name of the field.
    pub name: String,
    /// Its label.
    pub label: String,
    /// In words.
    pub text: String,
}

/// A rating.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicRating {
    /// 1 非常不满意 to 5 非常满意.
    pub score: u8,
    /// What they say.
    #[serde(default)]
    pub comment: Option<String>,
    /// Chosen by the sender: the same again counts once.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}

/// Something that the applicant does.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicAct {
    /// What they say.
    #[serde(default)]
    pub note: Option<String>,
    /// Chosen by the sender.
    #[schema(value_type = String)]
    pub client_id: Uuid,
}
