//! Appointments: slots of a desk's open hours on working days, each with so many seats, each seat given once.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use linli_domain::{Actor, Area, FieldKind, Permit, RecordId, Verb, check};
use linli_store::{ReadTx, tables::Appointment};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::subject;
use crate::{
    Engine, Problem, ProblemKind,
    area::{self, AreaRef},
    collect::public::code,
    config::ServiceConfig,
    register::moment,
};

/// Symbols of the code that cancels an appointment.
const SYMBOLS: usize = 8;

/// The slots of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DaySlots {
    /// Day.
    pub day: String,
    /// Slots; none on a day off.
    pub slots: Vec<SlotView>,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlotView {
    /// When it begins, `09:30`.
    pub slot: String,
    /// Seats left.
    pub free: u32,
}

/// An appointment to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// Code of the desk's area.
    pub area: String,
    /// Code of the item.
    #[serde(default)]
    pub item: Option<String>,
    /// Day.
    #[schema(value_type = String)]
    pub day: Date,
    /// Slot, `09:30`.
    pub slot: String,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// Chosen by the asker: the same again is the same appointment.
    #[schema(value_type = String)]
    pub client_id: RecordId,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AppointmentView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Desk.
    pub area: AreaRef,
    /// Day.
    pub day: String,
    /// Slot.
    pub slot: String,
    /// Code of the item.
    pub item: Option<String>,
    /// Its title.
    pub item_title: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// `booked`, `cancelled`, `arrived`, `missed`.
    pub state: String,
    /// Code that cancels it; told to whoever made it.
    pub code: Option<String>,
    /// When it was made.
    pub at: String,
}

/// Beginnings of the slots of an open day.
pub(super) fn slots_of(config: &ServiceConfig) -> Vec<String> {
    let minute = |text: &str| {
        let (hours, minutes) = text.trim().split_once(':')?;
        Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok().filter(|minutes| *minutes < 60)?)
    };
    let step = config.slot_minutes.clamp(5, 24 * 60);
    let mut slots = Vec::new();
    for hours in &config.hours {
        let Some((from, until)) = hours.split_once('-').and_then(|(from, until)| Some((minute(from)?, minute(until)?)))
        else {
            continue;
        };
        let mut at = from;
        while at + step <= until.min(24 * 60) {
            slots.push(format!("{:02}:{:02}", at / 60, at % 60));
            at += step;
        }
    }
    slots
}

/// Days that can be booked on `today`, the desk's working days among them.
fn days(engine: &Engine, tx: &mut ReadTx<'_>, today: Date) -> Result<Vec<(Date, bool)>, Problem> {
    let calendar = crate::flow::working_time(engine, tx)?;
    let ahead = i64::from(engine.config.service.days_ahead.min(90));
    let all = (1..=ahead).filter_map(|days| today.checked_add(days.days()).ok());
    Ok(all.map(|day| (day, calendar.is_worked(day).is_ok_and(|(worked, _)| worked))).collect())
}

/// The free slots of a desk.
pub async fn slots(engine: &Engine, actor: &Actor, code: String) -> Result<Vec<DaySlots>, Problem> {
    let permit = engine.permit(actor, Verb::Create, subject())?;
    let engine2 = engine.clone();
    engine
        .store
        .read(move |tx| {
            let desk = area::in_scope(tx, permit.scope(), &code)?;
            free(&engine2, tx, &desk)
        })
        .await
}

pub(super) fn free(engine: &Engine, tx: &mut ReadTx<'_>, desk: &Area) -> Result<Vec<DaySlots>, Problem> {
    let days = days(engine, tx, engine.now().china_date())?;
    let (Some((from, _)), Some((to, _))) = (days.first(), days.last()) else { return Ok(Vec::new()) };
    let taken: BTreeMap<(Date, String), i64> =
        tx.seats_taken(&desk.home, *from, *to)?.into_iter().map(|(day, slot, seats)| ((day, slot), seats)).collect();
    let all = slots_of(&engine.config.service);
    let seats = i64::from(engine.config.service.seats);
    let view = |(day, works): (Date, bool)| {
        let slot = |slot: &String| {
            let held = taken.get(&(day, slot.clone())).copied().unwrap_or(0);
            SlotView { slot: slot.clone(), free: u32::try_from(seats - held).unwrap_or(0) }
        };
        DaySlots { day: day.to_string(), slots: if works { all.iter().map(slot).collect() } else { Vec::new() } }
    };
    Ok(days.into_iter().map(view).collect())
}

/// Makes an appointment.
pub async fn book(engine: &Engine, actor: &Actor, input: NewAppointment) -> Result<AppointmentView, Problem> {
    let permit = engine.permit(actor, Verb::Create, subject())?;
    book_as(engine, permit, actor.name.clone(), input).await
}

