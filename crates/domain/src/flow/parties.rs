//! Who is called, who has reported, who has left.

use crate::clock::Timestamp;

use super::{
    act::{Refusal, wrong},
    case::{CaseClock, CaseCore, CaseState, ClockState, PartyKey, PartyState},
    event::{Effects, Event, PartyChange, apply},
    kinds::{ActionKind, By, PartyKind, Phase},
    model::{Flow, Party},
};

/// A case on which changes are noted as they are made.
pub(super) struct Work<'f> {
    pub(super) flow: &'f Flow,
    pub(super) case: CaseState,
    pub(super) effects: Effects,
    pub(super) now: Timestamp,
}

impl<'f> Work<'f> {
    pub(super) fn new(flow: &'f Flow, case: &CaseState, now: Timestamp) -> Self {
        Self { flow, case: case.clone(), effects: Effects::default(), now }
    }

    /// Notes effects and makes them hold for what follows.
    pub(super) fn note(&mut self, effects: Effects) {
        let event = Event {
            seq: self.case.seq,
            at: self.now,
            by: crate::RecordId(uuid::Uuid::nil()),
            by_name: String::new(),
            action: String::new(),
            party: None,
            from: self.case.state.clone(),
            to: self.case.state.clone(),
            phase: self.case.phase,
            values: crate::record::Values::new(),
            note: None,
            place: None,
            files: Vec::new(),
            answer: None,
            effects,
        };
        self.case = apply(&self.case, &event);
        self.effects.parties.extend(event.effects.parties);
        self.effects.clocks.extend(event.effects.clocks);
    }

    pub(super) fn set(&mut self, position: usize, state: PartyState) {
        if self.case.core.parties.get(position).is_some_and(|party| party.state != state) {
            self.note(Effects { parties: vec![PartyChange::Set(position, state)], ..Effects::default() });
        }
    }

    /// Calls somebody as a party; who was that party before is called again.
    pub(super) fn call(&mut self, name: &str, key: &PartyKey) {
        let known = self.case.core.parties.iter().position(|party| party.name == name && party.key == *key);
        match known {
            Some(position) => self.set(position, PartyState::Called),
            None => {
                let call = PartyChange::Call { name: name.to_owned(), key: key.clone() };
                self.note(Effects { parties: vec![call], ..Effects::default() });
            }
        }
    }

    /// Everybody whose turn it is as the party `name` has no more to do.
    pub(super) fn dismiss(&mut self, name: &str, except: &[PartyKey]) {
        let gone: Vec<usize> =
            self.case.called(name).filter(|(_, p)| !except.contains(&p.key)).map(|(at, _)| at).collect();
        for position in gone {
            self.set(position, PartyState::Left);
        }
    }

    /// Comes to a state: the parties of the former one leave, its owner is called. While the case waits for somebody, the
    /// others keep their part and go on when it does.
    pub(super) fn enter(&mut self, to: &str) -> Result<(), Refusal> {
        let (flow, phase) = (self.flow, self.flow.phase(to));
        let owner = flow.state(to).and_then(|state| state.owner.as_deref());
        let waited = self.case.phase == Phase::Waiting;
        let former = flow.state(&self.case.state).and_then(|state| state.owner.as_deref());
        let leaves = |name: &str| {
            let had = Some(name) == former || (waited && flow.states.iter().any(|s| s.owner.as_deref() == Some(name)));
            phase.is_over() || (had && Some(name) != owner && phase != Phase::Waiting)
        };
        for position in 0..self.case.core.parties.len() {
            let party = &self.case.core.parties[position];
            if party.state == PartyState::Called && leaves(&party.name) {
                self.set(position, PartyState::Left);
            }
        }
        (self.case.state, self.case.phase) = (to.to_owned(), phase);
        match owner.filter(|_| !phase.is_over()).and_then(|owner| flow.party(owner)) {
            Some(owner) => self.call_owner(owner),
            None => Ok(()),
        }
    }

