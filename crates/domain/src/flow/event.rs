//! Events of a case, and how they add up to its state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{clock::Timestamp, ids::RecordId, record::Values};

use super::{
    case::{CaseClock, CaseParty, CaseState, ClockState, Mark, PartyKey, PartyState},
    kinds::Phase,
};

/// A place on the map, in WGS 84, and in words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Latitude in units of 10^-7 degrees.
    pub lat: Option<i64>,
    /// Longitude in units of 10^-7 degrees.
    pub lon: Option<i64>,
    /// In words.
    #[serde(default)]
    pub text: String,
}

/// What happens to a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyChange {
    /// Somebody who was not there is called.
    Call {
        /// Name of the party.
        name: String,
        /// Who.
        key: PartyKey,
    },
    /// The party at this position comes to this state.
    Set(usize, PartyState),
}

/// What happens to a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockChange {
    /// A clock starts.
    Start(CaseClock),
    /// The clock at this position stands still with so many seconds left.
    Pause(usize, i64),
    /// It goes on.
    Resume {
        /// Which.
        at: usize,
        /// When it is due now.
        due: Timestamp,
        /// Whether that was counted without a holiday table.
        estimated: bool,
        /// What it will do.
        marks: Vec<Mark>,
    },
    /// It stops.
    Stop(usize),
    /// So many of its marks have passed; whether it was missed by them.
    Pass(usize, usize, bool),
}

/// Everything an event changes beside values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Effects {
    /// Of parties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<PartyChange>,
    /// Of clocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockChange>,
    /// The action can be taken once, and was.
    #[serde(skip_serializing_if = "is_false")]
    pub once: bool,
    /// It was a supervision order.
    #[serde(skip_serializing_if = "is_false")]
    pub supervised: bool,
    /// The rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rated: Option<u8>,
    /// A new handling begins.
    #[serde(skip_serializing_if = "is_false")]
    pub reopened: bool,
    /// It became part of another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<RecordId>,
    /// The version of the flow it runs on from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it is, on opening.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, String>,
    /// Who opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opener: Option<PartyKey>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PartyKey>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// Something that happened to a case: one row of its history (流转记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Place in the history, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: RecordId,
    /// Their name.
    pub by_name: String,
    /// Action of the flow, or one of the words of [`Event`].
    pub action: String,
    /// Position of the party they acted as.
    pub party: Option<usize>,
    /// State before; empty on opening.
    pub from: String,
    /// State after.
    pub to: String,
    /// Phase after.
    pub phase: Phase,
    /// Fields that changed.
    pub values: Values,
    /// What they said.
    pub note: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// Names of files that came with it.
    pub files: Vec<String>,
    /// The answer to the form that asked, by its instance id.
    pub answer: Option<String>,
    /// What else changed.
    pub effects: Effects,
}

impl Event {
    /// The event that opens a case.
    pub const OPEN: &'static str = "@open";
    /// Marks of a clock have passed.
    pub const CLOCK: &'static str = "@clock";
    /// The case goes on by another version of its flow.
    pub const MIGRATE: &'static str = "@migrate";
    /// Somebody said something without an action of the flow.
    pub const COMMENT: &'static str = "@comment";
    /// Files came.
    pub const FILES: &'static str = "@files";
    /// It became part of another case without an action of the flow.
    pub const MERGE: &'static str = "@merge";
}

/// The case after an event. Total: an event that names what is not there changes nothing of it.
#[must_use]
pub fn apply(case: &CaseState, event: &Event) -> CaseState {
    let mut after = case.clone();
    let Effects { parties, clocks, once, supervised, rated, reopened, merged_into, version, places, opener, person } =
        &event.effects;
    if event.action == Event::OPEN {
        after.opened = event.at;
    }
    if after.state != event.to {
        after.moved = event.at;
    }
    after.state.clone_from(&event.to);
    after.phase = event.phase;
    after.seq = event.seq;
    for (name, value) in &event.values {
        if value.is_null() {
            after.values.remove(name);
        } else {
            after.values.insert(name.clone(), value.clone());
        }
    }
    let core = &mut after.core;
    for change in parties {
        apply_party(&mut core.parties, change, event.at);
    }
    for change in clocks {
        apply_clock(&mut core.clocks, change, event.at);
    }
    if *once {
        core.taken.insert(event.action.clone());
    }
    core.supervised += u32::from(*supervised);
    core.rated = if *reopened { None } else { rated.or(core.rated) };
    core.merged_into = merged_into.or(core.merged_into);
    core.places.extend(places.clone());
    core.opener = opener.clone().or(core.opener.take());
    core.person = person.clone().or(core.person.take());
    if let Some(version) = version {
        after.version.clone_from(version);
    }
    after
}

/// The case its events add up to.
#[must_use]
pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> CaseState {
    events.into_iter().fold(CaseState::default(), |case, event| apply(&case, event))
}

fn apply_party(parties: &mut Vec<CaseParty>, change: &PartyChange, at: Timestamp) {
    match change {
        PartyChange::Call { name, key } => {
            let (name, key) = (name.clone(), key.clone());
            parties.push(CaseParty { name, key, state: PartyState::Called, since: at });
        }
        PartyChange::Set(position, state) => {
            if let Some(party) = parties.get_mut(*position) {
                (party.state, party.since) = (*state, at);
            }
        }
    }
}

fn apply_clock(clocks: &mut Vec<CaseClock>, change: &ClockChange, at: Timestamp) {
    let mut with = |position: &usize, change: &mut dyn FnMut(&mut CaseClock)| {
        if let Some(clock) = clocks.get_mut(*position) {
            change(clock);
        }
    };
    match change {
        ClockChange::Start(clock) => clocks.push(clock.clone()),
        ClockChange::Pause(position, left) => with(position, &mut |clock| {
            (clock.state, clock.left_seconds) = (ClockState::Paused, Some(*left));
        }),
        ClockChange::Resume { at: position, due, estimated, marks } => with(position, &mut |clock| {
            (clock.state, clock.left_seconds) = (ClockState::Running, None);
            (clock.due, clock.estimated) = (*due, *estimated);
            clock.marks.clone_from(marks);
        }),
        ClockChange::Stop(position) => with(position, &mut |clock| {
            (clock.state, clock.stopped, clock.left_seconds) = (ClockState::Stopped, Some(at), None);
            clock.marks.clear();
        }),
        ClockChange::Pass(position, count, missed) => with(position, &mut |clock| {
            clock.marks.drain(..(*count).min(clock.marks.len()));
            if *missed {
                clock.state = ClockState::Fired;
            }
        }),
    }
}
