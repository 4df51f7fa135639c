//! Assignments: one for each record of a request's population, where the record stands.

use std::collections::BTreeMap;

use linli_domain::{
    AreaPath, Permit, Record, RecordId, Scope, Subject, Timestamp, Verb,
    actor::Grant,
    task::{AssignmentState, Outcome},
};

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::{Sql, filter::push_scope, insert_text},
    tx::permitted_on,
};

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Code of the community of the record.
    pub home: String,
    /// Id: made from request and record, so that it is made once.
    pub id: RecordId,
    /// Request.
    pub task: RecordId,
    /// Register.
    pub entity: String,
    /// Record.
    pub record: RecordId,
    /// Area the record stood on when the assignment was made.
    pub path: AreaPath,
    /// How far it is.
    pub state: AssignmentState,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// When that was.
    pub done: Option<Timestamp>,
    /// Who did it.
    pub by: Option<RecordId>,
    /// Their name.
    pub by_name: Option<String>,
    /// The answer to a form it came with.
    pub instance: Option<String>,
    /// Seconds it took, where the phone told. Only sums of it are ever shown.
    pub seconds: Option<i64>,
    /// What the worker wrote. Sealed in the database: it may speak of people.
    pub note: Option<String>,
}

/// What an assignment came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// State.
    pub state: AssignmentState,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// The answer to a form.
    pub instance: Option<String>,
    /// Seconds it took.
    pub seconds: Option<i64>,
    /// What the worker wrote.
    pub note: Option<String>,
}

/// Which assignments; by place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AssignmentQuery {
    /// Only of these requests; empty for all.
    pub tasks: Vec<RecordId>,
    /// Only in these states; empty for all.
    pub states: Vec<AssignmentState>,
    /// Only within this area.
    pub area: Option<AreaPath>,
    /// After this one: its place and id.
    pub after: Option<(AreaPath, RecordId)>,
    /// At most so many.
    pub limit: u32,
}

/// How many assignments of a request stand on an area, by what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Request.
    pub task: RecordId,
    /// Community.
    pub home: String,
    /// Area; `None` where only communities were asked for.
    pub path: Option<AreaPath>,
    /// State.
    pub state: AssignmentState,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// How many.
    pub count: u64,
    /// Of how many the seconds are known.
    pub measured: u64,
    /// Their sum.
    pub seconds: u64,
}

/// Whose tasks may be looked at; the responses of an area are worked on by whoever may read its tasks.
const LOOK: &[Verb] = &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage];
const COLUMNS: &str =
    "home, id, task, entity, record, path, state, outcome, done, by_id, by_name, instance, seconds, note";
const WIDTH: usize = 14;

impl ReadTx<'_> {
    /// The assignment `id` in the scope.
    pub fn assignment(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Assignment>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        self.assignment_in(permit.scope(), id)
    }

    fn assignment_in(&mut self, scope: &Scope, id: RecordId) -> Result<Option<Assignment>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_assignment WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", scope);
        self.first(&sql, |row| assignment(ctx, row))
    }

    /// Assignments, by place.
    pub fn assignments(&mut self, permit: &Permit, query: &AssignmentQuery) -> Result<Vec<Assignment>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_assignment WHERE "));
        push_where(&mut sql, permit, query);
        if let Some((place, id)) = &query.after {
            sql.push(" AND (path, id) > (").bind(Val::text(place.as_str())).push(", ").bind(Val::Id(id.0)).push(")");
        }
        sql.push(" ORDER BY path, id LIMIT ").bind(Val::Int(query.limit.clamp(1, 5_000).into()));
        self.rows(&sql, |row| assignment(ctx, row))
    }

    /// How far requests are, by community, state and outcome (by place too, when `places`): one grouped statement.
    pub fn assignment_progress(
        &mut self,
        permit: &Permit,
        query: &AssignmentQuery,
        places: bool,
    ) -> Result<Vec<Progress>, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let by = if places { "task, home, path, state, outcome" } else { "task, home, state, outcome" };
        let asked = if places { by } else { "task, home, CAST(NULL AS TEXT), state, outcome" };
        let mut sql = self.sql(format!(
            "SELECT {asked}, count(*), count(seconds), CAST(coalesce(sum(seconds), 0) AS BIGINT) FROM linli_assignment WHERE "
        ));
        push_where(&mut sql, permit, query);
        sql.push(" GROUP BY ").push(by);
        let count = |row: &Row<'_>, at: usize| Ok::<_, StoreError>(u64::try_from(row.int(at)?).unwrap_or_default());
        self.rows(&sql, |row| {
            Ok(Progress {
                task: RecordId(row.id(0)?),
                home: row.text(1)?,
                path: if places { Some(path(&row.text(2)?)?) } else { None },
                state: state(&row.text(3)?)?,
                outcome: outcome(row.maybe_text(4)?)?,
                count: count(row, 5)?,
                measured: count(row, 6)?,
                seconds: count(row, 7)?,
            })
        })
    }

    /// Accounts that are granted something exactly on these areas, with their grants there; those that may not sign in are
    /// left out.
    pub fn granted_on(&mut self, areas: &[AreaPath]) -> Result<Vec<(RecordId, String, Grant)>, StoreError> {
        let mut found = Vec::new();
        for chunk in areas.chunks(500) {
            let mut sql = self.sql(
                "SELECT account.id, account.name, held.role, held.area FROM linli_grant AS held \
                 JOIN linli_account AS account ON account.id = held.account \
                 WHERE account.disabled = 0 AND held.area IN (",
            );
            sql.bind_all(chunk.iter().map(|area| Val::text(area.as_str()))).push(") ORDER BY account.login_key");
            found.extend(self.rows(&sql, |row| {
                let grant = Grant { role: row.text(2)?, area: path(&row.text(3)?)? };
                Ok((RecordId(row.id(0)?), row.text(1)?, grant))
            })?);
        }
        Ok(found)
    }
}

