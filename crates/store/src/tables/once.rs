//! Idempotency: a request sent twice counts once.

use linli_domain::RecordId;
use serde_json::Value as Json;

use crate::{Once, StoreError, WriteTx};

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Asks whether `account` sent `key` before; `request_hash` tells whether it was the same request.
    pub fn once(&mut self, key: &str, account: RecordId, request_hash: &[u8]) -> Result<Once, StoreError> {
        unimplemented!()
    }

    /// Keeps the answer of a first request.
    pub fn remember(&mut self, key: &str, account: RecordId, answer: &Json) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Forgets keys older than `before`.
    pub fn forget_once(&mut self, before: linli_domain::Timestamp) -> Result<u64, StoreError> {
        unimplemented!()
    }
}
