//! What a request would cost, before anybody is asked: records, workers, questions, what is held already, minutes.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, Permit, Subject, Verb};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    form,
    model::{Body, TaskInput},
    population::{self, Records},
    write,
};
use crate::{
    Engine, Problem,
    area::AreaRef,
    collect::held::{self, HeldElement, share},
    home,
};

/// What a request would cost.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TaskPreview {
    /// Records of the population.
    pub records: u64,
    /// By the areas directly below.
    pub by_area: Vec<PreviewArea>,
    /// Questions put to each.
    pub questions: u32,
    /// What is asked although it is held of most.
    pub already_held: Vec<PreviewHeld>,
    /// Minutes in all.
    pub minutes: u64,
}

/// A part of the population.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewArea {
    /// Area.
    pub area: AreaRef,
    /// Records.
    pub records: u64,
    /// Accounts with a worker's role there.
    pub workers: u64,
}

/// Something asked that is held already.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PreviewHeld {
    /// Data element.
    pub element: String,
    /// Label.
    pub label: String,
    /// Share of the population of which it is known.
    pub coverage: f64,
}

/// What a draft would cost.
pub async fn preview(engine: &Engine, actor: &Actor, input: TaskInput) -> Result<TaskPreview, Problem> {
    let tasks = engine.permit(actor, Verb::Create, Subject::Tasks)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let asked = input.population.as_ref().and_then(|asked| asked.area.as_ref());
            let code = input.area.as_ref().or(asked).map(|area| area.name().to_owned());
            let area = match code {
                Some(code) => {
                    let path = tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path;
                    if !tasks.scope().covers(&path) {
                        return Err(Problem::outside_scope(&code));
                    }
                    path
                }
                None => crate::access::home_of(&actor.grants).cloned().ok_or_else(|| {
                    Problem::parameter("area", "请选择任务区域(area)。", "Choose the area of the task.")
                })?,
            };
            let mut body = Body { kind: "visit".into(), ..Body::default() };
            write::take(&engine2, tx, &actor, &area, &input, &mut body)?;
            let register = crate::entity(&engine2.catalogue(), &body.entity)?.clone();
            let permit = engine2.permit_entity(&actor, Verb::Read, &register)?;
            let cost = cost(&engine2, tx, &actor, &permit, actor.account, &area, &body)?;
            Ok(TaskPreview {
                records: cost.records,
                by_area: by_area(&engine2, tx, &area, &cost.by_area)?,
                questions: cost.questions,
                minutes: cost.records * u64::from(cost.seconds) / 60,
                already_held: cost
                    .held
                    .into_iter()
                    .map(|one| PreviewHeld { element: one.element, label: one.label, coverage: one.coverage })
                    .collect(),
            })
        })
        .await
}

/// What a request costs.
pub struct Cost {
    /// Records.
    pub records: u64,
    /// By the areas directly below.
    pub by_area: BTreeMap<AreaPath, u64>,
    /// Questions put to each.
    pub questions: u32,
    /// What is asked although it is held of most.
    pub held: Vec<HeldElement>,
    /// Seconds an answer takes.
    pub seconds: u32,
}

/// What a request costs. `author` is whose fill the population may be.
pub fn cost(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    permit: &Permit,
    author: linli_domain::RecordId,
    area: &AreaPath,
    body: &Body,
) -> Result<Cost, Problem> {
    let (questions, elements) = asked(engine, tx, body)?;
    let depth = area.ancestry().len() + 1;
    let records = population::records(engine, tx, permit, author, area, body)?;
    let mut by_area: BTreeMap<AreaPath, u64> = BTreeMap::new();
    let mut elements_held = match &records {
        Records::Query(query) => {
            for (_, place, count) in tx.count_by(&permit.within(area), query, &[], Some(depth))? {
                *by_area.entry(place.unwrap_or_else(|| area.clone())).or_default() += count;
            }
            held::held(engine, tx, actor, area, &elements, Some(query))?
        }
        Records::Ids(ids, _) => {
            for record in tx.records(&permit.within(area), &body.entity, ids)? {
                if record.ended.is_none() {
                    let place = record.path.ancestry().into_iter().take(depth).next_back();
                    *by_area.entry(place.unwrap_or_else(|| area.clone())).or_default() += 1;
                }
            }
            held::held(engine, tx, actor, area, &elements, None)?
        }
    };
    let count: u64 = by_area.values().sum();
    if let Records::Ids(_, missing) = &records {
        // What a template lacks is known of the others only.
        for one in &mut elements_held {
            one.records = count;
            one.known = count.saturating_sub(missing.get(&one.element).copied().unwrap_or_default());
            one.coverage = share(one.known, one.records);
        }
    }
    elements_held.retain(|one| held::needs_reason(engine, one.known, one.records));
    let seconds = questions.saturating_mul(engine.config.burden.question_seconds);
    Ok(Cost { records: count, by_area, questions, held: elements_held, seconds })
}

/// How many questions a request puts, and the data elements they fill.
fn asked(engine: &Engine, tx: &mut ReadTx<'_>, body: &Body) -> Result<(u32, Vec<String>), Problem> {
    let Some(form) = body.form.as_ref().filter(|_| body.kind == "form") else {
        return Ok((u32::try_from(body.fields.len()).unwrap_or(u32::MAX), body.fields.clone()));
    };
    let brief = match form.id.parse() {
        Ok(id) => form::published(engine, tx, id)?,
        Err(_) => None,
    };
    let questions = brief.map(|brief| brief.questions).unwrap_or_default();
    let elements = questions.iter().filter_map(|question| question.element.clone()).collect();
    Ok((u32::try_from(questions.len()).unwrap_or(u32::MAX), elements))
}

fn by_area(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    area: &AreaPath,
    counts: &BTreeMap<AreaPath, u64>,
) -> Result<Vec<PreviewArea>, Problem> {
    let places = home::worker_places(engine, tx, area)?;
    let mut parts = Vec::with_capacity(counts.len());
    for (place, records) in counts {
        let workers = places.values().filter(|held| held.iter().any(|one| place.covers(one))).count() as u64;
        parts.push(PreviewArea { area: engine.area_ref(tx, place)?, records: *records, workers });
    }
    Ok(parts)
}
