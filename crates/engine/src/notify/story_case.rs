//! Cases: whoever is called hears of it, whoever opened it hears of its end, whoever owes something hears of its clock, and
//! those above hear when it was missed.

use std::collections::BTreeSet;

use linli_domain::{
    AreaPath, Label, RecordId, Subject, Verb, actor,
    flow::{By, Flow, PartyKey, PartyState, Phase},
};
use linli_store::{
    ReadTx,
    tables::{Case, CaseReader, Heard},
};
use serde_json::{Value as Json, json};

use super::story::{Story, id, text};
use crate::{Engine, Problem};

pub(super) fn of(engine: &Engine, tx: &mut ReadTx<'_>, heard: &Heard) -> Result<Option<Story>, Problem> {
    let Some(found) = id(&heard.payload, "case") else { return Ok(None) };
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Manage, Subject::System)?;
    let Some(case) = tx.case(&CaseReader::system(&permit)?, found)? else { return Ok(None) };
    let catalogue = engine.catalogue();
    let flow = catalogue.flows.get(&case.flow);
    let told = if heard.event.starts_with("clock.") {
        clock(engine, tx, heard, &case, flow)?
    } else {
        moved(tx, heard, &case, flow)?
    };
    let Some(told) = told else { return Ok(None) };
    let label = flow.map_or_else(|| Label::new(&case.flow, &case.flow), |flow| flow.title.clone());
    let number = &case.number;
    let outside = Label::new(
        format!("{} {number}:{}", label.zh, told.what.zh),
        format!("{} {number}: {}", label.en, told.what.en),
    );
    let titled = case.body.title.trim();
    let title =
        Label::new(format!("{}:{titled}({number})", told.what.zh), format!("{}: {titled} ({number})", told.what.en));
    let place = engine.area_ref(tx, &case.area)?.full_name;
    let due = case.due.map(|due| due.to_string());
    let text = Label::new(
        due.as_ref().map_or_else(|| place.clone(), |due| format!("{place} · 时限 {due}")),
        due.as_ref().map_or_else(|| place.clone(), |due| format!("{place} · due {due}")),
    );
    Ok(Some(Story {
        key: told.key,
        kind: told.kind,
        urgent: told.urgent,
        area: Some(case.area.clone()),
        to: told.to.into_iter().collect(),
        title: if titled.is_empty() { outside.clone() } else { title },
        title_outside: Some(outside),
        text,
        link: format!("/cases/{}", case.id),
        data: data(&case),
    }))
}

fn data(case: &Case) -> Json {
    json!({
        "case": case.id, "number": case.number, "flow": case.flow, "state": case.state, "phase": case.phase.name(),
        "due": case.due.map(crate::register::moment),
    })
}

/// What is told of a case, and to whom.
struct Told {
    key: String,
    kind: &'static str,
    urgent: bool,
    what: Label,
    to: BTreeSet<RecordId>,
}

fn moved(tx: &mut ReadTx<'_>, heard: &Heard, case: &Case, flow: Option<&Flow>) -> Result<Option<Told>, Problem> {
    let seq = heard.payload.get("seq").and_then(Json::as_i64).unwrap_or(1);
    let Some(event) = tx.case_events(case, seq - 1)?.into_iter().find(|event| event.seq == seq) else {
        return Ok(None);
    };
    let mut keys = told_keys(&heard.payload);
    let supervised = event.effects.supervised;
    if supervised {
        keys.extend(called(case));
    }
    if event.phase.is_over() || event.phase == Phase::Waiting {
        keys.extend(case.core.opener.clone());
    }
    let mut to = BTreeSet::new();
    for key in keys {
        to.extend(accounts(tx, &key)?);
    }
    to.remove(&event.by);
    let state = flow.and_then(|flow| flow.state(&event.to)).map(|state| state.label.clone());
    let what = if supervised {
        Label::new("被督办", "Supervised")
    } else {
        state.unwrap_or_else(|| Label::new(&event.to, &event.to))
    };
    Ok(Some(Told { key: format!("case:{}:{seq}", case.id), kind: "case", urgent: supervised, what, to }))
}

