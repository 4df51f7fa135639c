//! The audit log: append-only chains of keyed hashes.

use linli_domain::{AreaPath, Permit, RecordId, Timestamp};
use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx};

/// An entry to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAudit {
    /// Who.
    pub account: RecordId,
    /// Their name.
    pub name: String,
    /// What was done: `reveal`, `export`, `sign_in`, `grant`…
    pub action: String,
    /// To what sort of thing: an entity's name or a built-in subject.
    pub subject: String,
    /// To which: id, login, file name.
    pub reference: String,
    /// Where; `None` concerns the whole installation.
    pub area: Option<AreaPath>,
    /// More, never sensitive values.
    pub detail: Json,
    /// Network address.
    pub address: Option<String>,
}

/// An entry as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Chain (one per writer).
    pub chain: i64,
    /// Place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub entry: NewAudit,
    /// Hash of this entry and the one before, in hexadecimal.
    pub hash: String,
}

/// Which entries; all must hold. Newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuditQuery {
    /// Only by this account.
    pub account: Option<RecordId>,
    /// Only this action.
    pub action: Option<String>,
    /// Only on this subject.
    pub subject: Option<String>,
    /// Only on this reference.
    pub reference: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only within this area.
    pub area: Option<AreaPath>,
    /// Continue after this entry: its (at, chain, seq).
    pub after: Option<(Timestamp, i64, i64)>,
    /// At most so many.
    pub limit: u32,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// Entries within the scope (permit: `Audit`, `Read`); those that concern no area only for a scope of everywhere.
    pub fn audit_list(&mut self, permit: &Permit, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Appends an entry.
    pub fn audit(&mut self, entry: NewAudit) -> Result<(), StoreError> {
        unimplemented!()
    }
}
