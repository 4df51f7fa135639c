//! What happened to a record, and where each of its values came from.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Entity, FieldKind, Label, Lang, Permit, RecordId, Source, Timestamp, Value, Verb,
    record::{SourceKind, Version},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{SourceView, moment};
use crate::{Engine, Problem, entity};

/// Versions of a record.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HistoryView {
    /// Newest first.
    pub items: Vec<VersionView>,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VersionView {
    /// Version, from 1.
    pub version: i64,
    /// Since when.
    pub since: String,
    /// Until when; `null` for the current one.
    pub until: Option<String>,
    /// Who.
    pub by: String,
    /// From where.
    pub source: SourceView,
    /// `created`, `edited`, `moved`, `ended`, `reopened`.
    #[schema(value_type = String)]
    pub change: linli_domain::record::Change,
    /// Old → new, field by field; sensitive values masked.
    pub fields: Vec<FieldChangeView>,
}

/// Old and new value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FieldChangeView {
    /// Field, or `@area` for a move and `@ended` for an end.
    pub field: String,
    /// Before.
    #[schema(value_type = Object)]
    pub old: Json,
    /// After.
    #[schema(value_type = Object)]
    pub new: Json,
}

/// Where each known value came from, by field.
pub type SourcesView = BTreeMap<String, SourceOfField>;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceOfField {
    /// Source with a name for people.
    pub source: NamedSource,
    /// Since when the value holds.
    pub at: String,
    /// Who brought it.
    pub by: String,
    /// When somebody last saw that it still holds; `null` when nobody did since it was brought.
    pub confirmed: Option<ConfirmedView>,
}

/// When somebody last saw that something holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfirmedView {
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
}

/// A source with a name for people.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NamedSource {
    /// `edit`, `import` …
    pub kind: String,
    /// Import, form or message it came from.
    pub reference: String,
    /// Name for people: the ledger's file name.
    pub label: String,
}

/// All versions of a record, newest first.
pub async fn history(engine: &Engine, actor: &Actor, name: &str, id: RecordId) -> Result<HistoryView, Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, Verb::Read, entity(&catalogue, name)?)?;
    let name = name.to_owned();
    engine
        .store
        .read(move |tx| {
            let versions = tx.history(&permit, &name, id)?;
            if versions.is_empty() {
                return Err(Problem::no_record());
            }
            let register = entity(&catalogue, &name)?;
            Ok(HistoryView { items: versions.into_iter().map(|version| version_view(register, version)).collect() })
        })
        .await
}

fn version_view(entity: &Entity, version: Version) -> VersionView {
    let json = |name: &str, value: Value| match (entity.field(name), value) {
        // Masked text stands for sensitive values of any kind.
        (Some(field), Value::Text(text)) if !field.kind.is_text() => Json::String(text),
        (Some(field), value) => value.to_json(&field.kind),
        (None, value) => value.to_json(&FieldKind::LongText),
    };
    VersionView {
        version: version.version,
        since: moment(version.since),
        until: (version.until != Timestamp::FOREVER).then(|| moment(version.until)),
        by: version.by,
        source: SourceView { kind: version.source.kind.name().into(), reference: version.source.reference },
        change: version.change,
        fields: version
            .fields
            .into_iter()
            .map(|change| FieldChangeView {
                old: json(&change.field, change.old),
                new: json(&change.field, change.new),
                field: change.field,
            })
            .collect(),
    }
}

/// Where each known value of a record came from.
pub async fn sources(engine: &Engine, actor: &Actor, name: &str, id: RecordId) -> Result<SourcesView, Problem> {
    let catalogue = engine.catalogue();
    let permit = engine.permit_entity(actor, Verb::Read, entity(&catalogue, name)?)?;
    let (name, lang) = (name.to_owned(), engine.lang);
    engine
        .store
        .read(move |tx| {
            tx.record(&permit, &name, id)?.ok_or_else(Problem::no_record)?;
            sources_in(tx, &permit, &name, id, lang)
        })
        .await
}

/// [`sources`] of a record that is known to be in the permit's scope.
pub(crate) fn sources_in(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    name: &str,
    id: RecordId,
    lang: Lang,
) -> Result<SourcesView, Problem> {
    let seen = tx.confirmed(permit, name, &[id])?.remove(&id);
    let confirmed = |field: &str, since: Timestamp| {
        let seen = seen.as_ref().filter(|seen| seen.at > since && seen.fields.iter().any(|one| one == field))?;
        Some(ConfirmedView { at: moment(seen.at), by: seen.by_name.clone() })
    };
    let mut named: BTreeMap<Source2, Label> = BTreeMap::new();
    let mut views = BTreeMap::new();
    for (field, (source, at, by)) in tx.field_sources(permit, name, id)? {
        let key = (source.kind, source.reference.clone());
        let label = match named.get(&key) {
            Some(label) => label.clone(),
            None => {
                let label = label_of(tx, permit, &source)?;
                named.insert(key, label.clone());
                label
            }
        };
        let (kind, label) = (source.kind.name().into(), label.text(lang).to_owned());
        let source = NamedSource { kind, reference: source.reference, label };
        let confirmed = confirmed(&field, at);
        views.insert(field, SourceOfField { source, at: moment(at), by, confirmed });
    }
    Ok(views)
}

type Source2 = (SourceKind, String);

/// A source's name for people.
fn label_of(tx: &mut ReadTx<'_>, permit: &Permit, source: &Source) -> Result<Label, Problem> {
    if let (SourceKind::Import, Ok(batch)) = (source.kind, source.reference.parse::<RecordId>())
        && let Some(batch) = tx.batch(permit, batch)?
    {
        return Ok(Label::new(batch.file_name.clone(), batch.file_name));
    }
    let (zh, en) = match source.kind {
        SourceKind::Edit => ("录入", "Typed in"),
        SourceKind::Import => ("台账导入", "Ledger"),
        SourceKind::Form => ("表单", "Form"),
        SourceKind::Visit => ("入户走访", "Visit"),
        SourceKind::Share => ("数据共享", "Shared"),
        SourceKind::Undo => ("撤销导入", "Import undone"),
        SourceKind::Merge => ("合并", "Merge"),
        SourceKind::Demo => ("演示数据", "Demo data"),
    };
    Ok(Label::new(zh, en))
}
