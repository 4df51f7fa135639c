//! Cases of flows. What a case is and what happens to it `domain` decides; here it is kept, whole, in the transaction that
//! decided it, and read by whoever may.
//!
//! | file | what for |
//! |---|---|
//! | `reader` | [`CaseReader`]: whose eyes a case is read with |
//! | `read` | one case, its history, lists |
//! | `todo` | whose turn it is, sorted by clock |
//! | `figures` | boards and figures, each one grouped statement |
//! | `write` | a case with its event, parties and clocks, by few statements |
//! | `beside` | links, files, ratings |

mod beside;
mod figures;
mod read;
mod reader;
mod todo;
mod write;

use linli_domain::{
    AreaPath, RecordId, Timestamp,
    flow::{CaseCore, Effects, Phase},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{StoreError, dialect::Row, run::Ctx, schema::values::path};

pub use beside::{CaseFile, CaseLink};
pub use figures::{CaseStat, StatBy, StatQuery};
pub use read::{Box_, CaseQuery, CaseSort};
pub use reader::{CaseReader, Seek};
pub use todo::TodoCounts;
pub use write::{CaseWrite, ClockRow, PartyRow};

/// A case as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Code of the community (or owning area).
    pub home: String,
    /// Id.
    pub id: RecordId,
    /// Namespaced flow.
    pub flow: String,
    /// Version of the flow it runs on.
    pub version: String,
    /// Number people call it by.
    pub number: String,
    /// Area it hangs on.
    pub area: AreaPath,
    /// State of its flow.
    pub state: String,
    /// How far it is.
    pub phase: Phase,
    /// Parties, clocks and the rest that decisions need.
    pub core: CaseCore,
    /// Code of its class, for lists and figures.
    pub kind: Option<String>,
    /// Unit that handles it.
    pub unit: Option<RecordId>,
    /// When it was opened.
    pub opened: Timestamp,
    /// When its state last changed.
    pub moved: Timestamp,
    /// When it was over.
    pub closed: Option<Timestamp>,
    /// When its next clock is due.
    pub due: Option<Timestamp>,
    /// Whether a clock of it was missed, ever.
    pub late: bool,
    /// Account that opened it; nil when it came without one.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Latitude in units of 10^-7 degrees.
    pub lat: Option<i64>,
    /// Longitude, likewise.
    pub lon: Option<i64>,
    /// Number of its last event.
    pub seq: i64,
    /// What is sealed.
    pub body: CaseBody,
}

/// The part of a case that may speak of people: sealed in the database.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseBody {
    /// Title.
    pub title: String,
    /// Values of its fields, as JSON by their kinds.
    pub values: Map<String, Json>,
    /// The place in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// How it came in: `worker`, `resident`, `hotline`…
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// What a resident without account asks for it by, beside its number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// What other parts of the program keep with it.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub extra: Json,
}

/// Something that happened to a case, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Place in the history.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Action.
    pub action: String,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// Phase after.
    pub phase: Phase,
    /// Position of the party they acted as.
    pub party: Option<usize>,
    /// What the sender called it, so that it counts once.
    pub client: Option<Uuid>,
    /// What it changed beside values.
    pub effects: Effects,
    /// Values, note, place and files: sealed in the database; null when there is nothing.
    pub body: Json,
}

/// Later than everything: stands for "not due" where rows are sorted by it.
pub(crate) const NEVER: i64 = i64::MAX;

const COLUMNS: &str = "c.home, c.id, c.flow, c.version, c.number, c.area, c.state, c.phase, c.kind, c.unit, c.opened, \
    c.moved, c.closed, c.due, c.late, c.by_id, c.by_name, c.lat, c.lon, c.seq, c.core, c.body";
/// How many they are.
const WIDTH: usize = 22;

fn phase(name: &str) -> Result<Phase, StoreError> {
    Phase::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("phase `{name}`")))
}

/// What a sealed part is bound to.
fn place(part: &str, id: RecordId) -> Vec<u8> {
    format!("linli_case\0{part}\0{id}").into_bytes()
}

fn case(ctx: &Ctx, row: &Row<'_>) -> Result<Case, StoreError> {
    let id = RecordId(row.id(1)?);
    let due = row.int(13)?;
    Ok(Case {
        home: row.text(0)?,
        id,
        flow: row.text(2)?,
        version: row.text(3)?,
        number: row.text(4)?,
        area: path(&row.text(5)?)?,
        state: row.text(6)?,
        phase: phase(&row.text(7)?)?,
        kind: row.maybe_text(8)?,
        unit: row.maybe_id(9)?.map(RecordId),
        opened: Timestamp(row.int(10)?),
        moved: Timestamp(row.int(11)?),
        closed: row.maybe_int(12)?.map(Timestamp),
        due: (due != NEVER).then_some(Timestamp(due)),
        late: row.int(14)? != 0,
        by: RecordId(row.id(15)?),
        by_name: row.text(16)?,
        lat: row.maybe_int(17)?,
        lon: row.maybe_int(18)?,
        seq: row.int(19)?,
        core: serde_json::from_str(&row.text(20)?)?,
        body: serde_json::from_str(&ctx.crypto.open(&place("body", id), &row.bytes(21)?)?)?,
    })
}

impl Case {
    /// Whether nothing more is to be done.
    pub fn is_over(&self) -> bool {
        self.phase.is_over() || self.core.merged_into.is_some()
    }
}
