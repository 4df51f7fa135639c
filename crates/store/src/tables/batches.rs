//! Import batches and the fate of each of their rows.

use linli_domain::{AreaPath, Permit, RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    schema::values::path,
    sql::{Sql, filter::push_scope, insert_text},
    tx::{LOOK, permitted},
};

/// A ledger that was brought in.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Id.
    pub id: RecordId,
    /// Register.
    pub entity: String,
    /// Area it was brought in for.
    pub area: AreaPath,
    /// Name of the file.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal.
    pub file_hash: String,
    /// How far it is.
    pub state: BatchState,
    /// Counts by outcome.
    pub counts: Json,
    /// Column mapping used.
    pub mapping: Json,
    /// Rows applied so far.
    pub progress: i64,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
}

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Read and compared; nothing was written to registers.
    Staged,
    /// Being written.
    Applying,
    /// Written.
    Applied,
    /// Taken back.
    Undone,
    /// Stopped by an error.
    Failed,
}

/// What a row of a ledger is, compared with what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// Not known yet.
    New,
    /// Known, with other values.
    Changed,
    /// Known, the same.
    Same,
    /// Known, and someone must choose.
    Conflict,
    /// Cannot be taken.
    Error,
    /// Perhaps someone already known.
    Duplicate,
}

/// A row of a ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchRow {
    /// Row number in the sheet.
    pub row_no: i64,
    /// What it is.
    pub outcome: RowOutcome,
    /// The record it became or touches.
    pub record: Option<RecordId>,
    /// That record's version before; `None` for a new one.
    pub version_before: Option<i64>,
    /// Values and findings. Sealed in the database: it may hold sensitive values.
    pub detail: Json,
}

impl ReadTx<'_> {
    /// A batch of an entity within the scope (permit on the entity).
    pub fn batch(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Batch>, StoreError> {
        let mut sql = self.batches_sql(permit)?;
        sql.push(" AND id = ").bind(Val::Id(id.0));
        self.first(&sql, batch)
    }

    /// Batches within the scope, newest first.
    pub fn batches(&mut self, permit: &Permit, limit: u32) -> Result<Vec<Batch>, StoreError> {
        let mut sql = self.batches_sql(permit)?;
        sql.push(" ORDER BY created DESC, id DESC LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, batch)
    }

    /// A batch made from the same file for the same register, if any is staged or applied.
    pub fn batch_of_file(&mut self, permit: &Permit, file_hash: &str) -> Result<Option<Batch>, StoreError> {
        let mut sql = self.batches_sql(permit)?;
        sql.push(" AND file_hash = ").bind(Val::text(file_hash));
        sql.push(" AND state IN ('staged', 'applying', 'applied') ORDER BY created DESC LIMIT 1");
        self.first(&sql, batch)
    }

    /// Rows of a batch after `after`, in order, streamed.
    pub fn batch_rows(
        &mut self,
        batch: RecordId,
        outcome: Option<RowOutcome>,
        after: i64,
        limit: u32,
        each: &mut dyn FnMut(BatchRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut sql =
            self.sql("SELECT row_no, outcome, record, version_before, detail FROM linli_batch_row WHERE batch = ");
        let ctx = self.ctx;
        sql.bind(Val::Id(batch.0)).push(" AND row_no > ").bind(Val::Int(after));
        if let Some(outcome) = outcome {
            sql.push(" AND outcome = ").bind(name_of(&outcome)?);
        }
        sql.push(" ORDER BY row_no LIMIT ").bind(Val::Int(limit.into()));
        self.query(&sql, &mut |row| {
            let row_no = row.int(0)?;
            let detail = ctx.crypto.open(&place(batch, row_no), &row.bytes(4)?)?;
            each(BatchRow {
                row_no,
                outcome: named(&row.text(1)?)?,
                record: row.maybe_id(2)?.map(RecordId),
                version_before: row.maybe_int(3)?,
                detail: serde_json::from_str(&detail)?,
            })
        })
    }
}

impl WriteTx<'_> {
    /// Makes or changes a batch.
    pub fn put_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO linli_batch ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, counts = excluded.counts, \
             mapping = excluded.mapping, progress = excluded.progress"
        );
        let params = [
            Val::Id(batch.id.0),
            Val::text(&batch.entity),
            Val::text(batch.area.as_str()),
            Val::text(&batch.file_name),
            Val::text(&batch.file_hash),
            name_of(&batch.state)?,
            Val::text(batch.counts.to_string()),
            Val::text(batch.mapping.to_string()),
            Val::Int(batch.progress),
            Val::Int(batch.created.0),
            Val::Id(batch.by.0),
            Val::text(&batch.by_name),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Makes or changes rows of a batch.
    pub fn put_batch_rows(&mut self, batch: RecordId, rows: &[BatchRow]) -> Result<(), StoreError> {
        let columns = "batch, row_no, outcome, record, version_before, detail";
        for chunk in rows.chunks(256) {
            let mut text = insert_text("linli_batch_row", columns, 6, chunk.len());
            text.push_str(
                " ON CONFLICT (batch, row_no) DO UPDATE SET outcome = excluded.outcome, record = excluded.record, \
                 version_before = excluded.version_before, detail = excluded.detail",
            );
            let mut params = Vec::with_capacity(chunk.len() * 6);
            for row in chunk {
                params.push(Val::Id(batch.0));
                params.push(Val::Int(row.row_no));
                params.push(name_of(&row.outcome)?);
                params.push(row.record.map_or(Val::Null, |id| Val::Id(id.0)));
                params.push(row.version_before.map_or(Val::Null, Val::Int));
                let detail = row.detail.to_string();
                params.push(Val::Bytes(self.ctx.crypto.seal(&place(batch, row.row_no), &detail)?));
            }
            self.execute(&text, &params)?;
        }
        Ok(())
    }

    /// Forgets the rows of a batch.
    pub fn drop_batch_rows(&mut self, batch: RecordId) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_batch_row WHERE batch = $1", &[Val::Id(batch.0)])?;
        Ok(())
    }
}