impl WriteTx<'_> {
    /// Makes assignments that are not there yet, and answers how many were (permit: `Tasks`, `Manage`). None may stand
    /// outside the scope.
    pub fn put_assignments(&mut self, permit: &Permit, new: &[Assignment]) -> Result<u64, WriteError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Manage])?;
        if new.iter().any(|one| !permit.scope().covers(&one.path)) {
            return Err(WriteError::OutOfScope);
        }
        let mut made = 0;
        for chunk in new.chunks(256) {
            let mut text = insert_text("linli_assignment", COLUMNS, WIDTH, chunk.len());
            text.push_str(" ON CONFLICT DO NOTHING");
            let mut params = Vec::with_capacity(chunk.len() * WIDTH);
            for one in chunk {
                params.extend(self.assignment_cells(one)?);
            }
            made += self.execute(&text, &params)?;
        }
        Ok(made)
    }

    fn assignment_cells(&self, one: &Assignment) -> Result<[Val; WIDTH], StoreError> {
        Ok([
            Val::text(&one.home),
            Val::Id(one.id.0),
            Val::Id(one.task.0),
            Val::text(&one.entity),
            Val::Id(one.record.0),
            Val::text(one.path.as_str()),
            Val::text(one.state.name()),
            Val::maybe(one.outcome.map(Outcome::name)),
            one.done.map_or(Val::Null, |at| Val::Int(at.0)),
            one.by.map_or(Val::Null, |by| Val::Id(by.0)),
            Val::maybe(one.by_name.clone()),
            Val::maybe(one.instance.clone()),
            one.seconds.map_or(Val::Null, Val::Int),
            self.sealed_note(one.id, one.note.as_deref())?,
        ])
    }

    fn sealed_note(&self, id: RecordId, note: Option<&str>) -> Result<Val, StoreError> {
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        note.map_or(Ok(Val::Null), |note| Ok(Val::Bytes(self.ctx.crypto.seal(&place(id), note)?)))
    }

    /// Notes what an assignment in `scope` came to, and answers how it stands then; `None` when there is none in the scope.
    /// What is done stays done: a later "nobody was there" changes nothing.
    pub fn complete_assignment(
        &mut self,
        scope: &Scope,
        id: RecordId,
        done: &Completion,
    ) -> Result<Option<Assignment>, StoreError> {
        let Some(mut one) = self.assignment_in(scope, id)? else { return Ok(None) };
        if one.state == AssignmentState::Done && done.state != AssignmentState::Done {
            return Ok(Some(one));
        }
        one.state = done.state;
        one.outcome = done.outcome;
        (one.done, one.by, one.by_name) = (Some(done.at), Some(done.by), Some(done.by_name.clone()));
        one.instance = done.instance.clone().or(one.instance);
        one.seconds = done.seconds.or(one.seconds);
        one.note = done.note.clone().or(one.note);
        self.update_assignment(&one)?;
        Ok(Some(one))
    }

    /// Opens an assignment again whose complaint was dismissed (permit: `Tasks`, `Manage`).
    pub fn reopen_assignment(&mut self, permit: &Permit, id: RecordId) -> Result<(), StoreError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Manage])?;
        if let Some(mut one) = self.assignment_in(permit.scope(), id)?
            && one.state == AssignmentState::Complaint
        {
            one.state = AssignmentState::Open;
            self.update_assignment(&one)?;
        }
        Ok(())
    }

    /// Hangs what is still to be done about a record on the area it went to; what its request does not reach there is closed,
    /// and says why.
    pub(crate) fn take_assignments_along(&mut self, moved: &Record) -> Result<(), StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_assignment WHERE state = "));
        sql.bind(Val::text(AssignmentState::Open.name())).push(" AND record = ").bind(Val::Id(moved.id.0));
        for one in self.rows(&sql, |row| assignment(ctx, row))? {
            let mut asked = self.sql("SELECT area FROM linli_task WHERE id = ");
            asked.bind(Val::Id(one.task.0));
            let Some(area) = self.first(&asked, |row| path(&row.text(0)?))? else { continue };
            if !area.covers(&moved.path) {
                let note = Some("已迁到本次任务以外的区域".to_owned());
                let now = Some(self.now());
                let state = AssignmentState::Unreachable;
                self.update_assignment(&Assignment { state, outcome: Some(Outcome::Moved), done: now, note, ..one })?;
                continue;
            }
            // Its key begins with the home: it is made anew there.
            self.execute(
                "DELETE FROM linli_assignment WHERE home = $1 AND id = $2",
                &[Val::text(&one.home), Val::Id(one.id.0)],
            )?;
            let there = Assignment { home: moved.home.clone(), path: moved.path.clone(), ..one };
            let cells = self.assignment_cells(&there)?;
            self.execute(&insert_text("linli_assignment", COLUMNS, WIDTH, 1), &cells)?;
        }
        Ok(())
    }

    fn update_assignment(&mut self, one: &Assignment) -> Result<(), StoreError> {
        let text = "UPDATE linli_assignment SET state = $1, outcome = $2, done = $3, by_id = $4, by_name = $5, \
                    instance = $6, seconds = $7, note = $8 WHERE home = $9 AND id = $10";
        let [home, id, _, _, _, _, state, outcome, done, by, by_name, instance, seconds, note] =
            self.assignment_cells(one)?;
        self.execute(text, &[state, outcome, done, by, by_name, instance, seconds, note, home, id])?;
        Ok(())
    }
}

