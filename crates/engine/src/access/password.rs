//! Passwords: argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane), computed off the async threads.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use linli_domain::Label;

use crate::{Engine, FieldProblem, Problem};

/// Longest password that is hashed; beyond it lies only work for us.
const MOST: usize = 256;

/// Hash of no password, so that unknown logins take as long as known ones.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bGlubGktbm9ib2R5LXNhbHQ$vhyMb6HBjHEzoB7qh9z3Ua0HjlwXBoWpd6mPXzDbJdY";

fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses a password that is too short or too long, is one character repeated, or contains the login.
pub fn check_rules(engine: &Engine, field: &str, password: &str, login: &str) -> Result<(), Problem> {
    let least = engine.config.access.password_length;
    let length = password.chars().count();
    let mut chars = password.chars();
    let first = chars.next();
    let message = if length < least as usize {
        Label::new(format!("密码至少 {least} 个字符。"), format!("A password has at least {least} characters."))
    } else if password.len() > MOST {
        Label::new("密码过长。", "The password is too long.")
    } else if chars.all(|c| Some(c) == first) {
        Label::new("密码不能是同一个字符的重复。", "A password is not one character repeated.")
    } else if !login.is_empty() && password.to_lowercase() == login.to_lowercase() {
        Label::new("密码不能与账号相同。", "A password is not the login.")
    } else {
        return Ok(());
    };
    Err(Problem::invalid("password.weak", vec![FieldProblem::new(field, "weak", message)]))
}

/// Hashes a password on this thread.
pub fn hash_blocking(engine: &Engine, password: &str) -> Result<String, Problem> {
    let salt = engine.random_bytes::<16>();
    let hash: PasswordHash =
        argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(Problem::internal)?;
    Ok(hash.to_string())
}

/// Hashes a password on a thread that may be busy.
pub async fn hash(engine: &Engine, password: String) -> Result<String, Problem> {
    let engine = engine.clone();
    off_thread(engine.clone(), move || hash_blocking(&engine, &password)).await?
}

/// Whether `password` belongs to `hash`. Without a hash (nobody has this login, or they sign in elsewhere) the same work
/// is done and the answer is no.
pub async fn verify(engine: &Engine, password: String, hash: Option<String>) -> Result<bool, Problem> {
    if password.len() > MOST {
        return Ok(false);
    }
    off_thread(engine.clone(), move || verify_blocking(&password, hash.as_deref())).await?
}

fn verify_blocking(password: &str, hash: Option<&str>) -> Result<bool, Problem> {
    let known = hash.filter(|hash| !hash.is_empty());
    let parsed = PasswordHash::new(known.unwrap_or(NOBODY)).map_err(Problem::internal)?;
    let fits = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
    Ok(fits && known.is_some())
}

/// A few at a time: each takes 19 MiB and a core.
async fn off_thread<T: Send + 'static>(
    engine: Engine,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let _turn = engine.hashing.acquire().await.map_err(Problem::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_can_be_read_and_fits_nothing() {
        assert!(!verify_blocking("", None).unwrap());
        assert!(!verify_blocking("linli-demo", Some("")).unwrap());
    }
}