const COLUMNS: &str =
    "id, entity, area, file_name, file_hash, state, counts, mapping, progress, created, by_id, by_name";

fn place(batch: RecordId, row_no: i64) -> Vec<u8> {
    format!("linli_batch_row\0{batch}\0{row_no}").into_bytes()
}

/// An enum's name as its JSON has it.
pub(super) fn name_of(value: &impl Serialize) -> Result<Val, StoreError> {
    Ok(Val::maybe(serde_json::to_value(value)?.as_str()))
}

/// Reads [`name_of`].
pub(super) fn named<T: for<'d> Deserialize<'d>>(name: &str) -> Result<T, StoreError> {
    Ok(serde_json::from_value(Json::from(name))?)
}

fn batch(row: &Row<'_>) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: RecordId(row.id(0)?),
        entity: row.text(1)?,
        area: path(&row.text(2)?)?,
        file_name: row.text(3)?,
        file_hash: row.text(4)?,
        state: named(&row.text(5)?)?,
        counts: serde_json::from_str(&row.text(6)?)?,
        mapping: serde_json::from_str(&row.text(7)?)?,
        progress: row.int(8)?,
        created: Timestamp(row.int(9)?),
        by: RecordId(row.id(10)?),
        by_name: row.text(11)?,
    })
}

impl ReadTx<'_> {
    /// The batches a permit reaches: those of its register within its scope.
    fn batches_sql(&self, permit: &Permit) -> Result<Sql, StoreError> {
        permitted(permit, permit.subject().name(), LOOK)?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_batch WHERE entity = "));
        sql.bind(Val::text(permit.subject().name())).push(" AND ");
        push_scope(&mut sql, "area", permit.scope());
        Ok(sql)
    }
}
