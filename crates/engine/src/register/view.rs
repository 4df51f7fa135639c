//! A record as answers show it.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Catalogue, Entity, FieldKind, Permit, Record, RecordId, Value, Verb, actor, catalogue::Sensitivity,
};
use linli_store::{ReadTx, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{ConfirmedView, moment, write_values};
use crate::Engine;

/// A record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordView {
    /// `pack/entity`.
    pub entity: String,
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Area it hangs on.
    pub area: RecordArea,
    /// Version, from 1; also the `ETag`.
    pub version: i64,
    /// Since when this version holds.
    pub since: String,
    /// When the first version was made.
    pub created: String,
    /// Who made this version.
    pub by: String,
    /// Where this version came from.
    pub source: SourceView,
    /// How it ended.
    pub ended: Option<EndedView>,
    /// What lists and links call it.
    pub title: String,
    /// Known values of all fields but the sensitive ones.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    pub values: BTreeMap<String, Json>,
    /// Masked text of the sensitive fields that are known.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    pub masked: BTreeMap<String, String>,
    /// Records that reference fields name.
    #[schema(value_type = std::collections::HashMap<String, RefView>)]
    pub refs: BTreeMap<String, RefView>,
    /// When somebody last visited and saw that it holds; told for single records.
    #[serde(default)]
    pub confirmed: Option<ConfirmedView>,
}

/// Area of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordArea {
    /// Code.
    pub code: String,
    /// Path.
    pub path: String,
    /// Name.
    pub name: String,
    /// Names from the city down.
    pub full_name: String,
}

/// Where a version came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceView {
    /// `edit`, `import`, `form`, `share`, `undo`, `merge`, `demo`.
    pub kind: String,
    /// Import, form or message it came from.
    pub reference: String,
}

/// How a record ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndedView {
    /// Day.
    pub on: String,
    /// Reason.
    pub reason: String,
    /// The record it was merged into.
    #[schema(value_type = Option<String>)]
    pub merged_into: Option<RecordId>,
}

/// A record that another names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefView {
    /// `pack/entity`.
    pub entity: String,
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What lists and links call it.
    pub title: String,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordPage {
    /// Records.
    pub items: Vec<RecordView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Makes views for one actor: references are named only where they may be read.
#[derive(Clone)]
pub struct Viewer {
    engine: Engine,
    permits: BTreeMap<String, Permit>,
}

impl Viewer {
    /// A viewer for records of `entity` and what they refer to.
    pub fn new(engine: &Engine, actor: &Actor, entity: &Entity) -> Self {
        let catalogue = engine.catalogue();
        let named = entity.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Ref { entity } => Some(entity.clone()),
            _ => None,
        });
        let permits = named
            .filter_map(|name| {
                let subject = linli_domain::Subject::Entity(name.clone());
                Some((name, actor::permitted(actor, &catalogue.roles, Verb::Read, subject)?))
            })
            .collect();
        Self { engine: engine.clone(), permits }
    }

    /// Language of whoever looks.
    pub fn lang(&self) -> linli_domain::Lang {
        self.engine.lang
    }

    /// Views of records of one entity; what they refer to is read by one statement an entity.
    pub fn views(
        &self,
        tx: &mut ReadTx<'_>,
        entity: &Entity,
        records: Vec<Record>,
    ) -> Result<Vec<RecordView>, StoreError> {
        let catalogue = self.engine.catalogue();
        let titles = self.titles(tx, &catalogue, entity, &records)?;
        let mut views = Vec::with_capacity(records.len());
        for record in records {
            let area = self.engine.area_ref(tx, &record.path)?;
            let mut view = self.bare(entity, record);
            view.area = RecordArea { code: area.code, path: area.path, name: area.name, full_name: area.full_name };
            view.refs = refs(entity, &view.values, &titles);
            views.push(view);
        }
        Ok(views)
    }

    /// The view of one record.
    pub fn view(&self, tx: &mut ReadTx<'_>, entity: &Entity, record: Record) -> Result<RecordView, StoreError> {
        let id = record.id;
        let mut views = self.views(tx, entity, vec![record])?;
        views.pop().ok_or_else(|| StoreError::Corrupt(format!("the view of {id} was lost")))
    }

    /// A view without names of areas and references, where none can be read.
    pub fn bare(&self, entity: &Entity, record: Record) -> RecordView {
        let title = title_of(&self.engine.catalogue(), entity, &record);
        RecordView {
            title,
            area: RecordArea {
                code: String::new(),
                path: record.path.to_string(),
                name: String::new(),
                full_name: String::new(),
            },
            values: write_values(entity, &record.values),
            entity: record.entity,
            id: record.id,
            version: record.version,
            since: moment(record.since),
            created: moment(record.created),
            by: record.by,
            source: SourceView { kind: record.source.kind.name().into(), reference: record.source.reference },
            ended: record.ended.map(|ended| EndedView {
                on: ended.on.to_string(),
                reason: ended.reason,
                merged_into: ended.merged_into,
            }),
            masked: record.masked,
            refs: BTreeMap::new(),
            confirmed: None,
        }
    }

    fn titles(
        &self,
        tx: &mut ReadTx<'_>,
        catalogue: &Catalogue,
        entity: &Entity,
        records: &[Record],
    ) -> Result<BTreeMap<RecordId, RefView>, StoreError> {
        let mut wanted: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for field in &entity.fields {
            let FieldKind::Ref { entity: named } = &field.kind else { continue };
            let ids = records.iter().filter_map(|record| match record.value(&field.name) {
                Value::Ref(id) => Some(*id),
                _ => None,
            });
            wanted.entry(named).or_default().extend(ids);
        }
        let mut titles = BTreeMap::new();
        for (name, mut ids) in wanted {
            let (Some(permit), Some(named)) = (self.permits.get(name), catalogue.entities.get(name)) else { continue };
            ids.sort();
            ids.dedup();
            if ids.is_empty() {
                continue;
            }
            for record in tx.records(permit, name, &ids)? {
                let title = title_of(catalogue, named, &record);
                titles.insert(record.id, RefView { entity: name.to_owned(), id: record.id, title });
            }
        }
        Ok(titles)
    }
}

fn refs(
    entity: &Entity,
    values: &BTreeMap<String, Json>,
    titles: &BTreeMap<RecordId, RefView>,
) -> BTreeMap<String, RefView> {
    let named = entity.fields.iter().filter(|field| matches!(field.kind, FieldKind::Ref { .. }));
    named
        .filter_map(|field| {
            let id = values.get(&field.name)?.as_str()?.parse::<RecordId>().ok()?;
            Some((field.name.clone(), titles.get(&id)?.clone()))
        })
        .collect()
}

/// What lists and links call a record: its title field, else its id's first digits.
pub fn title_of(catalogue: &Catalogue, entity: &Entity, record: &Record) -> String {
    let Some(field) = entity.field(&entity.title) else { return short(record.id) };
    if field.sensitivity == Sensitivity::Sensitive {
        return record.masked.get(&field.name).cloned().unwrap_or_else(|| short(record.id));
    }
    match (record.value(&field.name), &field.kind) {
        (Value::Null, _) => short(record.id),
        (Value::Text(code), FieldKind::Code { list }) => catalogue
            .code_lists
            .get(list)
            .and_then(|list| list.get(code))
            .map_or_else(|| code.clone(), |code| code.label.zh.clone()),
        (value, kind) => match value.to_json(kind) {
            Json::String(text) => text,
            other => other.to_string(),
        },
    }
}

fn short(id: RecordId) -> String {
    let text = id.to_string();
    text.get(text.len().saturating_sub(8)..).unwrap_or(&text).to_owned()
}
