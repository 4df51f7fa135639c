//! Uniform behaviour of every register a pack declares: one set of commands for all entities.
//!
//! | file | what for |
//! |---|---|
//! | `view` | a record as answers show it |
//! | `filter` | list filters as addresses write them → a list query |
//! | `list`, `get` | lists, counts, facets; the record page: as of a day, history, sources, relations |
//! | `create`, `edit`, `end`, `reopen`, `merge`, `reveal` | commands |
//! | `duplicates` | who might be the same person |

mod create;
mod duplicates;
mod edit;
mod end;
mod filter;
mod get;
mod history;
mod list;
mod merge;
mod reopen;
mod reveal;
mod values;
mod view;

pub use create::{CreateRecord, create};
pub use duplicates::{Candidate, Candidates, duplicates};
pub(crate) use edit::checked;
pub use edit::{EditRecord, edit};
pub use end::{EndRecord, end};
pub use filter::{ListFilter, list_query};
pub use get::{get, related};
pub(crate) use history::sources_in;
pub use history::{
    ConfirmedView, FieldChangeView, HistoryView, SourceOfField, SourcesView, VersionView, history, sources,
};
pub use list::{CountView, FacetItem, FacetsView, count, facets, list};
pub use merge::{Keep, MergeRecords, merge};
pub use reopen::reopen;
pub use reveal::{RevealField, RevealedView, reveal};
pub use values::{errors_to_fields, read_values, write_values};
pub use view::{EndedView, RecordArea, RecordPage, RecordView, RefView, SourceView, Viewer, title_of};

use linli_domain::{Actor, Entity, Record, Timestamp, Verb, actor};
use linli_store::{Holder, ReadTx, WriteError};

use crate::{Engine, Problem};

/// A moment as answers write it: RFC 3339 in UTC.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| at.to_string(), |at| at.to_string())
}

/// A refused write, told in full: a stale one with both versions, a taken value with who holds it.
pub(crate) fn refused(
    viewer: &Viewer,
    tx: &mut ReadTx<'_>,
    entity: &Entity,
    error: WriteError,
    yours: &serde_json::Value,
) -> Problem {
    match error {
        WriteError::Stale { current } => stale(viewer, tx, entity, *current, yours),
        WriteError::Taken { field, holder: Holder::Here(id), .. } => Problem::taken(&field, Some(id)),
        WriteError::Taken { field, holder: Holder::Elsewhere, .. } => Problem::taken(&field, None),
        other => other.into(),
    }
}

/// The problem of a stale write with the record as it is and the changes that were asked for.
pub(crate) fn stale(
    viewer: &Viewer,
    tx: &mut ReadTx<'_>,
    entity: &Entity,
    current: Record,
    yours: &serde_json::Value,
) -> Problem {
    // Names of its area and of what it refers to are a help; the refusal stands without them.
    let bare = viewer.bare(entity, current.clone());
    let current = viewer.view(tx, entity, current).unwrap_or(bare);
    Problem::stale().with("current", serde_json::to_value(current).unwrap_or_default()).with("yours", yours.clone())
}

/// The program's own permit for what a command must do beyond its actor's reach to keep records whole (a reference that
/// follows a merge, a value that moves with it). It carries the actor's name.
pub(crate) fn own_permit(
    engine: &Engine,
    actor: &Actor,
    verb: Verb,
    entity: &Entity,
) -> Result<linli_domain::Permit, Problem> {
    let program = Actor { operator: true, ..actor.clone() };
    let subject = linli_domain::Subject::Entity(entity.name.clone());
    Ok(actor::permit(&program, &engine.catalogue().roles, verb, subject)?)
}
