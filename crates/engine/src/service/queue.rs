//! Waiting numbers of a desk: taken, called, done.

use linli_domain::{Actor, Area, Permit, RecordId, Verb, check};
use linli_store::{ReadTx, WriteTx, tables::Waiting};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::subject;
use crate::{Engine, Problem, ProblemKind, area, register::moment};

/// A number to be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaiting {
    /// Code of the desk's area.
    pub area: String,
    /// Code of the item they come for.
    #[serde(default)]
    pub item: Option<String>,
    /// Name, if they like.
    #[serde(default)]
    pub name: Option<String>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// Number of the day.
    pub number: i64,
    /// Code of the item.
    pub item: Option<String>,
    /// Its title.
    pub item_title: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// `waiting`, `called`, `done`, `skipped`.
    pub state: String,
    /// When it was taken.
    pub at: String,
    /// When it was called.
    pub called: Option<String>,
    /// People before them who still wait.
    pub ahead: u32,
}

/// What is done to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueStep {
    /// It is this one's turn.
    Call,
    /// Served.
    Done,
    /// Did not come.
    Skip,
}

impl QueueStep {
    /// State it leads to.
    fn state(self) -> &'static str {
        match self {
            Self::Call => "called",
            Self::Done => "done",
            Self::Skip => "skipped",
        }
    }

    /// Whether a number in `state` may take it.
    fn leads_from(self, state: &str) -> bool {
        match self {
            Self::Call => matches!(state, "waiting" | "called" | "skipped"),
            Self::Done => state == "called",
            Self::Skip => matches!(state, "waiting" | "called"),
        }
    }
}

pub(super) fn view(engine: &Engine, one: &Waiting, ahead: u32) -> WaitingView {
    let catalogue = engine.catalogue();
    let item = one.item.as_deref().and_then(|code| super::items::find(&catalogue, code).ok());
    WaitingView {
        id: one.id,
        number: one.number,
        item: one.item.clone(),
        item_title: item.map(|item| item.title.text(engine.lang).to_owned()),
        name: one.name.clone(),
        state: one.state.clone(),
        at: moment(one.at),
        called: one.called.map(moment),
        ahead,
    }
}

/// Takes the next number of the day.
pub async fn take(engine: &Engine, actor: &Actor, input: NewWaiting) -> Result<WaitingView, Problem> {
    let permit = engine.permit(actor, Verb::Create, subject())?;
    let catalogue = engine.catalogue();
    let item = match input.item.as_deref().filter(|code| !code.is_empty()) {
        Some(code) => Some(super::items::find(&catalogue, code)?.code.clone()),
        None => None,
    };
    let name = input
        .name
        .as_deref()
        .and_then(|name| check::text(name).ok())
        .map(|name| name.chars().take(40).collect::<String>());
    let (engine2, id) = (engine.clone(), engine.ids.next());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let desk = area::in_scope(tx, permit.scope(), &input.area)?;
            next(&engine2, tx, &permit, &desk, id, (item.clone(), name.clone()))
        })
        .await
}

/// The next number of the day at a desk.
pub(super) fn next(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    permit: &Permit,
    desk: &Area,
    id: RecordId,
    (item, name): (Option<String>, Option<String>),
) -> Result<WaitingView, Problem> {
    let (now, day) = (tx.now(), tx.now().china_date());
    let number = tx.next_queue_number(&desk.home, day)?;
    let one = Waiting {
        home: desk.home.clone(),
        id,
        path: desk.path.clone(),
        day,
        number,
        item,
        name,
        state: "waiting".into(),
        at: now,
        called: None,
        done: None,
        by_name: None,
    };
    tx.put_waiting(permit, &one)?;
    let ahead = ahead(tx, permit, &one)?;
    Ok(view(engine, &one, ahead))
}

/// People before somebody who still wait at the same desk.
pub(super) fn ahead(tx: &mut ReadTx<'_>, permit: &Permit, one: &Waiting) -> Result<u32, Problem> {
    let before = tx.queue(&permit.within(&one.path), one.day)?;
    let ahead = before.iter().filter(|other| other.state == "waiting" && other.number < one.number).count();
    Ok(u32::try_from(ahead).unwrap_or(u32::MAX))
}

/// Calls a number, or says that it is done or did not come.
pub async fn step(engine: &Engine, actor: &Actor, id: RecordId, step: QueueStep) -> Result<WaitingView, Problem> {
    let permit = engine.permit(actor, Verb::Edit, subject())?;
    let (engine2, actor) = (engine.clone(), actor.clone());
    engine
        .store
        .write::<_, Problem>(move |tx| {
            let mut one = tx.waiting(&permit, id)?.ok_or_else(Problem::no_record)?;
            if !step.leads_from(&one.state) {
                return Err(Problem::new(
                    ProblemKind::Conflict,
                    "service.queue_state",
                    format!("{} 号已经{}。", one.number, state_zh(&one.state)),
                    format!("Number {} is {} already.", one.number, one.state),
                )
                .with("state", json!(one.state)));
            }
            let now = tx.now();
            one.state = step.state().to_owned();
            match step {
                QueueStep::Call => one.called = Some(now),
                QueueStep::Done | QueueStep::Skip => one.done = Some(now),
            }
            one.by_name = Some(actor.name.clone());
            tx.put_waiting(&permit, &one)?;
            Ok(view(&engine2, &one, 0))
        })
        .await
}

fn state_zh(state: &str) -> &'static str {
    match state {
        "called" => "叫号",
        "done" => "办完",
        "skipped" => "过号",
        _ => "取号",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_served_after_it_was_called_and_may_be_called_again() {
        assert!(QueueStep::Call.leads_from("waiting") && QueueStep::Call.leads_from("skipped"));
        assert!(!QueueStep::Call.leads_from("done") && !QueueStep::Done.leads_from("waiting"));
        assert!(QueueStep::Done.leads_from("called") && QueueStep::Skip.leads_from("called"));
    }
}
