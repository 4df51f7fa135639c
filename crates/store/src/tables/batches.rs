//! Import batches and the fate of each of their rows.

use linli_domain::{AreaPath, Permit, RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx};

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

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// A batch of an entity within the scope (permit on the entity).
    pub fn batch(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Batch>, StoreError> {
        unimplemented!()
    }

    /// Batches within the scope, newest first.
    pub fn batches(&mut self, permit: &Permit, limit: u32) -> Result<Vec<Batch>, StoreError> {
        unimplemented!()
    }

    /// A batch made from the same file for the same register, if any is staged or applied.
    pub fn batch_of_file(&mut self, permit: &Permit, file_hash: &str) -> Result<Option<Batch>, StoreError> {
        unimplemented!()
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
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Makes or changes a batch.
    pub fn put_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Makes or changes rows of a batch.
    pub fn put_batch_rows(&mut self, batch: RecordId, rows: &[BatchRow]) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Forgets the rows of a batch.
    pub fn drop_batch_rows(&mut self, batch: RecordId) -> Result<(), StoreError> {
        unimplemented!()
    }
}
