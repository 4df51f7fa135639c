//! Public links to questionnaires, their tokens and what was begun with them. Whoever holds a token may answer, so tokens
//! are found by their hash and kept sealed.

use linli_domain::{AreaPath, Permit, RecordId, Subject, Timestamp, Verb};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::batches::{name_of, named};
use crate::{
    ReadTx, StoreError, WriteError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

/// A public link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Id.
    pub id: RecordId,
    /// Form.
    pub form: RecordId,
    /// Area its answers belong to.
    pub area: AreaPath,
    /// Sort.
    pub kind: LinkKind,
    /// What it is called.
    pub title: String,
    /// Tokens made: 1 for an open link.
    pub count: i64,
    /// Answers given.
    pub used: i64,
    /// Most answers.
    pub quota: Option<i64>,
    /// First moment.
    pub opens: Option<Timestamp>,
    /// Last moment.
    pub closes: Option<Timestamp>,
    /// Whether somebody closed it.
    pub closed: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Who made it.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
}

/// Sorts of links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// One address, many answers.
    Open,
    /// Many addresses, one answer each.
    OneTime,
}

/// A token of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkToken {
    /// Link.
    pub link: RecordId,
    /// Number on the printed page, from 1.
    pub number: i64,
    /// The token in clear here, sealed in the database.
    pub token: String,
    /// When its answer was given.
    pub used: Option<Timestamp>,
    /// Reference its holder was told.
    pub reference: Option<String>,
}

const SEE: &[Verb] = &[Verb::Read, Verb::Manage];

fn hash_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

impl ReadTx<'_> {
    /// Links of a form in the scope (permit: forms), newest first.
    pub fn links(&mut self, permit: &Permit, form: RecordId) -> Result<Vec<Link>, StoreError> {
        permitted_on(permit, &Subject::Forms, SEE)?;
        let mut sql = self.sql(format!("SELECT {LINK} FROM linli_link WHERE form = "));
        sql.bind(Val::Id(form.0)).push(" AND ");
        push_scope(&mut sql, "area", permit.scope());
        sql.push(" ORDER BY created DESC, id DESC");
        self.rows(&sql, link)
    }

    /// How many links each form has.
    pub fn link_count(&mut self, form: RecordId) -> Result<i64, StoreError> {
        let mut sql = self.sql("SELECT count(*) FROM linli_link WHERE form = ");
        sql.bind(Val::Id(form.0));
        Ok(self.first(&sql, |row| row.int(0))?.unwrap_or_default())
    }

    /// A link in the scope.
    pub fn link(&mut self, permit: &Permit, id: RecordId) -> Result<Option<Link>, StoreError> {
        permitted_on(permit, &Subject::Forms, SEE)?;
        let mut sql = self.sql(format!("SELECT {LINK} FROM linli_link WHERE id = "));
        sql.bind(Val::Id(id.0)).push(" AND ");
        push_scope(&mut sql, "area", permit.scope());
        self.first(&sql, link)
    }

    /// The link and token behind an address that somebody holds: the token is the permission.
    pub fn link_of_token(&mut self, token: &str) -> Result<Option<(Link, LinkToken)>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {TOKEN} FROM linli_link_token WHERE hash = "));
        sql.bind(Val::Bytes(hash_of(token)));
        let Some(found) = self.first(&sql, |row| link_token(ctx, row))? else { return Ok(None) };
        let mut sql = self.sql(format!("SELECT {LINK} FROM linli_link WHERE id = "));
        sql.bind(Val::Id(found.link.0));
        Ok(self.first(&sql, link)?.map(|link| (link, found)))
    }

    /// Tokens of a link that was read with a permit, by number.
    pub fn link_tokens(&mut self, of: &Link, after: i64, limit: u32) -> Result<Vec<LinkToken>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {TOKEN} FROM linli_link_token WHERE link = "));
        sql.bind(Val::Id(of.id.0)).push(" AND number > ").bind(Val::Int(after));
        sql.push(" ORDER BY number LIMIT ").bind(Val::Int(limit.into()));
        self.rows(&sql, |row| link_token(ctx, row))
    }

    /// What was begun under a token or a resume code, and when it was last saved.
    pub fn link_draft(&mut self, code: &str) -> Result<Option<(RecordId, String, Timestamp)>, StoreError> {
        let ctx = self.ctx;
        let hash = hash_of(code);
        let mut sql = self.sql("SELECT link, instance, at FROM linli_link_draft WHERE hash = ");
        sql.bind(Val::Bytes(hash.clone()));
        self.first(&sql, |row| {
            let instance = ctx.crypto.open(&place("draft", &hash), &row.bytes(1)?)?;
            Ok((RecordId(row.id(0)?), instance, Timestamp(row.int(2)?)))
        })
    }
}

