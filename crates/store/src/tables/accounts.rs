//! Accounts and what they are granted.

use linli_domain::{Permit, RecordId, Timestamp, actor::Grant};
use serde_json::Value as Json;

use crate::{ReadTx, StoreError, WriteTx};

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Id.
    pub id: RecordId,
    /// What is typed at sign-in; compared without regard to case.
    pub login: String,
    /// Name shown in histories.
    pub name: String,
    /// PHC string; empty when the account signs in elsewhere (OIDC).
    pub password_hash: String,
    /// TOTP secret in clear here, sealed in the database.
    pub totp_secret: Option<String>,
    /// Locked until.
    pub locked_until: Option<Timestamp>,
    /// Failed sign-ins since the last good one.
    pub failures: i64,
    /// Whether it may not sign in.
    pub disabled: bool,
    /// Subject at the OIDC provider.
    pub oidc_subject: Option<String>,
    /// Preferences: language, text size, theme.
    pub prefs: Json,
    /// When it was made.
    pub created: Timestamp,
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl ReadTx<'_> {
    /// The account that signs in as `login`.
    pub fn account_by_login(&mut self, login: &str) -> Result<Option<Account>, StoreError> {
        unimplemented!()
    }

    /// The account of an OIDC subject.
    pub fn account_by_oidc(&mut self, subject: &str) -> Result<Option<Account>, StoreError> {
        unimplemented!()
    }

    /// The account `id`.
    pub fn account(&mut self, id: RecordId) -> Result<Option<Account>, StoreError> {
        unimplemented!()
    }

    /// What an account is granted.
    pub fn grants_of(&mut self, account: RecordId) -> Result<Vec<Grant>, StoreError> {
        unimplemented!()
    }

    /// Accounts with a grant in the scope, by login, after the login `after` (permit: `Accounts`, `Read` or `Manage`).
    pub fn list_accounts(
        &mut self,
        permit: &Permit,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(Account, Vec<Grant>)>, StoreError> {
        unimplemented!()
    }
}

#[expect(unused_variables, reason = "signatures first; bodies follow in the next commit")]
impl WriteTx<'_> {
    /// Makes or changes an account. [`StoreError::Exists`] when the login or OIDC subject is another's.
    pub fn put_account(&mut self, account: &Account) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Replaces what an account is granted.
    pub fn set_grants(&mut self, account: RecordId, grants: &[Grant]) -> Result<(), StoreError> {
        unimplemented!()
    }
}
