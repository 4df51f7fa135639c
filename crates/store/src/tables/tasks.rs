//! Requests that are sent down, with their licence and how far they are.

use jiff::civil::Date;
use linli_domain::{AreaPath, Permit, RecordId, Scope, Subject, Timestamp, Verb, task::TaskState};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    schema::values::{date, path},
    sql::{Sql, filter::push_scope},
    tx::permitted_on,
};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Id.
    pub id: RecordId,
    /// Number people call it by, `2026-0007`.
    pub number: String,
    /// Area it concerns.
    pub area: AreaPath,
    /// How far it is.
    pub state: TaskState,
    /// Who wrote it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was approved.
    pub approved: Option<Timestamp>,
    /// Day it is due.
    pub deadline: Option<Date>,
    /// Last day of its licence.
    pub expires: Option<Date>,
    /// How far the making of assignments is: a cursor, or [`Task::ASSIGNED`]; `None` before approval.
    pub assigned: Option<String>,
    /// When workers were last reminded.
    pub reminded: Option<Timestamp>,
    /// What else it says; no personal data.
    pub body: Json,
}

impl Task {
    /// The value of [`Self::assigned`] when every assignment is made.
    pub const ASSIGNED: &'static str = "all";
}

/// Which requests; newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskQuery {
    /// Only in these states; empty for all.
    pub states: Vec<TaskState>,
    /// Only written by this account.
    pub by: Option<RecordId>,
    /// Not written by this account.
    pub not_by: Option<RecordId>,
    /// Also those whose area lies above the scope: they concern it in part.
    pub above: bool,
    /// Approved within these moments.
    pub approved: Option<(Timestamp, Timestamp)>,
    /// After this one.
    pub after: Option<RecordId>,
    /// At most so many.
    pub limit: u32,
}

const LOOK: &[Verb] = &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage];
const COLUMNS: &str =
    "id, number, area, state, by_id, by_name, created, approved, deadline, expires, assigned, reminded, body";

impl ReadTx<'_> {
    /// The request `id` when its area lies in the scope or around it.
    pub fn task(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Task>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_task WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_reach(&mut sql, permit.scope());
        self.first(&sql, task)
    }

    /// The requests of `ids`, whatever their area: for the names of what one's own assignments belong to.
    pub fn tasks_named(&mut self, permit: &Permit, ids: &[RecordId]) -> Result<Vec<Task>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let mut tasks = Vec::new();
        for chunk in ids.chunks(500) {
            let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_task WHERE id IN ("));
            sql.bind_all(chunk.iter().map(|id| Val::Id(id.0))).push(") ORDER BY id");
            tasks.extend(self.rows(&sql, task)?);
        }
        Ok(tasks)
    }

    /// Requests, newest first.
    pub fn tasks(&mut self, permit: &Permit, query: &TaskQuery) -> Result<Vec<Task>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_task WHERE "));
        if query.above {
            push_reach(&mut sql, permit.scope());
        } else {
            push_scope(&mut sql, "area", permit.scope());
        }
        if !query.states.is_empty() {
            sql.push(" AND state IN (").bind_all(query.states.iter().map(|state| Val::text(state.name()))).push(")");
        }
        if let Some(by) = query.by {
            sql.push(" AND by_id = ").bind(Val::Id(by.0));
        }
        if let Some(by) = query.not_by {
            sql.push(" AND by_id <> ").bind(Val::Id(by.0));
        }
        if let Some((from, until)) = query.approved {
            sql.push(" AND approved >= ").bind(Val::Int(from.0)).push(" AND approved <= ").bind(Val::Int(until.0));
        }
        if let Some(after) = query.after {
            sql.push(" AND id < ").bind(Val::Id(after.0));
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(Val::Int(query.limit.clamp(1, 10_000).into()));
        self.rows(&sql, task)
    }
}

impl WriteTx<'_> {
    /// The next number of a year, from 1. Numbers are not used twice.
    pub fn next_task_number(&mut self, year: i16) -> Result<i64, StoreError> {
        let text = "INSERT INTO linli_task_number (year, next) VALUES ($1, 1) \
                    ON CONFLICT (year) DO UPDATE SET next = linli_task_number.next + 1";
        self.execute(text, &[Val::Int(year.into())])?;
        let mut sql = self.sql("SELECT next FROM linli_task_number WHERE year = ");
        sql.bind(Val::Int(year.into()));
        let next = self.first(&sql, |row| row.int(0))?;
        next.ok_or_else(|| StoreError::Corrupt("a number that was just made".into()))
    }

    /// Keeps a request (permit: `Tasks`, `Create`, `Edit` or `Manage`, over its area).
    pub fn put_task(&mut self, permit: &Permit, task: &Task) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Create, Verb::Edit, Verb::Manage])?;
        if !permit.scope().covers(&task.area) {
            return Err(WriteError::OutOfScope);
        }
        let text = format!(
            "INSERT INTO linli_task ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             ON CONFLICT (id) DO UPDATE SET area = excluded.area, state = excluded.state, \
             approved = excluded.approved, deadline = excluded.deadline, expires = excluded.expires, \
             assigned = excluded.assigned, reminded = excluded.reminded, body = excluded.body"
        );
        let day = |day: Option<Date>| Val::maybe(day.map(|day| day.to_string()));
        let at = |at: Option<Timestamp>| at.map_or(Val::Null, |at| Val::Int(at.0));
        let params = [
            Val::Id(task.id.0),
            Val::text(&task.number),
            Val::text(task.area.as_str()),
            Val::text(task.state.name()),
            Val::Id(task.by.0),
            Val::text(&task.by_name),
            Val::Int(task.created.0),
            at(task.approved),
            day(task.deadline),
            day(task.expires),
            Val::maybe(task.assigned.clone()),
            at(task.reminded),
            Val::text(task.body.to_string()),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }
}

fn task(row: &Row<'_>) -> Result<Task, StoreError> {
    let day = |at: usize| row.maybe_text(at)?.map(|day| date(&day)).transpose();
    let state = row.text(3)?;
    Ok(Task {
        id: RecordId(row.id(0)?),
        number: row.text(1)?,
        area: path(&row.text(2)?)?,
        state: TaskState::from_name(&state).ok_or_else(|| StoreError::Corrupt(format!("state `{state}`")))?,
        by: RecordId(row.id(4)?),
        by_name: row.text(5)?,
        created: Timestamp(row.int(6)?),
        approved: row.maybe_int(7)?.map(Timestamp),
        deadline: day(8)?,
        expires: day(9)?,
        assigned: row.maybe_text(10)?,
        reminded: row.maybe_int(11)?.map(Timestamp),
        body: serde_json::from_str(&row.text(12)?)?,
    })
}

/// Areas in the scope, or around a part of it.
fn push_reach(sql: &mut Sql, scope: &Scope) {
    sql.push("(");
    push_scope(sql, "area", scope);
    if let Scope::Areas(areas) = scope {
        let above: Vec<Val> = areas.iter().flat_map(AreaPath::ancestry).map(|area| Val::text(area.as_str())).collect();
        if !above.is_empty() {
            sql.push(" OR area IN (").bind_all(above).push(")");
        }
    }
    sql.push(")");
}
