//! The outbox: what leaves the house, each with its state. Written in the transaction that causes it, taken by whoever sends,
//! leased while it is under way, so that a process that dies loses nothing.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutgoingState {
    /// Waits, for the first time or for another.
    Waiting,
    /// Was accepted by its receiver.
    Sent,
    /// Was tried often enough.
    Failed,
    /// Its channel is gone or off.
    Dropped,
}

impl OutgoingState {
    /// Name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Sent, Self::Failed, Self::Dropped].into_iter().find(|state| state.name() == name)
    }
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Id; the receiver sees it and can tell a repetition.
    pub id: RecordId,
    /// `c:` and the id of a channel, or `a:` and the id of an account.
    pub target: String,
    /// What it came of; a target is told once of each.
    pub event: String,
    /// `email`, `webhook`, `wecom`, `dingtalk`.
    pub kind: String,
    /// Area it is about; absent for one account's own mail.
    pub area: Option<AreaPath>,
    /// How far it is.
    pub state: OutgoingState,
    /// When it was written.
    pub at: Timestamp,
    /// Not before.
    pub due: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was sent or given up.
    pub done: Option<Timestamp>,
    /// What went wrong last. Never an address.
    pub error: Option<String>,
    /// What it says. Sealed in the database.
    pub body: Json,
}

/// Which messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutboxQuery {
    /// Only in this state.
    pub state: Option<OutgoingState>,
    /// Before this id.
    pub before: Option<RecordId>,
    /// At most so many.
    pub limit: u32,
}

const COLUMNS: &str = "id, target, event, kind, area, state, at, due, attempts, done, error, body";

impl ReadTx<'_> {
    /// Messages of channels of the scope, newest first (permit: `Notices`, `Manage`).
    pub fn outbox(&mut self, permit: &Permit, query: &OutboxQuery) -> Result<Vec<Outgoing>, StoreError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_outbox WHERE area IS NOT NULL AND "));
        push_scope(&mut sql, "area", permit.scope());
        if let Some(state) = query.state {
            sql.push(" AND state = ").bind(Val::text(state.name()));
        }
        if let Some(before) = query.before {
            sql.push(" AND id < ").bind(Val::Id(before.0));
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(Val::Int(query.limit.into()));
        self.rows(&sql, |row| outgoing(ctx, row))
    }

    /// How many messages of the scope are in each state (permit: `Notices`, `Manage`).
    pub fn outbox_counts(&mut self, permit: &Permit) -> Result<Vec<(OutgoingState, u64)>, StoreError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        let mut sql = self.sql("SELECT state, count(*) FROM linli_outbox WHERE area IS NOT NULL AND ");
        push_scope(&mut sql, "area", permit.scope());
        sql.push(" GROUP BY state ORDER BY state");
        self.rows(&sql, |row| Ok((state(&row.text(0)?)?, u64::try_from(row.int(1)?).unwrap_or_default())))
    }
}

