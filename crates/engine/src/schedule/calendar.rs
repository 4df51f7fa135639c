//! What falls on which day: occurrences of the schedules that are in force for one's areas. Many areas on one day are one line.

use std::collections::BTreeMap;

use jiff::civil::Date;
use linli_domain::{Actor, Area, Lang};

use super::{areas_in_force, plan, reading, tops};
use crate::{Engine, Problem};

/// Above so many areas the days are those of the rule; what was moved is seen further down the tree.
const FEW: usize = 50;

/// A day with something on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledDay {
    /// Day.
    pub day: Date,
    /// What, in the language of the page.
    pub title: String,
    /// Where to look: the case that was opened, or the schedule.
    pub link: String,
}

/// Days from `from` to `to` on which schedules fall.
pub fn days(engine: &Engine, actor: &Actor, from: Date, to: Date) -> Result<Vec<ScheduledDay>, Problem> {
    // Whoever may not look at schedules has none in their calendar.
    let Ok(permit) = reading(engine, actor) else { return Ok(Vec::new()) };
    let handle = engine.clone();
    engine.store.read_blocking(move |tx| {
        let today = handle.now().china_date();
        let (on, tops) = (tx.schedules_on(&permit)?, tops(tx, &permit, today)?);
        let mut found = Vec::new();
        for schedule in handle.catalogue().schedules.values() {
            let areas = areas_in_force(&handle, tx, schedule, &on, &tops)?;
            let label = schedule.label.text(handle.lang);
            let link = format!("/schedules/{}", schedule.name);
            if areas.len() > FEW {
                let since = areas.iter().map(|(_, since)| *since).min().unwrap_or(from);
                let days = schedule.rule.between(from.max(since), to).into_iter();
                found.extend(days.map(|day| many(handle.lang, day, label, areas.len(), link.clone())));
                continue;
            }
            let mut by_day: BTreeMap<Date, Vec<(Area, Option<String>)>> = BTreeMap::new();
            for (area, since) in areas {
                for one in plan::of(&handle, tx, &permit, schedule, (&area, since), to)? {
                    if one.held_on >= from && one.held_on <= to && one.state() != "skipped" {
                        let case = one.row.as_ref().and_then(|row| row.case).map(|case| format!("/cases/{case}"));
                        by_day.entry(one.held_on).or_default().push((area.clone(), case));
                    }
                }
            }
            for (day, places) in by_day {
                found.push(match places.as_slice() {
                    [(area, case)] => ScheduledDay {
                        day,
                        title: format!("{label} · {}", area.name),
                        link: case.clone().unwrap_or_else(|| link.clone()),
                    },
                    places => many(handle.lang, day, label, places.len(), link.clone()),
                });
            }
        }
        found.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.title.cmp(&b.title)));
        Ok(found)
    })
}

fn many(lang: Lang, day: Date, label: &str, areas: usize, link: String) -> ScheduledDay {
    let title = match lang {
        Lang::Zh => format!("{label}({areas} 个区域)"),
        Lang::En => format!("{label} ({areas} areas)"),
    };
    ScheduledDay { day, title, link }
}
