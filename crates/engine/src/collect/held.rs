//! How much of what a form or a visit would ask is held already: never ask twice.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, Catalogue, Entity, Field, Label, RecordId, Subject, Verb, record::ListQuery};
use linli_store::{
    Coverage, ReadTx,
    tables::forms::{DRAFT, slot_of},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::form::{Compiled, Question, Settings, form_of};
use crate::{Engine, FieldProblem, Problem, ProblemKind, area::AreaRef};

/// A data element and how far it is known in an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldElement {
    /// Data element, `people/resident/phone`.
    pub element: String,
    /// Its label in the language of the page.
    pub label: String,
    /// Register that holds it.
    pub entity: String,
    /// Living records of the area.
    pub records: u64,
    /// Of how many it is known.
    pub known: u64,
    /// `known` ÷ `records`, 0 where there are none.
    pub coverage: f64,
    /// By the areas directly below.
    pub by_area: Vec<HeldInArea>,
}

/// How far an element is known in one area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldInArea {
    /// Area.
    pub area: AreaRef,
    /// Living records.
    pub records: u64,
    /// Of how many it is known.
    pub known: u64,
}

/// How much of what a form asks is held in an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldForm {
    /// Area.
    pub area: AreaRef,
    /// Questions that fill a data element, in the order of the form.
    pub questions: Vec<HeldQuestion>,
}

/// A question and how much of what it asks is held.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeldQuestion {
    /// Path in the form.
    pub path: String,
    /// What is held.
    #[serde(flatten)]
    pub held: HeldElement,
    /// Whether it asks what is held of most, so that a reason must be stated.
    pub needs_reason: bool,
    /// The reason that was stated.
    pub reason: Option<String>,
}

/// How much of what a form (its draft, else its published version) asks is held in an area; in the form's own when none is
/// named.
pub async fn of_form(engine: &Engine, actor: &Actor, id: RecordId, area: Option<String>) -> Result<HeldForm, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Forms)?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let form = form_of(tx, &permit, id)?;
            let area = match area {
                Some(code) => tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path,
                None => form.area.clone(),
            };
            let version = match (tx.form_version(&form, DRAFT)?, &form.published) {
                (None, Some(published)) => tx.form_version(&form, &slot_of(published))?,
                (draft, _) => draft,
            };
            let compiled: Compiled = match version {
                Some(version) => serde_json::from_value(version.compiled).map_err(Problem::internal)?,
                None => Compiled::default(),
            };
            let settings: Settings = serde_json::from_value(form.settings).map_err(Problem::internal)?;
            let questions = settings.applied(&compiled.questions);
            Ok(HeldForm {
                questions: of_questions(&engine2, tx, &actor, &area, &questions)?,
                area: engine2.area_ref(tx, &area)?,
            })
        })
        .await
}

fn of_questions(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    area: &AreaPath,
    questions: &[Question],
) -> Result<Vec<HeldQuestion>, Problem> {
    let elements: Vec<String> = questions.iter().filter_map(|question| question.element.clone()).collect();
    let known = held(engine, tx, actor, area, &elements, None)?;
    let found = questions.iter().filter_map(|question| {
        let element = question.element.as_ref()?;
        let held = known.iter().find(|one| one.element == *element)?.clone();
        Some(HeldQuestion {
            path: question.path.clone(),
            needs_reason: needs_reason(engine, held.known, held.records),
            held,
            reason: question.reason.clone().filter(|reason| !reason.trim().is_empty()),
        })
    });
    Ok(found.collect())
}

