//! The burden meter: what requests put on communities and who sent them. Never a person.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use linli_domain::{
    Actor, AreaPath, Permit, RecordId, Timestamp,
    record::ListQuery,
    task::{AssignmentState, TaskState},
};
use linli_store::{
    ReadTx,
    tables::{AssignmentQuery, Task, TaskQuery},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Engine, Problem,
    area::AreaRef,
    home,
    task::{self, Body},
};

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct BurdenRow {
    /// Requests that were sent. One that concerns several communities counts for each of them, and once in the totals.
    pub requests: u64,
    /// Questions put: questions of the request × assignments.
    pub questions: u64,
    /// Of these, held already when the request was sent.
    pub already_held: u64,
    /// Assignments that were answered.
    pub answers: u64,
    /// Minutes: measured where the phone told, else by the number of questions; for what is still open too.
    pub minutes: u64,
    /// Complaints that a request has no licence.
    pub complaints: u64,
}

impl BurdenRow {
    fn add(&mut self, more: Self) {
        self.questions += more.questions;
        self.already_held += more.already_held;
        self.answers += more.answers;
        self.minutes += more.minutes;
        self.complaints += more.complaints;
    }
}

/// Burden in a time and an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BurdenMeter {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// In all.
    pub totals: BurdenRow,
    /// By the department that issued the requests, most questions first.
    pub by_issuer: Vec<IssuerBurden>,
    /// By community, most questions first.
    pub by_area: Vec<AreaBurden>,
    /// By request, most questions first.
    pub tasks: Vec<TaskBurden>,
}

/// Burden of a department's requests.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IssuerBurden {
    /// Department.
    pub issuer: String,
    /// What it asked.
    #[serde(flatten)]
    pub row: BurdenRow,
}

/// Burden on a community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AreaBurden {
    /// Community.
    pub area: AreaRef,
    /// Households with records.
    pub households: u64,
    /// Accounts with a worker's role.
    pub workers: u64,
    /// What it was asked.
    #[serde(flatten)]
    pub row: BurdenRow,
}

/// Burden of a request.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TaskBurden {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// Department that issued it.
    pub issuer: String,
    /// What it asked.
    #[serde(flatten)]
    pub row: BurdenRow,
}

/// The burden of the requests approved from a day to a day (this year, when none are named) in an area of one's scope.
pub async fn view(
    engine: &Engine,
    actor: &Actor,
    from: Option<Date>,
    to: Option<Date>,
    area: Option<String>,
) -> Result<BurdenMeter, Problem> {
    let permit = engine.permit(actor, linli_domain::Verb::Read, linli_domain::Subject::Tasks)?;
    let today = engine.now().china_date();
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.first_of_year());
    if from > to {
        return Err(Problem::parameter(
            "from",
            "开始日期不能晚于结束日期。",
            "The first day cannot be after the last.",
        ));
    }
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .read(move |tx| {
            let permit = match area {
                Some(code) => permit.within(&tx.area(&code)?.ok_or_else(|| Problem::no_area(&code))?.path),
                None => permit,
            };
            let first = Timestamp(Timestamp::end_of_china_day(from.yesterday().unwrap_or(from)).0 + 1);
            let span = (first, Timestamp::end_of_china_day(to));
            let cells = cells(tx, &permit, span)?;
            meter(&engine2, tx, &actor, &cells, (from, to))
        })
        .await
}

/// What one request asked of one community.
struct Cell {
    task: RecordId,
    title: String,
    issuer: String,
    home: AreaPath,
    row: BurdenRow,
}

