//! Taking what is due from the outbox, as something that can be sent, and what came of it.

use linli_domain::{Lang, RecordId, Subject, Verb, actor};
use linli_store::tables::{Outgoing, OutgoingState};

use super::{channel::Target, wire};
use crate::{Engine, Problem};

/// Seconds after which a message is taken again of which nothing was heard. Longer than any receiver may take.
const LEASE_SECONDS: i64 = 120;

/// Longest pause between two tries.
const LONGEST_PAUSE: i64 = 6 * 3_600;

/// A message that is to be sent now.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Id.
    pub id: RecordId,
    /// Who receives it, so that one slow receiver does not take every hand.
    pub target: String,
    /// The how many-th try it is.
    pub attempt: i64,
    /// How it goes.
    pub delivery: Delivery,
}

/// How a message goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// `POST` to an address.
    Post {
        /// Address.
        url: String,
        /// Headers.
        headers: Vec<(String, String)>,
        /// Body.
        body: String,
        /// Whether the answer must say `"errcode": 0`, as group robots do.
        robot: bool,
    },
    /// Mail.
    Mail {
        /// To whom.
        to: String,
        /// Subject.
        subject: String,
        /// Text.
        text: String,
    },
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its receiver accepted it.
    Sent,
    /// It may work later.
    Failed(String),
    /// It will never work: the receiver may not be spoken to.
    Refused(String),
}

/// Takes at most `limit` messages that are due, none for the targets in `busy`. Messages of channels that are gone or off are
/// dropped. Blocks the thread.
pub fn take(engine: &Engine, limit: u32, busy: &[String]) -> Result<Vec<Parcel>, Problem> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (handle, busy) = (engine.clone(), busy.to_vec());
    engine.store.write_blocking(move |tx| {
        let taken = tx.take_outgoing(limit, &busy, LEASE_SECONDS)?;
        let permit = actor::permit(&Engine::operator(), &handle.catalogue().roles, Verb::Manage, Subject::Notices)?;
        let mut parcels = Vec::with_capacity(taken.len());
        for one in taken {
            let target = match one.target.strip_prefix("c:").and_then(|id| id.parse().ok()) {
                Some(id) => match tx.channel(&permit, id)?.filter(|channel| channel.state == "on") {
                    Some(channel) => Target::of(&channel),
                    None => {
                        tx.settle_outgoing(one.id, OutgoingState::Dropped, None, None)?;
                        continue;
                    }
                },
                None => Target { to: one.body["to"].as_str().map(str::to_owned), ..Target::default() },
            };
            parcels.push(parcel(&handle, one, &target));
        }
        Ok(parcels)
    })
}

fn parcel(engine: &Engine, one: Outgoing, target: &Target) -> Parcel {
    let path = one.body["link"].as_str().unwrap_or_default();
    let site = engine.config.server.public_url.as_deref().map(|url| url.trim_end_matches('/'));
    let link = site.filter(|_| !path.is_empty()).map(|site| format!("{site}{path}")).unwrap_or_default();
    let lang = if one.body["lang"] == "en" { Lang::En } else { Lang::Zh };
    let (url, secret) = (target.url.clone().unwrap_or_default(), target.secret.as_deref());
    let json = || vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let delivery = match one.kind.as_str() {
        "email" => Delivery::Mail {
            to: target.to.clone().unwrap_or_default(),
            subject: one.body["title"][lang.pick("zh", "en")].as_str().unwrap_or_default().to_owned(),
            text: wire::plain(&one.body, lang, &link),
        },
        "webhook" => {
            let body = wire::webhook(one.id, &one.body, &link);
            let event = one.body["event"].as_str().unwrap_or_default();
            let headers = wire::webhook_headers(one.id, event, &body, secret, engine.now());
            Delivery::Post { url, headers, body, robot: false }
        }
        kind => {
            let signed = secret.filter(|_| kind == "dingtalk");
            let url = signed.map(|secret| wire::dingtalk_url(&url, secret, engine.now())).unwrap_or(url);
            Delivery::Post { url, headers: json(), body: wire::robot(&one.body, lang, &link), robot: true }
        }
    };
    Parcel { id: one.id, target: one.target, attempt: one.attempts, delivery }
}

/// Notes what came of a try: sent, to be tried later, or given up. Blocks the thread.
pub fn settle(engine: &Engine, parcel: &Parcel, outcome: &Outcome) -> Result<(), Problem> {
    let now = engine.now();
    let last = parcel.attempt >= i64::from(engine.config.notify.attempts);
    let (state, error, retry) = match outcome {
        Outcome::Sent => (OutgoingState::Sent, None, None),
        Outcome::Failed(error) if !last => {
            (OutgoingState::Waiting, Some(error.clone()), Some(now.plus_seconds(pause(parcel.attempt))))
        }
        Outcome::Failed(error) | Outcome::Refused(error) => (OutgoingState::Failed, Some(error.clone()), None),
    };
    let id = parcel.id;
    engine.store.write_blocking(move |tx| Ok(tx.settle_outgoing(id, state, error.as_deref(), retry)?))
}

/// 1, 2, 4, 8 … minutes.
fn pause(attempt: i64) -> i64 {
    let doublings = (attempt - 1).clamp(0, 20);
    (60_i64 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_further_and_further_apart_up_to_six_hours() {
        assert_eq!([1, 2, 3, 4].map(pause), [60, 120, 240, 480]);
        assert_eq!([0, 99, i64::MAX].map(pause), [60, LONGEST_PAUSE, LONGEST_PAUSE]);
    }
}
