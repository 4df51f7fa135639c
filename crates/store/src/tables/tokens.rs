//! Tokens of phones: an address with a token in it answers for an account, or for the draft of a form. Found by their hash;
//! sealed, because the page shows the address again.

use linli_domain::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::batches::{name_of, named};
use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
};

/// A phone's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneToken {
    /// Id.
    pub id: RecordId,
    /// The token in clear here, sealed in the database.
    pub token: String,
    /// Account it answers for.
    pub account: RecordId,
    /// Name its owner gave it.
    pub name: String,
    /// What it is for.
    pub kind: TokenKind,
    /// Form whose draft it shows.
    pub form: Option<RecordId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// What a phone's token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// All forms of its account.
    Worker,
    /// The draft of one form.
    Draft,
}

fn hash_of(token: &str) -> Val {
    Val::Bytes(Sha256::digest(token.as_bytes()).to_vec())
}

impl ReadTx<'_> {
    /// Whose a token is.
    pub fn phone_token(&mut self, token: &str) -> Result<Option<PhoneToken>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_token WHERE hash = "));
        sql.bind(hash_of(token));
        self.first(&sql, |row| phone_token(ctx, row))
    }

    /// Tokens of an account, newest first.
    pub fn phone_tokens(&mut self, account: RecordId) -> Result<Vec<PhoneToken>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_token WHERE account = "));
        sql.bind(Val::Id(account.0)).push(" ORDER BY created DESC, id DESC");
        self.rows(&sql, |row| phone_token(ctx, row))
    }
}

impl WriteTx<'_> {
    /// Keeps a new token.
    pub fn put_phone_token(&mut self, new: &PhoneToken) -> Result<(), StoreError> {
        let text = format!("INSERT INTO linli_token ({COLUMNS}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        let params = [
            Val::Id(new.id.0),
            Val::Bytes(self.ctx.crypto.seal(&place(new.id), &new.token)?),
            Val::Id(new.account.0),
            Val::text(&new.name),
            name_of(&new.kind)?,
            new.form.map_or(Val::Null, |form| Val::Id(form.0)),
            Val::Int(new.created.0),
            new.last_used.map_or(Val::Null, |at| Val::Int(at.0)),
            hash_of(&new.token),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Notes that a token was used.
    pub fn touch_phone_token(&mut self, id: RecordId, at: Timestamp) -> Result<(), StoreError> {
        self.execute("UPDATE linli_token SET last_used = $1 WHERE id = $2", &[Val::Int(at.0), Val::Id(id.0)])?;
        Ok(())
    }

    /// Ends a token of an account; whether there was one.
    pub fn drop_phone_token(&mut self, account: RecordId, id: RecordId) -> Result<bool, StoreError> {
        let text = "DELETE FROM linli_token WHERE id = $1 AND account = $2";
        Ok(self.execute(text, &[Val::Id(id.0), Val::Id(account.0)])? > 0)
    }
}

const COLUMNS: &str = "id, token, account, name, kind, form, created, last_used";

fn place(id: RecordId) -> Vec<u8> {
    format!("linli_token\0{id}").into_bytes()
}

fn phone_token(ctx: &Ctx, row: &Row<'_>) -> Result<PhoneToken, StoreError> {
    let id = RecordId(row.id(0)?);
    Ok(PhoneToken {
        id,
        token: ctx.crypto.open(&place(id), &row.bytes(1)?)?,
        account: RecordId(row.id(2)?),
        name: row.text(3)?,
        kind: named(&row.text(4)?)?,
        form: row.maybe_id(5)?.map(RecordId),
        created: Timestamp(row.int(6)?),
        last_used: row.maybe_int(7)?.map(Timestamp),
    })
}
