//! Events and jobs, written in the transaction that causes them.

use linli_domain::{RecordId, Timestamp};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Id, in order of time.
    pub id: RecordId,
    /// Name.
    pub event: String,
    /// What belongs to it.
    pub payload: Json,
    /// When.
    pub at: Timestamp,
}

/// Work to be done in the background.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Id.
    pub id: RecordId,
    /// Name.
    pub job: String,
    /// What it needs.
    pub payload: Json,
    /// Not before.
    pub due: Timestamp,
    /// How often it was taken.
    pub attempts: i64,
}

impl ReadTx<'_> {
    /// Events after `after`, oldest first.
    pub fn events(&mut self, after: Option<RecordId>, limit: u32) -> Result<Vec<Event>, StoreError> {
        let mut sql = self.sql("SELECT id, event, payload, at FROM linli_event");
        if let Some(after) = after {
            sql.push(" WHERE id > ").bind(Val::Id(after.0));
        }
        sql.push(" ORDER BY id LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| {
            Ok(Event {
                id: RecordId(row.id(0)?),
                event: row.text(1)?,
                payload: serde_json::from_str(&row.text(2)?)?,
                at: Timestamp(row.int(3)?),
            })
        })
    }

    /// Jobs not finished, due first.
    pub fn jobs(&mut self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_job WHERE dead = 0 ORDER BY due, id LIMIT "));
        sql.bind(Val::Int(limit.into()));
        self.rows(&sql, job)
    }
}

impl WriteTx<'_> {
    /// Keeps an event.
    pub fn emit(&mut self, event: &str, payload: &Json) -> Result<(), StoreError> {
        let (id, now) = (self.ctx.ids.next(), self.now().0);
        let text = "INSERT INTO linli_event (id, event, payload, at) VALUES ($1, $2, $3, $4)";
        let row = vec![Val::Id(id.0), Val::text(event), Val::text(payload.to_string()), Val::Int(now)];
        self.write_beside(&[(text, row)])?;
        Ok(())
    }

    /// Asks for work; answers with its id.
    pub fn enqueue(&mut self, job: &str, payload: &Json, due: Timestamp) -> Result<RecordId, StoreError> {
        let id = self.ctx.ids.next();
        let text = "INSERT INTO linli_job (id, job, payload, due, leased, attempts, dead, error) \
                    VALUES ($1, $2, $3, $4, 0, 0, 0, NULL)";
        let row = vec![Val::Id(id.0), Val::text(job), Val::text(payload.to_string()), Val::Int(due.0)];
        self.write_beside(&[(text, row)])?;
        Ok(id)
    }

    /// Takes the job that is due first and leases it for `lease_seconds`; another process may take it when the lease ran out.
    pub fn take_job(&mut self, lease_seconds: i64) -> Result<Option<Job>, StoreError> {
        let now = self.now();
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_job WHERE dead = 0 AND due <= "));
        sql.bind(Val::Int(now.0)).push(" AND leased <= ").bind(Val::Int(now.0));
        sql.push(" ORDER BY due, id LIMIT 1").push(self.ctx.dialect.for_update_skip_locked());
        let Some(mut job) = self.first(&sql, job)? else { return Ok(None) };
        job.attempts += 1;
        let text = "UPDATE linli_job SET leased = $1, attempts = $2 WHERE id = $3";
        let lease = now.plus_seconds(lease_seconds);
        self.execute(text, &[Val::Int(lease.0), Val::Int(job.attempts), Val::Id(job.id.0)])?;
        Ok(Some(job))
    }

    /// Strikes a job off.
    pub fn finish_job(&mut self, id: RecordId) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_job WHERE id = $1", &[Val::Id(id.0)])?;
        Ok(())
    }

    /// Gives a job back: to be tried again at `retry`, or never.
    pub fn fail_job(&mut self, id: RecordId, error: &str, retry: Option<Timestamp>) -> Result<(), StoreError> {
        let text = "UPDATE linli_job SET leased = 0, due = $1, dead = $2, error = $3 WHERE id = $4";
        let due = retry.unwrap_or(self.now());
        let dead = Val::Int(i64::from(retry.is_none()));
        self.execute(text, &[Val::Int(due.0), dead, Val::text(error), Val::Id(id.0)])?;
        Ok(())
    }
}

const COLUMNS: &str = "id, job, payload, due, attempts";

fn job(row: &Row<'_>) -> Result<Job, StoreError> {
    Ok(Job {
        id: RecordId(row.id(0)?),
        job: row.text(1)?,
        payload: serde_json::from_str(&row.text(2)?)?,
        due: Timestamp(row.int(3)?),
        attempts: row.int(4)?,
    })
}
