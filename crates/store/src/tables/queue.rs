//! Waiting numbers of a desk.

use jiff::civil::Date;
use linli_domain::{AreaPath, Permit, RecordId, Timestamp, Verb};

use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::{date, path},
    sql::filter::push_scope,
    tx::permitted_on,
};

use super::service_flow;

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Home of the desk's area.
    pub home: String,
    /// Id.
    pub id: RecordId,
    /// Desk.
    pub path: AreaPath,
    /// Day in China.
    pub day: Date,
    /// Number of the day, from 1.
    pub number: i64,
    /// Item they come for.
    pub item: Option<String>,
    /// Name, if told. Sealed in the database.
    pub name: Option<String>,
    /// `waiting`, `called`, `done`, `skipped`.
    pub state: String,
    /// When the number was taken.
    pub at: Timestamp,
    /// When it was called last.
    pub called: Option<Timestamp>,
    /// When it was done or skipped.
    pub done: Option<Timestamp>,
    /// Who called it.
    pub by_name: Option<String>,
}

const COLUMNS: &str = "home, id, path, day, number, item, name, state, at, called, done, by_name";

impl ReadTx<'_> {
    /// Numbers of a day in the scope (permit: `service/application`), in order.
    pub fn queue(&mut self, permit: &Permit, day: Date) -> Result<Vec<Waiting>, StoreError> {
        permitted_on(permit, &service_flow(), &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_queue WHERE day = "));
        sql.bind(Val::text(day.to_string())).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        sql.push(" ORDER BY path, number LIMIT 2000");
        self.rows(&sql, |row| waiting(ctx, row))
    }

    /// One number (permit: `service/application`).
    pub fn waiting(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Waiting>, StoreError> {
        permitted_on(permit, &service_flow(), &[Verb::Read, Verb::Create, Verb::Edit, Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_queue WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "path", permit.scope());
        self.first(&sql, |row| waiting(ctx, row))
    }
}

impl WriteTx<'_> {
    /// The next number of a desk on a day.
    pub fn next_queue_number(&mut self, home: &str, day: Date) -> Result<i64, StoreError> {
        let text = "INSERT INTO linli_queue_number (home, day, next) VALUES ($1, $2, 1) \
                    ON CONFLICT (home, day) DO UPDATE SET next = linli_queue_number.next + 1";
        let params = [Val::text(home), Val::text(day.to_string())];
        self.execute(text, &params)?;
        let mut sql = self.sql("SELECT next FROM linli_queue_number WHERE home = ");
        sql.bind(Val::text(home)).push(" AND day = ").bind(Val::text(day.to_string()));
        let next = self.first(&sql, |row| row.int(0))?;
        next.ok_or_else(|| StoreError::Corrupt("a number that was just made".into()))
    }

    /// Keeps a waiting number (permit: `service/application`, over its desk).
    pub fn put_waiting(&mut self, permit: &Permit, one: &Waiting) -> Result<(), WriteError> {
        permitted_on(permit, &service_flow(), &[Verb::Create, Verb::Edit, Verb::Manage])?;
        if !permit.scope().covers(&one.path) {
            return Err(WriteError::OutOfScope);
        }
        let name = one.name.as_deref().map(|name| self.ctx.crypto.seal(&place(one.id), name)).transpose()?;
        let moment = |at: Option<Timestamp>| at.map_or(Val::Null, |at| Val::Int(at.0));
        let text = format!(
            "INSERT INTO linli_queue ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (home, id) DO UPDATE SET state = excluded.state, called = excluded.called, \
             done = excluded.done, by_name = excluded.by_name"
        );
        let params = [
            Val::text(&one.home),
            Val::Id(one.id.0),
            Val::text(one.path.as_str()),
            Val::text(one.day.to_string()),
            Val::Int(one.number),
            Val::maybe(one.item.clone()),
            name.map_or(Val::Null, Val::Bytes),
            Val::text(&one.state),
            Val::Int(one.at.0),
            moment(one.called),
            moment(one.done),
            Val::maybe(one.by_name.clone()),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }
}

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_queue\0{id}").into_bytes()
}

fn waiting(ctx: &Ctx, row: &Row<'_>) -> Result<Waiting, StoreError> {
    let id = RecordId(row.id(1)?);
    Ok(Waiting {
        home: row.text(0)?,
        id,
        path: path(&row.text(2)?)?,
        day: date(&row.text(3)?)?,
        number: row.int(4)?,
        item: row.maybe_text(5)?,
        name: row.maybe_bytes(6)?.map(|name| ctx.crypto.open(&place(id), &name)).transpose()?,
        state: row.text(7)?,
        at: Timestamp(row.int(8)?),
        called: row.maybe_int(9)?.map(Timestamp),
        done: row.maybe_int(10)?.map(Timestamp),
        by_name: row.maybe_text(11)?,
    })
}
