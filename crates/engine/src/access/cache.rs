//! What this process saw a moment ago, so that a busy page does not read its session with every request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use linli_domain::{RecordId, Timestamp};

use super::SignedIn;

/// Seconds a session is believed without asking the store. Another process's sign-out or denial is seen after that.
const SECONDS: i64 = 5;
const MOST: usize = 20_000;

/// Signed-in accounts by token hash, and failed attempts on logins that do not exist.
#[derive(Default)]
pub struct SessionCache {
    seen: Mutex<Seen>,
    strangers: Mutex<HashMap<String, Strikes>>,
}

#[derive(Default)]
struct Seen {
    by_hash: HashMap<[u8; 32], (Timestamp, Arc<SignedIn>)>,
    /// Counts forgettings: what was read before one must not be kept after it.
    generation: u64,
}

/// Failures in a row on a login that does not exist: it locks like one that does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strikes {
    /// How many.
    pub failures: i64,
    /// Until when it answers "locked".
    pub locked_until: Option<Timestamp>,
}

impl SessionCache {
    /// Whom the token belongs to, when that was read a moment ago.
    pub fn get(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<SignedIn>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, who) = seen.by_hash.get(hash)?;
        (now >= *at && now < at.plus_seconds(SECONDS)).then(|| who.clone())
    }

    /// Number to hand to [`Self::put`], taken before reading the store.
    pub fn generation(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).generation
    }

    /// Keeps what was read, unless something was forgotten since `generation`.
    pub fn put(&self, who: Arc<SignedIn>, now: Timestamp, generation: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.generation == generation {
            if seen.by_hash.len() >= MOST {
                seen.by_hash.clear();
            }
            seen.by_hash.insert(who.token_hash, (now, who));
        }
    }

    /// Forgets one session.
    pub fn forget(&self, hash: &[u8; 32]) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.generation += 1;
        seen.by_hash.remove(hash);
    }

    /// Forgets all sessions of an account.
    pub fn forget_account(&self, account: RecordId) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.generation += 1;
        seen.by_hash.retain(|_, (_, who)| who.actor.account != account);
    }

    /// Forgets everything (grants moved with their area, roles changed with a migration).
    pub fn forget_all(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.generation += 1;
        seen.by_hash.clear();
    }

    /// Failures so far on a login that does not exist.
    pub fn strikes(&self, login: &str) -> Strikes {
        let strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.get(login).copied().unwrap_or_default()
    }

    /// Notes failures on a login that does not exist.
    pub fn set_strikes(&self, login: &str, strikes: Strikes) {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.len() >= MOST {
            strangers.clear();
        }
        strangers.insert(login.to_owned(), strikes);
    }
}
