//! Report tables that are known by title.

use std::collections::BTreeMap;

use linli_domain::{Catalogue, Entity, FieldKind, Label, catalogue::ReportTable};

use crate::{
    names,
    report::Report,
    toml_read::{Document, Text},
};

use super::{
    expressions,
    head::bad_name,
    index::{Index, Thing},
};

/// Reads `tables/STEM.toml`.
pub(super) fn read(
    pack: &str,
    stem: &str,
    document: &Document<'_>,
    index: &Index,
    catalogue: &Catalogue,
    report: &mut Report,
) -> Option<ReportTable> {
    let mut root = document.root();
    if !names::well_formed(stem) {
        bad_name(stem, &root.spot(), report);
    }
    let title = root.must_label("title", report).unwrap_or_default();
    let title_words: Vec<String> = root.texts("title_words", report).iter().map(|word| word.value.to_owned()).collect();
    if title_words.is_empty() {
        let help = Label::new(format!("title_words = [\"{}\"]", title.zh), format!("title_words = [\"{}\"]", title.zh));
        let message = ("缺少 `title_words`:凭什么认出这张表", "`title_words` is missing: by what is the table known?");
        report.error_with("missing_key", &root.spot(), message, Some(help));
    }
    let entity = root.must_text("entity", report);
    let filter = root.text("filter", report);
    let columns = root.table("columns", report).map(|mut table| table.all_texts(report)).unwrap_or_default();
    root.finish(report);
    let entity = index.resolve(Thing::Entity, pack, &entity?, report)?;
    let register = catalogue.entities.get(&entity)?;
    let filter = filter.and_then(|filter| expressions::read(&filter, register, catalogue, report));
    let mut known = BTreeMap::new();
    for (heading, element) in columns {
        let full = names::namespaced_element(pack, element.value);
        if reachable(catalogue, register).contains_key(&full) {
            known.insert(heading.value.to_owned(), full);
        } else if !index.unreadable(&full, catalogue) {
            unknown_column(&element, &full, pack, catalogue, register, report);
        }
    }
    Some(ReportTable { name: format!("{pack}/{stem}"), title, title_words, entity, filter, columns: known })
}

/// Data elements of a register and of those it refers to, as `entity/field` or by the shared name.
fn reachable<'c>(catalogue: &'c Catalogue, register: &'c Entity) -> BTreeMap<String, &'c Entity> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![register];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(entity) = waiting.pop() {
        if seen.contains(&entity.name.as_str()) {
            continue;
        }
        seen.push(&entity.name);
        for field in &entity.fields {
            found.insert(entity.element(field), entity);
            found.insert(format!("{}/{}", entity.name, field.name), entity);
            if let FieldKind::Ref { entity: other } = &field.kind {
                waiting.extend(catalogue.entities.get(other));
            }
        }
    }
    found
}

fn unknown_column(
    element: &Text<'_>,
    full: &str,
    pack: &str,
    catalogue: &Catalogue,
    register: &Entity,
    report: &mut Report,
) {
    let message = (
        format!("`{}` 及其引用的登记册没有数据元 `{full}`", register.name),
        format!("neither `{}` nor the registers it refers to have a data element `{full}`", register.name),
    );
    let own = format!("{pack}/");
    let known = reachable(catalogue, register);
    let short = known.keys().map(|name| name.strip_prefix(&own).unwrap_or(name));
    report.error_with("unknown_element", &element.spot(), message, names::suggest(element.value, short));
}
