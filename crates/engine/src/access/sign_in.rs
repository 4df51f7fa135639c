//! Sign-in with a password, and with a second step when the account has one.
//!
//! After five failures in a row an account is locked for a quarter of an hour, then for twice as long, up to a day. A login
//! that does not exist takes as long, fails the same way and locks the same way.

use linli_domain::{Actor, RecordId, Timestamp, actor::Grant};
use linli_store::tables::Account;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{SignedIn, cache::Strikes, password, session, totp};
use crate::{Engine, Problem, ProblemKind, config::AccessConfig};

/// What is typed at sign-in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Login.
    pub login: String,
    /// Password.
    pub password: String,
    /// Six digits of the second step.
    #[serde(default)]
    pub totp: Option<String>,
}

/// A begun session.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Token for the cookie.
    pub token: String,
    /// Whose.
    pub who: SignedIn,
}

/// Begins a session, or says why not.
pub async fn sign_in(engine: &Engine, input: SignIn) -> Result<Entry, Problem> {
    let login = input.login.trim().to_owned();
    let asked = login.clone();
    let found = engine.store.read::<_, Problem>(move |tx| Ok(tx.account_by_login(&asked)?)).await?;
    let now = engine.now();
    let Some(account) = found else { return Err(stranger(engine, &login, input.password).await?) };
    refuse_locked(account.locked_until, now)?;
    if !password::verify(engine, input.password, Some(account.password_hash.clone())).await? {
        note_failure(engine, account.id, "password").await?;
        return Err(Problem::wrong_login());
    }
    if account.disabled {
        return Err(disabled());
    }
    if account.totp_secret.as_deref().is_some_and(totp::is_on) && input.totp.is_none() {
        return Err(totp::required());
    }
    match begin(engine, account.id, input.totp).await {
        Err(problem) if problem.code == totp::WRONG => {
            note_failure(engine, account.id, "totp").await?;
            Err(problem)
        }
        other => other,
    }
}

/// Whom a login and password answer for, without beginning a session: for clients that send both with every call. Counts
/// and locks like a sign-in. An account with a second step is refused: such a client cannot do it.
pub async fn verify_password(engine: &Engine, login: &str, password: String) -> Result<Actor, Problem> {
    let login = login.trim().to_owned();
    let asked = login.clone();
    let found = engine
        .store
        .read::<_, Problem>(move |tx| {
            let Some(account) = tx.account_by_login(&asked)? else { return Ok(None) };
            let grants = tx.grants_of(account.id)?;
            Ok(Some((account, grants)))
        })
        .await?;
    let Some((account, grants)) = found else { return Err(stranger(engine, &login, password).await?) };
    refuse_locked(account.locked_until, engine.now())?;
    if !password::verify(engine, password, Some(account.password_hash.clone())).await? {
        note_failure(engine, account.id, "password").await?;
        return Err(Problem::wrong_login());
    }
    if account.disabled {
        return Err(disabled());
    }
    if account.totp_secret.as_deref().is_some_and(totp::is_on) {
        return Err(totp::required());
    }
    Ok(as_actor(&account, &grants))
}

async fn begin(engine: &Engine, id: RecordId, code: Option<String>) -> Result<Entry, Problem> {
    let token = session::new_token(engine);
    let (engine2, token2) = (engine.clone(), token.clone());
    let (account, grants, hash) = engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut account = tx.account(id)?.ok_or_else(Problem::wrong_login)?;
            totp::use_code(&mut account, code.as_deref(), engine2.now())?;
            (account.failures, account.locked_until) = (0, None);
            tx.put_account(&account)?;
            let hash = session::begin(&engine2, tx, id, &token2)?.hash;
            let grants = tx.grants_of(id)?;
            let detail = json!({ "by": "password" });
            tx.audit(engine2.audit_entry(
                &as_actor(&account, &grants),
                "sign_in",
                "accounts",
                account.login.clone(),
                super::account::home(&grants).cloned(),
                detail,
            ))?;
            Ok((account, grants, hash))
        })
        .await?;
    Ok(Entry { token, who: session::signed_in(account, grants, hash) })
}

/// The account as whoever acts.
pub(super) fn as_actor(account: &Account, grants: &[Grant]) -> Actor {
    Actor { account: account.id, name: account.name.clone(), grants: grants.to_vec(), operator: false }
}

/// Answer for accounts that were disabled; told only to those who know the password.
pub(super) fn disabled() -> Problem {
    Problem::new(
        ProblemKind::Denied,
        "auth.disabled",
        "该账号已停用。请联系账号管理员。",
        "This account is disabled. Ask an account administrator.",
    )
}

pub(super) fn refuse_locked(until: Option<Timestamp>, now: Timestamp) -> Result<(), Problem> {
    let Some(until) = until.filter(|until| *until > now) else { return Ok(()) };
    let seconds = (until.0 - now.0).div_euclid(1_000_000) + 1;
    let minutes = (seconds + 59) / 60;
    Err(Problem::new(
        ProblemKind::Locked,
        "auth.locked",
        format!("多次登录失败,账号已暂时锁定。请 {minutes} 分钟后再试,或请账号管理员解锁。"),
        format!("Too many failed sign-ins: locked. Try again in {minutes} min, or ask an administrator to unlock."),
    )
    .with("retry_after", json!(seconds)))
}

/// Until when `failures` in a row lock an account.
fn lock(access: &AccessConfig, failures: i64, now: Timestamp) -> Option<Timestamp> {
    let limit = i64::from(access.failures.max(1));
    (failures > 0 && failures % limit == 0).then(|| {
        let doubled = i64::from(access.lock_minutes) << (failures / limit - 1).clamp(0, 10);
        now.plus_seconds(60 * doubled.min(24 * 60))
    })
}

async fn note_failure(engine: &Engine, id: RecordId, step: &'static str) -> Result<(), Problem> {
    let (engine2, now) = (engine.clone(), engine.now());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let Some(mut account) = tx.account(id)? else { return Ok(()) };
            account.failures += 1;
            account.locked_until = lock(&engine2.config.access, account.failures, now).or(account.locked_until);
            tx.put_account(&account)?;
            let grants = tx.grants_of(id)?;
            let locked = account.locked_until.is_some_and(|until| until > now);
            let detail = json!({ "step": step, "failures": account.failures, "locked": locked });
            tx.audit(engine2.audit_entry(
                &as_actor(&account, &grants),
                "sign_in_failed",
                "accounts",
                account.login.clone(),
                super::account::home(&grants).cloned(),
                detail,
            ))?;
            Ok(())
        })
        .await
}

/// Somebody tries a login that does not exist: the same work, the same answers.
async fn stranger(engine: &Engine, login: &str, password: String) -> Result<Problem, Problem> {
    let (key, now) = (login.to_lowercase().chars().take(64).collect::<String>(), engine.now());
    let mut strikes: Strikes = engine.sessions.strikes(&key);
    if let Err(locked) = refuse_locked(strikes.locked_until, now) {
        return Ok(locked);
    }
    password::verify(engine, password, None).await?;
    strikes.failures += 1;
    strikes.locked_until = lock(&engine.config.access, strikes.failures, now).or(strikes.locked_until);
    engine.sessions.set_strikes(&key, strikes);
    Ok(Problem::wrong_login())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_a_day() {
        let access = AccessConfig::default();
        let minutes = |failures| lock(&access, failures, Timestamp(0)).map(|until| until.0 / 60_000_000);
        assert_eq!(
            [4, 5, 6, 10, 15, 50, 5_000].map(minutes),
            [None, Some(15), None, Some(30), Some(60), Some(1_440), Some(1_440)]
        );
    }
}
