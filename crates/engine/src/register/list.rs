//! Lists, counts and facets.

use linli_domain::{Actor, Permit, Verb, record::ListQuery};
use linli_store::ReadTx;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{ListFilter, RecordPage, Viewer, list_query};
use crate::{Engine, Problem, entity};

/// How many records a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountView {
    /// Over all pages.
    pub count: u64,
}

/// How many records have each value.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FacetsView {
    /// Greatest first.
    pub items: Vec<FacetItem>,
}

/// A value and how many records have it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FacetItem {
    /// Value; `null` where it is unknown.
    #[schema(value_type = Object)]
    pub value: Json,
    /// Records.
    pub count: u64,
}

/// A page of a list.
pub async fn list(engine: &Engine, actor: &Actor, name: &str, filter: ListFilter) -> Result<RecordPage, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Read, register)?;
    let viewer = Viewer::new(engine, actor, register);
    let name = name.to_owned();
    engine
        .store
        .read(move |tx| {
            let register = entity(&catalogue, &name)?;
            let query = list_query(tx, &permit, &catalogue, register, &filter)?;
            let page = tx.list(&permit, &query)?;
            Ok(RecordPage { items: viewer.views(tx, register, page.records)?, next: page.next })
        })
        .await
}

/// How many records a list has.
pub async fn count(engine: &Engine, actor: &Actor, name: &str, filter: ListFilter) -> Result<CountView, Problem> {
    queried(engine, actor, name, filter, |tx, permit, query| Ok(CountView { count: tx.count(permit, query)? })).await
}

/// How many records of a list have each value of a field.
pub async fn facets(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    field: String,
    filter: ListFilter,
) -> Result<FacetsView, Problem> {
    let catalogue = engine.catalogue();
    let kind = entity(&catalogue, name)?.field(&field).ok_or_else(|| Problem::no_field(name, &field))?.kind.clone();
    queried(engine, actor, name, filter, move |tx, permit, query| {
        let counts = tx.facets(permit, query, &field)?;
        let item = |(value, count): (linli_domain::Value, u64)| FacetItem { value: value.to_json(&kind), count };
        Ok(FacetsView { items: counts.into_iter().map(item).collect() })
    })
    .await
}

async fn queried<T: Send + 'static>(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    filter: ListFilter,
    ask: impl FnOnce(&mut ReadTx<'_>, &Permit, &ListQuery) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, Verb::Read, entity(&catalogue, name)?)?;
    let name = name.to_owned();
    engine
        .store
        .read(move |tx| {
            let query = list_query(tx, &permit, &catalogue, entity(&catalogue, &name)?, &filter)?;
            ask(tx, &permit, &query)
        })
        .await
}
