//! Beginning a case.

use crate::{calendar::Calendar, clock::Timestamp};

use super::{
    act::{Opening, Refusal, Standing, wrong},
    case::{CaseState, PartyKey},
    event::{Effects, Event},
    kinds::PartyKind,
    model::Flow,
    parties::Work,
    values::missing,
};

/// The event that opens a case. Its values are in normal form already.
pub fn open(
    flow: &Flow,
    opening: &Opening,
    who: &Standing,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Event, Refusal> {
    let required = if who.system { Vec::new() } else { missing(flow, &flow.opens.required, &opening.values) };
    if !required.is_empty() {
        return Err(Refusal::Fields(required));
    }
    let begun = CaseState {
        version: flow.version.clone(),
        values: opening.values.clone(),
        opened: now,
        moved: now,
        ..CaseState::default()
    };
    let mut work = Work::new(flow, &begun, now);
    work.note(Effects {
        places: opening.places.clone(),
        opener: opening.opener.clone(),
        person: opening.person.clone(),
        version: Some(flow.version.clone()),
        ..Effects::default()
    });
    for (name, key) in &opening.assign {
        let party = flow.party(name).filter(|party| fits(&party.kind, key));
        let Some(party) = party else {
            return Err(Refusal::Fields(vec![wrong(
                "assign",
                "case.assign",
                format!("{key} 不能作为参与方 {name}"),
                format!("{key} cannot be the party {name}"),
            )]));
        };
        work.call(&party.name, key);
    }
    work.enter(&flow.start)?;
    work.tick(calendar, true)?;
    Ok(Event {
        seq: 1,
        at: now,
        by: who.account,
        by_name: who.name.clone(),
        action: Event::OPEN.into(),
        party: None,
        from: String::new(),
        to: flow.start.clone(),
        phase: flow.phase(&flow.start),
        values: opening.values.clone(),
        note: opening.note.clone(),
        place: opening.place.clone(),
        files: opening.files.clone(),
        answer: opening.answer.clone(),
        effects: Effects {
            places: opening.places.clone(),
            opener: opening.opener.clone(),
            person: opening.person.clone(),
            version: Some(flow.version.clone()),
            ..work.effects
        },
    })
}

/// Whether somebody can be a party of a kind. A part that a role has can be handed to one account or unit.
pub(super) fn fits(kind: &PartyKind, key: &PartyKey) -> bool {
    match kind {
        PartyKind::Unit => matches!(key, PartyKey::Unit(_)),
        PartyKind::Account => matches!(key, PartyKey::Account(_)),
        PartyKind::Role { .. } => !matches!(key, PartyKey::Person(_)),
        PartyKind::Opener | PartyKind::SubjectPerson => false,
    }
}
