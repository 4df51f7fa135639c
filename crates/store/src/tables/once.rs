//! Idempotency: a request sent twice counts once.

use linli_domain::RecordId;
use serde_json::Value as Json;

use crate::{Once, StoreError, WriteTx, dialect::Val};

impl WriteTx<'_> {
    /// Asks whether `account` sent `key` before; `request_hash` tells whether it was the same request.
    pub fn once(&mut self, key: &str, account: RecordId, request_hash: &[u8]) -> Result<Once, StoreError> {
        let text = "INSERT INTO linli_once (account, key, hash, answer, at) VALUES ($1, $2, $3, NULL, $4) \
                    ON CONFLICT DO NOTHING";
        let now = Val::Int(self.now().0);
        let (account, key) = (Val::Id(account.0), Val::text(key));
        if self.execute(text, &[account.clone(), key.clone(), Val::Bytes(request_hash.to_vec()), now])? == 1 {
            return Ok(Once::First);
        }
        let mut sql = self.sql("SELECT hash, answer FROM linli_once WHERE account = ");
        sql.bind(account).push(" AND key = ").bind(key);
        match self.first(&sql, |row| Ok((row.bytes(0)?, row.maybe_text(1)?)))? {
            Some((hash, _)) if hash != request_hash => Ok(Once::OtherContent),
            Some((_, Some(answer))) => Ok(Once::Replay(serde_json::from_str(&answer)?)),
            _ => Ok(Once::Replay(Json::Null)),
        }
    }

    /// Keeps the answer of a first request.
    pub fn remember(&mut self, key: &str, account: RecordId, answer: &Json) -> Result<(), StoreError> {
        let text = "UPDATE linli_once SET answer = $1 WHERE account = $2 AND key = $3";
        self.execute(text, &[Val::text(answer.to_string()), Val::Id(account.0), Val::text(key)])?;
        Ok(())
    }

    /// Forgets keys older than `before`.
    pub fn forget_once(&mut self, before: linli_domain::Timestamp) -> Result<u64, StoreError> {
        self.execute("DELETE FROM linli_once WHERE at < $1", &[Val::Int(before.0)])
    }
}
