//! The audit log: entries are written in the transaction of what they tell about.

mod list;

pub use list::{AuditFilter, AuditItem, AuditPage, list};

use linli_domain::{Actor, AreaPath};
use linli_store::tables::NewAudit;
use serde_json::Value as Json;

use crate::Engine;

impl Engine {
    /// An entry: `actor` did `action` to `reference` of `subject`.
    pub fn audit_entry(
        &self,
        actor: &Actor,
        action: &str,
        subject: &str,
        reference: impl Into<String>,
        area: Option<AreaPath>,
        detail: Json,
    ) -> NewAudit {
        NewAudit {
            account: actor.account,
            name: actor.name.clone(),
            action: action.into(),
            subject: subject.into(),
            reference: reference.into(),
            area,
            detail,
            address: self.address.as_deref().map(str::to_owned),
        }
    }
}
