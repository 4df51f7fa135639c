//! Public-holiday tables, imported once a year.

use jiff::civil::Date;
use linli_domain::{
    Actor, Subject, Verb,
    calendar::{Day, DayKind},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{Engine, Problem};

/// A day of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayDay {
    /// Day.
    #[schema(value_type = String)]
    pub date: Date,
    /// `holiday`, or `workday` for a Saturday or Sunday that is worked.
    #[schema(value_type = String)]
    pub kind: DayKind,
    /// What it is called.
    #[serde(default)]
    pub name: String,
}

/// The table of a year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayInput {
    /// Days that are not as their weekday says.
    pub days: Vec<HolidayDay>,
}

/// The table of a year.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HolidayView {
    /// Year.
    pub year: i16,
    /// Whether there is a table. Without one, limits in working time are estimated, or refused.
    pub known: bool,
    /// Days that are not as their weekday says.
    pub days: Vec<HolidayDay>,
}

/// The table of a year, for everybody who is signed in.
pub async fn holidays(engine: &Engine, year: i16) -> Result<HolidayView, Problem> {
    let tables = engine.store.read::<_, Problem>(|tx| Ok(tx.holidays()?)).await?;
    let found = tables.into_iter().find(|(known, _)| *known == year);
    let known = found.is_some();
    let days = found.map(|(_, days)| days).unwrap_or_default();
    let days = days.into_iter().map(|day| HolidayDay { date: day.date, kind: day.kind, name: day.name }).collect();
    Ok(HolidayView { year, known, days })
}

/// Most days of a table: more than a year has is a mistake.
const MOST: usize = 366;

/// Keeps the table of a year (`system`, `manage`, or `areas`, `manage`, at a city). Clocks that were started before keep
/// their moments; those that go on after waiting, and new ones, are counted by it.
pub async fn put_holidays(
    engine: &Engine,
    actor: &Actor,
    year: i16,
    input: HolidayInput,
) -> Result<HolidayView, Problem> {
    engine
        .permit(actor, Verb::Manage, Subject::System)
        .or_else(|_| engine.permit(actor, Verb::Manage, Subject::Areas))?;
    check(year, &input)?;
    let days: Vec<Day> =
        input.days.iter().map(|day| Day { date: day.date, kind: day.kind, name: day.name.clone() }).collect();
    let (engine2, actor2) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            tx.put_holidays(year, &days, actor2.account)?;
            let detail = json!({ "days": days.len() });
            tx.audit(engine2.audit_entry(&actor2, "edit", "holidays", year.to_string(), None, detail))?;
            Ok(())
        })
        .await?;
    engine.flows.put_calendar(None, engine.now());
    holidays(engine, year).await
}

fn check(year: i16, input: &HolidayInput) -> Result<(), Problem> {
    let wrong = |zh: String, en: String| Problem::parameter("days", zh, en);
    if !(2000..=2200).contains(&year) || input.days.len() > MOST {
        return Err(wrong(format!("{year} 年的节假日表不对。"), format!("This is no holiday table of {year}.")));
    }
    for (at, day) in input.days.iter().enumerate() {
        let date = day.date;
        if date.year() != year {
            return Err(wrong(format!("{date} 不在 {year} 年。"), format!("{date} is not in {year}.")));
        }
        if input.days[..at].iter().any(|other| other.date == date) {
            return Err(wrong(format!("{date} 写了两次。"), format!("{date} stands there twice.")));
        }
        if day.name.chars().count() > 40 {
            return Err(wrong(format!("{date} 的名称太长。"), format!("The name of {date} is too long.")));
        }
    }
    Ok(())
}
