//! Sessions, found by the hash of their token.

use linli_domain::{RecordId, Timestamp};

use crate::{ReadTx, StoreError, WriteTx};

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

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// The session of a token's hash.
    pub fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        unimplemented!()
    }

    /// Sessions of an account, newest first.
    pub fn sessions_of(&mut self, account: RecordId) -> Result<Vec<Session>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Keeps a session.
    pub fn put_session(&mut self, session: &Session) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Notes its use.
    pub fn touch_session(
        &mut self,
        hash: &[u8; 32],
        last_seen: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Ends a session.
    pub fn drop_session(&mut self, hash: &[u8; 32]) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Ends all sessions of an account but `keep`.
    pub fn drop_sessions_of(&mut self, account: RecordId, keep: Option<&[u8; 32]>) -> Result<u64, StoreError> {
        unimplemented!()
    }

    /// Ends sessions that expired before `now`.
    pub fn drop_expired_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        unimplemented!()
    }
}
