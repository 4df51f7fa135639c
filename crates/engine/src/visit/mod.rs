//! Visits: a household's record on one screen, one tap "no change", or only what has changed.
//!
//! | file | what for |
//! |---|---|
//! | `look` | what a visit shows: record, members, the fields it looks at, where their values came from |
//! | `model`, `send` | a visit comes in, once |
//! | `merge` | changes made upon an older version, field by field |

mod look;
mod merge;
mod model;
mod send;

pub use look::{LastVisit, VisitSource, VisitView, get};
pub(crate) use look::{Looking, look};
pub use merge::{VisitConflict, VisitConflictField};
pub(crate) use model::moment_of;
pub use model::{NewVisit, VisitChange, VisitDone, VisitResult};
pub use send::send;
