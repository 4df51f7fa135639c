//! Events that somebody should hear of, and the notices that came of them. Notices are an account's own: they are asked for
//! by its id, like its sessions. Their text is sealed, it may speak of people.

use linli_domain::{AreaPath, RecordId, Timestamp};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
};

/// An event nobody was told of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Id, in order of time.
    pub id: RecordId,
    /// Name of the event.
    pub event: String,
    /// What belongs to it.
    pub payload: Json,
    /// When it happened.
    pub at: Timestamp,
}

/// Something an account is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Who is told.
    pub account: RecordId,
    /// Id, in order of time.
    pub id: RecordId,
    /// What it came of; an account is told once of each.
    pub event: String,
    /// Sort, `case`.
    pub kind: String,
    /// When it was made.
    pub at: Timestamp,
    /// When it may disturb: the end of quiet hours, else [`Self::at`].
    pub due: Timestamp,
    /// When it was read.
    pub read: Option<Timestamp>,
    /// Whether it passes quiet hours.
    pub urgent: bool,
    /// Text in both languages and link. Sealed in the database.
    pub body: Json,
}

const COLUMNS: &str = "account, id, event, kind, at, due, read, urgent, body";

impl ReadTx<'_> {
    /// Notices of an account before the id `before`, newest first.
    pub fn notices(
        &mut self,
        account: RecordId,
        unread: bool,
        before: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_notice WHERE account = "));
        sql.bind(Val::Id(account.0));
        if unread {
            sql.push(" AND read IS NULL");
        }
        if let Some(before) = before {
            sql.push(" AND id < ").bind(Val::Id(before.0));
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| notice(ctx, row))
    }

    /// Notices of an account that may disturb since `from` (not before it) and until `until`, in that order.
    pub fn notices_due(
        &mut self,
        account: RecordId,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Notice>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_notice WHERE account = "));
        sql.bind(Val::Id(account.0)).push(" AND due >= ").bind(Val::Int(from.0));
        sql.push(" AND due <= ").bind(Val::Int(until.0));
        sql.push(" ORDER BY due, id LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| notice(ctx, row))
    }

    /// How many notices an account has not read.
    pub fn unread_notices(&mut self, account: RecordId) -> Result<u64, StoreError> {
        let mut sql = self.sql("SELECT count(*) FROM linli_notice WHERE read IS NULL AND account = ");
        sql.bind(Val::Id(account.0));
        Ok(u64::try_from(self.first(&sql, |row| row.int(0))?.unwrap_or_default()).unwrap_or_default())
    }

    /// What an account wishes of its notices: quiet hours and an address. Sealed in the database.
    pub fn notice_preference(&mut self, account: RecordId) -> Result<Option<Json>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql("SELECT body FROM linli_notice_preference WHERE account = ");
        sql.bind(Val::Id(account.0));
        self.first(&sql, |row| json(ctx, "preference", account, &row.bytes(0)?))
    }

    /// Accounts that may sign in and hold one of `roles` at an area or above it.
    pub fn accounts_over(&mut self, roles: &[&str], area: &AreaPath) -> Result<Vec<RecordId>, StoreError> {
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql(
            "SELECT DISTINCT linli_grant.account FROM linli_grant JOIN linli_account \
             ON linli_account.id = linli_grant.account WHERE linli_account.disabled = 0 AND linli_grant.role IN (",
        );
        sql.bind_all(roles.iter().map(|role| Val::text(*role))).push(") AND linli_grant.area IN (");
        let above = area.ancestry();
        sql.bind_all(above.iter().map(|path| Val::text(path.as_str()))).push(") ORDER BY linli_grant.account");
        self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))
    }

    /// Accounts that may sign in and hold one of `roles` at exactly this area.
    pub fn accounts_at(&mut self, roles: &[&str], area: &AreaPath) -> Result<Vec<RecordId>, StoreError> {
        if roles.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql(
            "SELECT DISTINCT linli_grant.account FROM linli_grant JOIN linli_account \
             ON linli_account.id = linli_grant.account WHERE linli_account.disabled = 0 AND linli_grant.area = ",
        );
        sql.bind(Val::text(area.as_str())).push(" AND linli_grant.role IN (");
        sql.bind_all(roles.iter().map(|role| Val::text(*role))).push(") ORDER BY linli_grant.account");
        self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))
    }

    /// The accounts among `ids` that may sign in.
    pub fn accounts_among(&mut self, ids: &[RecordId]) -> Result<Vec<RecordId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql("SELECT id FROM linli_account WHERE disabled = 0 AND id IN (");
        sql.bind_all(ids.iter().map(|id| Val::Id(id.0))).push(") ORDER BY id");
        self.rows(&sql, |row| Ok(RecordId(row.id(0)?)))
    }
}

