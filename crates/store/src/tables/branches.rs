//! Offline updates of records (ODK Entities): which version an update of a phone's branch became, and updates that wait for
//! the one before them.

use linli_domain::{RecordId, Timestamp};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
};

/// An update that waits for the one before it on its branch.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldUpdate {
    /// Record.
    pub record: RecordId,
    /// Branch, as the phone named it.
    pub branch: String,
    /// Version it is based on, counted by the phone.
    pub base: i64,
    /// `instanceID` of the answer it is part of.
    pub instance: String,
    /// Register.
    pub entity: String,
    /// Form.
    pub form: RecordId,
    /// When it is applied even without its forerunner.
    pub until: Timestamp,
    /// Account that sent it.
    pub account: RecordId,
    /// Their name.
    pub name: String,
    /// The update. Sealed in the database.
    pub detail: Json,
}

impl ReadTx<'_> {
    /// The record's version that an update of a branch with this base became.
    pub fn branch_version(&mut self, record: RecordId, branch: &str, base: i64) -> Result<Option<i64>, StoreError> {
        let mut sql = self.sql("SELECT version FROM linli_branch WHERE record = ");
        sql.bind(Val::Id(record.0)).push(" AND branch = ").bind(Val::text(branch));
        sql.push(" AND base = ").bind(Val::Int(base));
        self.first(&sql, |row| row.int(0))
    }

    /// The updates of a record that wait, in the order of their branches.
    pub fn held_updates(&mut self, record: RecordId) -> Result<Vec<HeldUpdate>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_held WHERE record = "));
        sql.bind(Val::Id(record.0)).push(" ORDER BY branch, base, instance LIMIT 1000");
        self.rows(&sql, |row| held(ctx, row))
    }

    /// Updates that waited long enough, in the order of their branches.
    pub fn overdue_updates(&mut self, now: Timestamp, limit: u32) -> Result<Vec<HeldUpdate>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_held WHERE until <= "));
        sql.bind(Val::Int(now.0)).push(" ORDER BY record, branch, base, instance LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| held(ctx, row))
    }
}

impl WriteTx<'_> {
    /// Remembers which version an update of a branch became.
    pub fn put_branch(&mut self, record: RecordId, branch: &str, base: i64, version: i64) -> Result<(), StoreError> {
        let text = "INSERT INTO linli_branch (record, branch, base, version, at) VALUES ($1, $2, $3, $4, $5) \
                    ON CONFLICT (record, branch, base) DO UPDATE SET version = excluded.version, at = excluded.at";
        let now = Val::Int(self.now().0);
        self.execute(text, &[Val::Id(record.0), Val::text(branch), Val::Int(base), Val::Int(version), now])?;
        Ok(())
    }

    /// Forgets branches older than `before`: phones that come back later are compared with the present.
    pub fn forget_branches(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_branch WHERE at < $1", &[Val::Int(before.0)])
    }

    /// Lets an update wait.
    pub fn hold_update(&mut self, update: &HeldUpdate) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO linli_held ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (record, branch, base, instance) DO NOTHING"
        );
        let params = [
            Val::Id(update.record.0),
            Val::text(&update.branch),
            Val::Int(update.base),
            Val::text(&update.instance),
            Val::text(&update.entity),
            Val::Id(update.form.0),
            Val::Int(update.until.0),
            Val::Id(update.account.0),
            Val::text(&update.name),
            Val::Bytes(self.ctx.crypto.seal(&place(update.record, &update.instance), &update.detail.to_string())?),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Takes an update off the waiting list.
    pub fn release_update(&mut self, update: &HeldUpdate) -> Result<(), StoreError> {
        let text = "DELETE FROM linli_held WHERE record = $1 AND branch = $2 AND base = $3 AND instance = $4";
        let base = Val::Int(update.base);
        let params = [Val::Id(update.record.0), Val::text(&update.branch), base, Val::text(&update.instance)];
        self.execute(text, &params)?;
        Ok(())
    }
}

const COLUMNS: &str = "record, branch, base, instance, entity, form, until, account, name, detail";

fn place(record: RecordId, instance: &str) -> Vec<u8> {
    format!("linli_held\0{record}\0{instance}").into_bytes()
}

fn held(ctx: &Ctx, row: &Row<'_>) -> Result<HeldUpdate, StoreError> {
    let (record, instance) = (RecordId(row.id(0)?), row.text(3)?);
    let detail = ctx.crypto.open(&place(record, &instance), &row.bytes(9)?)?;
    Ok(HeldUpdate {
        record,
        branch: row.text(1)?,
        base: row.int(2)?,
        instance,
        entity: row.text(4)?,
        form: RecordId(row.id(5)?),
        until: Timestamp(row.int(6)?),
        account: RecordId(row.id(7)?),
        name: row.text(8)?,
        detail: serde_json::from_str(&detail)?,
    })
}
