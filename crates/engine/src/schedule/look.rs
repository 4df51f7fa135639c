//! Schedules and their occurrences, as people see them.

use jiff::{ToSpan, civil::Date};
use linli_domain::{
    Actor, Area, Lang, Permit, RecordId, Verb,
    schedule::{Member, Rotation, Schedule},
};
use linli_store::ReadTx;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    areas_in_force, own_rule,
    plan::{self, Planned},
    reading, schedule, tops,
};
use crate::{Engine, Problem, area, area::AreaRef, register::moment};

/// Most areas whose occurrences are shown at once.
const MOST_AREAS: usize = 300;

/// Most days that are looked at.
const MOST_DAYS: i32 = 800;

/// A schedule.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScheduleView {
    /// Namespaced name.
    pub name: String,
    /// Label in the language of the page.
    pub label: String,
    /// One sentence.
    pub about: String,
    /// The rule, RFC 5545.
    pub rrule: String,
    /// The rule in words.
    pub rrule_text: String,
    /// Namespaced flow that each occurrence opens.
    pub flow: String,
    /// Kind of area that has the duty.
    pub area_kind: String,
    /// Days before its day that a case is opened.
    pub lead_days: u16,
    /// Among whom the chair goes round, in words.
    pub rotation: Option<String>,
    /// Where it is in force.
    pub in_force: Vec<InForceView>,
    /// For how many of one's areas.
    pub areas: u64,
    /// Next day it falls on, where it is in force.
    #[schema(value_type = Option<String>)]
    pub next: Option<Date>,
    /// Whose turn that is, when it is in force for one of one's areas only.
    pub chair: Option<ChairView>,
}

/// Where a schedule is in force.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InForceView {
    /// Area; those of the schedule's kind below it have the duty.
    pub area: AreaRef,
    /// First day.
    #[schema(value_type = String)]
    pub since: Date,
    /// Who put it in force.
    pub by: String,
    /// When.
    pub at: String,
    /// The rule it follows there, RFC 5545: the schedule's, or one of its own.
    pub rrule: String,
    /// That rule in words.
    pub rrule_text: String,
    /// Whether the rule is its own.
    pub own_rule: bool,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChairView {
    /// A record's id or an area's code.
    pub key: String,
    /// Name.
    pub name: String,
}

/// Schedules.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScheduleItems {
    /// By name.
    pub items: Vec<ScheduleView>,
}

/// An occurrence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OccurrenceView {
    /// Key: code of the area and day by the rule.
    pub key: String,
    /// Area.
    pub area: AreaRef,
    /// Day by the rule.
    #[schema(value_type = String)]
    pub day: Date,
    /// Day it is held on.
    #[schema(value_type = String)]
    pub held_on: Date,
    /// `planned`, `opened`, `skipped`.
    pub state: String,
    /// Whose turn it is.
    pub chair: Option<ChairView>,
    /// The case it opened.
    #[schema(value_type = Option<String>)]
    pub case: Option<RecordId>,
    /// Number of the case.
    pub number: Option<String>,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// Who changed it last.
    pub by: Option<String>,
}

/// Occurrences, by day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OccurrenceItems {
    /// By day and area.
    pub items: Vec<OccurrenceView>,
}

/// Which occurrences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OccurrenceFilter {
    /// Code of an area; all of one's own without it.
    pub area: Option<String>,
    /// First day; today without it.
    pub from: Option<Date>,
    /// Last day; a year later without it.
    pub to: Option<Date>,
}

impl From<Member> for ChairView {
    fn from(member: Member) -> Self {
        Self { key: member.key, name: member.name }
    }
}

/// All schedules, with where they are in force for one's areas.
pub fn list(engine: &Engine, actor: &Actor) -> Result<ScheduleItems, Problem> {
    let permit = reading(engine, actor)?;
    let handle = engine.clone();
    engine.store.read_blocking(move |tx| {
        let today = handle.now().china_date();
        let (on, tops) = (tx.schedules_on(&permit)?, tops(tx, &permit, today)?);
        let mut items = Vec::new();
        for schedule in handle.catalogue().schedules.values() {
            let areas = areas_in_force(&handle, tx, schedule, &on, &tops)?;
            let mut in_force = Vec::new();
            for one in on.iter().filter(|one| one.schedule == schedule.name) {
                let own = own_rule::chosen(tx, schedule, &one.area)?;
                let rule = own.as_ref().unwrap_or(&schedule.rule);
                in_force.push(InForceView {
                    rrule: rule.rule.clone(),
                    rrule_text: rule.text(handle.lang),
                    own_rule: own.is_some(),
                    area: handle.area_ref(tx, &one.area)?,
                    since: one.since,
                    by: one.by_name.clone(),
                    at: moment(one.at),
                });
            }
            let (next, chair) = next(&handle, tx, &permit, schedule, &areas, today)?;
            items.push(view(&handle, schedule, in_force, areas.len(), next, chair));
        }
        Ok(ScheduleItems { items })
    })
}

