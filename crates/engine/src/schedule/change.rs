//! Putting schedules in force; skipping, moving and swapping their occurrences. Nothing is asked of an area before somebody
//! at the street or above put the schedule in force there.

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Actor, Area, Subject, Verb,
    schedule::{Member, Schedule},
};
use linli_store::{
    WriteTx,
    tables::{Occurrence, ScheduleOn},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    areas_in_force,
    look::{self, OccurrenceView},
    own_rule,
    plan::{self, Planned},
    schedule,
};
use crate::{Engine, Problem, ProblemKind, area};

/// How far ahead an occurrence may be changed, and how far it may be moved.
const AHEAD_DAYS: i32 = 800;

/// Why an occurrence is skipped.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// Reason, shown with it.
    pub reason: String,
}

/// Another chair, or another day. One of the two.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Swap {
    /// Key of the occurrence to exchange chairs with.
    pub with: Option<String>,
    /// Day to hold it on.
    #[schema(value_type = Option<String>)]
    pub day: Option<Date>,
}

/// Puts a schedule in force for an area and those below it, from today on.
pub fn put_in_force(engine: &Engine, actor: &Actor, name: &str, code: &str) -> Result<(), Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Schedules)?;
    let schedule = schedule(engine, name)?;
    let (handle, actor, code) = (engine.clone(), actor.clone(), code.to_owned());
    engine.store.write_blocking(move |tx| {
        let area = area::in_scope(tx, permit.scope(), &code)?;
        let (catalogue, now) = (handle.catalogue(), tx.now());
        let rank = |kind: &str| area::level(&catalogue, kind).map(|level| level.rank);
        if rank(&area.kind) > rank(&schedule.area_kind) {
            return Err(Problem::parameter(
                "area",
                "这个区域层级之下没有承担此项工作的区域。",
                "Nothing at or below this area has the duty.",
            ));
        }
        let one = ScheduleOn {
            schedule: schedule.name.clone(),
            area: area.path.clone(),
            since: now.china_date(),
            by_name: actor.name.clone(),
            at: now,
        };
        tx.put_schedule_on(&permit, &one)?;
        tx.audit(handle.audit_entry(&actor, "in_force", "schedules", &schedule.name, Some(area.path), json!({})))?;
        Ok(())
    })
}

/// Takes a schedule out of force for an area. Cases it opened go on.
pub fn take_out_of_force(engine: &Engine, actor: &Actor, name: &str, code: &str) -> Result<(), Problem> {
    let permit = engine.permit(actor, Verb::Manage, Subject::Schedules)?;
    let schedule = schedule(engine, name)?;
    let (handle, actor, code) = (engine.clone(), actor.clone(), code.to_owned());
    engine.store.write_blocking(move |tx| {
        let area = area::in_scope(tx, permit.scope(), &code)?.path;
        if !tx.drop_schedule_on(&permit, &schedule.name, &area)? {
            return Err(not_in_force());
        }
        tx.drop_setting(&own_rule::key(&schedule.name, &area))?;
        tx.audit(handle.audit_entry(&actor, "out_of_force", "schedules", &schedule.name, Some(area), json!({})))?;
        Ok(())
    })
}

/// Skips an occurrence that was not opened yet, with a reason. Its chair keeps the turn.
pub fn skip(engine: &Engine, actor: &Actor, name: &str, key: &str, input: &Skip) -> Result<OccurrenceView, Problem> {
    let reason = input.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Problem::parameter(
            "reason",
            "请写明原因,不超过 500 字。",
            "Give a reason of at most 500 characters.",
        ));
    }
    change(engine, actor, name, key, "skip", move |_, _, one| {
        one.state = "skipped".into();
        one.chair = None;
        one.chair_name = None;
        one.reason = Some(reason.clone());
        Ok(Vec::new())
    })
}

/// Moves an occurrence to another day, or exchanges its chair with another occurrence of the same area.
pub fn swap(engine: &Engine, actor: &Actor, name: &str, key: &str, input: &Swap) -> Result<OccurrenceView, Problem> {
    match (&input.with, input.day) {
        (Some(with), None) => exchange(engine, actor, name, key, with),
        (None, Some(day)) => {
            let today = engine.now().china_date();
            let last = today.checked_add(AHEAD_DAYS.days()).unwrap_or(today);
            if day < today || day > last {
                return Err(Problem::parameter(
                    "day",
                    "请选择今天以后、两年之内的日期。",
                    "Choose a day from today on, within two years.",
                ));
            }
            change(engine, actor, name, key, "move", move |_, _, one| {
                one.held_on = day;
                Ok(Vec::new())
            })
        }
        _ => Err(Problem::parameter("with", "请填写 with 或 day 之一。", "Give either `with` or `day`.")),
    }
}

