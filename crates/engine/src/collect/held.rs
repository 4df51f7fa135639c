//! How much of what a form or a visit would ask is held already: never ask twice.

use std::collections::BTreeMap;

use linli_domain::{Actor, AreaPath, Catalogue, Entity, Field, Verb, record::ListQuery};
use linli_store::{Coverage, ReadTx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Engine, Problem, area::AreaRef};

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
