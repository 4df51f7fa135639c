//! Channels of an area: where its notices go outside the house, who set them up, and a test of each.

use linli_domain::{Actor, AreaPath, Permit, RecordId, Subject, Verb};
use linli_store::tables::{Channel, Outgoing, OutgoingState};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::{HEARD, preference};
use crate::{
    Engine, Problem, ProblemKind,
    area::{self, AreaRef},
    register::moment,
};

const KINDS: [&str; 4] = ["email", "webhook", "wecom", "dingtalk"];

/// Most channels of one area and those below it, so that nobody is flooded by mistake.
const MOST: usize = 200;

/// A channel as people see it. Its address and secret are never shown again.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChannelView {
    /// Id.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// `email`, `webhook`, `wecom`, `dingtalk`.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Where it goes, as much as may be shown: the host, or the address of mail.
    pub target: String,
    /// Whether a secret is kept.
    pub signed: bool,
    /// Area whose events it carries.
    pub area: AreaRef,
    /// Names of the events.
    pub events: Vec<String>,
    /// `on` or `off`.
    pub state: String,
    /// When it was made.
    pub created: String,
    /// Who made it.
    pub by: String,
}

/// Channels.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChannelItems {
    /// Oldest first.
    pub items: Vec<ChannelView>,
    /// Names of all events a channel may carry.
    pub events: Vec<String>,
    /// Whether a mail server is configured.
    pub mail: bool,
}

/// A new channel.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    /// `email`, `webhook`, `wecom`, `dingtalk`.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Address of the webhook or robot.
    #[serde(default)]
    pub url: Option<String>,
    /// Address of mail.
    #[serde(default)]
    pub to: Option<String>,
    /// What signs it: a webhook's or a DingTalk robot's secret.
    #[serde(default)]
    pub secret: Option<String>,
    /// Code of the area.
    pub area: String,
    /// Names of the events.
    pub events: Vec<String>,
}

/// What to change; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelChange {
    /// What it is called.
    pub title: Option<String>,
    /// Another address of the webhook or robot.
    pub url: Option<String>,
    /// Another address of mail.
    pub to: Option<String>,
    /// Another secret; empty for none.
    pub secret: Option<String>,
    /// Names of the events.
    pub events: Option<Vec<String>>,
    /// `on` or `off`.
    pub state: Option<String>,
}

/// What a channel's row keeps sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Target {
    pub(super) title: String,
    pub(super) url: Option<String>,
    pub(super) to: Option<String>,
    pub(super) secret: Option<String>,
}

impl Target {
    pub(super) fn of(channel: &Channel) -> Self {
        serde_json::from_value(channel.body.clone()).unwrap_or_default()
    }
}

/// Channels of one's areas.
pub fn list(engine: &Engine, actor: &Actor) -> Result<ChannelItems, Problem> {
    let permit = manage(engine, actor)?;
    let handle = engine.clone();
    engine.store.read_blocking(move |tx| {
        let found = tx.channels(&permit)?;
        let items = found.iter().map(|one| view(&handle, tx, one)).collect::<Result<_, Problem>>()?;
        let events = HEARD.iter().map(|event| (*event).to_owned()).collect();
        Ok(ChannelItems { items, events, mail: handle.config.notify.smtp.is_some() })
    })
}

/// Sets a channel up.
pub fn create(engine: &Engine, actor: &Actor, new: NewChannel) -> Result<ChannelView, Problem> {
    let permit = manage(engine, actor)?;
    if !KINDS.contains(&new.kind.as_str()) {
        return Err(Problem::parameter(
            "kind",
            "类型只能是 email、webhook、wecom、dingtalk。",
            "The kind is one of email, webhook, wecom, dingtalk.",
        ));
    }
    let target =
        Target { title: new.title, url: new.url, to: new.to, secret: new.secret.filter(|secret| !secret.is_empty()) };
    check(engine, &new.kind, &target, &new.events)?;
    let (handle, actor) = (engine.clone(), actor.clone());
    let (kind, events, code) = (new.kind, new.events, new.area);
    engine.store.write_blocking(move |tx| {
        let area = area::in_scope(tx, permit.scope(), &code)?.path;
        if tx.channels(&permit.within(&area))?.len() >= MOST {
            return Err(Problem::parameter(
                "area",
                format!("本区域已有 {MOST} 个推送渠道。"),
                format!("There are {MOST} channels here already."),
            ));
        }
        let channel = Channel {
            id: handle.ids.next(),
            kind: kind.clone(),
            area,
            events: events.clone(),
            state: "on".into(),
            created: tx.now(),
            by: actor.account,
            by_name: actor.name.clone(),
            body: serde_json::to_value(&target).map_err(Problem::internal)?,
        };
        tx.put_channel(&permit, &channel)?;
        note(&handle, tx, &actor, "create", &channel)?;
        view(&handle, tx, &channel)
    })
}

