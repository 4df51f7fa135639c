//! Time is a parameter. Only the binary knows the wall clock.

use std::fmt;

use jiff::{civil::Date, tz::Offset};
use serde::{Deserialize, Serialize};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than every real moment; marks "still valid".
    pub const FOREVER: Self = Self(i64::MAX);

    /// The civil day in China (UTC+8, no daylight saving) this moment falls on.
    pub fn china_date(self) -> Date {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(china()).date()
    }

    /// The last microsecond of `day` in China: "as of a day" means as of its end.
    pub fn end_of_china_day(day: Date) -> Self {
        let midnight = day.tomorrow().unwrap_or(day).to_zoned(china());
        Self(midnight.map_or(i64::MAX, |moment| moment.timestamp().as_microsecond()) - 1)
    }

    /// `seconds` later (or earlier, when negative).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-23 17:31:40` in China's time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(china());
        write!(f, "{}", moment.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

fn china() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(Offset::constant(8))
}

/// Source of the current time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_china_day_begins_at_16_00_utc_of_the_day_before() {
        let moment = Timestamp(1_700_000_000_000_000); // 2023-11-14T22:13:20Z
        assert_eq!(moment.china_date().to_string(), "2023-11-15");
        assert_eq!(moment.to_string(), "2023-11-15 06:13:20");
    }

    #[test]
    fn the_end_of_a_day_is_the_last_microsecond_before_the_next() {
        let day = Timestamp(1_700_000_000_000_000).china_date();
        let end = Timestamp::end_of_china_day(day);
        assert_eq!(end.china_date(), day);
        assert_eq!(Timestamp(end.0 + 1).china_date(), day.tomorrow().unwrap());
    }
}
