//! Time limits in minutes, hours and days, and in the working hours and working days of a public-holiday table.
//!
//! Working days follow the yearly table of public holidays, which is imported: a day of the table is a holiday or a day worked
//! instead of one, every other day is worked from Monday to Friday. A year without a table is an error, or, when the
//! installation says so, counted by weekdays alone and marked as estimated.
//!
//! | limit | what it means |
//! |---|---|
//! | `30 minutes`, `4 hours`, `3 days` | so much time by the clock |
//! | `4 working hours` | so much time within office hours of working days |
//! | `5 working days` | the end of office hours on the fifth working day after the day it begins on |

mod limit;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

pub use limit::{Limit, NotALimit, Unit};

/// What the table says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Nobody works.
    Holiday,
    /// Worked, though it is a Saturday or Sunday.
    Workday,
}

/// A day of the public-holiday table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Day.
    pub date: Date,
    /// Worked or not.
    pub kind: DayKind,
    /// What it is called, `国庆节`.
    #[serde(default)]
    pub name: String,
}

/// A moment that was calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The moment.
    pub at: Timestamp,
    /// Whether a day of a year without a holiday table was counted by its weekday.
    pub estimated: bool,
}

/// A calculation met a year that has no holiday table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no holiday table for {year}")]
pub struct NoTable {
    /// The year.
    pub year: i16,
}

/// Office hours of a working day: from and until in minutes after midnight, in order, without overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeHours(Vec<(u32, u32)>);

impl OfficeHours {
    /// Office hours, when they are in order and at least a minute long.
    pub fn new(spans: Vec<(u32, u32)>) -> Option<Self> {
        let forward = spans.iter().all(|(from, until)| from < until && *until <= 24 * 60);
        let ordered = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        (!spans.is_empty() && forward && ordered).then_some(Self(spans))
    }

    /// Reads `08:30-12:00`, `13:30-17:30`.
    pub fn parse(texts: &[impl AsRef<str>]) -> Option<Self> {
        let minute = |text: &str| {
            let (hours, minutes) = text.trim().split_once(':')?;
            let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
            (minutes < 60).then_some(hours * 60 + minutes)
        };
        let span = |text: &str| {
            let (from, until) = text.split_once('-')?;
            Some((minute(from)?, minute(until)?))
        };
        Self::new(texts.iter().map(|text| span(text.as_ref())).collect::<Option<_>>()?)
    }

    /// What [`Self::parse`] reads.
    pub fn texts(&self) -> Vec<String> {
        let clock = |minute: &u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        self.0.iter().map(|(from, until)| format!("{}-{}", clock(from), clock(until))).collect()
    }

    /// Seconds after midnight at which the day's work ends.
    fn close(&self) -> i64 {
        self.0.last().map_or(DAY, |(_, until)| i64::from(*until) * 60)
    }

    /// Seconds after midnight, from and until.
    fn seconds(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.0.iter().map(|(from, until)| (i64::from(*from) * 60, i64::from(*until) * 60))
    }
}

impl Default for OfficeHours {
    /// 08:30–12:00 and 13:30–17:30.
    fn default() -> Self {
        Self(vec![(510, 720), (810, 1050)])
    }
}

/// Office hours and holiday tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    hours: OfficeHours,
    days: BTreeMap<Date, DayKind>,
    years: BTreeSet<i16>,
    /// Whether a year without a table is counted by weekdays, and said to be estimated.
    estimates: bool,
}

const DAY: i64 = 86_400;
/// China's clock is so far ahead of UTC.
const AHEAD: i64 = 8 * 3_600;
/// Days a calculation may walk: far more than any limit needs.
const FAR: u32 = 20_000;

impl Calendar {
    /// A calendar without tables. `estimates`: count years without a table by weekdays.
    pub fn new(hours: OfficeHours, estimates: bool) -> Self {
        Self { hours, days: BTreeMap::new(), years: BTreeSet::new(), estimates }
    }

    /// Adds the table of a year; days of other years in it are left out.
    pub fn add_year(&mut self, year: i16, days: impl IntoIterator<Item = Day>) {
        self.years.insert(year);
        self.days.extend(days.into_iter().filter(|day| day.date.year() == year).map(|day| (day.date, day.kind)));
    }

    /// Whether the year has a table.
    pub fn has_year(&self, year: i16) -> bool {
        self.years.contains(&year)
    }

