//! The days of a schedule where an area that put it in force chose others than the pack's: Friday instead of Monday.
//!
//! Kept beside the schedule's being in force, since it ends with it. What is below follows the nearest area that chose.

use linli_domain::{
    Actor, AreaPath, Subject, Verb,
    schedule::{Recurrence, Schedule},
};
use linli_store::ReadTx;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{change::not_in_force, schedule};
use crate::{Engine, Problem, area};

/// Longest rule that is read.
const LONGEST: usize = 200;

/// Other days for an area.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnRule {
    /// RFC 5545, `FREQ=WEEKLY;BYDAY=FR`; null: those of the pack again.
    pub rrule: Option<String>,
}

/// Name of the setting that holds the rule an area chose.
pub(super) fn key(schedule: &str, area: &AreaPath) -> String {
    format!("schedule/rule/{schedule}/{area}")
}

/// The rule that was chosen for exactly this area.
pub(super) fn chosen(tx: &mut ReadTx<'_>, schedule: &Schedule, area: &AreaPath) -> Result<Option<Recurrence>, Problem> {
    let held = tx.setting(&key(&schedule.name, area))?;
    let rule = held.as_ref().and_then(serde_json::Value::as_str);
    // A rule that can be read no more counts as none.
    Ok(rule.and_then(|rule| Recurrence::new(rule, schedule.rule.first).ok()))
}

/// The schedule as it is for an area: with the rule that the nearest area at or above it chose.
pub(super) fn applied(tx: &mut ReadTx<'_>, schedule: &Schedule, area: &AreaPath) -> Result<Schedule, Problem> {
    let mut at = Some(area.clone());
    while let Some(place) = at {
        if let Some(rule) = chosen(tx, schedule, &place)? {
            return Ok(Schedule { rule, ..schedule.clone() });
        }
        at = place.parent();
    }
    Ok(schedule.clone())
}

/// Chooses other days for an area in which a schedule was put in force. What was opened stays as it is.
pub fn choose(engine: &Engine, actor: &Actor, name: &str, code: &str, input: &OwnRule) -> Result<(), Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Schedules)?;
    let schedule = schedule(engine, name)?;
    let rule = input.rrule.as_deref().map(str::trim).filter(|rule| !rule.is_empty());
    let rule = rule.map(|rule| read(rule, &schedule)).transpose()?;
    let (handle, actor, code) = (engine.clone(), actor.clone(), code.to_owned());
    engine.store.write_blocking(move |tx| {
        let area = area::in_scope(tx, permit.scope(), &code)?.path;
        let on = tx.schedules_on(&permit)?;
        if !on.iter().any(|one| one.schedule == schedule.name && one.area == area) {
            return Err(not_in_force());
        }
        let key = key(&schedule.name, &area);
        match &rule {
            Some(rule) => tx.put_setting(&key, &json!(rule.rule))?,
            None => tx.drop_setting(&key)?,
        }
        let told = json!({ "rrule": rule.as_ref().map(|rule| &rule.rule) });
        tx.audit(handle.audit_entry(&actor, "edit", "schedules", &schedule.name, Some(area), told))?;
        Ok(())
    })
}

fn read(rule: &str, schedule: &Schedule) -> Result<Recurrence, Problem> {
    let refused = |zh: &str, en: &str| Problem::parameter("rrule", zh, en);
    if rule.len() > LONGEST {
        return Err(refused("周期太长。", "The rule is too long."));
    }
    let read = Recurrence::new(rule, schedule.rule.first).map_err(|wrong| refused(&wrong.zh, &wrong.en))?;
    let year = read.first.checked_add(jiff::Span::new().years(4)).unwrap_or(read.first);
    if read.between(read.first, year).is_empty() {
        return Err(refused("按这个周期一天也没有,请重新选择。", "This rule falls on no day: choose another."));
    }
    Ok(read)
}
