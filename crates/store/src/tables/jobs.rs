//! Events and jobs, written in the transaction that causes them.

use linli_domain::{RecordId, Timestamp};
use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx};

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

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// Events after `after`, oldest first.
    pub fn events(&mut self, after: Option<RecordId>, limit: u32) -> Result<Vec<Event>, StoreError> {
        unimplemented!()
    }

    /// Jobs not finished, due first.
    pub fn jobs(&mut self, limit: u32) -> Result<Vec<Job>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Keeps an event.
    pub fn emit(&mut self, event: &str, payload: &Json) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Asks for work; answers with its id.
    pub fn enqueue(&mut self, job: &str, payload: &Json, due: Timestamp) -> Result<RecordId, StoreError> {
        unimplemented!()
    }

    /// Takes the job that is due first and leases it for `lease_seconds`; another process may take it when the lease ran out.
    pub fn take_job(&mut self, lease_seconds: i64) -> Result<Option<Job>, StoreError> {
        unimplemented!()
    }

    /// Strikes a job off.
    pub fn finish_job(&mut self, id: RecordId) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Gives a job back: to be tried again at `retry`, or never.
    pub fn fail_job(&mut self, id: RecordId, error: &str, retry: Option<Timestamp>) -> Result<(), StoreError> {
        unimplemented!()
    }
}
