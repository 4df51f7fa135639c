//! A store, a clock that is set, and an engine over them.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use linli_domain::{Clock, Ids, RecordId, Timestamp};
use linli_engine::{Config, Engine, Randomness};
use linli_store::{CipherSuite, Database, Keys, MigrationClass, Store, StoreConfig};
use uuid::Uuid;

/// A clock that is set.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Ids in order.
pub struct TestIds(AtomicU64);

impl Ids for TestIds {
    fn next(&self) -> RecordId {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        RecordId(Uuid::from_u64_pair(0x0190_0000_0000_7000 | (number >> 32), 0x8000_0000_0000_0000 | number))
    }
}

/// Bytes that are the same every time.
pub struct TestRandom(AtomicU64);

impl Randomness for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let seed = self.0.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *byte = (seed >> 56) as u8;
        }
    }
}

/// An engine with the packs of the repository and an empty tree.
pub struct World {
    pub engine: Engine,
    pub clock: Arc<TestClock>,
    _folder: tempfile::TempDir,
}

/// A world on SQLite.
pub fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    // 2026-11-23T02:00:00Z
    let clock = Arc::new(TestClock(AtomicI64::new(1_795_399_200_000_000)));
    let ids = Arc::new(TestIds(AtomicU64::new(1)));
    let store = Store::open(StoreConfig {
        database: Database::Sqlite(folder.path().join("linli.db")),
        keys: Keys { cipher: CipherSuite::AesSha, data_key: [1; 32], hash_key: [2; 32] },
        clock: clock.clone(),
        ids: ids.clone(),
        readers: 2,
        writers: 1,
        queue: 256,
    })
    .unwrap();
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let (catalogue, diagnostics) = linli_pack::load(&linli_pack::read_dir(&packs).unwrap());
    assert!(diagnostics.iter().all(|one| one.severity == linli_domain::Severity::Warning), "{diagnostics:#?}");
    store.migrate(catalogue, MigrationClass::Rewrite).unwrap();
    let random = Arc::new(TestRandom(AtomicU64::new(42)));
    let engine = Engine::new(store, folder.path(), clock.clone(), ids, random, Config::default());
    World { engine, clock, _folder: folder }
}
