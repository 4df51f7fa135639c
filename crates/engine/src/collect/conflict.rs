//! The queue of conflicts: two people changed the same field, what is held stayed, and somebody decides.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Entity, FieldKind, Label, RecordId, Source, Subject, Timestamp, Value, Values, Verb,
    catalogue::Sensitivity,
    check::{MaskKind, mask},
    record::SourceKind,
    rules,
};
use linli_store::{
    ReadTx,
    tables::{Conflict, ConflictKind, ConflictState},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::answer::RecordRef;
use crate::{
    Engine, FieldProblem, Problem, ProblemKind,
    area::AreaRef,
    entity,
    register::{self, moment},
};

/// A conflict.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `soft` (merged) or `hard`.
    #[schema(value_type = String)]
    pub kind: ConflictKind,
    /// Record.
    pub record: RecordRef,
    /// Where it stands.
    pub area: AreaRef,
    /// When it arose.
    pub at: String,
    /// Who sent what could not be applied.
    pub by: String,
    /// Answer it came with.
    pub instance_id: Option<String>,
    /// Form of that answer.
    pub form: Option<FormRef>,
    /// Fields.
    pub fields: Vec<ConflictField>,
    /// `open` or `resolved`.
    #[schema(value_type = String)]
    pub state: ConflictState,
    /// Who decided.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<String>,
}

/// A form as lists name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormRef {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
}

/// A field of a conflict. Sensitive values are masked.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictField {
    /// Field.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What both were shown.
    #[schema(value_type = Object)]
    pub base: Json,
    /// What is held.
    #[schema(value_type = Object)]
    pub current: Json,
    /// What was sent.
    #[schema(value_type = Object)]
    pub submitted: Json,
    /// Who wrote what is held.
    pub current_by: String,
    /// When.
    pub current_at: String,
}

/// A page of conflicts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ConflictPage {
    /// Newest first.
    pub items: Vec<ConflictView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What is held stays.
    Current,
    /// What was sent takes its place.
    Submitted,
}

/// What is decided, by field.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Side by field; every field of the conflict.
    #[schema(value_type = std::collections::HashMap<String, Side>)]
    pub fields: BTreeMap<String, Side>,
}

/// Conflicts in one's scope, newest first.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    state: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<ConflictPage, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Responses)?;
    let state = match state.filter(|state| !state.is_empty()) {
        None => None,
        Some("open") => Some(ConflictState::Open),
        Some("resolved") => Some(ConflictState::Resolved),
        Some(other) => {
            let (zh, en) = (format!("没有“{other}”这种状态。"), format!("There is no state `{other}`."));
            return Err(Problem::parameter("state", zh, en));
        }
    };
    let after = after.map(|text| cursor(text).ok_or_else(Problem::bad_cursor)).transpose()?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let mut found = tx.conflicts(&permit, state, after, limit + 1)?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|last| format!("{}.{}", last.at.0, last.id));
            let items = found.iter().map(|one| view(&engine2, tx, &actor2, one)).collect::<Result<_, _>>()?;
            Ok(ConflictPage { items, next })
        })
        .await
}

fn cursor(text: &str) -> Option<(Timestamp, RecordId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp(at.parse().ok()?), id.parse().ok()?))
}

fn view(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, conflict: &Conflict) -> Result<ConflictView, Problem> {
    let catalogue = engine.catalogue();
    let register = catalogue.entities.get(&conflict.entity);
    let title =
        match register.and_then(|register| Some((register, engine.permit_entity(actor, Verb::Read, register).ok()?))) {
            Some((register, permit)) => tx
                .record(&permit, &conflict.entity, conflict.record)?
                .map(|record| register::title_of(&catalogue, register, &record)),
            None => None,
        };
    let form = match (conflict.form, engine.permit(actor, Verb::Read, Subject::Forms)) {
        (Some(id), Ok(permit)) => tx.form(&permit, id)?.map(|form| FormRef { id, title: form.title }),
        _ => None,
    };
    let empty = Vec::new();
    let fields = conflict.detail["fields"].as_array().unwrap_or(&empty);
    Ok(ConflictView {
        id: conflict.id,
        kind: conflict.kind,
        record: RecordRef {
            entity: conflict.entity.clone(),
            id: conflict.record,
            title: title.unwrap_or_else(|| conflict.record.to_string()),
        },
        area: engine.area_ref(tx, &conflict.path)?,
        at: moment(conflict.at),
        by: conflict.by_name.clone(),
        instance_id: conflict.instance.clone(),
        form,
        fields: fields.iter().map(|field| field_view(engine, register, field)).collect(),
        state: conflict.state,
        resolved_by: conflict.resolved_by.clone(),
        resolved_at: conflict.resolved_at.map(moment),
    })
}