/// The parties an event says it concerns.
fn told_keys(payload: &Json) -> Vec<PartyKey> {
    let keys = payload.get("to").and_then(Json::as_array).into_iter().flatten();
    keys.filter_map(|key| key.as_str()?.parse().ok()).collect()
}

/// Those whose turn it is.
fn called(case: &Case) -> Vec<PartyKey> {
    let turn = case.core.parties.iter().filter(|party| party.state == PartyState::Called);
    turn.map(|party| party.key.clone()).collect()
}

/// Who a party is, as accounts.
fn accounts(tx: &mut ReadTx<'_>, key: &PartyKey) -> Result<Vec<RecordId>, Problem> {
    Ok(match key {
        PartyKey::Account(id) => vec![*id],
        PartyKey::Unit(unit) => tx.members_of(*unit)?,
        PartyKey::Role { role, area } => match tx.area(area)? {
            Some(area) => tx.accounts_over(&[role.as_str()], &area.path)?,
            None => Vec::new(),
        },
        PartyKey::Person(_) => Vec::new(),
    })
}

fn clock(
    engine: &Engine,
    tx: &mut ReadTx<'_>,
    heard: &Heard,
    case: &Case,
    flow: Option<&Flow>,
) -> Result<Option<Told>, Problem> {
    let name = text(&heard.payload, "clock").unwrap_or_default();
    let rule = flow.and_then(|flow| flow.clock(name));
    let overdue = heard.event == "clock.overdue";
    let mut to = BTreeSet::new();
    for key in told_keys(&heard.payload) {
        to.extend(accounts(tx, &key)?);
    }
    if let Some(by) = text(&heard.payload, "escalate").map(|to| By::from(to.to_owned())) {
        to.extend(told(engine, tx, case, &by)?);
    }
    let label = rule.map_or_else(|| Label::new("时限", "Time limit"), |rule| rule.label.clone());
    let what = if overdue {
        Label::new(format!("{}已超", label.zh), format!("{} was missed", label.en))
    } else {
        Label::new(format!("{}将到", label.zh), format!("{} is near", label.en))
    };
    let seq = heard.payload.get("seq").and_then(Json::as_i64).unwrap_or_default();
    Ok(Some(Told {
        key: format!("{}:{}:{name}:{seq}", heard.event, case.id),
        kind: "clock",
        urgent: overdue,
        what,
        to,
    }))
}

/// Who an escalation tells: a party, or the nearest who manage the flow, or the nearest above them.
fn told(engine: &Engine, tx: &mut ReadTx<'_>, case: &Case, by: &By) -> Result<Vec<RecordId>, Problem> {
    let wanted = match by {
        By::Party(name) => {
            let mut found = Vec::new();
            for party in case.core.parties.iter().filter(|party| party.name == *name) {
                found.extend(accounts(tx, &party.key)?);
            }
            return Ok(found);
        }
        By::Opener => {
            let opener = case.core.opener.clone();
            return opener.map_or(Ok(Vec::new()), |key| accounts(tx, &key));
        }
        By::Manager => 0,
        By::Superior => 1,
        By::System | By::Anyone => return Ok(Vec::new()),
    };
    let (catalogue, subject) = (engine.catalogue(), Subject::Flow(case.flow.clone()));
    let manages = catalogue.roles.values().filter(|role| {
        role.allow.iter().any(|allow| allow.on.matches(&subject) && allow.verbs.contains(&Verb::Manage))
    });
    let roles: Vec<&str> = manages.map(|role| role.name.as_str()).collect();
    let mut levels = Vec::new();
    // From the case's own area upwards: those nearest to it first.
    let mut above: Vec<AreaPath> = case.area.ancestry();
    above.sort_by_key(|path| std::cmp::Reverse(path.as_str().len()));
    for place in &above {
        let found = tx.accounts_at(&roles, place)?;
        if !found.is_empty() {
            levels.push(found);
        }
    }
    Ok(levels.into_iter().nth(wanted).unwrap_or_default())
}
