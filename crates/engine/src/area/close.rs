//! Closes an area: it stays, with its last day. Nothing living may stand on it.

use jiff::civil::Date;
use linli_domain::{Actor, Subject, Verb, actor, record::ListQuery};
use serde_json::json;

use super::{AreaDetail, in_scope, look, permit_change};
use crate::{Engine, Problem, ProblemKind};

/// Closes an area in scope that has neither valid children nor living records.
pub async fn close(engine: &Engine, actor: &Actor, code: String, last_day: Date) -> Result<AreaDetail, Problem> {
    let (scope, permit) = permit_change(engine, actor, Verb::End)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    let done = engine
        .store
        .write(move |tx| {
            let area = in_scope(tx, &scope, &code)?;
            let day_after = last_day.tomorrow().map_err(Problem::internal)?;
            if !tx.area_children(&linli_domain::Scope::Everywhere, Some(&code), day_after)?.is_empty() {
                return Err(in_use("下级区域", "areas below it"));
            }
            let catalogue = engine2.catalogue();
            for entity in catalogue.entities.values() {
                let all = Actor { operator: true, ..actor.clone() };
                let read = actor::permit(&all, &catalogue.roles, Verb::Read, Subject::Entity(entity.name.clone()))?;
                let query = ListQuery { area: Some(area.path.clone()), ..ListQuery::of(&entity.name) };
                if tx.count(&read, &query)? > 0 {
                    return Err(in_use(&entity.label.zh, &entity.label.en));
                }
            }
            tx.close_area(&permit, &code, last_day)?;
            let detail = json!({ "last_day": last_day.to_string() });
            tx.audit(engine2.audit_entry(&actor, "close", "areas", code.clone(), Some(area.path.clone()), detail))?;
            let closed = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?;
            look::detail(&engine2, tx, closed)
        })
        .await;
    engine.area_names.clear();
    done
}

fn in_use(zh: &str, en: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "area.in_use",
        format!("该区域还有“{zh}”,不能撤销。请先移走或注销。"),
        format!("The area still has {en}. Move or end them first."),
    )
}
