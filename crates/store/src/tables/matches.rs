//! Column matches that people confirmed, remembered for the next ledger.

use linli_domain::{RecordId, Timestamp};

use crate::{ReadTx, StoreError, WriteTx};

/// What a heading was matched to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMatch {
    /// Fingerprint of the heading's path.
    pub fingerprint: String,
    /// Register or report table it was matched for.
    pub entity: String,
    /// Data element; `None` when the column was left out on purpose.
    pub element: Option<String>,
    /// Who said so.
    pub by: RecordId,
    /// When.
    pub at: Timestamp,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// Remembered matches of these headings.
    pub fn matches(&mut self, entity: &str, fingerprints: &[String]) -> Result<Vec<ColumnMatch>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Remembers a match; the last word counts.
    pub fn put_match(&mut self, column: &ColumnMatch) -> Result<(), StoreError> {
        unimplemented!()
    }
}