fn exchange(engine: &Engine, actor: &Actor, name: &str, key: &str, with: &str) -> Result<OccurrenceView, Problem> {
    let same = plan::read_key(key).zip(plan::read_key(with)).filter(|((a, one), (b, other))| a == b && one != other);
    let Some((_, (_, other))) = same else {
        return Err(Problem::parameter(
            "with",
            "只能与同一区域的另一次互换。",
            "Only with another occurrence of the same area.",
        ));
    };
    change(engine, actor, name, key, "swap", move |all, kept, one| {
        let there = all.iter().find(|planned| planned.day == other).ok_or_else(no_occurrence)?;
        let here = all.iter().find(|planned| planned.day == one.day).ok_or_else(no_occurrence)?;
        if there.state() != "planned" {
            return Err(opened(there.state()));
        }
        let (Some(ours), Some(theirs)) = (here.chair.clone(), there.chair.clone()) else {
            return Err(Problem::parameter("with", "这两次没有轮值主席,无从互换。", "There is no chair to exchange."));
        };
        let mut second = kept(there);
        seat(&mut second, ours);
        seat(one, theirs);
        Ok(vec![second])
    })
}

fn seat(one: &mut Occurrence, chair: Member) {
    one.chair = Some(chair.key);
    one.chair_name = Some(chair.name);
}

/// Changes a planned occurrence, and maybe others with it, in one transaction.
fn change(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    key: &str,
    action: &'static str,
    change: impl Fn(&[Planned], &dyn Fn(&Planned) -> Occurrence, &mut Occurrence) -> Result<Vec<Occurrence>, Problem>
    + Send
    + 'static,
) -> Result<OccurrenceView, Problem> {
    let permit = look::editing(engine, actor)?;
    let schedule = schedule(engine, name)?;
    let (code, day) = plan::read_key(key).ok_or_else(no_occurrence)?;
    let (handle, actor, code) = (engine.clone(), actor.clone(), code.to_owned());
    engine.store.write_blocking(move |tx| {
        let (area, since) = in_force(&handle, tx, &permit, &schedule, &code)?;
        let now = tx.now();
        let to = now.china_date().checked_add(AHEAD_DAYS.days()).unwrap_or(day);
        let all = plan::of(&handle, tx, &permit, &schedule, (&area, since), to)?;
        let one = all.iter().find(|one| one.day == day).ok_or_else(no_occurrence)?;
        if one.state() != "planned" {
            return Err(opened(one.state()));
        }
        let kept = |planned: &Planned| Occurrence {
            by_name: actor.name.clone(),
            at: now,
            ..planned.row.clone().unwrap_or_else(|| plan_row(&schedule, &area, planned))
        };
        let mut changed = kept(one);
        for other in change(&all, &kept, &mut changed)? {
            tx.put_occurrence(&permit, &other)?;
        }
        tx.put_occurrence(&permit, &changed)?;
        let detail = json!({ "area": area.code, "day": day, "held_on": changed.held_on });
        tx.audit(handle.audit_entry(&actor, action, "schedules", &schedule.name, Some(area.path.clone()), detail))?;
        let all = plan::of(&handle, tx, &permit, &schedule, (&area, since), to)?;
        let one = all.into_iter().find(|one| one.day == day).ok_or_else(no_occurrence)?;
        Ok(look::occurrence(handle.area_ref(tx, &area.path)?, one))
    })
}

/// The row of an occurrence that nothing happened to.
pub(super) fn plan_row(schedule: &Schedule, area: &Area, planned: &Planned) -> Occurrence {
    Occurrence {
        home: area.home.clone(),
        schedule: schedule.name.clone(),
        area: area.code.clone(),
        day: planned.day,
        path: area.path.clone(),
        state: "planned".into(),
        held_on: planned.held_on,
        chair: None,
        chair_name: None,
        case: None,
        number: None,
        reason: None,
        by_name: String::new(),
        at: linli_domain::Timestamp::default(),
    }
}

fn in_force(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    permit: &linli_domain::Permit,
    schedule: &Schedule,
    code: &str,
) -> Result<(Area, Date), Problem> {
    let area = area::in_scope(tx, permit.scope(), code)?;
    let on = tx.schedules_on(permit)?;
    let areas = areas_in_force(engine, tx, schedule, &on, &[area.path])?;
    areas.into_iter().find(|(area, _)| area.code == code).ok_or_else(not_in_force)
}

fn no_occurrence() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "occurrence.not_found",
        "日程没有这一次。",
        "The schedule has no such occurrence.",
    )
}

pub(super) fn not_in_force() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "schedule.not_in_force",
        "这项日程没有在该区域启用。",
        "The schedule is not in force for this area.",
    )
}

fn opened(state: &str) -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "occurrence.state",
        "这一次已经开立或已跳过,不能再改;已开立的请在办件上改期或取消。",
        "It was opened or skipped already. Change or cancel the case that was opened instead.",
    )
    .with("state", json!(state))
}
