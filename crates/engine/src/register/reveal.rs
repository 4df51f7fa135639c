//! Shows a sensitive value in clear, for a purpose that is written down.

use linli_domain::{Actor, RecordId, Verb, catalogue::Sensitivity, check};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem, entity};

/// Which value, and what for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealField {
    /// Sensitive field.
    pub field: String,
    /// What for, 2–200 characters.
    pub purpose: String,
}

/// A sensitive value in clear.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedView {
    /// Value.
    pub value: String,
}

/// Shows one sensitive value; the audit entry is part of the same transaction.
pub async fn reveal(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    input: RevealField,
) -> Result<RevealedView, Problem> {
    let catalogue = engine.catalogue();
    let register = entity(&catalogue, name)?;
    let permit = engine.permit_entity(actor, Verb::Reveal, register)?;
    let field = register.field(&input.field).filter(|field| field.sensitivity == Sensitivity::Sensitive);
    if field.is_none() {
        return Err(Problem::parameter(
            "field",
            format!("“{}”不是敏感字段。", input.field),
            format!("`{}` is not a sensitive field.", input.field),
        ));
    }
    let purpose = check::text(&input.purpose).unwrap_or_default();
    if !(2..=200).contains(&purpose.chars().count()) {
        return Err(Problem::parameter(
            "purpose",
            "请写明查看用途(2–200 字),它会记入审计日志。",
            "State what it is for (2–200 characters); it goes into the audit log.",
        ));
    }
    let (name, field) = (name.to_owned(), input.field);
    let address = engine.address().map(str::to_owned);
    let value = engine
        .store
        .write::<_, Problem>(move |tx| Ok(tx.reveal(&permit, &name, id, &field, &purpose, address.as_deref())?))
        .await?;
    Ok(RevealedView { value })
}
