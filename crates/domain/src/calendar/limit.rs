//! Limits as packs write them: `30 minutes`, `4 working hours`, `5 working days`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

/// Unit of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// By the clock.
    Minutes,
    /// By the clock.
    Hours,
    /// By the clock: 24 hours each.
    Days,
    /// Within office hours.
    WorkingHours,
    /// Whole working days after the day it begins on.
    WorkingDays,
}

impl Unit {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Minutes, "minutes", "分钟"),
        (Self::Hours, "hours", "小时"),
        (Self::Days, "days", "天"),
        (Self::WorkingHours, "working hours", "个工作时"),
        (Self::WorkingDays, "working days", "个工作日"),
    ];

    /// Seconds of one by the clock; of working time, what it is about as long as.
    pub(super) fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 60,
            Self::Hours | Self::WorkingHours => 3_600,
            Self::Days | Self::WorkingDays => 86_400,
        }
    }

    /// Whether it counts working time only.
    pub fn is_working(self) -> bool {
        matches!(self, Self::WorkingHours | Self::WorkingDays)
    }
}

/// A time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Limit {
    /// How many; 0 is "at once".
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

/// The text is not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time limit; write `30 minutes`, `4 hours`, `3 days`, `4 working hours` or `5 working days`")]
pub struct NotALimit(pub String);

/// Most units of a limit: ten years of days.
const MOST: u32 = 3_650;

impl Limit {
    /// The limit in words.
    pub fn text(self, lang: Lang) -> String {
        let names = Unit::ALL.iter().find(|(unit, ..)| *unit == self.unit);
        let (en, zh) = names.map_or(("", ""), |(_, en, zh)| (*en, *zh));
        match lang {
            Lang::Zh => format!("{}{zh}", self.amount),
            Lang::En if self.amount == 1 => format!("1 {}", en.trim_end_matches('s')),
            Lang::En => format!("{} {en}", self.amount),
        }
    }
}

impl FromStr for Limit {
    type Err = NotALimit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotALimit(text.to_owned());
        let (amount, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let amount: u32 = amount.parse().map_err(|_| wrong())?;
        let unit = unit.trim();
        let named = Unit::ALL.iter().find(|(_, name, _)| *name == unit || name.strip_suffix('s') == Some(unit));
        let (unit, ..) = named.ok_or_else(wrong)?;
        let most = if *unit == Unit::Minutes { MOST * 24 } else { MOST };
        if amount > most { Err(wrong()) } else { Ok(Self { amount, unit: *unit }) }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl TryFrom<String> for Limit {
    type Error = NotALimit;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> Self {
        limit.to_string()
    }
}
