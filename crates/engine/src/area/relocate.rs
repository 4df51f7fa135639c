//! Moves an area below another parent, with everything on it.

use jiff::civil::Date;
use linli_domain::{Actor, Verb};
use serde_json::json;

use super::{AreaDetail, COMMUNITY_RANK, in_scope, level, look, permit_change, places, statistical, wrong_kind};
use crate::{Engine, Problem};

/// Moves an area below the community to another parent; both must be in scope. Its code stays. `from` is its first day
/// below the new parent, today when absent: the tree and everything on it are rewritten at once, so it cannot lie ahead; the
/// former place is kept with its last day.
pub async fn relocate(
    engine: &Engine,
    actor: &Actor,
    code: String,
    parent: String,
    from: Option<Date>,
) -> Result<AreaDetail, Problem> {
    let from = from.unwrap_or_else(|| engine.now().china_date());
    let (scope, permit) = permit_change(engine, actor, Verb::Edit)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    let done = engine
        .store
        .write(move |tx| {
            let area = in_scope(tx, &scope, &code)?;
            let to = in_scope(tx, &scope, &parent)?;
            let catalogue = engine2.catalogue();
            let rank = |kind: &str| level(&catalogue, kind).map_or(0, |level| level.rank);
            if rank(&area.kind) <= COMMUNITY_RANK {
                return Err(statistical());
            }
            if area.path.covers(&to.path) || rank(&to.kind) >= rank(&area.kind) || rank(&to.kind) < COMMUNITY_RANK {
                return Err(wrong_kind(
                    format!("“{}”不能移到“{}”之下。", area.name, to.name),
                    format!("{} cannot be moved below {}.", area.name, to.name),
                ));
            }
            if area.parent.as_deref() == Some(parent.as_str()) {
                return look::detail(&engine2, tx, area);
            }
            places::leave(&engine2, tx, &area, from)?;
            let rows = tx.move_area(&permit, &code, &parent)?;
            let moved = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?;
            let detail = json!({ "from": area.path, "to": moved.path, "first_day": from.to_string(), "rows": rows });
            tx.audit(engine2.audit_entry(&actor, "move", "areas", code.clone(), Some(moved.path.clone()), detail))?;
            engine2.area_names.clear();
            look::detail(&engine2, tx, moved)
        })
        .await;
    engine.area_names.clear();
    engine.flows.forget_areas();
    engine.sessions.forget_all();
    done
}
