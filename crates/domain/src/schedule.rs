//! Recurring duties: when a rule falls, whose turn it is, and how a rule reads in words.
//!
//! Rules are those of RFC 5545 (`RRULE`), by days: `FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};
use serde::{Deserialize, Serialize};

use crate::lang::{Label, Lang};

/// Most occurrences that are looked at once.
const MOST: u16 = 4_000;

/// A recurring duty: `schedules.toml` of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Namespaced name, `party/joint_meeting`.
    pub name: String,
    /// Label.
    pub label: Label,
    /// One sentence.
    pub about: Label,
    /// When.
    pub rule: Recurrence,
    /// Namespaced flow of the case that each occurrence opens.
    pub flow: String,
    /// Kind of area that has the duty.
    pub area_kind: String,
    /// Title of the case, with `{area}`, `{day}`, `{year}`, `{quarter}`, `{month}`, `{chair}`.
    pub title: Label,
    /// Values of the case, with the same places; `{chair_id}` is the record whose turn it is.
    pub values: BTreeMap<String, String>,
    /// Among whom the chair goes round.
    pub rotate: Option<Rotation>,
    /// Days before its day that the case is opened.
    pub lead_days: u16,
    /// An area that held so few or fewer in the last twelve months is warned of.
    pub warn_at_most: Option<u32>,
}

/// Among whom a chair goes round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Rotation {
    /// The living records of a register in the area, by title: `members of party/resident_unit`.
    Members {
        /// Namespaced register.
        entity: String,
        /// A yes-or-no field that must not be `false` for a record to take its turn.
        willing: Option<String>,
    },
    /// The areas of a kind below the area, by code: `areas community`.
    Areas {
        /// Kind of area.
        kind: String,
    },
}

/// A rule with its first day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// `RRULE` without its name.
    pub rule: String,
    /// Day the counting begins on.
    pub first: Date,
}

impl Recurrence {
    /// A rule that can be followed, or what is wrong with it.
    pub fn new(rule: &str, first: Date) -> Result<Self, Label> {
        let rule = rule.trim().trim_start_matches("RRULE:").to_owned();
        let read: RRule<Unvalidated> = rule.parse().map_err(|error: rrule::RRuleError| wrong(&rule, &error))?;
        if !matches!(read.get_freq(), Frequency::Yearly | Frequency::Monthly | Frequency::Weekly | Frequency::Daily) {
            return Err(Label::new(
                "周期不能短于一天:FREQ 只能是 DAILY、WEEKLY、MONTHLY、YEARLY",
                "a duty recurs by days: FREQ is one of DAILY, WEEKLY, MONTHLY, YEARLY",
            ));
        }
        if read.get_interval() == 0 {
            return Err(Label::new("INTERVAL 至少为 1", "INTERVAL is at least 1"));
        }
        let made = Self { rule, first };
        made.set().map_err(|error| wrong(&made.rule, &error))?;
        Ok(made)
    }

    fn set(&self) -> Result<RRuleSet, rrule::RRuleError> {
        let first = self.first.strftime("%Y%m%d");
        format!("DTSTART:{first}T000000Z\nRRULE:{}", self.rule).parse()
    }

    /// Days it falls on, from `from` to `to`, both included. None for a rule that was never checked.
    pub fn between(&self, from: Date, to: Date) -> Vec<Date> {
        let Ok(set) = self.set() else { return Vec::new() };
        let (Some(after), Some(before)) = (moment(from), moment(to)) else { return Vec::new() };
        let found = set.after(after).before(before).all(MOST).dates;
        let mut days: Vec<Date> = found
            .into_iter()
            .filter_map(|at| jiff::Timestamp::from_second(at.timestamp()).ok())
            .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
            .filter(|day| (from..=to).contains(day))
            .collect();
        days.dedup();
        days
    }

    /// The rule in words: what is common in full, anything else as it is written.
    pub fn text(&self, lang: Lang) -> String {
        words::text(&self.rule, lang).unwrap_or_else(|| self.rule.clone())
    }
}

fn moment(day: Date) -> Option<chrono::DateTime<Tz>> {
    let seconds = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    Some(chrono::DateTime::from_timestamp(seconds, 0)?.with_timezone(&Tz::UTC))
}

fn wrong(rule: &str, error: &rrule::RRuleError) -> Label {
    Label::new(
        format!("“{rule}”不是有效的 RRULE(RFC 5545):{error}"),
        format!("`{rule}` is not an RRULE of RFC 5545: {error}"),
    )
}

/// Somebody who can take a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// A record's id or an area's code.
    pub key: String,
    /// Name.
    pub name: String,
}

/// An occurrence as far as turns go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Day by the rule.
    pub day: Date,
    /// Whose turn was settled: opened, or swapped.
    pub settled: Option<String>,
    /// A skipped occurrence takes nobody's turn.
    pub skipped: bool,
}