fn field_view(engine: &Engine, register: Option<&Entity>, kept: &Json) -> ConflictField {
    let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
    let name = text("field");
    let field = register.and_then(|register| register.field(&name));
    let hidden = field.is_none_or(|field| field.sensitivity == Sensitivity::Sensitive);
    let submitted = match (&kept["submitted"], field) {
        (Json::String(clear), Some(field)) if hidden => Json::String(masked(&field.kind, clear)),
        (other, _) if hidden => {
            if other.is_null() {
                Json::Null
            } else {
                json!("****")
            }
        }
        (other, _) => other.clone(),
    };
    ConflictField {
        label: field.map_or_else(|| name.clone(), |field| field.label.text(engine.lang).to_owned()),
        field: name,
        base: kept["base"].clone(),
        current: kept["current"].clone(),
        submitted,
        current_by: text("current_by"),
        current_at: text("current_at"),
    }
}

fn masked(kind: &FieldKind, clear: &str) -> String {
    let kind = match kind {
        FieldKind::IdentityNumber | FieldKind::CreditCode => MaskKind::Identity,
        FieldKind::Phone => MaskKind::Phone,
        FieldKind::Address => MaskKind::Address,
        _ => MaskKind::Hidden,
    };
    mask(kind, clear)
}

/// Decides a conflict: each field keeps what is held or takes what was sent.
pub async fn resolve(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    decision: Decision,
) -> Result<ConflictView, Problem> {
    let permit = engine.permit(actor, Verb::Edit, Subject::Responses)?;
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write(move |tx| {
            let mut conflict = tx.conflict(&permit, id)?.ok_or_else(not_found)?;
            if conflict.state == ConflictState::Resolved {
                return Err(resolved_before(&conflict));
            }
            let catalogue = engine2.catalogue();
            let register = entity(&catalogue, &conflict.entity)?;
            let changes = decided(register, &conflict, &decision)?;
            if !changes.is_empty() {
                let edit = engine2.permit_entity(&actor2, Verb::Edit, register)?;
                let record = tx.record(&edit, &conflict.entity, conflict.record)?.ok_or_else(Problem::no_record)?;
                let held = |name: &str| record.masked.contains_key(name);
                let today = engine2.now().china_date();
                let (normal, errors) =
                    rules::validate_edit(&catalogue, &register.name, &record.values, &held, &changes, today);
                if !errors.is_empty() {
                    return Err(Problem::invalid("record.invalid", register::errors_to_fields(errors)));
                }
                let reference = conflict.instance.clone().unwrap_or_default();
                let source = Source { kind: SourceKind::Form, reference };
                tx.update(&edit, &register.name, record.id, record.version, &normal, &source)?;
            }
            conflict.state = ConflictState::Resolved;
            conflict.resolved_by = Some(actor2.name.clone());
            conflict.resolved_at = Some(tx.now());
            tx.put_conflict(&permit, &conflict)?;
            let detail = json!({ "record": conflict.record, "taken": changes.keys().collect::<Vec<_>>() });
            let area = Some(conflict.path.clone());
            tx.audit(engine2.audit_entry(&actor2, "resolve", &conflict.entity, id.to_string(), area, detail))?;
            view(&engine2, tx, &actor2, &conflict)
        })
        .await
}

/// The values that are to be taken over.
fn decided(register: &Entity, conflict: &Conflict, decision: &Decision) -> Result<Values, Problem> {
    let empty = Vec::new();
    let fields = conflict.detail["fields"].as_array().unwrap_or(&empty);
    let (mut changes, mut missing) = (Values::new(), Vec::new());
    for kept in fields {
        let name = kept["field"].as_str().unwrap_or_default();
        match decision.fields.get(name) {
            None => missing.push(FieldProblem::new(
                name,
                "undecided",
                Label::new("请选择保留哪一个值。", "Choose which value holds."),
            )),
            Some(Side::Current) => {}
            Some(Side::Submitted) => {
                let value = register.field(name).and_then(|field| Value::from_json(&kept["submitted"], &field.kind));
                changes.extend(value.map(|value| (name.to_owned(), value)));
            }
        }
    }
    if missing.is_empty() { Ok(changes) } else { Err(Problem::invalid("conflict.undecided", missing)) }
}

fn not_found() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "conflict.not_found",
        "没有这个冲突,或它不在您的管理范围内。",
        "There is no such conflict, or it is outside your scope.",
    )
}

fn resolved_before(conflict: &Conflict) -> Problem {
    let who = conflict.resolved_by.clone().unwrap_or_default();
    Problem::new(
        ProblemKind::Conflict,
        "conflict.resolved",
        format!("这个冲突已由 {who} 处理。"),
        format!("This conflict was decided by {who}."),
    )
}
