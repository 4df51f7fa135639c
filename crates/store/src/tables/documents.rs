//! Uploaded and made files; the bytes are kept by the engine.

use linli_domain::{RecordId, Timestamp};

use crate::{ReadTx, StoreError, WriteTx};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Id.
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// What it is: `ledger`, `template`, `filled`, `errors`.
    pub kind: String,
    /// Who brought or made it.
    pub by: RecordId,
    /// When.
    pub at: Timestamp,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// The document `id`.
    pub fn document(&mut self, id: RecordId) -> Result<Option<Document>, StoreError> {
        unimplemented!()
    }

    /// Documents of an account, newest first.
    pub fn documents_by(&mut self, account: RecordId, limit: u32) -> Result<Vec<Document>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Keeps a document.
    pub fn put_document(&mut self, document: &Document) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Forgets a document.
    pub fn drop_document(&mut self, id: RecordId) -> Result<(), StoreError> {
        unimplemented!()
    }
}
