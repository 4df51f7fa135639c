//! Assignments as answers show them.

use std::collections::BTreeMap;

use linli_domain::{
    Actor, AreaPath, Catalogue, Entity, Permit, Record, RecordId, Verb, catalogue::Sensitivity, task::AssignmentState,
};
use linli_store::{
    ReadTx,
    tables::{Assignment, AssignmentQuery, Task},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{basis, looking, model::Body, view};
use crate::{
    Engine, Problem,
    area::AreaRef,
    register::{RefView, moment, title_of},
};

/// An assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Request.
    pub task: TaskOfAssignment,
    /// Record it is about.
    pub record: RefView,
    /// What tells it from others of the same name: its address.
    pub subtitle: String,
    /// Area.
    pub area: AreaRef,
    /// Who works there.
    pub worker: Option<String>,
    /// `open`, `done`, `unreachable`, `complaint`.
    pub state: String,
    /// `no_change`, `changed`, `absent`, `moved`, `answered`.
    pub outcome: Option<String>,
    /// When.
    pub done_at: Option<String>,
    /// The answer to a form.
    pub instance_id: Option<String>,
}

/// The request of an assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskOfAssignment {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// `form` or `visit`.
    pub kind: String,
    /// Day it is due.
    pub deadline: Option<String>,
    /// What the answers are for.
    pub purpose: String,
    /// The item of a responsibility list that licenses it.
    pub basis: String,
}

/// A page of assignments.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AssignmentPage {
    /// By place.
    pub items: Vec<AssignmentView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Which assignments of a request.
#[derive(Debug, Clone, Default)]
pub struct AssignmentFilter {
    /// Only in this state.
    pub state: Option<String>,
    /// Only within this area.
    pub area: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of a request's assignments in one's scope.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    id: RecordId,
    filter: AssignmentFilter,
) -> Result<AssignmentPage, Problem> {
    let permit = looking(engine, actor)?;
    let states = match filter.state.as_deref().filter(|state| !state.is_empty()) {
        None => Vec::new(),
        Some(name) => vec![AssignmentState::from_name(name).ok_or_else(|| {
            Problem::parameter("state", format!("没有状态“{name}”。"), format!("There is no state `{name}`."))
        })?],
    };
    let after = filter.after.as_deref().map(cursor).transpose()?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let task = super::task(tx, &permit, id)?;
            let area = match &filter.area {
                Some(code) => Some(tx.area(code)?.ok_or_else(|| Problem::no_area(code))?.path),
                None => None,
            };
            let query = AssignmentQuery { tasks: vec![task.id], states, area, after, limit: filter.limit + 1 };
            let (found, next) = page(tx, &permit, &query)?;
            Ok(AssignmentPage { items: views(&engine2, tx, &actor, &[task], found)?, next })
        })
        .await
}

/// A page of assignments and the cursor of the next; `query.limit` is one more than the page holds.
pub fn page(
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    query: &AssignmentQuery,
) -> Result<(Vec<Assignment>, Option<String>), Problem> {
    let mut found = tx.assignments(permit, query)?;
    let most = query.limit.saturating_sub(1) as usize;
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|one| format!("{}!{}", one.path, one.id));
    Ok((found, next))
}

/// Reads a cursor of [`page`].
pub fn cursor(text: &str) -> Result<(AreaPath, RecordId), Problem> {
    let read = text.rsplit_once('!').and_then(|(path, id)| Some((path.parse().ok()?, id.parse().ok()?)));
    read.ok_or_else(Problem::bad_cursor)
}

/// Views of assignments; records, workers and areas are read by a few statements.
pub fn views(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    tasks: &[Task],
    found: Vec<Assignment>,
) -> Result<Vec<AssignmentView>, Problem> {
    let catalogue = engine.catalogue();
    let records = records(engine, tx, actor, &catalogue, &found)?;
    let workers = Workers::of(engine, tx, &found)?;
    let mut briefs: BTreeMap<RecordId, TaskOfAssignment> = BTreeMap::new();
    for task in tasks {
        briefs.insert(task.id, brief(engine, tx, task, &view::body(task)?)?);
    }
    let mut views = Vec::with_capacity(found.len());
    for one in found {
        let Some(task) = briefs.get(&one.task) else { continue };
        let held = records.get(&one.record);
        let register = catalogue.entities.get(&one.entity);
        let (title, subtitle) = match (held, register) {
            (Some(record), Some(register)) => {
                (title_of(&catalogue, register, record), subtitle(&catalogue, register, record))
            }
            // The record has moved out of reach, or may not be read.
            _ => ("—".to_owned(), String::new()),
        };
        views.push(AssignmentView {
            id: one.id,
            task: task.clone(),
            record: RefView { entity: one.entity, id: one.record, title },
            subtitle,
            worker: workers.at(&one.path),
            area: engine.area_ref(tx, &one.path)?,
            state: one.state.name().into(),
            outcome: one.outcome.map(|outcome| outcome.name().into()),
            done_at: one.done.map(moment),
            instance_id: one.instance,
        });
    }
    Ok(views)
}

