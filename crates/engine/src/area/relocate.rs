//! Moves an area below another parent, with everything on it.

use linli_domain::{Actor, Verb};
use serde_json::json;

use super::{AreaDetail, COMMUNITY_RANK, in_scope, level, look, permit_change, statistical, wrong_kind};
use crate::{Engine, Problem};

/// Moves an area below the community to another parent; both must be in scope. Its code stays.
pub async fn relocate(engine: &Engine, actor: &Actor, code: String, parent: String) -> Result<AreaDetail, Problem> {
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
            let rows = tx.move_area(&permit, &code, &parent)?;
            let moved = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?;
            let detail = json!({ "from": area.path, "to": moved.path, "rows": rows });
            tx.audit(engine2.audit_entry(&actor, "move", "areas", code.clone(), Some(moved.path.clone()), detail))?;
            engine2.area_names.clear();
            look::detail(&engine2, tx, moved)
        })
        .await;
    engine.area_names.clear();
    engine.sessions.forget_all();
    done
}