/// Changes a channel.
pub fn change(engine: &Engine, actor: &Actor, id: RecordId, change: ChannelChange) -> Result<ChannelView, Problem> {
    let permit = manage(engine, actor)?;
    if change.state.as_deref().is_some_and(|state| !["on", "off"].contains(&state)) {
        return Err(Problem::parameter("state", "状态只能是 on 或 off。", "The state is on or off."));
    }
    let (handle, actor) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let mut channel = tx.channel(&permit, id)?.ok_or_else(no_channel)?;
        let (mut target, change) = (Target::of(&channel), change.clone());
        target.title = change.title.unwrap_or(target.title);
        target.url = change.url.or(target.url);
        target.to = change.to.or(target.to);
        target.secret = change.secret.or(target.secret).filter(|secret| !secret.is_empty());
        channel.events = change.events.unwrap_or(channel.events);
        channel.state = change.state.unwrap_or(channel.state);
        check(&handle, &channel.kind, &target, &channel.events)?;
        channel.body = serde_json::to_value(&target).map_err(Problem::internal)?;
        tx.put_channel(&permit, &channel)?;
        note(&handle, tx, &actor, "edit", &channel)?;
        view(&handle, tx, &channel)
    })
}

/// Strikes a channel off; what waits for it is dropped.
pub fn remove(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    let permit = manage(engine, actor)?;
    let (handle, actor) = (engine.clone(), actor.clone());
    engine.store.write_blocking(move |tx| {
        let channel = tx.channel(&permit, id)?.ok_or_else(no_channel)?;
        tx.drop_channel(&permit, &channel)?;
        tx.drop_outgoing(&format!("c:{id}"))?;
        note(&handle, tx, &actor, "end", &channel)
    })
}

/// Sends a message through a channel that says it is a test; it stands in the outbox like any other.
pub fn test(engine: &Engine, actor: &Actor, id: RecordId) -> Result<(), Problem> {
    let permit = manage(engine, actor)?;
    let handle = engine.clone();
    engine.store.write_blocking(move |tx| {
        let channel = tx.channel(&permit, id)?.ok_or_else(no_channel)?;
        let (now, message) = (tx.now(), handle.ids.next());
        let area = handle.area_ref(tx, &channel.area)?;
        tx.put_outgoing(&Outgoing {
            id: message,
            target: format!("c:{id}"),
            event: format!("test:{message}"),
            kind: channel.kind,
            area: Some(channel.area),
            state: OutgoingState::Waiting,
            at: now,
            due: now,
            attempts: 0,
            done: None,
            error: None,
            body: json!({
                "event": "test", "kind": "test", "at": moment(now), "area": { "code": area.code, "name": area.full_name },
                "title": { "zh": "测试消息", "en": "A test message" },
                "text": { "zh": "收到这条消息,说明推送渠道可用。", "en": "The channel works." }, "data": {},
            }),
        })?;
        Ok(())
    })
}

/// The permit to manage channels and the outbox.
pub(super) fn manage(engine: &Engine, actor: &Actor) -> Result<Permit, Problem> {
    engine.permit(actor, Verb::Manage, Subject::Notices)
}

fn check(engine: &Engine, kind: &str, target: &Target, events: &[String]) -> Result<(), Problem> {
    if target.title.trim().is_empty() || target.title.chars().count() > 60 {
        return Err(Problem::parameter("title", "请写名称,不超过 60 字。", "Give it a name of at most 60 characters."));
    }
    if let Some(unknown) = events.iter().find(|event| !HEARD.contains(&event.as_str())) {
        return Err(Problem::parameter(
            "events",
            format!("没有事件“{unknown}”。"),
            format!("There is no event `{unknown}`."),
        ));
    }
    if events.is_empty() {
        return Err(Problem::parameter("events", "请至少选择一种事件。", "Choose at least one event."));
    }
    if kind == "email" {
        return if target.to.as_deref().is_some_and(preference::is_address) {
            Ok(())
        } else {
            Err(preference::no_address("to"))
        };
    }
    let url = target.url.as_deref().unwrap_or_default();
    let scheme = url.starts_with("https://") || (engine.config.notify.allow_private && url.starts_with("http://"));
    let plain = url.len() <= 2_000 && url.bytes().all(|byte| byte.is_ascii_graphic());
    let host = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    if !scheme || !plain || host.is_empty() || host.contains('@') {
        return Err(Problem::parameter(
            "url",
            "请写 https:// 开头的地址,不带用户名和密码。",
            "Give an address that begins with https://, without a user or a password.",
        ));
    }
    Ok(())
}

fn view(engine: &Engine, tx: &mut linli_store::ReadTx<'_>, channel: &Channel) -> Result<ChannelView, Problem> {
    let target = Target::of(channel);
    let host = |url: &String| url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next()).map(str::to_owned);
    Ok(ChannelView {
        id: channel.id,
        kind: channel.kind.clone(),
        title: target.title,
        target: target.to.or_else(|| target.url.as_ref().and_then(host)).unwrap_or_default(),
        signed: target.secret.is_some(),
        area: engine.area_ref(tx, &channel.area)?,
        events: channel.events.clone(),
        state: channel.state.clone(),
        created: moment(channel.created),
        by: channel.by_name.clone(),
    })
}

fn note(
    engine: &Engine,
    tx: &mut linli_store::WriteTx<'_>,
    actor: &Actor,
    action: &str,
    channel: &Channel,
) -> Result<(), Problem> {
    let detail: Json = json!({ "kind": channel.kind, "events": channel.events, "state": channel.state });
    let area: Option<AreaPath> = Some(channel.area.clone());
    tx.audit(engine.audit_entry(actor, action, "notices", channel.id.to_string(), area, detail))?;
    Ok(())
}

fn no_channel() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "channel.not_found",
        "没有找到这个推送渠道,或它不在您的管理范围内。",
        "There is no such channel, or it is outside your scope.",
    )
}
