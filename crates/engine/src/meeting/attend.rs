//! The code on the wall, and signing in with it. The code is unguessable, belongs to one meeting and ends with the day after it.

use jiff::ToSpan;
use linli_domain::{
    Actor, Permit, RecordId, Source, Timestamp, Value, Values, Verb,
    record::{NewRecord, SourceKind},
};
use linli_store::{ReadTx, WriteTx, tables::Case};
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{ATTENDANCE, UNIT, about, look::AttendanceView, meeting, own_permit, text, unit_of};
use crate::{Engine, Problem, ProblemKind, register::moment};

/// Setting that holds the code of a meeting.
fn setting(id: RecordId) -> String {
    format!("meeting/{id}")
}

/// A code for the wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingQr {
    /// What the code says: the page that signs in, with the token.
    pub url: String,
    /// The token.
    pub token: String,
    /// The code, to be printed: a `data:image/svg+xml` address.
    pub qr_svg: String,
    /// Until when it holds.
    pub until: String,
}

/// Somebody who came.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Attend {
    /// Token of the code on the wall; whoever keeps the attendance needs none.
    pub token: Option<String>,
    /// Resident unit they came for.
    #[schema(value_type = Option<String>)]
    pub unit: Option<RecordId>,
    /// Name; one's own when absent.
    pub name: Option<String>,
}

/// A code as it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    token: String,
    /// Until when it holds.
    pub until: Timestamp,
}

/// The code of a meeting, for those who keep its attendance. `base`: address of this installation.
pub fn qr(engine: &Engine, actor: &Actor, base: &str, id: RecordId) -> Result<MeetingQr, Problem> {
    let keeps = engine.permit(actor, Verb::Create, linli_domain::Subject::Entity(ATTENDANCE.to_owned()))?;
    let (handle, actor, base) = (engine.clone(), actor.clone(), base.to_owned());
    let fresh = hex::encode(engine.random_bytes::<16>());
    engine.store.write_blocking(move |tx| {
        let case = meeting(&handle, tx, &actor, id)?;
        if !keeps.scope().covers(&case.area) {
            return Err(Problem::outside_scope(case.area.as_str()));
        }
        if case.is_over() {
            return Err(over());
        }
        let now = tx.now();
        let held = tx.setting(&setting(id))?.and_then(|kept| serde_json::from_value::<Kept>(kept).ok());
        let kept = match held.filter(|kept| kept.until > now) {
            Some(kept) => kept,
            None => {
                let day = text(&case, "held_on").parse().unwrap_or_else(|_| now.china_date()).max(now.china_date());
                let last = day.checked_add(1.days()).unwrap_or(day);
                let kept = Kept { token: fresh.clone(), until: Timestamp::end_of_china_day(last) };
                tx.put_setting(&setting(id), &serde_json::to_value(&kept).map_err(Problem::internal)?)?;
                kept
            }
        };
        let url = format!("{base}/r/meeting/{id}?token={}", kept.token);
        let code = QrCode::new(url.as_bytes()).map_err(Problem::internal)?;
        let drawing = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, drawing);
        let until = moment(kept.until);
        Ok(MeetingQr { url, token: kept.token, qr_svg: format!("data:image/svg+xml;base64,{encoded}"), until })
    })
}

/// Signs somebody in, once for each unit (or account).
pub fn attend(engine: &Engine, actor: &Actor, id: RecordId, input: &Attend) -> Result<AttendanceView, Problem> {
    let subject = linli_domain::Subject::Entity(ATTENDANCE.to_owned());
    let keeps = engine.permit(actor, Verb::Create, subject).ok();
    let (handle, actor, input) = (engine.clone(), actor.clone(), input.clone());
    engine.store.write_blocking(move |tx| sign_in(&handle, tx, &actor, keeps.as_ref(), id, &input))
}

