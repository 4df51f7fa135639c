//! Who did what, newest first, within one's scope.

use linli_domain::{Actor, RecordId, Subject, Timestamp, Verb};
use linli_store::tables::{AuditEntry, AuditQuery};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::{Engine, Problem, area::AreaRef, register::moment};

/// What to show.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
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
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AuditItem {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Chain.
    pub chain: i64,
    /// Place in the chain.
    pub seq: i64,
    /// Account that did it.
    #[schema(value_type = String)]
    pub account: RecordId,
    /// Their name.
    pub name: String,
    /// What was done.
    pub action: String,
    /// To what sort of thing.
    pub subject: String,
    /// To which.
    pub reference: String,
    /// Area it concerns.
    pub area: Option<AreaRef>,
    /// More.
    #[schema(value_type = Object)]
    pub detail: Json,
    /// Network address.
    pub address: Option<String>,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AuditPage {
    /// Entries, newest first.
    pub items: Vec<AuditItem>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A page of the audit log.
pub async fn list(engine: &Engine, actor: &Actor, filter: AuditFilter) -> Result<AuditPage, Problem> {
    let permit = engine.permit(actor, Verb::Read, Subject::Audit)?;
    let after = filter.after.as_deref().map(parse_cursor).transpose()?;
    let limit = filter.limit.clamp(1, 200);
    let query = AuditQuery {
        account: filter.account,
        action: filter.action,
        subject: filter.subject,
        reference: filter.reference,
        from: filter.from,
        until: filter.until,
        area: None,
        after,
        limit: limit + 1,
    };
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let mut entries = tx.audit_list(&permit, &query)?;
            let more = entries.len() > limit as usize;
            entries.truncate(limit as usize);
            let cursor = |entry: &AuditEntry| format!("{}.{}.{}", entry.at.0, entry.chain, entry.seq);
            let next = entries.last().filter(|_| more).map(cursor);
            let items: Result<_, Problem> = entries.into_iter().map(|entry| item(&engine2, tx, entry)).collect();
            Ok(AuditPage { items: items?, next })
        })
        .await
}

fn item(engine: &Engine, tx: &mut linli_store::ReadTx<'_>, entry: AuditEntry) -> Result<AuditItem, Problem> {
    let AuditEntry { chain, seq, at, entry, .. } = entry;
    let area = entry.area.as_ref().map(|path| engine.area_ref(tx, path)).transpose()?;
    Ok(AuditItem {
        at: moment(at),
        chain,
        seq,
        account: entry.account,
        name: entry.name,
        action: entry.action,
        subject: entry.subject,
        reference: entry.reference,
        area,
        detail: entry.detail,
        address: entry.address,
    })
}

fn parse_cursor(text: &str) -> Result<(Timestamp, i64, i64), Problem> {
    let mut parts = text.splitn(3, '.').map(|part| part.parse::<i64>().ok());
    match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten()) {
        (Some(at), Some(chain), Some(seq)) => Ok((Timestamp(at), chain, seq)),
        _ => Err(Problem::bad_cursor()),
    }
}
