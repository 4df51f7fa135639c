//! Ids of the records a batch makes. They follow from the batch and the row, so that applying it again after a crash
//! makes the same records, not more.

use linli_domain::RecordId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Maker of the ids of one batch: UUIDv7 with the batch's moment, then part and row, then bits of the batch.
#[derive(Debug, Clone, Copy)]
pub struct RowIds {
    moment: u64,
    tail: u64,
}

impl RowIds {
    /// The ids of a batch.
    pub fn of(batch: RecordId) -> Self {
        let bytes = batch.0.as_bytes();
        let moment = bytes[..6].iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        let digest = Sha256::digest(bytes);
        let tail = digest.iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        Self { moment, tail: tail & ((1 << 50) - 1) }
    }

    /// The id of what row `row` (from 0) makes in part `part`.
    pub fn id(&self, row: u32, part: usize) -> RecordId {
        let row = u64::from(row);
        let high = (self.moment << 16) | (0x7 << 12) | ((part as u64 & 0xf) << 8) | ((row >> 12) & 0xff);
        let low = (0b10 << 62) | ((row & 0xfff) << 50) | self.tail;
        RecordId(Uuid::from_u64_pair(high, low))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_the_same_every_time_differ_by_row_and_part_and_grow_with_the_rows() {
        let batch = RecordId("01920000-1234-7abc-8def-0123456789ab".parse().unwrap());
        let ids = RowIds::of(batch);
        assert_eq!(ids.id(7, 1), RowIds::of(batch).id(7, 1));
        let rows = [0, 1, 4_095, 4_096, 50_000, 1_048_575];
        let made: Vec<RecordId> = (0..3).flat_map(|part| rows.map(|row| ids.id(row, part))).collect();
        assert!(made.is_sorted());
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), made.len());
        assert!(made.iter().all(|id| id.0.get_version_num() == 7));
        let other = RowIds::of(RecordId("01920000-1234-7abc-8def-0123456789ac".parse().unwrap()));
        assert_ne!(other.id(0, 0), ids.id(0, 0));
    }
}