impl WriteTx<'_> {
    /// Makes or changes a link (permit: forms, `Manage`; its area must lie in the scope).
    pub fn put_link(&mut self, permit: &Permit, link: &Link) -> Result<(), WriteError> {
        permitted_on(permit, &Subject::Forms, &[Verb::Manage])?;
        if !permit.scope().covers(&link.area) {
            return Err(WriteError::OutOfScope);
        }
        let text = format!(
            "INSERT INTO linli_link ({LINK}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, quota = excluded.quota, opens = excluded.opens, \
             closes = excluded.closes, closed = excluded.closed"
        );
        let moment = |at: Option<Timestamp>| at.map_or(Val::Null, |at| Val::Int(at.0));
        let params = [
            Val::Id(link.id.0),
            Val::Id(link.form.0),
            Val::text(link.area.as_str()),
            name_of(&link.kind)?,
            Val::text(&link.title),
            Val::Int(link.count),
            Val::Int(link.used),
            link.quota.map_or(Val::Null, Val::Int),
            moment(link.opens),
            moment(link.closes),
            Val::Int(i64::from(link.closed)),
            Val::Int(link.created.0),
            Val::Id(link.by.0),
            Val::text(&link.by_name),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Keeps new tokens of a link.
    pub fn put_link_tokens(&mut self, tokens: &[LinkToken]) -> Result<(), StoreError> {
        for token in tokens {
            let hash = hash_of(&token.token);
            let text = "INSERT INTO linli_link_token (hash, link, number, token, used, reference) \
                        VALUES ($1, $2, $3, $4, NULL, NULL)";
            let sealed = self.ctx.crypto.seal(&place("token", &hash), &token.token)?;
            self.execute(text, &[Val::Bytes(hash), Val::Id(token.link.0), Val::Int(token.number), Val::Bytes(sealed)])?;
        }
        Ok(())
    }

    /// Takes a place of a link within its quota; `false` when it is full.
    pub fn take_place(&mut self, link: RecordId) -> Result<bool, StoreError> {
        let text = "UPDATE linli_link SET used = used + 1 WHERE id = $1 AND (quota IS NULL OR used < quota)";
        Ok(self.execute(text, &[Val::Id(link.0)])? == 1)
    }

    /// Uses a token for its one answer; `false` when it was used before.
    pub fn use_link_token(&mut self, token: &str, reference: &str) -> Result<bool, StoreError> {
        let text = "UPDATE linli_link_token SET used = $1, reference = $2 WHERE hash = $3 AND used IS NULL";
        let params = [Val::Int(self.now().0), Val::text(reference), Val::Bytes(hash_of(token))];
        Ok(self.execute(text, &params)? == 1)
    }

    /// Keeps what was begun under a token or a resume code.
    pub fn put_link_draft(&mut self, code: &str, link: RecordId, instance: &str) -> Result<(), StoreError> {
        let hash = hash_of(code);
        let sealed = self.ctx.crypto.seal(&place("draft", &hash), instance)?;
        let text = "INSERT INTO linli_link_draft (hash, link, instance, at) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (hash) DO UPDATE SET instance = excluded.instance, at = excluded.at";
        let now = Val::Int(self.now().0);
        self.execute(text, &[Val::Bytes(hash), Val::Id(link.0), Val::Bytes(sealed), now])?;
        Ok(())
    }

    /// Forgets what was begun, because it was sent.
    pub fn drop_link_draft(&mut self, code: &str) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_link_draft WHERE hash = $1", &[Val::Bytes(hash_of(code))])?;
        Ok(())
    }

    /// Forgets what was begun and not touched since `before`.
    pub fn forget_link_drafts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_link_draft WHERE at < $1", &[Val::Int(before.0)])
    }
}

const LINK: &str = "id, form, area, kind, title, count, used, quota, opens, closes, closed, created, by_id, by_name";
const TOKEN: &str = "link, number, token, used, reference, hash";

fn place(what: &str, hash: &[u8]) -> Vec<u8> {
    let mut place = format!("linli_link\0{what}\0").into_bytes();
    place.extend_from_slice(hash);
    place
}

fn link(row: &Row<'_>) -> Result<Link, StoreError> {
    Ok(Link {
        id: RecordId(row.id(0)?),
        form: RecordId(row.id(1)?),
        area: path(&row.text(2)?)?,
        kind: named(&row.text(3)?)?,
        title: row.text(4)?,
        count: row.int(5)?,
        used: row.int(6)?,
        quota: row.maybe_int(7)?,
        opens: row.maybe_int(8)?.map(Timestamp),
        closes: row.maybe_int(9)?.map(Timestamp),
        closed: row.int(10)? != 0,
        created: Timestamp(row.int(11)?),
        by: RecordId(row.id(12)?),
        by_name: row.text(13)?,
    })
}

fn link_token(ctx: &Ctx, row: &Row<'_>) -> Result<LinkToken, StoreError> {
    let hash = row.bytes(5)?;
    Ok(LinkToken {
        link: RecordId(row.id(0)?),
        number: row.int(1)?,
        token: ctx.crypto.open(&place("token", &hash), &row.bytes(2)?)?,
        used: row.maybe_int(3)?.map(Timestamp),
        reference: row.maybe_text(4)?,
    })
}
