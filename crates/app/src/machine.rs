//! The only place that touches the machine's clock, randomness and ids; everything else takes them as parameters.

use std::time::{SystemTime, UNIX_EPOCH};

use linli_domain::{Clock, Ids, RecordId, Timestamp};

/// The wall clock.
#[derive(Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "the binary is where real time enters")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// UUIDv7 of the wall clock and the machine's randomness.
#[derive(Debug, Default)]
pub struct MachineIds;

impl Ids for MachineIds {
    #[expect(clippy::disallowed_methods, reason = "the binary is where real ids enter")]
    fn next(&self) -> RecordId {
        RecordId(uuid::Uuid::now_v7())
    }
}

/// The machine's randomness.
#[derive(Debug, Default)]
pub struct MachineRandomness;

impl linli_engine::Randomness for MachineRandomness {
    #[expect(clippy::disallowed_methods, reason = "the binary is where real randomness enters")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}
