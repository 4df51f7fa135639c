//! Joint meetings (R4) beyond their case: attendance by a QR code, resolutions that became cases, mutual evaluation.
//!
//! | file | what for |
//! |---|---|
//! | `look` | a meeting as a page: agenda, attendance, minutes, resolutions, evaluations |
//! | `attend` | the code on the wall, and signing in with it |
//! | `public` | the same without an account |
//! | `evaluate` | one evaluation of each unit in each direction |

mod attend;
mod evaluate;
mod look;
mod public;

pub use attend::{Attend, MeetingQr, attend, qr};
pub use evaluate::{Evaluate, evaluate};
pub use look::{AttendanceView, EvaluationView, MeetingView, ResolutionView, get};
pub use public::{MeetingCard, attend_publicly, card};

use linli_domain::{
    Actor, Permit, Record, RecordId, Subject, Value, Verb, actor,
    record::{Condition, ListQuery},
};
use linli_store::{ReadTx, tables::Case};

use crate::{Engine, Problem, flow};

/// Flow of meetings.
pub(crate) const MEETING: &str = "party/joint_meeting";
/// Flow of what they resolve.
pub(crate) const RESOLUTION: &str = "party/resolution";
/// Register of who came.
const ATTENDANCE: &str = "party/attendance";
/// Register of mutual evaluations.
const EVALUATION: &str = "party/mutual_evaluation";
/// Register of resident units.
const UNIT: &str = "party/resident_unit";

/// Most records of one meeting.
const MOST: u32 = 500;

/// The meeting `id`, which `actor` may see.
fn meeting(engine: &Engine, tx: &mut ReadTx<'_>, actor: &Actor, id: RecordId) -> Result<Case, Problem> {
    let who = flow::Who::of(engine, tx, actor)?;
    tx.case(&who.reader, id)?.filter(|case| case.flow == MEETING).ok_or_else(flow::no_case)
}

/// The program's own permit on a register.
fn own_permit(engine: &Engine, verb: Verb, entity: &str) -> Result<Permit, Problem> {
    Ok(actor::permit(&Engine::operator(), &engine.catalogue().roles, verb, Subject::Entity(entity.to_owned()))?)
}

/// Records of a register about a meeting, oldest first.
fn about(engine: &Engine, tx: &mut ReadTx<'_>, entity: &str, case: &Case) -> Result<Vec<Record>, Problem> {
    let permit = own_permit(engine, Verb::Read, entity)?;
    let query = ListQuery {
        area: Some(case.area.clone()),
        conditions: vec![Condition::In("meeting".into(), vec![Value::text(&case.number)])],
        limit: MOST,
        ..ListQuery::of(entity)
    };
    let mut found = tx.list(&permit, &query)?.records;
    found.sort_by_key(|record| record.id);
    Ok(found)
}

/// A text value of a case.
fn text(case: &Case, field: &str) -> String {
    case.body.values.get(field).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

/// A unit that a record names.
fn unit_of(record: &Record) -> Option<RecordId> {
    match record.values.get("unit") {
        Some(Value::Ref(id)) => Some(*id),
        _ => None,
    }
}
