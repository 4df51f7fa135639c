//! The area tree: keyed by the 12-digit statistical code, extended below the community.
//!
//! | file | what for |
//! |---|---|
//! | `names` | areas as answers name them |
//! | `look` | children, search, one area with its ancestry and former names |
//! | `places` | where an area lay before |
//! | `create`, `rename`, `relocate`, `close` | managing the tree |
//! | `import` | a year's statistical codes into the tree |

mod close;
mod create;
mod import;
mod initials;
mod look;
mod names;
mod places;
mod relocate;
mod rename;

pub use close::close;
pub use create::{NewArea, create};
pub use import::{AreaImportReport, AreaNote, ImportOptions, NoteKind, Progress, import};
pub(crate) use initials::initials;
pub use look::{AreaDetail, AreaItems, AreaView, FormerNameView, SearchItem, SearchItems, children, get, search};
pub use names::{AreaRef, NameCache};
pub use places::FormerPlaceView;
pub use relocate::relocate;
pub use rename::rename;

use linli_domain::{Actor, Area, Catalogue, Permit, Scope, Subject, Verb, actor, catalogue::AreaLevel};
use linli_store::ReadTx;

use crate::{Engine, Problem, ProblemKind};

/// The level of a kind.
pub(crate) fn level<'a>(catalogue: &'a Catalogue, kind: &str) -> Option<&'a AreaLevel> {
    catalogue.levels.iter().find(|level| level.kind == kind)
}

/// Rank of the community: at and above it codes are statistical, below it the city's own.
pub(crate) const COMMUNITY_RANK: u8 = 5;

/// The area with a code that lies in a scope.
pub(crate) fn in_scope(tx: &mut ReadTx<'_>, scope: &Scope, code: &str) -> Result<Area, Problem> {
    tx.area(code)?.filter(|area| scope.covers(&area.path)).ok_or_else(|| Problem::no_area(code))
}

/// What `actor` may do to the tree with `verb` (or with `manage`), as the permit that the store asks for: the store knows
/// one verb for the tree, `manage`.
fn permit_change(engine: &Engine, actor: &Actor, verb: Verb) -> Result<(Scope, Permit), Problem> {
    let asked = engine.permit(actor, verb, Subject::Areas);
    let held = match engine.permit(actor, Verb::Manage, Subject::Areas) {
        Ok(manage) => manage.scope().clone(),
        Err(_) => asked?.scope().clone(),
    };
    let within = Actor { operator: true, ..actor.clone() };
    let permit = actor::permit(&within, &engine.catalogue().roles, Verb::Manage, Subject::Areas)?;
    Ok((held, permit))
}

fn wrong_kind(zh: impl Into<String>, en: impl Into<String>) -> Problem {
    let problem = Problem::parameter("kind", zh, en);
    Problem { code: "area.kind", ..problem }
}

fn statistical() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "area.statistical",
        "社区及以上的区划由统计用区划代码决定,请导入新的区划代码文件(linli area import)。",
        "Areas at and above the community follow the statistical codes: import a new file (linli area import).",
    )
}
