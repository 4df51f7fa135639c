//! Ends a record: it leaves the lists and frees its unique values, and is kept.

use jiff::civil::Date;
use linli_domain::{
    Actor, Catalogue, Entity, Label, RecordId, Source, Verb,
    record::{Ended, SourceKind},
};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{RecordView, Viewer, refused, stale};
use crate::{Engine, FieldProblem, Idempotency, Problem, entity};

/// How a record ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndRecord {
    /// Day.
    #[schema(value_type = String)]
    pub on: Date,
    /// Reason: a code of the register's list of end reasons.
    pub reason: String,
}

/// Ends a record; `version` is checked when it is given.
pub async fn end(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    version: Option<i64>,
    input: EndRecord,
    once: Option<Idempotency>,
) -> Result<RecordView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::End, register)?;
    let viewer = Viewer::new(engine, actor, register);
    check(engine, &catalogue, register, &input)?;
    let (engine2, actor2, name) = (engine.clone(), actor.clone(), name.to_owned());
    engine
        .write_once(actor, once, move |tx| {
            let register = entity(&catalogue, &name)?;
            let record = tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            if version.is_some_and(|version| version != record.version) {
                return Err(stale(&viewer, tx, register, record, &Json::Null));
            }
            let ended = Ended { on: input.on, reason: input.reason.clone(), merged_into: None };
            let source = Source { kind: SourceKind::Edit, reference: String::new() };
            let record = tx
                .end(&permit, &name, id, record.version, &ended, &source)
                .map_err(|error| refused(&viewer, tx, register, error, &Json::Null))?;
            let detail = json!({ "on": input.on.to_string(), "reason": &input.reason });
            let area = Some(record.path.clone());
            tx.audit(engine2.audit_entry(&actor2, "end", &name, id.to_string(), area, detail))?;
            Ok(viewer.view(tx, register, record)?)
        })
        .await
}

fn check(engine: &Engine, catalogue: &Catalogue, register: &Entity, input: &EndRecord) -> Result<(), Problem> {
    let mut fields = Vec::new();
    if input.on > engine.now().china_date() {
        let message = Label::new("注销日期不能晚于今天。", "The day of the end cannot be in the future.");
        fields.push(FieldProblem::new("on", "future", message));
    }
    let reason_fits = match register.end_reasons.as_ref().and_then(|list| catalogue.code_lists.get(list)) {
        Some(list) => list.get(&input.reason).is_some_and(|code| !code.retired),
        None => (1..=60).contains(&input.reason.chars().count()),
    };
    // These two are the program's own words.
    if !reason_fits || ["merged", "undone"].contains(&input.reason.as_str()) {
        let message = Label::new("请从注销原因中选择一项。", "Choose one of the reasons for ending.");
        fields.push(FieldProblem::new("reason", "reason", message));
    }
    if fields.is_empty() { Ok(()) } else { Err(Problem::invalid("record.invalid", fields)) }
}