/// Makes an appointment in the name of `by`, under a permit that covers the desk.
pub(super) async fn book_as(
    engine: &Engine,
    permit: Permit,
    by: String,
    input: NewAppointment,
) -> Result<AppointmentView, Problem> {
    let catalogue = engine.catalogue();
    let item = match input.item.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Some(super::items::find(&catalogue, code)?.code.clone()),
        None => None,
    };
    let (name, phone) = who(&input)?;
    let secret = code(&engine.random_bytes::<8>(), SYMBOLS);
    let engine2 = engine.clone();
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let desk = area::in_scope(tx, permit.scope(), &input.area)?;
            if let Some(held) = tx.appointment(input.client_id)? {
                let same = held.day == input.day && held.slot == input.slot && held.home == desk.home;
                return if same { view(&engine2, tx, &held, true) } else { Err(other_content()) };
            }
            let open = days(&engine2, tx, engine2.now().china_date())?;
            let works = open.iter().any(|(day, works)| *day == input.day && *works);
            if !works || !slots_of(&engine2.config.service).contains(&input.slot) {
                return Err(no_slot());
            }
            let mut one = Appointment {
                home: desk.home.clone(),
                id: input.client_id,
                path: desk.path.clone(),
                day: input.day,
                slot: input.slot.clone(),
                seat: None,
                item: item.clone(),
                name: Some(name.clone()),
                phone: Some(phone.clone()),
                code: secret.clone(),
                state: "booked".into(),
                at: tx.now(),
                by_name: by.clone(),
            };
            if !tx.book(&permit, &mut one, i64::from(engine2.config.service.seats))? {
                return Err(full());
            }
            view(&engine2, tx, &one, true)
        })
        .await
}

fn who(input: &NewAppointment) -> Result<(String, String), Problem> {
    let name = check::text(&input.name).ok().filter(|name| name.chars().count() <= 40).ok_or_else(|| {
        Problem::parameter("name", "请填写姓名(40 字以内)。", "Give a name of at most 40 characters.")
    })?;
    let kind = FieldKind::Phone;
    let phone = super::values::normal_text("phone", &kind, &input.phone)?;
    Ok((name, phone))
}

pub(super) fn view(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    one: &Appointment,
    own: bool,
) -> Result<AppointmentView, Problem> {
    let catalogue = engine.catalogue();
    let item = one.item.as_deref().and_then(|code| super::items::find(&catalogue, code).ok());
    Ok(AppointmentView {
        id: one.id,
        area: engine.area_ref(tx, &one.path)?,
        day: one.day.to_string(),
        slot: one.slot.clone(),
        item: one.item.clone(),
        item_title: item.map(|item| item.title.text(engine.lang).to_owned()),
        name: one.name.clone(),
        state: one.state.clone(),
        code: own.then(|| one.code.clone()),
        at: moment(one.at),
    })
}

/// Cancels one's own appointment by its code.
pub async fn cancel(engine: &Engine, id: RecordId, secret: String) -> Result<AppointmentView, Problem> {
    let permit = engine.permit(&Engine::operator(), Verb::Edit, subject())?;
    let engine2 = engine.clone();
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let held = tx.appointment(id)?.filter(|one| one.code == secret.trim().to_uppercase());
            let mut held = held.ok_or_else(Problem::no_record)?;
            if held.state == "booked" {
                tx.settle_appointment(&permit, &held, "cancelled")?;
                held.state = "cancelled".into();
            }
            view(&engine2, tx, &held, true)
        })
        .await
}

/// Notes that somebody arrived, did not come, or called it off.
pub async fn settle(engine: &Engine, actor: &Actor, id: RecordId, state: String) -> Result<AppointmentView, Problem> {
    let permit = engine.permit(actor, Verb::Edit, subject())?;
    if !["arrived", "missed", "cancelled"].contains(&state.as_str()) {
        return Err(Problem::parameter(
            "state",
            "须为 arrived、missed 或 cancelled。",
            "One of arrived, missed or cancelled.",
        ));
    }
    let engine2 = engine.clone();
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let held = tx.appointment(id)?.filter(|one| permit.scope().covers(&one.path));
            let mut held = held.ok_or_else(Problem::no_record)?;
            if held.state != "booked" {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "service.appointment_state",
                    "这个预约已经处理过。",
                    "This appointment was settled already.",
                )
                .with("state", json!(held.state)));
            }
            tx.settle_appointment(&permit, &held, &state)?;
            held.state.clone_from(&state);
            view(&engine2, tx, &held, false)
        })
        .await
}

fn no_slot() -> Problem {
    Problem::new(
        ProblemKind::Invalid,
        "service.no_slot",
        "这个日期或时段不能预约,请从列出的时段中选择。",
        "That day or slot cannot be booked; choose one of those listed.",
    )
}

fn full() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "service.slot_full",
        "这个时段刚刚约满,请换一个时段。",
        "That slot was just taken; choose another.",
    )
}

fn other_content() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "service.other_content",
        "同一个 client_id 已用于另一个预约。",
        "This client_id was used for another appointment.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_begin_within_the_open_hours_and_end_before_they_do() {
        let slots = slots_of(&ServiceConfig::default());
        assert_eq!((slots.len(), slots[0].as_str(), slots[5].as_str()), (12, "08:30", "11:00"));
        let odd = ServiceConfig { hours: vec!["9:00-9:50".into(), "nonsense".into()], ..ServiceConfig::default() };
        assert_eq!(slots_of(&odd), ["09:00"]);
        let endless = ServiceConfig { slot_minutes: 0, ..ServiceConfig::default() };
        assert!(slots_of(&endless).len() < 100);
    }
}
