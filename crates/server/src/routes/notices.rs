//! One's own notices: the list, what was read, live, quiet hours.

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use linli_domain::{RecordId, Timestamp};
use linli_engine::{
    Problem,
    access::{self, SignedIn},
    flow,
    notify::{self, Listener, NoticePage, NoticeView, ReadNotices, Wake, Wishes},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Api, AppState, Authenticated,
    extract::{Body, Query, page_limit},
    openapi::ProblemBody,
};

/// Routes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(stream))
        .routes(routes!(wishes, change_wishes))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// Only those not read.
    #[serde(default)]
    unread: bool,
    /// Cursor of the page before.
    after: Option<String>,
    /// At most so many (≤ 200).
    limit: Option<u32>,
}

/// How many are left.
#[derive(Serialize, ToSchema)]
struct Unread {
    /// Notices not read.
    unread: u64,
}

/// One's own notices, newest first.
#[utoipa::path(get, path = "/api/notices", tag = "notices", operation_id = "listNotices", params(ListParams),
    responses((status = 200, body = NoticePage), (status = 401, body = ProblemBody)))]
async fn list(auth: Authenticated, Query(params): Query<ListParams>) -> Api<Json<NoticePage>> {
    let limit = page_limit(params.limit)?;
    Ok(Json(notify::list(&auth.engine, auth.actor(), params.unread, params.after, limit).await?))
}

/// Mark notices as read.
#[utoipa::path(post, path = "/api/notices/read", tag = "notices", operation_id = "readNotices", request_body = ReadNotices,
    responses((status = 200, body = Unread), (status = 422, body = ProblemBody)))]
async fn read(auth: Authenticated, body: Body<ReadNotices>) -> Api<Json<Unread>> {
    Ok(Json(Unread { unread: notify::read(&auth.engine, auth.actor(), body.value).await? }))
}

/// One's own quiet hours and address.
#[utoipa::path(get, path = "/api/notices/preferences", tag = "notices", operation_id = "getNoticePreferences",
    responses((status = 200, body = Wishes)))]
async fn wishes(auth: Authenticated) -> Api<Json<Wishes>> {
    Ok(Json(notify::wishes(&auth.engine, auth.actor()).await?))
}

/// Replace one's own quiet hours and address.
#[utoipa::path(put, path = "/api/notices/preferences", tag = "notices", operation_id = "putNoticePreferences",
    request_body = Wishes, responses((status = 200, body = Wishes), (status = 422, body = ProblemBody)))]
async fn change_wishes(auth: Authenticated, body: Body<Wishes>) -> Api<Json<Wishes>> {
    Ok(Json(notify::change_wishes(&auth.engine, auth.actor(), body.value).await?))
}

/// Longest time without a look into the table: what another process told is seen by then.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What there is to do is counted with every so-manyth look at which nothing was told: clocks come due by themselves.
const TODO_LOOKS: u32 = 12;

/// Looks reach back so far, for what was committed a little later than it was written.
const OVERLAP_SECONDS: i64 = 10;

/// Notices as they come, as server-sent events: `notice` with a notice, `unread` with `{unread}` and `todo` with
/// `{all,overdue,today}` whenever they change. What
/// came before is in the list; during quiet hours only urgent ones are sent.
#[utoipa::path(get, path = "/api/notices/stream", tag = "notices", operation_id = "streamNotices",
    responses((status = 200, description = "`text/event-stream`", body = NoticeView, content_type = "text/event-stream"),
        (status = 401, body = ProblemBody)))]
async fn stream(auth: Authenticated) -> Api<impl IntoResponse> {
    let account = auth.actor().account;
    let listener = auth.engine.hub().listen(account);
    let from = auth.engine.now();
    let page = Page {
        who: auth.who.clone(),
        auth,
        listener,
        account,
        from,
        sent: HashSet::new(),
        unread: None,
        todo: None,
        quiet_looks: 0,
        waiting: Vec::new(),
    };
    let events = futures::stream::unfold(page, |mut page| async move {
        let event = page.next().await?;
        Some((Ok::<_, Infallible>(event), page))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// A page that listens.
struct Page {
    auth: Authenticated,
    who: Arc<SignedIn>,
    listener: Listener,
    account: RecordId,
    /// What was due before is in the list.
    from: Timestamp,
    /// What was sent of the time that looks reach back to.
    sent: HashSet<RecordId>,
    unread: Option<u64>,
    todo: Option<serde_json::Value>,
    quiet_looks: u32,
    waiting: Vec<Event>,
}

impl Page {
    /// The next event; `None` when the session or the server ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop() {
                return Some(event);
            }
            let first = self.unread.is_none();
            let wake = if first { Wake::Told } else { self.listener.wait(LOOK_EVERY).await };
            if wake == Wake::Ended {
                return None;
            }
            if !access::holds(&self.auth.engine, &self.who).await.unwrap_or(true) {
                return None;
            }
            let now = self.auth.engine.now();
            match notify::live(&self.auth.engine, self.account, self.from).await {
                Ok((found, unread)) => {
                    self.take(&found, unread, now);
                    self.quiet_looks = if wake == Wake::Told { 0 } else { self.quiet_looks + 1 };
                    if self.quiet_looks.is_multiple_of(TODO_LOOKS) {
                        self.todo().await;
                    }
                }
                // The next look will tell.
                Err(problem) => tracing::debug!(%problem, "notices could not be looked at"),
            }
        }
    }

    /// How much there is to do, when that has changed.
    async fn todo(&mut self) {
        let page = flow::todo(&self.auth.engine, self.auth.actor(), None, 1).await;
        let Ok(counts) = page.and_then(|page| serde_json::to_value(page.counts).map_err(Problem::internal)) else {
            return;
        };
        if self.todo.as_ref() != Some(&counts) {
            // Events are sent from the end.
            let event = Event::default().event("todo").json_data(&counts).ok();
            self.waiting.splice(0..0, event);
            self.todo = Some(counts);
        }
    }

    fn take(&mut self, found: &[NoticeView], unread: u64, now: Timestamp) {
        let mut events = Vec::new();
        for notice in found.iter().filter(|notice| !notice.read && !self.sent.contains(&notice.id)) {
            let event = Event::default().event("notice").id(notice.id.to_string());
            events.extend(event.json_data(notice).ok());
        }
        let current: HashSet<RecordId> = found.iter().map(|notice| notice.id).collect();
        self.sent = current;
        // Never before the page began to listen.
        self.from = self.from.max(now.plus_seconds(-OVERLAP_SECONDS));
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            events.extend(Event::default().event("unread").json_data(Unread { unread }).ok());
        }
        events.reverse();
        self.waiting = events;
    }
}
