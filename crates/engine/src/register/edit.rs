//! Changes a record on the basis of a version.

use std::collections::BTreeMap;

use linli_domain::{Actor, Entity, Record, RecordId, Source, Value, Values, Verb, record::SourceKind, rules};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{RecordView, Viewer, create, errors_to_fields, read_values, refused, stale};
use crate::{Engine, Idempotency, Problem, entity};

/// What to change; fields that are absent stay, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EditRecord {
    /// New values by field.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// Code of another area to hang it on.
    pub area: Option<String>,
}

/// Changes a record that is still at `version`; otherwise both versions are told.
pub async fn edit(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    version: i64,
    input: EditRecord,
    once: Option<Idempotency>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Edit, register)?;
    let viewer = Viewer::new(engine, actor, register);
    let changes = read_values(register, &input.values).map_err(|fields| Problem::invalid("record.invalid", fields))?;
    let (engine2, actor2, name) = (engine.clone(), actor.clone(), name.to_owned());
    engine
        .write_once(actor, once, move |tx| {
            let register = entity(&catalogue, &name)?;
            let mut record = tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            let yours = yours(register, &changes, &input);
            if record.version != version {
                return Err(stale(&viewer, tx, register, record, &yours));
            }
            let source = Source { kind: SourceKind::Edit, reference: String::new() };
            let (changes, errors) = checked(&engine2, &catalogue, register, &record, &changes);
            if !errors.is_empty() {
                return Err(Problem::invalid("record.invalid", errors));
            }
            let before = record.version;
            record = tx
                .update(&permit, &name, id, record.version, &changes, &source)
                .map_err(|error| refused(&viewer, tx, register, error, &yours))?;
            if let Some(code) = &input.area {
                let place = create::place(tx, &permit, &engine2, register, code)?;
                if place.path != record.path {
                    record = tx
                        .relocate(&permit, &name, id, record.version, &place.home, &place.path, &source)
                        .map_err(|error| refused(&viewer, tx, register, error, &yours))?;
                }
            }
            if record.version != before {
                let detail = json!({ "fields": changes.keys().collect::<Vec<_>>(), "area": &input.area });
                let area = Some(record.path.clone());
                tx.audit(engine2.audit_entry(&actor2, "edit", &name, id.to_string(), area, detail))?;
            }
            Ok(viewer.view(tx, register, record)?)
        })
        .await
}

fn yours(register: &Entity, changes: &Values, input: &EditRecord) -> Json {
    json!({ "values": create::told(register, changes), "area": &input.area })
}

/// Changes in normal form, and what is wrong with them. The mask of a sensitive value, sent back as it was shown, is no
/// change.
pub(crate) fn checked(
    engine: &Engine,
    catalogue: &linli_domain::Catalogue,
    register: &Entity,
    record: &Record,
    changes: &Values,
) -> (Values, Vec<crate::FieldProblem>) {
    let shown =
        |name: &str, value: &Value| record.masked.get(name).is_some_and(|mask| value.as_text() == Some(mask.as_str()));
    let changes: Values = changes
        .iter()
        .filter(|(name, value)| !shown(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let held = |name: &str| record.masked.contains_key(name);
    let today = engine.now().china_date();
    let (changes, errors) = rules::validate_edit(catalogue, &register.name, &record.values, &held, &changes, today);
    (changes, errors_to_fields(errors))
}