/// One cell for each request and community, from one grouped statement. Every sum is made of whole cells, so that totals are
/// the sums of their rows.
fn cells(tx: &mut ReadTx<'_>, permit: &Permit, span: (Timestamp, Timestamp)) -> Result<Vec<Cell>, Problem> {
    let query = TaskQuery {
        states: vec![TaskState::Open, TaskState::Closed],
        above: true,
        approved: Some(span),
        limit: 10_000,
        ..TaskQuery::default()
    };
    let tasks: BTreeMap<RecordId, (Task, Body)> =
        task::bodies(tx.tasks(permit, &query)?)?.into_iter().map(|(task, body)| (task.id, (task, body))).collect();
    let ids: Vec<RecordId> = tasks.keys().copied().collect();
    let mut cells: BTreeMap<(RecordId, String), (BurdenRow, u64)> = BTreeMap::new();
    for chunk in ids.chunks(500) {
        let asked = AssignmentQuery { tasks: chunk.to_vec(), ..AssignmentQuery::default() };
        for part in tx.assignment_progress(permit, &asked, false)? {
            let Some((_, body)) = tasks.get(&part.task) else { continue };
            let (row, seconds) = cells.entry((part.task, part.home)).or_default();
            row.questions += part.count * u64::from(body.questions);
            row.already_held += part.count * u64::from(body.already_held);
            row.answers += if part.state == AssignmentState::Done { part.count } else { 0 };
            let unmeasured = part.count.saturating_sub(part.measured);
            *seconds += part.seconds + unmeasured * u64::from(body.seconds);
        }
    }
    let mut places: BTreeMap<String, AreaPath> = BTreeMap::new();
    let homes: BTreeSet<String> = cells.keys().map(|(_, home)| home.clone()).collect();
    let homes: Vec<&str> = homes.iter().map(String::as_str).collect();
    for area in tx.areas(&homes)? {
        places.insert(area.code.clone(), area.path);
    }
    let mut made: Vec<Cell> = Vec::with_capacity(cells.len());
    for ((task, home), (row, seconds)) in cells {
        let (Some((_, body)), Some(home)) = (tasks.get(&task), places.get(&home)) else { continue };
        let row = BurdenRow { requests: 1, minutes: (seconds + 30) / 60, ..row };
        made.push(Cell { task, title: body.title.clone(), issuer: body.issuer.clone(), home: home.clone(), row });
    }
    for (task, place, count) in tx.complaint_counts(permit, &ids)? {
        if let Some(cell) = made.iter_mut().find(|cell| cell.task == task && cell.home.covers(&place)) {
            cell.row.complaints += count;
        }
    }
    Ok(made)
}

fn meter(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    cells: &[Cell],
    (from, to): (Date, Date),
) -> Result<BurdenMeter, Problem> {
    let mut totals = BurdenRow::default();
    let mut by_issuer: BTreeMap<&str, (BurdenRow, BTreeSet<RecordId>)> = BTreeMap::new();
    let mut by_area: BTreeMap<&AreaPath, (BurdenRow, BTreeSet<RecordId>)> = BTreeMap::new();
    let mut by_task: BTreeMap<RecordId, TaskBurden> = BTreeMap::new();
    for cell in cells {
        totals.add(cell.row);
        for (row, tasks) in [by_issuer.entry(&cell.issuer).or_default(), by_area.entry(&cell.home).or_default()] {
            row.add(cell.row);
            tasks.insert(cell.task);
        }
        let task = by_task.entry(cell.task).or_insert_with(|| TaskBurden {
            id: cell.task,
            title: cell.title.clone(),
            issuer: cell.issuer.clone(),
            row: BurdenRow { requests: 1, ..BurdenRow::default() },
        });
        task.row.add(cell.row);
    }
    totals.requests = by_task.len() as u64;
    let counted = |(row, tasks): (BurdenRow, BTreeSet<RecordId>)| BurdenRow { requests: tasks.len() as u64, ..row };
    let mut issuers: Vec<IssuerBurden> = by_issuer
        .into_iter()
        .map(|(issuer, cell)| IssuerBurden { issuer: issuer.to_owned(), row: counted(cell) })
        .collect();
    let mut areas = Vec::with_capacity(by_area.len());
    let people = home::People::of(engine, actor);
    for (place, cell) in by_area {
        areas.push(AreaBurden {
            area: engine.area_ref(tx, place)?,
            households: households(tx, &people, place)?,
            workers: home::worker_places(engine, tx, place)?.len() as u64,
            row: counted(cell),
        });
    }
    let mut tasks: Vec<TaskBurden> = by_task.into_values().collect();
    issuers.sort_by(|a, b| b.row.questions.cmp(&a.row.questions).then_with(|| a.issuer.cmp(&b.issuer)));
    areas.sort_by(|a, b| b.row.questions.cmp(&a.row.questions).then_with(|| a.area.path.cmp(&b.area.path)));
    tasks.sort_by(|a, b| b.row.questions.cmp(&a.row.questions).then_with(|| b.id.cmp(&a.id)));
    Ok(BurdenMeter { from: from.to_string(), to: to.to_string(), totals, by_issuer: issuers, by_area: areas, tasks })
}

fn households(tx: &mut ReadTx<'_>, people: &home::People, place: &AreaPath) -> Result<u64, Problem> {
    let Some(register) = &people.households else { return Ok(0) };
    let query = ListQuery { area: Some(place.clone()), ..ListQuery::of(&register.entity.name) };
    Ok(tx.count(&register.permit.within(place), &query)?)
}
