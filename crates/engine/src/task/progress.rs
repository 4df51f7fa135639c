//! How far a request is, by area.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, RecordId, task::TaskState};
use linli_store::tables::{AssignmentQuery, Progress};
use serde::Serialize;
use utoipa::ToSchema;

use super::{looking, model::TaskCounts, view};
use crate::{Engine, Problem, area::AreaRef};

/// How far a request is in an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProgressItem {
    /// Area.
    pub area: AreaRef,
    /// How far.
    #[serde(flatten)]
    pub counts: TaskCounts,
}

/// How far a request is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProgressItems {
    /// By the areas directly below.
    pub items: Vec<ProgressItem>,
}

/// How far a request is, by the areas directly below `area` (its own, when none is named); one grouped statement.
pub async fn progress(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    area: Option<String>,
) -> Result<ProgressItems, Problem> {
    let permit = looking(engine, actor)?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let task = super::task(tx, &permit, id)?;
            let top = match area {
                Some(code) => tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path,
                None => task.area.clone(),
            };
            let query = AssignmentQuery { tasks: vec![id], area: Some(top.clone()), ..AssignmentQuery::default() };
            let depth = top.ancestry().len() + 1;
            let mut parts: BTreeMap<AreaPath, Vec<Progress>> = BTreeMap::new();
            for row in tx.assignment_progress(&permit, &query, true)? {
                let place = row.path.as_ref().and_then(|path| path.ancestry().into_iter().take(depth).next_back());
                parts.entry(place.unwrap_or_else(|| top.clone())).or_default().push(row);
            }
            let (today, over) = (engine2.now().china_date(), task.state == TaskState::Closed);
            let mut items = Vec::with_capacity(parts.len());
            for (place, rows) in parts {
                let counts = view::counts(&rows, task.deadline, over, today);
                items.push(ProgressItem { area: engine2.area_ref(tx, &place)?, counts });
            }
            Ok(ProgressItems { items })
        })
        .await
}