/// Whose turn each occurrence is, oldest first: whoever chaired longest ago, those who never did in the order of `members`
/// first. A skipped occurrence leaves its turn to the next, so nobody loses one.
pub fn turns(members: &[Member], occurrences: &[Turn]) -> Vec<Option<String>> {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::with_capacity(occurrences.len());
    for (at, turn) in occurrences.iter().enumerate() {
        let chair = match &turn.settled {
            Some(settled) => Some(settled.as_str()),
            None => {
                // Whoever has a later turn settled by a swap does not get an earlier one as well, while others wait.
                let waits = |member: &&Member| {
                    !occurrences.iter().skip(at).any(|later| later.settled.as_deref() == Some(member.key.as_str()))
                };
                let order = |member: &&Member| last.get(member.key.as_str()).map_or(0, |at| at + 1);
                let free = members.iter().filter(waits).min_by_key(order);
                free.or_else(|| members.iter().min_by_key(order)).map(|member| member.key.as_str())
            }
        };
        if let (Some(chair), false) = (chair, turn.skipped) {
            last.insert(chair, at);
        }
        found.push(chair.filter(|_| !turn.skipped).map(str::to_owned));
    }
    found
}

mod words {
    //! A rule in words.

    use super::Lang;

    const DAYS: [(&str, &str, &str); 7] = [
        ("MO", "一", "Monday"),
        ("TU", "二", "Tuesday"),
        ("WE", "三", "Wednesday"),
        ("TH", "四", "Thursday"),
        ("FR", "五", "Friday"),
        ("SA", "六", "Saturday"),
        ("SU", "日", "Sunday"),
    ];

    pub(super) fn text(rule: &str, lang: Lang) -> Option<String> {
        let parts: Vec<(&str, &str)> = rule.split(';').filter_map(|part| part.split_once('=')).collect();
        let get = |name: &str| parts.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let known = ["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH"];
        if parts.iter().any(|(key, _)| !known.contains(key)) {
            return None;
        }
        let interval: u32 = get("INTERVAL").unwrap_or("1").parse().ok()?;
        let mut said = every(get("FREQ")?, interval, lang)?;
        if let Some(months) = get("BYMONTH") {
            said.push_str(&match lang {
                Lang::Zh => format!("{}月", months.replace(',', "、")),
                Lang::En => format!(", in month {}", months.replace(',', ", ")),
            });
        }
        if let Some(days) = get("BYDAY") {
            let named: Option<Vec<String>> = days.split(',').map(|day| weekday(day, lang)).collect();
            said.push_str(&match lang {
                Lang::Zh => named?.join("、"),
                Lang::En => format!(" on {}", named?.join(", ")),
            });
        }
        if let Some(days) = get("BYMONTHDAY") {
            said.push_str(&match (days, lang) {
                ("-1", Lang::Zh) => "最后一天".into(),
                ("-1", Lang::En) => " on the last day".into(),
                (days, Lang::Zh) => format!("{}日", days.replace(',', "、")),
                (days, Lang::En) => format!(" on day {}", days.replace(',', ", ")),
            });
        }
        Some(said)
    }

    fn every(freq: &str, interval: u32, lang: Lang) -> Option<String> {
        let (zh, en) = match (freq, interval) {
            ("MONTHLY", 3) => return Some(lang.pick("每季度", "every quarter").to_owned()),
            ("MONTHLY", 6) => return Some(lang.pick("每半年", "every half year").to_owned()),
            ("DAILY", _) => ("天", "day"),
            ("WEEKLY", _) => ("周", "week"),
            ("MONTHLY", _) => ("月", "month"),
            ("YEARLY", _) => ("年", "year"),
            _ => return None,
        };
        let counter = if zh == "月" { "个月" } else { zh };
        Some(match (lang, interval) {
            (Lang::Zh, 1) => format!("每{zh}"),
            (Lang::Zh, n) => format!("每 {n} {counter}"),
            (Lang::En, 1) => format!("every {en}"),
            (Lang::En, n) => format!("every {n} {en}s"),
        })
    }

    fn weekday(text: &str, lang: Lang) -> Option<String> {
        let (ordinal, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
        let (_, zh, en) = DAYS.iter().find(|(code, ..)| *code == day)?;
        Some(match (ordinal, lang) {
            ("", Lang::Zh) => format!("周{zh}"),
            ("", Lang::En) => (*en).to_owned(),
            ("-1", Lang::Zh) => format!("最后一个周{zh}"),
            ("-1", Lang::En) => format!("the last {en}"),
            (n, Lang::Zh) => format!("第 {n} 个周{zh}"),
            (n, Lang::En) => format!("{en} no. {n}"),
        })
    }
}

#[cfg(test)]
mod tests;