/// What an assignment says of its request.
pub fn brief(engine: &Engine, tx: &mut ReadTx<'_>, task: &Task, body: &Body) -> Result<TaskOfAssignment, Problem> {
    let item = match body.basis {
        Some(item) => basis::named(engine, tx, item)?.map(|item| item.title),
        None => None,
    };
    Ok(TaskOfAssignment {
        id: task.id,
        title: body.title.clone(),
        kind: body.kind.clone(),
        deadline: task.deadline.map(|day| day.to_string()),
        purpose: body.purpose.clone(),
        basis: item.unwrap_or_else(|| body.basis_text.clone()),
    })
}

fn records(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    catalogue: &Catalogue,
    found: &[Assignment],
) -> Result<BTreeMap<RecordId, Record>, Problem> {
    let mut wanted: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
    for one in found {
        wanted.entry(&one.entity).or_default().push(one.record);
    }
    let mut records = BTreeMap::new();
    for (name, ids) in wanted {
        let Some(register) = catalogue.entities.get(name) else { continue };
        let Ok(permit) = engine.permit_entity(actor, Verb::Read, register) else { continue };
        records.extend(tx.records(&permit, name, &ids)?.into_iter().map(|record| (record.id, record)));
    }
    Ok(records)
}

/// The address, or the second column of the register's list.
fn subtitle(catalogue: &Catalogue, register: &Entity, record: &Record) -> String {
    let open = |name: &str| register.field(name).filter(|field| field.sensitivity != Sensitivity::Sensitive);
    let second = register.view.columns.iter().find(|name| **name != register.title);
    let Some(field) = open("address").or_else(|| second.and_then(|name| open(name))) else { return String::new() };
    if record.value(&field.name).is_null() {
        return String::new();
    }
    let shown = Entity { title: field.name.clone(), ..register.clone() };
    title_of(catalogue, &shown, record)
}

/// Who works where: the accounts with a worker's role granted nearest above a place.
struct Workers(BTreeMap<AreaPath, Vec<String>>);

impl Workers {
    fn of(engine: &Engine, tx: &mut ReadTx<'_>, found: &[Assignment]) -> Result<Self, Problem> {
        let mut places: Vec<AreaPath> = found.iter().flat_map(|one| one.path.ancestry()).collect();
        places.sort();
        places.dedup();
        let mut names: BTreeMap<AreaPath, Vec<String>> = BTreeMap::new();
        for (_, name, grant) in tx.granted_on(&places)? {
            let held = names.entry(grant.area).or_default();
            if engine.config.workers.roles.contains(&grant.role) && !held.contains(&name) {
                held.push(name);
            }
        }
        names.retain(|_, names| !names.is_empty());
        Ok(Self(names))
    }

    fn at(&self, place: &AreaPath) -> Option<String> {
        let nearest = place.ancestry().into_iter().rev().find_map(|above| self.0.get(&above));
        nearest.map(|names| names.join("、"))
    }
}

/// The data elements that a visit for a request looks at; its own lists for one that names none.
pub(crate) fn fields_of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    id: RecordId,
) -> Result<Vec<String>, Problem> {
    let permit = looking(engine, actor)?;
    Ok(view::body(&super::task(tx, &permit, id)?)?.fields)
}

/// The data elements that the request of an assignment in one's scope looks at.
pub(crate) fn fields_asked_at(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    assignment: RecordId,
) -> Result<Option<Vec<String>>, Problem> {
    let Ok(permit) = looking(engine, actor) else { return Ok(None) };
    let Some(one) = tx.assignment(&permit, assignment)? else { return Ok(None) };
    let tasks = tx.tasks_named(&permit, &[one.task])?;
    let Some(task) = tasks.first() else { return Ok(None) };
    Ok(Some(view::body(task)?.fields).filter(|fields| !fields.is_empty()))
}

/// The assignment of a record to a request.
pub(crate) fn assignment_of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    task: RecordId,
    record: RecordId,
) -> Result<Option<AssignmentView>, Problem> {
    let permit = looking(engine, actor)?;
    let found = tx.assignment(&permit, super::assign::assignment_id(task, record))?;
    let Some(found) = found else { return Ok(None) };
    let tasks = tx.tasks_named(&permit, &[task])?;
    Ok(views(engine, tx, actor, &tasks, vec![found])?.pop())
}