impl WriteTx<'_> {
    /// Keeps an event until those it concerns are told.
    pub fn hear(&mut self, event: &str, payload: &Json) -> Result<(), StoreError> {
        let (id, now) = (self.ctx.ids.next(), self.now().0);
        let text = "INSERT INTO linli_notify (id, event, payload, at) VALUES ($1, $2, $3, $4)";
        self.execute(text, &[Val::Id(id.0), Val::text(event), Val::text(payload.to_string()), Val::Int(now)])?;
        Ok(())
    }

    /// Takes the oldest events off the list; what follows from them is written in this transaction. Several processes may
    /// do this at once.
    pub fn take_heard(&mut self, limit: u32) -> Result<Vec<Heard>, StoreError> {
        let mut sql = self.sql("SELECT id, event, payload, at FROM linli_notify ORDER BY id LIMIT ");
        sql.bind(Val::Int(limit.into())).push(self.ctx.dialect.for_update_skip_locked());
        let heard = self.rows(&sql, |row| {
            Ok(Heard {
                id: RecordId(row.id(0)?),
                event: row.text(1)?,
                payload: serde_json::from_str(&row.text(2)?)?,
                at: Timestamp(row.int(3)?),
            })
        })?;
        if !heard.is_empty() {
            let mut sql = self.sql("DELETE FROM linli_notify WHERE id IN (");
            sql.bind_all(heard.iter().map(|one| Val::Id(one.id.0))).push(")");
            self.run(&sql)?;
        }
        Ok(heard)
    }

    /// Tells an account; answers whether it had not been told of that event before.
    pub fn put_notice(&mut self, one: &Notice) -> Result<bool, StoreError> {
        let body = self.ctx.crypto.seal(&place("notice", one.id), &one.body.to_string())?;
        let text = format!(
            "INSERT INTO linli_notice ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"
        );
        let params = [
            Val::Id(one.account.0),
            Val::Id(one.id.0),
            Val::text(&one.event),
            Val::text(&one.kind),
            Val::Int(one.at.0),
            Val::Int(one.due.0),
            one.read.map_or(Val::Null, |at| Val::Int(at.0)),
            Val::Int(one.urgent.into()),
            Val::Bytes(body),
        ];
        Ok(self.execute(&text, &params)? > 0)
    }

    /// Marks notices of an account as read, all of them without `ids`; answers how many were not.
    pub fn read_notices(&mut self, account: RecordId, ids: Option<&[RecordId]>) -> Result<u64, StoreError> {
        if ids.is_some_and(<[_]>::is_empty) {
            return Ok(0);
        }
        let mut sql = self.sql("UPDATE linli_notice SET read = ");
        sql.bind(Val::Int(self.now().0)).push(" WHERE read IS NULL AND account = ").bind(Val::Id(account.0));
        if let Some(ids) = ids {
            sql.push(" AND id IN (").bind_all(ids.iter().map(|id| Val::Id(id.0))).push(")");
        }
        self.run(&sql)
    }

    /// Keeps what an account wishes.
    pub fn put_notice_preference(&mut self, account: RecordId, wish: &Json) -> Result<(), StoreError> {
        let body = self.ctx.crypto.seal(&place("preference", account), &wish.to_string())?;
        let text = "INSERT INTO linli_notice_preference (account, body) VALUES ($1, $2) \
                    ON CONFLICT (account) DO UPDATE SET body = excluded.body";
        self.execute(text, &[Val::Id(account.0), Val::Bytes(body)])?;
        Ok(())
    }

    /// Forgets notices made before `before`.
    pub fn forget_notices(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_notice WHERE at < $1", &[Val::Int(before.0)])
    }
}

fn place(of: &str, id: RecordId) -> Vec<u8> {
    format!("linli_notice\0{of}\0{id}").into_bytes()
}

fn json(ctx: &Ctx, of: &str, id: RecordId, sealed: &[u8]) -> Result<Json, StoreError> {
    Ok(serde_json::from_str(&ctx.crypto.open(&place(of, id), sealed)?)?)
}

fn notice(ctx: &Ctx, row: &Row<'_>) -> Result<Notice, StoreError> {
    let id = RecordId(row.id(1)?);
    Ok(Notice {
        account: RecordId(row.id(0)?),
        id,
        event: row.text(2)?,
        kind: row.text(3)?,
        at: Timestamp(row.int(4)?),
        due: Timestamp(row.int(5)?),
        read: row.maybe_int(6)?.map(Timestamp),
        urgent: row.int(7)? != 0,
        body: json(ctx, "notice", id, &row.bytes(8)?)?,
    })
}
