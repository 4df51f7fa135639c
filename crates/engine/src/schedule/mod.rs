//! Recurring duties: schedules of packs that a street or somebody above it puts in force for an area. Each occurrence opens
//! one case by itself; its chair goes round; it can be skipped with a reason, moved, or given another chair.
//!
//! | file | what for |
//! |---|---|
//! | `members` | among whom a chair goes round |
//! | `plan` | the occurrences of an area: rule, what happened to them, whose turn each is |
//! | `look` | schedules and occurrences as people see them |
//! | `change` | putting in force, skipping, moving, swapping |
//! | `own_rule` | other days for an area |
//! | `open` | the job that opens cases |
//! | `warn` | areas that hold too few |
//! | `calendar` | what falls on which day |

mod calendar;
mod change;
mod look;
mod members;
pub mod open;
mod own_rule;
mod plan;
mod warn;

pub use calendar::{ScheduledDay, days};
pub use change::{Skip, Swap, put_in_force, skip, swap, take_out_of_force};
pub use look::{
    ChairView, InForceView, OccurrenceFilter, OccurrenceItems, OccurrenceView, ScheduleItems, ScheduleView, list,
    occurrences,
};
pub use own_rule::{OwnRule, choose};
pub use warn::{WarningItems, WarningView, warnings};

use linli_domain::{Actor, Area, AreaPath, Permit, Subject, Verb, actor, schedule::Schedule};
use linli_store::{ReadTx, tables::ScheduleOn};

use crate::{Engine, Problem, ProblemKind};

/// The schedule called `name`.
fn schedule(engine: &Engine, name: &str) -> Result<Schedule, Problem> {
    engine.catalogue().schedules.get(name).cloned().ok_or_else(|| {
        Problem::new(
            ProblemKind::NotFound,
            "schedule.not_found",
            format!("没有名为“{name}”的日程。"),
            format!("There is no schedule called `{name}`."),
        )
    })
}

/// The program's own permit on schedules.
fn own_permit(engine: &Engine) -> Result<Permit, Problem> {
    Ok(actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Manage, Subject::Schedules)?)
}

fn reading(engine: &Engine, actor: &Actor) -> Result<Permit, Problem> {
    engine.permit(actor, Verb::Read, Subject::Schedules)
}

/// Areas of a schedule's kind for which it is in force, at or below `within`, each with its first day; by path.
fn areas_in_force(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    schedule: &Schedule,
    on: &[ScheduleOn],
    within: &[AreaPath],
) -> Result<Vec<(Area, jiff::civil::Date)>, Problem> {
    let today = engine.now().china_date();
    let mut found: Vec<(Area, jiff::civil::Date)> = Vec::new();
    for one in on.iter().filter(|one| one.schedule == schedule.name) {
        for place in within {
            let top = if place.covers(&one.area) {
                &one.area
            } else if one.area.covers(place) {
                place
            } else {
                continue;
            };
            tx.areas_below(top, &mut |area| {
                let valid =
                    area.valid_from.is_none_or(|from| from <= today) && area.valid_to.is_none_or(|to| to >= today);
                if area.kind == schedule.area_kind && valid {
                    found.push((area, one.since));
                }
                Ok(())
            })?;
        }
    }
    // In force twice, from a street and from a district: since the earlier day.
    found.sort_by(|a, b| a.0.path.cmp(&b.0.path).then(a.1.cmp(&b.1)));
    found.dedup_by(|later, earlier| later.0.path == earlier.0.path);
    Ok(found)
}

/// The tops of a permit's scope; the operator's are the roots.
fn tops(tx: &mut ReadTx<'_>, permit: &Permit, today: jiff::civil::Date) -> Result<Vec<AreaPath>, Problem> {
    match permit.scope() {
        linli_domain::Scope::Areas(areas) => Ok(areas.clone()),
        scope => Ok(tx.area_children(scope, None, today)?.into_iter().map(|node| node.area.path).collect()),
    }
}
