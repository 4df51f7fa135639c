//! Complaints of workers that a request has no licence, and what was answered.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Id.
    pub id: RecordId,
    /// Request.
    pub task: RecordId,
    /// Assignment it was made at.
    pub assignment: RecordId,
    /// Area of the assignment.
    pub area: AreaPath,
    /// Department that issued the request.
    pub issuer: String,
    /// What the worker wrote. Sealed in the database.
    pub note: String,
    /// When.
    pub at: Timestamp,
    /// Who; shown to nobody but themselves.
    pub by: RecordId,
    /// `open`, `upheld`, `dismissed`.
    pub state: String,
    /// What was answered. Sealed in the database.
    pub answer: Option<String>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When.
    pub answered: Option<Timestamp>,
}

const COLUMNS: &str = "id, task, assignment, area, issuer, note, at, by_id, state, answer, answered_by, answered";

impl ReadTx<'_> {
    /// Complaints about requests of the scope (permit: `Tasks`, `Manage`), or one's own (`Read`); newest first.
    pub fn complaints(
        &mut self,
        permit: &Permit,
        state: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Complaint>, StoreError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Manage, Verb::Read])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_complaint WHERE "));
        push_scope(&mut sql, "area", permit.scope());
        if permit.verb() == Verb::Read {
            sql.push(" AND by_id = ").bind(Val::Id(permit.account().0));
        }
        if let Some(state) = state {
            sql.push(" AND state = ").bind(Val::text(state));
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| complaint(ctx, row))
    }

    /// A complaint.
    pub fn complaint(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Complaint>, StoreError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_complaint WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "area", permit.scope());
        self.first(&sql, |row| complaint(ctx, row))
    }

    /// The open complaint at an assignment.
    pub fn open_complaint_at(&mut self, assignment: RecordId) -> Result<Option<Complaint>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_complaint WHERE assignment = "));
        sql.bind(Val::Id(assignment.0)).push(" AND state = 'open'");
        self.first(&sql, |row| complaint(ctx, row))
    }

    /// How many complaints there are, by request and the place they were made at (permit: `Tasks`, `Read` or `Manage`).
    pub fn complaint_counts(
        &mut self,
        permit: &Permit,
        tasks: &[RecordId],
    ) -> Result<Vec<(RecordId, AreaPath, u64)>, StoreError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Manage, Verb::Read, Verb::Create, Verb::Edit])?;
        let mut counts = Vec::new();
        for chunk in tasks.chunks(500) {
            let mut sql = self.sql("SELECT task, area, count(*) FROM linli_complaint WHERE task IN (");
            sql.bind_all(chunk.iter().map(|id| Val::Id(id.0))).push(") AND ");
            push_scope(&mut sql, "area", permit.scope());
            sql.push(" GROUP BY task, area");
            counts.extend(self.rows(&sql, |row| {
                Ok((RecordId(row.id(0)?), path(&row.text(1)?)?, u64::try_from(row.int(2)?).unwrap_or_default()))
            })?);
        }
        Ok(counts)
    }
}

impl WriteTx<'_> {
    /// Keeps a complaint or its answer (permit: `Tasks`, over its area).
    pub fn put_complaint(&mut self, permit: &Permit, one: &Complaint) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Tasks, &[Verb::Read, Verb::Manage])?;
        if !permit.scope().covers(&one.area) {
            return Err(WriteError::OutOfScope);
        }
        let seal = |text: &str| Ok::<_, StoreError>(Val::Bytes(self.ctx.crypto.seal(&place(one.id), text)?));
        let (note, answer) = (seal(&one.note)?, one.answer.as_deref().map_or(Ok(Val::Null), seal)?);
        let text = format!(
            "INSERT INTO linli_complaint ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, answer = excluded.answer, \
             answered_by = excluded.answered_by, answered = excluded.answered"
        );
        let params = [
            Val::Id(one.id.0),
            Val::Id(one.task.0),
            Val::Id(one.assignment.0),
            Val::text(one.area.as_str()),
            Val::text(&one.issuer),
            note,
            Val::Int(one.at.0),
            Val::Id(one.by.0),
            Val::text(&one.state),
            answer,
            Val::maybe(one.answered_by.clone()),
            one.answered.map_or(Val::Null, |at| Val::Int(at.0)),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_complaint\0{id}").into_bytes()
}

fn complaint(ctx: &Ctx, row: &Row<'_>) -> Result<Complaint, StoreError> {
    let id = RecordId(row.id(0)?);
    Ok(Complaint {
        id,
        task: RecordId(row.id(1)?),
        assignment: RecordId(row.id(2)?),
        area: path(&row.text(3)?)?,
        issuer: row.text(4)?,
        note: ctx.crypto.open(&place(id), &row.bytes(5)?)?,
        at: Timestamp(row.int(6)?),
        by: RecordId(row.id(7)?),
        state: row.text(8)?,
        answer: row.maybe_bytes(9)?.map(|text| ctx.crypto.open(&place(id), &text)).transpose()?,
        answered_by: row.maybe_text(10)?,
        answered: row.maybe_int(11)?.map(Timestamp),
    })
}
