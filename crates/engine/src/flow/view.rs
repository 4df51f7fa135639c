//! Cases as lists show them: every name in the reader's language, nothing that is not theirs to know.

use std::collections::BTreeMap;

use linli_domain::{
    Label, Lang, RecordId, Timestamp,
    calendar::Calendar,
    flow::{CaseClock, CaseState, ClockState, Event, Flow, PartyKey, PartyState, State, is_due},
};
use linli_store::{ReadTx, tables::Case};

use super::{
    calendar,
    live::{Live, seconds_between},
    model::{CaseClockView, CaseView, Named, OwnerView, PlaceView, StateRef, UnitRef},
    units,
    who::Who,
};
use crate::{Engine, Problem, register::moment};

/// What stands in place of who rated.
pub(super) fn confidential_name() -> Label {
    Label::new("评价人(保密)", "rater (confidential)")
}

/// The label of an action, also of those that every flow has.
pub(super) fn action_label(flow: &Flow, name: &str) -> Label {
    if let Some(action) = flow.action(name) {
        return action.label.clone();
    }
    let (zh, en) = match name {
        Event::OPEN => ("发起", "Opened"),
        Event::CLOCK => ("时限提醒", "Time limit"),
        Event::MIGRATE => ("流程升级", "Moved to a newer flow"),
        Event::COMMENT => ("留言", "Comment"),
        Event::FILES => ("上传附件", "Files"),
        Event::MERGE => ("并入其他案件", "Merged into another"),
        "rate" => ("评价", "Rated"),
        other => (other, other),
    };
    Label::new(zh, en)
}