    /// Whether a day is worked, and whether that is only estimated.
    pub fn is_worked(&self, date: Date) -> Result<(bool, bool), NoTable> {
        let known = self.has_year(date.year());
        if !known && !self.estimates {
            return Err(NoTable { year: date.year() });
        }
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let worked = match self.days.get(&date) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::Workday) => true,
            None => !weekend,
        };
        Ok((worked, !known))
    }

    /// The moment `limit` after `from`.
    pub fn after(&self, from: Timestamp, limit: Limit) -> Result<Due, NoTable> {
        let amount = i64::from(limit.amount);
        match limit.unit {
            Unit::WorkingHours => self.after_worked(from, amount * 3_600),
            Unit::WorkingDays if amount == 0 => Ok(exact(from)),
            Unit::WorkingDays => {
                let (date, estimated) = self.nth_worked(from.china_date(), amount, 1)?;
                Ok(Due { at: at(date, self.hours.close()), estimated })
            }
            plain => Ok(exact(from.plus_seconds(amount * plain.seconds()))),
        }
    }

    /// The moment `limit` before `until`, for reminders: so many working days earlier at the same time of day.
    pub fn before(&self, until: Timestamp, limit: Limit) -> Result<Due, NoTable> {
        let amount = i64::from(limit.amount);
        match limit.unit {
            Unit::WorkingHours => self.before_worked(until, amount * 3_600),
            Unit::WorkingDays if amount == 0 => Ok(exact(until)),
            Unit::WorkingDays => {
                let (date, estimated) = self.nth_worked(until.china_date(), amount, -1)?;
                Ok(Due { at: at(date, second_of_day(until)), estimated })
            }
            plain => Ok(exact(until.plus_seconds(-amount * plain.seconds()))),
        }
    }

    /// Seconds of office hours from `from` to `until`; 0 when that is not later.
    pub fn worked_between(&self, from: Timestamp, until: Timestamp) -> Result<i64, NoTable> {
        let (mut date, last, mut total) = (from.china_date(), until.china_date(), 0);
        for _ in 0..FAR {
            if date > last {
                break;
            }
            if self.is_worked(date)?.0 {
                for (open, close) in self.hours.seconds() {
                    let (open, close) = (at(date, open).max(from), at(date, close).min(until));
                    total += (close.0 - open.0).max(0) / 1_000_000;
                }
            }
            date = later(date, 1);
        }
        Ok(total)
    }

    /// The moment when so many seconds of office hours have passed since `from`.
    pub fn after_worked(&self, from: Timestamp, seconds: i64) -> Result<Due, NoTable> {
        let (mut date, mut left, mut estimated) = (from.china_date(), seconds.max(0), false);
        if left == 0 {
            return Ok(exact(from));
        }
        for _ in 0..FAR {
            let (worked, guess) = self.is_worked(date)?;
            estimated |= guess;
            if worked {
                for (open, close) in self.hours.seconds() {
                    let (open, close) = (at(date, open).max(from), at(date, close));
                    let here = (close.0 - open.0).max(0) / 1_000_000;
                    if here >= left {
                        return Ok(Due { at: open.plus_seconds(left), estimated });
                    }
                    left -= here;
                }
            }
            date = later(date, 1);
        }
        Ok(Due { at: Timestamp::FOREVER, estimated })
    }

    fn before_worked(&self, until: Timestamp, seconds: i64) -> Result<Due, NoTable> {
        let (mut date, mut left, mut estimated) = (until.china_date(), seconds.max(0), false);
        if left == 0 {
            return Ok(exact(until));
        }
        for _ in 0..FAR {
            let (worked, guess) = self.is_worked(date)?;
            estimated |= guess;
            if worked {
                for (open, close) in self.hours.seconds().rev() {
                    let (open, close) = (at(date, open), at(date, close).min(until));
                    let here = (close.0 - open.0).max(0) / 1_000_000;
                    if here >= left {
                        return Ok(Due { at: close.plus_seconds(-left), estimated });
                    }
                    left -= here;
                }
            }
            date = later(date, -1);
        }
        Ok(Due { at: Timestamp(0), estimated })
    }

    /// The `count`-th working day after `date` (before it, by steps of -1).
    fn nth_worked(&self, date: Date, count: i64, step: i64) -> Result<(Date, bool), NoTable> {
        let (mut date, mut left, mut estimated) = (date, count, false);
        for _ in 0..FAR {
            date = later(date, step);
            let (worked, guess) = self.is_worked(date)?;
            estimated |= guess;
            left -= i64::from(worked);
            if left == 0 {
                break;
            }
        }
        Ok((date, estimated))
    }
}

fn exact(at: Timestamp) -> Due {
    Due { at, estimated: false }
}

fn later(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap_or(date)
}

/// So many seconds after midnight of a day in China.
fn at(date: Date, second: i64) -> Timestamp {
    let days = date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()));
    Timestamp((days * DAY + second - AHEAD).saturating_mul(1_000_000))
}

fn second_of_day(moment: Timestamp) -> i64 {
    (moment.0.div_euclid(1_000_000) + AHEAD).rem_euclid(DAY)
}
