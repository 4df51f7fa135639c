//! What a change of state does to the clocks, and what a clock does when its time has come.

use crate::{
    calendar::{Calendar, Limit, NoTable},
    clock::Timestamp,
};

use super::{
    act::Standing,
    case::{CaseClock, CaseState, ClockState, Mark, MarkKind, PartyState},
    event::{ClockChange, Effects, Event},
    model::ClockRule,
    parties::Work,
    values::holds,
};

impl Work<'_> {
    /// Starts, stops, pauses and resumes clocks. `entered`: the case has just come to its state.
    pub(super) fn tick(&mut self, calendar: &Calendar, entered: bool) -> Result<(), NoTable> {
        for position in 0..self.case.core.clocks.len() {
            if let Some(change) = self.change_of(position, calendar, entered)? {
                self.change(change);
            }
        }
        if self.case.is_over() {
            return Ok(());
        }
        for rule in &self.flow.clocks {
            if !rule.starts.contains(&self.case.state) {
                continue;
            }
            let many = rule.party.as_deref().and_then(|name| self.flow.party(name)).filter(|party| party.many);
            let whose: Vec<Option<usize>> = match many {
                // Each of many has its own from when it is called.
                Some(party) => self.case.called(&party.name).map(|(at, _)| Some(at)).collect(),
                None if entered => vec![None],
                None => Vec::new(),
            };
            for party in whose {
                let runs = |clock: &CaseClock| clock.name == rule.name && clock.party == party && clock.is_active();
                if !self.case.core.clocks.iter().any(runs) {
                    let clock = start(&self.case, rule, party, calendar, self.now)?;
                    self.change(ClockChange::Start(clock));
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, change: ClockChange) {
        self.note(Effects { clocks: vec![change], ..Effects::default() });
    }

    /// What happens to a clock that is there.
    fn change_of(&self, position: usize, calendar: &Calendar, entered: bool) -> Result<Option<ClockChange>, NoTable> {
        let (clock, case) = (&self.case.core.clocks[position], &self.case);
        if !clock.is_active() {
            return Ok(None);
        }
        let Some(rule) = self.flow.clock(&clock.name) else { return Ok(Some(ClockChange::Stop(position))) };
        let gone = |at: usize| case.core.parties.get(at).is_none_or(|party| party.state != PartyState::Called);
        if case.is_over() || (entered && rule.stops.contains(&case.state)) || clock.party.is_some_and(gone) {
            return Ok(Some(ClockChange::Stop(position)));
        }
        let paused = rule.pauses.contains(&case.state);
        Ok(match clock.state {
            // One that is missed already does not become less so by waiting.
            ClockState::Running if paused && clock.due > self.now => {
                Some(ClockChange::Pause(position, left(clock, calendar, self.now)?))
            }
            ClockState::Paused if !paused => {
                let seconds = clock.left_seconds.unwrap_or_default().max(0);
                let due = if clock.working {
                    calendar.after_worked(self.now, seconds)?
                } else {
                    crate::calendar::Due { at: self.now.plus_seconds(seconds), estimated: false }
                };
                let (marks, estimated) = marks(rule, due.at, calendar, self.now)?;
                Some(ClockChange::Resume { at: position, due: due.at, estimated: due.estimated || estimated, marks })
            }
            _ => None,
        })
    }
}

/// Seconds until a clock is due, of working time when it counts that.
fn left(clock: &CaseClock, calendar: &Calendar, now: Timestamp) -> Result<i64, NoTable> {
    let seconds =
        if clock.working { calendar.worked_between(now, clock.due)? } else { (clock.due.0 - now.0) / 1_000_000 };
    Ok(seconds.max(0))
}

fn start(
    case: &CaseState,
    rule: &ClockRule,
    party: Option<usize>,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<CaseClock, NoTable> {
    let special = rule.limits.iter().find(|other| holds(case, &other.when, now) == Some(true));
    let limit: Limit = special.map_or(rule.limit, |other| other.limit);
    let due = calendar.after(now, limit)?;
    let (marks, estimated) = marks(rule, due.at, calendar, now)?;
    Ok(CaseClock {
        name: rule.name.clone(),
        party,
        state: ClockState::Running,
        started: now,
        due: due.at,
        estimated: due.estimated || estimated,
        working: limit.unit.is_working(),
        left_seconds: None,
        stopped: None,
        marks,
    })
}

/// What a clock that is due at `due` will do from now on, and whether a moment of it is estimated.
fn marks(rule: &ClockRule, due: Timestamp, calendar: &Calendar, now: Timestamp) -> Result<(Vec<Mark>, bool), NoTable> {
    let (mut marks, mut estimated) = (Vec::new(), false);
    for limit in &rule.remind {
        let at = calendar.before(due, *limit)?;
        estimated |= at.estimated;
        // A reminder whose time is over is none.
        if at.at > now && at.at < due {
            marks.push(Mark { at: at.at, kind: MarkKind::Remind(*limit) });
        }
    }
    marks.push(Mark { at: due, kind: MarkKind::Overdue });
    for escalation in &rule.escalate {
        let at = calendar.after(due, escalation.after)?;
        estimated |= at.estimated;
        let (after, action, to) = (escalation.after, escalation.action.clone(), escalation.to.clone());
        marks.push(Mark { at: at.at, kind: MarkKind::Escalate { after, action, to } });
    }
    // Stable: what is written first comes first of what happens at one moment.
    marks.sort_by_key(|mark| mark.at);
    Ok((marks, estimated))
}

/// A mark of a clock that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// Position of the clock.
    pub clock: usize,
    /// What it does.
    pub mark: Mark,
}

/// What the clocks of a case do at `now`: one event for all marks that have come, and the marks; nothing when there is none.
/// Fired once: the marks are gone after the event.
pub fn fire(case: &CaseState, who: &Standing, now: Timestamp) -> Option<(Event, Vec<Fired>)> {
    let (mut changes, mut fired) = (Vec::new(), Vec::new());
    for (position, clock) in case.core.clocks.iter().enumerate() {
        if clock.next().is_none_or(|next| next > now) {
            continue;
        }
        let passed: Vec<&Mark> = clock.marks.iter().take_while(|mark| mark.at <= now).collect();
        let missed = passed.iter().any(|mark| mark.kind == MarkKind::Overdue);
        changes.push(ClockChange::Pass(position, passed.len(), missed));
        fired.extend(passed.into_iter().map(|mark| Fired { clock: position, mark: mark.clone() }));
    }
    if changes.is_empty() {
        return None;
    }
    let event = Event {
        seq: case.seq + 1,
        at: now,
        by: who.account,
        by_name: who.name.clone(),
        action: Event::CLOCK.into(),
        party: None,
        from: case.state.clone(),
        to: case.state.clone(),
        phase: case.phase,
        values: crate::record::Values::new(),
        note: None,
        place: None,
        files: Vec::new(),
        answer: None,
        effects: Effects { clocks: changes, ..Effects::default() },
    };
    Some((event, fired))
}
