//! What a visit shows.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, Catalogue, Entity, FieldKind, Permit, Record, RecordId, Verb,
    catalogue::{Relation, Sensitivity},
};
use linli_store::ReadTx;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Engine, Problem,
    collect::held::element,
    entity,
    register::{RecordView, Viewer, moment, sources_in},
    task::{self, AssignmentView},
};

/// A record as a visit shows it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VisitView {
    /// The record that is visited.
    pub record: RecordView,
    /// Of a household: its residents.
    pub members: Vec<RecordView>,
    /// What the visit looks at, by register: the fields of the request, or the columns of the register's list that are not
    /// sensitive.
    #[schema(value_type = std::collections::HashMap<String, Vec<String>>)]
    pub fields: BTreeMap<String, Vec<String>>,
    /// Where the values came from, by record and field.
    #[schema(value_type = std::collections::HashMap<String, std::collections::HashMap<String, VisitSource>>)]
    pub sources: BTreeMap<RecordId, BTreeMap<String, VisitSource>>,
    /// The last visit.
    pub last: Option<LastVisit>,
    /// The assignment it is made for.
    pub assignment: Option<AssignmentView>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VisitSource {
    /// `edit`, `import`, `visit` …
    pub kind: String,
    /// Name for people.
    pub label: String,
    /// Since when; the day somebody last saw that it holds, when that is later.
    pub at: String,
    /// Who.
    pub by: String,
}

/// A visit that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastVisit {
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// What came of it.
    pub outcome: String,
}

/// A record as a visit shows it, for the request `task` or on one's own account.
pub async fn get(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    id: RecordId,
    task: Option<RecordId>,
) -> Result<VisitView, Problem> {
    let (engine2, actor, name) = (engine.clone(), actor.clone(), name.to_owned());
    engine
        .store
        .read(move |tx| {
            let looking = Looking::of(&engine2, &actor, &name)?;
            let fields = match task {
                Some(task) => Some(task::fields_of(&engine2, tx, &actor, task)?),
                None => None,
            };
            let assignment = match task {
                Some(task) => task::assignment_of(&engine2, tx, &actor, task, id)?,
                None => None,
            };
            let view = look(&engine2, tx, &looking, id, fields.as_deref())?.ok_or_else(Problem::no_record)?;
            Ok(VisitView { assignment, ..view })
        })
        .await
}

/// Who looks at records of a register, and what belongs to them.
pub(crate) struct Looking {
    catalogue: std::sync::Arc<Catalogue>,
    name: String,
    permit: Permit,
    viewer: Viewer,
    members: Option<(Relation, Permit, Viewer)>,
}

impl Looking {
    /// For a register that `actor` may read.
    pub(crate) fn of(engine: &Engine, actor: &Actor, name: &str) -> Result<Self, Problem> {
        let catalogue = engine.catalogue();
        let register = entity(&catalogue, name)?;
        let permit = engine.permit_entity(actor, Verb::Read, register)?;
        let members = match members_of(&catalogue, register) {
            Some(relation) => {
                let members = entity(&catalogue, &relation.entity)?;
                let permit = engine.permit_entity(actor, Verb::Read, members).ok();
                permit.map(|permit| (relation.clone(), permit, Viewer::new(engine, actor, members)))
            }
            None => None,
        };
        let viewer = Viewer::new(engine, actor, register);
        Ok(Self { name: name.to_owned(), permit, viewer, members, catalogue: catalogue.clone() })
    }
}

/// The relation that lists the people of a household.
pub(crate) fn members_of<'c>(catalogue: &'c Catalogue, register: &'c Entity) -> Option<&'c Relation> {
    register.relations.iter().find(|relation| {
        let person = catalogue.entities.get(&relation.entity).and_then(|entity| entity.person.as_ref());
        person.and_then(|person| person.household.as_deref()) == Some(relation.by.as_str())
    })
}

/// Most members that one screen shows.
const MEMBERS: u32 = 200;

