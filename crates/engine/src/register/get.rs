//! The record page.

use jiff::civil::Date;
use linli_domain::{
    Actor, RecordId, Timestamp, Value, Verb,
    record::{Condition, ListQuery},
};

use super::{ConfirmedView, RecordPage, RecordView, Viewer, moment};
use crate::{Engine, Problem, entity};

/// A record, as it is or as it was at the end of a day.
pub async fn get(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    as_of: Option<Date>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Read, register)?;
    let viewer = Viewer::new(engine, actor, register);
    let name = name.to_owned();
    engine
        .store
        .read(move |tx| {
            let register = entity(&catalogue, &name)?;
            let record = match as_of {
                None => tx.record(&permit, &name, id)?,
                Some(day) => tx.record_as_of(&permit, &name, id, Timestamp::end_of_china_day(day))?,
            };
            let mut view = viewer.view(tx, register, record.ok_or_else(Problem::no_record)?)?;
            if as_of.is_none() {
                let seen = tx.confirmed(&permit, &name, &[id])?.remove(&id);
                view.confirmed = seen.map(|seen| ConfirmedView { at: moment(seen.at), by: seen.by_name });
            }
            Ok(view)
        })
        .await
}

/// A page of the records that refer to this one by a relation of its register.
pub async fn related(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    relation: &str,
    after: Option<String>,
    limit: u32,
) -> Result<RecordPage, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let relation = register.relations.iter().find(|one| one.id == relation).cloned().ok_or_else(|| {
        Problem::new(
            crate::ProblemKind::NotFound,
            "relation.not_found",
            format!("“{}”没有名为“{relation}”的关联。", register.label.zh),
            format!("{} has no relation called `{relation}`.", register.label.en),
        )
    })?;
    let permit = engine.permit_entity(actor, Verb::Read, register)?;
    let many = entity(&catalogue, &relation.entity)?;
    let permit_many = engine.permit_entity(actor, Verb::Read, many)?;
    let viewer = Viewer::new(engine, actor, many);
    let name = name.to_owned();
    engine
        .store
        .read(move |tx| {
            tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            let many = entity(&catalogue, &relation.entity)?;
            let query = ListQuery {
                conditions: vec![Condition::In(relation.by.clone(), vec![Value::Ref(id)])],
                after,
                limit: limit.clamp(1, 200),
                ..ListQuery::of(&many.name)
            };
            let page = tx.list(&permit_many, &query)?;
            Ok(RecordPage { items: viewer.views(tx, many, page.records)?, next: page.next })
        })
        .await
}
