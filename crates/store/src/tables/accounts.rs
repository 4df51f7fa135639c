//! Accounts and what they are granted.

use linli_domain::{AreaPath, Permit, RecordId, Scope, Subject, Timestamp, Verb, actor::Grant};
use serde_json::Value as Json;

use crate::{
    ReadTx, StoreError, WriteTx,
    dialect::{Row, Val},
    run::Ctx,
    schema::values::path,
    sql::filter::push_scope,
    tx::permitted_on,
};

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

impl ReadTx<'_> {
    /// The account that signs in as `login`.
    pub fn account_by_login(&mut self, login: &str) -> Result<Option<Account>, StoreError> {
        self.account_where("login_key", Val::text(login_key(login)))
    }

    /// The account of an OIDC subject.
    pub fn account_by_oidc(&mut self, subject: &str) -> Result<Option<Account>, StoreError> {
        self.account_where("oidc_subject", Val::text(subject))
    }

    /// The account `id`.
    pub fn account(&mut self, id: RecordId) -> Result<Option<Account>, StoreError> {
        self.account_where("id", Val::Id(id.0))
    }

    /// What an account is granted.
    pub fn grants_of(&mut self, account: RecordId) -> Result<Vec<Grant>, StoreError> {
        let mut sql = self.sql("SELECT role, area FROM linli_grant WHERE account = ");
        sql.bind(Val::Id(account.0)).push(" ORDER BY role, area");
        self.rows(&sql, |row| Ok(Grant { role: row.text(0)?, area: path(&row.text(1)?)? }))
    }

    /// Names of accounts that hold a role over exactly one of these areas, the deepest first; disabled ones are left out.
    pub fn role_holders(&mut self, role: &str, areas: &[AreaPath]) -> Result<Vec<(String, AreaPath)>, StoreError> {
        if areas.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql(
            "SELECT held.name, given.area FROM linli_grant AS given JOIN linli_account AS held ON held.id = given.account \
             WHERE held.disabled = 0 AND given.role = ",
        );
        sql.bind(Val::text(role)).push(" AND given.area IN (");
        sql.bind_all(areas.iter().map(|area| Val::text(area.as_str())));
        sql.push(") ORDER BY length(given.area) DESC, held.name LIMIT 20");
        self.rows(&sql, |row| Ok((row.text(0)?, path(&row.text(1)?)?)))
    }

    /// Accounts with a grant in the scope, by login, after the login `after` (permit: `Accounts`, `Read` or `Manage`).
    pub fn list_accounts(
        &mut self,
        permit: &Permit,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(Account, Vec<Grant>)>, StoreError> {
        permitted_on(permit, &Subject::Accounts, &[Verb::Read, Verb::Manage])?;
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_account WHERE login_key > "));
        sql.bind(Val::text(after.map(login_key).unwrap_or_default()));
        if !matches!(permit.scope(), Scope::Everywhere) {
            sql.push(" AND EXISTS (SELECT 1 FROM linli_grant WHERE account = linli_account.id AND ");
            push_scope(&mut sql, "area", permit.scope());
            sql.push(")");
        }
        sql.push(" ORDER BY login_key LIMIT ").bind(Val::Int(limit.into()));
        let accounts = self.rows(&sql, |row| account(ctx, row))?;
        accounts.into_iter().map(|account| Ok((account.clone(), self.grants_of(account.id)?))).collect()
    }
}

impl WriteTx<'_> {
    /// Makes or changes an account. [`StoreError::Exists`] when the login or OIDC subject is another's.
    pub fn put_account(&mut self, account: &Account) -> Result<(), StoreError> {
        let sealed = account.totp_secret.as_deref().map(|secret| self.ctx.crypto.seal(&place(account.id), secret));
        let totp = sealed.transpose()?.map_or(Val::Null, Val::Bytes);
        let mut sql = self.sql("SELECT count(*) FROM linli_account WHERE id <> ");
        sql.bind(Val::Id(account.id.0)).push(" AND (login_key = ").bind(Val::text(login_key(&account.login)));
        if let Some(subject) = &account.oidc_subject {
            sql.push(" OR oidc_subject = ").bind(Val::text(subject));
        }
        sql.push(")");
        if self.first(&sql, |row| row.int(0))?.unwrap_or_default() > 0 {
            return Err(StoreError::Exists(account.login.clone()));
        }
        let text = format!(
            "INSERT INTO linli_account ({COLUMNS}, login_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, \
             password_hash = excluded.password_hash, totp = excluded.totp, locked_until = excluded.locked_until, \
             failures = excluded.failures, disabled = excluded.disabled, oidc_subject = excluded.oidc_subject, \
             prefs = excluded.prefs, login_key = excluded.login_key"
        );
        let params = [
            Val::Id(account.id.0),
            Val::text(&account.login),
            Val::text(&account.name),
            Val::text(&account.password_hash),
            totp,
            account.locked_until.map_or(Val::Null, |until| Val::Int(until.0)),
            Val::Int(account.failures),
            Val::Int(i64::from(account.disabled)),
            Val::maybe(account.oidc_subject.clone()),
            Val::text(account.prefs.to_string()),
            Val::Int(account.created.0),
            Val::text(login_key(&account.login)),
        ];
        self.execute(&text, &params)?;
        Ok(())
    }

    /// Replaces what an account is granted.
    pub fn set_grants(&mut self, account: RecordId, grants: &[Grant]) -> Result<(), StoreError> {
        self.execute("DELETE FROM linli_grant WHERE account = $1", &[Val::Id(account.0)])?;
        for grant in grants {
            let text = "INSERT INTO linli_grant (account, role, area) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            self.execute(text, &[Val::Id(account.0), Val::text(&grant.role), Val::text(grant.area.as_str())])?;
        }
        Ok(())
    }
}

const COLUMNS: &str =
    "id, login, name, password_hash, totp, locked_until, failures, disabled, oidc_subject, prefs, created";

/// Logins are compared without regard to case and surrounding spaces.
fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}

fn place(id: RecordId) -> Vec<u8> {
    let mut place = b"linli_account\0totp\0".to_vec();
    place.extend_from_slice(id.0.as_bytes());
    place
}

fn account(ctx: &Ctx, row: &Row<'_>) -> Result<Account, StoreError> {
    let id = RecordId(row.id(0)?);
    let secret = row.maybe_bytes(4)?;
    Ok(Account {
        id,
        login: row.text(1)?,
        name: row.text(2)?,
        password_hash: row.text(3)?,
        totp_secret: secret.map(|sealed| ctx.crypto.open(&place(id), &sealed)).transpose()?,
        locked_until: row.maybe_int(5)?.map(Timestamp),
        failures: row.int(6)?,
        disabled: row.int(7)? != 0,
        oidc_subject: row.maybe_text(8)?,
        prefs: serde_json::from_str(&row.text(9)?)?,
        created: Timestamp(row.int(10)?),
    })
}

impl ReadTx<'_> {
    fn account_where(&mut self, column: &str, value: Val) -> Result<Option<Account>, StoreError> {
        let ctx = self.ctx;
        let mut sql = self.sql(format!("SELECT {COLUMNS} FROM linli_account WHERE {column} = "));
        sql.bind(value);
        self.first(&sql, |row| account(ctx, row))
    }
}