/// Makes views for one reader in one transaction; names are looked up once.
pub(super) struct Viewer<'a> {
    pub(super) engine: &'a Engine,
    pub(super) who: &'a Who,
    pub(super) lang: Lang,
    pub(super) now: Timestamp,
    units: BTreeMap<RecordId, String>,
    accounts: BTreeMap<RecordId, String>,
    calendar: Option<std::sync::Arc<Calendar>>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(engine: &'a Engine, who: &'a Who) -> Self {
        Self {
            engine,
            who,
            lang: engine.lang,
            now: engine.now(),
            units: BTreeMap::new(),
            accounts: BTreeMap::new(),
            calendar: None,
        }
    }

    /// Views of cases.
    pub(super) fn views(&mut self, tx: &mut ReadTx<'_>, cases: Vec<Case>) -> Result<Vec<CaseView>, Problem> {
        let keys = |case: &Case| {
            let unit = case.unit.map(PartyKey::Unit);
            let called = case.core.parties.iter().filter(|party| party.state == PartyState::Called);
            called.map(|party| party.key.clone()).chain(unit).collect::<Vec<_>>()
        };
        self.know(tx, &cases.iter().flat_map(keys).collect::<Vec<_>>())?;
        let mut views = Vec::with_capacity(cases.len());
        for case in cases {
            let live = Live::of(self.engine, tx, case)?;
            views.push(self.view(tx, &live)?);
        }
        Ok(views)
    }

    /// The view of one case whose parties' names are known.
    pub(super) fn view(&mut self, tx: &mut ReadTx<'_>, live: &Live) -> Result<CaseView, Problem> {
        let (case, state, flow) = (&live.case, &live.state, &live.flow);
        let (mut owner, mut mine) = (Vec::new(), false);
        for (at, party) in state.core.parties.iter().enumerate() {
            if is_due(flow, state, at) {
                mine |= self.is_mine(tx, &party.key)?;
                owner.push(OwnerView {
                    label: self.party_label(tx, &party.key)?,
                    kind: flow.party(&party.name).map_or("role", |party| party.kind.name()).to_owned(),
                });
            }
        }
        let clock = next_clock(state).map(|clock| self.clock(tx, flow, clock)).transpose()?;
        Ok(CaseView {
            id: case.id,
            number: case.number.clone(),
            flow: Named { name: flow.name.clone(), label: flow.title.text(self.lang).to_owned() },
            title: case.body.title.clone(),
            area: self.engine.area_ref(tx, &case.area)?,
            state: self.state(flow, &case.state, case),
            priority: state.core.supervised,
            opened: moment(case.opened),
            by: case.by_name.clone(),
            due: case.due.map(moment),
            clock,
            owner,
            unit: case.unit.map(|unit| self.unit(unit)),
            overdue: state.is_overdue(self.now),
            rating: state.core.rated.filter(|_| self.knows_rating(live)),
            place: place(case),
            merged_into: state.core.merged_into,
            mine,
        })
    }

    /// A rating is known to who gave it and to those who manage the flow there; figures tell everybody else. On the case of one
    /// resident, score and words would name them: there nobody of the office is told, and `service::ratings` tells them apart
    /// from the case.
    pub(super) fn knows_rating(&self, live: &Live) -> bool {
        let confidential = live.flow.evaluation.as_ref().is_none_or(|evaluation| evaluation.confidential);
        let opener = live.case.by == self.who.actor.account && !live.case.by.0.is_nil();
        let resident = live.case.by.0.is_nil() || live.state.core.person.is_some();
        let subject = linli_domain::Subject::Flow(live.flow.name.clone());
        let manages = || {
            let permit = self.engine.permit(&self.who.actor, linli_domain::Verb::Manage, subject);
            permit.is_ok_and(|permit| permit.scope().covers(&live.case.area))
        };
        !confidential || opener || (!resident && manages())
    }

    pub(super) fn state(&self, flow: &Flow, name: &str, case: &Case) -> StateRef {
        let label =
            flow.state(name).map_or_else(|| name.to_owned(), |state: &State| state.label.text(self.lang).to_owned());
        StateRef { name: name.to_owned(), label, phase: case.phase.name().to_owned() }
    }

    /// A clock.
    pub(super) fn clock(
        &mut self,
        tx: &mut ReadTx<'_>,
        flow: &Flow,
        clock: &CaseClock,
    ) -> Result<CaseClockView, Problem> {
        let label =
            flow.clock(&clock.name).map_or_else(|| clock.name.clone(), |rule| rule.label.text(self.lang).to_owned());
        let late = clock.is_late(self.now);
        let state = match clock.state {
            ClockState::Paused => "paused",
            ClockState::Stopped => "stopped",
            ClockState::Running | ClockState::Fired if late => "overdue",
            ClockState::Running | ClockState::Fired => "running",
        };
        let left_seconds = match clock.state {
            ClockState::Stopped => None,
            ClockState::Paused => clock.left_seconds,
            _ if late => Some(-seconds_between(clock.due, self.now)),
            _ if clock.working => self.working_left(tx, clock.due)?,
            _ => Some(seconds_between(self.now, clock.due)),
        };
        Ok(CaseClockView {
            name: clock.name.clone(),
            label,
            due: moment(clock.due),
            state: state.to_owned(),
            left_seconds,
            estimated: clock.estimated,
            started: moment(clock.started),
        })
    }

    fn working_left(&mut self, tx: &mut ReadTx<'_>, due: Timestamp) -> Result<Option<i64>, Problem> {
        if self.calendar.is_none() {
            self.calendar = Some(calendar::of(self.engine, tx)?);
        }
        Ok(self.calendar.as_ref().and_then(|calendar| calendar.worked_between(self.now, due).ok()))
    }

    fn is_mine(&self, tx: &mut ReadTx<'_>, key: &PartyKey) -> Result<bool, Problem> {
        Ok(self.who.acts_for(self.engine, tx, key)?)
    }

    /// Looks the names of parties up that are not known yet.
    pub(super) fn know(&mut self, tx: &mut ReadTx<'_>, keys: &[PartyKey]) -> Result<(), Problem> {
        let mut units: Vec<RecordId> = Vec::new();
        for key in keys {
            match key {
                PartyKey::Unit(unit) if !self.units.contains_key(unit) => units.push(*unit),
                PartyKey::Account(account) if !self.accounts.contains_key(account) => {
                    let name = tx.account(*account)?.map(|account| account.name).unwrap_or_default();
                    self.accounts.insert(*account, name);
                }
                _ => {}
            }
        }
        units.sort();
        units.dedup();
        if !units.is_empty() {
            self.units.extend(units::names(self.engine, tx, &units)?);
        }
        Ok(())
    }

    /// A unit by its name.
    pub(super) fn unit(&self, id: RecordId) -> UnitRef {
        let name = self
            .units
            .get(&id)
            .cloned()
            .unwrap_or_else(|| self.lang.pick("(已注销的单位)", "(a unit that ended)").to_owned());
        UnitRef { id, name }
    }

    /// Who a party is, in words.
    pub(super) fn party_label(&self, tx: &mut ReadTx<'_>, key: &PartyKey) -> Result<String, Problem> {
        Ok(match key {
            PartyKey::Unit(unit) => self.unit(*unit).name,
            PartyKey::Account(account) => self.accounts.get(account).cloned().unwrap_or_default(),
            PartyKey::Person(_) => self.lang.pick("当事人", "the person concerned").to_owned(),
            PartyKey::Role { role, area } => {
                let catalogue = self.engine.catalogue();
                let role = catalogue
                    .roles
                    .get(role)
                    .map_or_else(|| role.clone(), |role| role.label.text(self.lang).to_owned());
                let place = self.engine.area_place(tx, area)?;
                let area = place.map(|place| self.engine.area_ref(tx, &place)).transpose()?;
                match area {
                    Some(area) => format!("{} {role}", area.name),
                    None => role,
                }
            }
        })
    }
}

/// The clock that is due next, else one that stands still.
fn next_clock(state: &CaseState) -> Option<&CaseClock> {
    let running = |clock: &&CaseClock| matches!(clock.state, ClockState::Running | ClockState::Fired);
    let clocks = &state.core.clocks;
    let next = clocks.iter().filter(running).min_by_key(|clock| clock.due);
    next.or_else(|| clocks.iter().find(|clock| clock.state == ClockState::Paused))
}

#[expect(clippy::cast_precision_loss, reason = "at most 180 degrees, in units of 10^-7")]
fn degrees(units: i64) -> f64 {
    units as f64 / 1e7
}

/// Where a case is, when that is known.
fn place(case: &Case) -> Option<PlaceView> {
    let known = case.lat.is_some() || !case.body.place.is_empty();
    known.then(|| PlaceView { lat: case.lat.map(degrees), lon: case.lon.map(degrees), text: case.body.place.clone() })
}
