//! Where the data is, and under which keys.

use std::{fmt, path::PathBuf, sync::Arc};

use linli_domain::{Clock, Ids};

/// How to open a store.
#[derive(Clone)]
pub struct StoreConfig {
    /// Where the data is.
    pub database: Database,
    /// Keys of the sensitive fields and of the audit chain.
    pub keys: Keys,
    /// Source of the current time.
    pub clock: Arc<dyn Clock>,
    /// Maker of ids for rows the store makes itself (audit entries, events, jobs).
    pub ids: Arc<dyn Ids>,
    /// Reader connections.
    pub readers: usize,
    /// Writer connections on PostgreSQL; SQLite always has one.
    pub writers: usize,
    /// Writes that may wait; one more is answered with [`crate::StoreError::Busy`].
    pub queue: usize,
}

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// One file.
    Sqlite(PathBuf),
    /// A connection string, `postgres://user:password@host/database`.
    Postgres(String),
}

impl fmt::Debug for Database {
    /// Never shows the connection string: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => f.debug_tuple("Sqlite").field(file).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// Algorithms for sensitive fields and the audit chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CipherSuite {
    /// AES-256-GCM and HMAC-SHA-256.
    #[default]
    AesSha,
    /// SM4-GCM and HMAC-SM3 (GB/T 32907, GB/T 32905).
    Sm4Sm3,
}

/// Keys of an installation.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// Algorithms.
    pub cipher: CipherSuite,
    /// Key that sensitive values are sealed with.
    pub data_key: [u8; 32],
    /// Key of the lookup hashes and the audit chain.
    pub hash_key: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}
