//! Renames an area from a day on; the old name is kept with its dates.

use jiff::civil::Date;
use linli_domain::{Actor, Verb};
use serde_json::json;

use super::{AreaDetail, create::checked_name, in_scope, initials, look, permit_change};
use crate::{Engine, Problem};

/// Renames an area in scope, from today when no day is given.
pub async fn rename(
    engine: &Engine,
    actor: &Actor,
    code: String,
    name: String,
    from: Option<Date>,
) -> Result<AreaDetail, Problem> {
    let (scope, permit) = permit_change(engine, actor, Verb::Edit)?;
    let name = checked_name(&name)?;
    let from = from.unwrap_or_else(|| engine.now().china_date());
    let (engine2, actor) = (engine.clone(), actor.clone());
    let done = engine
        .store
        .write(move |tx| {
            let mut area = in_scope(tx, &scope, &code)?;
            if area.name != name {
                let initials = initials(&name);
                tx.rename_area(&permit, &code, &name, &initials, from)?;
                let detail = json!({ "old": &area.name, "new": &name, "from": from.to_string() });
                tx.audit(engine2.audit_entry(
                    &actor,
                    "rename",
                    "areas",
                    code.clone(),
                    Some(area.path.clone()),
                    detail,
                ))?;
                (area.name, area.initials) = (name.clone(), initials);
            }
            engine2.area_names.clear();
            look::detail(&engine2, tx, area)
        })
        .await;
    engine.area_names.clear();
    done
}
