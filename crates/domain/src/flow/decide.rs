//! Everything that is done to a case after it was opened.

use crate::{calendar::Calendar, clock::Timestamp};

use super::{
    act::{Act, Refusal, Standing, wrong},
    builtin,
    case::{CaseState, PartyState},
    event::{Effects, Event},
    kinds::{ActionKind, Ask, By, Joint, Phase},
    model::{Action, Evaluation, Flow, Party},
    open::fits,
    parties::{Work, unchosen},
    values::{holds, missing},
};

/// What an act comes to, or why it is refused. The event carries everything it changes.
pub fn decide(
    flow: &Flow,
    case: &CaseState,
    act: &Act,
    who: &Standing,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Event, Refusal> {
    let action = builtin::find(flow, &act.action).ok_or_else(|| Refusal::NoAction(act.action.clone()))?;
    let action = action.as_ref();
    let row = may(flow, case, action, who)?;
    blocked(case, action)?;
    let mut filled = case.clone();
    filled.values.extend(act.values.clone());
    asks(flow, &filled, action, act)?;
    if action.guard.as_ref().is_some_and(|guard| holds(&filled, guard, now) != Some(true)) {
        return Err(Refusal::Guard(action.guard_message.clone()));
    }
    let mut work = Work::new(flow, &filled, now);
    if let Some(party) = action.assign.as_deref().and_then(|name| flow.party(name)) {
        assign(&mut work, party, action, act, row)?;
    }
    let to = target(&mut work, action, row).filter(|to| *to != case.state && !revives(flow, case, action, to));
    if let Some(to) = &to {
        let own = row.and_then(|row| Some((row, work.case.core.parties.get(row)?.clone())));
        let owner = flow.state(to).and_then(|state| state.owner.clone());
        if let Some((row, party)) = own
            && party.state == PartyState::Called
            && Some(&party.name) != owner.as_ref()
            && flow.phase(to) != Phase::Waiting
        {
            work.set(row, PartyState::Reported);
        }
        work.enter(to)?;
    }
    if action.kind == ActionKind::Merge {
        merge(&mut work, act)?;
    }
    work.tick(calendar, to.is_some())?;
    let merged = act.merge_into.filter(|_| action.kind == ActionKind::Merge);
    let effects = Effects {
        once: action.once,
        supervised: action.kind == ActionKind::Supervise,
        rated: act.rating.filter(|_| action.kind == ActionKind::Rate),
        reopened: action.kind == ActionKind::Reopen,
        merged_into: merged,
        ..work.effects
    };
    Ok(Event {
        seq: case.seq + 1,
        at: now,
        by: who.account,
        by_name: who.name.clone(),
        action: action.name.clone(),
        party: row,
        from: case.state.clone(),
        to: work.case.state,
        phase: if merged.is_some() { Phase::Cancelled } else { work.case.phase },
        values: act.values.clone(),
        note: act.note.clone(),
        place: act.place.clone(),
        files: act.files.clone(),
        answer: act.answer.clone(),
        effects,
    })
}

/// Whether a state would bring back what is over: only reopening does.
fn revives(flow: &Flow, case: &CaseState, action: &Action, to: &str) -> bool {
    case.phase.is_over() && !flow.phase(to).is_over() && action.kind != ActionKind::Reopen
}

/// Whether somebody may take an action now, and as which party of the case.
pub(super) fn may(flow: &Flow, case: &CaseState, action: &Action, who: &Standing) -> Result<Option<usize>, Refusal> {
    if let Some(into) = case.core.merged_into {
        return Err(Refusal::Merged(into));
    }
    if !flow.leads_from(action, &case.state) {
        return Err(Refusal::State(case.state.clone()));
    }
    if let Some(row) = own_row(case, action, who) {
        return Ok(Some(row));
    }
    let stands = |by: &By| match by {
        // A role acts in its own name while nobody else was called in its place.
        By::Party(name) => who.roles.contains(name) && case.called(name).next().is_none(),
        By::Opener => who.opener,
        By::Manager => who.manager,
        By::Superior => who.superior,
        By::System => who.system,
        By::Anyone => !who.system,
    };
    if action.by.iter().any(stands) {
        return Ok(None);
    }
    let owner = flow.state(&case.state).and_then(|state| state.owner.clone());
    let mut turn: Vec<String> = owner.into_iter().collect();
    let called = case.core.parties.iter().filter(|party| party.state == PartyState::Called);
    turn.extend(called.map(|party| party.name.clone()));
    turn.sort();
    turn.dedup();
    Err(Refusal::NotYours(turn))
}

/// The party of the case that somebody acts as: one whose turn it is, else one that has done its part.
fn own_row(case: &CaseState, action: &Action, who: &Standing) -> Option<usize> {
    let named = |name: &str| action.by.iter().any(|by| matches!(by, By::Party(party) if party == name));
    let own = who.rows.iter().copied().filter(|at| case.core.parties.get(*at).is_some_and(|party| named(&party.name)));
    let in_state = |state| own.clone().find(|at| case.core.parties[*at].state == state);
    let called = in_state(PartyState::Called);
    // A part is reported once; other things may still be done by who has.
    called.or_else(|| (action.kind != ActionKind::Report).then(|| in_state(PartyState::Reported)).flatten())
}

/// Whether an action was taken as often as it can be.
pub(super) fn blocked(case: &CaseState, action: &Action) -> Result<(), Refusal> {
    if action.kind == ActionKind::Rate && case.core.rated.is_some() {
        return Err(Refusal::Rated);
    }
    // One rating for each handling: reopening makes room for another.
    if action.once && action.kind != ActionKind::Rate && case.core.taken.contains(&action.name) {
        return Err(Refusal::Once);
    }
    Ok(())
}

/// Whether everything that an action asks was given.
fn asks(flow: &Flow, filled: &CaseState, action: &Action, act: &Act) -> Result<(), Refusal> {
    let mut errors = missing(flow, &action.required, &filled.values);
    let said = act.note.as_deref().is_some_and(|note| !note.trim().is_empty());
    if action.reason && !said {
        errors.push(wrong("note", "field.required", "请填写说明", "write a note"));
    }
    if action.place == Ask::Required && act.place.is_none() {
        errors.push(wrong("place", "field.required", "请标出位置", "mark the place"));
    }
    if action.files == Ask::Required && act.files.is_empty() {
        errors.push(wrong("files", "field.required", "请上传附件", "attach a file"));
    }
    if action.kind == ActionKind::Rate && !act.rating.is_some_and(|score| Evaluation::SCALE.contains(&score)) {
        errors.push(wrong("score", "case.score", "请选择 1 至 5 的评价", "choose a rating from 1 to 5"));
    }
    if action.assign.is_none() && !act.assign.is_empty() {
        errors.push(wrong("assign", "case.assign", "这一步不指派", "this step assigns nobody"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Fields(errors)) }
}

fn assign(work: &mut Work<'_>, party: &Party, action: &Action, act: &Act, row: Option<usize>) -> Result<(), Refusal> {
    if act.assign.is_empty() {
        // Whoever was chosen before is called again when the case comes back to them.
        let known = work.case.core.parties.iter().any(|row| row.name == party.name);
        let again = known && !matches!(action.kind, ActionKind::Assign | ActionKind::Transfer);
        return if again || !party.kind.is_chosen() { Ok(()) } else { Err(Refusal::Fields(vec![unchosen(party)])) };
    }
    if act.assign.len() > 1 && !party.many {
        let (zh, en) = (format!("{}只能选一个", party.label.zh), format!("choose one only: {}", party.label.en));
        return Err(Refusal::Fields(vec![wrong("assign", "case.assign", zh, en)]));
    }
    if let Some(other) = act.assign.iter().find(|key| !fits(&party.kind, key)) {
        let (zh, en) =
            (format!("{other} 不能作为{}", party.label.zh), format!("{other} cannot be: {}", party.label.en));
        return Err(Refusal::Fields(vec![wrong("assign", "case.assign", zh, en)]));
    }
    // Calling more parties adds to those who are there, and one of them hands on its own part alone; every other choice
    // takes the place of the one before.
    let own = row.filter(|at| work.case.core.parties.get(*at).is_some_and(|row| row.name == party.name));
    match (action.kind, own) {
        (ActionKind::Assign, _) if party.many => {}
        (ActionKind::Transfer, Some(own)) if party.many => work.set(own, PartyState::Left),
        _ => replace(work, party, act),
    }
    for key in &act.assign {
        work.call(&party.name, key);
    }
    Ok(())
}

fn replace(work: &mut Work<'_>, party: &Party, act: &Act) {
    for position in 0..work.case.core.parties.len() {
        let row = &work.case.core.parties[position];
        if row.name == party.name && !act.assign.contains(&row.key) {
            work.set(position, PartyState::Left);
        }
    }
}

/// Where the case goes.
fn target(work: &mut Work<'_>, action: &Action, row: Option<usize>) -> Option<String> {
    let name = row.and_then(|row| Some(work.case.core.parties.get(row)?.name.clone()));
    let (Some(row), Some(name)) = (row, name) else { return action.to.clone() };
    let flow = work.flow;
    match action.kind {
        ActionKind::Report => {
            work.set(row, PartyState::Reported);
            let waits = action.joint == Some(Joint::All) && work.case.called(&name).next().is_some();
            action.to.clone().filter(|_| !waits)
        }
        ActionKind::Return if action.to.is_none() => {
            work.set(row, PartyState::Declined);
            let waits = work.case.called(&name).next().is_some();
            let reported =
                work.case.core.parties.iter().any(|row| row.name == name && row.state == PartyState::Reported);
            // The last of those who were waited for would not: the others have reported.
            let by = By::Party(name);
            let joint = |other: &&Action| {
                other.kind == ActionKind::Report
                    && other.joint == Some(Joint::All)
                    && other.by.contains(&by)
                    && flow.leads_from(other, &work.case.state)
            };
            flow.actions.iter().find(joint).filter(|_| reported && !waits).and_then(|other| other.to.clone())
        }
        _ => action.to.clone(),
    }
}

fn merge(work: &mut Work<'_>, act: &Act) -> Result<(), Refusal> {
    let into = act.merge_into;
    if into.is_none() {
        return Err(Refusal::Fields(vec![wrong(
            "into",
            "field.required",
            "请选择并入的案件",
            "choose the case to merge into",
        )]));
    }
    let names: Vec<String> = work.case.core.parties.iter().map(|party| party.name.clone()).collect();
    for name in names {
        work.dismiss(&name, &[]);
    }
    work.note(Effects { merged_into: into, ..Effects::default() });
    Ok(())
}