fn push_where(sql: &mut Sql, permit: &Permit, query: &AssignmentQuery) {
    let scope = query.area.as_ref().map_or_else(|| permit.scope().clone(), |area| permit.scope().within(area));
    push_scope(sql, "path", &scope);
    if !query.tasks.is_empty() {
        sql.push(" AND task IN (").bind_all(query.tasks.iter().map(|id| Val::Id(id.0))).push(")");
    }
    if !query.states.is_empty() {
        sql.push(" AND state IN (").bind_all(query.states.iter().map(|state| Val::text(state.name()))).push(")");
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_assignment\0{id}").into_bytes()
}

fn state(name: &str) -> Result<AssignmentState, StoreError> {
    AssignmentState::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("state `{name}`")))
}

fn outcome(name: Option<String>) -> Result<Option<Outcome>, StoreError> {
    name.map(|name| Outcome::from_name(&name).ok_or_else(|| StoreError::Corrupt(format!("outcome `{name}`"))))
        .transpose()
}

fn assignment(ctx: &Ctx, row: &Row<'_>) -> Result<Assignment, StoreError> {
    let id = RecordId(row.id(1)?);
    let note = row.maybe_bytes(13)?.map(|note| ctx.crypto.open(&place(id), &note)).transpose()?;
    Ok(Assignment {
        home: row.text(0)?,
        id,
        task: RecordId(row.id(2)?),
        entity: row.text(3)?,
        record: RecordId(row.id(4)?),
        path: path(&row.text(5)?)?,
        state: state(&row.text(6)?)?,
        outcome: outcome(row.maybe_text(7)?)?,
        done: row.maybe_int(8)?.map(Timestamp),
        by: row.maybe_id(9)?.map(RecordId),
        by_name: row.maybe_text(10)?,
        instance: row.maybe_text(11)?,
        seconds: row.maybe_int(12)?,
        note,
    })
}

/// Assignments of one record by request, for the record's own page and visits.
pub type ByTask = BTreeMap<RecordId, Assignment>;

impl ReadTx<'_> {
    /// Assignments of a record in the scope, by request.
    pub fn assignments_of(&mut self, permit: &Permit, record: RecordId) -> Result<ByTask, StoreError> {
        permitted_on(permit, &Subject::Tasks, LOOK)?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_assignment WHERE record = "));
        sql.bind(Val::Id(record.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        let found = self.rows(&sql, |row| assignment(ctx, row))?;
        Ok(found.into_iter().map(|one| (one.task, one)).collect())
    }
}
