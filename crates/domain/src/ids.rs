//! Record ids are UUIDv7 made by the program, never by the database, so that keys are safe on a distributed store.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Id of any record, account, case or batch: a UUIDv7, ordered by the time it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub Uuid);

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RecordId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Maker of ids. A parameter, so that tests and the demo city are the same every time.
pub trait Ids: Send + Sync {
    /// A new id, later than all before it from this maker.
    fn next(&self) -> RecordId;
}
