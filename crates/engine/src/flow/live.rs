//! A case between the store and the decisions: what an event makes of its rows, and who is told.

use std::sync::Arc;

use linli_domain::{
    RecordId, Timestamp,
    flow::{
        CaseClock, CaseState, ClockState, Event, Flow, PartyKey, PartyState, apply, due_of, is_due, next_due,
        values_from_json, values_to_json,
    },
};
use linli_store::{
    Fault, ReadTx, StoreError, VerifyReport, WriteTx,
    tables::{Case, CaseQuery, CaseWrite, ClockRow, EventRow, PartyRow, Seek},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{define::definition, who::system_reader};
use crate::{Engine, Problem, events};

/// A case with the flow it runs on, as decisions see it.
#[derive(Debug, Clone)]
pub struct Live {
    /// As it is kept.
    pub case: Case,
    /// As decisions see it.
    pub state: CaseState,
    /// The flow it runs on.
    pub flow: Arc<Flow>,
}

impl Live {
    /// A case that was read.
    pub fn of(engine: &Engine, tx: &mut ReadTx<'_>, case: Case) -> Result<Self, Problem> {
        let flow = definition(engine, tx, &case.flow, &case.version)?;
        let (values, _) = values_from_json(&flow.fields, &case.body.values);
        let state = CaseState {
            state: case.state.clone(),
            phase: case.phase,
            version: case.version.clone(),
            values,
            core: case.core.clone(),
            opened: case.opened,
            moved: case.moved,
            seq: case.seq,
        };
        Ok(Self { case, state, flow })
    }

    /// The case after an event, and what is to be written for it. `flow`: the one it runs on from here.
    pub(super) fn step(
        &self,
        engine: &Engine,
        tx: &mut ReadTx<'_>,
        flow: &Arc<Flow>,
        event: &Event,
        client: Option<Uuid>,
    ) -> Result<(Self, CaseWrite), Problem> {
        let state = apply(&self.state, event);
        let mut case = self.case.clone();
        case.version.clone_from(&state.version);
        case.state.clone_from(&state.state);
        (case.phase, case.core) = (state.phase, state.core.clone());
        (case.opened, case.moved, case.seq) = (state.opened, state.moved, state.seq);
        case.closed = if !state.is_over() { None } else { case.closed.or(Some(event.at)) };
        case.due = next_due(&state);
        case.late |= state.core.clocks.iter().any(|clock| clock.is_late(event.at));
        case.kind = class(flow, &state);
        case.unit = unit(&state);
        case.body.values = values_to_json(&flow.fields, &state.values);
        if let Some(place) = &event.place {
            (case.lat, case.lon) = (place.lat, place.lon);
            case.body.place.clone_from(&place.text);
        }
        let parties = party_rows(engine, tx, (&self.flow, &self.state), (flow, &state))?;
        let write = CaseWrite {
            case: case.clone(),
            rated: state.core.rated,
            event: event_row(flow, event, client),
            parties,
            clocks: clock_rows(&self.state.core.clocks, &state.core.clocks),
        };
        Ok((Self { case, state, flow: Arc::clone(flow) }, write))
    }

    /// Tells that the case came this far: who is called by it, in the transaction that brought it here.
    pub(super) fn tell(&self, tx: &mut WriteTx<'_>, event: &Event, before: &CaseState) -> Result<(), StoreError> {
        let called = self.state.core.parties.iter().enumerate().filter(|(at, party)| {
            let was = before.core.parties.get(*at).is_some_and(|was| was.state == PartyState::Called);
            party.state == PartyState::Called
                && (!was || before.state != self.state.state)
                && is_due(&self.flow, &self.state, *at)
        });
        let to: Vec<String> = called.map(|(_, party)| party.key.to_string()).collect();
        let name = if event.action == Event::OPEN { "case.opened" } else { "case.moved" };
        let moved = before.state != self.state.state || event.effects.supervised || event.effects.merged_into.is_some();
        if to.is_empty() && !moved {
            return Ok(());
        }
        events::emit(tx, name, &self.payload(event, &to))
    }

    /// What an event's payload says: never what a case says of people.
    pub(super) fn payload(&self, event: &Event, to: &[String]) -> Json {
        json!({
            "case": self.case.id,
            "flow": self.case.flow,
            "number": self.case.number,
            "area": self.case.area,
            "seq": event.seq,
            "action": event.action,
            "state": self.case.state,
            "by": event.by,
            "to": to,
        })
    }
}

/// Code of the case's class.
fn class(flow: &Flow, state: &CaseState) -> Option<String> {
    let field = flow.class_field()?;
    state.values.get(&field.name)?.as_text().map(str::to_owned)
}

/// The unit that handles it: one whose turn it is, else the last that had it.
fn unit(state: &CaseState) -> Option<RecordId> {
    let units = state.core.parties.iter().filter_map(|party| match party.key {
        PartyKey::Unit(unit) if party.state != PartyState::Left => {
            Some((party.state == PartyState::Called, party.since, unit))
        }
        _ => None,
    });
    units.max_by_key(|(called, since, _)| (*called, *since)).map(|(_, _, unit)| unit)
}

fn party_rows(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    before: (&Flow, &CaseState),
    after: (&Flow, &CaseState),
) -> Result<Vec<PartyRow>, Problem> {
    let told = |(flow, state): (&Flow, &CaseState), at: usize| {
        let party = state.core.parties.get(at)?;
        Some((party.state, is_due(flow, state, at), due_of(flow, state, at)))
    };
    let mut rows = Vec::new();
    for (at, party) in after.1.core.parties.iter().enumerate() {
        let now = told(after, at);
        if told(before, at) == now {
            continue;
        }
        let Some((state, open, due)) = now else { continue };
        let seek = match &party.key {
            PartyKey::Role { role, area } => match engine.area_place(tx, area)? {
                Some(place) => Seek::of_role(role, &place),
                None => party.key.to_string(),
            },
            key => key.to_string(),
        };
        let (name, key) = (party.name.clone(), party.key.to_string());
        rows.push(PartyRow { no: at, name, key, seek, state: state.name(), open, due, since: party.since });
    }
    Ok(rows)
}

fn clock_rows(before: &[CaseClock], after: &[CaseClock]) -> Vec<ClockRow> {
    let row = |(at, clock): (usize, &CaseClock)| ClockRow {
        no: at,
        name: clock.name.clone(),
        party: clock.party,
        state: clock_state(clock.state),
        started: clock.started,
        due: clock.due,
        next: clock.next(),
    };
    after.iter().enumerate().filter(|(at, clock)| before.get(*at) != Some(clock)).map(row).collect()
}

/// Name of a clock's state.
pub(super) fn clock_state(state: ClockState) -> &'static str {
    match state {
        ClockState::Running => "running",
        ClockState::Paused => "paused",
        ClockState::Stopped => "stopped",
        ClockState::Fired => "fired",
    }
}

