//! Makes a record.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Area, Entity, Permit, Source, Values, Verb,
    record::{NewRecord, SourceKind},
    rules,
};
use linli_store::ReadTx;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{Candidate, RecordView, Viewer, duplicates, errors_to_fields, read_values, refused};
use crate::{Engine, Idempotency, Problem, ProblemKind, area, entity};

/// A record to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRecord {
    /// Code of the area it hangs on.
    pub area: String,
    /// Values by field.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// `true`: this is somebody new, though somebody like them is known.
    #[serde(default)]
    pub confirm_new: bool,
}

/// Makes a record. Somebody who may be known already is offered first, never silently merged.
pub async fn create(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    input: CreateRecord,
    once: Option<Idempotency>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Create, register)?;
    let values = read_values(register, &input.values).map_err(|fields| Problem::invalid("record.invalid", fields))?;
    let (values, errors) = rules::validate_record(&catalogue, name, &values, engine.now().china_date());
    if !errors.is_empty() {
        return Err(Problem::invalid("record.invalid", errors_to_fields(errors)));
    }
    let viewer = Viewer::new(engine, actor, register);
    if register.person.is_some() && !input.confirm_new {
        let found = duplicates::of_new(engine, actor, register, &values).await?;
        if !found.is_empty() {
            if let Some(once) = &once
                && let Some(first) = engine.replay(actor, once).await?
            {
                return Ok(first);
            }
            return Err(possible_duplicates(&found));
        }
    }
    let (engine2, actor2, name, id) = (engine.clone(), actor.clone(), name.to_owned(), engine.ids.next());
    engine
        .write_once(actor, once, move |tx| {
            let register = entity(&catalogue, &name)?;
            let place = place(tx, &permit, &engine2, register, &input.area)?;
            let new = NewRecord {
                entity: name.clone(),
                id,
                home: place.home,
                path: place.path.clone(),
                values: values.clone(),
            };
            let source = Source { kind: SourceKind::Edit, reference: String::new() };
            let made = tx.insert(&permit, &new, &source);
            let made = made.map_err(|error| refused(&viewer, tx, register, error, &Json::Null))?;
            tx.audit(engine2.audit_entry(&actor2, "create", &name, id.to_string(), Some(place.path), json!({})))?;
            Ok(viewer.view(tx, register, made)?)
        })
        .await
}

/// An area that a record of `entity` may hang on, in the permit's scope.
pub(super) fn place(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    engine: &Engine,
    entity: &Entity,
    code: &str,
) -> Result<Area, Problem> {
    let place =
        tx.area(code)?.ok_or_else(|| wrong_area(format!("没有区域 {code}。"), format!("There is no area {code}.")))?;
    if !permit.scope().covers(&place.path) {
        return Err(Problem::outside_scope(code));
    }
    let catalogue = engine.catalogue();
    let rank = area::level(&catalogue, &place.kind).map_or(0, |level| level.rank);
    let fits = match entity.area_kinds.is_empty() {
        true => rank >= area::COMMUNITY_RANK,
        false => entity.area_kinds.contains(&place.kind),
    };
    if !fits {
        return Err(wrong_area(
            format!("“{}”不能直接登记在“{}”,请选择社区或其下的网格、楼栋。", entity.label.zh, place.name),
            format!("{} cannot stand on {} itself; choose a community or below.", entity.label.en, place.name),
        ));
    }
    if place.valid_to.is_some_and(|last| last < engine.now().china_date()) {
        return Err(wrong_area(format!("区域“{}”已撤销。", place.name), format!("The area {} is closed.", place.name)));
    }
    Ok(place)
}

fn wrong_area(zh: String, en: String) -> Problem {
    let problem = Problem::parameter("area", zh, en);
    Problem { code: "record.area", ..problem }
}

fn possible_duplicates(found: &[Candidate]) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "record.possible_duplicates",
        format!("已登记的人员中有 {} 人可能是同一人。请核对;确为新人时再确认新建。", found.len()),
        format!("{} people already known may be the same. Check them; confirm if this is somebody new.", found.len()),
    )
    .with("candidates", serde_json::to_value(found).unwrap_or_default())
}

/// Values that were asked for, for the log of a refusal: sensitive ones left out.
pub(super) fn told(entity: &Entity, values: &Values) -> Json {
    let open = entity.fields.iter().filter(|field| {
        field.sensitivity != linli_domain::catalogue::Sensitivity::Sensitive && values.contains_key(&field.name)
    });
    let open = open.map(|field| (field.name.clone(), values[&field.name].to_json(&field.kind)));
    Json::Object(open.collect())
}
