//! The form of a request, as far as requests need it.

use linli_domain::RecordId;
use linli_store::ReadTx;

use super::model::FormRef;
use crate::Problem;

/// A question with the data element it fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormQuestion {
    /// Path in the form, `/data/phone`.
    pub path: String,
    /// Data element.
    pub element: Option<String>,
}

/// A form with its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormBrief {
    /// Id, title and published version.
    pub form: FormRef,
    /// Questions.
    pub questions: Vec<FormQuestion>,
}

/// The published form `id`; `None` when there is none.
pub fn published(_tx: &mut ReadTx<'_>, _id: RecordId) -> Result<Option<FormBrief>, Problem> {
    Ok(None)
}
