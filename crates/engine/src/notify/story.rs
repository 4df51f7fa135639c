//! What an event says, in both languages, and to whom.

use linli_domain::{AreaPath, Label, RecordId};
use linli_store::{ReadTx, tables::Heard};
use serde_json::Value as Json;

use super::{story_case, story_import, story_survey, story_task};
use crate::{Engine, Problem};

/// What an event comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Story {
    /// What it came of: the same event twice has the same key.
    pub(super) key: String,
    /// Sort of notice.
    pub(super) kind: &'static str,
    /// Whether it passes quiet hours.
    pub(super) urgent: bool,
    /// Where it happened; channels of this area and above carry it.
    pub(super) area: Option<AreaPath>,
    /// Who is told.
    pub(super) to: Vec<RecordId>,
    /// One line.
    pub(super) title: Label,
    /// One line for outside the house, where the title holds what somebody wrote.
    pub(super) title_outside: Option<Label>,
    /// More. Never what people wrote.
    pub(super) text: Label,
    /// Page of the console.
    pub(super) link: String,
    /// What machines may know: names and numbers, never what people wrote.
    pub(super) data: Json,
}

/// What an event comes to; nothing when what it tells of is gone, or it concerns nobody.
pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, heard: &Heard) -> Result<Option<Story>, Problem> {
    match heard.event.split('.').next().unwrap_or_default() {
        "task" => story_task::of(engine, tx, heard),
        "case" | "clock" => story_case::of(engine, tx, heard),
        "import" => story_import::of(engine, tx, heard),
        "survey" => story_survey::of(engine, tx, heard),
        _ => Ok(None),
    }
}

/// The id under `name`.
pub(super) fn id(payload: &Json, name: &str) -> Option<RecordId> {
    payload.get(name)?.as_str()?.parse().ok()
}

/// The text under `name`.
pub(super) fn text<'p>(payload: &'p Json, name: &str) -> Option<&'p str> {
    payload.get(name)?.as_str()
}
