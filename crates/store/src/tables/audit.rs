//! The audit log: append-only chains of keyed hashes.

use linli_domain::{AreaPath, Permit, RecordId, Scope, Subject, Timestamp, Verb};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    crypto::Crypto,
    dialect::{Conn, Row, Val},
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

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

impl ReadTx<'_> {
    /// Entries within the scope (permit: `Audit`, `Read`); those that concern no area only for a scope of everywhere.
    pub fn audit_list(&mut self, permit: &Permit, query: &AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        permitted_on(permit, &Subject::Audit, &[Verb::Read])?;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_audit WHERE "));
        push_scope(&mut sql, "area", permit.scope());
        let texts = [("action", &query.action), ("subject", &query.subject), ("reference", &query.reference)];
        for (column, text) in texts {
            if let Some(text) = text {
                sql.push(" AND ").push(column).push(" = ").bind(Val::text(text));
            }
        }
        if let Some(account) = query.account {
            sql.push(" AND account = ").bind(Val::Id(account.0));
        }
        if let Some(from) = query.from {
            sql.push(" AND at >= ").bind(Val::Int(from.0));
        }
        if let Some(until) = query.until {
            sql.push(" AND at < ").bind(Val::Int(until.0));
        }
        if let Some(area) = &query.area {
            sql.push(" AND ");
            push_scope(&mut sql, "area", &Scope::Areas(vec![area.clone()]));
        }
        if let Some((at, chain, seq)) = query.after {
            sql.push(" AND (at, chain, seq) < (").bind_all([Val::Int(at.0), Val::Int(chain), Val::Int(seq)]).push(")");
        }
        sql.push(" ORDER BY at DESC, chain DESC, seq DESC LIMIT ").bind(Val::Int(query.limit.clamp(1, 1000).into()));
        self.rows(&sql, entry)
    }
}

impl WriteTx<'_> {
    /// Appends an entry.
    pub fn audit(&mut self, entry: NewAudit) -> Result<(), StoreError> {
        let head = match self.head.take() {
            Some(head) => head,
            None => self.take_head()?,
        };
        let written = AuditEntry { chain: head.chain, seq: head.seq + 1, at: self.now(), entry, hash: String::new() };
        let hash = link(&self.ctx.crypto, &head.hash, &written);
        let NewAudit { account, name, action, subject, reference, area, detail, address } = written.entry;
        let row = vec![
            Val::Int(written.chain),
            Val::Int(written.seq),
            Val::Int(written.at.0),
            Val::Id(account.0),
            Val::Text(name),
            Val::Text(action),
            Val::Text(subject),
            Val::Text(reference),
            Val::maybe(area.map(String::from)),
            Val::text(detail.to_string()),
            Val::maybe(address),
            Val::Bytes(hash.to_vec()),
        ];
        if self.later.is_on() {
            self.later.audit(row);
        } else {
            let schema = self.schema.clone();
            if self.insert_now(&[(&schema.audits, vec![row])])? != 1 {
                return Err(StoreError::Corrupt("an audit entry stands behind the head of its chain".into()));
            }
        }
        self.head = Some(Head { chain: written.chain, seq: written.seq, hash: hash.to_vec(), dirty: true });
        Ok(())
    }
}

pub(crate) const COLUMNS: &str =
    "chain, seq, at, account, name, action, subject, reference, area, detail, address, hash";

/// Chains of a database that many writers append to. SQLite has one writer and uses the first.
pub(crate) const CHAINS: i64 = 16;

/// The end of a chain, held by the transaction that appends to it.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) chain: i64,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
    dirty: bool,
}

impl WriteTx<'_> {
    /// Takes the head of a chain that no other transaction appends to.
    fn take_head(&mut self) -> Result<Head, StoreError> {
        let text = "SELECT chain, seq, hash FROM linli_audit_head ORDER BY chain LIMIT 1";
        let free = self.ctx.dialect.for_update_skip_locked();
        let head = |row: &Row<'_>| Ok(Head { chain: row.int(0)?, seq: row.int(1)?, hash: row.bytes(2)?, dirty: false });
        let sql = self.sql(format!("{text}{free}"));
        // Nothing that waits changes a head.
        if let Some(head) = self.rows_beside(&sql, head)?.pop() {
            return Ok(head);
        }
        let sql = self.sql(format!("{text}{}", self.ctx.dialect.for_update()));
        self.first(&sql, head)?.ok_or_else(|| StoreError::Corrupt("the audit chains have no head".into()))
    }
}

/// Writes the head of the batch's chain and commits.
pub(crate) fn commit(conn: &mut Conn, head: Option<Head>) -> Result<(), StoreError> {
    let Some(head) = head.filter(|head| head.dirty) else { return conn.commit() };
    let text = "UPDATE linli_audit_head SET seq = $1, hash = $2 WHERE chain = $3";
    conn.execute_and_commit(text, &[Val::Int(head.seq), Val::Bytes(head.hash), Val::Int(head.chain)])
}

/// Hash of an entry and of the one before it.
pub(crate) fn link(crypto: &Crypto, before: &[u8], written: &AuditEntry) -> [u8; 32] {
    let entry = &written.entry;
    let numbers = [written.chain.to_be_bytes(), written.seq.to_be_bytes(), written.at.0.to_be_bytes()];
    let detail = entry.detail.to_string();
    let area = entry.area.as_ref().map_or("", |area| area.as_str());
    crypto.link(&[
        before,
        &numbers.concat(),
        entry.account.0.as_bytes(),
        entry.name.as_bytes(),
        entry.action.as_bytes(),
        entry.subject.as_bytes(),
        entry.reference.as_bytes(),
        area.as_bytes(),
        detail.as_bytes(),
        entry.address.as_deref().unwrap_or("-").as_bytes(),
    ])
}

/// A row of [`COLUMNS`].
pub(crate) fn entry(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        chain: row.int(0)?,
        seq: row.int(1)?,
        at: Timestamp(row.int(2)?),
        entry: NewAudit {
            account: RecordId(row.id(3)?),
            name: row.text(4)?,
            action: row.text(5)?,
            subject: row.text(6)?,
            reference: row.text(7)?,
            area: row.maybe_text(8)?.map(|text| path(&text)).transpose()?,
            detail: serde_json::from_str(&row.text(9)?)?,
            address: row.maybe_text(10)?,
        },
        hash: hex::encode(row.bytes(11)?),
    })
}
