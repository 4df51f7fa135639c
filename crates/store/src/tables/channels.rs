//! Channels: where notices of an area go outside the house. Addresses and secrets are sealed in the database.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

/// A channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Id.
    pub id: RecordId,
    /// `email`, `webhook`, `wecom`, `dingtalk`.
    pub kind: String,
    /// Area whose events it carries.
    pub area: AreaPath,
    /// Names of the events.
    pub events: Vec<String>,
    /// `on` or `off`.
    pub state: String,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Title, address, secret. Sealed in the database.
    pub body: Json,
}

const COLUMNS: &str = "id, kind, area, events, state, created, by_id, by_name, body";

impl ReadTx<'_> {
    /// Channels of the scope, oldest first (permit: `Notices`, `Manage`).
    pub fn channels(&mut self, permit: &Permit) -> Result<Vec<Channel>, StoreError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_channel WHERE "));
        push_scope(&mut sql, "area", permit.scope());
        sql.push(" ORDER BY id");
        self.rows(&sql, |row| channel(ctx, row))
    }

    /// A channel of the scope (permit: `Notices`, `Manage`).
    pub fn channel(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Channel>, StoreError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_channel WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "area", permit.scope());
        self.first(&sql, |row| channel(ctx, row))
    }
}

impl WriteTx<'_> {
    /// Makes or changes a channel (permit: `Notices`, `Manage`, over its area).
    pub fn put_channel(&mut self, permit: &Permit, one: &Channel) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        if !permit.scope().covers(&one.area) {
            return Err(WriteError::OutOfScope);
        }
        let body = self.ctx.crypto.seal(&place(one.id), &one.body.to_string())?;
        let text = format!(
            "INSERT INTO linli_channel ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (id) DO UPDATE SET area = excluded.area, events = excluded.events, state = excluded.state, \
             body = excluded.body"
        );
        let params = [
            Val::Id(one.id.0),
            Val::text(&one.kind),
            Val::text(one.area.as_str()),
            Val::text(one.events.join(" ")),
            Val::text(&one.state),
            Val::Int(one.created.0),
            Val::Id(one.by.0),
            Val::text(&one.by_name),
            Val::Bytes(body),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Strikes a channel off (permit: `Notices`, `Manage`, over its area).
    pub fn drop_channel(&mut self, permit: &Permit, one: &Channel) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Notices, &[Verb::Manage])?;
        if !permit.scope().covers(&one.area) {
            return Err(WriteError::OutOfScope);
        }
        self.execute("DELETE FROM linli_channel WHERE id = $1", &[Val::Id(one.id.0)])?;
        Ok(())
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_channel\0{id}").into_bytes()
}

fn channel(ctx: &Ctx, row: &Row<'_>) -> Result<Channel, StoreError> {
    let id = RecordId(row.id(0)?);
    Ok(Channel {
        id,
        kind: row.text(1)?,
        area: path(&row.text(2)?)?,
        events: row.text(3)?.split_whitespace().map(str::to_owned).collect(),
        state: row.text(4)?,
        created: Timestamp(row.int(5)?),
        by: RecordId(row.id(6)?),
        by_name: row.text(7)?,
        body: serde_json::from_str(&ctx.crypto.open(&place(id), &row.bytes(8)?)?)?,
    })
}
