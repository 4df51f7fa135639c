//! One's own notices: the list, how many are unread, and what came since a moment (for a page that listens).

use linli_domain::{Actor, Lang, RecordId, Timestamp};
use linli_store::tables::Notice;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Engine, Problem, register::moment};

/// Most that a page that listens is sent at once.
const LIVE: u32 = 100;

/// A notice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoticeView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `case`, `clock`, `task`, `import`.
    pub kind: String,
    /// One line, in the language of the page.
    pub title: String,
    /// More.
    pub text: String,
    /// Page to open.
    pub link: Option<String>,
    /// When.
    pub at: String,
    /// Whether it was read.
    pub read: bool,
    /// Whether it passes quiet hours.
    pub urgent: bool,
}

/// Notices, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoticePage {
    /// Notices.
    pub items: Vec<NoticeView>,
    /// How many are not read.
    pub unread: u64,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// Which notices were read.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReadNotices {
    /// These.
    #[schema(value_type = Vec<String>)]
    pub ids: Vec<RecordId>,
    /// All.
    pub all: bool,
}

fn view(notice: &Notice, lang: Lang) -> NoticeView {
    let text = |name: &str| {
        let label = notice.body.get(name);
        let said = label.and_then(|label| label.get(lang.pick("zh", "en"))).and_then(serde_json::Value::as_str);
        said.unwrap_or_default().to_owned()
    };
    NoticeView {
        id: notice.id,
        kind: notice.kind.clone(),
        title: text("title"),
        text: text("text"),
        link: notice.body.get("link").and_then(serde_json::Value::as_str).map(str::to_owned),
        at: moment(notice.at),
        read: notice.read.is_some(),
        urgent: notice.urgent,
    }
}

/// A page of one's own notices.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    unread: bool,
    after: Option<String>,
    limit: u32,
) -> Result<NoticePage, Problem> {
    let before = after.map(|after| after.parse::<RecordId>().map_err(|_| Problem::bad_cursor())).transpose()?;
    let (account, lang) = (actor.account, engine.lang);
    engine
        .store
        .read(move |tx| {
            let mut found = tx.notices(account, unread, before, limit + 1)?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|last| last.id.to_string());
            let items = found.iter().map(|notice| view(notice, lang)).collect();
            Ok(NoticePage { items, unread: tx.unread_notices(account)?, next })
        })
        .await
}

/// Marks one's own notices as read; answers how many are left.
pub async fn read(engine: &Engine, actor: &Actor, which: ReadNotices) -> Result<u64, Problem> {
    if which.ids.len() > 500 {
        return Err(Problem::parameter("ids", "一次最多 500 条。", "At most 500 at once."));
    }
    let account = actor.account;
    let left = engine
        .store
        .write::<_, Problem>(move |tx| {
            tx.read_notices(account, if which.all { None } else { Some(&which.ids) })?;
            Ok(tx.unread_notices(account)?)
        })
        .await?;
    // Another page of the same person shows it at once.
    engine.hub.wake(vec![actor.account]);
    Ok(left)
}

/// Notices of an account that may disturb since `from`, oldest first, and how many are unread.
pub async fn live(engine: &Engine, account: RecordId, from: Timestamp) -> Result<(Vec<NoticeView>, u64), Problem> {
    let (lang, until) = (engine.lang, engine.now());
    engine
        .store
        .read(move |tx| {
            let found = tx.notices_due(account, from, until, LIVE)?;
            Ok((found.iter().map(|notice| view(notice, lang)).collect(), tx.unread_notices(account)?))
        })
        .await
}