fn event_row(flow: &Flow, event: &Event, client: Option<Uuid>) -> EventRow {
    let mut body = Map::new();
    let values = values_to_json(&flow.fields, &event.values);
    if !values.is_empty() {
        body.insert("values".into(), Json::Object(values));
    }
    // What somebody says when rating is kept apart, and shown without who.
    if let Some(note) = event.note.as_ref().filter(|_| event.effects.rated.is_none()) {
        body.insert("note".into(), json!(note));
    }
    if let Some(place) = &event.place {
        body.insert("place".into(), json!(place));
    }
    if !event.files.is_empty() {
        body.insert("files".into(), json!(event.files));
    }
    if let Some(answer) = &event.answer {
        body.insert("answer".into(), json!(answer));
    }
    EventRow {
        seq: event.seq,
        at: event.at,
        by: event.by,
        by_name: event.by_name.clone(),
        action: event.action.clone(),
        from: event.from.clone(),
        to: event.to.clone(),
        phase: event.phase,
        party: event.party,
        client,
        effects: event.effects.clone(),
        body: if body.is_empty() { Json::Null } else { Json::Object(body) },
    }
}

/// An event as it was kept, for replays.
pub(super) fn event_of(flow: &Flow, row: &EventRow) -> Event {
    let empty = Map::new();
    let values = row.body["values"].as_object().unwrap_or(&empty);
    let texts = |name: &str| row.body[name].as_array().cloned().unwrap_or_default();
    Event {
        seq: row.seq,
        at: row.at,
        by: row.by,
        by_name: row.by_name.clone(),
        action: row.action.clone(),
        party: row.party,
        from: row.from.clone(),
        to: row.to.clone(),
        phase: row.phase,
        values: values_from_json(&flow.fields, values).0,
        note: row.body["note"].as_str().map(str::to_owned),
        place: serde_json::from_value(row.body["place"].clone()).ok(),
        answer: row.body["answer"].as_str().map(str::to_owned),
        files: texts("files").iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        effects: row.effects.clone(),
    }
}

/// Whether a case is the sum of its history as it is kept: state, values, parties, clocks. Each event is read by the version
/// of the flow that it was made under.
pub fn replays(engine: &Engine, tx: &mut ReadTx<'_>, live: &Live) -> Result<bool, Problem> {
    let mut state = CaseState::default();
    for row in tx.case_events(&live.case, 0)? {
        let version = row.effects.version.clone().unwrap_or_else(|| state.version.clone());
        let flow = definition(engine, tx, &live.case.flow, &version)?;
        let mut event = event_of(&flow, &row);
        if row.action == Event::MIGRATE {
            // Fields that the newer version does not have were dropped by it.
            let gone = state.values.keys().filter(|name| flow.field(name).is_none());
            event.values.extend(gone.map(|name| (name.clone(), linli_domain::Value::Null)).collect::<Vec<_>>());
        }
        state = apply(&state, &event);
    }
    Ok(state == live.state)
}

/// Cases read at once by [`verify`].
const PAGE: u32 = 500;

/// Replays every case from its history, and notes those that are not what it adds up to.
pub fn verify(engine: &Engine, report: &mut VerifyReport) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let handle = engine.clone();
        let (count, last, broken) = engine.store.read_blocking::<_, Problem>(move |tx| {
            let query = CaseQuery { after, limit: PAGE, ..CaseQuery::default() };
            let cases = tx.cases(&system_reader(&handle)?, &query)?;
            let (count, last) = (cases.len(), cases.last().map(|case| case.id));
            let mut broken = Vec::new();
            for case in cases {
                let live = Live::of(&handle, tx, case)?;
                if !replays(&handle, tx, &live)? {
                    broken.push(live.case.number);
                }
            }
            Ok((count, last, broken))
        })?;
        report.cases += count as u64;
        report.faults.extend(broken.into_iter().map(|number| Fault::Case { number }));
        match last.filter(|_| count == PAGE as usize) {
            Some(last) => after = Some((None, last)),
            None => return Ok(()),
        }
    }
}

/// Seconds from a moment to another, never negative.
pub(super) fn seconds_between(from: Timestamp, until: Timestamp) -> i64 {
    ((until.0 - from.0) / 1_000_000).max(0)
}
