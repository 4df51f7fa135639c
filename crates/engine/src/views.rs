//! Small pieces that several answers share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in both languages (the schema of [`linli_domain::Label`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}