fn next(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    permit: &Permit,
    schedule: &Schedule,
    areas: &[(Area, Date)],
    today: Date,
) -> Result<(Option<Date>, Option<ChairView>), Problem> {
    let year = today.checked_add(400.days()).unwrap_or(today);
    match areas {
        [] => Ok((None, None)),
        [(area, since)] => {
            let planned = plan::of(engine, tx, permit, schedule, (area, *since), year)?;
            let next = planned.into_iter().find(|one| one.held_on >= today && one.state() != "skipped");
            Ok(next.map_or((None, None), |one| (Some(one.held_on), one.chair.map(ChairView::from))))
        }
        [(area, since), ..] => {
            let own = own_rule::applied(tx, schedule, &area.path)?;
            Ok((own.rule.between(today.max(*since), year).first().copied(), None))
        }
    }
}

fn view(
    engine: &Engine,
    schedule: &Schedule,
    in_force: Vec<InForceView>,
    areas: usize,
    next: Option<Date>,
    chair: Option<ChairView>,
) -> ScheduleView {
    let lang = engine.lang;
    ScheduleView {
        name: schedule.name.clone(),
        label: schedule.label.text(lang).to_owned(),
        about: schedule.about.text(lang).to_owned(),
        rrule: schedule.rule.rule.clone(),
        rrule_text: schedule.rule.text(lang),
        flow: schedule.flow.clone(),
        area_kind: schedule.area_kind.clone(),
        lead_days: schedule.lead_days,
        rotation: schedule.rotate.as_ref().map(|rotate| rotation(engine, rotate)),
        in_force,
        areas: areas as u64,
        next,
        chair,
    }
}

fn rotation(engine: &Engine, rotate: &Rotation) -> String {
    let (catalogue, lang) = (engine.catalogue(), engine.lang);
    let name = match rotate {
        Rotation::Members { entity, .. } => {
            catalogue.entities.get(entity).map(|entity| entity.label.text(lang).to_owned())
        }
        Rotation::Areas { kind } => area::level(&catalogue, kind).map(|level| level.label.text(lang).to_owned()),
    };
    let name = name.unwrap_or_default();
    match lang {
        Lang::Zh => format!("{name}轮流"),
        Lang::En => format!("each {name} in turn"),
    }
}

/// Occurrences of a schedule.
pub fn occurrences(
    engine: &Engine,
    actor: &Actor,
    name: &str,
    filter: &OccurrenceFilter,
) -> Result<OccurrenceItems, Problem> {
    let permit = reading(engine, actor)?;
    let schedule = schedule(engine, name)?;
    let today = engine.now().china_date();
    let from = filter.from.unwrap_or(today);
    let to = filter.to.unwrap_or_else(|| from.checked_add(366.days()).unwrap_or(from));
    if (to - from).get_days() > MOST_DAYS {
        let message = (format!("一次最多查看 {MOST_DAYS} 天。"), format!("At most {MOST_DAYS} days at once."));
        return Err(Problem::parameter("to", message.0, message.1));
    }
    let (handle, code) = (engine.clone(), filter.area.clone());
    engine.store.read_blocking(move |tx| {
        let tops = match &code {
            Some(code) => vec![area::in_scope(tx, permit.scope(), code)?.path],
            None => tops(tx, &permit, today)?,
        };
        let on = tx.schedules_on(&permit)?;
        let areas = areas_in_force(&handle, tx, &schedule, &on, &tops)?;
        if areas.len() > MOST_AREAS {
            return Err(Problem::parameter(
                "area",
                format!("范围内有 {} 个区域,请选择下级区域查看。", areas.len()),
                format!("There are {} areas; choose one further down.", areas.len()),
            ));
        }
        let mut items = Vec::new();
        for (area, since) in &areas {
            let named = handle.area_ref(tx, &area.path)?;
            let planned = plan::of(&handle, tx, &permit, &schedule, (area, *since), to)?;
            let shown = planned.into_iter().filter(|one| one.held_on >= from && one.held_on <= to);
            items.extend(shown.map(|one| occurrence(named.clone(), one)));
        }
        items.sort_by(|a, b| a.held_on.cmp(&b.held_on).then_with(|| a.area.path.cmp(&b.area.path)));
        Ok(OccurrenceItems { items })
    })
}

pub(super) fn occurrence(area: AreaRef, one: Planned) -> OccurrenceView {
    let (state, row) = (one.state().to_owned(), one.row);
    OccurrenceView {
        key: plan::key(&area.code, one.day),
        area,
        day: one.day,
        held_on: one.held_on,
        state,
        chair: one.chair.map(ChairView::from),
        case: row.as_ref().and_then(|row| row.case),
        number: row.as_ref().and_then(|row| row.number.clone()),
        reason: row.as_ref().and_then(|row| row.reason.clone()),
        by: row.map(|row| row.by_name),
    }
}

/// The permit to change occurrences: `edit`, or `manage`.
pub(super) fn editing(engine: &Engine, actor: &Actor) -> Result<Permit, Problem> {
    use linli_domain::Subject::Schedules;
    engine.permit(actor, Verb::Edit, Schedules).or_else(|_| engine.permit(actor, Verb::Manage, Schedules))
}
