//! The occurrences of a schedule in an area: when the rule says, what happened to them, whose turn each is.

use jiff::civil::Date;
use linli_domain::{
    Area, Permit,
    schedule::{Member, Schedule, Turn, turns},
};
use linli_store::{
    ReadTx,
    tables::{Occurrence, OccurrenceQuery},
};

use super::{members, own_rule};
use crate::{Engine, Problem};

/// An occurrence, whether or not something happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    /// Day by the rule.
    pub(super) day: Date,
    /// Day it is held on.
    pub(super) held_on: Date,
    /// Whose turn it is.
    pub(super) chair: Option<Member>,
    /// What happened to it.
    pub(super) row: Option<Occurrence>,
}

impl Planned {
    /// `planned`, `opened`, `skipped`.
    pub(super) fn state(&self) -> &str {
        self.row.as_ref().map_or("planned", |row| &row.state)
    }
}

/// Key of an occurrence: code of the area and day by the rule.
pub(super) fn key(area: &str, day: Date) -> String {
    format!("{area}.{day}")
}

/// Reads [`key`].
pub(super) fn read_key(key: &str) -> Option<(&str, Date)> {
    let (area, day) = key.split_once('.')?;
    Some((area, day.parse().ok()?))
}

/// [`since`] today.
pub(super) fn of(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    schedule: &Schedule,
    area: (&Area, Date),
    to: Date,
) -> Result<Vec<Planned>, Problem> {
    since(engine, tx, permit, schedule, area, engine.now().china_date(), to)
}

/// All occurrences of a schedule in an area that were or will be until `to`, by day. What was before `first` and never opened
/// is no occurrence: the schedule was not in force, or no program ran.
pub(super) fn since(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    schedule: &Schedule,
    (area, in_force): (&Area, Date),
    first: Date,
    to: Date,
) -> Result<Vec<Planned>, Problem> {
    let query = OccurrenceQuery {
        schedule: Some(schedule.name.clone()),
        within: Some(area.path.clone()),
        ..OccurrenceQuery::default()
    };
    let mut rows: Vec<Occurrence> = tx.occurrences(permit, &query)?;
    rows.retain(|row| row.area == area.code);
    let members = members::of(engine, tx, schedule, area)?;
    let schedule = &own_rule::applied(tx, schedule, &area.path)?;
    Ok(planned(schedule, in_force.max(first), to, rows, &members))
}

fn planned(schedule: &Schedule, from: Date, to: Date, rows: Vec<Occurrence>, members: &[Member]) -> Vec<Planned> {
    let known: Vec<Date> = rows.iter().map(|row| row.day).collect();
    let mut all: Vec<(Date, Option<Occurrence>)> = rows.into_iter().map(|row| (row.day, Some(row))).collect();
    let ahead = schedule.rule.between(from, to).into_iter().filter(|day| !known.contains(day));
    all.extend(ahead.map(|day| (day, None)));
    all.sort_by_key(|(day, _)| *day);
    let turn = |(day, row): &(Date, Option<Occurrence>)| Turn {
        day: *day,
        settled: row.as_ref().filter(|row| row.state != "skipped").and_then(|row| row.chair.clone()),
        skipped: row.as_ref().is_some_and(|row| row.state == "skipped"),
    };
    let chairs = turns(members, &all.iter().map(turn).collect::<Vec<_>>());
    let named = |key: String, row: Option<&Occurrence>| {
        let kept = row.and_then(|row| row.chair_name.clone());
        let name = members.iter().find(|member| member.key == key).map(|member| member.name.clone()).or(kept);
        Member { name: name.unwrap_or_else(|| key.clone()), key }
    };
    let joined = all.into_iter().zip(chairs).map(|((day, row), chair)| Planned {
        day,
        held_on: row.as_ref().map_or(day, |row| row.held_on),
        chair: chair.map(|key| named(key, row.as_ref())),
        row,
    });
    joined.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use linli_domain::{
        Label, RecordId, Timestamp,
        schedule::{Recurrence, Rotation},
    };

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn quarterly() -> Schedule {
        Schedule {
            name: "party/joint_meeting".into(),
            label: Label::new("联席会议", "Joint meeting"),
            about: Label::default(),
            rule: Recurrence::new("FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH", day("2026-01-01")).unwrap(),
            flow: "party/joint_meeting".into(),
            area_kind: "community".into(),
            title: Label::default(),
            values: BTreeMap::new(),
            rotate: Some(Rotation::Areas { kind: "grid".into() }),
            lead_days: 14,
            warn_at_most: Some(2),
        }
    }

    fn row(on: &str, state: &str, chair: Option<&str>) -> Occurrence {
        Occurrence {
            home: "1".into(),
            schedule: "party/joint_meeting".into(),
            area: "1".into(),
            day: day(on),
            path: "1".parse().unwrap(),
            state: state.into(),
            held_on: day(on),
            chair: chair.map(str::to_owned),
            chair_name: chair.map(|chair| format!("{chair} of old")),
            case: (state == "opened").then_some(RecordId(uuid::Uuid::nil())),
            number: None,
            reason: None,
            by_name: String::new(),
            at: Timestamp(0),
        }
    }

    fn members(keys: &[&str]) -> Vec<Member> {
        keys.iter().map(|key| Member { key: (*key).into(), name: (*key).to_uppercase() }).collect()
    }

    fn said(rows: Vec<Occurrence>, members: &[Member]) -> Vec<String> {
        let found = planned(&quarterly(), day("2026-05-01"), day("2027-01-31"), rows, members);
        found
            .iter()
            .map(|one| {
                let chair = one.chair.as_ref().map_or("-", |chair| &chair.name);
                format!("{} {} {chair}", one.held_on, one.state())
            })
            .collect()
    }

    #[test]
    fn what_was_before_it_was_in_force_never_was_and_the_chair_goes_round() {
        let held = vec![row("2026-04-09", "opened", Some("a"))];
        assert_eq!(
            said(held, &members(&["a", "b"])),
            ["2026-04-09 opened A", "2026-07-09 planned B", "2026-10-08 planned A", "2027-01-14 planned B"]
        );
    }

    #[test]
    fn a_skip_leaves_its_turn_to_the_next_and_a_member_who_left_is_still_named() {
        let rows = vec![row("2026-04-09", "opened", Some("gone")), row("2026-07-09", "skipped", None)];
        assert_eq!(
            said(rows, &members(&["a", "b"])),
            ["2026-04-09 opened gone of old", "2026-07-09 skipped -", "2026-10-08 planned A", "2027-01-14 planned B"]
        );
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let written = key("230103001001", day("2026-04-09"));
        assert_eq!(read_key(&written), Some(("230103001001", day("2026-04-09"))));
        assert_eq!(read_key("230103001001"), None);
        assert_eq!(read_key("x.2026-02-30"), None);
    }
}
