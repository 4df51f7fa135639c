//! Events → notices and outbox, each in one transaction with striking the event off: told once, and nothing lost.

use std::collections::{BTreeMap, BTreeSet};

use linli_domain::{Label, RecordId, Subject, Timestamp, Verb, actor, quiet::Quiet};
use linli_store::{
    WriteTx,
    tables::{Channel, Heard, Notice, Outgoing, OutgoingState},
};
use serde_json::json;

use super::{
    preference::{self, Wishes},
    story::{self, Story},
};
use crate::{Engine, Problem};

/// Events of one transaction.
const AT_ONCE: u32 = 100;

/// Tells everybody of what was heard; answers how many notices that were. Blocks the thread.
pub fn tell_due(engine: &Engine) -> Result<usize, Problem> {
    let mut told = 0;
    loop {
        let handle = engine.clone();
        let (heard, accounts) = engine.store.write_blocking::<_, Problem>(move |tx| {
            let heard = tx.take_heard(AT_ONCE)?;
            let accounts = if heard.is_empty() { Vec::new() } else { tell(&handle, tx, &heard)? };
            Ok((heard.len(), accounts))
        })?;
        if heard == 0 {
            return Ok(told);
        }
        told += accounts.len();
        engine.hub.wake(accounts);
    }
}

/// Writes what follows from `heard`; answers who was told.
fn tell(engine: &Engine, tx: &mut WriteTx<'_>, heard: &[Heard]) -> Result<Vec<RecordId>, Problem> {
    let permit = actor::permit(&Engine::operator(), &engine.catalogue().roles, Verb::Manage, Subject::Notices)?;
    let mut channels: Vec<Channel> = tx.channels(&permit)?;
    channels.retain(|channel| channel.state == "on");
    let (mut told, mut wishes) = (Vec::new(), BTreeMap::new());
    for one in heard {
        let story = match story::of(engine, tx, one) {
            Ok(Some(story)) => story,
            Ok(None) => continue,
            // What cannot be told must not keep everything behind it from being told.
            Err(problem) if problem.kind != crate::ProblemKind::Busy && problem.kind != crate::ProblemKind::Full => {
                tracing::warn!(event = %one.event, id = %one.id, %problem, "an event could not be told");
                continue;
            }
            Err(problem) => return Err(problem),
        };
        let to: BTreeSet<RecordId> = story.to.iter().copied().collect();
        let to: Vec<RecordId> = to.into_iter().collect();
        for account in tx.accounts_among(&to)? {
            let wish = match wishes.get(&account) {
                Some(wish) => Wishes::clone(wish),
                None => preference::of(tx, account)?,
            };
            if tell_one(engine, tx, &story, account, &wish)? {
                told.push(account);
            }
            wishes.insert(account, wish);
        }
        tell_channels(engine, tx, &story, one, &channels)?;
    }
    Ok(told)
}

fn tell_one(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    story: &Story,
    account: RecordId,
    wish: &Wishes,
) -> Result<bool, Problem> {
    let now = tx.now();
    let due = due(now, story.urgent, wish.quiet().unwrap_or(engine.config.notify.quiet));
    let notice = Notice {
        account,
        id: engine.ids.next(),
        event: story.key.clone(),
        kind: story.kind.to_owned(),
        at: now,
        due,
        read: None,
        urgent: story.urgent,
        body: json!({ "title": story.title, "text": story.text, "link": story.link }),
    };
    let new = tx.put_notice(&notice)?;
    if let (true, Some(address), true) = (new, wish.email.as_deref(), engine.config.notify.smtp.is_some()) {
        let mut body = body(story);
        body["to"] = json!(address);
        body["lang"] = json!(wish.lang);
        put(engine, tx, format!("a:{account}"), "email", story, None, due, body)?;
    }
    Ok(new)
}

fn tell_channels(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    story: &Story,
    heard: &Heard,
    channels: &[Channel],
) -> Result<(), Problem> {
    let Some(area) = &story.area else { return Ok(()) };
    let now = tx.now();
    for channel in channels {
        if !channel.area.covers(area) || !channel.events.contains(&heard.event) {
            continue;
        }
        // A machine sleeps at no time; a group of people does.
        let due = if channel.kind == "webhook" { now } else { due(now, story.urgent, engine.config.notify.quiet) };
        let named = engine.area_ref(tx, area)?;
        let mut body = body(story);
        body["event"] = json!(heard.event);
        body["at"] = json!(crate::register::moment(heard.at));
        body["area"] = json!({ "code": named.code, "name": named.full_name });
        let target = format!("c:{}", channel.id);
        put(engine, tx, target, &channel.kind, story, Some(channel), due, body)?;
    }
    Ok(())
}

/// What leaves the house: never what people wrote, only what sort of thing it is, its number and where to look.
fn body(story: &Story) -> serde_json::Value {
    let outside = story.outside();
    json!({ "title": outside, "text": story.text, "link": story.link, "kind": story.kind, "data": story.data })
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
fn put(
    engine: &Engine,
    tx: &mut WriteTx<'_>,
    target: String,
    kind: &str,
    story: &Story,
    channel: Option<&Channel>,
    due: Timestamp,
    body: serde_json::Value,
) -> Result<(), Problem> {
    let message = Outgoing {
        id: engine.ids.next(),
        target,
        event: story.key.clone(),
        kind: kind.to_owned(),
        area: channel.map(|channel| channel.area.clone()),
        state: OutgoingState::Waiting,
        at: tx.now(),
        due,
        attempts: 0,
        done: None,
        error: None,
        body,
    };
    tx.put_outgoing(&message)?;
    Ok(())
}

fn due(now: Timestamp, urgent: bool, quiet: Quiet) -> Timestamp {
    if urgent { now } else { quiet.over(now) }
}

impl Story {
    /// The title as it may leave the house.
    fn outside(&self) -> &Label {
        self.title_outside.as_ref().unwrap_or(&self.title)
    }
}
