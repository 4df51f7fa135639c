//! Uniform behaviour of every register a pack declares.

use linli_domain::Timestamp;

/// A moment as answers write it: RFC 3339 in UTC.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| at.to_string(), |at| at.to_string())
}
