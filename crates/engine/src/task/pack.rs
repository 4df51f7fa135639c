//! Everything a phone needs to work on a request without a network: the record as the visit shows it, and what a form can
//! be filled with beforehand.

use std::collections::BTreeMap;

use linli_domain::{Actor, RecordId, task::AssignmentState};
use linli_store::tables::AssignmentQuery;
use serde::Serialize;
use utoipa::ToSchema;

use super::{assignments, form, looking, view};
use crate::{
    Engine, Problem,
    visit::{Looking, VisitSource, VisitView, look},
};

/// A value that a form is filled with beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Prefilled {
    /// As the form writes it.
    pub value: String,
    /// As people read it.
    pub shown: String,
    /// Where it came from.
    pub source: VisitSource,
}

/// What a phone needs for one assignment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PackItem {
    /// Assignment.
    #[schema(value_type = String)]
    pub assignment: RecordId,
    /// The record as the visit shows it; `null` when it has moved out of reach.
    pub visit: Option<VisitView>,
    /// What the form can be filled with, by question.
    #[schema(value_type = std::collections::HashMap<String, Prefilled>)]
    pub prefill: BTreeMap<String, Prefilled>,
    /// The form with these values, as an instance to begin with.
    pub instance: Option<String>,
}

/// A page of a request's pack.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PackPage {
    /// By place.
    pub items: Vec<PackItem>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Assignments of one page.
const PAGE: u32 = 100;

/// A page of what a phone needs for the assignments of a request that are to be done in one's areas.
pub async fn pack(engine: &Engine, actor: &Actor, id: RecordId, after: Option<String>) -> Result<PackPage, Problem> {
    let permit = looking(engine, actor)?;
    let after = after.as_deref().map(assignments::cursor).transpose()?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let task = super::task(tx, &permit, id)?;
            let body = view::body(&task)?;
            let query = AssignmentQuery {
                tasks: vec![id],
                states: vec![AssignmentState::Open, AssignmentState::Unreachable],
                after,
                limit: PAGE + 1,
                ..AssignmentQuery::default()
            };
            let (found, next) = assignments::page(tx, &permit, &query)?;
            let views = assignments::views(&engine2, tx, &actor, std::slice::from_ref(&task), found)?;
            let prefiller = form::Prefiller::of(&engine2, tx, &body)?;
            let fields = match &prefiller {
                Some(prefiller) => prefiller.elements(),
                None => body.fields.clone(),
            };
            let looking = Looking::of(&engine2, &actor, &body.entity)?;
            let mut items = Vec::with_capacity(views.len());
            for one in views {
                let visit = look(&engine2, tx, &looking, one.record.id, Some(&fields))?;
                let (prefill, instance) = match (&prefiller, &visit) {
                    (Some(prefiller), Some(visit)) => prefiller.fill(&engine2, visit, one.id)?,
                    _ => (BTreeMap::new(), None),
                };
                let assignment = one.id;
                let visit = visit.map(|visit| VisitView { assignment: Some(one), ..visit });
                items.push(PackItem { assignment, visit, prefill, instance });
            }
            Ok(PackPage { items, next })
        })
        .await
}
