//! What leaves the house, as those who manage the channels see it: state, tries, what went wrong, and once more by hand.

use linli_domain::{Actor, RecordId};
use linli_store::tables::{OutboxQuery, Outgoing, OutgoingState};
use serde::Serialize;
use utoipa::ToSchema;

use super::channel::{Target, manage};
use crate::{Engine, Problem, ProblemKind, area::AreaRef, register::moment};

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OutgoingView {
    /// Id; receivers see it too.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `email`, `webhook`, `wecom`, `dingtalk`.
    pub kind: String,
    /// What its channel is called; absent when that is gone.
    pub channel: Option<String>,
    /// Area of the channel.
    pub area: Option<AreaRef>,
    /// One line, in the language of the page.
    pub title: String,
    /// `waiting`, `sent`, `failed`, `dropped`.
    pub state: String,
    /// When it was written.
    pub at: String,
    /// When it is tried next.
    pub due: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was sent or given up.
    pub done: Option<String>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// How many messages are in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutboxCount {
    /// `waiting`, `sent`, `failed`, `dropped`.
    pub state: String,
    /// How many.
    pub count: u64,
}

/// Messages, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OutboxPage {
    /// Messages.
    pub items: Vec<OutgoingView>,
    /// By state.
    pub counts: Vec<OutboxCount>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Which messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// Only in this state.
    pub state: Option<String>,
    /// Cursor of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A page of the outbox of one's areas.
pub fn list(engine: &Engine, actor: &Actor, filter: &OutboxFilter) -> Result<OutboxPage, Problem> {
    let permit = manage(engine, actor)?;
    let state = filter.state.as_deref().map(|name| {
        let unknown = || Problem::parameter("state", "没有这种状态。", "There is no such state.");
        OutgoingState::from_name(name).ok_or_else(unknown)
    });
    let before = filter.after.as_ref().map(|after| after.parse().map_err(|_| Problem::bad_cursor()));
    let limit = filter.limit;
    let query = OutboxQuery { state: state.transpose()?, before: before.transpose()?, limit: limit + 1 };
    let handle = engine.clone();
    engine.store.read_blocking(move |tx| {
        let mut found = tx.outbox(&permit, &query)?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let titles: Vec<(String, String)> =
            tx.channels(&permit)?.iter().map(|one| (format!("c:{}", one.id), Target::of(one).title)).collect();
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        let mut items = Vec::with_capacity(found.len());
        for one in found {
            let area = one.area.as_ref().map(|area| handle.area_ref(tx, area)).transpose()?;
            let channel = titles.iter().find(|(target, _)| *target == one.target).map(|(_, title)| title.clone());
            items.push(view(&handle, one, channel, area));
        }
        let counts = tx.outbox_counts(&permit)?.into_iter();
        let counts = counts.map(|(state, count)| OutboxCount { state: state.name().into(), count }).collect();
        Ok(OutboxPage { items, counts, next })
    })
}

fn view(engine: &Engine, one: Outgoing, channel: Option<String>, area: Option<AreaRef>) -> OutgoingView {
    let title = one.body["title"][engine.lang.pick("zh", "en")].as_str().unwrap_or_default().to_owned();
    OutgoingView {
        id: one.id,
        kind: one.kind,
        channel,
        area,
        title,
        state: one.state.name().into(),
        at: moment(one.at),
        due: (one.state == OutgoingState::Waiting).then(|| moment(one.due)),
        attempts: one.attempts,
        done: one.done.map(moment),
        error: one.error,
    }
}

/// Sends a message once more that was given up.
pub fn retry(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    let permit = manage(engine, actor)?;
    let again = engine.store.write_blocking::<_, Problem>(move |tx| Ok(tx.retry_outgoing(&permit, id)?))?;
    if again {
        return Ok(());
    }
    Err(Problem::new(
        ProblemKind::NotFound,
        "outbox.not_found",
        "没有找到这条未送达的消息:它可能已经送达或正在发送,或不在您的管理范围内。",
        "There is no such message that was given up: it may be sent or on its way, or lie outside your scope.",
    ))
}