/// The meeting `id` for somebody who stands in its room: with its code, or with the right to keep its attendance (`keeps`).
pub(super) fn in_the_room(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    keeps: Option<&Permit>,
    id: RecordId,
    token: Option<&str>,
) -> Result<Case, Problem> {
    let reader = crate::flow::system_reader(engine)?;
    // Whoever holds the code stands in the room: they need no other right to see the meeting.
    let case = tx.case(&reader, id)?.filter(|case| case.flow == super::MEETING).ok_or_else(crate::flow::no_case)?;
    let may_keep = keeps.is_some_and(|permit| permit.scope().covers(&case.area));
    if !may_keep && held(tx, id, token)?.is_none() {
        return Err(wrong_code());
    }
    if case.is_over() { Err(over()) } else { Ok(case) }
}

/// Signs somebody in who stands in the room.
pub(super) fn sign_in(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    keeps: Option<&Permit>,
    id: RecordId,
    input: &Attend,
) -> Result<AttendanceView, Problem> {
    let name = input.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(&actor.name).to_owned();
    if name.chars().count() > 50 {
        return Err(Problem::parameter("name", "姓名过长。", "The name is too long."));
    }
    let case = in_the_room(engine, tx, keeps, id, input.token.as_deref())?;
    if let Some(unit) = input.unit {
        let permit = own_permit(engine, Verb::Read, UNIT)?.within(&case.area);
        if tx.records(&permit, UNIT, &[unit])?.is_empty() {
            return Err(Problem::parameter("unit", "本区域没有这个驻区单位。", "There is no such unit here."));
        }
    }
    let there = about(engine, tx, ATTENDANCE, &case)?.into_iter().find(|one| {
        let same_name = one.values.get("attendee").and_then(Value::as_text) == Some(name.as_str());
        match (input.unit, unit_of(one)) {
            (Some(unit), Some(other)) => unit == other,
            (None, None) => same_name,
            _ => false,
        }
    });
    if let Some(there) = there {
        return AttendanceView::of(engine, tx, &there);
    }
    let now = tx.now();
    let mut values = Values::from([
        ("meeting".to_owned(), Value::text(&case.number)),
        ("attendee".to_owned(), Value::text(&name)),
        ("signed_at".to_owned(), Value::Time(now)),
    ]);
    if let Some(unit) = input.unit {
        values.insert("unit".into(), Value::Ref(unit));
    }
    let record = insert(engine, tx, actor, ATTENDANCE, &case, values)?;
    AttendanceView::of(engine, tx, &record)
}

/// Makes a record about a meeting in the name of the program, with `actor` in the audit log.
pub(super) fn insert(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    actor: &Actor,
    entity: &str,
    case: &Case,
    values: Values,
) -> Result<linli_domain::Record, Problem> {
    let permit = own_permit(engine, Verb::Create, entity)?;
    let id = engine.ids.next();
    let new = NewRecord { entity: entity.to_owned(), id, home: case.home.clone(), path: case.area.clone(), values };
    let source = Source { kind: SourceKind::Edit, reference: case.number.clone() };
    let made = tx.insert(&permit, &new, &source).map_err(Problem::internal)?;
    let detail = json!({ "meeting": case.number });
    tx.audit(engine.audit_entry(actor, "create", entity, id.to_string(), Some(case.area.clone()), detail))?;
    Ok(made)
}

/// The meeting's code, when `token` is it and it still holds.
pub(super) fn held(tx: &mut ReadTx<'_>, id: RecordId, token: Option<&str>) -> Result<Option<Kept>, Problem> {
    let (Some(token), Some(kept)) = (token, tx.setting(&setting(id))?) else { return Ok(None) };
    let Ok(kept) = serde_json::from_value::<Kept>(kept) else { return Ok(None) };
    // Compared without stopping at the first difference.
    let differs = token.bytes().zip(kept.token.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    let same = token.len() == kept.token.len() && differs == 0;
    Ok((same && kept.until > tx.now()).then_some(kept))
}

pub(super) fn wrong_code() -> Problem {
    Problem::new(
        ProblemKind::Denied,
        "meeting.code",
        "签到码不对或已过期,请扫会场的二维码。",
        "The code is wrong or over. Scan the one in the room.",
    )
}

fn over() -> Problem {
    Problem::new(ProblemKind::Conflict, "meeting.over", "会议已办结。", "The meeting is closed.")
}
