//! How two identity numbers agree.

use crate::check::identity_checksum;

/// Agreement of two identity numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityAgreement {
    /// Either is not known.
    Missing,
    /// Equal and valid.
    Exact,
    /// Equal, but not a valid number: a passport, a placeholder, or what Excel left of two people's numbers.
    ExactUnchecked,
    /// One slip apart, and at least one of them fails the check.
    Damaged,
    /// Two digits apart, and at least one of them fails the check.
    TwoWrong,
    /// Both valid, two digits apart.
    Neighbours,
    /// Both valid and unlike.
    Contradicts,
    /// Unlike, at least one failing the check.
    Unlike,
}

/// Anything shorter is no document's number.
const SHORTEST: usize = 7;

pub(super) fn agreement(a: Option<&str>, b: Option<&str>) -> IdentityAgreement {
    let (Some(a), Some(b)) = (a, b) else { return IdentityAgreement::Missing };
    // "无", "0" and other stand-ins say nothing.
    if a.len() < SHORTEST || b.len() < SHORTEST {
        return IdentityAgreement::Missing;
    }
    if a == b {
        return if is_valid(a) { IdentityAgreement::Exact } else { IdentityAgreement::ExactUnchecked };
    }
    let both_valid = is_valid(a) && is_valid(b);
    let distance = strsim::osa_distance(a, b);
    match (both_valid, distance) {
        (false, 0 | 1) => IdentityAgreement::Damaged,
        (false, _) if rounded(a, b) || rounded(b, a) => IdentityAgreement::Damaged,
        (false, 2) => IdentityAgreement::TwoWrong,
        (false, _) => IdentityAgreement::Unlike,
        (true, 0..=2) => IdentityAgreement::Neighbours,
        (true, _) => IdentityAgreement::Contradicts,
    }
}

fn is_valid(number: &str) -> bool {
    let Some((body, last)) = number.split_at_checked(17) else { return false };
    identity_checksum(body).is_some_and(|check| last.chars().eq(std::iter::once(check)))
}

/// Excel keeps fifteen digits and writes zeros for the rest.
fn rounded(damaged: &str, whole: &str) -> bool {
    damaged.len() == 18 && damaged.ends_with("000") && !is_valid(damaged) && whole.get(..15) == damaged.get(..15)
}
