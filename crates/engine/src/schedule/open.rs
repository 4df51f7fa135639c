//! The job that opens cases: each occurrence once, so many days before it is held, wherever the schedule is in force.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Area, Permit,
    schedule::{Member, Schedule},
};
use linli_store::{WriteTx, tables::Occurrence};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{
    areas_in_force, change, own_permit,
    plan::{self, Planned},
    tops,
};
use crate::{Engine, Problem, flow};

/// Name of the job.
pub const NAME: &str = "schedule_open";

const EVERY_SECONDS: i64 = 900;

/// An occurrence that nobody opened because no program ran is opened so many days late, not later.
const LATE_DAYS: i32 = 7;

/// Areas whose occurrences are opened by one transaction.
const AT_ONCE: usize = 20;

/// Runs once and asks for the next run.
pub fn run(engine: &Engine, _payload: &Json) -> Result<(), Problem> {
    let done = open_due(engine);
    let next = engine.now().plus_seconds(EVERY_SECONDS);
    engine.store.write_blocking::<_, Problem>(move |tx| {
        tx.enqueue(NAME, &Json::Null, next)?;
        Ok(())
    })?;
    done.map(|_| ())
}

/// Opens what is due; answers how many cases that were. Blocks the thread.
pub fn open_due(engine: &Engine) -> Result<usize, Problem> {
    let permit = own_permit(engine)?;
    let mut opened = 0;
    for schedule in engine.catalogue().schedules.values() {
        let (handle, held, looked) = (engine.clone(), permit.clone(), schedule.clone());
        let areas = engine.store.read_blocking::<_, Problem>(move |tx| {
            let on = tx.schedules_on(&held)?;
            if !on.iter().any(|one| one.schedule == looked.name) {
                return Ok(Vec::new());
            }
            let tops = tops(tx, &held, handle.now().china_date())?;
            areas_in_force(&handle, tx, &looked, &on, &tops)
        })?;
        for chunk in areas.chunks(AT_ONCE) {
            match open_in_areas(engine, &permit, schedule, chunk) {
                Ok(new) => opened += new,
                // An area that cannot be opened for keeps no other from it.
                Err(_) => opened += chunk.iter().map(|one| alone(engine, &permit, schedule, one)).sum::<usize>(),
            }
        }
    }
    Ok(opened)
}

fn open_in_areas(
    engine: &Engine,
    permit: &Permit,
    schedule: &Schedule,
    areas: &[(Area, Date)],
) -> Result<usize, Problem> {
    let (handle, permit, schedule, areas) = (engine.clone(), permit.clone(), schedule.clone(), areas.to_vec());
    engine.store.write_blocking::<_, Problem>(move |tx| {
        let mut opened = 0;
        for (area, since) in &areas {
            opened += open_in_area(&handle, tx, &permit, &schedule, area, *since)?;
        }
        Ok(opened)
    })
}

fn alone(engine: &Engine, permit: &Permit, schedule: &Schedule, one: &(Area, Date)) -> usize {
    open_in_areas(engine, permit, schedule, std::slice::from_ref(one)).unwrap_or_else(|problem| {
        tracing::warn!(schedule = %schedule.name, area = %one.0.code, %problem, "an occurrence could not be opened");
        0
    })
}

fn open_in_area(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    schedule: &Schedule,
    area: &Area,
    since: Date,
) -> Result<usize, Problem> {
    let today = tx.now().china_date();
    let lead = i32::from(schedule.lead_days).days();
    // What was moved here from a later day lies beyond the lead: looked at a year ahead.
    let last = today.checked_add(lead).and_then(|day| day.checked_add(366.days())).unwrap_or(today);
    let first = today.checked_sub(LATE_DAYS.days()).unwrap_or(today);
    let planned = plan::since(engine, tx, permit, schedule, (area, since), first, last)?;
    let due = |one: &&Planned| {
        let opens = one.held_on.checked_sub(lead).unwrap_or(one.held_on);
        one.state() == "planned" && opens <= today && one.held_on >= first
    };
    let mut opened = 0;
    for one in planned.iter().filter(due) {
        let row = Occurrence {
            state: "opened".into(),
            by_name: Engine::operator().name,
            at: tx.now(),
            chair: one.chair.as_ref().map(|chair| chair.key.clone()),
            chair_name: one.chair.as_ref().map(|chair| chair.name.clone()),
            ..one.row.clone().unwrap_or_else(|| change::plan_row(schedule, area, one))
        };
        if !tx.open_occurrence(permit, &row)? {
            continue;
        }
        let input = input(schedule, area, one)?;
        let extra = json!({ "schedule": schedule.name, "occurrence": plan::key(&area.code, one.day) });
        let case = flow::open_in(engine, tx, &Engine::operator(), &input, extra)?;
        tx.put_occurrence(permit, &Occurrence { case: Some(case.id), number: Some(case.number), ..row })?;
        opened += 1;
    }
    Ok(opened)
}

/// What the case of an occurrence is opened with.
fn input(schedule: &Schedule, area: &Area, one: &Planned) -> Result<flow::OpenInput, Problem> {
    let filled = |text: &str| fill(text, area, one.held_on, one.chair.as_ref());
    let values: BTreeMap<String, Json> = schedule
        .values
        .iter()
        .map(|(name, text)| (name.clone(), filled(text)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name, json!(text)))
        .collect();
    serde_json::from_value(json!({
        "flow": schedule.flow,
        "area": area.code,
        "title": filled(&schedule.title.zh),
        "values": values,
        "channel": "schedule",
        "client_id": client_id(schedule, area, one.day),
    }))
    .map_err(Problem::internal)
}

/// The same for an occurrence whoever opens it.
fn client_id(schedule: &Schedule, area: &Area, day: Date) -> uuid::Uuid {
    let hash = Sha256::digest(format!("linli schedule {} {} {day}", schedule.name, area.code));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn fill(text: &str, area: &Area, day: Date, chair: Option<&Member>) -> String {
    let quarter = (i16::from(day.month()) - 1) / 3 + 1;
    let (name, key) = chair.map_or(("", ""), |chair| (&chair.name, &chair.key));
    text.replace("{area}", &area.name)
        .replace("{day}", &day.to_string())
        .replace("{year}", &day.year().to_string())
        .replace("{quarter}", &quarter.to_string())
        .replace("{month}", &day.month().to_string())
        .replace("{chair_id}", key)
        .replace("{chair}", name)
}
