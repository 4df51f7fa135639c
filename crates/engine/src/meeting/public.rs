//! Signing in without an account: whoever scanned the code on the wall sees which meeting it is and says which unit they came
//! for. Once for each unit, while the code holds.

use linli_domain::{Actor, RecordId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Attend,
    attend::{held, in_the_room, sign_in, wrong_code},
    look::{AttendanceView, UnitView, units},
    text,
};
use crate::{Engine, Problem, area::AreaRef, collect::public::count_call, register::moment};

/// What guessing a code costs an address, in calls.
const GUESS: f64 = 10.0;

/// A meeting as whoever scanned its code sees it: nothing of what is said there, nobody who came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingCard {
    /// Title.
    pub title: String,
    /// Area.
    pub area: AreaRef,
    /// Day.
    pub held_on: String,
    /// Where.
    pub venue: String,
    /// Resident units of the area, one of which they came for.
    pub units: Vec<UnitView>,
    /// Until when the code holds.
    pub until: String,
}

/// The meeting behind a code.
pub async fn card(engine: &Engine, id: RecordId, token: String) -> Result<MeetingCard, Problem> {
    count_call(engine, 1.0)?;
    let engine2 = engine.clone();
    let found = engine
        .store
        .read(move |tx| {
            let case = in_the_room(&engine2, tx, None, id, Some(&token))?;
            let kept = held(tx, id, Some(&token))?.ok_or_else(wrong_code)?;
            Ok(MeetingCard {
                title: case.body.title.clone(),
                area: engine2.area_ref(tx, &case.area)?,
                held_on: text(&case, "held_on"),
                venue: text(&case, "venue"),
                units: units(&engine2, tx, &case)?,
                until: moment(kept.until),
            })
        })
        .await;
    guessed(engine, found)
}

/// Signs somebody without an account in. A unit that was signed in already is answered as it was then.
pub async fn attend_publicly(engine: &Engine, id: RecordId, input: Attend) -> Result<AttendanceView, Problem> {
    count_call(engine, 1.0)?;
    if input.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        return Err(Problem::parameter("name", "请填写姓名。", "Give your name."));
    }
    if input.unit.is_none() {
        return Err(Problem::parameter(
            "unit",
            "请选择您代表的单位;名单中没有的,请告诉会议记录人。",
            "Choose the unit you came for; if it is not listed, tell whoever keeps the minutes.",
        ));
    }
    let name = engine.lang.pick("扫码签到", "Signed in by the code").to_owned();
    let (engine2, actor) = (engine.clone(), Actor { name, ..Engine::operator() });
    let signed = engine.store.write(move |tx| sign_in(&engine2, tx, &actor, None, id, &input)).await;
    guessed(engine, signed)
}

/// Counts what guessing costs. An unknown meeting and a wrong code are answered alike.
fn guessed<T>(engine: &Engine, found: Result<T, Problem>) -> Result<T, Problem> {
    let Err(problem) = found else { return found };
    if ["meeting.code", "case.not_found"].contains(&problem.code) {
        count_call(engine, GUESS)?;
        return Err(wrong_code());
    }
    Err(problem)
}
