//! Moving a case to another version of its flow.

use std::collections::BTreeMap;

use crate::{calendar::Calendar, clock::Timestamp};

use super::{
    act::{Refusal, Standing},
    case::{CaseState, PartyState},
    event::{Effects, Event},
    model::Flow,
    parties::Work,
};

/// Those of `states` that the flow does not have and that `map` does not lead to one it has: cases there would be stranded.
pub fn unmapped<'s>(
    flow: &Flow,
    states: impl IntoIterator<Item = &'s str>,
    map: &BTreeMap<String, String>,
) -> Vec<&'s str> {
    states.into_iter().filter(|state| target(flow, state, map).is_none()).collect()
}

fn target<'f>(flow: &'f Flow, state: &str, map: &BTreeMap<String, String>) -> Option<&'f str> {
    let to = map.get(state).map_or(state, String::as_str);
    flow.state(to).map(|state| state.name.as_str())
}

/// The event by which a case goes on by `flow`, another version of its flow, in the state that `map` leads to (its own when
/// it names none). Clocks that the flow does not have stop, the owner of the state is called.
pub fn migrate(
    flow: &Flow,
    case: &CaseState,
    map: &BTreeMap<String, String>,
    who: &Standing,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Event, Refusal> {
    if let Some(into) = case.core.merged_into {
        return Err(Refusal::Merged(into));
    }
    let to = target(flow, &case.state, map).ok_or_else(|| Refusal::State(case.state.clone()))?;
    let mut work = Work::new(flow, case, now);
    let owner = flow.state(to).and_then(|state| state.owner.as_deref());
    for (position, party) in case.core.parties.iter().enumerate() {
        let stays = flow.party(&party.name).is_some() && (to == case.state || Some(party.name.as_str()) == owner);
        if party.state == PartyState::Called && !stays {
            work.set(position, PartyState::Left);
        }
    }
    work.enter(to)?;
    work.tick(calendar, to != case.state)?;
    let dropped = case.values.keys().filter(|name| flow.field(name).is_none());
    Ok(Event {
        seq: case.seq + 1,
        at: now,
        by: who.account,
        by_name: who.name.clone(),
        action: Event::MIGRATE.into(),
        party: None,
        from: case.state.clone(),
        to: work.case.state,
        phase: work.case.phase,
        values: dropped.map(|name| (name.clone(), crate::Value::Null)).collect(),
        note: None,
        place: None,
        files: Vec::new(),
        answer: None,
        effects: Effects { version: Some(flow.version.clone()), ..work.effects },
    })
}