/// Refuses a form for `area` that asks what is held of most without saying why.
pub fn refuse_asked_twice(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    area: &AreaPath,
    questions: &[Question],
) -> Result<(), Problem> {
    // Whether it is held does not depend on what the one who publishes may see.
    let found = of_questions(engine, tx, &Engine::operator(), area, questions)?;
    let fields: Vec<FieldProblem> = found
        .into_iter()
        .filter(|one| one.needs_reason && one.reason.is_none())
        .map(|one| {
            let percent = one.held.known * 100 / one.held.records.max(1);
            let message = Label::new(
                format!("“{}”已掌握 {percent}%,再次采集须写明理由。", one.held.label),
                format!("\"{}\" is held of {percent}%: state why it is asked again.", one.held.label),
            );
            FieldProblem::new(one.path, "asked_twice", message)
        })
        .collect();
    if fields.is_empty() {
        return Ok(());
    }
    let problem = Problem::new(
        ProblemKind::Conflict,
        "form.asked_twice",
        "表单要采集的信息大多已经掌握。请去掉这些题目,或逐题写明再次采集的理由。",
        "Most of what the form asks is held already. Take these questions out, or state for each why it is asked again.",
    );
    Err(problem.with_fields(fields))
}

/// Share of records of which something is known.
pub fn share(known: u64, records: u64) -> f64 {
    // Counts of records stay far below 2^52: nothing is lost.
    #[expect(clippy::cast_precision_loss, reason = "counts of records are small enough for f64")]
    let (known, records) = (known as f64, records as f64);
    if records == 0.0 { 0.0 } else { known / records }
}

/// Whether asking for something so many records already have needs a stated reason: when the coverage reaches
/// `burden.held_percent` of the configuration.
pub fn needs_reason(engine: &Engine, known: u64, records: u64) -> bool {
    records > 0 && known.saturating_mul(100) >= records.saturating_mul(engine.config.burden.held_percent.into())
}

/// The register and field that a data element names.
pub fn element<'c>(catalogue: &'c Catalogue, name: &str) -> Option<(&'c Entity, &'c Field)> {
    let (entity, field) = name.rsplit_once('/')?;
    let entity = catalogue.entities.get(entity)?;
    Some((entity, entity.field(field)?))
}

/// How far elements are known within an area, in the order they were asked for; one statement for each register. Elements
/// of registers that `actor` may not read, and names that are no element, are left out. `narrowed` are lists that stand for
/// a whole register (the population of a request).
pub fn held(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    area: &AreaPath,
    elements: &[String],
    narrowed: Option<&ListQuery>,
) -> Result<Vec<HeldElement>, Problem> {
    let catalogue = engine.catalogue();
    let mut asked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (entity, field) in elements.iter().filter_map(|name| element(&catalogue, name)) {
        let fields = asked.entry(&entity.name).or_default();
        if !fields.contains(&field.name.as_str()) {
            fields.push(&field.name);
        }
    }
    let mut covered: BTreeMap<&str, BTreeMap<AreaPath, Coverage>> = BTreeMap::new();
    let depth = area.ancestry().len() + 1;
    for (name, fields) in &asked {
        let Ok(permit) = engine.permit_entity(actor, Verb::Read, crate::entity(&catalogue, name)?) else { continue };
        let query = match narrowed.filter(|query| query.entity == *name) {
            Some(query) => query.clone(),
            None => ListQuery { area: Some(area.clone()), ..ListQuery::of(*name) },
        };
        covered.insert(name, tx.coverage(&permit.within(area), &query, fields, depth)?);
    }
    let mut answer = Vec::with_capacity(elements.len());
    for name in elements {
        let Some((entity, field)) = element(&catalogue, name) else { continue };
        let Some(places) = covered.get(entity.name.as_str()) else { continue };
        let at = asked[entity.name.as_str()].iter().position(|one| *one == field.name).unwrap_or_default();
        let known = |coverage: &Coverage| coverage.known.get(at).copied().unwrap_or_default();
        let mut by_area = Vec::with_capacity(places.len());
        for (place, coverage) in places {
            let area = engine.area_ref(tx, place)?;
            by_area.push(HeldInArea { area, records: coverage.records, known: known(coverage) });
        }
        let records = places.values().map(|coverage| coverage.records).sum();
        let known = places.values().map(known).sum();
        answer.push(HeldElement {
            element: name.clone(),
            label: field.label.text(engine.lang).to_owned(),
            entity: entity.name.clone(),
            records,
            known,
            coverage: share(known, records),
            by_area,
        });
    }
    Ok(answer)
}
