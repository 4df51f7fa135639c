//! Sessions, found by the hash of their token.

use linli_domain::{RecordId, Timestamp};

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token; the token itself is never kept.
    pub hash: [u8; 32],
    /// Whose.
    pub account: RecordId,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used.
    pub last_seen: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// Network address.
    pub address: Option<String>,
}

impl ReadTx<'_> {
    /// The session of a token's hash.
    pub fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_session WHERE hash = "));
        sql.bind(Val::Bytes(hash.to_vec()));
        self.first(&sql, session)
    }

    /// Sessions of an account, newest first.
    pub fn sessions_of(&mut self, account: RecordId) -> Result<Vec<Session>, StoreError> {
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_session WHERE account = "));
        sql.bind(Val::Id(account.0)).push(" ORDER BY created DESC");
        self.rows(&sql, session)
    }
}

impl WriteTx<'_> {
    /// Keeps a session.
    pub fn put_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let text = format!(
            "INSERT INTO linli_session ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO UPDATE SET \
             last_seen = excluded.last_seen, expires = excluded.expires, address = excluded.address"
        );
        let params = [
            Val::Bytes(session.hash.to_vec()),
            Val::Id(session.account.0),
            Val::Int(session.created.0),
            Val::Int(session.last_seen.0),
            Val::Int(session.expires.0),
            Val::maybe(session.address.clone()),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Notes its use.
    pub fn touch_session(
        &mut self,
        hash: &[u8; 32],
        last_seen: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let text = "UPDATE linli_session SET last_seen = $1, expires = $2 WHERE hash = $3";
        self.execute(text, &[Val::Int(last_seen.0), Val::Int(expires.0), Val::Bytes(hash.to_vec())])?;
        Ok(())
    }

    /// Ends a session.
    pub fn drop_session(&mut self, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_session WHERE hash = $1", &[Val::Bytes(hash.to_vec())])?;
        Ok(())
    }

    /// Ends all sessions of an account but `keep`.
    pub fn drop_sessions_of(&mut self, account: RecordId, keep: Option<&[u8; 32]>) -> Result<u64, StoreError> {
        let keep = keep.map_or_else(Vec::new, |hash| hash.to_vec());
        let text = "DELETE FROM linli_session WHERE account = $1 AND hash <> $2";
        self.execute(text, &[Val::Id(account.0), Val::Bytes(keep)])
    }

    /// Ends sessions that expired before `now`.
    pub fn drop_expired_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_session WHERE expires < $1", &[Val::Int(now.0)])
    }
}

const COLUMNS: &str = "hash, account, created, last_seen, expires, address";

fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    let hash = row.bytes(0)?;
    Ok(Session {
        hash: hash.try_into().map_err(|_| StoreError::Corrupt("a session's hash".into()))?,
        account: RecordId(row.id(1)?),
        created: Timestamp(row.int(2)?),
        last_seen: Timestamp(row.int(3)?),
        expires: Timestamp(row.int(4)?),
        address: row.maybe_text(5)?,
    })
}
