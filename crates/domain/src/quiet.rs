//! Quiet hours: the hours of a day in China in which nobody is disturbed by what can wait.

use std::{fmt, str::FromStr};

use jiff::civil::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{clock::Timestamp, lang::Label};

const DAY: i64 = 86_400;

/// Microseconds China is ahead of UTC.
const CHINA: i64 = 8 * 3_600 * 1_000_000;

/// From a time of day until another, which may lie on the next day. Equal times: no quiet hours at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// First minute, from midnight.
    from: i64,
    /// First minute that is no longer quiet.
    to: i64,
}

impl Quiet {
    /// Reads `22:00` and `07:00`.
    pub fn new(from: &str, to: &str) -> Result<Self, Label> {
        Ok(Self { from: minute(from)?, to: minute(to)? })
    }

    /// First time of day, `22:00`.
    pub fn from(&self) -> String {
        shown(self.from)
    }

    /// Last time of day, `07:00`.
    pub fn to(&self) -> String {
        shown(self.to)
    }

    /// The moment something that happens at `now` may disturb: the end of quiet hours, else `now`.
    pub fn over(&self, now: Timestamp) -> Timestamp {
        let second = (now.0 + CHINA).div_euclid(1_000_000).rem_euclid(DAY);
        let (from, to) = (self.from * 60, self.to * 60);
        let quiet = if from <= to { (from..to).contains(&second) } else { second >= from || second < to };
        if !quiet {
            return now;
        }
        let wait = (to - second).rem_euclid(DAY);
        // Whole seconds, so that what was held back in one night becomes due at one moment.
        Timestamp(now.0.div_euclid(1_000_000) * 1_000_000).plus_seconds(wait)
    }
}

impl Default for Quiet {
    /// From ten in the evening until seven in the morning.
    fn default() -> Self {
        Self { from: 22 * 60, to: 7 * 60 }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from(), self.to())
    }
}

impl FromStr for Quiet {
    type Err = Label;

    fn from_str(text: &str) -> Result<Self, Label> {
        let (from, to) = text.split_once('-').ok_or_else(|| wrong(text))?;
        Self::new(from.trim(), to.trim())
    }
}

impl Serialize for Quiet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quiet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|wrong: Label| serde::de::Error::custom(wrong.en))
    }
}

fn minute(text: &str) -> Result<i64, Label> {
    let time: Time = text.parse().map_err(|_| wrong(text))?;
    if text.len() != 5 {
        return Err(wrong(text));
    }
    Ok(i64::from(time.hour()) * 60 + i64::from(time.minute()))
}

fn shown(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn wrong(text: &str) -> Label {
    Label::new(
        format!("“{text}”不是时间,请写成 22:00(免打扰时段写成 22:00-07:00)"),
        format!("`{text}` is no time of day: write 22:00 (quiet hours: 22:00-07:00)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    #[test]
    fn what_comes_at_night_waits_until_morning_and_nothing_else_waits() {
        let quiet: Quiet = "22:00-07:00".parse().unwrap();
        let morning = at("2026-11-23T23:00:00Z"); // 07:00 of the 24th in China
        assert_eq!(quiet.over(at("2026-11-23T14:00:00Z")), morning, "22:00");
        assert_eq!(quiet.over(at("2026-11-23T22:59:59.999999Z")), morning, "06:59:59");
        for open in ["2026-11-23T13:59:59Z", "2026-11-23T23:00:00Z"] {
            assert_eq!(quiet.over(at(open)), at(open), "{open}");
        }
        assert_eq!(quiet.to_string(), "22:00-07:00");
    }

    #[test]
    fn equal_times_are_never_quiet_and_a_span_within_a_day_is() {
        let never: Quiet = "12:00-12:00".parse().unwrap();
        assert_eq!(never.over(at("2026-11-23T04:00:00Z")), at("2026-11-23T04:00:00Z"));
        let noon: Quiet = "12:00-14:00".parse().unwrap();
        assert_eq!(noon.over(at("2026-11-23T05:30:00Z")), at("2026-11-23T06:00:00Z"));
        for wrong in ["25:00-07:00", "22-7", "", "22:00"] {
            assert!(wrong.parse::<Quiet>().is_err(), "{wrong}");
        }
    }
}
