//! A meeting as a page.

use linli_domain::{Actor, Record, RecordId, Value, Verb};
use linli_store::{
    ReadTx,
    tables::{Case, CaseQuery},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ATTENDANCE, EVALUATION, RESOLUTION, UNIT, about, meeting, own_permit, text, unit_of};
use crate::{
    Engine, Problem,
    area::AreaRef,
    flow,
    register::{moment, title_of},
};

/// A meeting.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeetingView {
    /// Id of its case.
    #[schema(value_type = String)]
    pub case: RecordId,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// State of its flow.
    pub state: String,
    /// Area.
    pub area: AreaRef,
    /// Day.
    pub held_on: String,
    /// Where.
    pub venue: String,
    /// Whose turn the chair is.
    pub chair: String,
    /// Items of the agenda.
    pub agenda: Vec<String>,
    /// Minutes.
    pub minutes: String,
    /// Who came.
    pub attendance: Vec<AttendanceView>,
    /// Resident units of the area, for signing in and evaluating.
    pub units: Vec<UnitView>,
    /// What was resolved: the lines of the meeting's own.
    pub resolved: Vec<String>,
    /// What became a case.
    pub resolutions: Vec<ResolutionView>,
    /// Mutual evaluations.
    pub evaluations: Vec<EvaluationView>,
}

/// A resident unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
}

/// Somebody who came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttendanceView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Name.
    pub name: String,
    /// Unit they came for.
    pub unit: Option<UnitView>,
    /// When they signed in.
    pub at: String,
}

/// A resolution that became a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResolutionView {
    /// Id of its case.
    #[schema(value_type = String)]
    pub case: RecordId,
    /// Number.
    pub number: String,
    /// What was resolved.
    pub title: String,
    /// State of its flow.
    pub state: String,
    /// `new`, `working`, `waiting`, `done`, `cancelled`.
    pub phase: String,
    /// When it is due.
    pub due: Option<String>,
}

/// A mutual evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvaluationView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Unit that rates or is rated.
    pub unit: Option<UnitView>,
    /// `unit_rates_community`, `community_rates_unit`.
    pub direction: String,
    /// 1 to 5.
    pub score: i64,
    /// What was said.
    pub opinion: String,
}

/// A meeting that one may see.
pub fn get(engine: &Engine, actor: &Actor, id: RecordId) -> Result<MeetingView, Problem> {
    let (handle, actor) = (engine.clone(), actor.clone());
    engine.store.read_blocking(move |tx| {
        let case = meeting(&handle, tx, &actor, id)?;
        let mut attendance = Vec::new();
        for record in about(&handle, tx, ATTENDANCE, &case)? {
            attendance.push(AttendanceView::of(&handle, tx, &record)?);
        }
        let mut evaluations = Vec::new();
        for record in about(&handle, tx, EVALUATION, &case)? {
            evaluations.push(EvaluationView::of(&handle, tx, &record)?);
        }
        let lines = |field: &str| {
            let all = text(&case, field);
            all.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        Ok(MeetingView {
            case: case.id,
            number: case.number.clone(),
            title: case.body.title.clone(),
            state: case.state.clone(),
            area: handle.area_ref(tx, &case.area)?,
            held_on: text(&case, "held_on"),
            venue: text(&case, "venue"),
            chair: text(&case, "chair"),
            agenda: lines("agenda"),
            minutes: text(&case, "minutes"),
            attendance,
            units: units(&handle, tx, &case)?,
            resolved: lines("resolutions"),
            resolutions: resolutions(&handle, tx, &actor, &case)?,
            evaluations,
        })
    })
}

/// Cases that name the meeting, among those one may see.
fn resolutions(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    actor: &Actor,
    meeting: &Case,
) -> Result<Vec<ResolutionView>, Problem> {
    let who = flow::Who::of(engine, tx, actor)?;
    let query = CaseQuery {
        flows: vec![RESOLUTION.into()],
        area: Some(meeting.area.clone()),
        from: Some(meeting.opened),
        limit: 500,
        ..CaseQuery::default()
    };
    let found = tx.cases(&who.reader, &query)?;
    let of = found.into_iter().filter(|case| text(case, "meeting") == meeting.number);
    let view = |case: Case| ResolutionView {
        case: case.id,
        title: text(&case, "what"),
        number: case.number,
        state: case.state,
        phase: case.phase.name().into(),
        due: case.due.map(moment),
    };
    Ok(of.map(view).collect())
}

/// Resident units of a meeting's area.
pub(super) fn units(engine: &Engine, tx: &mut ReadTx<'_>, case: &Case) -> Result<Vec<UnitView>, Problem> {
    let permit = own_permit(engine, Verb::Read, UNIT)?;
    let query = linli_domain::record::ListQuery {
        area: Some(case.area.clone()),
        limit: super::MOST,
        ..linli_domain::record::ListQuery::of(UNIT)
    };
    let mut found = tx.list(&permit, &query)?.records;
    found.sort_by_key(|record| record.id);
    Ok(found.iter().map(|record| named(engine, record)).collect())
}

fn named(engine: &Engine, record: &Record) -> UnitView {
    let catalogue = engine.catalogue();
    let name = catalogue.entities.get(UNIT).map(|entity| title_of(&catalogue, entity, record)).unwrap_or_default();
    UnitView { id: record.id, name }
}

fn unit(engine: &Engine, tx: &mut ReadTx<'_>, record: &Record) -> Result<Option<UnitView>, Problem> {
    let Some(id) = unit_of(record) else { return Ok(None) };
    let permit = own_permit(engine, Verb::Read, UNIT)?;
    Ok(tx.records(&permit, UNIT, &[id])?.first().map(|record| named(engine, record)))
}

impl AttendanceView {
    pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, record: &Record) -> Result<Self, Problem> {
        let at = match record.values.get("signed_at") {
            Some(Value::Time(at)) => moment(*at),
            _ => moment(record.since),
        };
        let name = record.values.get("attendee").and_then(Value::as_text).unwrap_or_default().to_owned();
        Ok(Self { id: record.id, name, unit: unit(engine, tx, record)?, at })
    }
}

impl EvaluationView {
    pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, record: &Record) -> Result<Self, Problem> {
        let text = |name: &str| record.values.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
        let score = match record.values.get("score") {
            Some(Value::Int(score)) => *score,
            _ => 0,
        };
        Ok(Self {
            id: record.id,
            unit: unit(engine, tx, record)?,
            direction: text("direction"),
            score,
            opinion: text("opinion"),
        })
    }
}
