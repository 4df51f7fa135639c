//! Clocks fire: reminders, what is missed, escalation. Every server looks each second what has come due, takes cases in
//! batches that nobody else holds, and keeps what they do in the same transaction: once, also with several servers on one
//! database, and when one of them is killed.

use linli_domain::{
    Timestamp,
    flow::{self, Act, By, CaseState, Event, Fired, MarkKind, PartyKey, PartyState, Refusal, Standing},
};
use linli_store::{
    WriteTx,
    tables::{CaseReader, CaseWrite, NewAudit},
};
use serde_json::json;

use super::{calendar, live::Live, who::system_reader};
use crate::{Engine, Problem, events};

/// Cases of one transaction.
const BATCH: u32 = 250;

/// Fires everything that has come due; answers how many cases that was. Blocks the thread.
pub fn fire_due(engine: &Engine) -> Result<usize, Problem> {
    let now = engine.now();
    let next = engine.store.read_blocking::<_, Problem>(|tx| Ok(tx.next_clock()?))?;
    if next.is_none_or(|next| next > now) {
        return Ok(0);
    }
    let reader = system_reader(engine)?;
    let mut fired = 0;
    loop {
        let (handle, reader) = (engine.clone(), reader.clone());
        let (taken, done) = engine.store.write_blocking(move |tx| batch(&handle, tx, &reader, now))?;
        fired += done;
        // A batch in which nothing could be done would be taken again at once.
        if taken < BATCH as usize || done == 0 {
            return Ok(fired);
        }
    }
}

/// One batch: how many clocks were taken, how many cases did something.
fn batch(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    reader: &CaseReader,
    now: Timestamp,
) -> Result<(usize, usize), Problem> {
    let ids = tx.take_due_cases(now, BATCH)?;
    let who = Standing::system("系统");
    let (mut writes, mut told) = (Vec::new(), Vec::new());
    for case in tx.cases_by_id(reader, &ids)? {
        let number = case.number.clone();
        let live = match Live::of(engine, tx, case) {
            Ok(live) => live,
            // One case that cannot be read keeps nobody else's clock from firing.
            Err(problem) => {
                tracing::error!(case = %number, %problem, "the clock of a case cannot fire");
                continue;
            }
        };
        fire_one(engine, tx, live, &who, now, &mut writes, &mut told)?;
    }
    tx.put_cases(&writes)?;
    for (name, payload) in told {
        events::emit(tx, name, &payload)?;
    }
    for write in &writes {
        let case = &write.case;
        tx.audit(NewAudit {
            account: who.account,
            name: who.name.clone(),
            action: write.event.action.trim_start_matches('@').to_owned(),
            subject: case.flow.clone(),
            reference: case.number.clone(),
            area: Some(case.area.clone()),
            detail: json!({ "seq": write.event.seq, "state": case.state }),
            address: None,
        })?;
    }
    Ok((ids.len(), told_cases(&writes)))
}

fn told_cases(writes: &[CaseWrite]) -> usize {
    writes.iter().filter(|write| write.event.action == Event::CLOCK).count()
}

/// What the clocks of one case do: the event of their marks, then the actions that the program takes.
fn fire_one(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    live: Live,
    who: &Standing,
    now: Timestamp,
    writes: &mut Vec<CaseWrite>,
    told: &mut Vec<(&'static str, serde_json::Value)>,
) -> Result<(), Problem> {
    let Some((event, fired)) = flow::fire(&live.state, who, now) else { return Ok(()) };
    let flow = std::sync::Arc::clone(&live.flow);
    let (mut live, write) = live.step(engine, tx, &flow, &event, None)?;
    writes.push(write);
    for mark in &fired {
        told.push(notice(&live, &event, mark));
    }
    for mark in fired {
        let MarkKind::Escalate { action: Some(action), .. } = mark.mark.kind else { continue };
        let act = Act { action, note: Some("超过时限,系统自动办理".into()), ..Act::default() };
        let calendar = calendar::of(engine, tx)?;
        match flow::decide(&flow, &live.state, &act, who, &calendar, now) {
            Ok(event) => {
                let (after, write) = live.step(engine, tx, &flow, &event, None)?;
                told.push(("case.moved", after.payload(&event, &called(&after.state))));
                writes.push(write);
                live = after;
            }
            // The case has moved on, or the action was taken as often as it can be: nothing is left to do.
            Err(Refusal::Once | Refusal::State(_) | Refusal::Merged(_) | Refusal::Guard(_)) => {}
            Err(refusal) => {
                tracing::warn!(case = %live.case.number, action = %act.action, ?refusal, "an escalation was refused");
            }
        }
    }
    Ok(())
}

fn called(state: &CaseState) -> Vec<String> {
    let parties = state.core.parties.iter().filter(|party| party.state == PartyState::Called);
    parties.map(|party| party.key.to_string()).collect()
}

/// Who is told what a clock does: its party when it reminds or is missed, the level above when it escalates.
fn notice(live: &Live, event: &Event, fired: &Fired) -> (&'static str, serde_json::Value) {
    let clock = &live.state.core.clocks[fired.clock];
    let party = live.flow.clock(&clock.name).and_then(|rule| rule.party.clone());
    let owner = live.flow.state(&live.state.state).and_then(|state| state.owner.clone());
    let whose = |name: Option<String>| -> Vec<String> {
        let of = |(at, party): &(usize, &linli_domain::flow::CaseParty)| {
            let own = clock.party.is_none_or(|own| own == *at);
            own && party.state == PartyState::Called && name.as_deref() == Some(&party.name)
        };
        let parties = live.state.core.parties.iter().enumerate().filter(of);
        parties.map(|(_, party)| party.key.to_string()).collect()
    };
    let mut to = whose(party);
    if to.is_empty() {
        to = whose(owner);
    }
    let (name, level) = match &fired.mark.kind {
        MarkKind::Remind(_) => ("clock.reminder", None),
        MarkKind::Overdue => ("clock.overdue", None),
        MarkKind::Escalate { to: whom, .. } => {
            let level = whom.clone().unwrap_or(By::Superior);
            if let By::Party(name) = &level {
                to = whose(Some(name.clone()));
            }
            if level == By::Opener {
                to = live.state.core.opener.iter().map(PartyKey::to_string).collect();
            }
            ("clock.overdue", Some(String::from(level)))
        }
    };
    let mut payload = live.payload(event, &to);
    payload["clock"] = json!(clock.name);
    payload["due"] = json!(clock.due.0);
    payload["escalate"] = json!(level);
    (name, payload)
}