impl WriteTx<'_> {
    /// Puts a message into the outbox; answers whether its target had not been told of that event before.
    pub fn put_outgoing(&mut self, one: &Outgoing) -> Result<bool, StoreError> {
        let body = self.ctx.crypto.seal(&place(one.id), &one.body.to_string())?;
        let text = format!(
            "INSERT INTO linli_outbox ({COLUMNS}, leased) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0) \
             ON CONFLICT DO NOTHING"
        );
        let params = [
            Val::Id(one.id.0),
            Val::text(&one.target),
            Val::text(&one.event),
            Val::text(&one.kind),
            Val::maybe(one.area.as_ref().map(AreaPath::as_str)),
            Val::text(one.state.name()),
            Val::Int(one.at.0),
            Val::Int(one.due.0),
            Val::Int(one.attempts),
            one.done.map_or(Val::Null, |at| Val::Int(at.0)),
            Val::maybe(one.error.clone()),
            Val::Bytes(body),
        ];
        Ok(self.execute(&text, &params)? > 0)
    }

    /// Takes messages that are due, those due first, but none for the targets in `busy`, and leases them for
    /// `lease_seconds`: when nothing is heard of them by then they are taken again.
    pub fn take_outgoing(
        &mut self,
        limit: u32,
        busy: &[String],
        lease_seconds: i64,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let (ctx, now) = (self.ctx, self.now());
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_outbox WHERE state = 'waiting' AND due <= "));
        sql.bind(Val::Int(now.0)).push(" AND leased <= ").bind(Val::Int(now.0));
        if !busy.is_empty() {
            sql.push(" AND target NOT IN (").bind_all(busy.iter().map(Val::text)).push(")");
        }
        sql.push(" ORDER BY due, id LIMIT ").bind(Val::Int(limit.into())).push(ctx.dialect.for_update_skip_locked());
        let mut taken = self.rows(&sql, |row| outgoing(ctx, row))?;
        for one in &mut taken {
            one.attempts += 1;
            let text = "UPDATE linli_outbox SET leased = $1, attempts = $2 WHERE id = $3";
            let lease = Val::Int(now.plus_seconds(lease_seconds).0);
            self.execute(text, &[lease, Val::Int(one.attempts), Val::Id(one.id.0)])?;
        }
        Ok(taken)
    }

    /// Notes what came of a message that was taken; with `retry` it is tried again then.
    pub fn settle_outgoing(
        &mut self,
        id: RecordId,
        state: OutgoingState,
        error: Option<&str>,
        retry: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let done = if state == OutgoingState::Waiting { Val::Null } else { Val::Int(now.0) };
        let text = "UPDATE linli_outbox SET leased = 0, state = $1, error = $2, due = $3, done = $4 WHERE id = $5";
        let due = Val::Int(retry.unwrap_or(now).0);
        self.execute(text, &[Val::text(state.name()), Val::maybe(error), due, done, Val::Id(id.0)])?;
        Ok(())
    }

    /// Sends a message of the scope once more that was given up (permit: `Notices`, `Manage`); answers whether there was one.
    pub fn retry_outgoing(&mut self, permit: &Permit, id: RecordId) -> Result<bool, StoreError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        let mut sql =
            self.sql("UPDATE linli_outbox SET state = 'waiting', attempts = 0, leased = 0, done = NULL, due = ");
        sql.bind(Val::Int(self.now().0)).push(" WHERE state IN ('failed', 'dropped') AND id = ").bind(Val::Id(id.0));
        sql.push(" AND area IS NOT NULL AND ");
        push_scope(&mut sql, "area", permit.scope());
        Ok(self.run(&sql)? > 0)
    }

    /// Gives up what waits for a target that is gone.
    pub fn drop_outgoing(&mut self, target: &str) -> Result<u64, StoreError> {
        let text = "UPDATE linli_outbox SET state = 'dropped', done = $1 WHERE state = 'waiting' AND target = $2";
        let now = Val::Int(self.now().0);
        self.execute(text, &[now, Val::text(target)])
    }

    /// Forgets messages written before `before` that wait for nothing.
    pub fn forget_outgoing(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_outbox WHERE at < $1 AND state <> 'waiting'", &[Val::Int(before.0)])
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_outbox\0{id}").into_bytes()
}

fn state(name: &str) -> Result<OutgoingState, StoreError> {
    OutgoingState::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("a message in the state `{name}`")))
}

fn outgoing(ctx: &Ctx, row: &Row<'_>) -> Result<Outgoing, StoreError> {
    let id = RecordId(row.id(0)?);
    Ok(Outgoing {
        id,
        target: row.text(1)?,
        event: row.text(2)?,
        kind: row.text(3)?,
        area: row.maybe_text(4)?.map(|text| path(&text)).transpose()?,
        state: state(&row.text(5)?)?,
        at: Timestamp(row.int(6)?),
        due: Timestamp(row.int(7)?),
        attempts: row.int(8)?,
        done: row.maybe_int(9)?.map(Timestamp),
        error: row.maybe_text(10)?,
        body: serde_json::from_str(&ctx.crypto.open(&place(id), &row.bytes(11)?)?)?,
    })
}
