//! An item as a resident without an account reads it: what it asks, and the codes to choose from.

use std::collections::BTreeMap;

use linli_domain::FieldKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Engine, Problem,
    catalogue::{CodeView, code_list},
    collect::public::count_call,
    service::{ItemDetail, items},
};

/// Code list of how a helper stands to the applicant.
const RELATIONS: &str = "service/relation_to_applicant";

/// An item with what its questions can be answered with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicItem {
    /// The item, for nobody in particular.
    #[serde(flatten)]
    pub item: ItemDetail,
    /// Codes of the lists that its fields name, by list; and of `service/relation_to_applicant`, for helpers.
    #[schema(value_type = std::collections::HashMap<String, Vec<CodeView>>)]
    pub codes: BTreeMap<String, Vec<CodeView>>,
}

/// An item by its code, for anybody.
pub fn item(engine: &Engine, code: &str) -> Result<PublicItem, Problem> {
    count_call(engine, 1.0)?;
    let catalogue = engine.catalogue();
    let item = items::find(&catalogue, code)?;
    let of = |kind: &FieldKind| match kind {
        FieldKind::Code { list } | FieldKind::Codes { list } => Some(list.clone()),
        _ => None,
    };
    let lists = item.fields.iter().filter_map(|field| of(&field.kind)).chain([RELATIONS.to_owned()]);
    let codes = lists.filter_map(|name| {
        let list = code_list(catalogue.code_lists.get(&name)?);
        Some((name, list.codes.into_iter().filter(|code| !code.retired).collect()))
    });
    Ok(PublicItem { codes: codes.collect(), item: items::bare(engine, &catalogue, item) })
}