/// What a visit of `id` shows; `None` when the record is absent or out of reach.
pub(crate) fn look(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    looking: &Looking,
    id: RecordId,
    asked: Option<&[String]>,
) -> Result<Option<VisitView>, Problem> {
    let register = entity(&looking.catalogue, &looking.name)?;
    let Some(record) = tx.record(&looking.permit, &looking.name, id)? else { return Ok(None) };
    let mut fields = fields(&looking.catalogue, register, looking.members.as_ref().map(|(one, ..)| one), asked);
    let mut sources = BTreeMap::new();
    let mut members = Vec::new();
    if let Some((relation, permit, viewer)) = &looking.members {
        let of = entity(&looking.catalogue, &relation.entity)?;
        let found: Vec<Record> = tx.related(permit, relation, &record, MEMBERS)?;
        for member in &found {
            let wanted = fields.get(&relation.entity).map(Vec::as_slice).unwrap_or_default();
            sources.insert(member.id, origins(engine, tx, permit, &relation.entity, member.id, wanted)?);
        }
        members = viewer.views(tx, of, found)?;
    } else {
        fields.retain(|name, _| *name == looking.name);
    }
    let wanted = fields.get(&looking.name).map(Vec::as_slice).unwrap_or_default();
    sources.insert(id, origins(engine, tx, &looking.permit, &looking.name, id, wanted)?);
    let last = last(tx, &looking.permit, &looking.name, id)?;
    let record = looking.viewer.view(tx, register, record)?;
    Ok(Some(VisitView { record, members, fields, sources, last, assignment: None }))
}

/// What a visit looks at, by register.
pub(crate) fn fields(
    catalogue: &Catalogue,
    register: &Entity,
    members: Option<&Relation>,
    asked: Option<&[String]>,
) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let listed = |entity: &Entity| -> Vec<String> {
        let shown = entity.view.columns.iter().filter_map(|name| entity.field(name));
        shown
            .filter(|field| field.sensitivity != Sensitivity::Sensitive && !field.off_by_default)
            .filter(|field| !matches!(field.kind, FieldKind::Ref { .. }))
            .map(|field| field.name.clone())
            .collect()
    };
    match asked {
        Some(asked) => {
            for (entity, field) in asked.iter().filter_map(|name| element(catalogue, name)) {
                fields.entry(entity.name.clone()).or_default().push(field.name.clone());
            }
        }
        None => {
            fields.insert(register.name.clone(), listed(register));
            if let Some(entity) = members.and_then(|relation| catalogue.entities.get(&relation.entity)) {
                fields.insert(entity.name.clone(), listed(entity));
            }
        }
    }
    fields
}

fn origins(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    name: &str,
    id: RecordId,
    fields: &[String],
) -> Result<BTreeMap<String, VisitSource>, Problem> {
    let sources = sources_in(tx, permit, name, id, engine.lang)?;
    let shown = sources.into_iter().filter(|(field, _)| fields.contains(field));
    let origin = |source: crate::register::SourceOfField| match source.confirmed {
        Some(seen) => VisitSource { kind: source.source.kind, label: source.source.label, at: seen.at, by: seen.by },
        None => VisitSource { kind: source.source.kind, label: source.source.label, at: source.at, by: source.by },
    };
    Ok(shown.map(|(field, source)| (field, origin(source))).collect())
}

/// The last visit of a record, or of the household it was seen with.
fn last(tx: &mut ReadTx<'_>, permit: &Permit, name: &str, id: RecordId) -> Result<Option<LastVisit>, Problem> {
    let visit = tx.last_visit(permit, name, id)?.map(|visit| (visit.at, visit.by_name, visit.outcome));
    let seen = tx.confirmed(permit, name, &[id])?.remove(&id).map(|seen| (seen.at, seen.by_name, seen.outcome));
    let last = visit.into_iter().chain(seen).max_by_key(|(at, ..)| *at);
    Ok(last.map(|(at, by, outcome)| LastVisit { at: moment(at), by, outcome: outcome.name().into() }))
}