    fn call_owner(&mut self, owner: &Party) -> Result<(), Refusal> {
        if self.case.called(&owner.name).next().is_some() {
            return Ok(());
        }
        let parties = &self.case.core.parties;
        let of = |state: PartyState| {
            let rows = parties.iter().enumerate().filter(move |(_, p)| p.name == owner.name && p.state == state);
            rows.map(|(at, _)| at).collect::<Vec<_>>()
        };
        // Those who did their part; failing them, those who left last, together.
        let mut again = of(PartyState::Reported);
        for state in [PartyState::Left, PartyState::Declined] {
            if again.is_empty() {
                again = of(state);
                let last = again.iter().map(|at| parties[*at].since).max();
                again.retain(|at| Some(parties[*at].since) == last);
            }
        }
        if !owner.many {
            let last = again.iter().copied().max_by_key(|at| (parties[*at].since, *at));
            again = last.into_iter().collect();
        }
        if again.is_empty() {
            return match key_of(owner, &self.case.core) {
                Some(key) => {
                    self.call(&owner.name, &key);
                    Ok(())
                }
                // A resident without account opened it: there is nobody to call, a desk acts for them.
                None if !owner.kind.is_chosen() => Ok(()),
                None => Err(Refusal::Fields(vec![unchosen(owner)])),
            };
        }
        for position in again {
            self.set(position, PartyState::Called);
        }
        Ok(())
    }
}

/// Nobody was chosen for a party that must be.
pub(super) fn unchosen(party: &Party) -> crate::rules::FieldError {
    let (zh, en) = (&party.label.zh, &party.label.en);
    wrong("assign", "case.assign", format!("请选择{zh}"), format!("choose: {en}"))
}

/// Who a party is that nobody need choose; `None` for one that is chosen, or is not there.
pub fn key_of(party: &Party, core: &CaseCore) -> Option<PartyKey> {
    match &party.kind {
        PartyKind::Role { role, at } => {
            let area = core.places.get(at).or_else(|| core.places.get("case"))?;
            Some(PartyKey::Role { role: role.clone(), area: area.clone() })
        }
        PartyKind::Opener => core.opener.clone(),
        PartyKind::SubjectPerson => core.person.clone(),
        PartyKind::Unit | PartyKind::Account => None,
    }
}

/// Whether the party at `position` has something to do now: it is called, and the state is its own or lets it report.
pub fn is_due(flow: &Flow, case: &CaseState, position: usize) -> bool {
    let Some(party) = case.core.parties.get(position).filter(|party| party.state == PartyState::Called) else {
        return false;
    };
    let owns = flow.state(&case.state).is_some_and(|state| state.owner.as_deref() == Some(party.name.as_str()));
    let reports = || {
        let by = By::Party(party.name.clone());
        let report = |action: &&super::model::Action| action.kind == ActionKind::Report && action.by.contains(&by);
        flow.actions.iter().filter(report).any(|action| flow.leads_from(action, &case.state))
    };
    !case.is_over() && (owns || reports())
}

/// When the part of the party at `position` is due: the earliest of its clocks that goes on.
pub fn due_of(flow: &Flow, case: &CaseState, position: usize) -> Option<Timestamp> {
    let party = case.core.parties.get(position)?;
    let owns = flow.state(&case.state).is_some_and(|state| state.owner.as_deref() == Some(party.name.as_str()));
    let of_party =
        |clock: &&CaseClock| match (clock.party, flow.clock(&clock.name).and_then(|rule| rule.party.as_ref())) {
            (Some(at), _) => at == position,
            (None, Some(name)) => *name == party.name,
            (None, None) => owns,
        };
    running(case).filter(of_party).map(|clock| clock.due).min()
}

/// When the next thing of a case is due: the earliest of its clocks that goes on.
pub fn next_due(case: &CaseState) -> Option<Timestamp> {
    running(case).map(|clock| clock.due).min()
}

fn running(case: &CaseState) -> impl Iterator<Item = &CaseClock> {
    case.core.clocks.iter().filter(|clock| matches!(clock.state, ClockState::Running | ClockState::Fired))
}
