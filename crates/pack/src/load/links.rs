//! What registers say about each other.

use std::collections::BTreeMap;

use linli_domain::{Catalogue, Entity, Field, FieldKind, catalogue::Sensitivity};

use crate::{names, report::Report, source::Spot};

use super::{
    entity::{Link, unknown_field},
    index::Index,
};

/// Checks relations and shared data elements.
pub(super) fn check(links: &[Link], index: &Index, catalogue: &Catalogue, report: &mut Report) {
    for link in links {
        match link {
            Link::Element { entity, field, at } => {
                if let Some(field) = catalogue.entities.get(entity).and_then(|entity| entity.field(field)) {
                    check_element(field, at, index, catalogue, report);
                }
            }
            Link::Relation { entity, position, by, columns } => {
                if let Some(entity) = catalogue.entities.get(entity) {
                    check_relation(entity, *position, by, columns, catalogue, report);
                }
            }
        }
    }
}

/// The field that is a data element's own: `entity/field` of the register that has it first.
pub(super) fn element_field<'c>(catalogue: &'c Catalogue, element: &str) -> Option<&'c Field> {
    let (entity, field) = element.rsplit_once('/')?;
    catalogue.entities.get(entity)?.field(field)
}

fn check_element(field: &Field, at: &Spot, index: &Index, catalogue: &Catalogue, report: &mut Report) {
    let Some(element) = &field.element else { return };
    let Some(own) = element_field(catalogue, element) else {
        if index.unreadable(element, catalogue) {
            return;
        }
        let all: Vec<String> = catalogue
            .entities
            .values()
            .flat_map(|entity| entity.fields.iter().map(|field| format!("{}/{}", entity.name, field.name)))
            .collect();
        let message = (format!("没有数据元 `{element}`"), format!("there is no data element `{element}`"));
        let help = names::suggest(element, all.iter().map(String::as_str));
        report.error_with("unknown_element", at, message, help);
        return;
    };
    if std::mem::discriminant(&own.kind) != std::mem::discriminant(&field.kind) {
        let message = (
            format!("`{}` 与数据元 `{element}` 的类型不同", field.name),
            format!("`{}` and the data element `{element}` are of different kinds", field.name),
        );
        report.error("element_kind", at, message.0, message.1);
    }
    if own.sensitivity == Sensitivity::Sensitive && field.sensitivity != Sensitivity::Sensitive {
        let message = (
            format!("数据元 `{element}` 是敏感的,`{}` 也要写 sensitivity = \"sensitive\"", field.name),
            format!("the data element `{element}` is sensitive, so `{}` must be too", field.name),
        );
        report.error("element_sensitivity", at, message.0, message.1);
    }
}

fn check_relation(
    entity: &Entity,
    position: usize,
    by: &Spot,
    columns: &[Spot],
    catalogue: &Catalogue,
    report: &mut Report,
) {
    let Some(relation) = entity.relations.get(position) else { return };
    // A register whose file could not be read has its own findings.
    let Some(many) = catalogue.entities.get(&relation.entity) else { return };
    match many.field(&relation.by).map(|field| &field.kind) {
        None => unknown_field(many, &relation.by, by, report),
        Some(FieldKind::Ref { entity: one }) if *one == entity.name || !catalogue.entities.contains_key(one) => {}
        Some(_) => {
            let message = (
                format!("`{}` 的字段 `{}` 不指向 `{}`", many.name, relation.by, entity.name),
                format!("the field `{}` of `{}` does not refer to `{}`", relation.by, many.name, entity.name),
            );
            let refers = |field: &&Field| matches!(&field.kind, FieldKind::Ref { entity: one } if *one == entity.name);
            let known: BTreeMap<&str, ()> =
                many.fields.iter().filter(refers).map(|field| (field.name.as_str(), ())).collect();
            report.error_with("relation_by", by, message, names::suggest(&relation.by, known.into_keys()));
        }
    }
    for (column, at) in relation.columns.iter().zip(columns) {
        if many.field(column).is_none() {
            unknown_field(many, column, at, report);
        }
    }
}
