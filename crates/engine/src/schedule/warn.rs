//! Areas that hold too few: a joint meeting that falls to two a year or fewer exists on paper only (R4).

use std::collections::BTreeMap;

use linli_domain::{Actor, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{areas_in_force, reading, tops};
use crate::{Engine, Problem, area, area::AreaRef};

const YEAR_SECONDS: i64 = 365 * 86_400;

/// An area that holds too few.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WarningView {
    /// Namespaced schedule.
    pub schedule: String,
    /// Its label, in the language of the page.
    pub label: String,
    /// Area.
    pub area: AreaRef,
    /// How many it held in the last twelve months.
    pub held: u64,
    /// So many or fewer are too few.
    pub at_most: u32,
}

/// Areas that hold too few.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WarningItems {
    /// Those that held fewest first.
    pub items: Vec<WarningView>,
}

/// Areas at or below an area (or within one's own) where a schedule is in force and its meetings were too few in the last
/// twelve months, whoever opened them.
pub fn warnings(engine: &Engine, actor: &Actor, code: Option<String>) -> Result<WarningItems, Problem> {
    let permit = reading(engine, actor)?;
    let handle = engine.clone();
    engine.store.read_blocking(move |tx| {
        let today = handle.now().china_date();
        let since: Timestamp = handle.now().plus_seconds(-YEAR_SECONDS);
        let within = match &code {
            Some(code) => vec![area::in_scope(tx, permit.scope(), code)?.path],
            None => tops(tx, &permit, today)?,
        };
        let on = tx.schedules_on(&permit)?;
        let mut items = Vec::new();
        for schedule in handle.catalogue().schedules.values() {
            let Some(at_most) = schedule.warn_at_most else { continue };
            let areas = areas_in_force(&handle, tx, schedule, &on, &within)?;
            let mut held = BTreeMap::new();
            for place in &within {
                held.extend(tx.done_by_area(&permit, &schedule.flow, place, since)?);
            }
            for (area, _) in areas {
                let count = held.get(&area.path).copied().unwrap_or(0);
                if count <= u64::from(at_most) {
                    items.push(WarningView {
                        schedule: schedule.name.clone(),
                        label: schedule.label.text(handle.lang).to_owned(),
                        area: handle.area_ref(tx, &area.path)?,
                        held: count,
                        at_most,
                    });
                }
            }
        }
        items.sort_by(|a, b| a.held.cmp(&b.held).then_with(|| a.area.path.cmp(&b.area.path)));
        Ok(WarningItems { items })
    })
}
