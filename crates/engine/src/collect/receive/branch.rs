//! Versions of offline updates (ODK Entities, "offline entities"): a phone without a network counts its own updates of an
//! entity on a branch; here each is found the version of the record it was based on.

use linli_domain::RecordId;
use linli_store::{ReadTx, StoreError};

/// Days an update waits for the one before it.
pub(super) const HOLD_DAYS: i64 = 5;

/// What an update is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// This version of the record.
    Version(i64),
    /// The present: the phone said nothing.
    Current,
    /// An update of the branch that has not arrived.
    Missing,
}

/// What an update with these attributes is based on.
///
/// Without a branch it is the version it names. On a branch, the version the branch began at (`trunk`) or, for an entity
/// made on the phone itself, version 1; else what the update before it became.
pub(super) fn basis(
    tx: &mut ReadTx<'_>,
    record: RecordId,
    base: Option<i64>,
    trunk: Option<i64>,
    branch: Option<&str>,
) -> Result<Basis, StoreError> {
    let Some(base) = base else { return Ok(Basis::Current) };
    let Some(branch) = branch else { return Ok(Basis::Version(base)) };
    if Some(base) == trunk || (trunk.is_none() && base == 1) {
        return Ok(Basis::Version(base));
    }
    Ok(tx.branch_version(record, branch, base - 1)?.map_or(Basis::Missing, Basis::Version))
}
